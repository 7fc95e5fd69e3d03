"""Fields of which the answer is known, mixed into the queue: how well each person reads, and nothing else.

Known is what two people said independently of each other, or what somebody confirmed in a blind check and an
approver approved afterwards. Such fields come up as tasks like any other: shown as the machine had read them,
in a case that looks as it did before it was done, never for somebody who did anything in that case. What is
answered is compared with what stands there and kept for the person's figures alone; the case stays as it is.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from models.checks import lot_of, row_of_check, said_text
from models.quality_tables import FieldCheck
from models.states import FIELD_ACTIONS, Action, CaseState, CheckKind, FieldState, TaskKind, TaskState
from models.tables import Case, Decision, Field, Task, utc_now
from models.tasks import open_task, priority_of
from pipeline.elements import FieldKind
from pipeline.fields.same import same_content

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models.settings import Settings
    from models.store import Store

DONE: Final = (CaseState.APPROVED, CaseState.LOADED)
WINDOW: Final = timedelta(days=1)
"""Of the decisions of so long a share is of known fields."""
AT_ONCE: Final = 50
"""Known fields that are put into the queue together at most."""


def mix_in(store: Store) -> int:
    """Put as many known fields into the queue as the last day's work wants. Returns how many."""
    settings = store.settings
    if not settings.known_share:
        return 0
    now = utc_now()
    with store.begin() as session:
        missing = min(AT_ONCE, _wanted(session, settings, now))
        chosen = _known_fields(session, now, missing) if missing > 0 else []
        for field, case in chosen:
            # As a case with one doubtful field, like what is drawn for a check.
            priority = priority_of(settings, case.book.type, 1)
            open_task(session, case, field, priority, TaskKind.KNOWN, fresh_eyes=True)
        return len(chosen)


def _wanted(session: Session, settings: Settings, now: datetime) -> int:
    """How many known fields the work of the last day lacks."""
    work = session.scalar(
        select(func.count()).where(Decision.action.in_(FIELD_ACTIONS), Decision.at > now - WINDOW)
    )
    answered = session.scalar(
        select(func.count()).where(FieldCheck.kind == CheckKind.KNOWN, FieldCheck.checked_at > now - WINDOW)
    )
    waiting = session.scalar(
        select(func.count()).where(Task.kind == TaskKind.KNOWN, Task.state == TaskState.OPEN)
    )
    return int(settings.known_share * (work or 0)) - (answered or 0) - (waiting or 0)


def _known_fields(session: Session, now: datetime, count: int) -> list[tuple[Field, Case]]:
    """Fields of which the answer is known and that do not wait already, by a lot that changes every day.

    Right in a check means that two people, or the machine and whoever checked it, said the same; an approver
    has approved the case since.
    """
    waiting = select(Task.field_id).where(Task.kind == TaskKind.KNOWN, Task.state == TaskState.OPEN)
    checked = (
        select(FieldCheck.field_id)
        .join(Case, FieldCheck.case_id == Case.id)
        .join(Field, FieldCheck.field_id == Field.id)
        .where(
            FieldCheck.kind.in_([CheckKind.SAMPLE, CheckKind.UNSEEN, CheckKind.SECOND]),
            FieldCheck.right.is_(True),
            Case.state.in_(DONE),
            Field.state.not_in([FieldState.ILLEGIBLE, FieldState.UNCERTAIN, FieldState.ABSENT]),
            FieldCheck.field_id.not_in(waiting),
        )
        .distinct()
    )
    seed = f"hotich-known {now.date()}"
    ids = sorted(session.scalars(checked), key=lambda field_id: lot_of(field_id, seed))[:count]
    if not ids:
        return []
    rows = session.execute(select(Field, Case).join(Case, Field.case_id == Case.id).where(Field.id.in_(ids)))
    return [(field, case) for field, case in rows]


def count_answer(
    session: Session, case: Case, field: Field, user_id: int, action: Action, text: str | None
) -> None:
    """Keep whether somebody said what is known to stand in a field; None where they could not tell."""
    row = row_of_check(case, field, CheckKind.KNOWN, user_id, 1.0)
    row.checked_by, row.checked_at = user_id, utc_now()
    if action not in (Action.ILLEGIBLE, Action.UNCERTAIN):
        said = said_text(field, TaskKind.KNOWN, action, text)
        row.right = same_content(FieldKind(field.kind), field.verbatim, said)
    session.add(row)


def forget_answer(session: Session, field: Field, user_id: int) -> None:
    """Take an answer back that its person takes back."""
    query = (
        select(FieldCheck)
        .where(
            FieldCheck.field_id == field.id,
            FieldCheck.kind == CheckKind.KNOWN,
            FieldCheck.checked_by == user_id,
        )
        .order_by(FieldCheck.id.desc())
        .limit(1)
    )
    session.delete(session.scalars(query).one())
