"""Approval: a second person looks at a keyed case and lets it through, or sends it back with a reason.

Nobody approves a case that they keyed, checked or adjudicated; a decision that was taken back does not count.
Which cases are ready follows from how many checks the station asks for: see ``models.stages``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from models.approvers import locked_case, require_approver
from models.differences import end_adjudication
from models.errors import Conflict, NotFound, NotReady, SelfCheck
from models.parking import end_parking
from models.routing import ask
from models.scope import STATION, Scope
from models.stages import WAY, approvable
from models.states import Action, CaseState, FieldState, Return
from models.store import again_after_deadlock
from models.tables import Book, Case, Decision, Field, utc_now
from models.tasks import RETURNED, open_task
from models.texts import typed_text
from models.views import CaseView, cases_decided_by, deciders, view_of_case
from pipeline.reasons import Reason

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models.settings import Settings
    from models.store import Store

RETURNABLE: Final = (*WAY, CaseState.NEEDS_VERIFICATION)
BY_PEOPLE: Final = (
    FieldState.ACCEPTED_BY_PERSON,
    FieldState.CORRECTED,
    FieldState.BLANK_BY_PERSON,
    FieldState.ILLEGIBLE,
    FieldState.UNCERTAIN,
)


@dataclass(frozen=True, slots=True)
class ReadyCase:
    """A case that waits for approval. ``own`` says that this person keyed, checked or adjudicated in it."""

    case_id: int
    book_id: int
    book_code: str
    so: str | None
    state: CaseState
    version: int
    own: bool


def cases_ready(
    store: Store, user_id: int, book_id: int | None = None, limit: int = 500, scope: Scope = STATION
) -> list[ReadyCase]:
    """The first cases that are ready, by book and in the order of its pages."""
    query = (
        select(Case, Book)
        .join(Book, Case.book_id == Book.id)
        .where(Case.state.in_(approvable(store.settings)), *scope.of_books(Case.book_id))
        .order_by(Case.book_id, Case.page_id, Case.index)
        .limit(limit)
    )
    if book_id is not None:
        query = query.where(Case.book_id == book_id)
    with store.read() as session:
        own = cases_decided_by(session, user_id)
        return [
            ReadyCase(
                case_id=case.id,
                book_id=book.id,
                book_code=book.code,
                so=case.so,
                state=case.state,
                version=case.version,
                own=case.id in own,
            )
            for case, book in session.execute(query)
        ]


def case_view(store: Store, case_id: int) -> CaseView:
    """Everything of a case.

    Raises:
        NotFound: for an unknown case.
    """
    with store.read() as session:
        case = session.get(Case, case_id)
        if case is None:
            raise NotFound("case", case_id)
        return view_of_case(store, session, case)


@again_after_deadlock
def approve(store: Store, case_id: int, user_id: int, version: int) -> None:
    """Approve a case as it was shown at that ``version``.

    Raises:
        NotFound: for an unknown case.
        NotAllowed: when the account may not approve.
        SelfCheck: when this person keyed, checked or adjudicated in the case.
        NotReady: when fields still wait for somebody, or the case is approved already.
        Conflict: when the case has changed since it was shown.
    """
    with store.begin() as session:
        require_approver(session, user_id)
        case = locked_case(session, case_id)
        if case.state not in approvable(store.settings):
            raise NotReady(case_id)
        if case.version != version:
            raise Conflict
        if user_id in deciders(session, case_id):
            raise SelfCheck(case_id)
        approve_locked(store.settings, session, case, user_id)


@again_after_deadlock
def send_back(store: Store, case_id: int, user_id: int, reason: str, keys: Collection[str] = ()) -> None:
    """Have fields of a case decided anew: those with these keys, else those that people decided, else all.

    ``reason`` is shown with the case; it stays out of the audit trail, for it may name somebody.

    Raises:
        NotFound: for an unknown case.
        NotAllowed: when the account may not approve, and so may not send back.
        NotReady: for a case that is still being keyed, or is approved.
        ValueError: for no reason, or for a key that the case does not have.
    """
    why = typed_text(reason)
    if not why:
        raise ValueError("a case is sent back with a reason")
    with store.begin() as session:
        require_approver(session, user_id)
        case = locked_case(session, case_id)
        if case.state not in RETURNABLE:
            raise NotReady(case_id)
        fields = _to_decide_anew(case, keys)
        before = case.state
        end_parking(session, case, user_id, Return.SENT_BACK)
        for field in fields:
            _open_again(session, case, field)
        case.state, case.state_reason, case.checks = CaseState.READ, why, 0
        case.version += 1
        session.add(
            Decision(
                case_id=case_id,
                user_id=user_id,
                action=Action.RETURN,
                before={"state": before.value},
                after={"state": case.state.value, "reason": why, "keys": [field.key for field in fields]},
            )
        )


def approve_locked(settings: Settings, session: Session, case: Case, user_id: int) -> None:
    """Approve a case that the caller has locked and found ready, in the caller's transaction."""
    settings.cuts_path(case.page_id).unlink(missing_ok=True)  # nobody is asked about it any more
    before = case.state
    case.state, case.state_reason = CaseState.APPROVED, None
    case.approved_by, case.approved_at = user_id, utc_now()
    case.version += 1
    session.add(
        Decision(
            case_id=case.id,
            user_id=user_id,
            action=Action.APPROVE,
            before={"state": before.value},
            after={"state": case.state.value},
        )
    )


def _to_decide_anew(case: Case, keys: Collection[str]) -> list[Field]:
    unknown = set(keys) - {field.key for field in case.fields}
    if unknown:
        raise ValueError(f"the case has no field {', '.join(sorted(unknown))}")
    if keys:
        return [field for field in case.fields if field.key in keys]
    decided = [field for field in case.fields if field.state in BY_PEOPLE]
    return decided or [field for field in case.fields if field.state is not FieldState.ABSENT]


def _open_again(session: Session, case: Case, field: Field) -> None:
    end_adjudication(session, field)
    ask(field, Reason.RETURNED.value)
    open_task(session, case, field, RETURNED)
