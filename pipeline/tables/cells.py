"""The writing of every cell of a table, line by line, as crops that are read like those of any form."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from pipeline.cut import FieldCrop
from pipeline.cut.strokes import SPECK
from pipeline.cut.writing import PAPER
from pipeline.elements import Box
from pipeline.tables.lines import baselines, body_height, line_distance
from pipeline.tables.placing import strokes_in_cells
from pipeline.tables.reach import over_rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.clean import CleanPage
    from pipeline.tables.grid import Table
    from pipeline.tables.headings import Found
    from pipeline.tables.placing import CellStrokes
    from pipeline.tables.rows import Row
    from pipeline.tables.strokes import TableInk

    Image = NDArray[np.uint8]
    Mask = NDArray[np.bool_]

LEAST_INK: Final = 36
"""A cell with less ink than this is empty: two short strokes are a ditto mark."""
LEAST_STOP: Final = 4
"""Inked pixels of the smallest full stop."""
LEAST_LETTER: Final = 30
"""Inked pixels that the letters of a line have at least."""
UNDER: Final = 0.36
"""Where, in line distances under a baseline, what belongs to the next line begins."""


def cut_cells(
    page: CleanPage, ink: TableInk, tables: Sequence[Table], rows: Sequence[Row], columns: Sequence[Found]
) -> list[list[FieldCrop]]:
    """Cut every cell of every row.

    Args:
        page: the clean page.
        ink: its strokes without rules.
        tables: the tables on it.
        rows: their rows of cases.
        columns: the columns that ask for a field.

    Returns:
        For each row the crops of its cells, in the order of ``columns``.
    """
    strokes = strokes_in_cells(ink.strokes, page.grey, tables, rows)
    cells = [
        [_Cell.of(strokes, found, row, tables, rows) for found in columns if found.column.field]
        for row in range(len(rows))
    ]
    profiles = [cell.profile for line in cells for cell in line if cell.ink > 3 * LEAST_INK]
    body = body_height(profiles)
    distance = line_distance(profiles, body)
    return [[cell.crop(page, ink, body, distance) for cell in line] for line in cells]


@dataclass(frozen=True)
class _Cell:
    """The strokes of one cell in a window of the page: which of its pixels are whose."""

    found: Found
    place: Box
    left: int
    top: int
    labels: NDArray[np.int32]
    members: NDArray[np.int64]
    strokes: CellStrokes

    @classmethod
    def of(
        cls, strokes: CellStrokes, found: Found, row: int, tables: Sequence[Table], rows: Sequence[Row]
    ) -> _Cell:
        """The cell of a column in a row."""
        index, column = found.heading.table, found.heading.column
        place = tables[index].cell(column, rows[row].tops[index], rows[row].bottoms[index])
        members = np.flatnonzero((strokes.table == index) & (strokes.row == row) & (strokes.column == column))
        if not len(members):
            return cls(found, place, 0, 0, np.zeros((0, 0), np.int32), members, strokes)
        stats = strokes.stats[members]
        left, top = int(stats[:, 0].min()), int(stats[:, 1].min())
        right, bottom = int((stats[:, 0] + stats[:, 2]).max()), int((stats[:, 1] + stats[:, 3]).max())
        return cls(found, place, left, top, strokes.labels[top:bottom, left:right], members, strokes)

    @property
    def ink(self) -> int:
        """Its inked pixels."""
        return int(self.strokes.stats[self.members, cv2.CC_STAT_AREA].sum())

    @property
    def profile(self) -> NDArray[np.int64]:
        """Its inked pixels by row."""
        return np.asarray(np.isin(self.labels, self.members).sum(axis=1), np.int64)

    def crop(self, page: CleanPage, ink: TableInk, body: float, distance: float) -> FieldCrop:
        """The writing of the cell, cut into lines."""
        label, amount = self.found.column.label, self.ink
        if amount < LEAST_INK:
            return FieldCrop(label, self.place, (), (), (), amount)
        standing = self._standing(body, distance)
        bare: list[Image] = []
        raw: list[Image] = []
        boxes: list[Box] = []
        for mask, baseline in zip(self._lines(standing, body, distance), standing, strict=True):
            if int(mask.sum()) < SPECK:
                continue
            box = self._box(mask, baseline, distance, page)
            own = np.zeros((box.h, box.w), bool)
            self._lay(own, mask, box)
            views = _views(page, ink, box, own, self._foreign(box, own, self.top + baseline, body))
            bare.append(views[0])
            raw.append(views[1])
            boxes.append(box)
        if not boxes:
            return FieldCrop(label, self.place, (), (), (), amount)
        whole = boxes[0].union(*boxes)
        top = over_rule(whole, self.members, self.strokes, self.place.y, distance)
        whole = replace(whole, y=top, h=whole.bottom - top)
        return FieldCrop(label, whole, tuple(bare), tuple(raw), tuple(boxes), amount)

    def _standing(self, body: float, distance: float) -> list[float]:
        """Baselines of the cell's lines.

        The bars of capitals and the tails of small letters make humps, too; but a line has letters of its
        own, which do not reach into another one.
        """
        standing = baselines(self.profile, body, distance)
        stats = self.strokes.stats[self.members]
        while len(standing) > 1:
            inside = self._inside(standing, body) >= 0.15 * stats[:, cv2.CC_STAT_AREA]
            alone = (inside.sum(axis=0) == 1) | (stats[:, cv2.CC_STAT_WIDTH] > 3 * body)
            alone &= stats[:, cv2.CC_STAT_HEIGHT] > 0.4 * body
            own = (inside & alone) @ stats[:, cv2.CC_STAT_AREA]
            if own.min() >= LEAST_LETTER:
                break
            del standing[int(own.argmin())]
        return standing[: self.found.column.lines]

    def _inside(self, standing: Sequence[float], body: float) -> NDArray[np.int64]:
        """Inked pixels of each stroke among the bodies of the letters of each line, (lines, strokes)."""
        size = int(self.members.max()) + 1
        zones = [(max(0, round(row - 0.9 * body)), max(1, round(row) + 1)) for row in standing]
        counts = [
            np.bincount(self.labels[top:foot].ravel().clip(0, size), minlength=size + 1)[self.members]
            for top, foot in zones
        ]
        return np.asarray(counts, np.int64)

    def _lines(self, standing: Sequence[float], body: float, distance: float) -> list[Mask]:
        """Which pixels of the window belong to each line."""
        own = np.isin(self.labels, self.members)
        if len(standing) == 1:
            return [own]
        bounds = [a + UNDER * min(b - a, 1.3 * distance) for a, b in pairwise(standing)]
        line_of = self._nearest_lines(standing, bounds, body)
        table = np.full(int(self.members.max()) + 1, -1)
        table[self.members] = line_of
        lines = np.where(own, table[np.clip(self.labels, 0, len(table) - 1)], -1)
        for member in self.members:
            x, y, w, h = (int(v) for v in self.strokes.stats[member, :4])
            if h < 1.05 * distance:
                continue
            area = (slice(y - self.top, y - self.top + h), slice(x - self.left, x - self.left + w))
            part = self.labels[area] == member
            shared = shared_by_line(part, [row - (y - self.top) for row in standing], body)
            lines[area][part] = shared[part] if shared is not None else lines[area][part]
        return [lines == k for k in range(len(standing))]

    def _nearest_lines(
        self, standing: Sequence[float], bounds: Sequence[float], body: float
    ) -> NDArray[np.int64]:
        """The line of each stroke: that whose letters it is a part of, or a mark of the nearest letters."""
        stats = self.strokes.stats[self.members]
        line_of = np.searchsorted(np.array(bounds), self.strokes.middle[self.members] - self.top)
        inside = self._inside(standing, body)
        letter = (inside.max(axis=0) >= 0.15 * stats[:, cv2.CC_STAT_AREA]) & (
            stats[:, cv2.CC_STAT_HEIGHT] > 0.4 * body
        )
        line_of[letter] = inside.argmax(axis=0)[letter]
        if letter.all() or not letter.any():
            return line_of
        away = []
        for k in range(len(standing)):
            own = np.isin(self.labels, self.members[letter & (line_of == k)])
            away.append(cv2.distanceTransform((~own).astype(np.uint8), cv2.DIST_L2, 3))
        for i in np.flatnonzero(~letter):
            x, y, w, h = (int(v) for v in stats[i, :4])
            area = (slice(y - self.top, y - self.top + h), slice(x - self.left, x - self.left + w))
            part = self.labels[area] == self.members[i]
            line_of[i] = int(np.argmin([float(table[area][part].min()) for table in away]))
        return line_of

    def _box(self, mask: Mask, baseline: float, distance: float, page: CleanPage) -> Box:
        """Box around a line with a little room, in pixels of the page."""
        ys, xs = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        y0, y1 = float(ys[0]), float(ys[-1] + 1)
        if y1 - y0 < 0.62 * distance:  # a dash or a row of small letters keeps its place on the line
            y0, y1 = min(y0, baseline - 0.5 * distance), max(y1, baseline + 0.1 * distance)
        pad_y, pad_x = round(0.1 * (y1 - y0)) + 1, round(0.2 * distance)
        left, top = max(0, self.left + int(xs[0]) - pad_x), max(0, round(self.top + y0) - pad_y)
        right = min(page.width, self.left + int(xs[-1]) + 1 + pad_x)
        bottom = min(page.height, round(self.top + y1) + pad_y)
        return Box(left, top, right - left, bottom - top)

    def _foreign(self, box: Box, own: Mask, baseline: float, body: float) -> Mask:
        """Strokes of other lines and cells inside a box, and dust; a dot on the line may be a full stop."""
        area = self.strokes.labels[box.y : box.bottom, box.x : box.right]
        small = self.strokes.stats[:, cv2.CC_STAT_AREA]
        dot = (small >= LEAST_STOP) & (small < SPECK) & (np.abs(self.strokes.middle - baseline) < 0.3 * body)
        return np.asarray((area > 0) & ~own & ~dot[area], np.bool_)

    def _lay(self, own: Mask, mask: Mask, box: Box) -> None:
        """Copy the window's mask into the box's."""
        x, y = self.left - box.x, self.top - box.y
        y0, x0 = max(0, y), max(0, x)
        y1, x1 = min(box.h, y + mask.shape[0]), min(box.w, x + mask.shape[1])
        own[y0:y1, x0:x1] = mask[y0 - y : y1 - y, x0 - x : x1 - x]


def shared_by_line(part: Mask, standing: Sequence[float], body: float) -> NDArray[np.int64] | None:
    """The line of every pixel of a stroke that hangs together over lines; None where it is of one line.

    From the bodies of the letters of each line the stroke is grown along itself, so that a tail stays with
    its letter and the capital that it touches with its own.
    """
    rows = np.arange(part.shape[0])[:, None]
    seeds = [part & (rows > row - body) & (rows <= row + 1) for row in standing]
    seen = [k for k, seed in enumerate(seeds) if int(seed.sum()) >= SPECK]
    if len(seen) < 2:
        return None
    line_of = np.full(part.shape, -1)
    for k in seen:
        line_of[seeds[k]] = k
    kernel = np.ones((3, 3), np.uint8)
    for _ in range(4 * part.shape[0]):
        free = part & (line_of < 0)
        if not free.any():
            break
        before = line_of.copy()
        for k in seen:
            reached = cv2.dilate((before == k).astype(np.uint8), kernel) > 0
            line_of[free & reached & (line_of < 0)] = k
        if (line_of == before).all():
            break
    line_of[part & (line_of < 0)] = seen[0]
    return line_of


def _views(page: CleanPage, ink: TableInk, box: Box, own: Mask, foreign: Mask) -> tuple[Image, Image]:
    """A line's crop without rules and with them; one and the same image where no rule runs through it."""
    area = (slice(box.y, box.bottom), slice(box.x, box.right))
    others = cv2.dilate(foreign.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    bare = ink.bare[area].copy()
    bare[others & ~own] = PAPER
    ruled = cv2.dilate(ink.rules[area], np.ones((5, 5), np.uint8))
    if not ((ruled > 0) & own).any():
        return bare, bare
    raw = page.grey[area].copy()
    raw[others & ~own] = PAPER
    return bare, raw
