"""Real databases: a SQLite file for every test, and PostgreSQL too where its server is on the machine."""

from __future__ import annotations

import importlib.util
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text

from models.settings import Settings
from models.store import Store
from tests.models import postgres

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROGRAMS = postgres.programs() if importlib.util.find_spec("psycopg") else None
DATABASES = ["sqlite", *(["postgresql"] if PROGRAMS else [])]


@dataclass
class Databases:
    """Where new databases come from: copies of one with all its tables, made once."""

    folder: Path
    server: postgres.Server | None = None

    def settings(self, kind: str, home: Path) -> Settings:
        """Settings of a new station with a new, migrated database of that kind."""
        if kind == "sqlite":
            settings = Settings(home=home)
            settings.prepare()
            shutil.copyfile(self._sqlite_template(), home / "hotich.db")
            return settings
        server = self._running()
        name = f"t{uuid4().hex[:12]}"
        self._administer(f"CREATE DATABASE {name} TEMPLATE template_hotich STRATEGY file_copy")
        return Settings(home=home, database_url=server.url(name))

    def _sqlite_template(self) -> Path:
        home = self.folder / "template"
        if not home.exists():
            Store.open(Settings(home=home)).close()
        return home / "hotich.db"

    def _running(self) -> postgres.Server:
        if self.server is None:
            assert PROGRAMS is not None
            self.server = postgres.Server(PROGRAMS)
            self._administer("CREATE DATABASE template_hotich")
            url = self.server.url("template_hotich")
            Store.open(Settings(home=self.folder / "pg", database_url=url)).close()
        return self.server

    def _administer(self, statement: str) -> None:
        assert self.server is not None
        engine = create_engine(self.server.url(), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    made = Databases(tmp_path_factory.mktemp("databases"))
    yield made
    if made.server is not None:
        made.server.stop()


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
