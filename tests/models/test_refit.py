"""Rows for a new fit are those that the calibration takes; fitted weights lie in the station and count."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bench.rows import load
from models.decisions import decide
from models.policies import curves_of_checks, fitted_at
from models.queue import next_task
from models.refit import use_fitted, write_rows
from models.states import Action, Role
from models.store import Store
from models.tables import Event, Field
from models.watchlist import sentences, watchlist
from pipeline.confidence import FILE, NotFitting, probability, use
from pipeline.elements import FieldKind
from tests.models import made


@pytest.fixture(autouse=True)
def shipped_weights() -> Iterator[None]:
    yield
    use(None)


def reviewed(store: Store) -> None:
    """Two pages with a right and two wrong readings, and one that nobody can read."""
    flagged = ("nksHoTen", "meHoTen")
    made.book_of(store, made.case(flagged=flagged, so="1/2010"), made.case(flagged=flagged, so="2/2010"))
    lan = made.person(store, "lan")
    answers = iter(
        [(Action.ACCEPT, None), (Action.CORRECT, "Ai"), (Action.CORRECT, "Ai"), (Action.ILLEGIBLE, None)]
    )
    while (task := next_task(store, lan)) is not None:
        decide(store, task.task_id, lan, *next(answers), 1.0, task.version)


def test_rows_are_what_the_calibration_takes(store: Store, tmp_path: Path) -> None:
    reviewed(store)
    path = tmp_path / "rows.jsonl"
    assert write_rows(store, path) == 2
    first, second = load([path])
    assert (first.source, first.book, first.family) == ("station", "1", "KS.2010.hand")
    assert [(one.key, one.kind, one.blank, one.right, one.asked) for one in first.fields] == [
        ("nksHoTen", FieldKind.NAME, False, True, False), ("meHoTen", FieldKind.NAME, False, False, False),
    ]  # fmt: skip
    assert [one.right for one in second.fields] == [False]
    assert first.fields[0].evidence == {"margin": 0.5}
    text = path.read_text(encoding="utf-8")
    assert not any(name in text for name in ("Mận", "Bé", "Ai"))


def test_an_empty_station_has_no_rows(sqlite_store: Store, tmp_path: Path) -> None:
    assert write_rows(sqlite_store, tmp_path / "rows.jsonl") == 0


def test_fitted_weights_count_in_the_station_and_open_fields_are_weighed_anew(
    store: Store, tmp_path: Path
) -> None:
    reviewed(store)
    made.book_of(store, made.case(flagged=("chaHoTen",)), volume="02")
    data = json.loads(FILE.read_text(encoding="utf-8"))
    weights = data["groups"]["name"]
    weights["weight"] = [0.0] * len(weights["weight"])
    weights["bias"], weights["trees"] = 1.5, []
    fitted = tmp_path / "fitted.json"
    fitted.write_text(json.dumps(data), encoding="utf-8")
    operator = made.person(store, "op", Role.ADMINISTRATOR)
    use_fitted(store, fitted, operator)
    assert store.settings.confidence.is_file()
    assert probability("name", {}) == pytest.approx(0.8176, abs=1e-4)
    with store.read() as session:
        event = session.scalars(select(Event).filter_by(what="confidence_file_used")).one()
        assert event.user_id == operator
        weighed = {
            one.key: one.probability for one in session.scalars(select(Field).where(Field.case_id == 3))
        }
        decided = session.scalars(select(Field).filter_by(case_id=1, key="meHoTen")).one()
        assert fitted_at(session) == event.at
        assert curves_of_checks(session) == {}  # they are in the file now
    assert weighed["chaHoTen"] == weighed["meHoTen"] == 0.8176
    assert decided.probability == 0.5  # of what was decided nothing changes


def test_a_file_for_another_version_is_refused_and_never_used(store: Store, tmp_path: Path) -> None:
    before = probability("name", {"margin": 3.0})
    odd = tmp_path / "odd.json"
    for text in ('{"features": ["margin"]}', "{}", "[]", "no json"):
        odd.write_text(text, encoding="utf-8")
        with pytest.raises(NotFitting):
            use_fitted(store, odd, None)
    assert not store.settings.confidence.exists()
    shutil.copyfile(odd, store.settings.confidence)  # by hand, or left by an older version
    use(store.settings.confidence)
    assert probability("name", {"margin": 3.0}) == before
    assert any("confidence.json" in sentence for sentence in sentences(watchlist(store)))
