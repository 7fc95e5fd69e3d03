"""The ledger of pages: who is reading which page until when, and what came of it.

A page is claimed under a lease, read without holding any transaction, and recorded in one. Recording asks
that the page is still in the hands of that owner, so a worker that was cut off and comes back late writes
nothing where another has taken over, and a page that kills its worker is given up after some attempts.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Select, and_, or_, select, update

from models.arrivals import receive_cases
from models.audit import note
from models.book_order import check_closing_totals
from models.case_rows import describe_page
from models.errors import NotFound, NotReady
from models.overview import PageNotice as PageNotice
from models.overview import Progress as Progress
from models.overview import pages_for_attention as pages_for_attention
from models.overview import progress as progress
from models.states import PageState, ScanState
from models.tables import Book, Case, Page, Scan, utc_now
from pipeline.elements import PageKind
from pipeline.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from sqlalchemy.orm import Session

    from models.store import Store
    from pipeline import elements


@dataclass(frozen=True, slots=True)
class ClaimedPage:
    """A page that the caller may read until its lease ends. ``number`` counts from 1 within the scan file."""

    page_id: int
    scan_path: Path
    suffix: str
    number: int
    book_type: str
    attempts: int


def waiting_pages(store: Store, book_id: int, limit: int) -> list[int]:
    """Ids of pages that could be claimed now, in the order in which they would be."""
    with store.read() as session:
        return list(session.scalars(_claimable(book_id).with_only_columns(Page.id).limit(limit)))


def claim_pages(
    store: Store, book_id: int, owner: str, limit: int, lease_seconds: float | None = None
) -> list[ClaimedPage]:
    """Take up to ``limit`` pages of a book for ``owner``: waiting ones, or ones whose lease has run out.

    ``owner`` names one run of one process; two that run at the same time must not share it.
    """
    seconds = store.settings.lease_seconds if lease_seconds is None else lease_seconds
    with store.begin() as session:
        _give_up_exhausted(session, book_id, store.settings.max_attempts)
        pages = session.scalars(
            _claimable(book_id).limit(limit).with_for_update(skip_locked=True, of=Page)
        ).all()
        until = utc_now() + timedelta(seconds=seconds)
        for page in pages:
            page.state = PageState.READING
            page.attempts += 1
            page.lease_owner = owner
            page.lease_until = until
        return [_claimed(store, page) for page in pages]


def keep_alive(store: Store, owner: str, page_ids: Collection[int], seconds: float | None = None) -> int:
    """Make the leases of these pages last ``seconds`` from now. Returns how many the owner still holds."""
    longer = store.settings.lease_seconds if seconds is None else seconds
    with store.begin() as session:
        held = session.scalars(
            update(Page)
            .where(Page.id.in_(page_ids), Page.state == PageState.READING, Page.lease_owner == owner)
            .values(lease_until=utc_now() + timedelta(seconds=longer))
            .returning(Page.id)
        ).all()
        return len(held)


def record_page(
    store: Store,
    page_id: int,
    owner: str,
    reading: elements.PageReading,
    image_path: Path,
    cpu_seconds: float,
    sha256: str | None = None,
) -> bool:
    """Write what was read on a page: page, cases, fields and review tasks, all or nothing.

    ``sha256`` is that of the decoded page image; without it, that of the file at ``image_path`` stands in.
    A page whose image was read before in the same book makes no cases a second time.

    Returns:
        False when ``owner`` no longer has the page; nothing is written then. A lease that ran out without
        anybody else taking the page still counts: the work is done and nobody does it twice.
    """
    image = sha256 or hashlib.sha256(image_path.read_bytes()).hexdigest()
    with store.begin() as session:
        page = _held(session, page_id, owner)
        if page is None:
            return False
        book = page.book
        twin = session.scalar(
            select(Page.id).where(
                Page.book_id == book.id, Page.sha256 == image, Page.duplicate_of.is_(None), Page.id != page.id
            )
        )
        page.sha256, page.duplicate_of = image, twin
        describe_page(page, reading, store.settings.inside(image_path), cpu_seconds)
        if twin is not None:
            page.reasons = [*page.reasons, Reason.DUPLICATE_PAGE.value]
        elif reading.kind is PageKind.CASES:
            receive_cases(session, store.settings, page, reading.cases)
            if book.edition is None and reading.edition:
                book.edition = reading.edition
        session.flush()
        check_closing_totals(session, store.settings, book)
        _close_scan(session, page.scan_id)
        return True


def fail_page(store: Store, page_id: int, owner: str, reason: str, *, final: bool = False) -> bool:
    """Tell that reading a page did not work, by the code of a reason.

    It waits for another attempt, or is given up when it had all its attempts or ``final`` says that another
    would not help. Returns False when ``owner`` no longer has the page; nothing is written then.
    """
    with store.begin() as session:
        page = _held(session, page_id, owner)
        if page is None:
            return False
        if final or page.attempts >= store.settings.max_attempts:
            _give_up(session, page, str(reason))
        else:
            page.state = PageState.WAITING
            page.lease_owner = page.lease_until = None
            page.reasons = [str(reason)]
        return True


def read_again(store: Store, page_id: int, user_id: int | None) -> None:
    """Put a page that failed, or that was read without cases, back into the queue with all its attempts.

    Raises:
        NotFound: for an unknown page.
        NotReady: when the page is waiting or being read, or has cases.
    """
    with store.begin() as session:
        page = session.get(Page, page_id, with_for_update={"of": Page})
        if page is None:
            raise NotFound("page", page_id)
        has_cases = session.scalar(select(Case.id).filter_by(page_id=page_id).limit(1)) is not None
        if has_cases or page.state not in (PageState.READ, PageState.FAILED):
            raise NotReady(page_id)
        page.state = PageState.WAITING
        page.attempts = 0
        page.sha256 = page.kind = page.duplicate_of = None
        page.reasons = []
        page.scan.state = ScanState.ACCEPTED
        note(session, "page_read_again", "page", page_id, user_id=user_id)


def _may_be_claimed() -> ColumnElement[bool]:
    return or_(
        Page.state == PageState.WAITING,
        and_(Page.state == PageState.READING, Page.lease_until < utc_now()),
    )


def _claimable(book_id: int) -> Select[tuple[Page]]:
    return select(Page).where(Page.book_id == book_id, _may_be_claimed()).order_by(Page.scan_id, Page.number)


def _claimed(store: Store, page: Page) -> ClaimedPage:
    scan = page.scan
    return ClaimedPage(
        page_id=page.id,
        scan_path=store.settings.scan_path(scan.sha256, scan.suffix),
        suffix=scan.suffix,
        number=page.number,
        book_type=page.book.type,
        attempts=page.attempts,
    )


def _held(session: Session, page_id: int, owner: str) -> Page | None:
    """The page if it is in this owner's hands, with its book locked: pages of a book are written in turn."""
    book_id = session.scalar(select(Page.book_id).where(Page.id == page_id))
    if book_id is None:
        raise NotFound("page", page_id)
    _lock_book(session, book_id)
    return session.scalar(
        select(Page)
        .where(Page.id == page_id, Page.state == PageState.READING, Page.lease_owner == owner)
        .with_for_update(of=Page)
    )


def _lock_book(session: Session, book_id: int) -> None:
    # Where writers do not queue by themselves (PostgreSQL), two twins of one page image, or the last two
    # pages of one scan, would not see each other.
    session.execute(select(Book.id).where(Book.id == book_id).with_for_update(key_share=True))


def _give_up_exhausted(session: Session, book_id: int, max_attempts: int) -> None:
    exhausted = _claimable(book_id).where(Page.attempts >= max_attempts)
    if session.scalar(exhausted.with_only_columns(Page.id).limit(1)) is None:
        return
    _lock_book(session, book_id)
    for page in session.scalars(exhausted.with_for_update(skip_locked=True, of=Page)):
        _give_up(session, page, Reason.PAGE_FAILED.value)


def _give_up(session: Session, page: Page, reason: str) -> None:
    page.state = PageState.FAILED
    page.lease_owner = page.lease_until = None
    page.reasons = list(dict.fromkeys([reason, Reason.PAGE_FAILED.value]))
    note(session, "page_failed", "page", page.id, reason=reason, attempts=page.attempts)
    session.flush()
    _close_scan(session, page.scan_id)


def _close_scan(session: Session, scan_id: int) -> None:
    unfinished = session.scalar(
        select(Page.id)
        .where(Page.scan_id == scan_id, Page.state.in_([PageState.WAITING, PageState.READING]))
        .limit(1)
    )
    if unfinished is None:
        session.execute(update(Scan).where(Scan.id == scan_id).values(state=ScanState.READ))
