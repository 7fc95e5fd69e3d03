"""Which cell of a table each stroke of the page lies in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from pipeline.connected import connected
from pipeline.cut.marks import nearest_letters
from pipeline.cut.strokes import SPECK
from pipeline.elements import Box

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.tables.grid import Table
    from pipeline.tables.rows import Row
    from pipeline.tables.rules import Rule

    Image = NDArray[np.uint8]

OVER: Final = 14
"""Pixels by which a stroke must reach over a rule on both sides to be two strokes that touch."""
LEFT_OF_RULE: Final = 5
"""Pixels beside a rule in which a thin stroke along it is a rest of the rule."""
MARK: Final = 30
"""Pixels that a mark over a capital has at the most, and those from it to its letter."""
OWN: Final = 3
"""Pixels by which a mark over a rule must be nearer to the letter under it than to any in its own cell."""
PAPER_GREY: Final = 245.0
FAINT: Final = 0.45
"""Contrast, in parts of the usual stroke's, under which a mark is the rim of a stain or a fold."""
CREASE: Final = 7
"""Rows of a fold or of a rest of a rule that lies free: long and thin, and no stroke of writing."""


@dataclass(frozen=True)
class CellStrokes:
    """Connected strokes of a page with the table, row and column in which each lies (-1: none)."""

    labels: NDArray[np.int32]
    stats: NDArray[np.int32]
    middle: NDArray[np.float64]
    table: NDArray[np.int64]
    row: NDArray[np.int64]
    column: NDArray[np.int64]


def strokes_in_cells(mask: Image, grey: Image, tables: Sequence[Table], rows: Sequence[Row]) -> CellStrokes:
    """Every connected stroke with its cell; strokes that meet over a rule are taken apart there.

    Args:
        mask: ink without rules, uint8 (rows, columns).
        grey: the evenly lit page, uint8 of the same size.
        tables: the tables of the page.
        rows: their rows of cases.
    """
    return _placed(_parted(mask, tables, rows), grey, tables, rows)


def _parted(mask: Image, tables: Sequence[Table], rows: Sequence[Row]) -> Image:
    """The strokes with those cut apart that hang together over a rule: tails that touch, words that meet."""
    _, found, numbers, _ = connected(mask)
    labels, stats = np.asarray(found, np.int32), np.asarray(numbers, np.int32)
    parted = mask.copy()
    for index, table in enumerate(tables):
        levels = [*(row.tops[index] for row in rows), *(row.bottoms[index] for row in rows[-1:])]
        for rule in levels:
            _cut_at(parted, labels, stats, rule, upright=False)
        for rule in table.uprights:
            _cut_at(parted, labels, stats, rule, upright=True)
    return parted


def _cut_at(
    parted: Image, labels: NDArray[np.int32], stats: NDArray[np.int32], rule: Rule, *, upright: bool
) -> None:
    """Cut the strokes apart that reach over a rule on both sides."""
    sides = ((cv2.CC_STAT_TOP, cv2.CC_STAT_HEIGHT), (cv2.CC_STAT_LEFT, cv2.CC_STAT_WIDTH))
    (along, length), (first, size) = sides if upright else sides[::-1]
    middles = np.asarray(stats[:, along] + stats[:, length] / 2, np.float64)
    place = rule.at(middles)
    before, after = place - stats[:, first], stats[:, first] + stats[:, size] - place
    # A word that runs a little over the border of its column stays whole.
    least = np.maximum(float(OVER), (0.3 if upright else 0.0) * stats[:, size])
    touching = (before > least) & (after > least) & (middles > rule.start - 9) & (middles < rule.end + 9)
    touching[0] = False
    for stroke in np.flatnonzero(touching):
        x, y, w, h = (int(v) for v in stats[stroke, :4])
        own = labels[y : y + h, x : x + w] == stroke
        run = np.arange(y, y + h) if upright else np.arange(x, x + w)
        at = np.round(rule.at(run.astype(np.float64))).astype(int)
        lines = np.arange(x, x + w)[None, :] if upright else np.arange(y, y + h)[:, None]
        near = np.abs(lines - (at[:, None] if upright else at[None, :])) <= 1
        parted[y : y + h, x : x + w][own & near] = 0


def _placed(mask: Image, grey: Image, tables: Sequence[Table], rows: Sequence[Row]) -> CellStrokes:
    """Every stroke with the cell that holds its middle."""
    _, found, numbers, centres = connected(mask)
    labels, stats = np.asarray(found, np.int32), np.asarray(numbers, np.int32)
    x, y = np.asarray(centres[:, 0], np.float64), np.asarray(centres[:, 1], np.float64)
    which = np.full(len(x), -1)
    row, column = np.full(len(x), -1), np.full(len(x), -1)
    kept = (stats[:, cv2.CC_STAT_AREA] >= SPECK) & _dark(labels, grey)
    kept[0] = False
    width, height = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    for index, table in enumerate(tables):
        levels = np.array([rule.at(x) for rule in [*(r.tops[index] for r in rows), rows[-1].bottoms[index]]])
        uprights = np.array([rule.at(y) for rule in table.uprights])
        r = (levels <= y).sum(axis=0) - 1
        c = (uprights <= x).sum(axis=0) - 1
        inside = (r >= 0) & (r < len(rows)) & (c >= 0) & (c < table.columns)
        near_level = np.abs(levels - y).min(axis=0) <= LEFT_OF_RULE
        near_upright = np.abs(uprights - x).min(axis=0) <= LEFT_OF_RULE
        rest = (near_level & (height <= 4) & (width > 3 * height)) | (
            near_upright & (width <= 4) & (height > 3 * width)
        )
        rest |= (height <= CREASE) & (width > 8 * CREASE)
        inside &= kept & ~rest
        for mark in _over_rules(labels, stats, y, levels, inside):
            r[mark] += 1
        which[inside], row[inside], column[inside] = index, r[inside], c[inside]
    return CellStrokes(labels, stats, y, which, row, column)


def _over_rules(
    labels: NDArray[np.int32],
    stats: NDArray[np.int32],
    y: NDArray[np.float64],
    levels: NDArray[np.float64],
    inside: NDArray[np.bool_],
) -> list[int]:
    """Marks that stand on a rule and belong to the letter under it: "Ấp" in the first line of a cell.

    Args:
        labels: label image of the page's strokes.
        stats: of each its box and its ink.
        y: the middle of each.
        levels: rows of the rules between rows of cases, (rules, strokes).
        inside: strokes that lie in a cell.
    """
    foot = stats[:, cv2.CC_STAT_TOP] + stats[:, cv2.CC_STAT_HEIGHT]
    small = inside & (stats[:, 2:4].max(axis=1) <= MARK)
    # The first rule opens the first row: what stands on it lies in no cell.
    on_rule = small & (np.abs(levels[1:-1] - foot) <= OVER).any(axis=0) & (y > levels[0])
    marks = np.flatnonzero(on_rule)
    found: list[int] = []
    for mark in marks[np.argsort(-y[marks])].tolist():  # of two over each other the lower one first
        box = Box(*(int(side) for side in stats[mark, :4]))
        above, beneath = nearest_letters(labels, mark, box, inside, y, MARK)
        crossed = any(y[mark] < level < y[beneath.stroke] for level in levels[1:-1, mark])
        if above.away > beneath.away + OWN and (crossed or beneath.stroke in found):
            found.append(mark)
    return found


def _dark(labels: NDArray[np.int32], grey: Image) -> NDArray[np.bool_]:
    """Which strokes are as dark as the page's writing: a stain's rim and a fold are paler."""
    flat = labels.ravel()
    sizes = np.bincount(flat)
    contrast = PAPER_GREY - np.bincount(flat, weights=grey.ravel()) / np.maximum(1, sizes)
    letters = sizes[1:] > 4 * SPECK
    usual = float(np.median(contrast[1:][letters])) if letters.any() else 0.0
    return np.asarray(contrast >= FAINT * usual, np.bool_)
