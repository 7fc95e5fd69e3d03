"""Real databases: SQLite for every test, and PostgreSQL too where its server is on the machine.

One database of each kind serves all tests and is made empty before each: what SQLAlchemy has compiled stays.
"""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from models.settings import Settings
from models.store import Store
from models.tables import Base
from tests.models import postgres

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROGRAMS = postgres.programs() if importlib.util.find_spec("psycopg") else None
DATABASES = ["sqlite", *(["postgresql"] if PROGRAMS else [])]


class Databases:
    """A station of each kind, started when first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._server: postgres.Server | None = None
        self._stores: dict[str, Store] = {}

    def empty_store(self, kind: str) -> Store:
        """The station of that kind, as new."""
        if kind not in self._stores:
            self._stores[kind] = Store.open(self._settings(kind))
            if kind == "sqlite":
                self._stores[kind].close()  # so that the file is whole
                shutil.copyfile(self._stores[kind].settings.home / "hotich.db", self.folder / "template.db")
        store = self._stores[kind]
        store.close()
        shutil.rmtree(store.settings.home)
        store.settings.prepare()
        if kind == "sqlite":
            shutil.copyfile(self.folder / "template.db", store.settings.home / "hotich.db")
        else:
            self._empty_postgresql(store)
        return store

    def close(self) -> None:
        for store in self._stores.values():
            store.close()
        if self._server is not None:
            self._server.stop()

    def _settings(self, kind: str) -> Settings:
        home = self.folder / kind
        if kind == "sqlite":
            return Settings(home=home)
        assert PROGRAMS is not None
        self._server = postgres.Server(PROGRAMS)
        return Settings(home=home, database_url=self._server.url())

    def _empty_postgresql(self, store: Store) -> None:
        tables = Base.metadata.sorted_tables
        empty = [f"DELETE FROM {table.name}" for table in tables]  # noqa: S608
        numbered = [table.name for table in tables if "id" in table.c]
        empty += [f"SELECT setval('{name}_id_seq', 1, false)" for name in numbered]
        connection = store.engine.raw_connection()
        # Only a superuser's session in this mode gets past the triggers of the append-only tables.
        connection.cursor().execute("; ".join(["SET LOCAL session_replication_role = replica", *empty]))
        connection.commit()
        connection.close()


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    made = Databases(tmp_path_factory.mktemp("databases"))
    yield made
    made.close()


@pytest.fixture(params=DATABASES)
def store(request: pytest.FixtureRequest, databases: Databases) -> Store:
    return databases.empty_store(request.param)


@pytest.fixture
def sqlite_store(databases: Databases) -> Store:
    """For what has nothing to do with the database in use."""
    return databases.empty_store("sqlite")


@pytest.fixture
def open_again(store: Store) -> Iterator[Callable[[], Store]]:
    """Further openings of the same database, as other processes would have."""
    opened: list[Store] = []

    def again() -> Store:
        opened.append(Store.open(store.settings))
        return opened[-1]

    yield again
    for each in opened:
        each.close()
