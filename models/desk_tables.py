"""The tables of the desk: what decisions cost people in seconds and keys, and each person's abbreviations.

``effort`` holds no text of any field, only which one it was.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.states import Action
from models.tables import Base, utc_now, word_column


class Effort(Base):
    """What one decision took: seconds of looking, keys pressed. ``way``: at the desk, or on a sheet."""

    __tablename__ = "effort"
    __table_args__ = (Index("ix_effort_user_id_at", "user_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("register_case.id"))
    key: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(32))
    action: Mapped[Action] = mapped_column(word_column(Action))
    way: Mapped[str] = mapped_column(String(8))
    seconds: Mapped[float | None]
    keys: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=utc_now)


class Shorthand(Base):
    """An abbreviation of one person: what they type, and what it stands for."""

    __tablename__ = "shorthand"
    __table_args__ = (UniqueConstraint("user_id", "short"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    short: Mapped[str] = mapped_column(String(16))
    text: Mapped[str]
