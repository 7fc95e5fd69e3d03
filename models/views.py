"""What screens show: frozen copies of rows, free of database sessions. Texts in them are personal data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from models.states import FIELD_ACTIONS
from models.tables import Case, Decision, Task

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy.orm import InstrumentedAttribute, Session

    from models.states import Action, CaseState, FieldState
    from models.store import Store
    from models.tables import Field


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field as it stands now. ``box`` is (x, y, w, h) in pixels of the upright page image."""

    field_id: int
    key: str
    kind: str
    verbatim: str
    value: str
    probability: float
    state: FieldState
    reasons: tuple[str, ...]
    box: tuple[int, int, int, int] | None
    candidates: tuple[str, ...]
    version: int


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision of the past: who, when, what; ``key`` is "" where it was about the whole case."""

    user_id: int
    at: datetime
    action: Action
    key: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case with its fields in the order of the form, its page image and its decisions, oldest first."""

    case_id: int
    book_id: int
    book_code: str
    office: str
    page_id: int
    page_number: int
    image_path: Path | None
    width: int
    height: int
    type: str
    edition: str
    so: str | None
    state: CaseState
    state_reason: str | None
    approved_by: int | None
    version: int
    fields: tuple[FieldView, ...]
    decisions: tuple[DecisionView, ...]


@dataclass(frozen=True, slots=True)
class TaskView:
    """A field that waits for a person, with its case around it."""

    task_id: int
    priority: int
    lease_until: datetime | None
    field: FieldView
    case: CaseView

    @property
    def version(self) -> int:
        """Version of the field as shown; goes back with the decision."""
        return self.field.version


def field_view(field: Field) -> FieldView:
    """A copy of a field's row."""
    box = field.box
    return FieldView(
        field_id=field.id,
        key=field.key,
        kind=field.kind,
        verbatim=field.verbatim,
        value=field.value,
        probability=field.probability,
        state=field.state,
        reasons=tuple(field.reasons),
        box=None if box is None else (box[0], box[1], box[2], box[3]),
        candidates=tuple(str(item[0]) for item in field.candidates),
        version=field.version,
    )


def view_of_case(store: Store, session: Session, case: Case) -> CaseView:
    """A copy of a case's row and of everything that hangs on it."""
    page, book = case.page, case.book
    keys = {field.id: field.key for field in case.fields}
    decisions = session.scalars(select(Decision).filter_by(case_id=case.id).order_by(Decision.id))
    return CaseView(
        case_id=case.id,
        book_id=case.book_id,
        book_code=book.code,
        office=book.office,
        page_id=page.id,
        page_number=page.number,
        image_path=None if page.image_path is None else store.settings.outside(page.image_path),
        width=page.width or 0,
        height=page.height or 0,
        type=page.type or book.type,
        edition=page.edition or book.edition or "",
        so=case.so,
        state=case.state,
        state_reason=case.state_reason,
        approved_by=case.approved_by,
        version=case.version,
        fields=tuple(field_view(field) for field in case.fields),
        decisions=tuple(
            DecisionView(
                user_id=item.user_id,
                at=item.at,
                action=item.action,
                key="" if item.field_id is None else keys[item.field_id],
                before=str(item.before.get("verbatim", "")),
                after=str(item.after.get("verbatim", "")),
            )
            for item in decisions
        ),
    )


def view_of_task(store: Store, session: Session, task: Task) -> TaskView:
    """A copy of a task's row with its field and its case."""
    return TaskView(
        task_id=task.id,
        priority=task.priority,
        lease_until=task.lease_until,
        field=field_view(task.field),
        case=view_of_case(store, session, task.case),
    )


def deciders(session: Session, case_id: int) -> set[int]:
    """Who decided fields of a case, apart from decisions that were taken back."""
    return set(session.scalars(_standing(Decision.user_id).where(Decision.case_id == case_id)))


def cases_decided_by(session: Session, user_id: int) -> set[int]:
    """Cases not approved yet of which this person decided a field, apart from decisions taken back."""
    query = _standing(Decision.case_id).join(Case, Decision.case_id == Case.id)
    return set(session.scalars(query.where(Decision.user_id == user_id, Case.approved_by.is_(None))))


def _standing(what: InstrumentedAttribute[int]) -> Select[tuple[int]]:
    """A column of the decisions on fields that were not taken back."""
    undo = aliased(Decision)
    return (
        select(what)
        .outerjoin(undo, undo.undoes_id == Decision.id)
        .where(Decision.action.in_(FIELD_ACTIONS), undo.id.is_(None))
        .distinct()
    )
