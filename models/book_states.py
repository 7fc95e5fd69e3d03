"""How far books are for whoever approves them: cases by state, failed pages, numbers that no case bears."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from models.scope import STATION, Scope
from models.stages import WAY, approvable
from models.states import CaseState, PageState
from models.tables import Book, Case, Page
from pipeline.fields.number import series_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models.settings import Settings
    from models.store import Store

_DIGITS: Final = re.compile(r"\d+")
DONE: Final = (CaseState.APPROVED, CaseState.LOADED)


@dataclass(frozen=True, slots=True)
class BookState:
    """How far a book is, as counts; ``missing`` are numbers that no case of it bears, as ranges."""

    book_id: int
    code: str
    office: str
    ready: int
    approved: int
    keying: int
    checking: int
    verification: int
    aside: int
    pages_failed: int
    pages_waiting: int
    missing: tuple[str, ...]


def books_to_approve(store: Store, scope: Scope = STATION, limit: int = 200) -> list[BookState]:
    """Books of a part of the station that are not wholly approved, those with cases that are ready first."""
    here = scope.of_books(Case.book_id)
    with store.read() as session:
        states_ready = approvable(store.settings)
        ready = select(Case.book_id).where(Case.state.in_(states_ready), *here).distinct().limit(limit)
        found = list(session.scalars(ready.order_by(Case.book_id)))
        begun = select(Case.book_id).where(
            Case.state.not_in((*DONE, *states_ready)), Case.book_id.not_in(found), *here
        )
        if len(found) < limit:
            found += session.scalars(begun.distinct().order_by(Case.book_id).limit(limit - len(found)))
        states = book_states(store.settings, session, found)
    return [states[book_id] for book_id in found]


def book_states(settings: Settings, session: Session, book_ids: Sequence[int]) -> dict[int, BookState]:
    """How far these books are, in four queries however many they are."""
    books = {book.id: book for book in session.scalars(select(Book).where(Book.id.in_(book_ids)))}
    counted = select(Case.book_id, Case.state, func.count()).where(Case.book_id.in_(book_ids))
    cases: dict[int, dict[CaseState, int]] = {}
    for book_id, state, count in session.execute(counted.group_by(Case.book_id, Case.state)):
        cases.setdefault(book_id, {})[state] = count
    of_pages = select(Page.book_id, Page.state, func.count()).where(Page.book_id.in_(book_ids))
    pages: dict[int, dict[PageState, int]] = {}
    for book_id, page_state, count in session.execute(of_pages.group_by(Page.book_id, Page.state)):
        pages.setdefault(book_id, {})[page_state] = count
    numbers: dict[int, list[str]] = {}
    named = select(Case.book_id, Case.so).where(Case.book_id.in_(book_ids), Case.so.is_not(None))
    for book_id, so in session.execute(named):
        numbers.setdefault(book_id, []).append(so or "")
    return {
        book_id: _state(
            approvable(settings),
            book,
            cases.get(book_id, {}),
            pages.get(book_id, {}),
            missing_numbers(numbers.get(book_id, [])),
        )
        for book_id, book in books.items()
    }


def _state(
    ready: Collection[CaseState],
    book: Book,
    cases: dict[CaseState, int],
    pages: dict[PageState, int],
    missing: tuple[str, ...],
) -> BookState:
    def count(*states: CaseState) -> int:
        return sum(cases.get(state, 0) for state in states)

    told = (*WAY, *DONE, CaseState.READ, CaseState.NEEDS_VERIFICATION)
    return BookState(
        book_id=book.id,
        code=book.code,
        office=book.office,
        ready=count(*ready),
        approved=count(*DONE),
        keying=count(CaseState.READ),
        checking=count(*(state for state in WAY if state not in ready)),
        verification=count(CaseState.NEEDS_VERIFICATION),
        aside=sum(cases.values()) - count(*told),
        pages_failed=pages.get(PageState.FAILED, 0),
        pages_waiting=pages.get(PageState.WAITING, 0) + pages.get(PageState.READING, 0),
        missing=missing,
    )


def missing_numbers(numbers: Iterable[str]) -> tuple[str, ...]:
    """Numbers between the first and the last of a year that are not there, "12/2010" or "14-19/2010".

    A second volume goes on with the numbers of the first, so nothing is missing before the first here.
    """
    by_year: dict[int, set[int]] = {}
    for text in numbers:
        series = series_of(text)
        digits = None if series is None else _DIGITS.match(series[0])  # 12a is there too, beside 12
        if series is not None and digits is not None:
            by_year.setdefault(series[1], set()).add(int(digits[0]))
    found: list[str] = []
    for year, known in sorted(by_year.items()):
        there = sorted(known)
        for before, after in pairwise(there):
            if after - before == 2:
                found.append(f"{before + 1}/{year}")
            elif after - before > 2:
                found.append(f"{before + 1}-{after - 1}/{year}")
    return tuple(found)
