"""The tables of proof: policies of fields, checks, books that failed, cases that wait elsewhere.

No table here holds what stands in a register but ``parking``, whose note and office are what a person wrote.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.states import CheckKind, Outside, Return
from models.tables import Base, Case, Field, utc_now, word_column
from pipeline.policy import Asking


class FieldPolicyRow(Base):
    """What an operator set for a field; the newest row of a key counts. Append-only. Key "" is the default.

    Kept in the database and not in a file: it holds for every process and machine of a station at once, a
    change is written together with what follows from it, and who changed it when stays known.
    """

    __tablename__ = "field_policy"
    __table_args__ = (Index("ix_field_policy_key", "key", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    target: Mapped[float]
    asking: Mapped[Asking] = mapped_column(word_column(Asking))
    second_keying: Mapped[bool]
    withdrawn: Mapped[bool] = mapped_column(default=False)  # the field follows the default again
    set_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    set_at: Mapped[datetime] = mapped_column(default=utc_now)


class FieldCheck(Base):
    """A field whose truth a person told, or is asked to tell: what the machine had read against it.

    ``kind``: a decision in the queue, a blind sample, a second keying. ``author_id`` is whose entry was
    checked, None for the machine's. ``plain`` says that nothing but its probability spoke about the machine's
    reading, so that thresholds may be proven with it. ``right`` is None until somebody has said.
    """

    __tablename__ = "field_check"
    __table_args__ = (
        Index("ix_field_check_book_id", "book_id", "kind", "pool"),
        Index("ix_field_check_kind", "kind", "checked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    field_id: Mapped[int] = mapped_column(ForeignKey("field.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("register_case.id"))
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"))
    kind: Mapped[CheckKind] = mapped_column(word_column(CheckKind))
    pool: Mapped[str] = mapped_column(String(32))
    family: Mapped[str] = mapped_column(String(64))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    probability: Mapped[float]
    plain: Mapped[bool]
    share: Mapped[float]  # of its stratum that was sampled when it was drawn; 1 for decisions
    drawn_at: Mapped[datetime] = mapped_column(default=utc_now)
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    checked_at: Mapped[datetime | None]
    right: Mapped[bool | None]

    field: Mapped[Field] = relationship()


class BookFailure(Base):
    """A book whose sample proved too many errors: in which kinds of field, and by whom (None: the machine).

    ``last_check_id``: entries made after it are judged anew. ``reopened``: fields that went back to people.
    """

    __tablename__ = "book_failure"

    id: Mapped[int] = mapped_column(primary_key=True)
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"), index=True)
    pool: Mapped[str] = mapped_column(String(32))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    checked: Mapped[int]
    wrong: Mapped[int]
    last_check_id: Mapped[int]
    reopened: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=utc_now)


class Parking(Base):
    """A case that waits for somebody outside: why, for whom, until when. One row each time."""

    __tablename__ = "parking"
    __table_args__ = (
        Index("ix_parking_case_id", "case_id", "ended_at"),
        Index("ix_parking_due", "ended_at", "due"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("register_case.id"))
    reason: Mapped[Outside] = mapped_column(word_column(Outside))
    whom: Mapped[str]
    note: Mapped[str]
    due: Mapped[date] = mapped_column(Date)
    parked_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    parked_at: Mapped[datetime] = mapped_column(default=utc_now)
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    ended_how: Mapped[Return | None] = mapped_column(word_column(Return))

    case: Mapped[Case] = relationship()
