"""The review queue: one doubtful field after another, each leased to one person.

Order: easy cases first (priority), then oldest. The rest of a case goes to who began it, and others are led
to other cases while they can be: whoever decided a field of a case cannot approve it, so two people in one
case would leave one approver fewer.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from models.duties import Duty, roles_with
from models.keying_tables import CaseHold
from models.people_tables import Unit
from models.scope import STATION, Scope, Standing, standing_of
from models.shifts import lease_end
from models.states import FIELD_ACTIONS, Action, CaseState, TaskKind, TaskState
from models.store import again_after_deadlock
from models.tables import Base, Case, Decision, Task, User, utc_now
from models.views import TaskView, views_of_tasks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from models.store import Store

A_LITTLE_LESS: Final = timedelta(milliseconds=1)
MANY: Final = 200
COUNT_SECONDS: Final = 5.0
_counted: dict[tuple[str, Scope, int], tuple[float, int]] = {}


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """Counts of a part of the station: tasks by whether somebody has them, cases by state."""

    open: int
    leased: int
    done: int
    cases: dict[CaseState, int]


def next_task(store: Store, user_id: int, lease_seconds: float | None = None) -> TaskView | None:
    """The next field for this person, leased to them; the one they have not finished comes back first."""
    return next(iter(next_tasks(store, user_id, 0, lease_seconds=lease_seconds)), None)


def next_tasks(
    store: Store,
    user_id: int,
    ahead: int,
    *,
    lease_seconds: float | None = None,
    standing: Standing | None = None,
) -> list[TaskView]:
    """The next field for this person and up to ``ahead`` of those that follow it, all leased to them.

    A screen shows the following one before the server knows of the decision, so it must be this person's
    already.
    """
    task_ids = lease_next(store, user_id, ahead, lease_seconds=lease_seconds, standing=standing)
    return task_views(store, task_ids)


@again_after_deadlock
def lease_next(
    store: Store,
    user_id: int,
    ahead: int,
    *,
    lease_seconds: float | None = None,
    standing: Standing | None = None,
) -> list[int]:
    """Lease what ``next_tasks`` shows. Returns the ids, the field in hand first.

    Apart from showing it, so that other people's decisions wait for this little writing only. Whoever knows
    the person's ``standing`` says so; else it is looked up.
    """
    seconds = store.settings.lease_seconds if lease_seconds is None else lease_seconds
    now = utc_now()
    with store.begin() as session:
        known = standing or standing_of(session, user_id)
        until = lease_end(store.settings, known.shift, now, seconds)
        taken = _Taken(session, user_id, now, known.scope)
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


def waiting(store: Store, most: int, scope: Scope = STATION) -> int:
    """How many fields wait, counted up to ``most``: counting all of a province's would take its time.

    Where there are many, the count may be some seconds old.
    """
    place = str(store.engine.url), scope, most
    counted, count = _counted.get(place, (0.0, 0))
    if count < MANY or time.monotonic() - counted > COUNT_SECONDS:
        query = _WAITING if scope.everything else _few(*scope.of_units(Task.unit_id))
        with store.read() as session:
            count = session.connection().execute(query, {"most": most}).scalar_one()
        _counted[place] = time.monotonic(), count
    return count


@again_after_deadlock
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


def counts(store: Store, scope: Scope = STATION) -> QueueCounts:
    """How much waits, how much is in hand, and how far the cases are, in a part of the station."""
    of_tasks = (Task.kind != TaskKind.ADJUDICATE, *scope.of_units(Task.unit_id))
    of_cases = scope.of_books(Case.book_id)
    by_task = select(Task.state, func.count()).where(*of_tasks).group_by(Task.state)
    by_case = select(Case.state, func.count()).where(*of_cases).group_by(Case.state)
    with store.read() as session:
        tasks = dict(session.execute(by_task).tuples().all())
        leased = session.scalar(select(func.count()).select_from(Task).where(_leased(), *of_tasks)) or 0
        return QueueCounts(
            open=tasks.get(TaskState.OPEN, 0),
            leased=leased,
            done=tasks.get(TaskState.DONE, 0),
            cases=dict(session.execute(by_case).tuples().all()),
        )


def _leased() -> ColumnElement[bool]:
    return and_(Task.kind != TaskKind.ADJUDICATE, Task.state == TaskState.OPEN, Task.lease_until >= utc_now())


class _Taken:
    """The tasks that a person gets, gathered query by query, each locked where the database locks rows."""

    def __init__(self, session: Session, user_id: int, now: datetime, scope: Scope) -> None:
        self.ids: list[int] = []
        self.first_case = 0
        self._session = session
        self._values = {"user": user_id, "now": now}
        self._scope = scope

    def add(self, way: _Way, most: int, values: Mapping[str, int] | None = None) -> None:
        """Add what is found in that way until there are so many in all."""
        given = {**self._values, **(values or {})}
        if self._scope.everything:
            self._run(way.anywhere, most, given)
            return
        given["below"] = f"{self._scope.path}%"
        if way.firsts is None:
            self._run(way.in_unit, most, given)
        elif len(self.ids) < most:
            firsts = self._session.connection().execute(way.firsts, {**given, "known": self.ids})
            for unit_id in firsts.scalars().all():
                self._run(way.in_unit, most, {**given, "unit": unit_id})

    def _run(self, query: Select[tuple[int, int]], most: int, values: Mapping[str, object]) -> None:
        missing = most - len(self.ids)
        if missing <= 0:
            return
        given = {**values, "known": self.ids, "most": missing}
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
# A field whose answer is known goes to nobody who has done anything in its case: they may have seen it.
_NEW_TO: Final = or_(
    Task.kind != TaskKind.KNOWN,
    ~exists().where(Decision.case_id == Task.case_id, Decision.user_id == bindparam("user")),
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
_BELOW: Final = Task.unit_id.in_(select(Unit.id).where(Unit.path.like(bindparam("below"))))


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to find tasks: in the whole station, and for people of a unit.

    Those get the tasks of one unit at a time, for within a unit the queue's order is an index; ``firsts`` are
    the units below theirs, the one whose first task comes first before the others.
    """

    anywhere: Select[tuple[int, int]]
    in_unit: Select[tuple[int, int]]
    firsts: Select[tuple[int]] | None = None


def _in_order(*conditions: ColumnElement[bool]) -> _Way:
    """The queue's order."""
    first = (
        select(Task.id)
        .where(
            Task.unit_id == Unit.id,
            Task.state == TaskState.OPEN,
            *conditions,
            Task.id.not_in(bindparam("known", expanding=True)),
        )
        .order_by(*_ORDER)
        .limit(1)
        .correlate(Unit)
        .scalar_subquery()
    )
    return _Way(
        anywhere=_tasks(*conditions).order_by(*_ORDER),
        in_unit=_tasks(*conditions, Task.unit_id == bindparam("unit")).order_by(*_ORDER),
        firsts=select(Unit.id)
        .join(_OTHER, _OTHER.id == first)
        .where(Unit.path.like(bindparam("below")))
        .order_by(_OTHER.priority.desc(), _OTHER.id),
    )


_HOLDS: Final = _tasks(Task.lease_owner == bindparam("user"), Task.lease_until >= _NOW).order_by(
    Task.lease_until.desc(), Task.id
)
_HELD: Final = _Way(_HOLDS, _HOLDS)
_OPEN: Final = (_FREE, _FRESH, _NEW_TO)
_OF_CASE: Final = (*_OPEN, Task.case_id == bindparam("case"))
_IN_CASE: Final = _Way(_tasks(*_OF_CASE).order_by(*_ORDER), _tasks(*_OF_CASE, _BELOW).order_by(*_ORDER))
_ELSEWHERE: Final = _in_order(*_OPEN, _NOBODY_IN_CASE)
_ANYWHERE: Final = _in_order(*_OPEN)
_LAST_CASE: Final = (
    select(Decision.case_id)
    .where(Decision.user_id == bindparam("user"), Decision.action.in_([*FIELD_ACTIONS, Action.UNDO]))
    .order_by(Decision.id.desc())
    .limit(1)
)


def _few(*conditions: ColumnElement[bool]) -> Select[tuple[int]]:
    few = (
        select(Task.id)
        .where(Task.state == TaskState.OPEN, Task.kind != TaskKind.ADJUDICATE, *conditions)
        .limit(bindparam("most"))
    )
    return select(func.count()).select_from(few.subquery())


_WAITING: Final = _few()
_TASK: Final = Base.metadata.tables["task"]
_LEASE: Final = (
    update(_TASK)
    .where(_TASK.c.id == bindparam("task"))
    .values(lease_owner=bindparam("user"), lease_until=bindparam("lease"))
)
