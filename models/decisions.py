"""What people decide about fields: kept with before and after, taken back step by step, settling the case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ColumnElement, bindparam, exists, select
from sqlalchemy.orm import aliased, joinedload

from models.casekey import KEY_FIELDS, case_key
from models.checks import (
    ask_second,
    compare,
    count_decision,
    forget_adjudication,
    forget_decision,
    sample,
    take_back,
)
from models.differences import end_adjudication, unsettle
from models.errors import Conflict, NotFound
from models.known import count_answer, forget_answer
from models.quality_tables import FieldCheck
from models.scope import standing_of, within
from models.shifts import lease_end
from models.stages import done_state
from models.states import BLIND, FIELD_ACTIONS, Action, CaseState, FieldState, Source, TaskKind, TaskState
from models.store import again_after_deadlock
from models.tables import Case, Decision, Field, Task, utc_now
from models.tasks import close
from models.texts import typed_text
from pipeline.elements import FieldKind
from pipeline.fields import normalise
from pipeline.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from models.settings import Settings
    from models.store import Store

STATE_AFTER = {
    Action.ACCEPT: FieldState.ACCEPTED_BY_PERSON,
    Action.TAKE_CANDIDATE: FieldState.CORRECTED,
    Action.CORRECT: FieldState.CORRECTED,
    Action.BLANK: FieldState.BLANK_BY_PERSON,
    Action.ILLEGIBLE: FieldState.ILLEGIBLE,
    Action.UNCERTAIN: FieldState.UNCERTAIN,
}
TAKEN_BACK = (*FIELD_ACTIONS, Action.CHECK, Action.SEND)
ON_FIELDS = (*TAKEN_BACK, Action.DIFFER, Action.ADJUDICATE)
IN_REVIEW = (CaseState.READ, CaseState.KEYED, CaseState.NEEDS_VERIFICATION)


@again_after_deadlock
def decide(
    store: Store,
    task_id: int,
    user_id: int,
    action: Action | str,
    text: str | None = None,
    seconds: float | None = None,
    version: int | None = None,
) -> None:
    """Decide a field: accept it as read, take a candidate, correct it, or say blank, illegible or uncertain.

    ``text`` belongs to ``take_candidate`` and ``correct``, and may go with ``uncertain``. A correction to
    nothing is ``blank``, one to what the machine read is ``accept``: the record tells what really happened.
    ``seconds`` is how long the person looked; ``version`` that of the field as it was shown.

    Raises:
        NotFound: for an unknown task.
        Conflict: when the task is done, in other hands, or the field is no longer as shown.
        ValueError: for an action that decides no field, a missing text, or a candidate that is none.
    """
    chosen = Action(action)
    if chosen not in FIELD_ACTIONS:
        raise ValueError(f"{chosen.value} does not decide a field")
    with store.begin() as session:
        case, task, checked = task_in_hand(session, task_id, user_id, version)
        if task.kind is TaskKind.ADJUDICATE:
            raise Conflict
        field = task.field
        before = snapshot(field)
        known = task.kind is TaskKind.KNOWN
        blind = known or task.kind in BLIND
        if blind:
            if known:
                count_answer(session, case, field, user_id, chosen, text)
            else:
                compare(session, store.settings, case, field, task, user_id, chosen, text)
            chosen, said = Action.CHECK, {"task": task.kind.value}
        else:
            chosen, said = apply(field, chosen, text), {}
            case.checks = 0  # what was checked is no longer what stands there
        close(task)
        session.add(
            Decision(
                field_id=field.id,
                case_id=task.case_id,
                user_id=user_id,
                action=chosen,
                before=before,
                after=snapshot(field) | said,
                seconds=seconds,
            )
        )
        if not blind:
            count_decision(session, case, field, user_id, checked=checked)
            ask_second(session, store.settings, case, field, user_id)
        if not known:
            settle(session, store.settings, case, None if blind else user_id, field)


@again_after_deadlock
def undo(store: Store, user_id: int) -> int | None:
    """Take back this person's last decision on a field of a case that is not approved yet.

    The field is as it was before, and its task is open again in the same hands. Returns the task's id, or
    None where there is nothing to take back: also when somebody decided that field anew in between.
    """
    with store.begin() as session:
        return undo_last(session, store.settings, user_id, TAKEN_BACK, IN_REVIEW)


def undo_last(
    session: Session,
    settings: Settings,
    user_id: int,
    actions: Collection[Action],
    states: Collection[CaseState],
) -> int | None:
    """Take back this person's last decision of these kinds, if its case is in one of these states.

    Returns the id of its task, open in the same hands, or None where there is nothing to take back.
    """
    last = session.scalar(
        standing(Decision.user_id == user_id, Decision.action.in_(actions))
        .order_by(Decision.id.desc())
        .limit(1)
    )
    if last is None:
        return None
    case = session.get_one(Case, last.case_id, with_for_update={"of": Case}, populate_existing=True)
    task = task_behind(session, last)
    later = standing(
        Decision.field_id == last.field_id, Decision.action.in_(ON_FIELDS), Decision.id > last.id
    )
    parked = case.state_reason == Reason.PARKED.value
    in_the_way = task.state is TaskState.OPEN or session.scalar(later.limit(1)) is not None
    known = task.kind is TaskKind.KNOWN  # its case is done, and stays so
    if (case.state not in states and not known) or parked or in_the_way:
        return None
    here = standing_of(session, user_id)
    if not within(session, here.scope, "case", case.id):
        return None
    take_back_decision(session, case, last, task, user_id, Action.UNDO)
    task.lease_owner = user_id
    task.lease_until = lease_end(settings, here.shift, utc_now(), settings.lease_seconds)
    if not known:
        settle(session, settings, case, user_id if task.kind is TaskKind.FIELD else None)
    return task.id


def take_back_decision(
    session: Session, case: Case, decision: Decision, task: Task, user_id: int, how: Action, reason: str = ""
) -> None:
    """Make a field what it was before a decision, and open its task again; ``how``: an undo, or a reversal.

    Whoever calls sees to it that the decision is the last on its field, and settles the case.
    """
    field = task.field
    before = snapshot(field)
    if task.kind is not TaskKind.KNOWN:
        restore(field, decision.before)
    if task.kind is TaskKind.KNOWN:
        forget_answer(session, field, decision.user_id)
    elif task.kind in BLIND:
        take_back(session, field, task)
    elif task.kind is TaskKind.ADJUDICATE:
        forget_decision(session, field, decision.user_id)
        forget_adjudication(session, field, decision.user_id)
        unsettle(session, field, decision.user_id)
    else:
        forget_decision(session, field, decision.user_id)
        end_adjudication(session, field, Source.SENT)
    task.state, task.done_at = TaskState.OPEN, None
    task.lease_owner = task.lease_until = None
    session.add(
        Decision(
            field_id=field.id,
            case_id=case.id,
            user_id=user_id,
            action=how,
            before=before,
            after=snapshot(field) | ({"reason": reason} if reason else {}),
            undoes_id=decision.id,
        )
    )


def standing(*conditions: ColumnElement[bool]) -> Select[tuple[Decision]]:
    """Decisions that nobody took back."""
    undoing = aliased(Decision)
    return (
        select(Decision)
        .outerjoin(undoing, undoing.undoes_id == Decision.id)
        .where(undoing.id.is_(None), *conditions)
    )


def task_behind(session: Session, decision: Decision) -> Task:
    """The task that a decision on a field closed."""
    kind = TaskKind(decision.after.get("task", TaskKind.FIELD))
    return session.scalars(select(Task).filter_by(field_id=decision.field_id, kind=kind)).one()


def snapshot(field: Field) -> dict[str, Any]:
    """What a decision keeps of a field, before and after."""
    return {"verbatim": field.verbatim, "value": field.value, "state": field.state.value}


def restore(field: Field, kept: dict[str, Any]) -> None:
    """Make a field what it was; its version still grows."""
    field.verbatim, field.value = kept["verbatim"], kept["value"]
    field.state = FieldState(kept["state"])
    field.version += 1


def settle(
    session: Session, settings: Settings, case: Case, user_id: int | None, changed: Field | None = None
) -> None:
    """Give a case the state that follows from its fields and tasks, after one of them has changed.

    ``changed`` is that field; None where it may be several. A case that somebody (None for a check) completes
    is sampled: it waits until what was drawn is checked.
    """
    session.flush()
    # Only what counts: a whole case has thirty fields, and somebody waits for this.
    if changed is None or changed.key in KEY_FIELDS:
        key = case_key(case.book, session.execute(_KEYS, {"case": case.id}).all())
        case.so = None if key is None else key.so
    case.version += 1
    unsure, waiting = session.execute(_WAITS, {"case": case.id}).one()
    if unsure:
        case.state, case.state_reason = CaseState.NEEDS_VERIFICATION, Reason.FIELD_UNCERTAIN.value
    elif waiting:
        case.state = CaseState.READ
    else:
        case.state, case.state_reason = done_state(case), None
        case.keyed_by = user_id or case.keyed_by
        sample(session, settings, case)


def apply(field: Field, action: Action, text: str | None) -> Action:
    """Change the field. Returns what the action really was."""
    typed = None if text is None else typed_text(text)
    if action in (Action.CORRECT, Action.TAKE_CANDIDATE):
        if typed is None:
            raise ValueError("a correction needs its text")
        if action is Action.TAKE_CANDIDATE and typed not in {
            typed_text(str(item[0])) for item in field.candidates
        }:
            raise ValueError("the text is none of the candidates")
        if not typed:
            action = Action.BLANK
        elif typed == field.verbatim:
            action = Action.ACCEPT
    if action is Action.ACCEPT and not field.verbatim:
        action = Action.BLANK  # accepted that nothing stands there
    if action in (Action.BLANK, Action.ILLEGIBLE):
        field.verbatim = field.value = ""
    elif action is not Action.ACCEPT and typed:
        field.verbatim, field.value = typed, normalise(FieldKind(field.kind), typed)
    field.state = STATE_AFTER[action]
    field.version += 1
    return action


def task_in_hand(
    session: Session, task_id: int, user_id: int, version: int | None
) -> tuple[Case, Task, bool]:
    """A task that this person has in hand, its field as it was shown; the case is locked first, always.

    Returns the case, the task, and whether its field was ever checked or drawn for a check.

    Raises:
        NotFound: for an unknown task.
        Conflict: when the task is done, in other hands, or the field is no longer as shown.
    """
    case = session.scalar(_CASE_OF_TASK, {"task": task_id})
    if case is None:
        raise NotFound("task", task_id)
    task, checked = session.execute(_TASK_WITH_FIELD, {"task": task_id}).one()
    shown = version is None or task.field.version == version
    if task.state is not TaskState.OPEN or task.lease_owner != user_id or not shown:
        raise Conflict
    return case, task, checked


# Made once: making a statement costs as much as running it.
_CASE_OF_TASK: Final = (
    select(Case)
    .where(Case.id == select(Task.case_id).where(Task.id == bindparam("task")).scalar_subquery())
    .options(joinedload(Case.book), joinedload(Case.page))
    .with_for_update(of=Case)
)
_TASK_WITH_FIELD: Final = (
    select(Task, exists().where(FieldCheck.field_id == Task.field_id))
    .where(Task.id == bindparam("task"))
    .options(joinedload(Task.field))
    .with_for_update(of=Task)
    .execution_options(populate_existing=True)
)
_KEYS: Final = select(Field.key, Field.value, Field.verbatim).where(
    Field.case_id == bindparam("case"), Field.key.in_(KEY_FIELDS)
)
_WAITS: Final = select(
    exists().where(Field.case_id == bindparam("case"), Field.state == FieldState.UNCERTAIN),
    exists().where(Task.case_id == bindparam("case"), Task.state == TaskState.OPEN),
)
