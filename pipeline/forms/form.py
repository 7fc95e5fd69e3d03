"""What a register page looks like, read from one data file per register type and edition.

A form file lists printed labels by block, in the order in which the blocks stand on the page; inside a block
the order is free, because printers move labels about. No geometry is in code, and the little that a file says
(``near``, a part of the page's height) is a hint.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from pipeline.elements import FieldKind

FOLDER: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Label:
    """A printed label and what is written after it.

    ``text`` lists the wordings that printers use. ``field`` is "" for a label that only anchors.
    ``part`` is day, month or year where a date is written into three gaps, hour or minute where a time is
    written into two. ``then`` is a second field that may follow the first in the same gap: a title after a
    name, a date after a time. ``tick`` is the value that a ticked box beside the label means.
    ``below`` says that the writing stands under the label (names under signatures). ``lines`` is how many
    lines it may take. ``several``: the label may stand more than once and carries no field.
    """

    text: tuple[str, ...]
    field: str = ""
    kind: FieldKind = FieldKind.TEXT
    title: str = ""
    part: str = ""
    then: str = ""
    tick: str = ""
    lines: int = 1
    near: float = 0.5
    opens: bool = False
    heading: bool = False
    optional: bool = False
    below: bool = False
    several: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """Labels that stand together. ``anywhere``: found by their own words, wherever the printer put them."""

    name: str
    labels: tuple[Label, ...]
    anywhere: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """One edition of one register type."""

    type: str
    edition: str
    name: str
    blocks: tuple[Block, ...]

    @property
    def labels(self) -> tuple[Label, ...]:
        """All labels in the order of the file."""
        return tuple(label for block in self.blocks for label in block.labels)

    def fields(self) -> dict[str, Label]:
        """Field keys in the order of the form, each with the label that names it."""
        found: dict[str, Label] = {}
        for label in self.labels:
            if label.field:
                found.setdefault(label.field, label)
        return found


def parse(data: dict[str, Any]) -> Form:
    """A form from the content of its file.

    Raises:
        KeyError, TypeError, ValueError: when the file is not a form file.
    """
    blocks = []
    for block in data["block"]:
        labels = []
        for entry in block["label"]:
            values = dict(entry)
            values["text"] = tuple(values["text"])
            values["kind"] = FieldKind(values.get("kind", FieldKind.TEXT))
            labels.append(Label(**values))
        blocks.append(Block(block["name"], tuple(labels), block.get("anywhere", False)))
    return Form(data["type"], data["edition"], data["name"], tuple(blocks))


@cache
def all_forms() -> tuple[Form, ...]:
    """Every form that this program knows, in the order of their file names."""
    return tuple(
        parse(tomllib.loads(path.read_text(encoding="utf-8"))) for path in sorted(FOLDER.glob("*.toml"))
    )


def load_form(register_type: str, edition: str) -> Form:
    """The form of a register type and edition.

    Raises:
        KeyError: when there is none.
    """
    for form in all_forms():
        if (form.type, form.edition) == (register_type, edition):
            return form
    raise KeyError(f"no form for {register_type} {edition}")


def label_of(register_type: str, edition: str, key: str) -> str:
    """Title of a field for screens, in Vietnamese; the key itself where the form has no such field."""
    try:
        label = load_form(register_type, edition).fields().get(key)
    except KeyError:
        return key
    if label is not None:
        return label.title
    second = next((item for item in load_form(register_type, edition).labels if item.then == key), None)
    return second.title if second else key
