"""Every sentence of the site has its English, so that the switch leaves no Vietnamese behind."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.wording import catalogue

ROOM = Path(__file__).parents[2] / "review_ui"
IN_TEMPLATE = re.compile(r"_\('((?:[^'\\]|\\.)*)'")
VIETNAMESE = re.compile(r"[À-ỹĐđ]")


def sentences_of_code(path: Path) -> Iterator[str]:
    """Texts with Vietnamese letters outside docstrings: nothing else in code has any."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in docstrings
            and VIETNAMESE.search(node.value)
        ):
            yield node.value


@pytest.mark.parametrize("path", sorted(ROOM.rglob("*.py")), ids=lambda path: path.stem)
def test_code_is_translated(path: Path) -> None:
    assert [text for text in sentences_of_code(path) if text not in catalogue("en")] == []


@pytest.mark.parametrize("path", sorted(ROOM.rglob("*.html")), ids=lambda path: path.name)
def test_templates_are_translated(path: Path) -> None:
    texts = IN_TEMPLATE.findall(path.read_text(encoding="utf-8"))
    assert [text for text in texts if text not in catalogue("en")] == []


@pytest.mark.parametrize("path", sorted(ROOM.rglob("*.html")), ids=lambda path: path.name)
def test_templates_say_nothing_past_the_catalogue(path: Path) -> None:
    text = re.sub(r"{[{%#].*?[}%#]}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert [
        word for word in re.findall(r"\w+", text) if VIETNAMESE.search(word) and word not in LANGUAGE_NAME
    ] == []


@pytest.mark.parametrize("path", sorted(ROOM.rglob("*.js")), ids=lambda path: path.name)
def test_scripts_say_nothing_of_their_own(path: Path) -> None:
    assert not VIETNAMESE.search(path.read_text(encoding="utf-8"))


LANGUAGE_NAME = ("Tiếng", "Việt")  # a language is offered by its own name
