"""The tables. Personal data stand in ``field``, ``decision`` and ``registry_birth`` only; ``event`` has none.

Rows are never deleted. ``decision`` and ``event`` are append-only: triggers made by the migrations refuse
UPDATE and DELETE on both SQLite and PostgreSQL. Times are aware and in UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    Column,
    DateTime,
    Enum,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    desc,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from models.ministry import BIRTH
from models.states import Action, CaseState, FieldState, PageState, Role, ScanState, TaskKind, TaskState

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect


def utc_now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


class Instant(TypeDecorator[datetime]):
    """A moment: written as UTC, read back aware on every database (SQLite forgets time zones)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse naive times before they can be stored."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time cannot be kept")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give every time back in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def word_column(kind: type[StrEnum], length: int = 32) -> Enum:
    """A column of one of the words of ``kind``, kept as text so that a new word needs no migration."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=length,
        values_callable=lambda words: [word.value for word in words],
    )


class Base(DeclarativeBase):
    """Base of all tables, with names for constraints so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Instant, str: Text}  # noqa: RUF012 - SQLAlchemy reads it from the class


class Book(Base):
    """A register, as one volume of one office."""

    __tablename__ = "book"
    __table_args__ = (UniqueConstraint("office", "type", "year", "volume"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office: Mapped[str]
    type: Mapped[str] = mapped_column(String(8))
    year: Mapped[int]
    volume: Mapped[str] = mapped_column(String(8))
    edition: Mapped[str | None] = mapped_column(String(16))
    folder: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)

    @property
    def quyen_so(self) -> str:
        """Number of the volume as the Ministry writes it, "01/2010"."""
        return f"{self.volume}/{self.year}"

    @property
    def code(self) -> str:
        """Name of the book in file names, "KS.2010.01"."""
        return f"{self.type}.{self.year}.{self.volume}"


class Scan(Base):
    """An accepted scan file, known by the SHA-256 of its bytes."""

    __tablename__ = "scan"

    id: Mapped[int] = mapped_column(primary_key=True)
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    original_name: Mapped[str]
    suffix: Mapped[str] = mapped_column(String(8))
    size: Mapped[int]
    state: Mapped[ScanState] = mapped_column(word_column(ScanState))
    reason: Mapped[str | None] = mapped_column(String(64))
    message: Mapped[str | None]
    page_count: Mapped[int]
    received_at: Mapped[datetime] = mapped_column(default=utc_now)

    book: Mapped[Book] = relationship()


class Refusal(Base):
    """A file that was not taken, why, and where it lies now."""

    __tablename__ = "refusal"

    id: Mapped[int] = mapped_column(primary_key=True)
    book_id: Mapped[int | None] = mapped_column(ForeignKey("book.id"), index=True)
    original_name: Mapped[str]
    sha256: Mapped[str | None] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(64))
    message: Mapped[str]
    kept_path: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=utc_now)


class Page(Base):
    """A page of a scan: the ledger's row. ``sha256`` is of the decoded page image, known once it is read."""

    __tablename__ = "page"
    __table_args__ = (
        UniqueConstraint("scan_id", "number"),
        Index("ix_page_book_id_state", "book_id", "state"),
        # One page image makes cases once in a book, whatever two workers do at the same moment.
        Index(
            "uq_page_image",
            "book_id",
            "sha256",
            unique=True,
            sqlite_where=text("duplicate_of IS NULL"),
            postgresql_where=text("duplicate_of IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scan_id: Mapped[int] = mapped_column(ForeignKey("scan.id"))
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"))
    number: Mapped[int]
    sha256: Mapped[str | None] = mapped_column(String(64))
    duplicate_of: Mapped[int | None] = mapped_column(ForeignKey("page.id"))
    state: Mapped[PageState] = mapped_column(word_column(PageState), default=PageState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_owner: Mapped[str | None] = mapped_column(String(128))
    lease_until: Mapped[datetime | None]
    kind: Mapped[str | None] = mapped_column(String(16))
    turned: Mapped[int | None]
    skew: Mapped[float | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    type: Mapped[str | None] = mapped_column(String(8))
    edition: Mapped[str | None] = mapped_column(String(16))
    image_path: Mapped[str | None]
    cpu_seconds: Mapped[float | None]
    reasons: Mapped[list[str]] = mapped_column(JSON, default=list)
    provenance: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    book_facts: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What a cover or a closing note says of its book (``pipeline.elements.BookFacts``)."""
    reader_version: Mapped[str | None] = mapped_column(String(64))
    read_at: Mapped[datetime | None]

    scan: Mapped[Scan] = relationship()
    book: Mapped[Book] = relationship()


class Case(Base):
    """A registered event on a page. ``version`` grows with every change of it or of a field of it."""

    __tablename__ = "register_case"  # "case" alone is a word of SQL
    __table_args__ = (
        UniqueConstraint("page_id", "index"),
        Index("ix_register_case_book_id_state", "book_id", "state"),
        Index("ix_register_case_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"))
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"))
    index: Mapped[int]
    so: Mapped[str | None] = mapped_column(String(32))
    box: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    state: Mapped[CaseState] = mapped_column(word_column(CaseState))
    state_reason: Mapped[str | None]
    keyed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    approved_at: Mapped[datetime | None]
    checks: Mapped[int] = mapped_column(default=0, server_default="0")  # passed, of what stands there now
    version: Mapped[int] = mapped_column(default=1)

    page: Mapped[Page] = relationship()
    book: Mapped[Book] = relationship()
    fields: Mapped[list[Field]] = relationship(order_by="Field.position", back_populates="case")


class Field(Base):
    """A field of a case: what stands in the book, its value, how sure, and what the machine had said."""

    __tablename__ = "field"
    __table_args__ = (UniqueConstraint("case_id", "key"), Index("ix_field_state", "state"))

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("register_case.id"))
    position: Mapped[int]
    key: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(32))
    verbatim: Mapped[str]
    value: Mapped[str]
    probability: Mapped[float]
    state: Mapped[FieldState] = mapped_column(word_column(FieldState))
    reasons: Mapped[list[str]] = mapped_column(JSON, default=list)
    box: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    candidates: Mapped[list[list[Any]]] = mapped_column(JSON, default=list)  # [[text, log-probability], …]
    evidence: Mapped[dict[str, float]] = mapped_column(JSON, default=dict)
    machine_verbatim: Mapped[str]
    machine_value: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)

    case: Mapped[Case] = relationship(back_populates="fields")


class Task(Base):
    """A field that waits for a person. A field has one row of a kind here: undo and return open it again."""

    __tablename__ = "task"
    __table_args__ = (
        UniqueConstraint("field_id", "kind"),
        Index("ix_task_queue", "state", desc("priority"), "id"),  # as the queue's ORDER BY
        Index("ix_task_case_id_state", "case_id", "state"),
        Index("ix_task_lease_owner", "lease_owner"),
        Index("ix_task_unit", "unit_id", "state", desc("priority"), "id"),  # the same within a unit
        Index(
            "ix_task_held",
            "case_id",
            sqlite_where=text("lease_owner IS NOT NULL"),
            postgresql_where=text("lease_owner IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    field_id: Mapped[int] = mapped_column(ForeignKey("field.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("register_case.id"))
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"))
    kind: Mapped[TaskKind] = mapped_column(word_column(TaskKind, length=16), default=TaskKind.FIELD)
    priority: Mapped[int]
    fresh_eyes: Mapped[bool] = mapped_column(
        default=False
    )  # only for somebody who has not worked on the field
    state: Mapped[TaskState] = mapped_column(word_column(TaskState), default=TaskState.OPEN)
    lease_owner: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    done_at: Mapped[datetime | None]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))  # of its book, for the queue's index

    field: Mapped[Field] = relationship()
    case: Mapped[Case] = relationship()


class Decision(Base):
    """What a person decided, with before and after. Append-only; ``undoes_id`` is set by an undo."""

    __tablename__ = "decision"
    __table_args__ = (Index("ix_decision_user_id", "user_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    field_id: Mapped[int | None] = mapped_column(ForeignKey("field.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("register_case.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(default=utc_now)
    action: Mapped[Action] = mapped_column(word_column(Action))
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    seconds: Mapped[float | None]
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"), unique=True)


class Event(Base):
    """The audit trail: who did what to which object, without personal values. Append-only."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_object_type_object_id", "object_type", "object_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    what: Mapped[str] = mapped_column(String(64))
    object_type: Mapped[str] = mapped_column(String(32))
    object_id: Mapped[int | None]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class User(Base):
    """An account of a person. Without a unit it is of the whole station; without a shift, of no set hours."""

    __tablename__ = "account"  # "user" is a word of SQL

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    display_name: Mapped[str]
    password_hash: Mapped[str] = mapped_column(Text)
    role: Mapped[Role] = mapped_column(word_column(Role))
    active: Mapped[bool] = mapped_column(default=True)
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    last_login: Mapped[datetime | None]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    shift: Mapped[int | None]  # the first, second, … of the setting ``shifts``
    leads_team: Mapped[bool] = mapped_column(default=False)


class Export(Base):
    """A package that was handed out."""

    __tablename__ = "export"

    id: Mapped[int] = mapped_column(primary_key=True)
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # None: from the command line
    path: Mapped[str]
    sha256: Mapped[str] = mapped_column(String(64))
    cases: Mapped[int]


# The registry of births: the key of a case, then one text column per column of the Ministry's sheet.
# The sheet's own ``so`` ("05/2010") is the last part of the key; ``STT`` is only a row number of a sheet.
registry_birth = Table(
    "registry_birth",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("register_case.id"), nullable=False, unique=True),
    Column("loaded_at", Instant, nullable=False, default=utc_now),
    Column("office", Text, nullable=False),
    Column("type", String(8), nullable=False),
    Column("quyen_so", String(16), nullable=False),
    Column("year", Integer, nullable=False),
    Column("so", String(32), nullable=False),
    *(Column(column.name, Text, nullable=False, default="") for column in BIRTH.columns if column.kept),
    UniqueConstraint("office", "type", "quyen_so", "year", "so", name="uq_registry_birth_key"),
)
