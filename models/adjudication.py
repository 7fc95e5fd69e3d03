"""Adjudication: fields with two values, settled by somebody who has entered neither.

A field comes here when it was keyed twice and differently, when a checker reads it differently, or when who
has it in hand asks. It keeps its first value until then; the other fields of its case go on meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update

from models.checks import TOLD, compare, count_decision, count_reading
from models.decisions import apply, settle, snapshot, task_in_hand, undo_last
from models.differences import differ, open_difference, open_differences, settle_differences
from models.duties import Duty, may
from models.errors import Conflict, NotAllowed
from models.known import count_answer
from models.scope import Scope, standing_of
from models.shifts import lease_end
from models.states import BLIND, FIELD_ACTIONS, Action, CaseState, FieldState, Source, TaskKind, TaskState
from models.store import again_after_deadlock
from models.tables import Case, Decision, Task, User, utc_now
from models.tasks import close
from models.texts import typed_text
from models.views import TaskView, views_of_tasks

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models.keying_tables import Difference
    from models.states import Role
    from models.store import Store
    from models.tables import Field

OPEN_AGAIN: Final = (
    CaseState.READ,
    CaseState.KEYED,
    CaseState.CHECKED,
    CaseState.CHECKED_AGAIN,
    CaseState.NEEDS_VERIFICATION,
)
MOST_VALUES: Final = 5


@dataclass(frozen=True, slots=True)
class Said:
    """One value of a field: its text, or that it is illegible; who says so (no role: the machine)."""

    text: str
    illegible: bool
    role: Role | None
    source: Source | None
    """How they came to say so; None for what stood there first."""


@dataclass(frozen=True, slots=True)
class Dispute:
    """A field before an adjudicator, with its values, each once."""

    task: TaskView
    values: tuple[Said, ...]
    sources: tuple[Source, ...]


@again_after_deadlock
def send(
    store: Store,
    task_id: int,
    user_id: int,
    text: str | None = None,
    seconds: float | None = None,
    version: int | None = None,
) -> None:
    """Hand a field in hand to an adjudicator, with the text so far; the case goes on with its other fields.

    Raises:
        NotFound: for an unknown task.
        Conflict: when the task is done, in other hands, or the field is no longer as shown.
        ValueError: when the text is too long.
    """
    typed = typed_text(text or "")
    with store.begin() as session:
        case, task, _ = task_in_hand(session, task_id, user_id, version)
        if task.kind is TaskKind.ADJUDICATE:
            raise Conflict
        field = task.field
        before = snapshot(field)
        known = task.kind is TaskKind.KNOWN
        if known:  # nothing is in doubt: they could not tell, and that is all
            count_answer(session, case, field, user_id, Action.UNCERTAIN, None)
            close(task)
            did, said = Action.CHECK, {"task": task.kind.value}
        else:
            did, said = Action.SEND, _open_dispute(session, store, case, task, user_id, typed)
        session.add(
            Decision(
                field_id=field.id,
                case_id=case.id,
                user_id=user_id,
                action=did,
                before=before,
                after=snapshot(field) | said,
                seconds=seconds,
            )
        )
        if not known:
            settle(session, store.settings, case, None)


@again_after_deadlock
def lease_disputes(store: Store, user_id: int, ahead: int) -> list[int]:
    """Lease the next field for this adjudicator and up to ``ahead`` that follow. Returns their tasks' ids.

    Nobody gets a field that they entered, checked or sent, nor one of a case that they checked as a whole.

    Raises:
        NotAllowed: when the account may not adjudicate.
    """
    now = utc_now()
    with store.begin() as session:
        _require(session, user_id)
        here = standing_of(session, user_id)
        until = lease_end(store.settings, here.shift, now, store.settings.lease_seconds)
        held = and_(Task.lease_owner == user_id, Task.lease_until >= now)
        free = or_(Task.lease_until.is_(None), Task.lease_until < now)
        query = (
            select(Task.id)
            .where(_waiting(here.scope), or_(held, and_(free, _neutral(user_id))))
            .order_by(func.coalesce(Task.lease_owner == user_id, False).desc(), Task.priority.desc(), Task.id)
            .limit(ahead + 1)
            .with_for_update(skip_locked=True, of=Task)
        )
        task_ids = list(session.scalars(query))
        session.execute(
            update(Task).where(Task.id.in_(task_ids)).values(lease_owner=user_id, lease_until=until)
        )
        return task_ids


def disputes(store: Store, task_ids: Sequence[int]) -> list[Dispute]:
    """What the screen shows of these tasks, in this order."""
    if not task_ids:
        return []
    with store.read() as session:
        views = views_of_tasks(store, session, task_ids)
        rows = open_differences(session, [view.field.field_id for view in views])
        people = {row.other_by for row in rows} | {row.first_by for row in rows if row.first_by}
        roles = dict(session.execute(select(User.id, User.role).where(User.id.in_(people))).tuples().all())
    return [
        _dispute(view, [row for row in rows if row.field_id == view.field.field_id], roles) for view in views
    ]


@again_after_deadlock
def adjudicate(
    store: Store,
    task_id: int,
    user_id: int,
    action: Action | str,
    text: str | None = None,
    seconds: float | None = None,
    version: int | None = None,
) -> None:
    """Settle a field: with one of its values or a third (``correct``), as blank, illegible or uncertain.

    What it says of those who read the field, and of the machine, is kept as checks.

    Raises:
        NotFound: for an unknown task.
        NotAllowed: when the account may not adjudicate, or has worked on the field.
        Conflict: when the task is done, in other hands, or the field is no longer as shown.
        ValueError: for an action that settles nothing, or a missing text.
    """
    chosen = Action(action)
    if chosen not in FIELD_ACTIONS or chosen is Action.ACCEPT:
        raise ValueError(f"{chosen.value} settles nothing")
    with store.begin() as session:
        _require(session, user_id)
        case, task, checked = task_in_hand(session, task_id, user_id, version)
        if task.kind is not TaskKind.ADJUDICATE:
            raise Conflict
        if session.scalar(select(Task.id).where(Task.id == task_id, ~_neutral(user_id))) is not None:
            raise NotAllowed
        field = task.field
        before = snapshot(field)
        did = apply(field, Action.CORRECT if chosen is Action.TAKE_CANDIDATE else chosen, text)
        close(task)
        count_decision(session, case, field, user_id, checked=checked)
        rows = open_differences(session, [field.id])
        for author, said in _readings(rows).items():
            count_reading(session, case, field, author, said, user_id)
        settle_differences(session, field, user_id, {row.id: _taken(row, field, did) for row in rows})
        session.add(
            Decision(
                field_id=field.id,
                case_id=case.id,
                user_id=user_id,
                action=Action.ADJUDICATE,
                before=before,
                after=snapshot(field) | {"task": TaskKind.ADJUDICATE.value, "did": did.value},
                seconds=seconds,
            )
        )
        settle(session, store.settings, case, None)


@again_after_deadlock
def undo_adjudication(store: Store, user_id: int) -> int | None:
    """Take back this person's last adjudication: its field is open again, in the same hands.

    Returns the task's id, or None where there is nothing to take back: also when the case went on since.
    """
    with store.begin() as session:
        return undo_last(session, store.settings, user_id, (Action.ADJUDICATE,), OPEN_AGAIN)


def count_disputes(store: Store, user_id: int) -> tuple[int, int]:
    """How many fields wait for an adjudicator, and how many of them this person may settle."""
    with store.read() as session:
        scope = standing_of(session, user_id).scope
        query = select(func.count()).select_from(Task).where(_waiting(scope))
        return session.scalar(query) or 0, session.scalar(query.where(_neutral(user_id))) or 0


def _open_dispute(
    session: Session, store: Store, case: Case, task: Task, user_id: int, typed: str
) -> dict[str, str]:
    """Put a field in hand before an adjudicator. Returns what the decision keeps of that."""
    field, said, first_by = task.field, {"said": typed}, None
    if task.kind in BLIND:  # who cannot tell proves nothing
        compare(session, store.settings, case, field, task, user_id, Action.UNCERTAIN, None)
        said["task"] = task.kind.value
        first_by = _author(session, field)
    close(task)
    action = Action.CORRECT if typed else Action.UNCERTAIN
    row = differ(session, field, Source.SENT, (action, typed, user_id), first_by)
    open_difference(session, case, field, row)
    return said


def _require(session: Session, user_id: int) -> None:
    user = session.get(User, user_id)
    if user is None or not user.active or not may(user, Duty.ADJUDICATE):
        raise NotAllowed


def _waiting(scope: Scope) -> ColumnElement[bool]:
    """Tasks of a part of the station that wait for an adjudicator."""
    here = scope.of_units(Task.unit_id)
    return and_(Task.kind == TaskKind.ADJUDICATE, Task.state == TaskState.OPEN, *here)


def _neutral(user_id: int) -> ColumnElement[bool]:
    """Whether this person has never said anything of a task's field, nor passed its case as a checker.

    What they adjudicated and took back is no such word: they may think again.
    """
    word = exists().where(
        Decision.field_id == Task.field_id,
        Decision.user_id == user_id,
        Decision.action.not_in([Action.ADJUDICATE, Action.UNDO, Action.REVERSE]),
    )
    passed = exists().where(
        Decision.case_id == Task.case_id,
        Decision.user_id == user_id,
        Decision.action == Action.CHECK_CASE,
    )
    return and_(~word, ~passed)


def _author(session: Session, field: Field) -> int | None:
    """Who entered what stood in a field before it was asked about again; None for the machine."""
    query = select(Decision.user_id).where(
        Decision.field_id == field.id, Decision.action.in_((*FIELD_ACTIONS, Action.ADJUDICATE))
    )
    return session.scalar(query.order_by(Decision.id.desc()).limit(1))


def _readings(rows: Collection[Difference]) -> dict[int, str]:
    """By person, what they had read. A second keying is judged with its own check, a draft is no reading."""
    found: dict[int, str] = {}
    for row in rows:
        checked = row.source in (Source.CHECK_1, Source.CHECK_2)
        if checked and row.first_by is not None and row.first_state in TOLD:
            found[row.first_by] = row.first_text
        if row.source is not Source.SENT and row.other_action in (Action.CORRECT, Action.BLANK):
            found[row.other_by] = row.other_text
    return found


def _taken(row: Difference, field: Field, did: Action) -> str:
    if did is Action.UNCERTAIN:
        return did.value
    if did is Action.ILLEGIBLE:
        return (
            "first"
            if row.first_state is FieldState.ILLEGIBLE
            else "other"
            if row.other_action is Action.ILLEGIBLE
            else did.value
        )
    if row.first_state is not FieldState.ILLEGIBLE and field.verbatim == row.first_text:
        return "first"
    readable = row.other_action in (Action.CORRECT, Action.BLANK)
    return "other" if readable and field.verbatim == row.other_text else "third"


def _dispute(view: TaskView, rows: Sequence[Difference], roles: dict[int, Role]) -> Dispute:
    said: list[Said] = []
    if rows:
        first = rows[0]
        role = None if first.first_by is None else roles.get(first.first_by)
        said.append(Said(first.first_text, first.first_state is FieldState.ILLEGIBLE, role, None))
    for row in rows:
        if row.other_action is not Action.UNCERTAIN:
            illegible = row.other_action is Action.ILLEGIBLE
            said.append(Said(row.other_text, illegible, roles.get(row.other_by), row.source))
    once: dict[tuple[str, bool], Said] = {}
    for one in said:
        once.setdefault((one.text, one.illegible), one)
    sources = tuple(dict.fromkeys(row.source for row in rows))
    return Dispute(view, tuple(once.values())[:MOST_VALUES], sources)
