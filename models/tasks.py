"""Tasks of fields: opened, withdrawn, parked, and in which order they come up.

Order: the type of register (a setting), then cases with few doubtful fields, then the oldest. What came back
from an approver, a check or elsewhere comes before everything new.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import or_, select

from models.states import TaskKind, TaskState
from models.tables import Task, utc_now

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models.settings import Settings
    from models.tables import Case, Field

EASIEST: Final = 100
"""Priority of a case with one doubtful field is just below; each further one lowers it."""
TYPE_STEP: Final = 1_000
RETURNED: Final = 100_000
"""What came back is asked about before anything new."""


def priority_of(settings: Settings, register_type: str, doubtful: int) -> int:
    """Priority of the tasks of a case of that type with so many doubtful fields."""
    order = settings.types_in_order
    rank = order.index(register_type) if register_type in order else len(order)
    return TYPE_STEP * (len(order) - rank) + EASIEST - min(doubtful, EASIEST)


def open_task(
    session: Session,
    case: Case,
    field: Field,
    priority: int,
    kind: TaskKind = TaskKind.FIELD,
    *,
    fresh_eyes: bool = False,
) -> Task:
    """Put a field before people: its task of that kind is made, or opened again.

    With ``fresh_eyes`` nobody gets it who has worked on the field before; an approver may, where the task is
    not blind, for in a small team somebody has to settle what two people read differently.
    """
    task = session.scalar(select(Task).filter_by(field_id=field.id, kind=kind))
    if task is None:
        task = Task(field_id=field.id, case_id=case.id, book_id=case.book_id, kind=kind)
        task.unit_id = case.book.unit_id
        session.add(task)
    task.state, task.priority, task.done_at = TaskState.OPEN, priority, None
    task.lease_owner = task.lease_until = None
    task.fresh_eyes = fresh_eyes
    return task


def close(task: Task) -> None:
    """A task is done."""
    task.state, task.done_at = TaskState.DONE, utc_now()
    task.lease_owner = task.lease_until = None


def withdraw(task: Task) -> None:
    """Take a task from the queue: nobody needs to do it any more."""
    task.state, task.done_at = TaskState.WITHDRAWN, utc_now()
    task.lease_owner = task.lease_until = None


def fields_in_hand(session: Session, case_id: int) -> set[int]:
    """Ids of the fields of a case that somebody has on the screen at this moment."""
    query = select(Task.field_id).where(
        Task.case_id == case_id, Task.state == TaskState.OPEN, Task.lease_until >= utc_now()
    )
    return set(session.scalars(query))


def has_work(session: Session, case_id: int) -> bool:
    """Whether anything of a case waits for somebody, here or elsewhere."""
    waiting = or_(Task.state == TaskState.OPEN, Task.state == TaskState.PARKED)
    return session.scalar(select(Task.id).where(Task.case_id == case_id, waiting).limit(1)) is not None
