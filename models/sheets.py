"""Sheets: fields of one kind from many cases, leased to one person together and decided one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, case, func, or_, select, update

from models.decisions import decide
from models.errors import ModelsError
from models.queue import task_views
from models.scope import STATION, Scope, standing_of
from models.shifts import lease_end
from models.states import Action, TaskKind, TaskState
from models.store import again_after_deadlock
from models.tables import Field, Task, utc_now
from pipeline.elements import FieldKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement

    from models.store import Store
    from models.views import TaskView

SHEET_KINDS: Final = (
    FieldKind.YEAR,
    FieldKind.DATE,
    FieldKind.SEX,
    FieldKind.ETHNICITY,
    FieldKind.NATIONALITY,
    FieldKind.RELATION,
    FieldKind.PLACE,
    FieldKind.OFFICE,
)
"""Kinds that are short, and alike from case to case: what differs stands out."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of a sheet: tasks decided, and those that somebody else was quicker with."""

    decided: tuple[int, ...]
    lost: tuple[int, ...]


def sheet_counts(store: Store, scope: Scope = STATION) -> dict[FieldKind, int]:
    """How many fields of each kind wait and could be on a sheet, for the kinds that make sheets."""
    query = select(Field.kind, func.count()).join(Task).where(_for_sheets(), _free())
    query = query.where(*scope.of_units(Task.unit_id)).group_by(Field.kind)
    with store.read() as session:
        found = dict(session.execute(query).tuples().all())
    return {kind: found[kind] for kind in SHEET_KINDS if found.get(kind)}


@again_after_deadlock
def next_sheet(store: Store, user_id: int, kind: FieldKind, most: int) -> list[TaskView]:
    """Up to ``most`` fields of a kind, leased to this person, in the order of the queue.

    What this person already holds of the kind comes first: a page that is loaded again shows the same.
    """
    now = utc_now()
    mine = and_(Task.lease_owner == user_id, Task.lease_until >= now)
    with store.begin() as session:
        standing = standing_of(session, user_id)
        until = lease_end(store.settings, standing.shift, now, store.settings.lease_seconds)
        query = (
            select(Task.id)
            .join(Field, Field.id == Task.field_id)
            .where(_for_sheets(), Field.kind == kind.value, or_(mine, _free()))
            .where(*standing.scope.of_units(Task.unit_id))
            .order_by(case((mine, 0), else_=1), Task.priority.desc(), Task.id)
            .limit(most)
            .with_for_update(skip_locked=True, of=Task)
        )
        task_ids = list(session.scalars(query))
        session.execute(
            update(Task).where(Task.id.in_(task_ids)).values(lease_owner=user_id, lease_until=until)
        )
    return task_views(store, task_ids)


def accept_sheet(
    store: Store, user_id: int, shown: Sequence[tuple[int, int]], seconds: float | None
) -> Accepted:
    """Accept fields of a sheet as they were shown: tasks with the versions of their fields.

    Each is a decision of its own, with its part of the time. One that is no longer this person's, or no
    longer as shown, is left.
    """
    part = None if seconds is None or not shown else round(seconds / len(shown), 2)
    decided: list[int] = []
    lost: list[int] = []
    for task_id, version in shown:
        try:
            decide(store, task_id, user_id, Action.ACCEPT, None, part, version)
            decided.append(task_id)
        except ModelsError:
            lost.append(task_id)
    return Accepted(tuple(decided), tuple(lost))


def _for_sheets() -> ColumnElement[bool]:
    """Whether a task may be on a sheet: a place is known and something was read there; no blind checks."""
    return and_(
        Task.state == TaskState.OPEN,
        Task.kind == TaskKind.FIELD,
        ~Task.fresh_eyes,
        Field.box.is_not(None),
        Field.verbatim != "",
    )


def _free() -> ColumnElement[bool]:
    return or_(Task.lease_until.is_(None), Task.lease_until < utc_now())
