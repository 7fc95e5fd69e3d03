"""The rows of cases of a page: the rules under its head, made whole and joined over two facing pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from pipeline.elements import Box

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.tables.grid import Table
    from pipeline.tables.headings import Head
    from pipeline.tables.rules import Rule
    from pipeline.tables.strokes import TableInk

REGULAR: Final = 0.12
"""How far, as a part of it, a row's height may be from the usual one in a table with even rows."""
MOSTLY: Final = 0.6
"""Share of the rows that must be of about one height before a table counts as even."""
NEAR: Final = 0.3
"""How far, in usual heights, a rule of the right page may lie from its rule of the left one."""
STRUCK: Final = 0.28
"""Part of the table's width that a stroke through a row covers."""
SMALLER: Final = 2
EDGE: Final = 14
"""Pixels beside a rule in which what is left of it may lie."""


@dataclass(frozen=True)
class Row:
    """One row of cases: the rules over and under it, one pair for each table of the page."""

    tops: tuple[Rule, ...]
    bottoms: tuple[Rule, ...]

    def box(self, tables: Sequence[Table]) -> Box:
        """Box around the row, over all pages."""
        cells = [
            table.cell(column, top, bottom)
            for table, top, bottom in zip(tables, self.tops, self.bottoms, strict=True)
            for column in (0, table.columns - 1)
        ]
        return cells[0].union(*cells)


def rows_of(tables: Sequence[Table], heads: Sequence[Head]) -> list[Row]:
    """The rows of cases, top to bottom.

    Rules that are missing are put where the others say that they must be; a line that parts a row of an even
    table in two is a pen's. Rules of the right page are joined to those of the left one by their height on
    the page, which may differ by as much as the pages lay shifted.
    """
    sides = [
        _even(list(table.levels[head.first_row :]), table) for table, head in zip(tables, heads, strict=True)
    ]
    if len(sides) == 2:
        sides = list(_joined(sides[0], sides[1], tables[0], tables[1]))
    return [
        Row(tuple(side[k] for side in sides), tuple(side[k + 1] for side in sides))
        for k in range(min(len(side) for side in sides) - 1)
    ]


def _even(rules: list[Rule], table: Table) -> list[Rule]:
    """The rules of a table with even rows, without false ones and with those that are missing."""
    middle = (table.left + table.right) / 2

    def places(of: Sequence[Rule]) -> NDArray[np.float64]:
        return np.array([float(rule.at(middle)[0]) for rule in of])

    foot = float(np.median([rule.end for rule in table.uprights]))
    heights = np.diff(places(rules))
    if len(heights) < 2:
        return rules
    usual = float(np.median(heights))
    if foot - places(rules)[-1] > 0.6 * usual:  # the lower border is cut off or too faint
        rules = [*rules, rules[-1].moved(foot - float(places(rules)[-1]))]
        heights = np.diff(places(rules))
    if float((np.abs(heights - usual) < REGULAR * usual).mean()) < MOSTLY:
        return rules
    k = 0
    while k + 2 < len(rules):
        at = places(rules)
        parts = at[k + 1] - at[k], at[k + 2] - at[k + 1]
        if max(parts) < 0.8 * usual and abs(sum(parts) - usual) < REGULAR * usual:
            del rules[k + 1]
        else:
            k += 1
    whole: list[Rule] = []
    at = places(rules)
    for k, rule in enumerate(rules):
        if k:
            height = at[k] - at[k - 1]
            count = round(height / usual)
            if count > 1 and abs(height - count * usual) < 2 * REGULAR * usual:
                whole += [rules[k - 1].moved(height * i / count) for i in range(1, count)]
        whole.append(rule)
    return whole


def _joined(
    left: list[Rule], right: list[Rule], first: Table, second: Table
) -> tuple[list[Rule], list[Rule]]:
    """The rules of two facing pages in pairs; one that is found on one page only is drawn on the other."""
    # The inner borders lie nearest to each other, where a difference of skew counts least.
    a = np.array([float(rule.at(first.right)[0]) for rule in left])
    b = np.array([float(rule.at(second.left)[0]) for rule in right])
    usual = float(np.median([*np.diff(a), *np.diff(b)])) if len(a) + len(b) > 2 else 100.0
    reach = NEAR * usual

    def pairs(offset: float) -> list[tuple[int, int]]:
        return [
            (i, int(j))
            for i, y in enumerate(a)
            if abs(b[j := np.abs(b - y - offset).argmin()] - y - offset) < reach
        ]

    offsets = [float(y - x) for x in a[:3] for y in b[:3] if abs(y - x) < 0.7 * usual] or [0.0]
    best = max(offsets, key=lambda offset: (len(pairs(offset)), -abs(offset)))
    matched = pairs(best)
    offset = float(np.median([b[j] - a[i] for i, j in matched])) if matched else best
    both = [(float(a[i]), left[i], right[j]) for i, j in pairs(offset)]
    seen_left, seen_right = {i for i, _ in pairs(offset)}, {j for _, j in pairs(offset)}
    both += [
        (float(a[i]), left[i], _moved_to(a[i] + offset, right, b))
        for i in range(len(a))
        if i not in seen_left
    ]
    both += [
        (float(b[j] - offset), _moved_to(b[j] - offset, left, a), right[j])
        for j in range(len(b))
        if j not in seen_right
    ]
    both.sort(key=lambda pair: pair[0])
    return [pair[1] for pair in both], [pair[2] for pair in both]


def _moved_to(y: float, rules: Sequence[Rule], places: NDArray[np.float64]) -> Rule:
    """The nearest rule of a page, moved to a row."""
    nearest = int(np.abs(places - y).argmin())
    return rules[nearest].moved(y - float(places[nearest]))


def is_struck(row: Row, tables: Sequence[Table], ink: TableInk) -> bool:
    """Whether a long stroke goes through a row: what is written there was cancelled."""
    return any(
        _long_stroke(ink.dark, table, top, bottom)
        for table, top, bottom in zip(tables, row.tops, row.bottoms, strict=True)
    )


def _long_stroke(ink: NDArray[np.uint8], table: Table, top: Rule, bottom: Rule) -> bool:
    left, right = max(0, round(table.left)), round(table.right)
    columns = np.arange(left, min(right, ink.shape[1]))
    upper, lower = top.at(columns.astype(np.float64)), bottom.at(columns.astype(np.float64))
    first, last = max(0, int(upper.min())), min(ink.shape[0], int(lower.max()) + 1)
    if last - first < 3 * EDGE or not len(columns):
        return False
    band = ink[first:last, left : left + len(columns)].copy()
    rows = np.arange(first, last)[:, None]
    band[(rows < upper[None] + EDGE) | (rows > lower[None] - EDGE)] = 0
    size = (max(1, band.shape[1] // SMALLER), max(1, band.shape[0] // SMALLER))
    small = (cv2.resize(band, size, interpolation=cv2.INTER_AREA) > 60).astype(np.uint8)
    least = STRUCK * size[0]
    lines = cv2.HoughLinesP(small, 1, np.pi / 360, int(0.6 * least), minLineLength=least, maxLineGap=4)
    return lines is not None
