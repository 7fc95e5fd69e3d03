"""A whole case in the hands of one checker, for a time that work prolongs; a shift's end ends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from models.keying_tables import CaseHold
from models.scope import standing_of
from models.shifts import lease_end
from models.tables import utc_now

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models.settings import Settings


def holder(session: Session, case_id: int) -> int | None:
    """Who has the case in hand at this moment."""
    return session.scalar(
        select(CaseHold.user_id).where(CaseHold.case_id == case_id, CaseHold.until >= utc_now())
    )


def hold(session: Session, settings: Settings, case_id: int, user_id: int) -> None:
    """Put a case in these hands, or keep it there."""
    shift = standing_of(session, user_id).shift
    until = lease_end(settings, shift, utc_now(), settings.lease_seconds)
    held = session.scalar(select(CaseHold).filter_by(case_id=case_id))
    if held is None:
        session.add(CaseHold(case_id=case_id, user_id=user_id, until=until))
    else:
        held.user_id, held.until = user_id, until


def let_go(session: Session, case_id: int) -> None:
    """Nobody has the case in hand any more."""
    held = session.scalar(select(CaseHold).filter_by(case_id=case_id))
    if held is not None:
        held.until = utc_now()
