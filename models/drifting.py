"""Drift: books, or the station as a whole, whose readings are worse than their probabilities say.

Found by the checks of the machine's readings, looked at every now and then, and kept in the audit trail: from
``drift_found`` to ``drift_ended`` more is sampled and the operator is told. Who wrote a book is not known, so
a book stands for a hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from models.audit import note
from models.policies import NO_CHECKS, checks_taken_up, fitted_at
from models.quality_tables import FieldCheck
from models.states import OF_MACHINE
from models.tables import Event
from pipeline.drift import Drift, drift_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models.store import Store

FOUND: Final = "drift_found"
ENDED: Final = "drift_ended"
STATION: Final = "station"
BOOK: Final = "book"


@dataclass(frozen=True, slots=True)
class DriftNotice:
    """Readings of a book, or of the whole station (None), that are worse than their probabilities say."""

    book_id: int | None
    drift: Drift


def is_drifting(session: Session, book_id: int | None) -> bool:
    """Whether the last word on a book, or on the station (None), is that it drifts."""
    query = (
        select(Event.what)
        .where(
            Event.object_type == (STATION if book_id is None else BOOK),
            Event.object_id.is_(None) if book_id is None else Event.object_id == book_id,
            Event.what.in_([FOUND, ENDED]),
        )
        .order_by(Event.id.desc())
        .limit(1)
    )
    return session.scalar(query) == FOUND


def drift_now(session: Session) -> list[DriftNotice]:
    """Drift of the station, then of each book, as the checks of the machine's readings tell it now.

    The station is judged by the checks since they were last taken up for thresholds: what was found before is
    in the thresholds already. A book is judged by all of its checks.
    """
    fitted = fitted_at(session)
    since = max(checks_taken_up(session) or NO_CHECKS, fitted)
    books: dict[int, list[tuple[float, bool]]] = {}
    station: list[tuple[float, bool]] = []
    rows = session.execute(
        select(FieldCheck.book_id, FieldCheck.probability, FieldCheck.right, FieldCheck.checked_at)
        .where(
            FieldCheck.right.is_not(None),
            FieldCheck.plain,
            FieldCheck.author_id.is_(None),
            FieldCheck.kind.in_(OF_MACHINE),
            FieldCheck.checked_at > fitted,  # probabilities of before were others
        )
        .order_by(FieldCheck.checked_at, FieldCheck.id)
    )
    for book_id, probability, right, at in rows:
        books.setdefault(book_id, []).append((probability, bool(right)))
        if at is not None and at > since:
            station.append((probability, bool(right)))
    found = [DriftNotice(None, drift_of(station))]
    return found + [DriftNotice(book_id, drift_of(checks)) for book_id, checks in sorted(books.items())]


def watch_drift(store: Store) -> list[DriftNotice]:
    """Look for drift and write down where it began or ended. Returns where there is some."""
    with store.begin() as session:
        notices = drift_now(session)
        for notice in notices:
            if notice.drift.found == is_drifting(session, notice.book_id):
                continue
            note(
                session,
                FOUND if notice.drift.found else ENDED,
                STATION if notice.book_id is None else BOOK,
                notice.book_id,
                checked=notice.drift.checked,
                wrong=notice.drift.wrong,
                expected=round(notice.drift.expected, 2),
            )
        return [notice for notice in notices if notice.drift.found]
