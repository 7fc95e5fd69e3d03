"""Serving the site by one process or by several that share its port.

One interpreter does one thing at a time: where forty people work, decisions wait for pictures in it. Several
need nothing of one another, for what they share (sessions that have ended, failed logins, who has which task)
stands in the database.
"""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import socket
from typing import TYPE_CHECKING, Final

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from pipeline.wording import say
from review_ui.app import create_app

if TYPE_CHECKING:
    from fastapi import FastAPI

    from models.settings import Settings

# Seconds. Somebody looks at a field for longer than the usual five, and a new connection each time would
# cost a slow line a round trip a field.
KEEP_ALIVE: Final = 120
MOST_PROCESSES: Final = 4
ANSWER_SECONDS: Final = 30  # a process that says nothing for so long hangs, however busy the machine is
_PR_SET_PDEATHSIG: Final = 1


def serve(settings: Settings) -> None:
    """Serve until told to stop.

    Raises:
        SystemExit: where the site cannot start, with the sentence that says why where that is its port.
    """
    processes = settings.review_processes or _processes_for(settings)
    port = _bound(settings)
    config = uvicorn.Config(
        f"{__name__}:worker" if processes > 1 else create_app(settings),
        factory=processes > 1,
        workers=processes,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_worker_healthcheck=ANSWER_SECONDS,
    )
    if processes == 1:
        server = uvicorn.Server(config)
        server.run(sockets=[port])
        if not server.started:
            raise SystemExit(STARTUP_FAILURE)
    else:
        Multiprocess(config, sockets=[port]).run()


def worker() -> FastAPI:
    """The site in one of several processes; it ends with the process that started it, however that ends."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    return create_app()


def _processes_for(settings: Settings) -> int:
    """A clerk's PC serves a handful of people, and has other uses for its memory."""
    return 1 if settings.url.startswith("sqlite") else min(MOST_PROCESSES, os.cpu_count() or 1)


def _bound(settings: Settings) -> socket.socket:
    """The site's port, bound, for all processes.

    Bound here and not by uvicorn, whose socket does not name TCP as its protocol: asyncio then does not turn
    off Nagle's waiting, and every picture came 40 ms late.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(
        settings.review_host, settings.review_port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
    )[0]
    bound = socket.socket(family, kind, protocol)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(address)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise SystemExit(
            say(
                "Cổng {port} đang có chương trình khác dùng; hãy dừng chương trình đó "
                "hoặc đặt {setting} thành một cổng khác.",
                port=settings.review_port,
                setting="HOTICH_REVIEW_PORT",
            )
        ) from None
    bound.set_inheritable(True)
    return bound
