"""The processes that read pages, and what happens when one of them dies.

A process that dies takes the whole pool of Python's library with it, and nothing tells whose page it was. So
the pool is made anew and each page that was in work then is read once more, alone in a process of its own:
the innocent ones get through, and the one that kills again is known.
"""

from __future__ import annotations

import logging
import multiprocessing
import sys
import threading
import time
import types
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Self

from flows.page_worker import PageDone, PageFailure, PageJob, is_ready, prepare, read_page
from pipeline.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future
    from pathlib import Path

log = logging.getLogger("hotich.reader")


class ReaderUnavailable(Exception):
    """The reading processes do not even start: the fault is not a page's."""


class PagePool:
    """A pool for pages, and one of a single process for pages under suspicion. Safe across threads.

    ``forms`` is the folder of the station's own forms.
    """

    def __init__(self, processes: int, forms: Path | None = None) -> None:
        self._shared: Final = _Crew(processes, forms)
        self._alone: Final = _Crew(1, forms)
        self._one_at_a_time: Final = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._shared.close()
        self._alone.close()

    def read(self, job: PageJob, *, alone: bool = False) -> PageDone | PageFailure:
        """Read a page, waiting for it. ``alone`` for a page that was in work when a process died before.

        Raises:
            ReaderUnavailable: when no process can be started that has the model.
        """
        if not alone:
            outcome = self._shared.run(job)
            if outcome is not None:
                return outcome
        with self._one_at_a_time:
            return self._alone.run(job) or PageFailure(Reason.READER_DIED)


class _Crew:
    """A process pool that is made when it is needed, and anew when it broke."""

    def __init__(self, processes: int, forms: Path | None) -> None:
        self._processes = processes
        self._forms = forms
        self._pool: ProcessPoolExecutor | None = None
        self._lock = threading.Lock()

    def run(self, job: PageJob) -> PageDone | PageFailure | None:
        """What came of the page; None when a process died while it was in work."""
        began = time.monotonic()
        pool, future = self._submit(job)
        try:
            return future.result()
        except BrokenProcessPool:
            self._discard(pool)
            log.warning("a reading process died while page %d was in work", job.page_id)
            if time.monotonic() - began >= job.seconds:
                return PageFailure(Reason.PAGE_TOO_SLOW, final=True)
            return None

    def close(self) -> None:
        """End the processes, after the pages that they are in the middle of."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)

    def _submit(self, job: PageJob) -> tuple[ProcessPoolExecutor, Future[PageDone | PageFailure]]:
        with self._lock, _no_main_module():
            while True:
                if self._pool is None:
                    self._pool = self._start()
                try:
                    return self._pool, self._pool.submit(read_page, job)
                except BrokenProcessPool:  # it broke under another page, whose thread did not come here yet
                    self._pool = None

    def _start(self) -> ProcessPoolExecutor:
        # Not fork: the process that runs flows has threads, and a fork of it may hang.
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(
            self._processes, mp_context=context, initializer=prepare, initargs=(self._forms,)
        )
        try:
            pool.submit(is_ready).result()
        except BrokenProcessPool as error:
            raise ReaderUnavailable("the reading processes do not start; see the log") from error
        return pool

    def _discard(self, pool: ProcessPoolExecutor) -> None:
        with self._lock:
            if self._pool is pool:
                self._pool = None
        pool.shutdown(wait=False)


@contextmanager
def _no_main_module() -> Iterator[None]:
    """Start processes without first importing in each what ``__main__`` is here: all of Prefect."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
