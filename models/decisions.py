"""What people decide about fields: kept with before and after, taken back step by step, settling the case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import aliased, joinedload

from models.casekey import KEY_FIELDS, case_key
from models.checks import (
    ask_second,
    compare,
    count_decision,
    forget_decision,
    sample,
    take_back,
)
from models.errors import Conflict, NotFound
from models.known import count_answer, forget_answer
from models.scope import standing_of, within
from models.shifts import lease_end
from models.states import FIELD_ACTIONS, Action, CaseState, FieldState, TaskKind, TaskState
from models.tables import Case, Decision, Field, Task, utc_now
from models.texts import typed_text
from pipeline.elements import FieldKind
from pipeline.fields import normalise
from pipeline.reasons import Reason

if TYPE_CHECKING:
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
TAKEN_BACK = (*FIELD_ACTIONS, Action.CHECK)
IN_REVIEW = (CaseState.READ, CaseState.KEYED, CaseState.NEEDS_VERIFICATION)


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
        case, task = _locked_task(session, task_id)
        field = task.field
        if (
            task.state is not TaskState.OPEN
            or task.lease_owner != user_id
            or (version is not None and field.version != version)
        ):
            raise Conflict
        before = snapshot(field)
        blind = task.kind is not TaskKind.FIELD
        known = task.kind is TaskKind.KNOWN
        if known:
            count_answer(session, case, field, user_id, chosen, text)
            chosen, said = Action.CHECK, {"task": task.kind.value}
        elif blind:
            compare(session, store.settings, case, field, task, user_id, chosen, text)
            chosen, said = Action.CHECK, {"task": task.kind.value}
        else:
            chosen, said = _apply(field, chosen, text), {}
        _close(task)
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
            count_decision(session, case, field, user_id)
            ask_second(session, store.settings, case, field, user_id)
        if not known:
            settle(session, store.settings, case, None if blind else user_id)


def undo(store: Store, user_id: int) -> int | None:
    """Take back this person's last decision on a field of a case that is not approved yet.

    The field is as it was before, and its task is open again in the same hands. Returns the task's id, or
    None where there is nothing to take back: also when somebody decided that field anew in between.
    """
    with store.begin() as session:
        undone = aliased(Decision)
        last = session.scalar(
            select(Decision)
            .outerjoin(undone, undone.undoes_id == Decision.id)
            .where(Decision.user_id == user_id, Decision.action.in_(TAKEN_BACK), undone.id.is_(None))
            .order_by(Decision.id.desc())
            .limit(1)
        )
        if last is None:
            return None
        case = session.get_one(Case, last.case_id, with_for_update={"of": Case}, populate_existing=True)
        kind = TaskKind(last.after.get("task", TaskKind.FIELD))
        task = session.scalars(select(Task).filter_by(field_id=last.field_id, kind=kind)).one()
        field = task.field
        newest = session.scalar(
            select(func.max(Decision.id))
            .outerjoin(undone, undone.undoes_id == Decision.id)
            .where(Decision.field_id == field.id, Decision.action.in_(TAKEN_BACK), undone.id.is_(None))
        )
        parked = case.state_reason == Reason.PARKED.value
        known = kind is TaskKind.KNOWN
        if (
            (case.state not in IN_REVIEW and not known)
            or parked
            or task.state is TaskState.OPEN
            or newest != last.id
        ):
            return None
        standing = standing_of(session, user_id)
        if not within(session, standing.scope, "case", case.id):
            return None
        before = snapshot(field)
        if known:
            forget_answer(session, field, user_id)
        else:
            restore(field, last.before)
            if kind is TaskKind.FIELD:
                forget_decision(session, field, user_id)
            else:
                take_back(session, field, task)
        task.state = TaskState.OPEN
        task.done_at = None
        task.lease_owner = user_id
        task.lease_until = lease_end(store.settings, standing.shift, utc_now(), store.settings.lease_seconds)
        session.add(
            Decision(
                field_id=field.id,
                case_id=case.id,
                user_id=user_id,
                action=Action.UNDO,
                before=before,
                after=snapshot(field),
                undoes_id=last.id,
            )
        )
        if not known:
            settle(session, store.settings, case, None if kind is not TaskKind.FIELD else user_id)
        return task.id


def snapshot(field: Field) -> dict[str, Any]:
    """What a decision keeps of a field, before and after."""
    return {"verbatim": field.verbatim, "value": field.value, "state": field.state.value}


def restore(field: Field, kept: dict[str, Any]) -> None:
    """Make a field what it was; its version still grows."""
    field.verbatim, field.value = kept["verbatim"], kept["value"]
    field.state = FieldState(kept["state"])
    field.version += 1


def settle(session: Session, settings: Settings, case: Case, user_id: int | None) -> None:
    """Give a case the state that follows from its fields and tasks, after one of them has changed.

    A case that somebody (None for a check) completes is sampled: it waits until what was drawn is checked.
    """
    session.flush()
    # Only what counts: a whole case has thirty fields, and somebody waits for this.
    counted = session.execute(_KEYS, {"case": case.id}).all()
    key = case_key(case.book, counted)
    case.so = None if key is None else key.so
    case.version += 1
    unsure, waiting = session.execute(_WAITS, {"case": case.id}).one()
    if unsure:
        case.state, case.state_reason = CaseState.NEEDS_VERIFICATION, Reason.FIELD_UNCERTAIN.value
    elif waiting:
        case.state = CaseState.READ
    else:
        case.state, case.state_reason = CaseState.KEYED, None
        case.keyed_by = user_id or case.keyed_by
        sample(session, settings, case)


def _apply(field: Field, action: Action, text: str | None) -> Action:
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


def _close(task: Task) -> None:
    task.state = TaskState.DONE
    task.done_at = utc_now()
    task.lease_owner = task.lease_until = None


def _locked_task(session: Session, task_id: int) -> tuple[Case, Task]:
    """The task with its case locked first: every way through here takes the locks in this order."""
    case = session.scalar(_CASE_OF_TASK, {"task": task_id})
    if case is None:
        raise NotFound("task", task_id)
    return case, session.scalars(_TASK_WITH_FIELD, {"task": task_id}).one()


# Made once: making a statement costs as much as running it.
_CASE_OF_TASK: Final = (
    select(Case)
    .where(Case.id == select(Task.case_id).where(Task.id == bindparam("task")).scalar_subquery())
    .options(joinedload(Case.book), joinedload(Case.page))
    .with_for_update(of=Case)
)
_TASK_WITH_FIELD: Final = (
    select(Task)
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
