from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from flows.supervisor import Program, Supervisor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

# A program that starts another one, writes both numbers down, and waits.
FAMILY = (
    "import subprocess, sys, os, time, pathlib\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
    "pathlib.Path(sys.argv[1]).write_text(f'{os.getpid()} {child.pid}')\n"
    "time.sleep(600)\n"
)
STUBBORN = (
    "import signal, time\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "print('up', flush=True)\n"
    "time.sleep(600)\n"
)
KEEPER = (
    "import os, sys, time\n"
    "from pathlib import Path\n"
    "from flows.supervisor import Program, Supervisor\n"
    "keeper = Supervisor(os.environ, Path(sys.argv[1]))\n"
    "keeper.start(Program('family', [sys.executable, '-c', sys.argv[2], sys.argv[3]]))\n"
    "time.sleep(600)\n"
)


def eventually(true: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def lives(number: int) -> bool:
    """Whether a process runs; one that has ended and that nobody has asked for does not."""
    try:
        return psutil.Process(number).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def numbers(path: Path) -> list[int]:
    eventually(lambda: path.exists() and len(path.read_text().split()) == 2)
    return [int(number) for number in path.read_text().split()]


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    made = Supervisor(os.environ, tmp_path / "logs")
    yield made
    made.stop()


def family(pids: Path) -> Program:
    return Program("family", [sys.executable, "-c", FAMILY, str(pids)])


def test_stopping_leaves_nothing_of_a_program_behind(tmp_path: Path, supervisor: Supervisor) -> None:
    supervisor.start(family(tmp_path / "pids"))
    parent, child = numbers(tmp_path / "pids")
    assert supervisor.is_running("family")
    supervisor.stop()
    assert not lives(parent)
    eventually(lambda: not lives(child))


def test_a_program_that_was_killed_is_started_again(tmp_path: Path, supervisor: Supervisor) -> None:
    pids = tmp_path / "pids"
    supervisor.start(family(pids))
    first, child = numbers(pids)
    pids.unlink()
    os.kill(first, signal.SIGKILL)
    os.kill(child, signal.SIGKILL)

    def again() -> bool:
        supervisor.look()
        return pids.exists()

    eventually(again)
    assert numbers(pids)[0] != first
    assert supervisor.is_running("family")


def test_a_program_that_keeps_dying_is_not_started_without_pause(
    tmp_path: Path, supervisor: Supervisor
) -> None:
    seen = tmp_path / "seen"
    command = [sys.executable, "-c", f"open({str(seen)!r}, 'a').write('x')"]
    supervisor.start(Program("short", command))
    end = time.monotonic() + 4
    while time.monotonic() < end:
        supervisor.look()
        time.sleep(0.05)
    assert 2 <= len(seen.read_text()) <= 3


def test_a_program_that_will_not_end_is_ended(
    tmp_path: Path, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.supervisor.GRACE_SECONDS", 0.5)
    supervisor.start(Program("stubborn", [sys.executable, "-c", STUBBORN]))
    eventually(lambda: "up" in supervisor.log_file("stubborn").read_text())
    supervisor.stop()
    assert not supervisor.is_running("stubborn")


def test_killing_the_supervisor_ends_what_it_keeps(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    command = [sys.executable, "-c", KEEPER, str(tmp_path / "logs"), FAMILY, str(pids)]
    with subprocess.Popen(command) as keeper:
        parent, child = numbers(pids)
        keeper.kill()
    eventually(lambda: not lives(parent))
    os.kill(child, signal.SIGKILL)  # this one knows nothing of the kernel's promise


def test_output_goes_to_a_file_that_does_not_grow_for_ever(
    tmp_path: Path, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.supervisor.LARGEST_LOG", 3)
    code = "import time\nfor word in ('first', 'second'):\n    print(word, flush=True)\n    time.sleep(2)\n"
    supervisor.start(Program("talker", [sys.executable, "-c", code]))
    log = supervisor.log_file("talker")
    eventually(lambda: log.read_text() == "first\n")
    supervisor.look()
    assert log.read_text() == ""
    assert (tmp_path / "logs" / "talker.log.1").read_text() == "first\n"
    eventually(lambda: log.read_text() == "second\n")
