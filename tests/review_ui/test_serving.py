"""Several processes of the site: what one is told holds in the others, and none outlives the first."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import httpx
import psutil
import pytest

from models.settings import Settings
from models.users import MOST_FAILURES
from review_ui import sessions
from review_ui.app import create_app
from review_ui.sessions import COOKIE
from tests.load.run import answers, free_port
from tests.review_ui.conftest import TOKEN, Browser, browsers
from tests.review_ui.station import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from anyio.from_thread import BlockingPortal
    from fastapi import FastAPI

PATIENCE = 60.0


@pytest.fixture
def other(settings: Settings, app: FastAPI, portal: BlockingPortal) -> Iterator[Callable[[], Browser]]:
    """Browsers that talk to a second process of the same site."""
    yield from browsers(create_app(settings), portal)


def test_logout_in_one_process_holds_in_the_other_a_moment_later(
    person: Callable[[str], Browser], other: Callable[[], Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, elsewhere = person("lan"), other()
    elsewhere.client.cookies.set(COOKIE, one.client.cookies[COOKIE])
    assert elsewhere.get("/", follow_redirects=False).status_code == 200
    one.post("/logout")
    monkeypatch.setattr(sessions, "KNOWN_SECONDS", 0.0)
    assert elsewhere.get("/", follow_redirects=False).status_code == 303


@pytest.mark.parametrize("name", ["lan", "nobody"])
def test_failed_logins_are_counted_over_all_processes(
    browser: Callable[[], Browser], other: Callable[[], Browser], name: str
) -> None:
    each = (browser(), other())
    statuses = [each[number % 2].log_in(name, "không phải").status_code for number in range(MOST_FAILURES)]
    assert statuses == [401] * (MOST_FAILURES - 1) + [429]
    assert [one.log_in(name).status_code for one in each] == [429, 429]


def test_two_processes_serve_one_port_and_end_with_the_first(settings: Settings) -> None:
    port = free_port()
    environment = os.environ | {
        "HOTICH_HOME": str(settings.home),
        "HOTICH_REVIEW_PORT": str(port),
        "HOTICH_REVIEW_PROCESSES": "2",
    }
    address = f"http://127.0.0.1:{port}"
    with subprocess.Popen([sys.executable, "-m", "review_ui"], env=environment) as first:
        try:
            _until(lambda: answers(address))
            with httpx.Client(base_url=address, follow_redirects=True) as client:
                token = TOKEN.findall(client.get("/login").text)[0]
                client.post("/login", data={"csrf": token, "name": "lan", "password": PASSWORD})
                cookies = dict(client.cookies)
            for _ in range(20):  # each by a connection of its own, so by whichever process takes it
                answer = httpx.get(f"{address}/review", cookies=cookies)
                assert answer.status_code == 200
            workers = [
                one for one in psutil.Process(first.pid).children() if "spawn_main" in str(one.cmdline())
            ]
            assert len(workers) == 2
        finally:
            first.kill()
    _until(lambda: not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in workers))
    assert not answers(address)


def test_a_port_in_use_is_told_in_one_sentence(settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        environment = os.environ | {"HOTICH_HOME": str(settings.home), "HOTICH_REVIEW_PORT": port}
        done = subprocess.run(
            [sys.executable, "-m", "review_ui"], env=environment, capture_output=True, text=True, check=False
        )
    assert done.returncode == 1
    assert (port in done.stderr, "HOTICH_REVIEW_PORT" in done.stderr) == (True, True)
    assert len(done.stderr.splitlines()) == 1


def _until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.1)
