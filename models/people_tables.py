"""The tables of who works where: units of a province, and the teams that take turns at the computers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.states import Level
from models.tables import Base, utc_now, word_column


class Unit(Base):
    """A province, a district or a commune. Books and accounts belong to one.

    ``path`` holds the ids from the top down, "/1/4/17/": what lies within a unit begins with its path. One
    unit is the top of the station; who belongs to it, or to none, sees everything.
    """

    __tablename__ = "unit"
    __table_args__ = (
        UniqueConstraint("parent_id", "name"),
        # Two processes that take in the first books at the same moment make one top, not two.
        Index(
            "uq_unit_top",
            "level",
            unique=True,
            sqlite_where=text("parent_id IS NULL"),
            postgresql_where=text("parent_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    level: Mapped[Level] = mapped_column(word_column(Level, length=16))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(64), index=True)


class EndedSession(Base):
    """A session that somebody ended: its cookie is refused from then on, until it would be too old anyway."""

    __tablename__ = "ended_session"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    at: Mapped[datetime] = mapped_column(default=utc_now)


class Team(Base):
    """People of a unit who work together; their shifts are their own."""

    __tablename__ = "team"
    __table_args__ = (UniqueConstraint("unit_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    name: Mapped[str]
