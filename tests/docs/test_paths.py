"""Every file that the docs name exists, every link leads somewhere, and each picture is one."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from urllib.parse import unquote

import pytest
from PIL import Image

from tests.docs.markdown import ALL, INLINE, LINK, ROOT, anchors, code, name_of, text_of

LICENCES = ROOT / "docs" / "licences.md"
ROOMS = ("pipeline", "models", "flows", "review_ui", "training", "bench", "tests", "docs", ".ci")
IN_ROOMS = re.compile(rf"(?<![\w./-])(?:{'|'.join(map(re.escape, ROOMS))})/[\w./*-]*")
AT_THE_TOP = re.compile(
    r"(?<![\w./-])(?:requirements[\w-]*\.lock|pyproject\.toml|LICENSE|CHANGELOG\.md)(?!\w)"
)


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_files_that_are_named_exist(path: Path) -> None:
    pieces = [*code(path), *INLINE.findall(text_of(path))]
    quoted = {name for piece in pieces for name in re.findall(r'"([^"]*)"', piece) if IN_ROOMS.match(name)}
    rest = [re.sub(r'"[^"]*"', "", piece) for piece in pieces]
    named = quoted | {
        found for piece in rest for found in IN_ROOMS.findall(piece) + AT_THE_TOP.findall(piece)
    }
    assert {place for place in named if not list(ROOT.glob(place.rstrip("./")))} == set()


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_links_lead_somewhere(path: Path) -> None:
    broken = []
    for target in LINK.findall(text_of(path)):
        if target.startswith(("http://", "https://")):
            continue
        place, _, anchor = target.partition("#")
        leads_to = (path.parent / unquote(place)).resolve() if place else path
        if not leads_to.exists() or (anchor and anchor not in anchors(leads_to)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "images").iterdir()), ids=name_of)
def test_pictures_can_be_opened_and_are_shown(path: Path) -> None:
    with Image.open(path) as picture:
        picture.load()
        assert min(picture.size) > 300
    assert any(path.name in target for document in ALL for target in LINK.findall(text_of(document)))


def test_the_changelog_begins_with_this_version() -> None:
    version = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]["version"]
    versions = re.findall(r"^## \[([^\]]+)\]", text_of(ROOT / "CHANGELOG.md"), re.MULTILINE)
    assert versions[0] == version
    assert len(versions) == len(set(versions))


def test_every_package_that_is_asked_for_stands_with_its_licence() -> None:
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]
    extras = project["optional-dependencies"].values()
    asked = " ".join([*project["dependencies"], *(package for extra in extras for package in extra)])
    names = set(re.findall(r"(?:^|\s)([\w.-]*\w)", asked))
    assert "prefect" in names
    assert names - set(re.findall(r"[\w.-]*\w", text_of(LICENCES))) == set()


def test_every_font_and_network_stands_with_its_licence() -> None:
    files = [path for room in ROOMS for path in (ROOT / room).rglob("*")]
    folders = {name_of(path.parent) for path in files if path.suffix in {".ttf", ".woff2", ".onnx"}}
    assert len(folders) > 3
    assert {folder for folder in folders if folder not in text_of(LICENCES)} == set()
