"""What cases of a book say of each other: numbers that run on, dates that do not go back, none twice.

Pages are read in any order, so a page is held against the one before it and the one after it as soon as both
are read. A doubt falls on the number or the date of both cases, where the machine's reading of it still
stands; nothing is changed.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, or_, select

from models.routing import BY_MACHINE, ask, sync_tasks
from models.states import CaseState, PageState
from models.tables import Case, Decision, Field, Page
from pipeline.elements import PageKind
from pipeline.fields.number import series_of
from pipeline.rules.book import check_neighbours, check_total

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from models.settings import Settings
    from models.tables import Book

FURTHEST: Final = 4
"""Pages without cases that are passed over to find the case before."""
OUT: Final = (CaseState.VOID, CaseState.OUT_OF_SCOPE)
MAY_DOUBT: Final = (CaseState.READ, CaseState.KEYED)
FOLLOWS: Final = "number_follows"
TWICE: Final = "rule:number_twice"


def check_book_order(session: Session, settings: Settings, page: Page) -> int:
    """Hold the cases of a page just read against those around them. Returns the fields that are asked now."""
    session.flush()
    own = _cases(session, page.id)
    before, near_before = _around(session, page, later=False)
    after, near_after = _around(session, page, later=True)
    pairs = [(first, second, True) for first, second in pairwise(own)]
    if own and before:
        pairs.append((before[-1], own[0], near_before))
    if own and after:
        pairs.append((own[-1], after[0], near_after))
    changed = 0
    for first, second, next_to in pairs:
        for doubt in check_neighbours(_texts(first), _texts(second), page.book.type):
            if next_to or doubt.rule != FOLLOWS:
                changed += sum(
                    _doubt(session, settings, case, doubt.fields, doubt.code) for case in (first, second)
                )
    for case in own:
        changed += _met_twice(session, settings, case)
    return changed


def check_closing_totals(session: Session, settings: Settings, book: Book) -> int:
    """Hold the totals of closing notes against the cases of their years, once every page of a book is read.

    Returns the fields that are asked now.
    """
    changed = 0
    notes = select(Page).where(Page.book_id == book.id, Page.kind == PageKind.CLOSING_NOTE.value)
    told = [page.book_facts for page in session.scalars(notes) if page.book_facts]
    unread = select(Page.id).where(Page.book_id == book.id, Page.state != PageState.READ).limit(1)
    if not told or session.scalar(unread) is not None:
        return 0
    cases = session.scalars(
        select(Case).where(Case.book_id == book.id, Case.state.not_in(OUT)).order_by(Case.page_id, Case.index)
    ).all()
    for facts in told:
        year = facts.get("year") or _year_of(facts.get("closed", "")) or book.year
        of_year = [case for case in cases if _year_in(case) in (None, year)]
        numbers = [_texts(case).get("so", "") for case in of_year]
        if facts.get("cases") is None or not of_year:
            continue
        for doubt in check_total(facts["cases"], numbers, book.type):
            changed += _doubt(session, settings, of_year[-1], doubt.fields, doubt.code)
    return changed


def _year_in(case: Case) -> int | None:
    """The year of a case by its number, or else by its date; None where neither tells."""
    texts = _texts(case)
    series = series_of(texts.get("so", ""))
    return series[1] if series else _year_of(texts.get("ngayDangKy", ""))


def _year_of(date: str) -> int | None:
    """The year of an export date."""
    return int(date[-4:]) if date[-4:].isdecimal() else None


def _met_twice(session: Session, settings: Settings, case: Case) -> int:
    if case.so is None:
        return 0
    same = select(Case).where(Case.book_id == case.book_id, Case.so == case.so, Case.id != case.id)
    others = session.scalars(same).all()
    return sum(_doubt(session, settings, one, ("so",), TWICE) for one in ((case, *others) if others else ()))


def _doubt(session: Session, settings: Settings, case: Case, keys: Sequence[str], code: str) -> int:
    """Have people asked about fields of a case, where nobody has decided them yet."""
    if case.state not in MAY_DOUBT:
        return 0
    decided = set(session.scalars(select(Decision.field_id).where(Decision.case_id == case.id).distinct()))
    fields = [
        field
        for field in case.fields
        if field.key in keys and field.state in BY_MACHINE and field.id not in decided
    ]
    changed = sum(ask(field, code) for field in fields)
    sync_tasks(session, settings, case, fields)
    return changed


def _around(session: Session, page: Page, *, later: bool) -> tuple[list[Case], bool]:
    """The cases of the nearest page before or after that has any, and whether that page is the next one.

    None where a page in between is not read yet.
    """
    if later:
        beyond = or_(
            Page.scan_id > page.scan_id, and_(Page.scan_id == page.scan_id, Page.number > page.number)
        )
        order = (Page.scan_id.asc(), Page.number.asc())
    else:
        beyond = or_(
            Page.scan_id < page.scan_id, and_(Page.scan_id == page.scan_id, Page.number < page.number)
        )
        order = (Page.scan_id.desc(), Page.number.desc())
    query = select(Page).where(Page.book_id == page.book_id, beyond).order_by(*order).limit(FURTHEST)
    for place, other in enumerate(session.scalars(query)):
        if other.state is not PageState.READ:
            break
        if other.kind == PageKind.CASES.value and other.duplicate_of is None:
            return _cases(session, other.id), place == 0
    return [], False


def _cases(session: Session, page_id: int) -> list[Case]:
    return list(session.scalars(select(Case).filter_by(page_id=page_id).order_by(Case.index)))


def _texts(case: Case) -> dict[str, str]:
    return {field.key: field.value or field.verbatim for field in _fields(case)}


def _fields(case: Case) -> list[Field]:
    return [field for field in case.fields if field.key in {"so", "ngayDangKy"}]
