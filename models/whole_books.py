"""A book as its approver sees it: how far it is, what is still open and why, and approval of what has passed.

Approving at once is for cases of which nobody's word stands alone: every field was accepted by the machine,
or what a person entered was compared by another one, in a blind check, a second keying or a check of the
whole case. Some of these cases are drawn for each approver and have to be opened first. All others are
approved one by one, beside their pages.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from models.approval import approve_locked
from models.approvers import require_approver
from models.audit import note
from models.book_states import DONE, BookState, book_states
from models.errors import Conflict, NotFound, NotReady
from models.quality_tables import FieldCheck
from models.stages import WAY, approvable
from models.states import CaseState, CheckKind, FieldState
from models.store import again_after_deadlock
from models.tables import Book, Case, Event, Field
from models.views import cases_decided_by

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models.settings import Settings
    from models.store import Store

LOOKS: Final = 5
"""So many of the cases that have passed are drawn for an approver to open before all are approved."""
SEEN: Final = "case_seen"
ENTERED: Final = (FieldState.ACCEPTED_BY_PERSON, FieldState.CORRECTED, FieldState.BLANK_BY_PERSON)
UNCLEAR: Final = (FieldState.FLAGGED, FieldState.ILLEGIBLE, FieldState.UNCERTAIN)


class Why(StrEnum):
    """Why a case is not approved together with its book."""

    KEYING = "keying"
    CHECKING = "checking"  # the station asks for more checks than it has passed
    VERIFICATION = "verification"
    ASIDE = "aside"  # to be scanned again, illegible, out of scope, void
    OWN = "own"
    UNCLEAR = "unclear"
    ONE_PERSON = "one_person"
    NO_NUMBER = "no_number"
    NUMBER_TWICE = "number_twice"


@dataclass(frozen=True, slots=True)
class BookCase:
    """A case of a book. ``why`` is None where it may be approved with the book, or is approved already."""

    case_id: int
    page_id: int
    so: str | None
    state: CaseState
    version: int
    why: Why | None

    @property
    def passes(self) -> bool:
        """Whether it is approved when the book is."""
        return self.why is None and self.state not in DONE


@dataclass(frozen=True, slots=True)
class WholeBook:
    """A book with all of its cases for one approver. ``drawn`` are those to be opened first.

    ``token`` stands for the cases that pass as they are now: approval of anything else is refused.
    """

    state: BookState
    cases: tuple[BookCase, ...]
    drawn: tuple[int, ...]
    unseen: tuple[int, ...]
    token: str

    @property
    def passing(self) -> int:
        """How many cases would be approved."""
        return sum(case.passes for case in self.cases)


def whole_book(store: Store, book_id: int, user_id: int) -> WholeBook:
    """A book as this approver sees it.

    Raises:
        NotFound: for an unknown book.
    """
    with store.read() as session:
        if session.get(Book, book_id) is None:
            raise NotFound("book", book_id)
        return _whole(store.settings, session, book_id, user_id)


def note_seen(store: Store, case_id: int, user_id: int, version: int) -> None:
    """Keep that this person has opened a case as it stands, beside its page."""
    with store.begin() as session:
        note(session, SEEN, "case", case_id, user_id=user_id, version=version)


@again_after_deadlock
def approve_book(store: Store, book_id: int, user_id: int, token: str) -> tuple[int, ...]:
    """Approve what has passed of a book, as it was shown with that ``token``. Returns the ids of the cases.

    Raises:
        NotFound: for an unknown book.
        NotAllowed: when the account may not approve.
        NotReady: when cases that were drawn have not been opened.
        Conflict: when a case has changed since the book was shown.
    """
    with store.begin() as session:
        require_approver(session, user_id)
        if session.get(Book, book_id) is None:
            raise NotFound("book", book_id)
        rows = session.scalars(
            select(Case).where(Case.book_id == book_id).order_by(Case.id).with_for_update(of=Case)
        )
        cases = {case.id: case for case in rows}
        book = _whole(store.settings, session, book_id, user_id)
        if book.token != token:
            raise Conflict
        if book.unseen:
            raise NotReady(book.unseen[0])
        approved = tuple(case.case_id for case in book.cases if case.passes)
        for case_id in approved:
            approve_locked(store.settings, session, cases[case_id], user_id)
        note(session, "book_approved", "book", book_id, user_id=user_id, cases=len(approved))
        return approved


def _whole(settings: Settings, session: Session, book_id: int, user_id: int) -> WholeBook:
    rows = session.scalars(
        select(Case).where(Case.book_id == book_id).order_by(Case.page_id, Case.index)
    ).all()
    own = cases_decided_by(session, user_id)
    unclear, alone = _open_words(session, book_id)
    numbers = [case.so for case in rows]
    cases = tuple(
        BookCase(
            case_id=case.id,
            page_id=case.page_id,
            so=case.so,
            state=case.state,
            version=case.version,
            why=_why(case, approvable(settings), own, unclear, alone, numbers),
        )
        for case in rows
    )
    passing = [case for case in cases if case.passes]
    drawn = sorted(passing, key=lambda case: _chance(user_id, case))[:LOOKS]
    seen = _seen(session, user_id, [case.case_id for case in drawn])
    return WholeBook(
        state=book_states(settings, session, [book_id])[book_id],
        cases=cases,
        drawn=tuple(case.case_id for case in drawn),
        unseen=tuple(case.case_id for case in drawn if (case.case_id, case.version) not in seen),
        token=_token(passing),
    )


def _why(
    case: Case,
    ready: Collection[CaseState],
    own: set[int],
    unclear: set[int],
    alone: set[int],
    numbers: Sequence[str | None],
) -> Why | None:
    """Why a case cannot be approved without being looked at by itself; None where it can, or is approved."""
    if case.state in DONE:
        return None
    if case.state is CaseState.READ:
        return Why.KEYING
    if case.state is CaseState.NEEDS_VERIFICATION:
        return Why.VERIFICATION
    if case.state not in ready:
        return Why.CHECKING if case.state in WAY else Why.ASIDE
    if case.id in own:
        return Why.OWN
    if case.id in unclear:
        return Why.UNCLEAR
    if case.id in alone and case.state is CaseState.KEYED:
        return Why.ONE_PERSON
    if case.so is None:
        return Why.NO_NUMBER
    return Why.NUMBER_TWICE if numbers.count(case.so) > 1 else None


def _open_words(session: Session, book_id: int) -> tuple[set[int], set[int]]:
    """Cases with a field that is not settled, and cases in which one person's word stands alone."""
    of_book = select(Field.case_id).join(Case, Field.case_id == Case.id).where(Case.book_id == book_id)
    unclear = session.scalars(of_book.where(Field.state.in_(UNCLEAR)).distinct())
    compared = (
        select(FieldCheck.id)
        .where(
            FieldCheck.field_id == Field.id,
            FieldCheck.kind.in_((CheckKind.SAMPLE, CheckKind.SECOND)),
            FieldCheck.author_id.is_not(None),
            FieldCheck.right.is_(True),
        )
        .exists()
    )
    alone = session.scalars(of_book.where(Field.state.in_(ENTERED), ~compared).distinct())
    return set(unclear), set(alone)


def _chance(user_id: int, case: BookCase) -> bytes:
    """Drawn for each approver and each state of a case anew, and the same however often one looks."""
    return hashlib.sha256(f"{user_id}:{case.case_id}:{case.version}".encode()).digest()


def _seen(session: Session, user_id: int, case_ids: Sequence[int]) -> set[tuple[int, int]]:
    """Cases that this person has opened, with the version that they had."""
    events = session.scalars(
        select(Event).where(
            Event.object_type == "case",
            Event.object_id.in_(case_ids),
            Event.what == SEEN,
            Event.user_id == user_id,
        )
    )
    return {(event.object_id or 0, int(event.detail.get("version", 0))) for event in events}


def _token(passing: Sequence[BookCase]) -> str:
    told = ",".join(f"{case.case_id}:{case.version}" for case in sorted(passing, key=lambda one: one.case_id))
    return hashlib.sha256(told.encode()).hexdigest()[:24]
