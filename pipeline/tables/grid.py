"""Rules that cross -> the tables of a page: one, or two where the page shows two facing pages.

What crosses nothing (the edge of the sheet, the fold between two pages, an underlined word) is no rule of a
table. Each table is its upright rules from left to right and its level rules from top to bottom; level rules
that do not run over the whole table (under a heading of several columns) are kept apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from pipeline.connected import connected
from pipeline.elements import Box
from pipeline.tables.rules import Rule, level_rules, upright_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Image = NDArray[np.uint8]

LEAST_COLUMNS: Final = 5
LEAST_ROWS: Final = 3
SMALLER: Final = 4
"""How much the page is reduced to see whether there is a table at all."""
SHORTEST: Final = 0.35
"""Part of the page's height, or of its half's width, that a rule of a table covers at least."""
NEAR: Final = 18.0
"""Pixels by which a rule may end before the one that it meets."""
SAME: Final = 12.0
"""Rules nearer than this are the two lines of one border."""
WHOLE: Final = 0.88
"""Part of the table's width that a rule between rows covers."""
HEAD: Final = 0.3
"""Part of a table's height in which its head lies, with rules under headings of several columns."""
BORDER: Final = 40.0
MOST: Final = 0.7
"""Pixels over a table's first level rule from which on so many of its upright rules begin at a border."""
IN_LINE: Final = 5.0
"""Pixels by which two pieces of one rule may lie beside each other."""
LEANING: Final = 0.007
"""Rows a column by which a line may lean beside the table's other rules; more is a pen's stroke."""


@dataclass(frozen=True)
class Table:
    """The rules of one table: ``uprights`` from left to right, ``levels`` from top to bottom.

    ``parts`` are level rules that do not run over the whole table, ``doubles`` the second lines of borders.
    """

    uprights: tuple[Rule, ...]
    levels: tuple[Rule, ...]
    parts: tuple[Rule, ...]
    doubles: tuple[tuple[Rule, ...], tuple[Rule, ...]] = ((), ())

    @property
    def left(self) -> float:
        """Column of its left border, half way down."""
        return self.uprights[0].middle

    @property
    def right(self) -> float:
        """Column of its right border, half way down."""
        return self.uprights[-1].middle

    @property
    def columns(self) -> int:
        """How many columns it has."""
        return len(self.uprights) - 1

    def row_at(self, level: int, x: float) -> float:
        """Where a level rule lies at a column of the page."""
        return float(self.levels[level].at(x)[0])

    def column_at(self, upright: int, y: float) -> float:
        """Where an upright rule lies at a row of the page."""
        return float(self.uprights[upright].at(y)[0])

    def cell(self, column: int, top: Rule, bottom: Rule) -> Box:
        """Box around a cell between two level rules."""
        x0, x1 = self.uprights[column].middle, self.uprights[column + 1].middle
        y0 = float(top.at((x0 + x1) / 2)[0])
        y1 = float(bottom.at((x0 + x1) / 2)[0])
        left, right = self.column_at(column, (y0 + y1) / 2), self.column_at(column + 1, (y0 + y1) / 2)
        return Box(round(left), round(y0), max(1, round(right - left)), max(1, round(y1 - y0)))


def may_be_table(ink: Image) -> bool:
    """Whether a page has as many long rules in both directions as a table, whichever way it lies.

    Looked at a quarter of its size, so that a page that is no table loses no time.
    """
    size = (ink.shape[1] // SMALLER, ink.shape[0] // SMALLER)
    if min(size) < 40:
        return False
    small = (cv2.resize(ink, size, interpolation=cv2.INTER_AREA) > 50).astype(np.uint8)
    ways = sorted((_long_lines(small), _long_lines(np.ascontiguousarray(small.T))))
    return ways[0] > LEAST_ROWS and ways[1] > LEAST_COLUMNS


def _long_lines(small: Image) -> int:
    """How many upright lines of a small image are as long as the rules of a table."""
    wide = cv2.dilate(small, np.ones((1, 3), np.uint8))
    runs = cv2.morphologyEx(wide, cv2.MORPH_OPEN, np.ones((28, 1), np.uint8))
    runs = cv2.morphologyEx(runs, cv2.MORPH_CLOSE, np.ones((45, 1), np.uint8))
    count, _, stats, _ = connected(np.asarray(runs, np.uint8))
    heights, areas = stats[1:count, cv2.CC_STAT_HEIGHT], stats[1:count, cv2.CC_STAT_AREA]
    thin = areas < 0.05 * small.size
    return int(((heights >= SHORTEST * small.shape[0]) & thin).sum())


def find_tables(ink: Image) -> list[Table]:
    """The tables of a page, from left to right; at most two, side by side.

    Args:
        ink: mask uint8 (rows, columns) of an upright, straightened page, 255 where there is any ink.
    """
    height, width = ink.shape
    uprights = upright_rules(ink, SHORTEST * height)
    levels = level_rules(ink, 0.06 * width)
    # A fold of the paper runs over both pages, and would make one table of two.
    whole = [rule for rule in levels if uprights and _ends_at(rule, uprights)]
    groups = _crossing_groups(uprights, whole)
    inside = [[*within, *_inside(levels, whole, columns)] for columns, within in groups]
    tables = [
        table
        for (columns, _), rules in zip(groups, inside, strict=True)
        if (table := _table_of(columns, rules)) is not None
    ]
    tables.sort(key=lambda table: table.left)
    return [table for table in tables if table.columns >= LEAST_COLUMNS - 2][:2]


def _inside(levels: Sequence[Rule], known: Sequence[Rule], uprights: Sequence[Rule]) -> list[Rule]:
    """Level rules that stay between the borders of a table without reaching them: worn ones."""
    left, right = min(rule.middle for rule in uprights), max(rule.middle for rule in uprights)
    others = [rule for rule in levels if rule not in known]
    return [rule for rule in others if rule.start > left - NEAR and rule.end < right + NEAR]


def _crossing_groups(uprights: Sequence[Rule], levels: Sequence[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Rules that hang together by crossing: an upright one meets three level ones, a level one two."""
    meets = np.array([[_meet(u, v) for v in levels] for u in uprights], bool).reshape(
        len(uprights), len(levels)
    )
    while meets.any():
        weak = (meets.sum(axis=1) < LEAST_ROWS) & meets.any(axis=1)
        lone = (meets.sum(axis=0) < 2) & meets.any(axis=0)
        if not (weak.any() or lone.any()):
            break
        meets[weak] = False
        meets[:, lone] = False
    left = {int(i) for i in np.flatnonzero(meets.any(axis=1))}
    groups = []
    while left:
        found, level_found = {left.pop()}, set()
        while True:
            reached = set(np.flatnonzero(meets[sorted(found)].any(axis=0)).tolist())
            more = set(np.flatnonzero(meets[:, sorted(reached)].any(axis=1)).tolist()) if reached else set()
            level_found = reached
            if more <= found:
                break
            found |= more
        left -= found
        groups.append(([uprights[i] for i in sorted(found)], [levels[i] for i in sorted(level_found)]))
    return groups


def _meet(upright: Rule, level: Rule) -> bool:
    """Whether two rules cross, or end at most a little before they would."""
    x = float(upright.at((level.at(upright.middle))[0])[0])
    y = float(level.at(x)[0])
    return level.start - NEAR <= x <= level.end + NEAR and upright.start - NEAR <= y <= upright.end + NEAR


def _table_of(uprights: Sequence[Rule], levels: Sequence[Rule]) -> Table | None:
    """A table of rules that hang together; None where too few are left of them."""
    columns = _single(sorted(uprights, key=lambda rule: rule.middle))
    if len(columns) < 2:
        return None
    slope = float(np.median([rule.slope for rule in levels]))
    straight = _joined([rule for rule in levels if abs(rule.slope - slope) < LEANING])
    left, right = columns[0].middle, columns[-1].middle
    width = right - left

    def covers(rule: Rule) -> float:
        return (min(rule.end, right) - max(rule.start, left)) / max(1.0, width)

    middle = (left + right) / 2
    ordered = sorted(straight, key=lambda rule: float(rule.at(middle)[0]))
    whole = _single([rule for rule in ordered if covers(rule) >= WHOLE], middle)
    if len(whole) < LEAST_ROWS:
        return None
    whole = [*_upper_border(columns, whole[0]), *whole]
    first, last = (float(rule.at(middle)[0]) for rule in (whole[0], whole[-1]))
    parts = [
        rule
        for rule in ordered
        if covers(rule) < WHOLE and rule.middle < first + HEAD * (last - first) and _ends_at(rule, columns)
    ]
    beside = tuple(r for r in uprights if r not in columns), tuple(r for r in straight if covers(r) >= WHOLE)
    doubles = beside[0], tuple(rule for rule in beside[1] if rule not in whole)
    return Table(tuple(columns), tuple(whole), tuple(parts), doubles)


def _upper_border(uprights: Sequence[Rule], first: Rule) -> list[Rule]:
    """The border over the first level rule where that one is none: upright rules that all begin over it tell.

    The two lines of a double border were taken for one that leans, as no rule of the table does.
    """
    over = np.array([float(first.at(rule.middle)[0]) - rule.start for rule in uprights])
    above = float(np.median(over))
    together = np.abs(over - above) < NEAR
    return [first.moved(-above)] if above > BORDER and together.mean() >= MOST else []


def _joined(levels: Sequence[Rule]) -> list[Rule]:
    """Rules of one table, pieces that go on with one another as one: writing may hide a faint rule."""
    chains: list[Rule] = []
    for rule in sorted(levels, key=lambda r: r.start):
        for k, before in enumerate(chains):
            follows = before.end < rule.start + NEAR
            if follows and abs(float(before.at(rule.start)[0]) - float(rule.at(rule.start)[0])) < IN_LINE:
                along = np.concatenate([before.along[before.along < rule.start], rule.along])
                across = np.concatenate([before.across[before.along < rule.start], rule.across])
                slope = float(np.polyfit(along, across, 1)[0])
                chains[k] = Rule(along, across, before.thickness, slope)
                break
        else:
            chains.append(rule)
    return chains


def _ends_at(level: Rule, uprights: Sequence[Rule]) -> bool:
    """Whether a level rule begins and ends at upright ones, as no line of writing does."""
    return all(
        min(abs(float(upright.at(level.at(end)[0])[0]) - end) for upright in uprights) < NEAR
        for end in (level.start, level.end)
    )


def _single(rules: Sequence[Rule], at: float | None = None) -> list[Rule]:
    """Rules in order, of two that lie side by side only one: the longer."""
    kept: list[Rule] = []
    for rule in rules:
        place = rule.middle if at is None else float(rule.at(at)[0])
        before = None if not kept else kept[-1].middle if at is None else float(kept[-1].at(at)[0])
        if before is not None and place - before < SAME:
            if rule.end - rule.start > kept[-1].end - kept[-1].start:
                kept[-1] = rule
        else:
            kept.append(rule)
    return kept


def heights(table: Table) -> list[float]:
    """Heights of the bands between the level rules, top to bottom, in the table's middle."""
    middle = (table.left + table.right) / 2
    places = [float(rule.at(middle)[0]) for rule in table.levels]
    return [b - a for a, b in pairwise(places)]
