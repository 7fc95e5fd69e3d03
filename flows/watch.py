"""The resident watcher: takes what settles in the inbox, and sees to it that every waiting page gets a run.

It looks every two seconds, which costs next to nothing; a scheduled Prefect flow in its place would start a
new Python each time. Prefect being away stops nothing: books wait in the ledger and are asked for again.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from typing import TYPE_CHECKING, Final

import httpx
from prefect.exceptions import PrefectException
from sqlalchemy.exc import SQLAlchemyError

from flows.dispatch import has_run, start_reading
from flows.inbox import Inbox
from flows.intake import take
from flows.logs import log_to_stderr
from flows.owners import recover
from models.leases import books_with_work
from models.settings import Settings
from models.store import Store
from pipeline.wording import set_language

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger("hotich.inbox")

LOOK_SECONDS: Final = 2.0
STARTING_SECONDS: Final = 60.0  # from a run's beginning until it holds pages: the model is loaded first
PREFECT_AWAY: Final = (httpx.HTTPError, PrefectException, OSError, RuntimeError)


class Watcher:
    """Takes from the inbox and asks for runs. ``look`` does one round."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._settings = store.settings
        self._inbox = Inbox(self._settings.inbox, self._settings.quiet_seconds)
        self._to_start: dict[int, str] = {}
        self._next_rescan = 0.0

    def look(self) -> None:
        """Take what is settled, sweep when it is time, and ask for the runs that are owed."""
        for entry in self._settled():
            self._take(entry)
        now = time.monotonic()
        if now >= self._next_rescan:
            self._next_rescan = now + self._settings.rescan_seconds
            self._sweep()
        self._start_runs()

    def _settled(self) -> list[Path]:
        try:
            return self._inbox.settled()
        except OSError as error:  # the share that it lies on is away
            log.warning("the inbox cannot be seen: %s", type(error).__name__)
            return []

    def _take(self, entry: Path) -> None:
        try:
            taken = take(self._store, entry)
        except (OSError, SQLAlchemyError) as error:
            # A full disk, a folder closed to us, a locked database: nothing is lost, and the others go on.
            log.warning("an entry of the inbox could not be taken: %s", type(error).__name__)
            self._inbox.look_anew(entry)
            return
        log.info("book %s: %d accepted, %d refused", taken.book_id, len(taken.scan_ids), taken.refused)
        if taken.book_id is not None and taken.scan_ids:
            self._to_start[taken.book_id] = f"scan-{max(taken.scan_ids)}"

    def _sweep(self) -> None:
        """Books with waiting pages and no live run get one: the way back after any kind of breakdown."""
        recover(self._store)
        starting = min(STARTING_SECONDS, self._settings.lease_seconds)
        for book_id, is_leased in books_with_work(self._store).items():
            try:
                if not is_leased and not has_run(book_id, starting):
                    self._to_start.setdefault(book_id, f"sweep-{book_id}-{time.time():.0f}")
            except PREFECT_AWAY as error:
                log.warning("Prefect's server does not answer: %s", type(error).__name__)
                self._next_rescan = 0.0
                return

    def _start_runs(self) -> None:
        for book_id, key in list(self._to_start.items()):
            try:
                start_reading(book_id, key)
            except PREFECT_AWAY as error:
                log.warning("no run for book %d yet: %s", book_id, type(error).__name__)
                return
            del self._to_start[book_id]
            log.info("book %d: run asked for", book_id)


def main() -> None:
    """Watch until the process is told to end."""
    log_to_stderr()
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    settings = Settings()
    set_language(settings.language)
    store = Store.open(settings)
    watcher = Watcher(store)
    while not ending.wait(LOOK_SECONDS):
        watcher.look()
    store.close()


if __name__ == "__main__":
    main()
