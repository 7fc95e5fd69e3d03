"""A field whose place on the page was wrong: the place as a person drew it, and what was read there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from models.decisions import snapshot
from models.errors import Conflict, NotFound
from models.states import BLIND, Action, FieldState, TaskKind, TaskState
from models.store import again_after_deadlock
from models.tables import Case, Decision, Task
from models.texts import finite, kept_text
from pipeline.elements import Box, FieldKind
from pipeline.fields import normalise

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

    from models.store import Store
    from pipeline.elements import Reading


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field in hand is looked for: the page image, its size, and the kind of the field."""

    image_path: Path
    width: int
    height: int
    kind: FieldKind


def place_of(store: Store, task_id: int, user_id: int, version: int) -> Place:
    """The page of a field that this person has in hand.

    Raises:
        NotFound: for an unknown task, or a page without an image.
        Conflict: when the task is not this person's, or the field no longer as shown.
    """
    with store.read() as session:
        task = _in_hand(session, task_id, user_id, version)
        page = task.case.page
        if page.image_path is None:
            raise NotFound("page image", page.id)
        path = store.settings.outside(page.image_path)
        return Place(path, page.width or 0, page.height or 0, FieldKind(task.field.kind))


@again_after_deadlock
def recut(store: Store, task_id: int, user_id: int, version: int, box: Box, reading: Reading) -> None:
    """Give a field in hand its new place and what was read there; it still waits for the person's decision.

    What stood there before, and where, is kept beside the new in the record of decisions. A field that is
    checked blind stays as it is: only the record keeps what was drawn.

    Raises:
        NotFound: for an unknown task.
        Conflict: when the task is not this person's, or the field no longer as shown.
    """
    with store.begin() as session:
        case_id = session.scalar(select(Task.case_id).where(Task.id == task_id))
        if case_id is not None:  # the case is locked first, as by every decision
            session.get_one(Case, case_id, with_for_update={"of": Case})
        task = _in_hand(session, task_id, user_id, version)
        field = task.field
        before = snapshot(field) | {"box": field.box}
        text = kept_text(reading.text)
        new = {"box": box.as_list(), "read": text}
        if task.kind in BLIND:
            session.add(_record(task, user_id, before, snapshot(field) | new))
            return
        field.box = box.as_list()
        field.verbatim, field.value = text, normalise(FieldKind(field.kind), text)
        field.candidates = [
            [kept_text(item.text), finite(item.log_probability)] for item in reading.candidates
        ]
        field.state = FieldState.FLAGGED
        field.version += 1
        task.case.version += 1
        session.add(_record(task, user_id, before, snapshot(field) | new))


def _record(task: Task, user_id: int, before: dict[str, Any], after: dict[str, Any]) -> Decision:
    return Decision(
        field_id=task.field_id,
        case_id=task.case_id,
        user_id=user_id,
        action=Action.RECUT,
        before=before,
        after=after,
    )


def _in_hand(session: Session, task_id: int, user_id: int, version: int) -> Task:
    task = session.get(Task, task_id)
    if task is None:
        raise NotFound("task", task_id)
    done = task.state is not TaskState.OPEN or task.kind is TaskKind.ADJUDICATE
    if done or task.lease_owner != user_id or task.field.version != version:
        raise Conflict
    return task
