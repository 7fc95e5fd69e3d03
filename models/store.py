"""The database of a station or of a province: connections, transactions, migrations.

SQLite: write-ahead log, foreign keys on, and every writing transaction starts with BEGIN IMMEDIATE. A plain
BEGIN that reads first and writes later fails at once under a second writer, whatever the busy timeout; with
IMMEDIATE writers queue. Readers use connections of their own that cannot write. PostgreSQL runs the same
code: what SQLite gives by its single writer, rows locked with FOR UPDATE give there.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

import orjson
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

import models.desk_tables
import models.keying_tables
import models.people_tables
import models.quality_tables  # noqa: F401 - its tables, and those above, belong to every database
from models.errors import SchemaTooNew
from pipeline.confidence import use

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from models.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")
MIGRATIONS: Final = Path(__file__).parent / "migrations"
BUSY_MILLISECONDS: Final = 15_000
WAL_RETRY_S: Final = 0.01
DEADLOCK: Final = "40P01"
"""PostgreSQL's code: https://www.postgresql.org/docs/current/errcodes-appendix.html."""
MOST_DEADLOCKS: Final = 3
PRIVATE_FILE: Final = 0o600
CONNECTIONS: Final = 16
"""Kept open at most, of each kind. Opening one for a request costs more than the request does."""
MIGRATION_LOCK: Final = 0x686F7469  # any number, the same for every process of the program ("hoti")


class Store:
    """A database and the settings it belongs to. Safe across threads; each process opens its own."""

    def __init__(self, settings: Settings, writer: Engine, reader: Engine) -> None:
        self.settings = settings
        self.engine = writer
        self._reader = reader

    @classmethod
    def open(cls, settings: Settings) -> Store:
        """Open the database of these settings, making its folders and tables where they are not there yet.

        Raises:
            SchemaTooNew: when a later version of the program made the database.
        """
        settings.prepare()
        use(settings.confidence)
        writer = make_engine(settings.url)
        migrate(writer)
        if writer.dialect.name == "sqlite" and writer.url.database:
            Path(writer.url.database).chmod(PRIVATE_FILE)
        return cls(settings, writer, make_engine(settings.url, read_only=True))

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """A writing transaction: committed when the block ends, rolled back when it raises."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for reading, in which writing fails.

        On SQLite it sees one moment; on PostgreSQL each statement sees what is committed when it begins.
        """
        with Session(self._reader, expire_on_commit=False) as session, session.begin():
            yield session

    def refresh_statistics(self) -> None:
        """Have PostgreSQL look anew at how full the tables are; to be called after a large intake.

        It does so by itself, but once a minute, and plans for empty tables until then: with 1,600 fields that
        had just come in, and forty people before them, finding the next one took over a second. SQLite plans
        by the shape of the indexes and needs nothing.
        """
        if self.engine.dialect.name == "postgresql":
            with self.engine.begin() as connection:
                connection.execute(text("ANALYZE"))

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()
        self._reader.dispose()


def again_after_deadlock(work: Callable[P, T]) -> Callable[P, T]:
    """Work that is one transaction, done once more where the database ended it for another's sake.

    PostgreSQL ends one of two transactions that wait for each other; nothing of it is kept, and when it is
    tried again the other goes first.
    """

    @wraps(work)
    def done(*args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(MOST_DEADLOCKS):
            try:
                return work(*args, **kwargs)
            except OperationalError as error:
                if getattr(error.orig, "sqlstate", None) != DEADLOCK:
                    raise
        return work(*args, **kwargs)

    return done


def make_engine(url: str, *, read_only: bool = False) -> Engine:
    """An engine with the settings that this program needs; see the module's docstring."""
    more: dict[str, Any] = {}
    on_server = make_url(url).get_backend_name() != "sqlite"
    if on_server and read_only:
        # Each statement sees what is committed when it begins, in a transaction or not: these two messages to
        # the server and back are saved for every reading.
        more = {
            "isolation_level": "AUTOCOMMIT",
            "connect_args": {"options": "-c default_transaction_read_only=on"},
        }
    engine = create_engine(
        url,
        hide_parameters=True,  # values of citizens stay out of errors and logs
        pool_size=CONNECTIONS,
        pool_use_lifo=True,  # the one used last has its statements prepared
        json_deserializer=orjson.loads,  # a screen reads two hundred little lists for each field shown
        **more,
    )
    if not on_server:
        _set_up_sqlite(engine, "BEGIN" if read_only else "BEGIN IMMEDIATE", read_only=read_only)
    return engine


def _set_up_sqlite(engine: Engine, begin: str, *, read_only: bool) -> None:
    pragmas = (
        "synchronous = NORMAL",
        "foreign_keys = ON",
        *(("query_only = ON",) if read_only else ()),
    )

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin transactions of its own
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
        _turn_on_write_ahead_log(cursor)
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begun(connection: Any) -> None:
        connection.exec_driver_sql(begin)


def _turn_on_write_ahead_log(cursor: Any) -> None:
    """Change a new database to the write-ahead log; one that has it already stays as it is.

    SQLite does not wait here, whatever the busy timeout: of two connections that change the mode at once
    each holds what the other needs, so one is refused at once (https://sqlite.org/c3ref/busy_handler.html).
    The one refused tries again, and finds it done.
    """
    deadline = time.monotonic() + BUSY_MILLISECONDS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(WAL_RETRY_S)
        else:
            return


def migration_config() -> Config:
    """Alembic's settings, made here so that no ini file can drift from the program."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def migrate(engine: Engine) -> None:
    """Bring the tables up to this version of the program, in one transaction; nothing to do is quick.

    Several processes may do so at the same moment: one migrates, the others wait and find it done.

    Raises:
        SchemaTooNew: when the database is at a revision that this version does not know.
    """
    config = migration_config()
    script = ScriptDirectory.from_config(config)
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current == script.get_current_head():
        return
    if current is not None and current not in {revision.revision for revision in script.walk_revisions()}:
        raise SchemaTooNew
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
