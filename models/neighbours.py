"""The same field in the cases around one: the same hand, the same officials, numbers and dates that go up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select, tuple_

from models.errors import NotFound
from models.states import HIDDEN, CaseState, TaskKind, TaskState
from models.tables import Case, Field, Task

if TYPE_CHECKING:
    from models.store import Store

EACH_WAY: Final = 2


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A field of a case nearby as it stands now; ``own`` is the one in question."""

    field_id: int
    so: str | None
    state: CaseState
    text: str
    has_box: bool
    own: bool


def neighbours(store: Store, task_id: int) -> list[Neighbour]:
    """The field of a task among the same fields of the cases before and after, in the order of the book.

    What somebody checks blind is shown as they see it: nobody is told here what it became.

    Raises:
        NotFound: for an unknown task.
    """
    with store.read() as session:
        task = session.get(Task, task_id)
        if task is None:
            raise NotFound("task", task_id)
        case, key = task.case, task.field.key
        place = tuple_(Case.page_id, Case.index)
        here = (case.page_id, case.index)
        of_book = select(Case.id).where(Case.book_id == case.book_id)
        before = of_book.where(place < here).order_by(Case.page_id.desc(), Case.index.desc())
        after = of_book.where(place > here).order_by(Case.page_id, Case.index)
        ids = [
            *session.scalars(before.limit(EACH_WAY)),
            case.id,
            *session.scalars(after.limit(EACH_WAY)),
        ]
        settled = task_id if task.kind is TaskKind.ADJUDICATE else 0
        blind = dict(
            session.execute(
                select(Task.field_id, Task.kind).where(
                    Task.case_id.in_(ids),
                    Task.state == TaskState.OPEN,
                    Task.kind.in_(HIDDEN),
                    Task.id != settled,
                )
            )
            .tuples()
            .all()
        )
        rows = session.execute(
            select(Field, Case)
            .join(Case, Field.case_id == Case.id)
            .where(Field.case_id.in_(ids), Field.key == key)
            .order_by(Case.page_id, Case.index)
        ).tuples()
        return [
            Neighbour(
                field_id=field.id,
                so=other.so,
                state=other.state,
                text=_shown(field, blind.get(field.id)),
                has_box=field.box is not None,
                own=other.id == case.id,
            )
            for field, other in rows
        ]


def _shown(field: Field, checked: TaskKind | None) -> str:
    if checked is None:
        return field.verbatim
    return field.machine_verbatim if checked in (TaskKind.SAMPLE, TaskKind.KNOWN) else ""
