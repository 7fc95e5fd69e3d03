"""What is on the paper: strokes apart from dotted leaders and ruled lines.

A form's leaders and rules run under the writing. They mislead an engine that reads print, and they make an
empty field look written; so they are found as what they are (rows of equal small dots, long thin lines) and
taken out of the picture without touching the strokes that cross them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from pipeline.connected import connected

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Image = NDArray[np.uint8]

LARGEST_DOT: Final = 9
"""Rows or columns of a leader's dot at the working size (200 dots an inch), as ink on paper."""
NEIGHBOURS: Final = 4
"""Dots that must stand in one row near a dot before it is a leader's and not a letter's."""
REACH: Final = 90
"""Columns to either side in which they are looked for."""
SHORTEST_RULE: Final = 110
THICKEST_RULE: Final = 7
TALLER: Final = 4
"""Rows by which a stroke on a rule is taller than the rule."""


@dataclass(frozen=True)
class Ink:
    """Masks of one page, uint8 (rows, columns), 255 where there is ink of that kind.

    ``strokes`` are print and writing; ``furniture`` is what the printer drew under them.
    """

    strokes: Image
    furniture: Image


def separate(grey: Image) -> Ink:
    """Tell strokes from leaders and rules.

    Args:
        grey: evenly lit page (rows, columns) uint8 at the working size, dark ink on light paper.
    """
    ink = binarise(grey)
    rules = _rules(ink)
    rest = cv2.bitwise_and(ink, cv2.bitwise_not(rules))
    dots = _leader_dots(np.asarray(rest, np.uint8))
    furniture = cv2.bitwise_or(rules, dots)
    return Ink(
        np.asarray(cv2.bitwise_and(ink, cv2.bitwise_not(furniture)), np.uint8),
        np.asarray(furniture, np.uint8),
    )


def binarise(grey: Image) -> Image:
    """255 where there is ink, against the paper around it."""
    ink = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 61, 22)
    return np.asarray(ink, np.uint8)


def without_upright_rules(ink: Ink) -> tuple[Ink, Image]:
    """The page without the upright rules of a ruled table, and the mask of these rules."""
    rules = np.ascontiguousarray(_rules(np.ascontiguousarray(ink.strokes.T)).T)
    strokes = cv2.bitwise_and(ink.strokes, cv2.bitwise_not(rules))
    furniture = cv2.bitwise_or(ink.furniture, rules)
    return Ink(np.asarray(strokes, np.uint8), np.asarray(furniture, np.uint8)), np.asarray(rules, np.uint8)


def paint_over(grey: Image, mask: Image) -> Image:
    """The grey page with the masked ink and its blurred rim painted as paper."""
    grown = cv2.dilate(mask, np.ones((3, 3), np.uint8))
    painted = grey.copy()
    painted[grown > 0] = 245
    return painted


def _rules(ink: Image) -> Image:
    """Long thin horizontal lines, less the strokes that cross them."""
    # A rule may be broken by noise and lean by a pixel in a hundred: close it before it is looked for.
    closed = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, 7), np.uint8))
    lines = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((1, SHORTEST_RULE), np.uint8))
    if not lines.any():
        return np.zeros_like(ink)
    thick = cv2.morphologyEx(lines, cv2.MORPH_OPEN, np.ones((THICKEST_RULE + 1, 1), np.uint8))
    around = cv2.bitwise_and(cv2.dilate(lines, np.ones((3, 1), np.uint8)), ink)
    around = cv2.bitwise_and(around, cv2.bitwise_not(thick))
    crossing = _crossing(ink, np.asarray(lines, np.uint8))
    return np.asarray(cv2.bitwise_and(around, cv2.bitwise_not(crossing)), np.uint8)


def _crossing(ink: Image, lines: Image) -> Image:
    """Strokes on rules: where ink is taller than the rule itself, it stays whole.

    A rule's own thickness is the measure, so that a dot or a comma that sits on a thin rule is a stroke too.
    """
    tall = np.zeros_like(ink)
    count, _, stats, _ = connected(lines)
    for x, y, width, height, area in stats[1:count].tolist():
        least = min(THICKEST_RULE, -(-area // width)) + TALLER
        rows, columns = slice(max(0, y - least), y + height + least), slice(x, x + width)
        strokes = cv2.morphologyEx(ink[rows, columns], cv2.MORPH_OPEN, np.ones((least, 1), np.uint8))
        tall[rows, columns] |= strokes.astype(np.uint8)
    return tall


def _leader_dots(ink: Image) -> Image:
    """Small blobs that stand in a row with others of their kind."""
    count, labels, stats, centres = connected(ink)
    small = (stats[:, cv2.CC_STAT_WIDTH] <= LARGEST_DOT) & (stats[:, cv2.CC_STAT_HEIGHT] <= LARGEST_DOT)
    small[0] = False
    chosen = np.flatnonzero(small)
    if len(chosen) < NEIGHBOURS:
        return np.zeros_like(ink)
    xs, ys = centres[chosen, 0], centres[chosen, 1]
    order = np.argsort(xs, kind="stable")
    xs, ys, chosen = xs[order], ys[order], chosen[order]
    first = np.searchsorted(xs, xs - REACH)
    last = np.searchsorted(xs, xs + REACH, side="right")
    is_leader = np.zeros(count, bool)
    for i, label in enumerate(chosen):
        near = ys[first[i] : last[i]]
        if int((np.abs(near - ys[i]) <= 2.5).sum()) > NEIGHBOURS:
            is_leader[label] = True
    return np.asarray(is_leader[labels] * np.uint8(255), np.uint8)
