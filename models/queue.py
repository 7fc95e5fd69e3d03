"""The review queue: one doubtful field after another, each leased to one person, each decision kept.

Order: easy cases first (priority), then oldest. The rest of a case goes to who began it, and others are led
to other cases while they can be: whoever decided a field of a case cannot approve it, so two people in one
case would leave one approver fewer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from models.casekey import case_key
from models.errors import Conflict, NotFound
from models.states import FIELD_ACTIONS, Action, CaseState, FieldState, TaskState
from models.tables import Case, Decision, Field, Task, utc_now
from models.texts import typed_text
from models.views import TaskView, view_of_task
from pipeline.elements import FieldKind
from pipeline.fields import normalise
from pipeline.reasons import Reason

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models.store import Store

STATE_AFTER = {
    Action.ACCEPT: FieldState.ACCEPTED_BY_PERSON,
    Action.TAKE_CANDIDATE: FieldState.CORRECTED,
    Action.CORRECT: FieldState.CORRECTED,
    Action.BLANK: FieldState.BLANK_BY_PERSON,
    Action.ILLEGIBLE: FieldState.ILLEGIBLE,
    Action.UNCERTAIN: FieldState.UNCERTAIN,
}
IN_REVIEW = (CaseState.READ, CaseState.KEYED, CaseState.NEEDS_VERIFICATION)


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """Counts of the whole station: tasks by whether somebody has them, cases by state."""

    open: int
    leased: int
    done: int
    cases: dict[CaseState, int]


def next_task(store: Store, user_id: int, lease_seconds: float | None = None) -> TaskView | None:
    """The next field for this person, leased to them; the one they have not finished comes back first."""
    seconds = store.settings.lease_seconds if lease_seconds is None else lease_seconds
    with store.begin() as session:
        task = _pick(session, user_id)
        if task is None:
            return None
        task.lease_owner = user_id
        task.lease_until = utc_now() + timedelta(seconds=seconds)
        session.flush()
        return view_of_task(store, session, task)


def peek_next(store: Store, user_id: int, n: int) -> list[TaskView]:
    """Up to ``n`` fields that would come after the one in hand, not leased: for loading images ahead."""
    with store.read() as session:
        mine = and_(Task.lease_owner == user_id, _leased())
        query = _free().where(Task.id.not_in(select(Task.id).where(mine)))
        last = _last_case(session, user_id)
        if last is not None:
            query = query.order_by(None).order_by(
                (Task.case_id == last).desc(), Task.priority.desc(), Task.id
            )
        return [view_of_task(store, session, task) for task in session.scalars(query.limit(n))]


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
        task = _locked_task(session, task_id)
        field = task.field
        if (
            task.state is not TaskState.OPEN
            or task.lease_owner != user_id
            or (version is not None and field.version != version)
        ):
            raise Conflict
        before = snapshot(field)
        chosen = _apply(field, chosen, text)
        _close(task)
        session.add(
            Decision(
                field_id=field.id,
                case_id=task.case_id,
                user_id=user_id,
                action=chosen,
                before=before,
                after=snapshot(field),
                seconds=seconds,
            )
        )
        settle(session, task.case, user_id)


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
            .where(Decision.user_id == user_id, Decision.action.in_(FIELD_ACTIONS), undone.id.is_(None))
            .order_by(Decision.id.desc())
            .limit(1)
        )
        if last is None:
            return None
        case = session.get_one(Case, last.case_id, with_for_update={"of": Case}, populate_existing=True)
        task = session.scalars(select(Task).filter_by(field_id=last.field_id)).one()
        field = task.field
        newest = session.scalar(
            select(func.max(Decision.id))
            .outerjoin(undone, undone.undoes_id == Decision.id)
            .where(Decision.field_id == field.id, Decision.action.in_(FIELD_ACTIONS), undone.id.is_(None))
        )
        if case.state not in IN_REVIEW or task.state is TaskState.OPEN or newest != last.id:
            return None
        before = snapshot(field)
        restore(field, last.before)
        task.state = TaskState.OPEN
        task.done_at = None
        task.lease_owner = user_id
        task.lease_until = utc_now() + timedelta(seconds=store.settings.lease_seconds)
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
        settle(session, case, user_id)
        return task.id


def release(store: Store, user_id: int) -> int:
    """Give back whatever this person has in hand. Returns how many tasks that were."""
    with store.begin() as session:
        return len(
            session.scalars(
                update(Task)
                .where(Task.lease_owner == user_id, Task.state == TaskState.OPEN)
                .values(lease_owner=None, lease_until=None)
                .returning(Task.id)
            ).all()
        )


def counts(store: Store) -> QueueCounts:
    """How much waits, how much is in hand, and how far the cases are."""
    with store.read() as session:
        tasks = dict(session.execute(select(Task.state, func.count()).group_by(Task.state)).tuples().all())
        leased = session.scalar(select(func.count()).select_from(Task).where(_leased())) or 0
        return QueueCounts(
            open=tasks.get(TaskState.OPEN, 0),
            leased=leased,
            done=tasks.get(TaskState.DONE, 0),
            cases=dict(session.execute(select(Case.state, func.count()).group_by(Case.state)).tuples().all()),
        )


def snapshot(field: Field) -> dict[str, Any]:
    """What a decision keeps of a field, before and after."""
    return {"verbatim": field.verbatim, "value": field.value, "state": field.state.value}


def restore(field: Field, kept: dict[str, Any]) -> None:
    """Make a field what it was; its version still grows."""
    field.verbatim, field.value = kept["verbatim"], kept["value"]
    field.state = FieldState(kept["state"])
    field.version += 1


def settle(session: Session, case: Case, user_id: int) -> None:
    """Give a case the state that follows from its fields and tasks, after one of them has changed."""
    session.flush()
    session.expire(case, ["fields"])
    key = case_key(case.book, case.fields)
    case.so = None if key is None else key.so
    case.version += 1
    waiting = session.scalar(select(Task.id).filter_by(case_id=case.id, state=TaskState.OPEN).limit(1))
    if any(field.state is FieldState.UNCERTAIN for field in case.fields):
        case.state, case.state_reason = CaseState.NEEDS_VERIFICATION, Reason.FIELD_UNCERTAIN.value
    elif waiting is not None:
        case.state = CaseState.READ
    else:
        case.state, case.state_reason = CaseState.KEYED, None
        case.keyed_by = user_id


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


def _leased() -> ColumnElement[bool]:
    return and_(Task.state == TaskState.OPEN, Task.lease_until >= utc_now())


def _free() -> Select[tuple[Task]]:
    """Open tasks that nobody holds, in the order of the queue."""
    return (
        select(Task)
        .where(Task.state == TaskState.OPEN, or_(Task.lease_until.is_(None), Task.lease_until < utc_now()))
        .order_by(Task.priority.desc(), Task.id)
    )


def _last_case(session: Session, user_id: int) -> int | None:
    return session.scalar(
        select(Decision.case_id)
        .where(Decision.user_id == user_id, Decision.action.in_([*FIELD_ACTIONS, Action.UNDO]))
        .order_by(Decision.id.desc())
        .limit(1)
    )


def _pick(session: Session, user_id: int) -> Task | None:
    unfinished = (
        select(Task).where(Task.lease_owner == user_id, _leased()).order_by(Task.lease_until.desc(), Task.id)
    )
    other = aliased(Task)
    somebody_is_there = exists().where(
        other.case_id == Task.case_id,
        other.state == TaskState.OPEN,
        other.lease_until >= utc_now(),
        other.lease_owner != user_id,
    )
    queries = [unfinished, _free().where(~somebody_is_there), _free()]
    last = _last_case(session, user_id)
    if last is not None:
        queries.insert(1, _free().where(Task.case_id == last))
    for query in queries:
        task = session.scalar(query.limit(1).with_for_update(skip_locked=True, of=Task))
        if task is not None:
            return task
    return None


def _locked_task(session: Session, task_id: int) -> Task:
    """The task with its case locked first: every way through here takes the locks in this order."""
    case_id = session.scalar(select(Task.case_id).where(Task.id == task_id))
    if case_id is None:
        raise NotFound("task", task_id)
    session.get_one(Case, case_id, with_for_update={"of": Case})
    return session.get_one(Task, task_id, with_for_update={"of": Task}, populate_existing=True)
