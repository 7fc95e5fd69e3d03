"""Reading what waits of one book: plain Python, which the Prefect flow and the tests call alike.

Every step may be repeated: a batch asks the ledger what is waiting, so a second run of it does what the first
one left. Leases are renewed while the batch lives and given back when it ends early.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Self

from sqlalchemy.exc import SQLAlchemyError

from flows.page_pool import PagePool
from flows.page_worker import PageDone, PageFailure, PageJob
from models.book_facts import said_in_book
from models.leases import give_back
from models.ledger import claim_pages, fail_page, keep_alive, record_page, waiting_pages
from models.tables import Book
from pipeline.read import BookPrior

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from models.ledger import ClaimedPage
    from models.store import Store

log = logging.getLogger("hotich.batch")

PAGE_SECONDS: Final = 180.0  # a page takes a few seconds; after so many its process is ended
LAST_PAGE_SECONDS: Final = 10.0  # how long a batch that has to end early waits for pages in work
PEAK_KEY: Final = "worker_peak_mib"  # in a page's provenance: the most memory its process had had by then


@dataclass(frozen=True, slots=True)
class ChunkResult:
    """What came of one chunk of pages. ``lost`` pages had gone to another run in the meantime."""

    read: int = 0
    failed: int = 0
    lost: int = 0

    def __add__(self, other: ChunkResult) -> ChunkResult:
        return ChunkResult(self.read + other.read, self.failed + other.failed, self.lost + other.lost)


class Batch:
    """One run over a book. Use as a context manager; ``chunks`` and ``read_chunk`` do the work.

    ``chunks`` gives as many chunks at a time as there are processes and waits for one to be done before the
    next. Each chunk is read by one thread, page after page, so all processes are busy and none is crowded.
    """

    def __init__(self, store: Store, book_id: int, owner: str, pool: PagePool) -> None:
        self.book_id: Final = book_id
        self._store = store
        self._owner = owner
        self._pool = pool
        self._lanes = threading.Semaphore(store.settings.processes)
        self._held: set[int] = set()
        self._lock = threading.Lock()
        self._prior = _prior_of(store, book_id)
        self._turns = Counter({0: 1})  # by how much the pages of this book were turned, as they are read
        self._ending = threading.Event()
        self._renewal = threading.Thread(target=self._renew_leases, name="leases", daemon=True)

    def __enter__(self) -> Self:
        self._renewal.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ending.set()
        self._renewal.join()
        # What is in the middle of a page ends it, so that its work counts; a chunk whose thread never came to
        # run is not waited for.
        deadline = time.monotonic() + LAST_PAGE_SECONDS
        for _ in range(self._store.settings.processes):
            self._lanes.acquire(timeout=max(0.0, deadline - time.monotonic()))
        with self._lock:
            unread = sorted(self._held)
            self._held.clear()
        if unread:
            given = give_back(self._store, self._owner, unread)
            log.info("book %d: %d pages given back", self.book_id, given)

    def chunks(self) -> Iterator[tuple[ClaimedPage, ...]]:
        """Chunks of waiting pages, claimed one after another until nothing waits and nothing is in work."""
        lanes = self._store.settings.processes
        while not self._ending.is_set():
            self._lanes.acquire()
            pages = () if self._ending.is_set() else self._claim()
            if pages:
                yield pages
                continue
            self._lanes.release()
            # A page that failed in a chunk still in work will wait again: look once more when all are done.
            for _ in range(lanes):
                self._lanes.acquire()
            self._lanes.release(lanes)
            if not waiting_pages(self._store, self.book_id, 1):
                return

    def read_chunk(self, pages: Sequence[ClaimedPage]) -> ChunkResult:
        """Read the pages of a chunk and record each at once. A chunk must be read exactly once."""
        result = ChunkResult()
        try:
            for page in pages:
                if self._ending.is_set():
                    break
                result += self._read(page)
        except BaseException:
            self._ending.set()  # the database or the disk is at fault, not a page: the rest waits
            raise
        finally:
            self._lanes.release()
        return result

    def _claim(self) -> tuple[ClaimedPage, ...]:
        settings = self._store.settings
        # Smaller chunks towards the end, so that no process is left alone with the last ten pages.
        waiting = len(waiting_pages(self._store, self.book_id, 2 * settings.processes * settings.chunk_pages))
        share = -(-waiting // (2 * settings.processes))
        pages = claim_pages(self._store, self.book_id, self._owner, max(1, min(settings.chunk_pages, share)))
        prior = _prior_of(self._store, self.book_id)  # the pages read so far say more than at the start
        with self._lock:
            self._held.update(page.page_id for page in pages)
            self._prior = prior
        return tuple(pages)

    def _read(self, page: ClaimedPage) -> ChunkResult:
        image_path = self._store.settings.page_path(page.page_id)
        with self._lock:
            prior = replace(self._prior, turned=self._turns.most_common(1)[0][0])
        cuts_path = self._store.settings.cuts_path(page.page_id)
        job = PageJob(
            page.page_id,
            page.scan_path,
            page.number,
            image_path,
            PAGE_SECONDS,
            prior,
            self.book_id,
            cuts_path,
        )
        outcome = self._pool.read(job, alone=page.attempts > 1)
        if isinstance(outcome, PageFailure):
            kept = fail_page(self._store, page.page_id, self._owner, outcome.reason, final=outcome.final)
            result = ChunkResult(failed=1)
            log.warning("page %d not read: %s", page.page_id, outcome.reason)
        else:
            kept = self._record(page, job, outcome)
            with self._lock:
                self._turns[outcome.reading.turned] += 1
            result = ChunkResult(read=1)
            log.info("page %d read", page.page_id)
        with self._lock:
            self._held.discard(page.page_id)
        if not kept:
            log.warning("page %d had gone to another run", page.page_id)
            return ChunkResult(lost=1)
        return result

    def _record(self, page: ClaimedPage, job: PageJob, done: PageDone) -> bool:
        provenance = {**done.reading.provenance, PEAK_KEY: str(done.peak_bytes // 2**20)}
        return record_page(
            self._store,
            page.page_id,
            self._owner,
            replace(done.reading, provenance=provenance),
            job.image_path,
            done.cpu_seconds,
            done.sha256,
        )

    def _renew_leases(self) -> None:
        seconds = self._store.settings.lease_seconds
        while not self._ending.wait(seconds / 3):
            with self._lock:
                held = sorted(self._held)
            if held:
                try:
                    keep_alive(self._store, self._owner, held, seconds)
                except SQLAlchemyError as error:  # once more in a while; a lease lost is a page read later
                    log.warning("book %d: leases not renewed: %s", self.book_id, type(error).__name__)


def _prior_of(store: Store, book_id: int) -> BookPrior:
    with store.read() as session:
        book = session.get_one(Book, book_id)
        return BookPrior(
            type=book.type, edition=book.edition or "", year=book.year, said=said_in_book(session, book_id)
        )
