"""Cases that somebody outside has to verify: parked with a reason, for whom and until when, and back again.

A parked case is out of the queue: nobody is asked about it, nobody approves it. It comes back on its day, by
hand, or when an approver sends it back. What a person was unsure of is asked about again then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from models.approvers import locked_case, require_approver
from models.audit import note
from models.errors import NotReady
from models.quality_tables import Parking
from models.scope import STATION, Scope
from models.stages import done_state
from models.states import Action, CaseState, FieldState, Outside, Return, TaskState
from models.store import again_after_deadlock
from models.tables import Book, Case, Decision, Task, utc_now
from models.tasks import RETURNED, has_work, open_task
from models.texts import typed_text
from pipeline.reasons import Reason

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from models.store import Store

MAY_BE_PARKED: Final = (
    CaseState.READ,
    CaseState.KEYED,
    CaseState.CHECKED,
    CaseState.CHECKED_AGAIN,
    CaseState.NEEDS_VERIFICATION,
)


@dataclass(frozen=True, slots=True)
class ParkedCase:
    """A case that waits for somebody outside. ``whom`` and ``note`` are what a person wrote."""

    parking_id: int
    case_id: int
    book_code: str
    office: str
    so: str | None
    reason: Outside
    whom: str
    note: str
    due: date
    overdue: bool


def today() -> date:
    """The day on the station's clock."""
    return utc_now().astimezone().date()


@again_after_deadlock
def park(
    store: Store, case_id: int, user_id: int, reason: Outside, whom: str, due: date, remark: str = ""
) -> int:
    """Take a case out of the queue until ``due``. Returns the id of the parking.

    Raises:
        NotFound: for an unknown case.
        NotAllowed: when the account may not approve.
        NotReady: when the case is approved already, or parked.
        ValueError: when nobody is named who is to verify it, or the day is not in the future.
    """
    asked = typed_text(whom)
    if not asked:
        raise ValueError("a case is parked for somebody")
    if due <= today():
        raise ValueError("a case comes back on a day to come")
    with store.begin() as session:
        require_approver(session, user_id)
        case = locked_case(session, case_id)
        if case.state not in MAY_BE_PARKED or _open_parking(session, case_id) is not None:
            raise NotReady(case_id)
        before = case.state
        for task in session.scalars(select(Task).filter_by(case_id=case_id, state=TaskState.OPEN)):
            task.state = TaskState.PARKED
            task.lease_owner = task.lease_until = None
        case.state, case.state_reason = CaseState.NEEDS_VERIFICATION, Reason.PARKED.value
        case.version += 1
        parking = Parking(
            case_id=case_id,
            reason=reason,
            whom=asked,
            note=typed_text(remark),
            due=due,
            parked_by=user_id,
        )
        session.add(parking)
        _keep(session, case, user_id, Action.PARK, before)
        session.flush()
        note(
            session,
            "case_parked",
            "case",
            case_id,
            user_id=user_id,
            reason=reason.value,
            due=due.isoformat(),
        )
        return parking.id


@again_after_deadlock
def unpark(store: Store, case_id: int, user_id: int) -> None:
    """Bring a parked case back by hand.

    Raises:
        NotFound: for an unknown case.
        NotAllowed: when the account may not approve.
        NotReady: when the case is not parked.
    """
    with store.begin() as session:
        require_approver(session, user_id)
        case = locked_case(session, case_id)
        if not end_parking(session, case, user_id, Return.BY_HAND):
            raise NotReady(case_id)


def bring_back_due(store: Store) -> int:
    """Bring back the cases whose day has come. Returns how many."""
    with store.read() as session:
        due = select(Parking.case_id).where(Parking.ended_at.is_(None), Parking.due <= today())
        cases = session.scalars(due).all()
    back = 0
    for case_id in cases:
        with store.begin() as session:
            back += end_parking(session, locked_case(session, case_id), None, Return.DUE)
    return back


def end_parking(session: Session, case: Case, user_id: int | None, how: Return) -> bool:
    """Put a parked case back into the queue, in the caller's transaction; False where it is not parked."""
    parking = _open_parking(session, case.id)
    if parking is None:
        return False
    parking.ended_at, parking.ended_by, parking.ended_how = utc_now(), user_id, how
    for task in session.scalars(select(Task).filter_by(case_id=case.id, state=TaskState.PARKED)):
        task.state, task.priority = TaskState.OPEN, RETURNED
    for field in case.fields:
        if field.state is FieldState.UNCERTAIN:
            field.state = FieldState.FLAGGED
            field.version += 1
            open_task(session, case, field, RETURNED)
    before = case.state
    session.flush()
    case.state = CaseState.READ if has_work(session, case.id) else done_state(case)
    case.state_reason = None
    case.version += 1
    if user_id is not None:
        _keep(session, case, user_id, Action.UNPARK, before)
    note(session, "case_back", "case", case.id, user_id=user_id, how=how.value)
    return True


def parked_cases(store: Store, scope: Scope = STATION, limit: int = 500) -> list[ParkedCase]:
    """Cases that are parked, those that come back first before the others."""
    query = (
        select(Parking, Case, Book)
        .join(Case, Parking.case_id == Case.id)
        .join(Book, Case.book_id == Book.id)
        .where(Parking.ended_at.is_(None), *scope.of_units(Book.unit_id))
        .order_by(Parking.due, Parking.id)
        .limit(limit)
    )
    with store.read() as session:
        return [
            ParkedCase(
                parking_id=parking.id,
                case_id=case.id,
                book_code=book.code,
                office=book.office,
                so=case.so,
                reason=parking.reason,
                whom=parking.whom,
                note=parking.note,
                due=parking.due,
                overdue=parking.due <= today(),
            )
            for parking, case, book in session.execute(query)
        ]


def count_parked(session: Session, scope: Scope = STATION) -> int:
    """How many cases wait for somebody outside."""
    query = select(func.count(Parking.id)).where(Parking.ended_at.is_(None))
    if not scope.everything:
        query = query.join(Case, Parking.case_id == Case.id).where(*scope.of_books(Case.book_id))
    return session.scalar(query) or 0


def _open_parking(session: Session, case_id: int) -> Parking | None:
    return session.scalar(select(Parking).where(Parking.case_id == case_id, Parking.ended_at.is_(None)))


def _keep(session: Session, case: Case, user_id: int, action: Action, before: CaseState) -> None:
    session.add(
        Decision(
            case_id=case.id,
            user_id=user_id,
            action=action,
            before={"state": before.value},
            after={"state": case.state.value},
        )
    )
