"""What the docs say of settings, keys, columns, reasons, forms and confidence is what the program has."""

from __future__ import annotations

import ast
import dataclasses
import json
import os
import re
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from flows.environment import station_environment
from flows.parts import Part
from models.duties import DUTIES, Duty
from models.logins import LONGEST_SESSION
from models.ministry import BIRTH
from models.settings import Settings
from models.states import Role
from models.users import LOCKED, MOST_FAILURES, SHORTEST_PASSWORD
from pipeline.confidence import BLANK_GROUP, FEATURES, FILE, GROUPS, default_policy
from pipeline.elements import FieldKind
from pipeline.forms import all_forms
from pipeline.forms.form import Label
from pipeline.forms.formfile import form_of, read_form
from pipeline.forms.library import FOLDER
from pipeline.forms.table import FOLDER as TABLES
from pipeline.forms.table import Column, read_table, table_of
from pipeline.policy import PERSON_TARGET, TARGET
from pipeline.proof import threshold_of
from pipeline.reasons import Reason, describe
from pipeline.scan.refusal import refusal
from pipeline.wording import say, use_language
from review_ui.sessions import PAUSE
from tests.docs.markdown import READMES, ROOT, blocks, rows, text_of

OPERATING = ROOT / "docs" / "operating.md"
CONFIDENCE = ROOT / "docs" / "confidence.md"
FORMS = ROOT / "docs" / "forms.md"
BOTH = pytest.mark.parametrize(("language", "path"), READMES.items())


@BOTH
def test_settings_stand_with_their_defaults(language: str, path: Path) -> None:
    table = {row[0].strip("`"): row[1:] for row in rows(path, r"`HOTICH_\w+`")}
    assert set(table) == {f"HOTICH_{name.upper()}" for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        default, meaning = table[f"HOTICH_{name.upper()}"]
        with use_language(language):
            assert meaning == say(field.description or "")
        if field.default_factory is not None:  # depends on the machine
            assert not default.startswith("`")
        elif field.default == "":
            assert default.startswith("(")
        else:
            given = Settings.model_validate({name: default.strip("`")})
            assert getattr(given, name) == getattr(Settings.model_validate({name: field.default}), name)


@BOTH
@pytest.mark.parametrize("page", ["review", "approve", "check", "adjudicate"])
def test_keys_are_those_of_the_pages(language: str, path: Path, page: str) -> None:
    template = text_of(ROOT / "review_ui" / "templates" / f"{page}.html")
    (listed,) = re.findall(r'<dl class="keys">(.*?)</dl>', template, re.DOTALL)
    keys = re.findall(r"<kbd>(.*?)</kbd>", listed)
    with use_language(language):
        keys = [re.sub(r"{{ _\('(.*)'\) }}", lambda found: say(found[1]), key) for key in keys]
    assert len(keys) > 8
    table = {key for row in rows(path, r"`.*`.*") for key in re.findall(r"`([^`]+)`", row[0])}
    assert set(keys) - table == set()


@BOTH
def test_figures_in_the_text_are_those_of_the_program(language: str, path: Path) -> None:
    text = text_of(path)
    minutes, hours = (PAUSE // timedelta(minutes=1), LONGEST_SESSION // timedelta(hours=1))
    locked, quiet = LOCKED // timedelta(minutes=1), f"{Settings().quiet_seconds:g}"
    said = {
        "vi": [
            f"{minutes} phút không dùng", f"{hours} giờ", f"khóa {locked} phút", f"{MOST_FAILURES}\nlần liền",
            f"từ {SHORTEST_PASSWORD} ký tự", f"{quiet} giây", f"{len(BIRTH.columns)} cột",
        ],
        "en": [
            f"{minutes} minutes without use", f"{hours} hours", "ten wrong passwords",
            f"for {locked} minutes",
            f"({SHORTEST_PASSWORD} characters", f"{quiet} seconds", f"{len(BIRTH.columns)} columns",
        ],
    }  # fmt: skip
    assert [piece for piece in said[language] if piece not in text] == []
    assert MOST_FAILURES == 10
    assert f":{Settings().review_port}>" in text
    assert f":{Settings().prefect_port}>" in text


@BOTH
def test_the_sentence_of_a_refusal_is_the_program_s(language: str, path: Path) -> None:
    with use_language(language):
        said = refusal(Reason.TRUNCATED, Path("KS.2010.01.015.jpg")).message
    assert f"> {said}\n" in text_of(path)


# The README's table of roles, column by column.
COLUMNS = (
    Duty.KEY, Duty.CHECK_1, Duty.CHECK_2, Duty.ADJUDICATE,
    Duty.APPROVE, Duty.ATTEND, Duty.INSPECT, Duty.ADMINISTER,
)  # fmt: skip


@BOTH
def test_roles_stand_with_what_they_may_do(language: str, path: Path) -> None:
    yes = {"vi": "có", "en": "yes"}[language]
    table = {row[0].split("`")[1]: row[1:] for row in rows(path, rf"`({'|'.join(Role)})`.*")}
    assert {role: [cell == yes for cell in cells] for role, cells in table.items()} == {
        role.value: [duty in DUTIES[role] for duty in COLUMNS] for role in Role
    }


@BOTH
@pytest.mark.parametrize(("bench", "columns"), [("page_tables", 15), ("lines", 8)])
def test_columns_of_measurements_are_explained(language: str, path: Path, bench: str, columns: int) -> None:
    tree = ast.parse(text_of(ROOT / "bench" / f"{bench}.py"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    tables = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "Table"]
    heads = [argument for table in tables for argument in table.args]
    texts = [node for head in heads for node in ast.walk(head) if isinstance(node, ast.Constant)]
    assert len(texts) == columns
    explained = ", ".join(row[0] for row in rows(path, r"[^`]+"))
    with use_language(language):
        assert [say(str(text.value)) for text in texts if say(str(text.value)) not in explained] == []


def test_reasons_of_refusals_are_listed() -> None:
    table = {row[0].strip("`"): row[1] for row in rows(OPERATING, r"`[a-z_]+`") if len(row) == 2}
    codes = list(Reason)[list(Reason).index(Reason.EMPTY) :]
    assert table == {code.value: describe(code) for code in codes}


def test_folders_of_a_station_are_listed(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "station")
    settings.prepare()
    listed = {row[0].strip("`/") for row in rows(OPERATING, r"`[a-z.]+/?`")}
    assert {folder.name for folder in settings.home.iterdir()} - listed == set()
    for path in READMES.values():
        assert {folder.name for folder in settings.home.iterdir() if f"`{folder.name}`" not in text_of(path)
                and f"`station/{folder.name}" not in text_of(path)} == set()  # fmt: skip


def test_parts_of_a_station_are_listed() -> None:
    assert [row[0].strip("`") for row in rows(OPERATING, r"`(server|worker|watch|web)`")] == list(Part)


def test_what_the_station_sets_for_prefect_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(home=tmp_path / "station")
    settings.prepare()
    for name in list(os.environ):
        monkeypatch.delenv(name)
    own = {
        name: value for name, value in station_environment(settings).items() if not name.startswith("HOTICH_")
    }
    table = rows(OPERATING, r"`[A-Z].*`")
    listed = {name: row[1].strip("`") for row in table for name in re.findall(r"`(\w+)`", row[0])}
    assert set(own) - set(listed) == set()
    plain = {name: value for name, value in listed.items() if re.fullmatch(r"[\w,]+", value)}
    assert len(plain) > 8
    assert {name: own[name] for name in plain} == plain


def test_features_and_groups_of_confidence_are_explained() -> None:
    explained = [row[0].strip("`") for row in rows(CONFIDENCE, r"`\w+`") if len(row) == 2]
    assert explained[: len(FEATURES)] == list(FEATURES)
    assert set(explained[len(FEATURES) :]) == {*GROUPS.values(), BLANK_GROUP}


def test_thresholds_are_those_of_the_program() -> None:
    policy = default_policy()
    told = {(row[0].strip("`"), row[1]): row[4:6] for row in rows(CONFIDENCE, r"`\w+`") if len(row) == 9}
    assert told == {
        (group, pool): [
            f"{found.value:.4f}" if found.proven else f"none ({found.needed:,} more)"
            for target in (TARGET, PERSON_TARGET)
            for found in [threshold_of(policy.sample(group, pool, target), target)]
        ]
        for group in json.loads(text_of(FILE))["groups"]
        for pool in ("typed", "hand")
    }


def test_forms_are_listed_and_their_words_explained() -> None:
    files = {path.name: read_form(path).name for path in FOLDER.glob("*.toml")}
    assert len(files) == len(all_forms())
    files |= {path.name: read_table(path).name for path in TABLES.glob("*.toml")}
    assert {Path(row[0].strip("`")).name: row[1] for row in rows(FORMS, r"`pipeline/forms/.*`")} == files
    words = {row[0].strip("`") for row in rows(FORMS, r"`[a-z_]+`")}
    entries = {entry.name for kind in (Label, Column) for entry in dataclasses.fields(kind)}
    assert words == entries | set(FieldKind)


def test_examples_of_forms_are_forms() -> None:
    examples = blocks(FORMS, "toml")
    assert len(examples) > 4
    head = 'type = "KS"\nedition = "2010"\nname = "n"\n'
    block = '[[block]]\nname = "b"\nanywhere = true\n'
    label = '[[block.label]]\ntext = ["Số"]\n'
    known = "\n".join(text_of(path) for path in FOLDER.rglob("*.toml"))
    for example in examples:
        if example.startswith("[[column]]"):
            assert table_of(tomllib.loads(head + example), head + example, "example").columns
            continue
        starts = {
            "type": f"{example}\n{block}{label}",
            "text": f"{head}{block}[[block.label]]\n{example}",
            "[[block.label]]": f"{head}{block}{example}",
            "[[block]]": f"{head}{example}",
        }
        form = form_of(next(text for start, text in starts.items() if example.startswith(start)), "example")
        assert form.labels or form.name
        fields = re.findall(r"^field = .*$", example, re.MULTILINE)
        assert [line for line in fields if line not in known] == []
