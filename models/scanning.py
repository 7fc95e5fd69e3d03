"""What a scanning station sees of its books: pages that wait, were read or failed, and files refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from models.people_tables import Unit
from models.scope import STATION, Scope
from models.states import PageState
from models.tables import Book, Page, Refusal, Scan

if TYPE_CHECKING:
    from models.store import Store


@dataclass(frozen=True, slots=True)
class ScannedBook:
    """A book with counts of its files and pages; ``waiting`` are those not read yet, or just being read."""

    book_id: int
    code: str
    office: str
    unit: str
    files: int
    waiting: int
    read: int
    failed: int
    refused: int


def scanned_books(store: Store, scope: Scope = STATION) -> list[ScannedBook]:
    """The books of a part of the station, those with pages that wait first, then those with failed ones."""
    here = scope.of_units(Book.unit_id)
    with store.read() as session:
        books = session.execute(
            select(Book, Unit.name).outerjoin(Unit, Book.unit_id == Unit.id).where(*here)
        ).all()
        pages: dict[int, dict[PageState, int]] = {}
        counted = select(Page.book_id, Page.state, func.count()).where(*scope.of_books(Page.book_id))
        for book_id, state, count in session.execute(counted.group_by(Page.book_id, Page.state)):
            pages.setdefault(book_id, {})[state] = count
        of_scans = select(Scan.book_id, func.count()).where(*scope.of_books(Scan.book_id))
        files = dict(session.execute(of_scans.group_by(Scan.book_id)).tuples().all())
        of_refusals = select(Refusal.book_id, func.count()).where(*scope.of_books(Refusal.book_id))
        refused = dict(session.execute(of_refusals.group_by(Refusal.book_id)).tuples().all())
    found = []
    for book, unit in books:
        of = pages.get(book.id, {})
        found.append(
            ScannedBook(
                book_id=book.id,
                code=book.code,
                office=book.office,
                unit=unit or "",
                files=files.get(book.id, 0),
                waiting=of.get(PageState.WAITING, 0) + of.get(PageState.READING, 0),
                read=of.get(PageState.READ, 0),
                failed=of.get(PageState.FAILED, 0),
                refused=refused.get(book.id, 0),
            )
        )
    return sorted(
        found, key=lambda one: (not one.waiting, not (one.failed or one.refused), one.office, one.code)
    )


def refused_files(store: Store, scope: Scope = STATION, limit: int = 50) -> list[Refusal]:
    """The last files that were refused; those of no book are shown to people of the whole station only."""
    query = select(Refusal).where(*scope.of_books(Refusal.book_id))
    with store.read() as session:
        return list(session.scalars(query.order_by(Refusal.id.desc()).limit(limit)))
