"""A printed table on paper: rules, headings, column numbers; two pages side by side at their gutter."""

from __future__ import annotations

import random
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from training.damage import Page
from training.layout import Words, words_width
from training.sheet import Mask, print_words
from training.table_layout import Column, TableLayout

LINE = 1.22
"""Distance of two lines of a heading, in em."""


@dataclass(frozen=True, slots=True)
class Press:
    """How one print run came out: thickness of rules in mm, their ink, a second line around the table."""

    thin: float
    thick: float
    ink: int
    double: bool

    @classmethod
    def of(cls, rng: random.Random) -> Press:
        """Some print run; faint ones are among them."""
        thin = rng.uniform(0.12, 0.3)
        return cls(thin, thin * rng.choice((1.0, 1.6, 2.4)), rng.randint(120, 245), rng.random() < 0.2)


def print_table(
    layout: TableLayout, page: int, rows: int, year: str, press: Press, px: float, rng: random.Random
) -> Mask:
    """The printer's ink on one page: mask uint8 (H, W).

    Args:
        layout: the table.
        page: 0 the left or only page, 1 the right one.
        rows: cases that the sheet has room for.
        year: printed behind the title on the right or only page, "" for none.
        press: the print run.
        px: pixels a millimetre.
        rng: what differs from sheet to sheet.
    """
    h, w = round(layout.page_height * px), round(layout.page_width * px)
    image = Image.new("L", (w, h), 0)
    draw = ImageDraw.Draw(image)
    columns = layout.on_page(page)
    left, right = columns[0].x0, columns[-1].x1
    _title(image, draw, layout, page, year, px)
    for column in columns:
        top = layout.top + (layout.head * 0.36 if column.group else 0.0)
        _heading(image, draw, layout, column.text, (column.x0, column.x1, top, layout.top + layout.head), px)
        if layout.numbers:
            below = layout.top + layout.head
            _heading(
                image, draw, layout, (f"{column.number}",), (column.x0, column.x1, below, below + NUMBERS), px
            )
    for group, x0, x1 in layout.groups(page):
        if group:
            middle = layout.top + layout.head * 0.36
            _heading(image, draw, layout, (group,), (x0, x1, layout.top, middle), px)
    mask = np.asarray(image).copy()
    for x0, y0, x1, y1, heavy in rules_of(layout, page, rows):
        thick = max(1, round((press.thick if heavy else press.thin) * px))
        _rule(mask, (x0 * px, y0 * px), (x1 * px, y1 * px), thick, press.ink, rng)
    if press.double:  # a second line around the table
        for y in (layout.top - 1.0, layout.page_height - layout.bottom + 1.0):
            _rule(mask, ((left - 1) * px, y * px), ((right + 1) * px, y * px), 1, press.ink, rng)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), 0.45), dtype=np.uint8)


NUMBERS = 6.0
"""Height of the row of column numbers, mm."""


def row_tops(layout: TableLayout, rows: int) -> list[float]:
    """Where the rows of cases begin on a page, and where the last one ends, mm."""
    first = layout.top + layout.head + (NUMBERS if layout.numbers else 0.0)
    step = (layout.page_height - layout.bottom - first) / rows
    return [first + step * k for k in range(rows + 1)]


def rules_of(layout: TableLayout, page: int, rows: int) -> list[tuple[float, float, float, float, bool]]:
    """Every printed rule of a page: from (x, y) to (x, y) in mm, and whether it is a heavy one."""
    columns = layout.on_page(page)
    left, right = columns[0].x0, columns[-1].x1
    tops = row_tops(layout, rows)
    found = [(left, y, right, y, k in {0, rows}) for k, y in enumerate(tops)]
    found += [(left, layout.top, right, layout.top, True)]
    if layout.numbers:
        found += [(left, layout.top + layout.head, right, layout.top + layout.head, False)]
    middle = layout.top + layout.head * 0.36
    for before, column in zip((None, *columns), columns, strict=False):
        inside = before is not None and bool(column.group) and before.group == column.group
        found.append((column.x0, middle if inside else layout.top, column.x0, tops[-1], before is None))
    found.append((right, layout.top, right, tops[-1], True))
    found += [(x0, middle, x1, middle, False) for group, x0, x1 in layout.groups(page) if group]
    return found


def _title(
    image: Image.Image, draw: ImageDraw.ImageDraw, layout: TableLayout, page: int, year: str, px: float
) -> None:
    last = page == layout.pages - 1
    text = " ".join(part for part in (layout.title if page == 0 else "", year if last else "") if part)
    if not text:
        return
    size = layout.size * 1.7
    width = words_width(text, layout.face, size, bold=True)
    at = (layout.page_width - width) / 2
    print_words(image, draw, Words(text, at, layout.top - 9.0, size, width, layout.face, bold=True), px)


def _heading(
    image: Image.Image,
    draw: ImageDraw.ImageDraw,
    layout: TableLayout,
    lines: tuple[str, ...],
    place: tuple[float, float, float, float],
    px: float,
) -> None:
    """Lines of a heading in the middle of its cell, smaller where the cell is narrow."""
    x0, x1, y0, y1 = place
    size = layout.size
    widest = max(words_width(line, layout.face, size) for line in lines)
    size *= min(1.0, (x1 - x0 - 1.0) / widest)
    first = (y0 + y1) / 2 - (len(lines) - 1) * LINE * size / 2 + 0.33 * size
    for k, line in enumerate(lines):
        width = words_width(line, layout.face, size)
        at = (x0 + x1 - width) / 2
        print_words(image, draw, Words(line, at, first + k * LINE * size, size, width, layout.face), px)


def _rule(
    mask: Mask, start: tuple[float, float], end: tuple[float, float], thick: int, ink: int, rng: random.Random
) -> None:
    """A rule; worn type leaves gaps and thin places in it."""
    a, b = np.array(start), np.array(end)
    cv2.line(mask, np.round(a).astype(int).tolist(), np.round(b).astype(int).tolist(), ink, thick)
    for _ in range(rng.choice((0, 0, 0, 1, 2))):
        at = rng.random()
        length = rng.uniform(0.002, 0.012)
        one, other = a + (b - a) * at, a + (b - a) * min(1.0, at + length)
        cv2.line(
            mask, np.round(one).astype(int).tolist(), np.round(other).astype(int).tolist(),
            rng.choice((0, ink // 3)), thick,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opening:
    """How two facing pages lay: the right one's shift in mm and its turn in degrees, the gutter's shadow."""

    dx: float
    dy: float
    turn: float
    shadow: float
    reach: float

    @classmethod
    def of(cls, rng: random.Random) -> Opening:
        """Some opened book."""
        return cls(
            rng.uniform(-1.0, 3.0), rng.gauss(0, 1.2), max(-0.6, min(0.6, rng.gauss(0, 0.25))),
            rng.choice((0.0, rng.uniform(0.1, 0.55))), rng.uniform(3.0, 9.0),
        )  # fmt: skip

    def move(self, h: int, w: int, px: float) -> npt.NDArray[np.float64]:
        """Matrix (2, 3) by which the right page's sheet of that size is moved in its place."""
        move = cv2.getRotationMatrix2D((w / 2, h / 2), -self.turn, 1.0)
        move[:, 2] = move[:, 2] + np.array([self.dx, self.dy]) * px
        return np.asarray(move, np.float64)


def beside(left: Page, right: Page, opening: Opening, px: float) -> Page:
    """Two sheets as one image, float32 (H, W, 3): the right one shifted and turned, dark at the gutter."""
    h, w = left.shape[:2]
    move = opening.move(h, w, px)
    moved = cv2.warpAffine(right, move, (w, h), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    both = np.concatenate([left, np.asarray(moved, np.float32)], axis=1)
    away = np.abs(np.arange(2 * w, dtype=np.float32) - w) / (opening.reach * px)
    shade = 1.0 - opening.shadow * np.exp(-away) - 0.35 * np.exp(-((away * 6.0) ** 2))
    both *= shade.astype(np.float32)[None, :, None]
    return np.asarray(both, dtype=np.float32)


def cell_of(column: Column, tops: list[float], row: int) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of a cell on its page, mm."""
    return column.x0, tops[row], column.x1, tops[row + 1]
