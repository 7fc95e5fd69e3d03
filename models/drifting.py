"""Drift: books, hands, or the station as a whole, whose readings are worse than their probabilities say.

Found by the checks of the machine's readings, looked at every now and then, and kept in the audit trail:
from ``drift_found`` to ``drift_ended`` more is sampled and the operator is told. A hand is the official who
by the entries themselves wrote them (``nguoiThucHien``), in the books of one office; where no name was read,
the book stands for the hand. The audit trail knows a hand by a number made of the name, never by the name.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from models.audit import note
from models.policies import NO_CHECKS, checks_taken_up, fitted_at
from models.quality_tables import FieldCheck
from models.states import OF_MACHINE
from models.tables import Book, Event, Field
from pipeline.drift import Drift, drift_of
from pipeline.text import bare_key

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models.store import Store

FOUND: Final = "drift_found"
ENDED: Final = "drift_ended"
STATION: Final = "station"
BOOK: Final = "book"


HAND: Final = "hand"
WRITER: Final = "nguoiThucHien"
"""The field that names who wrote an entry."""


@dataclass(frozen=True, slots=True)
class Hand:
    """An official's hand in the books of an office. ``name`` is for screens alone."""

    office: str
    name: str

    @property
    def number(self) -> int:
        """What the audit trail knows the hand by: the same for every spelling of the name."""
        told = f"{self.office}|{bare_key(self.name)}"
        return int.from_bytes(hashlib.blake2b(told.encode(), digest_size=4).digest()) >> 1


@dataclass(frozen=True, slots=True)
class DriftNotice:
    """Readings of a book, a hand, or the whole station (neither), worse than their probabilities say."""

    book_id: int | None
    drift: Drift
    hand: Hand | None = None

    @property
    def of(self) -> tuple[str, int | None]:
        """What drifts, as the audit trail names it."""
        if self.hand is not None:
            return HAND, self.hand.number
        return (STATION, None) if self.book_id is None else (BOOK, self.book_id)


def hand_named(office: str, name: str | None) -> Hand | None:
    """The hand of who is named as having written an entry; None where no name was read."""
    return Hand(office, name) if name and bare_key(name) else None


def drifting(session: Session) -> set[tuple[str, int | None]]:
    """All of which the last word is that they drift; named as by ``notice.of``."""
    return set(session.execute(_DRIFTING).tuples())


def drifting_near(session: Session, book_id: int, hand: Hand | None) -> set[tuple[str, int | None]]:
    """The same of a book, of a hand, and of the station.

    Made once, and one statement for all three: somebody waits for the decision that completes a case.
    """
    near = {"book": book_id, "hand": None if hand is None else hand.number}
    return set(session.execute(_DRIFTING_NEAR, near).tuples())


def _last_said(*conditions: ColumnElement[bool]) -> Select[tuple[str, int | None]]:
    last = (
        select(func.max(Event.id))
        .where(Event.what.in_([FOUND, ENDED]), *conditions)
        .group_by(Event.object_type, Event.object_id)
    )
    return select(Event.object_type, Event.object_id).where(Event.id.in_(last), Event.what == FOUND)


_DRIFTING: Final = _last_said()
_DRIFTING_NEAR: Final = _last_said(
    or_(
        and_(Event.object_type == STATION, Event.object_id.is_(None)),
        and_(Event.object_type == BOOK, Event.object_id == bindparam("book")),
        and_(Event.object_type == HAND, Event.object_id == bindparam("hand")),
    )
)


def drift_now(session: Session) -> list[DriftNotice]:
    """Drift of the station, of each book, of each hand, as the checks of the machine's readings tell it now.

    The station is judged by the checks since they were last taken up for thresholds: what was found before is
    in the thresholds already. Books and hands are judged by all of their checks.
    """
    fitted = fitted_at(session)
    since = max(checks_taken_up(session) or NO_CHECKS, fitted)
    books: dict[int, list[tuple[float, bool]]] = {}
    hands: dict[int, tuple[Hand, list[tuple[float, bool]]]] = {}
    station: list[tuple[float, bool]] = []
    writer = aliased(Field)
    rows = session.execute(
        select(
            FieldCheck.book_id,
            FieldCheck.probability,
            FieldCheck.right,
            FieldCheck.checked_at,
            Book.office,
            writer.verbatim,
        )
        .join(Book, Book.id == FieldCheck.book_id)
        .outerjoin(writer, and_(writer.case_id == FieldCheck.case_id, writer.key == WRITER))
        .where(
            FieldCheck.right.is_not(None),
            FieldCheck.plain,
            FieldCheck.author_id.is_(None),
            FieldCheck.kind.in_(OF_MACHINE),
            FieldCheck.checked_at > fitted,  # probabilities of before were others
        )
        .order_by(FieldCheck.checked_at, FieldCheck.id)
    )
    for book_id, probability, right, at, office, name in rows:
        books.setdefault(book_id, []).append((probability, bool(right)))
        if name and bare_key(name):
            hand = Hand(office, name)
            hands.setdefault(hand.number, (hand, []))[1].append((probability, bool(right)))
        if at is not None and at > since:
            station.append((probability, bool(right)))
    found = [DriftNotice(None, drift_of(station))]
    found += [DriftNotice(book_id, drift_of(checks)) for book_id, checks in sorted(books.items())]
    return found + [DriftNotice(None, drift_of(checks), hand) for _, (hand, checks) in sorted(hands.items())]


def found_drift(session: Session) -> list[DriftNotice]:
    """What drifts now and was written down as drifting."""
    known = drifting(session)
    return [notice for notice in drift_now(session) if notice.of in known]


def watch_drift(store: Store) -> list[DriftNotice]:
    """Look for drift and write down where it began or ended. Returns where there is some."""
    with store.begin() as session:
        notices, known = drift_now(session), drifting(session)
        for notice in notices:
            if notice.drift.found == (notice.of in known):
                continue
            note(
                session,
                FOUND if notice.drift.found else ENDED,
                *notice.of,
                checked=notice.drift.checked,
                wrong=notice.drift.wrong,
                expected=round(notice.drift.expected, 2),
            )
        return [notice for notice in notices if notice.drift.found]
