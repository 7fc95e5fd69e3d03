"""Child processes that belong together: started in order, started again when they die, ended together.

Each child leads a process group of its own, so that ending it ends what it started in turn; and the kernel
tells each child to end when the supervisor itself is killed, so that no half of a station stays behind.
"""

from __future__ import annotations

import ctypes
import logging
import os
import shutil
import signal
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Final

import psutil

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

log = logging.getLogger("hotich.station")

GRACE_SECONDS: Final = 15.0  # from the request to end until it is enforced
REAP_SECONDS: Final = 3.0
LOOK_SECONDS: Final = 0.5
LONGEST_PAUSE: Final = 60.0
LARGEST_LOG: Final = 10_000_000
_PR_SET_PDEATHSIG: Final = 1
_libc: Final = ctypes.CDLL(None)


@dataclass(frozen=True, slots=True)
class Program:
    """A program to keep running: its name in logs, and its command."""

    name: str
    command: Sequence[str]


@dataclass(slots=True)
class _Child:
    program: Program
    process: subprocess.Popen[bytes]
    started: float = field(default_factory=time.monotonic)
    pause: float = 1.0


class Supervisor:
    """Keeps programs running. ``watch`` runs in one thread, the one that also starts them."""

    def __init__(self, environment: Mapping[str, str], logs: Path) -> None:
        self._environment = dict(environment)
        self._logs = logs
        self._children: list[_Child] = []
        self.ending = threading.Event()

    def start(self, program: Program) -> None:
        """Start a program; it ends before those that were started earlier."""
        self._children.append(_Child(program, self._launch(program)))

    def is_running(self, name: str) -> bool:
        """Whether the program of that name is running at this moment."""
        return any(child.program.name == name and child.process.poll() is None for child in self._children)

    def watch(self) -> None:
        """Start again what dies, until ``ending`` is set; then end everything."""
        while not self.ending.wait(LOOK_SECONDS):
            self.look()
        self.stop()

    def look(self) -> None:
        """Start again what has died, at once the first time and with growing pauses when it keeps dying."""
        now = time.monotonic()
        for child in self._children:
            self._shorten_log(child.program.name)
            if child.process.poll() is None:
                if now - child.started > LONGEST_PAUSE:
                    child.pause = 1.0
            elif now - child.started >= child.pause:
                log.warning("%s ended with %d; started again", child.program.name, child.process.returncode)
                child.process = self._launch(child.program)
                child.started = now
                child.pause = min(2 * child.pause, LONGEST_PAUSE)

    def stop(self) -> None:
        """End the programs, the latest first, each with everything that it started."""
        self.ending.set()
        while self._children:
            _end(self._children.pop().process)

    def log_file(self, name: str) -> Path:
        """Where a program's output goes."""
        return self._logs / f"{name}.log"

    def _launch(self, program: Program) -> subprocess.Popen[bytes]:
        with self._open_log(program.name) as output:
            return subprocess.Popen(  # noqa: S603 - the commands are this program's own
                program.command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )

    def _open_log(self, name: str) -> IO[bytes]:
        self._logs.mkdir(parents=True, exist_ok=True)
        return self.log_file(name).open("ab")

    def _shorten_log(self, name: str) -> None:
        """Begin a log anew when it is large; the program goes on writing at its end, wherever that is."""
        path = self.log_file(name)
        if path.stat().st_size > LARGEST_LOG:
            shutil.copyfile(path, path.with_suffix(".log.1"))
            os.truncate(path, 0)


def _end_with_parent() -> None:
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to end, then make it and all its descendants end."""
    try:
        family = psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        family = []
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            log.warning("process %d did not end when asked to", process.pid)
    for member in family:
        if member.is_running():  # psutil tells a process from a later one with the same number
            member.kill()
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)  # what was started while the list was made
    process.wait()
    psutil.wait_procs(family, REAP_SECONDS)
