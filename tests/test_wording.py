"""What the program says has its English, in every room; the catalogue holds nothing that is never said."""

import ast
import re
import string
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from flows.demo import ACCOUNTS
from pipeline.elements import RegisterType
from pipeline.reasons import Reason, describe
from pipeline.rules import rules
from pipeline.wording import LANGUAGES, catalogue, language, say, set_language, use_language

ROOT = Path(__file__).parents[1]
ROOMS = ("pipeline", "models", "flows", "review_ui", "training", "bench")
# What these rooms say in Vietnamese is for people; the pipeline and training also read and write Vietnamese.
SPEAKING = ("models", "flows", "review_ui", "bench")
IN_TEMPLATE = re.compile(r"\b_\((['\"])((?:(?!\1)[^\\]|\\.)*)\1")
VIETNAMESE = re.compile(r"[À-ỹĐđ]")
SENTENCE = re.compile(r"[À-ỹĐđ].*\s.*[.?!:]$", re.DOTALL)
# A language is offered by its own name; names of accounts and examples of names are the same in all.
SAME_IN_ALL = {"Tiếng", "Việt", "Xã Tân Lợi-KS.2010.01", *(account.display_name for account in ACCOUNTS)}
PYTHON = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
TEMPLATES = sorted((ROOT / "review_ui").rglob("*.html"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def module(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def constants(path: Path) -> Iterator[str]:
    """The texts of a module that are no docstrings."""
    strays = {
        id(node.value) for node in ast.walk(module(path)) if isinstance(node, ast.Expr)
    }  # docstrings, and the words under an attribute that say what it is
    for node in ast.walk(module(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in strays:
            yield node.value


def said(path: Path) -> Iterator[str]:
    """What a module says outright: ``say("…")``."""
    for node in ast.walk(module(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
            first = node.args[0]
            if isinstance(first, ast.Constant):
                yield str(first.value)


def in_template(path: Path) -> list[str]:
    return [found[1] for found in IN_TEMPLATE.findall(path.read_text(encoding="utf-8"))]


def texts_in(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for item in data.values() if isinstance(data, dict) else data:
            yield from texts_in(item)


def places(text: str) -> Counter[str]:
    return Counter(name for _, name, _, _ in string.Formatter().parse(text) if name)


@pytest.mark.parametrize("path", [p for p in PYTHON if list(said(p))], ids=name_of)
def test_what_code_says_is_translated(path: Path) -> None:
    assert [text for text in said(path) if text not in catalogue("en")] == []


@pytest.mark.parametrize("path", [p for p in PYTHON if name_of(p).startswith(SPEAKING)], ids=name_of)
def test_rooms_that_speak_to_people_say_nothing_past_the_catalogue(path: Path) -> None:
    """Also what is said by way of a table; patterns that only look for Vietnamese letters are no speech."""
    spoken = [text for text in constants(path) if VIETNAMESE.search(text) and "\\" not in text]
    assert [text for text in spoken if text not in catalogue("en") and text not in SAME_IN_ALL] == []


def test_sentences_of_the_pipeline_are_translated() -> None:
    sentences = [
        text for path in PYTHON if name_of(path).startswith("pipeline") for text in constants(path)
        if SENTENCE.search(text) and "\\" not in text
    ]  # fmt: skip
    assert len(sentences) > 40
    assert [text for text in sentences if text not in catalogue("en")] == []


def test_rules_and_reasons_are_told_in_both_languages() -> None:
    codes = [reason.value for reason in Reason] + [f"rule:{rule.id}" for rule in rules()]
    vietnamese = [describe(code) for code in codes]
    with use_language("en"):
        english = [describe(code) for code in codes]
    assert all(VIETNAMESE.search(text) for text in vietnamese)
    assert not any(VIETNAMESE.search(text) for text in english)
    assert {kind for rule in rules() for kind in rule.types} <= {kind.value for kind in RegisterType}


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_templates_are_translated(path: Path) -> None:
    assert [text for text in in_template(path) if text not in catalogue("en")] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_templates_say_nothing_past_the_catalogue(path: Path) -> None:
    text = re.sub(r"{[{%#].*?[}%#]}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    words = re.findall(r"\w+", text)
    assert [word for word in words if VIETNAMESE.search(word) and word not in SAME_IN_ALL] == []


def test_the_catalogue_holds_only_what_is_said() -> None:
    known = {text for path in PYTHON for text in constants(path)}
    known.update(text for path in TEMPLATES for text in in_template(path))
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.toml"):
            known.update(texts_in(tomllib.loads(path.read_text(encoding="utf-8"))))
    assert [text for text in catalogue("en") if text not in known] == []


def test_translations_fill_the_same_places() -> None:
    assert [text for text, english in catalogue("en").items() if places(text) != places(english)] == []


def test_every_text_is_translated_once() -> None:
    lines = (ROOT / "pipeline/wording/en.po").read_text(encoding="utf-8").splitlines()
    seen = Counter(line for line in lines if line.startswith('msgid "') and line != 'msgid ""')
    assert [line for line, times in seen.items() if times > 1] == []


def test_english_is_english() -> None:
    assert [text for text, english in catalogue("en").items() if VIETNAMESE.search(english)] == []


def test_the_language_is_switched_for_a_while_and_back() -> None:
    text = "Trang trắng, chưa ghi gì."
    assert (language(), say(text)) == ("vi", text)
    with use_language("en"):
        assert (language(), say(text)) == ("en", "A blank page; nothing is written on it.")
        with use_language("vi"):
            assert say(text) == text
        assert language() == "en"
    assert language() == "vi"


def test_the_language_comes_back_when_something_goes_wrong() -> None:
    with pytest.raises(ZeroDivisionError), use_language("en"):
        _ = 1 / 0
    assert language() == "vi"


def test_a_language_without_a_catalogue_is_refused() -> None:
    with pytest.raises(ValueError, match="'fr' is none of vi, en"):
        set_language("fr")
    assert language() == "vi"
    assert all(isinstance(catalogue(name), dict) for name in LANGUAGES)
    assert catalogue("vi") == {}


def test_values_are_filled_in_and_a_text_without_translation_comes_through() -> None:
    with use_language("en"):
        assert (
            say("Tệp {name} không có trang {page}.", name="a{b}.jpg", page=2)
            == "The file a{b}.jpg has no page 2."
        )
        assert say("{n} con mèo chưa dịch", n=3) == "3 con mèo chưa dịch"
    assert say("không có gì để điền {nguyên văn}") == "không có gì để điền {nguyên văn}"
