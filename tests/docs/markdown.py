"""What the docs show: commands, code, tables, links."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

ROOT = Path(__file__).parents[2]
READMES = {"vi": ROOT / "README.md", "en": ROOT / "docs" / "en" / "README.md"}
ALL = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def blocks(path: Path, language: str) -> list[str]:
    """The fenced blocks of that language."""
    return [content for kind, content in FENCE.findall(text_of(path)) if kind == language]


def code(path: Path) -> list[str]:
    """Everything that is set as code: pieces within lines, and the lines of blocks."""
    text = text_of(path)
    fenced = [line for _, content in FENCE.findall(text) for line in content.splitlines()]
    indented = [line for line in text.splitlines() if line.startswith("    ")]
    return INLINE.findall(FENCE.sub("", text)) + fenced + indented


def commands(path: Path, program: str) -> list[list[str]]:
    """The arguments of each use of a program that is shown; what sets its environment is left out."""
    found = []
    for line in code(path):
        start = re.search(rf"(?:^|\s){re.escape(program)}(?=\s|$)", line)
        if start and re.fullmatch(r"\s*(?:\w+=\S*|\"[^\"]*\"|\s)*", _before(line, start.start())):
            found.append(shlex.split(line[start.end() :], comments=True))
    return found


def _before(line: str, end: int) -> str:
    return re.sub(r'(\w+)="[^"]*"', r"\1=…", line[:end])


def rows(path: Path, first: str) -> list[list[str]]:
    """The rows of all tables of a document whose first cell matches the pattern ``first``."""
    cells = [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
        for line in text_of(path).splitlines()
        if line.startswith("|")
    ]
    return [row for row in cells if re.fullmatch(first, row[0])]


def anchors(path: Path) -> set[str]:
    """The anchors that GitHub gives to the headings of a document."""
    headings = (
        re.sub(r"[`*_]|\[([^\]]*)\]\([^)]*\)", r"\1", heading) for heading in HEADING.findall(text_of(path))
    )
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
