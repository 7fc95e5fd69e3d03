"""Fields with two readings: kept beside what stands there, put before an adjudicator, settled, taken back.

The value that stood there first is never overwritten by the other one: the field keeps it and waits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from models.keying_tables import Difference
from models.routing import ask
from models.states import Action, Source, TaskKind, TaskState
from models.tables import Task, utc_now
from models.tasks import RETURNED, open_task, withdraw
from pipeline.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from models.tables import Case, Field


def differ(
    session: Session,
    field: Field,
    source: Source,
    other: tuple[Action, str, int],
    first_by: int | None,
) -> Difference:
    """Keep a second reading of a field: ``other`` is what was done, the text, and by whom.

    Nobody is asked yet; see ``open_difference``.
    """
    action, text, user_id = other
    row = Difference(
        field_id=field.id,
        case_id=field.case_id,
        source=source,
        field_version=field.version,
        first_text=field.verbatim,
        first_state=field.state,
        first_by=first_by,
        other_action=action,
        other_text=text,
        other_by=user_id,
    )
    session.add(row)
    return row


def open_difference(session: Session, case: Case, field: Field, row: Difference) -> None:
    """Put a field with two readings before an adjudicator."""
    row.opened_at = utc_now()
    ask(field, reason_of(row.source))
    open_task(session, case, field, RETURNED, TaskKind.ADJUDICATE, fresh_eyes=True)


def reason_of(source: Source) -> str:
    """Why an adjudicator is asked, as a code."""
    return (Reason.SENT if source is Source.SENT else Reason.CHECK_DIFFERS).value


def open_differences(session: Session, field_ids: Collection[int]) -> Sequence[Difference]:
    """What an adjudicator has to settle in these fields, oldest first."""
    return session.scalars(_standing(field_ids).where(Difference.settled_at.is_(None))).all()


def settle_differences(session: Session, field: Field, user_id: int, took: dict[int, str]) -> None:
    """Close what was open on a field; ``took`` says by difference which value it was."""
    for row in open_differences(session, [field.id]):
        row.settled_by, row.settled_at, row.took = user_id, utc_now(), took.get(row.id, "third")


def unsettle(session: Session, field: Field, user_id: int) -> None:
    """Open again what this person settled last on a field."""
    rows = session.scalars(_standing([field.id]).where(Difference.settled_by == user_id)).all()
    last = max((row.settled_at for row in rows if row.settled_at), default=None)
    for row in rows:
        if row.settled_at == last:
            row.settled_by = row.settled_at = row.took = None


def end_adjudication(session: Session, field: Field, *sources: Source) -> None:
    """Nobody is to settle this field any more: what was open is withdrawn, and its task with it.

    With ``sources`` only differences of these ends; the task goes when none is left.
    """
    for row in open_differences(session, [field.id]):
        if not sources or row.source in sources:
            row.withdrawn_at = utc_now()
    session.flush()
    left = {reason_of(row.source) for row in open_differences(session, [field.id])}
    gone = {Reason.SENT.value, Reason.CHECK_DIFFERS.value} - left if sources else set()
    field.reasons = [reason for reason in field.reasons if reason not in gone]
    if left:
        return
    for task in session.scalars(
        select(Task).filter_by(field_id=field.id, kind=TaskKind.ADJUDICATE, state=TaskState.OPEN)
    ):
        withdraw(task)


def _standing(field_ids: Collection[int]) -> Select[tuple[Difference]]:
    return (
        select(Difference)
        .where(
            Difference.field_id.in_(field_ids),
            Difference.opened_at.is_not(None),
            Difference.withdrawn_at.is_(None),
        )
        .order_by(Difference.id)
    )
