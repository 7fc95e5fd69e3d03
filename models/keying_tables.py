"""The tables of the way past the first keyer: who has a whole case in hand, and two readings of a field.

``difference`` holds what people read in a register, as ``field`` and ``decision`` do.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.states import Action, FieldState, Source
from models.tables import Base, Field, utc_now, word_column


class CaseHold(Base):
    """Who has a whole case on the screen, until when; one row a case. A lease as a task's, and no record."""

    __tablename__ = "case_hold"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("register_case.id"), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    until: Mapped[datetime]


class Difference(Base):
    """A field that two read differently, or that somebody asks about: both values, whose, what came of it.

    ``first_by`` is None for the machine. ``opened_at`` is None while the checker has not passed the case, and
    until then nobody else sees it. ``took`` says which value was settled on: ``first``, ``other``, ``third``,
    or what else the adjudicator said. One that is ``withdrawn_at`` counts no more.
    """

    __tablename__ = "difference"
    __table_args__ = (
        Index("ix_difference_field_id", "field_id", "settled_at"),
        Index("ix_difference_case_id", "case_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    field_id: Mapped[int] = mapped_column(ForeignKey("field.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("register_case.id"))
    source: Mapped[Source] = mapped_column(word_column(Source))
    field_version: Mapped[int]
    first_text: Mapped[str]
    first_state: Mapped[FieldState] = mapped_column(word_column(FieldState))
    first_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    other_action: Mapped[Action] = mapped_column(word_column(Action))  # correct, blank, illegible, uncertain
    other_text: Mapped[str]
    other_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(default=utc_now)
    opened_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    settled_at: Mapped[datetime | None]
    took: Mapped[str | None] = mapped_column(String(16))
    withdrawn_at: Mapped[datetime | None]

    field: Mapped[Field] = relationship()
