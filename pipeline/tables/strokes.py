"""The ink of a page with tables: what was written or printed, apart from the rules of the tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from pipeline.connected import connected, painted
from pipeline.faint import without_faint
from pipeline.ink import LARGEST_DOT, paint_over

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.ink import Ink
    from pipeline.tables.grid import Table
    from pipeline.tables.rules import Rule

    Image = NDArray[np.uint8]

PAPER: Final = 245.0
SPARE: Final = 3
"""Pixels by which a rule may be thicker in places."""
TALLER: Final = 5
"""Pixels by which a stroke on a rule is longer across it than the rule is thick."""


@dataclass(frozen=True)
class TableInk:
    """Masks uint8 (rows, columns) and a picture of a page with tables.

    ``strokes`` is ink that is neither rule nor leader, ``dark`` what of it is no paler than half of the usual
    stroke (a fold of the paper is), ``rules`` the tables' own ink. ``bare`` is the grey page with rules and
    leaders painted over.
    """

    strokes: Image
    dark: Image
    rules: Image
    bare: Image


def without_rules(grey: Image, ink: Ink, tables: Sequence[Table]) -> TableInk:
    """Take the rules of the tables out of a page, and leave the strokes that cross them whole.

    Args:
        grey: evenly lit page.
        ink: its strokes and furniture.
        tables: what stands on it.
    """
    every = np.asarray(ink.strokes | ink.furniture, np.uint8)
    level, upright = np.zeros_like(every), np.zeros_like(every)
    thickest = 2.0
    for table in tables:
        for rule in (*table.levels, *table.parts, *table.doubles[1]):
            _draw(level, rule, upright=False)
            thickest = max(thickest, rule.thickness)
        for rule in (*table.uprights, *table.doubles[0]):
            _draw(upright, rule, upright=True)
            thickest = max(thickest, rule.thickness)
    length = round(thickest) + TALLER
    tall = cv2.morphologyEx(
        cv2.bitwise_and(every, cv2.bitwise_not(upright)), cv2.MORPH_OPEN, np.ones((length, 1), np.uint8)
    )
    wide = cv2.morphologyEx(
        cv2.bitwise_and(every, cv2.bitwise_not(level)), cv2.MORPH_OPEN, np.ones((1, length), np.uint8)
    )
    seen = cv2.bitwise_or(
        cv2.bitwise_and(level, cv2.bitwise_not(tall)), cv2.bitwise_and(upright, cv2.bitwise_not(wide))
    )
    own = np.asarray(cv2.bitwise_and(seen, every), np.uint8)
    away = np.asarray(cv2.bitwise_or(own, _dots(ink.furniture)), np.uint8)
    strokes = without_faint(np.asarray(cv2.bitwise_and(every, cv2.bitwise_not(away)), np.uint8), grey)
    inked = grey[strokes > 0]
    usual = PAPER - float(np.median(inked)) if inked.size else 0.0
    dark = np.asarray(((PAPER - grey.astype(np.float32)) > 0.5 * usual) * strokes, np.uint8)
    return TableInk(strokes, dark, own, paint_over(grey, away))


def _dots(furniture: Image) -> Image:
    """The leaders' dots of a page's furniture: what else is in it may be a long flat stroke of the pen."""
    _, labels, stats, _ = connected(furniture)
    small = (stats[:, cv2.CC_STAT_WIDTH] <= LARGEST_DOT) & (stats[:, cv2.CC_STAT_HEIGHT] <= LARGEST_DOT)
    small[0] = False
    return painted(small, labels, furniture)


def _draw(mask: Image, rule: Rule, *, upright: bool) -> None:
    along = np.concatenate([[rule.start - 6], rule.along, [rule.end + 6]])
    points = np.stack([along, rule.at(along)], axis=1)
    points = points[:, ::-1] if upright else points
    thick = max(3, round(rule.thickness) + SPARE)
    cv2.polylines(mask, [np.round(points).astype(np.int32)], False, 255, thick)
