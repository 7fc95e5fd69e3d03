"""The review queue: one doubtful field after another, each leased to one person.

Order: easy cases first (priority), then oldest. The rest of a case goes to who began it, and others are led
to other cases while they can be: whoever decided a field of a case cannot approve it, so two people in one
case would leave one approver fewer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from models.duties import Duty, roles_with
from models.keying_tables import CaseHold
from models.states import FIELD_ACTIONS, Action, CaseState, TaskKind, TaskState
from models.tables import Base, Case, Decision, Task, User, utc_now
from models.views import TaskView, views_of_tasks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from models.store import Store

A_LITTLE_LESS: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """Counts of the whole station: tasks by whether somebody has them, cases by state."""

    open: int
    leased: int
    done: int
    cases: dict[CaseState, int]


def next_task(store: Store, user_id: int, lease_seconds: float | None = None) -> TaskView | None:
    """The next field for this person, leased to them; the one they have not finished comes back first."""
    return next(iter(next_tasks(store, user_id, 0, lease_seconds=lease_seconds)), None)


def next_tasks(
    store: Store, user_id: int, ahead: int, *, lease_seconds: float | None = None
) -> list[TaskView]:
    """The next field for this person and up to ``ahead`` of those that follow it, all leased to them.

    A screen shows the following one before the server knows of the decision, so it must be this person's
    already.
    """
    task_ids = lease_next(store, user_id, ahead, lease_seconds=lease_seconds)
    return task_views(store, task_ids)


def lease_next(store: Store, user_id: int, ahead: int, *, lease_seconds: float | None = None) -> list[int]:
    """Lease what ``next_tasks`` shows. Returns the ids, the field in hand first.

    Apart from showing it, so that other people's decisions wait for this little writing only.
    """
    seconds = store.settings.lease_seconds if lease_seconds is None else lease_seconds
    now = utc_now()
    until = now + timedelta(seconds=seconds)
    with store.begin() as session:
        taken = _Taken(session, user_id, now)
        taken.add(_HELD, ahead + 1)
        if not taken.ids:
            last = session.scalar(_LAST_CASE, {"user": user_id})
            if last is not None:
                taken.add(_IN_CASE, 1, {"case": last})
            taken.add(_ELSEWHERE, 1)
            taken.add(_ANYWHERE, 1)
        if taken.ids:
            taken.add(_IN_CASE, ahead + 1, {"case": taken.first_case})
            taken.add(_ELSEWHERE, ahead + 1)
            taken.add(_ANYWHERE, ahead + 1)
            leases = [
                {"task": task_id, "user": user_id, "lease": until - place * A_LITTLE_LESS}
                for place, task_id in enumerate(taken.ids)
            ]
            session.connection().execute(_LEASE, leases)
        return taken.ids


def task_views(store: Store, task_ids: Sequence[int]) -> list[TaskView]:
    """What screens show of these tasks, in this order."""
    if not task_ids:
        return []
    with store.read() as session:
        return views_of_tasks(store, session, task_ids)


def waiting(store: Store, most: int) -> int:
    """How many fields wait, counted up to ``most``: counting all of a province's would take its time."""
    with store.read() as session:
        return session.connection().execute(_WAITING, {"most": most}).scalar_one()


def release(store: Store, user_id: int) -> int:
    """Give back what this person has in hand, fields and whole cases. Returns how many fields that were."""
    with store.begin() as session:
        session.execute(update(CaseHold).where(CaseHold.user_id == user_id).values(until=utc_now()))
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
        of_queue = select(Task.state, func.count()).where(Task.kind != TaskKind.ADJUDICATE)
        tasks = dict(session.execute(of_queue.group_by(Task.state)).tuples().all())
        leased = session.scalar(select(func.count()).select_from(Task).where(_leased())) or 0
        return QueueCounts(
            open=tasks.get(TaskState.OPEN, 0),
            leased=leased,
            done=tasks.get(TaskState.DONE, 0),
            cases=dict(session.execute(select(Case.state, func.count()).group_by(Case.state)).tuples().all()),
        )


def _leased() -> ColumnElement[bool]:
    return and_(Task.kind != TaskKind.ADJUDICATE, Task.state == TaskState.OPEN, Task.lease_until >= utc_now())


class _Taken:
    """The tasks that a person gets, gathered query by query, each locked where the database locks rows."""

    def __init__(self, session: Session, user_id: int, now: datetime) -> None:
        self.ids: list[int] = []
        self.first_case = 0
        self._session = session
        self._values = {"user": user_id, "now": now}

    def add(self, query: Select[tuple[int, int]], most: int, values: Mapping[str, int] | None = None) -> None:
        """Add what the query finds until there are so many in all."""
        missing = most - len(self.ids)
        if missing <= 0:
            return
        given = {**self._values, **(values or {}), "known": self.ids, "most": missing}
        for task_id, case_id in self._session.connection().execute(query, given).tuples():
            if not self.ids:
                self.first_case = case_id
            self.ids.append(task_id)


# Some tasks are for eyes that have not seen the field; adjudicators may settle what two people read.
_FRESH: Final = or_(
    ~Task.fresh_eyes,
    ~exists().where(Decision.field_id == Task.field_id, Decision.user_id == bindparam("user")),
    and_(
        Task.kind == TaskKind.FIELD,
        exists().where(User.id == bindparam("user"), User.role.in_(roles_with(Duty.ADJUDICATE))),
    ),
)


# The queue's order. The statements are made once: making them costs more than running them.
def _tasks(*conditions: ColumnElement[bool]) -> Select[tuple[int, int]]:
    return (
        select(Task.id, Task.case_id)
        .where(
            Task.state == TaskState.OPEN,
            Task.kind != TaskKind.ADJUDICATE,
            *conditions,
            Task.id.not_in(bindparam("known", expanding=True)),
        )
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True, of=Task)
    )


_NOW: Final = bindparam("now", type_=Task.lease_until.type)
_FREE: Final = or_(Task.lease_until.is_(None), Task.lease_until < _NOW)
_OTHER: Final = aliased(Task)
_NOBODY_IN_CASE: Final = ~exists().where(
    _OTHER.case_id == Task.case_id,
    _OTHER.state == TaskState.OPEN,
    _OTHER.lease_until >= _NOW,
    _OTHER.lease_owner != bindparam("user"),
)
_ORDER: Final = (Task.priority.desc(), Task.id)
_HELD: Final = _tasks(Task.lease_owner == bindparam("user"), Task.lease_until >= _NOW).order_by(
    Task.lease_until.desc(), Task.id
)
_IN_CASE: Final = _tasks(_FREE, _FRESH, Task.case_id == bindparam("case")).order_by(*_ORDER)
_ELSEWHERE: Final = _tasks(_FREE, _FRESH, _NOBODY_IN_CASE).order_by(*_ORDER)
_ANYWHERE: Final = _tasks(_FREE, _FRESH).order_by(*_ORDER)
_LAST_CASE: Final = (
    select(Decision.case_id)
    .where(Decision.user_id == bindparam("user"), Decision.action.in_([*FIELD_ACTIONS, Action.UNDO]))
    .order_by(Decision.id.desc())
    .limit(1)
)
_FEW: Final = (
    select(Task.id)
    .where(Task.state == TaskState.OPEN, Task.kind != TaskKind.ADJUDICATE)
    .limit(bindparam("most"))
    .subquery()
)

_WAITING: Final = select(func.count()).select_from(_FEW)
_TASK: Final = Base.metadata.tables["task"]
_LEASE: Final = (
    update(_TASK)
    .where(_TASK.c.id == bindparam("task"))
    .values(lease_owner=bindparam("user"), lease_until=bindparam("lease"))
)
