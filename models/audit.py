"""The audit trail: a line for each thing done, with ids and codes, never a name or a value of a citizen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.tables import Event

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def note(
    session: Session,
    what: str,
    object_type: str,
    object_id: int | None,
    *,
    user_id: int | None = None,
    **detail: str | int | float | bool | None,
) -> None:
    """Write an event in the transaction of what it tells of, so that neither is there without the other."""
    session.add(
        Event(what=what, object_type=object_type, object_id=object_id, user_id=user_id, detail=detail)
    )
