"""A page with printed labels and writing at known places, and the form laid over it without any engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.clean import CleanPage
from pipeline.cut import FieldCrop, cut_fields
from pipeline.elements import Box
from pipeline.forms.anchors import Anchor
from pipeline.forms.fit import FormFit
from pipeline.forms.form import Form, Label
from pipeline.forms.lines import Sighting
from pipeline.ink import Ink, separate
from tests.pipeline.drawn import PEN, Sheet

if TYPE_CHECKING:
    from tests.pipeline.drawn import Picture

PITCH = 78
LEFT, RIGHT = 160, 1560


@dataclass
class FilledForm:
    """Print labels and write beside them; rows are numbered from 0, one line pitch apart."""

    sheet: Sheet = field(default_factory=Sheet)
    anchors: list[Anchor] = field(default_factory=list)
    unused: list[Sighting] = field(default_factory=list)

    @staticmethod
    def baseline(row: int) -> int:
        return 400 + row * PITCH

    def print(self, text: str, row: int, x: int = LEFT) -> Sighting:
        left, top, width, height = self.sheet.write(text, x, self.baseline(row), size=34)
        return Sighting(text, row, 0, 0, Box(left, top, width, height), 0.95)

    def label(
        self, text: str, key: str, row: int, x: int = LEFT, *, lines: int = 1, below: bool = False
    ) -> Box:
        """A printed label that carries a field; its box."""
        seen = self.print(text, row, x)
        self.anchors.append(Anchor(Label((text,), key, lines=lines, below=below), "page", seen))
        return seen.box

    def columns(self, text: str, keys: tuple[str, str], row: int, *, lines: int = 1) -> Box:
        """A printed label on the left whose two answers stand side by side; its box."""
        seen = self.print(text, row, LEFT)
        label = Label((text,), columns=keys, titles=keys, lines=lines)
        self.anchors.append(Anchor(label, "couple", seen))
        return seen.box

    def heading(self, text: str, row: int, x: int, column: int) -> None:
        """The printed heading of a column."""
        label = Label((text,), heading=True, column=column)
        self.anchors.append(Anchor(label, "couple", self.print(text, row, x)))

    def tick(self, text: str, row: int, x: int, mark: str = "", *, side: int = 28) -> None:
        """A square with its text behind it; ``mark``: "tick", "blot" (which hides the square) or none."""
        foot = self.baseline(row)
        square = (x, foot - side, x + side, foot)
        self.sheet.pen.rectangle(square, outline=30, width=2)
        if mark == "tick":
            self.sheet.pen.line((x + 5, foot - 16, x + 12, foot - 5, x + 30, foot - 34), fill=30, width=5)
        elif mark == "blot":
            self.sheet.pen.line((x - 8, foot - 18, x + 10, foot + 6, x + 44, foot - 48), fill=30, width=16)
        seen = self.print(text, row, x + side + 14)
        self.anchors.append(Anchor(Label((text,), "loaiDangKy", tick=text), "page", seen))

    def write(self, text: str, row: int, x: int, size: int = 46, face: Path = PEN, drop: int = 0) -> Box:
        """Handwriting on a row's baseline; the box of its ink."""
        return Box(*self.sheet.write(text, x, self.baseline(row) + drop, face, size))

    def dots(self, row: int, x0: int = LEFT, x1: int = RIGHT) -> None:
        self.sheet.dots(x0, x1, self.baseline(row) + 4)

    def fill_up(self, rows: range) -> None:
        """Labels down the page, so that it has a line pitch."""
        for row in rows:
            self.label(f"Nhãn in số {row}", f"filler{row}", row)

    @property
    def page(self) -> CleanPage:
        return CleanPage(self.sheet.colour, self.sheet.grey, 0, 0.0)

    @property
    def ink(self) -> Ink:
        return separate(self.sheet.grey)

    @property
    def fit(self) -> FormFit:
        anchors = sorted(self.anchors, key=lambda a: (a.sighting.box.y, a.sighting.box.x))
        return FormFit(Form("KS", "2010", "n", ()), tuple(anchors), 1.0, (), tuple(self.unused))

    def cut(self) -> dict[str, FieldCrop]:
        """Every crop by its field, ticks by their text."""
        crops = cut_fields(self.page, self.ink, self.fit)
        found = {crop.label.tick or crop.label.field: crop for crop in crops}
        assert len(found) == len(crops)
        return found


def dark(image: Picture) -> int:
    """Pixels of ink."""
    return int((image < 128).sum())


def around(outer: Box, inner: Box, slack: int = 3) -> bool:
    """Whether a box holds another, but for a few pixels."""
    return (
        outer.x <= inner.x + slack
        and outer.y <= inner.y + slack
        and outer.right >= inner.right - slack
        and outer.bottom >= inner.bottom - slack
    )
