"""The pool with real reading processes; some of them are killed in the middle of a page."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import psutil
import pytest

from flows.page_pool import PagePool
from flows.page_worker import PageDone, PageFailure, PageJob
from flows.sample import SAMPLE
from pipeline.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGES = sorted((SAMPLE / "Xã Tân Lợi-KS.2010.01").glob("*.00[1-4].jpg"))


def job(folder: Path, number: int, seconds: float = 120) -> PageJob:
    return PageJob(number, PAGES[number], 1, folder / f"{number}.jpg", seconds)


def readers() -> list[psutil.Process]:
    """The reading processes that this one has started."""
    return [
        child
        for child in psutil.Process().children()
        if any("spawn_main" in argument for argument in child.cmdline())
    ]


def kill_when_busy(reader: psutil.Process) -> None:
    """Kill a process as soon as it has worked a little on its page."""
    began = sum(reader.cpu_times()[:2])
    while sum(reader.cpu_times()[:2]) < began + 0.2:
        time.sleep(0.01)
    os.kill(reader.pid, signal.SIGKILL)


@pytest.fixture
def pool() -> Iterator[PagePool]:
    with PagePool(2) as made:
        yield made
    assert readers() == []


def test_a_page_is_read_and_its_image_written(tmp_path: Path, pool: PagePool) -> None:
    done = pool.read(job(tmp_path, 0))
    assert isinstance(done, PageDone)
    assert len(done.sha256) == 64
    assert done.cpu_seconds > 0
    assert 50 * 2**20 < done.peak_bytes < 1.5 * 2**30
    assert (tmp_path / "0.jpg").read_bytes().startswith(b"\xff\xd8")
    assert [path.name for path in tmp_path.iterdir()] == ["0.jpg"]


def test_a_page_survives_the_death_of_its_process_and_so_do_the_others(
    tmp_path: Path, pool: PagePool
) -> None:
    assert isinstance(pool.read(job(tmp_path, 0)), PageDone)
    with ThreadPoolExecutor(2) as threads:
        pages = [threads.submit(pool.read, job(tmp_path, number)) for number in (1, 2)]
        kill_when_busy(readers()[0])
        assert all(isinstance(page.result(), PageDone) for page in pages)


def test_a_page_whose_process_always_dies_is_told_and_the_pool_goes_on(
    tmp_path: Path, pool: PagePool
) -> None:
    for alone in (False, True):  # a process of each kind, with the model loaded
        assert isinstance(pool.read(job(tmp_path, 0), alone=alone), PageDone)
    idle = readers()
    assert len(idle) == 2
    with ThreadPoolExecutor(2) as threads:
        kills = [threads.submit(kill_when_busy, reader) for reader in idle]
        failure = pool.read(job(tmp_path, 1))
        for kill in kills:
            kill.result()
    assert failure == PageFailure(Reason.READER_DIED)
    assert isinstance(pool.read(job(tmp_path, 2)), PageDone)


def test_a_page_that_takes_too_long_is_ended_for_good(tmp_path: Path, pool: PagePool) -> None:
    failure = pool.read(job(tmp_path, 0, seconds=0.05))
    assert failure == PageFailure(Reason.PAGE_TOO_SLOW, final=True)
    assert isinstance(pool.read(job(tmp_path, 0)), PageDone)


def test_a_file_that_has_gone_bad_fails_for_good(tmp_path: Path, pool: PagePool) -> None:
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(PAGES[0].read_bytes()[:20_000])
    failure = pool.read(PageJob(1, bad, 1, tmp_path / "1.jpg", 120))
    assert failure == PageFailure(Reason.TRUNCATED, final=True)
    assert not (tmp_path / "1.jpg").exists()


def test_a_place_that_cannot_be_written_is_no_fault_of_the_page(tmp_path: Path, pool: PagePool) -> None:
    with pytest.raises(FileNotFoundError):
        pool.read(PageJob(1, PAGES[0], 1, tmp_path / "missing" / "1.jpg", 120))


def test_reading_processes_end_when_the_one_that_started_them_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from flows.page_pool import PagePool\n"
        "from flows.page_worker import PageJob\n"
        "PagePool(1).read(PageJob(1, Path(sys.argv[1]), 1, Path(sys.argv[2]), 120))\n"
        "print('read', flush=True)\n"
        "time.sleep(600)\n"
    )
    command = [sys.executable, "-c", code, str(PAGES[0]), str(tmp_path / "1.jpg")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "read\n"
        family = psutil.Process(parent.pid).children(recursive=True)
        assert family
        parent.kill()
    _, alive = psutil.wait_procs(family, 10)
    assert [process for process in alive if process.status() != psutil.STATUS_ZOMBIE] == []
