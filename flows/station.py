"""A station on one machine: all parts together, under one supervisor."""

from __future__ import annotations

import fcntl
import logging
import os
import socket
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import httpx

from flows.environment import prefect_url, review_url, station_environment
from flows.parts import Part, program_of
from flows.supervisor import Supervisor
from models.store import Store
from pipeline.wording import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models.settings import Settings

log = logging.getLogger("hotich.station")

START_SECONDS: Final = 120.0


class StationError(Exception):
    """The station cannot start; the text is one sentence for the person who started it."""


@contextmanager
def running_station(settings: Settings) -> Iterator[Supervisor]:
    """A station with all its parts answering; everything of it has ended when the block is left.

    Raises:
        StationError: when a port is taken, the station runs already, or a part does not answer.
    """
    settings.prepare()
    with only_one(settings):
        Store.open(settings).close()  # the tables, before several processes want them at once
        require_free_port(settings.review_host, settings.review_port, "HOTICH_REVIEW_PORT")
        require_free_port("127.0.0.1", settings.prefect_port, "HOTICH_PREFECT_PORT")
        supervisor = Supervisor(station_environment(settings), settings.home / "logs")
        try:
            supervisor.start(program_of(Part.SERVER))
            _wait_for(supervisor, Part.SERVER, f"{prefect_url(settings)}/api/health")
            for part in (Part.WORKER, Part.WATCH, Part.WEB):
                supervisor.start(program_of(part))
            _wait_for(supervisor, Part.WEB, review_url(settings))
            yield supervisor
        finally:
            supervisor.stop()


def require_free_port(host: str, port: int, setting: str) -> None:
    """Raise ``StationError`` when something else listens on this port."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise StationError(
                say(
                    "Cổng {port} đang có chương trình khác dùng; hãy dừng chương trình đó "
                    "hoặc đặt {setting} thành một cổng khác.",
                    port=port,
                    setting=setting,
                )
            ) from error


def free_port(preferred: int, host: str = "127.0.0.1") -> int:
    """The preferred port, or the next one that nothing listens on."""
    for port in range(preferred, preferred + 100):
        try:
            require_free_port(host, port, "")
        except StationError:
            continue
        return port
    raise StationError(say("Không tìm được cổng trống từ {port} trở lên.", port=preferred))


@contextmanager
def only_one(settings: Settings) -> Iterator[None]:
    """Hold the station's folder: nobody else runs a station in it inside the block.

    Raises:
        StationError: when somebody does already.
    """
    descriptor = os.open(settings.home / "station.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StationError(
                say("Trạm ở {home} đang chạy rồi; hãy dùng trạm đó hoặc dừng nó trước.", home=settings.home)
            ) from error
        yield
    finally:
        os.close(descriptor)


def _wait_for(supervisor: Supervisor, part: Part, url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if not supervisor.is_running(part.value):
            break
        try:
            if httpx.get(url, timeout=5, trust_env=False).status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                return
        except httpx.HTTPError:
            time.sleep(0.3)
    raise StationError(
        say(
            "Phần “{part}” của trạm không khởi động được; xem lý do trong {log}.",
            part=part.value,
            log=supervisor.log_file(part.value),
        )
    )
