"""``hotich report``, ``hotich policy`` and ``hotich refit``, as people type them."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from flows.command import build_app
from models.settings import Settings
from models.states import FieldState, Role
from models.store import Store
from models.tables import Field
from pipeline.confidence import FILE, use
from pipeline.wording import use_language
from tests.models import made

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typer.testing import Result


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("HOTICH_HOME", str(tmp_path / "station"))
    monkeypatch.setenv("COLUMNS", "220")
    opened = Store.open(Settings())
    made.book_of(opened, made.case(flagged=("meHoTen",), so="1/2010"), made.case(so="2/2010"))
    made.person(opened, "op", Role.ADMINISTRATOR)
    made.decide_all(opened, made.person(opened, "lan"))
    yield opened
    opened.close()
    use(None)


def hotich(*arguments: str) -> Result:
    return CliRunner().invoke(build_app(), arguments)


def mother(store: Store, case_id: int) -> Field:
    with store.read() as session:
        return session.scalars(select(Field).filter_by(case_id=case_id, key="meHoTen")).one()


def test_the_report_is_printed_and_written(store: Store, tmp_path: Path) -> None:
    table, book = tmp_path / "r.csv", tmp_path / "r.xlsx"
    done = hotich("report", "--by", "office", "--csv", str(table), "--xlsx", str(book))
    assert done.exit_code == 0
    assert "Xã Tân Lợi" in done.output
    assert f"{23 / 24:.2%}" in done.output
    assert f"Đã ghi: {table}" in done.output
    with table.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.reader(lines))
    sheet = openpyxl.load_workbook(book).active
    assert sheet is not None
    assert [row[0] for row in rows] == [cell.value for cell in sheet["A"]]
    assert rows[1][:6] == ["Xã Tân Lợi", "24", "23", "0.9583", "2", "1"]
    assert hotich("report", "--csv", str(tmp_path / "no" / "r.csv")).exit_code == 1
    assert store.settings.home.is_dir()


def test_a_policy_is_set_shown_and_taken_back(store: Store) -> None:
    done = hotich("policy", "set", "meHoTen", "--asking", "always", "--by", "op")
    assert (done.exit_code, done.output.splitlines()[0][:7]) == (0, "Đã đặt.")
    assert mother(store, 2).state is FieldState.FLAGGED
    assert mother(store, 1).state is FieldState.ACCEPTED_BY_PERSON
    shown = hotich("policy", "show").output
    assert "meHoTen" in shown
    assert "Luôn luôn" in shown
    with use_language("en"):
        assert "Always" in hotich("policy", "show").output
    assert hotich("policy", "set", "meHoTen", "--reset", "--by", "op").exit_code == 0
    assert mother(store, 2).reasons != ["always_asked"]
    assert hotich("policy", "set", "-", "--target", "0.01", "--people", "2", "--by", "op").exit_code == 0
    assert mother(store, 2).reasons[0] == "second_keying"


@pytest.mark.parametrize(
    "arguments",
    [
        ["meHoTen", "--asking", "always", "--by", "lan"],
        ["meHoTen", "--asking", "always", "--by", "nobody"],
        ["nonsense", "--asking", "always", "--by", "op"],
        ["nksHoTen", "--asking", "never", "--by", "op"],
        ["meHoTen", "--target", "0.9", "--by", "op"],
    ],
)
def test_a_policy_that_cannot_be_is_refused_in_words(store: Store, arguments: list[str]) -> None:
    done = hotich("policy", "set", *arguments)
    assert (done.exit_code, "Traceback" in done.output) == (1, False)
    assert mother(store, 2).state is FieldState.ACCEPTED


def test_checks_are_taken_up_once(store: Store) -> None:
    assert "Đã tính lại ngưỡng." in hotich("policy", "take-up", "--by", "op").output
    assert "Chưa có kết quả kiểm tra mới." in hotich("policy", "take-up", "--by", "op").output


def test_rows_go_out_and_weights_come_in(store: Store, tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    assert "bằng chứng của 1 trang" in hotich("refit", "--rows", str(rows)).output
    assert len(rows.read_text(encoding="utf-8").splitlines()) == 1
    assert hotich("refit", "--use", str(FILE), "--by", "op").exit_code == 0
    assert json.loads(store.settings.confidence.read_text(encoding="utf-8"))["features"]
    assert hotich("refit", "--use", str(rows), "--by", "op").exit_code == 1
    assert hotich("refit").exit_code == 1
    assert hotich("refit", "--use", str(FILE), "--by", "lan").exit_code == 1
