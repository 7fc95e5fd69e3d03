"""Everything that was decided on a case, and the reversal of a decision, which is a decision of its own.

A decision is reversed when nothing stands on it any more: what came later is named, and is reversed first,
the newest before the others. Nothing is erased: what is reversed stays in the history, with who reversed it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from models.approvers import locked_case
from models.audit import note
from models.checking import take_back_check
from models.decisions import ON_FIELDS, restore, settle, snapshot, take_back_decision, task_behind
from models.duties import Duty, may
from models.errors import AlreadyLoaded, Conflict, NotAllowed, NotFound, NotReady, ReverseFirst
from models.stages import WAY, done_state
from models.states import BLIND, Action, CaseState, FieldState, TaskState
from models.store import again_after_deadlock
from models.tables import Case, Decision, Field, Task, User, utc_now
from models.tasks import RETURNED, open_task
from models.texts import typed_text
from pipeline.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from models.states import Role
    from models.store import Store

OF_FIELDS: Final = frozenset({*ON_FIELDS, Action.RECUT}) - {Action.DIFFER}
"""What is reversed on a field. A checker's difference is taken back together with the check."""
OF_CASES: Final = (Action.CHECK_CASE, Action.APPROVE)
OPEN: Final = (CaseState.READ, *WAY, CaseState.NEEDS_VERIFICATION, CaseState.APPROVED)


@dataclass(frozen=True, slots=True)
class Entry:
    """A decision in the history of a case. ``number`` counts from 1, the oldest.

    ``key`` is "" where it was about the whole case. ``reversible``: it stands, and may be reversed once those
    in ``first`` are. ``undone_by`` and ``undoes`` are numbers of the history.
    """

    number: int
    decision_id: int
    at: datetime
    role: Role
    action: Action
    key: str
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str
    undone_by: int | None
    undoes: int | None
    reversible: bool
    first: tuple[int, ...]


def history(store: Store, case_id: int) -> list[Entry]:
    """What was decided on a case, oldest first; nothing of fields that somebody checks blind at this moment.

    Raises:
        NotFound: for an unknown case.
    """
    with store.read() as session:
        case = session.get(Case, case_id)
        if case is None:
            raise NotFound("case", case_id)
        blind = select(Task.field_id).where(
            Task.case_id == case_id, Task.state == TaskState.OPEN, Task.kind.in_(BLIND)
        )
        hidden = set(session.scalars(blind))
        decisions = _decisions(session, case_id)
        numbers = {one.id: number for number, one in enumerate(decisions, start=1)}
        undone = {one.undoes_id: one for one in decisions if one.undoes_id is not None}
        roles = dict(session.execute(select(User.id, User.role)).tuples().all())
        keys = {field.id: field.key for field in case.fields}
        return [
            Entry(
                number=numbers[one.id],
                decision_id=one.id,
                at=one.at,
                role=roles[one.user_id],
                action=one.action,
                key="" if one.field_id is None else keys[one.field_id],
                before=one.before,
                after=one.after,
                reason=str(one.after.get("reason", "")),
                undone_by=numbers[undone[one.id].id] if one.id in undone else None,
                undoes=None if one.undoes_id is None else numbers[one.undoes_id],
                reversible=case.state in OPEN and _stands(case, decisions, one),
                first=tuple(numbers[later.id] for later in _on_top(case, decisions, one)),
            )
            for one in decisions
            if one.field_id not in hidden
        ]


@again_after_deadlock
def reverse(store: Store, decision_id: int, user_id: int, reason: str) -> None:
    """Reverse a decision: what it decided is as before, and its case is open again.

    ``reason`` is shown with the case; it stays out of the audit trail, for it may name somebody.

    Raises:
        NotFound: for an unknown decision.
        NotAllowed: when the account may not reverse this: approvers may, and adjudicators of fields.
        AlreadyLoaded: when the case is in the registry.
        NotReady: when the case waits elsewhere.
        Conflict: when the decision stands no more.
        ReverseFirst: when later decisions stand on it.
        ValueError: for no reason, or a decision that has another way back.
    """
    why = typed_text(reason)
    if not why:
        raise ValueError("a decision is reversed with a reason")
    with store.begin() as session:
        known = session.get(Decision, decision_id)
        if known is None:
            raise NotFound("decision", decision_id)
        case = locked_case(session, known.case_id)
        _require(session, user_id, known)
        if known.action not in OF_FIELDS and known.action not in OF_CASES:
            raise ValueError(f"{known.action.value} has another way back")
        if case.state is CaseState.LOADED:
            raise AlreadyLoaded(case.id)
        if case.state not in OPEN or case.state_reason == Reason.PARKED.value:
            raise NotReady(case.id)
        decisions = _decisions(session, case.id)
        if not _stands(case, decisions, known):
            raise Conflict
        later = _on_top(case, decisions, known)
        if later:
            numbers = {one.id: number for number, one in enumerate(decisions, start=1)}
            raise ReverseFirst([numbers[one.id] for one in later])
        _reverse(session, store, case, known, user_id, why)
        note(session, "decision_reversed", "decision", decision_id, user_id=user_id, case=case.id)


def _reverse(session: Session, store: Store, case: Case, known: Decision, user_id: int, why: str) -> None:
    if known.action is Action.APPROVE:
        before = {"state": case.state.value}
        case.state, case.state_reason = done_state(case), why
        case.approved_by = case.approved_at = None
        case.version += 1
        after = {"state": case.state.value, "reason": why}
        session.add(_reversal(case, known, user_id, before, after))
        return
    if known.action is Action.CHECK_CASE:
        take_back_check(session, case, known, user_id, Action.REVERSE, why)
    elif known.action is Action.RECUT:
        _put_back(session, case, known, user_id, why)
    else:
        task = task_behind(session, known)
        take_back_decision(session, case, known, task, user_id, Action.REVERSE, why)
        task.priority = RETURNED
    settle(session, store.settings, case, None)
    case.state_reason = why


def _put_back(session: Session, case: Case, known: Decision, user_id: int, why: str) -> None:
    """A place drawn anew: the field is where it was, with what was read there, and is asked about."""
    field = session.get_one(Field, known.field_id)
    before = snapshot(field) | {"box": field.box}
    restore(field, known.before)
    field.box = known.before.get("box")
    field.state = FieldState.FLAGGED
    open_task(session, case, field, RETURNED)
    after = snapshot(field) | {"box": field.box, "reason": why}
    session.add(_reversal(case, known, user_id, before, after))


def _reversal(
    case: Case, known: Decision, user_id: int, before: dict[str, Any], after: dict[str, Any]
) -> Decision:
    return Decision(
        field_id=known.field_id,
        case_id=case.id,
        user_id=user_id,
        action=Action.REVERSE,
        before=before,
        after=after,
        undoes_id=known.id,
        at=utc_now(),
    )


def _require(session: Session, user_id: int, known: Decision) -> None:
    user = session.get(User, user_id)
    if user is None or not user.active:
        raise NotAllowed
    of_field = known.action in OF_FIELDS and may(user, Duty.ADJUDICATE)
    if not of_field and not may(user, Duty.APPROVE):
        raise NotAllowed


def _decisions(session: Session, case_id: int) -> Sequence[Decision]:
    return session.scalars(select(Decision).filter_by(case_id=case_id).order_by(Decision.id)).all()


def _stands(case: Case, decisions: Sequence[Decision], known: Decision) -> bool:
    """Whether a decision is in force: nobody took it back, and for a whole case nothing ended it."""
    if known.id in {one.undoes_id for one in decisions}:
        return False
    if known.action in OF_FIELDS:
        return True
    return known in _in_force(case, decisions)


def _in_force(case: Case, decisions: Sequence[Decision]) -> list[Decision]:
    """Checks that the case has passed as it is, and its approval."""
    undone = {one.undoes_id for one in decisions}
    alive = [one for one in decisions if one.id not in undone]
    last: dict[object, Decision] = {}
    for one in alive:
        if one.action is Action.CHECK_CASE and int(one.after["stage"]) <= case.checks:
            last[one.after["stage"]] = one
        elif one.action is Action.APPROVE and case.state in (CaseState.APPROVED, CaseState.LOADED):
            last["approved"] = one
    return list(last.values())


def _on_top(case: Case, decisions: Sequence[Decision], known: Decision) -> list[Decision]:
    """What stands on a decision, newest first: it is reversed before this one may be."""
    undone = {one.undoes_id for one in decisions}
    force = _in_force(case, decisions)
    whole = known.field_id is None
    found = []
    for one in decisions:
        if one.id <= known.id or one.id in undone:
            continue
        same_field = one.action in OF_FIELDS and one.field_id == known.field_id and not whole
        settles = whole and one.action is Action.ADJUDICATE
        if same_field or settles or one in force:
            found.append(one)
    return found[::-1]
