"""What a register page looks like, as one data file per register type and edition says it.

A form file lists printed labels by block, in the order in which the blocks stand on the page; inside a block
the order is free, because printers move labels about. No geometry is in code, and the little that a file says
(``near``, a part of the page's height) is a hint.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from pipeline.elements import FieldKind

MARGIN_NOTE: Final = "ghiChuLe"
"""Key of what was written in the margin of a page: no form asks for it."""


@dataclass(frozen=True, slots=True)
class Label:
    """A printed label and what is written after it.

    ``text`` lists the wordings that printers use. ``field`` is "" for a label that only anchors.
    ``part`` is day, month or year where a date is written into three gaps, hour or minute where a time is
    written into two. ``then`` is a second field that may follow the first in the same gap: a title after a
    name, a date after a time. ``tick`` is the value that a ticked box beside the label means.
    ``below`` says that the writing stands under the label (names under signatures). ``lines`` is how many
    lines it may take. ``several``: the label may stand more than once and carries no field.
    ``columns`` are the field keys, from left to right, of a label whose answers stand side by side under
    headings (ÔNG | BÀ), ``titles`` what each is called; ``column`` is the number (from 1) of the column that
    a heading stands over.
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
    columns: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    column: int = 0

    @property
    def asked(self) -> tuple[Label, ...]:
        """The label itself where it asks for a field, one label for each of its columns, or none."""
        if self.columns:
            return tuple(
                replace(self, field=key, title=title, columns=(), titles=(), column=number)
                for number, (key, title) in enumerate(zip(self.columns, self.titles, strict=True), 1)
            )
        return (self,) if self.field else ()


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
            for asked in label.asked:
                found.setdefault(asked.field, asked)
        return found
