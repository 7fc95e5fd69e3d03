from __future__ import annotations

import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from models.audit import note
from models.errors import SchemaTooNew
from models.settings import Settings
from models.states import Action
from models.store import Store, make_engine, migrate
from models.tables import Base, Book, Decision, Event, Scan, utc_now
from tests.models import made

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_the_migrations_make_the_tables_that_the_program_knows(store: Store) -> None:
    with store.engine.connect() as connection, warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*ix_task_(queue|unit)")
        found = compare_metadata(MigrationContext.configure(connection), Base.metadata)
        if store.engine.dialect.name == "sqlite":
            # Alembic cannot read back an index with a descending column there: compared on PostgreSQL, and
            # the queue's own tests ask SQLite whether they are used.
            descending = ("ix_task_queue", "ix_task_unit")
            found = [item for item in found if getattr(item[1], "name", "") not in descending]
        assert found == []


def test_a_block_that_raises_writes_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.begin() as session:
        note(session, "tried", "book", 1)
        session.flush()
        1 / 0  # noqa: B018
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(Event)) == 0


def test_a_reading_transaction_cannot_write(store: Store) -> None:
    with pytest.raises(DBAPIError), store.read() as session:
        note(session, "sneaked in", "book", 1)
        session.flush()


def test_rows_must_belong_to_something(store: Store) -> None:
    orphan = Scan(
        book_id=999, sha256="0" * 64, original_name="x", suffix=".jpg", size=1, state="accepted", page_count=1
    )  # fmt: skip
    with pytest.raises(IntegrityError), store.begin() as session:
        session.add(orphan)


@pytest.mark.parametrize("table", [Event, Decision])
@pytest.mark.parametrize("change", ["update", "delete"])
def test_what_was_done_cannot_be_rewritten(store: Store, table: type[Base], change: str) -> None:
    case_book = made.book_of(store, made.case())
    user = made.person(store, "lan")
    with store.begin() as session:
        note(session, "seen", "book", case_book)
        session.add(Decision(case_id=1, user_id=user, action=Action.ACCEPT))
    statement = update(table).values(user_id=None) if change == "update" else delete(table)
    with pytest.raises(DBAPIError, match="append-only"), store.begin() as session:
        session.execute(statement)


def test_the_audit_trail_cannot_be_emptied_at_once_either(store: Store) -> None:
    with store.begin() as session:
        note(session, "seen", "book", 1)
    verb = "DELETE FROM" if store.engine.dialect.name == "sqlite" else "TRUNCATE"
    with pytest.raises(DBAPIError, match="append-only"), store.begin() as session:
        session.execute(text(f"{verb} event"))


def test_times_come_back_aware_and_naive_ones_are_refused(store: Store) -> None:
    before = utc_now()
    book_id = made.book(store)
    with store.read() as session:
        made_at = session.get_one(Book, book_id).created_at
    assert made_at.tzinfo is not None
    assert before <= made_at <= utc_now()
    with pytest.raises(StatementError, match="naive"), store.begin() as session:
        session.get_one(Book, book_id).created_at = made_at.replace(tzinfo=None)


def test_many_writers_at_once_wait_instead_of_failing(store: Store, open_again: Callable[[], Store]) -> None:
    stores = [store, open_again(), open_again()]
    gate = threading.Barrier(6)

    def write(number: int) -> None:
        gate.wait()
        for _ in range(15):
            with stores[number % 3].begin() as session:
                # Read first, then write: what fails at once on SQLite without BEGIN IMMEDIATE.
                count = session.scalar(select(func.count()).select_from(Event))
                note(session, "counted", "book", count)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(6)))
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(Event)) == 90


def test_several_processes_may_open_a_new_station_at_once(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "station")
    gate = threading.Barrier(4)

    def start(_: int) -> int:
        gate.wait()
        store = Store.open(settings)
        try:
            return made.book(store)
        finally:
            store.close()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(start, range(4))) == {1}


def test_many_connections_may_turn_on_the_write_ahead_log_at_once(tmp_path: Path) -> None:
    """One refusal in a hundred before there was a second try: a single round would not show it."""
    for number in range(40):
        url = f"sqlite:///{tmp_path / f'{number}.db'}"
        gate = threading.Barrier(8)

        def mode(_: int, url: str = url, gate: threading.Barrier = gate) -> str:
            engine = make_engine(url)
            gate.wait()
            try:
                with engine.begin() as connection:
                    return str(connection.scalar(text("PRAGMA journal_mode")))
            finally:
                engine.dispose()

        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(mode, range(8))) == {"wal"}


def test_a_database_of_a_later_version_is_left_alone(store: Store) -> None:
    engine = store.engine
    change = text("UPDATE alembic_version SET version_num = :version")
    with engine.begin() as connection:
        ours = connection.scalar(text("SELECT version_num FROM alembic_version"))
        connection.execute(change, {"version": "9999"})
    with pytest.raises(SchemaTooNew):
        migrate(engine)
    with engine.begin() as connection:
        connection.execute(change, {"version": ours})
    migrate(engine)


def test_a_station_is_closed_to_other_accounts(tmp_path: Path) -> None:
    home = tmp_path / "station"
    Store.open(Settings(home=home)).close()
    assert (home / "hotich.db").stat().st_mode & 0o077 == 0
    for folder in ("inbox", "store", "pages", "exports", "secrets"):
        assert (home / folder).stat().st_mode & 0o077 == 0
