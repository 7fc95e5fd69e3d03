"""What screens show: frozen copies of rows, free of database sessions. Texts in them are personal data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Row, Select, bindparam, select
from sqlalchemy.orm import aliased, joinedload

from models.states import HIDDEN, WORKED_BY, CaseState, FieldState, TaskKind, TaskState
from models.tables import Case, Decision, Field, Task
from pipeline.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy.orm import InstrumentedAttribute, Session

    from models.states import Action
    from models.store import Store

USUAL: Final = (Reason.LOW_PROBABILITY, Reason.NOT_PROVEN, Reason.ENGINES_DISAGREE, Reason.NOT_IN_LEXICON)
"""Reasons that a blind check shows: any field may be asked about for them."""


NOTHING_SHOWN: Final = {
    TaskKind.SECOND: Reason.SECOND_KEYING,
    TaskKind.UNSEEN: Reason.KEYED_UNSEEN,
    TaskKind.ADJUDICATE: Reason.SENT,
}
"""Tasks that are keyed without sight of what anybody read."""


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


def field_view(field: Field | Row[Any]) -> FieldView:
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


def blind_view(field: Field | Row[Any], kind: TaskKind) -> FieldView:
    """A field as whoever checks it sees it: as the machine had read it, or not at all.

    Not at all: keyed a second time, or before an adjudicator.
    """
    view = field_view(field)
    if kind in NOTHING_SHOWN:
        return replace(
            view,
            verbatim="",
            value="",
            state=FieldState.FLAGGED,
            reasons=(NOTHING_SHOWN[kind].value,),
            candidates=(),
        )
    usual = tuple(reason for reason in view.reasons if reason in USUAL)
    return replace(
        view,
        verbatim=field.machine_verbatim,
        value=field.machine_value,
        state=FieldState.FLAGGED,
        reasons=usual or (Reason.LOW_PROBABILITY.value,),
        candidates=tuple(str(item[0]) for item in field.candidates if item[1] is not None),
    )


# Made once: making a statement costs as much as running it.
_TASKS: Final = (
    select(Task)
    .where(Task.id.in_(bindparam("tasks", expanding=True)))
    .options(joinedload(Task.case).joinedload(Case.page), joinedload(Task.case).joinedload(Case.book))
)
# Rows, not objects: thirty fields of each of three cases are read after every decision.
_FIELDS: Final = (
    select(*(column for column in Field.__table__.c if column.name != "evidence"))
    .where(Field.case_id.in_(bindparam("cases", expanding=True)))
    .order_by(Field.case_id, Field.position)
)
# What is being checked or settled is not shown to anybody who works on the case.
_BLIND: Final = select(Task.field_id, Task.kind).where(
    Task.case_id.in_(bindparam("cases", expanding=True)),
    Task.state == TaskState.OPEN,
    Task.kind.in_(HIDDEN),
)


def view_of_case(store: Store, session: Session, case: Case) -> CaseView:
    """A copy of a case's row and of everything that hangs on it."""
    decisions = session.scalars(select(Decision).filter_by(case_id=case.id).order_by(Decision.id))
    return _case_view(store, case, [field_view(field) for field in case.fields], decisions)


def views_of_tasks(store: Store, session: Session, task_ids: Sequence[int]) -> list[TaskView]:
    """Copies of the rows of tasks, each with its field and its case, in the order asked for.

    However many they are, it is a handful of queries: a screen waits for this after every decision. It shows
    no decisions, so none are read.
    """
    tasks = {task.id: task for task in session.scalars(_TASKS, {"tasks": list(task_ids)})}
    cases = {task.case_id: task.case for task in tasks.values()}
    fields: dict[int, list[FieldView]] = {case_id: [] for case_id in cases}
    blind = dict(session.execute(_BLIND, {"cases": list(cases)}).tuples().all()) if cases else {}
    for task in tasks.values():
        if task.kind is TaskKind.ADJUDICATE:
            blind.pop(task.field_id, None)
    for row in session.execute(_FIELDS, {"cases": list(cases)}):
        shown = blind_view(row, blind[row.id]) if row.id in blind else field_view(row)
        fields[row.case_id].append(shown)
    views = {case_id: _case_view(store, case, fields[case_id], ()) for case_id, case in cases.items()}
    # A case whose fields are known is done; who is asked sees it as it was before anybody approved it.
    for case_id in {task.case_id for task in tasks.values() if task.kind is TaskKind.KNOWN}:
        views[case_id] = replace(views[case_id], state=CaseState.READ, state_reason=None, approved_by=None)
    return [
        TaskView(
            task_id=task.id,
            priority=task.priority,
            lease_until=task.lease_until,
            field=next(one for one in fields[task.case_id] if one.field_id == task.field_id),
            # A note of who sent the case back may say what was entered.
            case=replace(views[task.case_id], state_reason=None)
            if task.field_id in blind
            else views[task.case_id],
        )
        for task in (tasks[task_id] for task_id in task_ids)
    ]


def _case_view(
    store: Store, case: Case, fields: Sequence[FieldView], decisions: Iterable[Decision]
) -> CaseView:
    page, book = case.page, case.book
    keys = {field.field_id: field.key for field in fields}
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
        fields=tuple(fields),
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


def deciders(session: Session, case_id: int) -> set[int]:
    """Who keyed, checked or adjudicated in a case, apart from decisions that were taken back."""
    return set(session.scalars(_standing(Decision.user_id).where(Decision.case_id == case_id)))


def cases_decided_by(session: Session, user_id: int) -> set[int]:
    """Cases not approved yet that this person keyed, checked or adjudicated, but for decisions taken back."""
    query = _standing(Decision.case_id).join(Case, Decision.case_id == Case.id)
    return set(session.scalars(query.where(Decision.user_id == user_id, Case.approved_by.is_(None))))


def _standing(what: InstrumentedAttribute[int]) -> Select[tuple[int]]:
    """A column of the decisions of keying, checking and adjudicating that were not taken back."""
    undo = aliased(Decision)
    return (
        select(what)
        .outerjoin(undo, undo.undoes_id == Decision.id)
        .where(Decision.action.in_(WORKED_BY), undo.id.is_(None))
        .distinct()
    )
