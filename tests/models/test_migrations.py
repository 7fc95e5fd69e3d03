"""A station of the first version keeps all it has when its tables are brought up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from alembic import command
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from models.intake import register_book
from models.quality_tables import FieldPolicyRow
from models.queue import next_task
from models.settings import Settings
from models.states import Level, TaskKind, TaskState
from models.store import Store, make_engine, migration_config
from models.tables import Book, Task, User
from models.units import units

if TYPE_CHECKING:
    from pathlib import Path

OLD = """
INSERT INTO account VALUES (1, 'lan', 'Lan', 'x', 'keyer', 1, 0, NULL, NULL);
INSERT INTO book VALUES (1, 'Xã Tân Lợi', 'KS', 2010, '01', '2010', 'x', '2026-01-01 00:00:00');
INSERT INTO scan (id, book_id, sha256, original_name, suffix, size, state, page_count, received_at)
  VALUES (1, 1, 'a', '1.jpg', '.jpg', 1, 'read', 1, '2026-01-01 00:00:00');
INSERT INTO page (id, scan_id, book_id, number, state, attempts, reasons, provenance)
  VALUES (1, 1, 1, 1, 'read', 1, '[]', '{}');
INSERT INTO register_case (id, page_id, book_id, "index", state, version) VALUES (1, 1, 1, 0, 'read', 1);
INSERT INTO field (id, case_id, position, key, kind, verbatim, value, probability, state, reasons, candidates,
                   evidence, machine_verbatim, machine_value, version)
  VALUES (1, 1, 0, 'so', 'number', '1', '1', 0.5, 'flagged', '["low_probability"]', '[]', '{}', '1', '1', 1);
INSERT INTO task (id, field_id, case_id, book_id, kind, priority, state, created_at)
  VALUES (7, 1, 1, 1, 'field', 99, 'open', '2026-01-01 00:00:00');
"""


def test_tasks_of_an_older_station_go_on(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "station")
    settings.prepare()
    engine = make_engine(settings.url)
    config = migration_config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement in OLD.strip().rstrip(";").split(";\n"):
            connection.execute(text(statement))
    engine.dispose()
    store = Store.open(settings)
    with store.read() as session:
        task = session.scalars(select(Task)).one()
        indexes = session.scalars(text("SELECT sql FROM sqlite_master WHERE name = 'ix_task_queue'")).one()
        assert session.scalars(select(FieldPolicyRow)).all() == []
    assert (task.id, task.kind, task.state, task.priority, task.fresh_eyes) == (
        7, TaskKind.FIELD, TaskState.OPEN, 99, False,
    )  # fmt: skip
    assert "priority DESC" in indexes
    (top, commune) = units(store)
    assert (top.level, top.depth, commune.name) == (Level.PROVINCE, 0, "Xã Tân Lợi")
    with store.begin() as session:
        assert session.get_one(Book, 1).unit_id == session.get_one(Task, 7).unit_id == commune.unit_id
        lan = session.get_one(User, 1)
        assert (lan.unit_id, lan.team_id, lan.shift, lan.leads_team) == (None, None, None, False)
        lan.unit_id = commune.unit_id
    assert register_book(store, "Xã Tân Lợi", "KS", 2011, "01", "y") == 2
    assert len(units(store)) == 2
    view = next_task(store, 1)
    assert view is not None
    assert view.task_id == 7
    with store.begin() as session:
        session.add(Task(field_id=1, case_id=1, book_id=1, kind=TaskKind.SAMPLE, priority=1))
    with pytest.raises(IntegrityError), store.begin() as session:
        session.add(Task(field_id=1, case_id=1, book_id=1, kind=TaskKind.FIELD, priority=1))
    store.close()
