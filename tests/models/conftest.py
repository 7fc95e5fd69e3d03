"""Real databases: a SQLite file for every test, and PostgreSQL too where its server is on the machine."""

from __future__ import annotations

import importlib.util
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine, create_engine

from models.settings import Settings
from models.store import Store
from models.tables import Base
from tests.models import postgres

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROGRAMS = postgres.programs() if importlib.util.find_spec("psycopg") else None
DATABASES = ["sqlite", *(["postgresql"] if PROGRAMS else [])]


@dataclass
class Databases:
    """Where empty databases come from: copies of a SQLite file, one PostgreSQL database made empty."""

    folder: Path
    server: postgres.Server | None = None
    keeper: Engine | None = None

    def settings(self, kind: str, home: Path) -> Settings:
        """Settings of a new station with an empty database of that kind."""
        if kind == "sqlite":
            settings = Settings(home=home)
            settings.prepare()
            shutil.copyfile(self._sqlite_template(), home / "hotich.db")
            return settings
        return Settings(home=home, database_url=self._empty_postgresql())

    def _sqlite_template(self) -> Path:
        home = self.folder / "template"
        if not home.exists():
            Store.open(Settings(home=home)).close()
        return home / "hotich.db"

    def _empty_postgresql(self) -> str:
        if self.server is None:
            assert PROGRAMS is not None
            self.server = postgres.Server(PROGRAMS)
            Store.open(Settings(home=self.folder / "pg", database_url=self.server.url())).close()
            return self.server.url()
        tables = [table.name for table in Base.metadata.sorted_tables]
        empty = [f"DELETE FROM {name}; SELECT setval('{name}_id_seq', 1, false)" for name in tables]  # noqa: S608
        # Only a superuser's session in this mode gets past the triggers of the append-only tables.
        statements = ["SET LOCAL session_replication_role = replica", *empty]
        connection = self._keeper(self.server).raw_connection()
        connection.cursor().execute("; ".join(statements))
        connection.commit()
        connection.close()
        return self.server.url()

    def _keeper(self, server: postgres.Server) -> Engine:
        if self.keeper is None:
            self.keeper = create_engine(server.url())
        return self.keeper

    def close(self) -> None:
        if self.keeper is not None:
            self.keeper.dispose()
        if self.server is not None:
            self.server.stop()


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    made = Databases(tmp_path_factory.mktemp("databases"))
    yield made
    made.close()


@pytest.fixture(params=DATABASES)
def settings(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Settings:
    return databases.settings(request.param, tmp_path / "station")


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = Store.open(settings)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(databases: Databases, tmp_path: Path) -> Iterator[Store]:
    """For what has nothing to do with the database in use."""
    opened = Store.open(databases.settings("sqlite", tmp_path / "station"))
    yield opened
    opened.close()


@pytest.fixture
def open_again(settings: Settings) -> Iterator[Callable[[], Store]]:
    """Further openings of the same database, as other processes would have."""
    opened: list[Store] = []

    def again() -> Store:
        opened.append(Store.open(settings))
        return opened[-1]

    yield again
    for store in opened:
        store.close()
