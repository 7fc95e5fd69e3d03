"""Printed forms as data: a TOML file says what the printer set where on an A4 sheet, in millimetres.

A row's text mixes printed words with marks:

- ``{key}`` is the space left for a field, up to the next ``@`` mark or the right margin; ``{key:40}`` is
  40 mm wide; the same key on a later row is the field's next line; ``{key.part}`` is one gap of a field that
  is written in parts; ``{one&two}`` holds two fields written in one go; ``{=key}`` repeats a value that is
  asked elsewhere on the page (a name under a signature) and is no field of its own;
- ``@70`` moves to 70 mm from the left edge;
- ``[text]`` is a box to tick, with its text.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from training.faces import FACES, font

LAYOUTS = Path(__file__).parent / "layouts"
PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0  # A4, mm
_MARK = re.compile(r"\{(?P<key>[^}:]+)(?::(?P<wide>[\d.]+))?\}|@(?P<at>[\d.]+)|\[(?P<tick>[^\]]+)\]")


@dataclass(frozen=True, slots=True)
class Words:
    """Printed words: left end and baseline in mm, em size in mm, width in mm."""

    text: str
    x: float
    y: float
    size: float
    width: float
    face: str
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True, slots=True)
class SlotLine:
    """One line left for writing: from ``x0`` to ``x1`` on the baseline ``y``, mm."""

    x0: float
    x1: float
    y: float
    leader: str


@dataclass(frozen=True, slots=True)
class Slot:
    """Space of one field, one line or several."""

    key: str
    lines: tuple[SlotLine, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A box to tick: its left end and baseline in mm, its side in mm, and the printed text behind it."""

    label: str
    x: float
    y: float
    side: float


@dataclass(frozen=True, slots=True)
class Sign:
    """Where somebody signs: centre in mm, and the key whose person signs."""

    x: float
    y: float
    who: str


@dataclass(frozen=True, slots=True)
class Stroke:
    """A printed straight line, mm."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Layout:
    """A printed page with nothing written on it."""

    name: str
    type: str
    edition: str
    words: tuple[Words, ...]
    slots: tuple[Slot, ...]
    ticks: tuple[Tick, ...]
    signs: tuple[Sign, ...]
    strokes: tuple[Stroke, ...]

    def asked(self) -> tuple[str, ...]:
        """Field keys that this page asks for, in printed order, without doubles."""
        found: dict[str, None] = {}
        for slot in self.slots:
            if not slot.key.startswith("="):
                for key in slot.key.split("&"):
                    found.setdefault(key.split(".")[0])
        if self.ticks:
            found.setdefault("loaiDangKy")
        return tuple(found)


def layout_names(edition: str = "both", register_type: str = "KS") -> list[str]:
    """Names of the layouts of one edition or of "both", of one register type or of "all"."""
    found = {path.stem: load_layout(path.stem) for path in sorted(LAYOUTS.glob("*.toml"))}
    return [
        name
        for name, layout in found.items()
        if edition in {"both", layout.edition} and register_type in {"all", layout.type}
    ]


@lru_cache(maxsize=32)
def load_layout(name: str, event: str = "") -> Layout:
    """The layout of that name, placed on the page.

    ``event`` ("khai sinh") is what the book registers, for layouts that serve every type: it takes the place
    of ``%Type%`` in their text, in capitals that of ``%TYPE%``.
    """
    text = (LAYOUTS / f"{name}.toml").read_text(encoding="utf-8")
    text = text.replace("%TYPE%", event.upper()).replace("%Type%", event)
    return _Setter(name, tomllib.loads(text)).set_page()


def words_width(text: str, face: str, size: float, *, bold: bool = False) -> float:
    """Width in mm of printed words at an em size of ``size`` mm."""
    return font(face_path(face, bold=bold), 100).getlength(text) * size / 100


def face_path(face: str, *, bold: bool) -> Path:
    """Font file of a face; a face without a bold file is drawn with a thicker stroke instead."""
    return FACES.get(f"{face}-bold", FACES[face]) if bold else FACES[face]


class _Setter:
    """Sets one form's rows, left to right, as a printer would."""

    def __init__(self, name: str, form: dict[str, Any]) -> None:
        self.name, self.form = name, form
        self.words: list[Words] = []
        self.ticks: list[Tick] = []
        self.slots: dict[str, list[SlotLine]] = {}

    def set_page(self) -> Layout:
        for row in self.form["row"]:
            self._set_row(row)
        strokes = [Stroke(*line["from"], *line["to"]) for line in self.form.get("line", [])]
        for box in self.form.get("box", []):
            (x0, y0), (x1, y1) = box["from"], box["to"]
            strokes += [Stroke(x0, y0, x1, y0), Stroke(x0, y1, x1, y1)]
            strokes += [Stroke(x0, y0, x0, y1), Stroke(x1, y0, x1, y1)]
        return Layout(
            name=self.name,
            type=self.form["type"],
            edition=self.form["edition"],
            words=tuple(self.words),
            slots=tuple(Slot(key, tuple(lines)) for key, lines in self.slots.items()),
            ticks=tuple(self.ticks),
            signs=tuple(Sign(s["x"], s["y"], s["who"]) for s in self.form.get("sign", [])),
            strokes=tuple(strokes),
        )

    def _set_row(self, row: dict[str, Any]) -> None:
        text, y, size = row["text"], float(row["y"]), float(row.get("size", self.form["size"]))
        bold, italic = bool(row.get("bold")), bool(row.get("italic"))
        face, right = self.form["face"], float(self.form["right"])
        leader = row.get("leader", self.form["leader"])

        def put(words: str, x: float) -> float:
            lead = x + words_width(" ", face, size) * (len(words) - len(words.lstrip()))
            width = words_width(words.strip(), face, size, bold=bold)
            self.words.append(Words(words.strip(), lead, y, size, width, face, bold, italic))
            return lead + width

        if row.get("align") == "center":
            put(text, (PAGE_WIDTH - words_width(text, face, size, bold=bold)) / 2)
            return
        x, at = float(self.form["left"]), 0
        marks = list(_MARK.finditer(text))
        for number, mark in enumerate(marks):
            if text[at : mark.start()].strip():
                x = put(text[at : mark.start()], x)
            at = mark.end()
            if mark["at"]:
                x = float(mark["at"])
            elif mark["tick"]:
                side = size * 0.72
                self.ticks.append(Tick(mark["tick"], x, y, side))
                x = put(mark["tick"], x + side + 1.6)
            else:
                stop = next((float(m["at"]) - 1.5 for m in marks[number + 1 :] if m["at"]), right)
                end = x + 1.0 + float(mark["wide"]) if mark["wide"] else stop
                self.slots.setdefault(mark["key"], []).append(SlotLine(x + 1.0, end, y, leader))
                x = end + 1.0
        if text[at:].strip():
            put(text[at:], x)
