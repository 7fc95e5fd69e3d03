"""The command as people type it: in a process of its own where that matters, else through Typer's runner."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

import flows
from flows.command import build_app, wanted_language
from flows.demo import ACCOUNTS
from flows.intake import EXAMPLE, take
from flows.sample import SAMPLE
from models.intake import register_book
from models.settings import Settings
from models.store import Store
from models.users import authenticate
from pipeline.wording import catalogue, use_language
from tests.flows import files

if TYPE_CHECKING:
    from typer.testing import Result

PAGE = SAMPLE / "Xã Tân Lợi-KS.2010.01" / "KS.2010.01.002.jpg"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOTICH_HOME", str(tmp_path / "station"))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path / "station"


def hotich(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(build_app(), arguments, input=given)


def test_help_is_vietnamese_and_english_on_demand() -> None:
    assert "Chạy trạm" in hotich("--help").output
    with use_language("en"):
        assert "Run the station" in hotich("--help").output


@pytest.mark.parametrize("arguments", [["--language", "en", "status"], ["status", "--language=en"]])
def test_the_language_is_known_before_the_command_is_built(arguments: list[str]) -> None:
    assert wanted_language(arguments) == "en"


def test_the_command_starts_quickly_and_without_prefect() -> None:
    code = (
        "import sys, flows.command\n"
        "flows.command.build_app()\n"
        "heavy = {'prefect', 'cv2', 'onnxruntime', 'sqlalchemy', 'fastapi'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)


def test_read_prints_a_line_of_json_a_page_and_refuses_what_is_no_page(home: Path, tmp_path: Path) -> None:
    empty = tmp_path / "trang rỗng.jpg"
    empty.touch()
    environment = {**os.environ, "HOTICH_HOME": str(home)}
    command = [sys.executable, "-m", "flows.command", "read", str(empty), str(PAGE), "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "Tệp trang rỗng.jpg rỗng (0 byte); hãy quét lại trang này rồi chép vào thư mục.\n"
    (page,) = (json.loads(line) for line in done.stdout.splitlines())
    assert (page["file"], page["page"], page["type"], page["edition"]) == (PAGE.name, 1, "KS", "2010")
    (case,) = page["cases"]
    assert {"value", "verbatim", "probability", "state", "reasons", "box"} <= case["fields"][
        "nksHoTen"
    ].keys()
    assert not home.exists()  # no database, no station


def test_read_prints_the_form_of_a_truth_file(home: Path) -> None:
    result = hotich("read", str(PAGE), "--truth")
    assert result.exit_code == 0
    truth = json.loads(result.stdout)
    assert set(truth) == {"type", "edition", "cases"}
    wanted = json.loads((SAMPLE / "truth" / f"{PAGE.stem}.json").read_text("utf-8"))
    assert truth["cases"][0]["fields"].keys() == wanted["cases"][0]["fields"].keys()


def test_read_shows_a_table_to_people(home: Path) -> None:
    result = hotich("read", str(PAGE))
    assert result.exit_code == 0
    assert "Kinh" in result.stdout


def test_every_setting_is_shown_with_its_meaning_but_no_password(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTICH_DATABASE_URL", "postgresql+psycopg://hotich:mat-khau@may-chu/hotich")
    result = hotich("settings")
    assert result.exit_code == 0
    for name, field in Settings.model_fields.items():
        assert f"HOTICH_{name.upper()}" in result.stdout
        assert field.description
    assert "mat-khau" not in result.stdout


def test_a_wrong_setting_is_told_by_its_name(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTICH_REVIEW_PORT", "99999999")
    result = hotich("status")
    assert result.exit_code == 1
    assert "HOTICH_REVIEW_PORT" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_status_without_a_station_says_what_to_do(home: Path) -> None:
    result = hotich("status")
    assert result.exit_code == 1
    assert str(home) in result.stderr


def test_status_shows_each_book(home: Path) -> None:
    store = Store.open(Settings())
    folder = store.settings.inbox / "Xã Tân Lợi-KS.2010.01"
    folder.mkdir()
    files.pdf(folder / "1.pdf", 7)
    (folder / "2.jpg").touch()
    take(store, folder)
    store.close()
    result = hotich("status")
    assert result.exit_code == 0
    row = next(line for line in result.stdout.splitlines() if "KS.2010.01" in line)
    assert [cell.strip() for cell in row.strip("│").split("│")] == [
        "1", "KS.2010.01", "Xã Tân Lợi", "1", "1", "7", "0", "0", "0", "0",
    ]  # fmt: skip


def test_what_is_to_be_copied_is_whole_in_a_narrow_window(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    store = Store.open(Settings())
    register_book(store, "Phường Hưng Chiến", "KS", 2010, "1234", "Phường Hưng Chiến-KS.2010.1234")
    store.close()
    assert "KS.2010.1234" in hotich("status").stdout
    settings = hotich("settings").stdout
    assert all(f"HOTICH_{name.upper()} " in settings for name in Settings.model_fields)
    assert "…" not in settings  # a long path goes on in the next line


def test_accounts_are_added_and_get_new_passwords(home: Path) -> None:
    added = hotich("user", "add", "Lan", "--role", "approver", "--display-name", "Lan", given="mat-khau-1\n")
    assert added.exit_code == 0
    assert hotich("user", "add", "lan", given="mat-khau-2\n").exit_code == 1
    assert hotich("user", "add", "Hoa", given="ngan\n").exit_code == 1
    assert hotich("user", "password", "lan", given="mat-khau-3\n").exit_code == 0
    assert hotich("user", "password", "ai do", given="mat-khau-3\n").exit_code == 1
    store = Store.open(Settings())
    assert authenticate(store, "lan", "mat-khau-1") is None
    user = authenticate(store, "lan", "mat-khau-3")
    assert user is not None
    assert user.role == "approver"
    store.close()


def test_units_teams_and_places_from_the_command_line(home: Path) -> None:
    assert hotich("unit", "add", "Tỉnh Bình Phước", "--level", "province").exit_code == 0
    assert hotich("unit", "add", "Huyện Hớn Quản", "--level", "district").exit_code == 0
    assert hotich("unit", "add", "Xã Tân Lợi", "--under", "Huyện Hớn Quản").exit_code == 0
    assert hotich("unit", "add", "Xã Thanh An").exit_code == 0
    assert hotich("unit", "add", "Xã Thanh An").exit_code == 1
    assert "Huyện lạ" in hotich("unit", "add", "Xã A", "--under", "Huyện lạ").stderr
    assert hotich("unit", "move", "Xã Thanh An", "--under", "2").exit_code == 0
    assert hotich("unit", "rename", "Xã Thanh An", "Xã An Khương").exit_code == 0
    shown = hotich("unit", "list").output.splitlines()
    assert [line[4:] for line in shown] == [
        "  Tỉnh Bình Phước", "    Huyện Hớn Quản", "      Xã An Khương", "      Xã Tân Lợi",
    ]  # fmt: skip
    assert hotich("unit", "team", "Tổ 1", "--unit", "Xã Tân Lợi").exit_code == 0
    where = ("--unit", "Xã Tân Lợi", "--team", "Tổ 1", "--shift", "2")
    assert hotich("user", "add", "thu", *where, "--leads", given="mat-khau-1\n").exit_code == 0
    assert hotich("user", "add", "ha", *where[:-1], "9", given="mat-khau-1\n").exit_code == 1
    assert "Tổ 7" in hotich("user", "add", "ha", *where[:2], "--team", "Tổ 7", given="mat-khau-1\n").stderr
    listed = hotich("user", "list").output
    assert "thu" in listed
    assert "Xã Tân Lợi" in listed
    assert "ha" not in [line.split()[0] for line in listed.splitlines() if line.split()]
    assert hotich("user", "place", "thu", "--role", "checker_1", *where[:2]).exit_code == 0
    assert hotich("user", "off", "thu").exit_code == 0
    store = Store.open(Settings())
    assert authenticate(store, "thu", "mat-khau-1") is None
    assert hotich("user", "on", "thu").exit_code == 0
    user = authenticate(store, "thu", "mat-khau-1")
    assert user is not None
    assert (user.role, user.unit_id, user.team_id, user.shift, user.leads_team) == (
        "checker_1", 3, None, None, False,
    )  # fmt: skip
    store.close()


def test_export_of_what_is_not_there_is_told(home: Path) -> None:
    Store.open(Settings()).close()
    hotich("user", "add", "Lan", "--role", "administrator", given="mat-khau-1\n")
    assert "KS.2010.01" in hotich("export", "KS.2010.01", "--by", "lan").stderr
    assert "ai do" in hotich("export", "1", "--by", "ai do").stderr


def test_every_vietnamese_text_of_this_room_has_its_english() -> None:
    english = catalogue("en")
    told = {EXAMPLE, *(account.display_name for account in ACCOUNTS)}
    missing = [
        text
        for path in sorted(Path(flows.__file__).parent.rglob("*.py"))
        for text in texts_of(path)
        if not text.isascii() and text not in english and text not in told
    ]
    assert missing == []


def texts_of(path: Path) -> list[str]:
    """The string constants of a module, without its docstrings."""
    tree = ast.parse(path.read_text("utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
    ]
