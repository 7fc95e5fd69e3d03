"""How far a book is, and which of its pages a person should look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Text, and_, cast, func, or_, select

from models.scope import STATION, Scope
from models.states import FieldState, PageState
from models.tables import Case, Field, Page, Refusal, Scan
from pipeline.elements import PageKind

if TYPE_CHECKING:
    from models.store import Store

MACHINE_STATES = (FieldState.ACCEPTED, FieldState.FLAGGED, FieldState.BLANK, FieldState.ABSENT)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a book is, as counts. Fields are counted by the state that they are in now."""

    scans: int
    pages_total: int
    pages_read: int
    pages_failed: int
    cases: int
    fields_accepted: int
    fields_flagged: int
    fields_blank: int
    fields_decided: int
    refused: int

    @property
    def pages_open(self) -> int:
        """Pages that are neither read nor given up."""
        return self.pages_total - self.pages_read - self.pages_failed


@dataclass(frozen=True, slots=True)
class PageNotice:
    """A page without cases that a person should look at, and why."""

    page_id: int
    scan_id: int
    book_id: int
    original_name: str
    number: int
    state: PageState
    kind: str | None
    reasons: tuple[str, ...]
    duplicate_of: int | None


def progress(store: Store, book_id: int) -> Progress:
    """How far a book is."""
    with store.read() as session:
        pages = dict(
            session.execute(
                select(Page.state, func.count()).where(Page.book_id == book_id).group_by(Page.state)
            )
            .tuples()
            .all()
        )
        fields = dict(
            session.execute(
                select(Field.state, func.count())
                .join(Case)
                .where(Case.book_id == book_id)
                .group_by(Field.state)
            )
            .tuples()
            .all()
        )
        return Progress(
            scans=session.scalar(select(func.count()).where(Scan.book_id == book_id)) or 0,
            pages_total=sum(pages.values()),
            pages_read=pages.get(PageState.READ, 0),
            pages_failed=pages.get(PageState.FAILED, 0),
            cases=session.scalar(select(func.count()).where(Case.book_id == book_id)) or 0,
            fields_accepted=fields.get(FieldState.ACCEPTED, 0),
            fields_flagged=fields.get(FieldState.FLAGGED, 0),
            fields_blank=fields.get(FieldState.BLANK, 0),
            fields_decided=sum(count for state, count in fields.items() if state not in MACHINE_STATES),
            refused=session.scalar(select(func.count()).where(Refusal.book_id == book_id)) or 0,
        )


def pages_for_attention(store: Store, book_id: int | None = None, scope: Scope = STATION) -> list[PageNotice]:
    """Pages that a person should look at: failed, struck out, of no known form, scanned twice, or in doubt.

    In doubt are pages of cases with a reason of their own: torn, or with a row that was taken for struck out.
    """
    query = (
        select(Page, Scan.original_name)
        .join(Scan, Page.scan_id == Scan.id)
        .where(
            or_(
                Page.state == PageState.FAILED,
                Page.kind.in_([PageKind.UNKNOWN.value, PageKind.VOID.value]),
                Page.duplicate_of.is_not(None),
                and_(Page.kind == PageKind.CASES.value, cast(Page.reasons, Text) != "[]"),
            ),
            *scope.of_books(Page.book_id),
        )
        .order_by(Page.book_id, Page.scan_id, Page.number)
    )
    if book_id is not None:
        query = query.where(Page.book_id == book_id)
    with store.read() as session:
        return [
            PageNotice(
                page_id=page.id,
                scan_id=page.scan_id,
                book_id=page.book_id,
                original_name=name,
                number=page.number,
                state=page.state,
                kind=page.kind,
                reasons=tuple(page.reasons),
                duplicate_of=page.duplicate_of,
            )
            for page, name in session.execute(query)
        ]
