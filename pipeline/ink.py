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

from pipeline.connected import connected, painted
from pipeline.leaders import SAME_ROW, Dots, hidden_dots, under_another

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Image = NDArray[np.uint8]

LARGEST_DOT: Final = 9
"""Rows or columns of a leader's dot at the working size (200 dots an inch), as ink on paper."""
CONTRAST: Final = 22
"""How much darker than the paper around it ink is at the least, of 255."""
NEIGHBOURS: Final = 4
"""Dots that must stand in one row near a dot before it is a leader's and not a letter's."""
REACH: Final = 90
"""Columns to either side in which they are looked for."""
SHORTEST_RULE: Final = 110
THICKEST_RULE: Final = 7
SOLID: Final = 0.85
"""Share of a rule that is ink: rules show 0.95 and more, rows of dots 0.4 to 0.75."""
ON_ROW: Final = 200
"""Columns over which such a row goes on unseen, under a word."""
WIDER: Final = 8
"""Columns of a letter's foot, at the least: the dots of a close row are half as wide."""
DOTS_TOGETHER: Final = 2.5
"""Area of the largest blob of a row of dots, in dots: two that touch."""
BESIDE: Final = 12
"""Rows and columns around a letter in which a flat piece may be a foot of it, or its full stop."""
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
    rules, dotted = _rules(ink)
    rest = np.asarray(cv2.bitwise_and(ink, cv2.bitwise_not(rules)), np.uint8)
    dots, seen = _leader_dots(rest, dotted)
    close = _unseen(dotted, seen)
    if close.any():
        rules = np.asarray(cv2.bitwise_or(rules, _bumps(ink, close)), np.uint8)
        rest = np.asarray(cv2.bitwise_and(ink, cv2.bitwise_not(rules)), np.uint8)
        dots, _ = _leader_dots(rest, dotted)
    furniture = cv2.bitwise_or(rules, dots)
    return Ink(
        np.asarray(cv2.bitwise_and(ink, cv2.bitwise_not(furniture)), np.uint8),
        np.asarray(furniture, np.uint8),
    )


def binarise(grey: Image, contrast: int = CONTRAST) -> Image:
    """255 where there is ink, darker than the paper around it by ``contrast`` of 255."""
    ink = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 61, contrast)
    return np.asarray(ink, np.uint8)


def without_upright_rules(ink: Ink) -> tuple[Ink, Image]:
    """The page without the upright rules of a ruled table, and the mask of these rules."""
    rules = np.ascontiguousarray(_rules(np.ascontiguousarray(ink.strokes.T))[0].T)
    strokes = cv2.bitwise_and(ink.strokes, cv2.bitwise_not(rules))
    furniture = cv2.bitwise_or(ink.furniture, rules)
    return Ink(np.asarray(strokes, np.uint8), np.asarray(furniture, np.uint8)), np.asarray(rules, np.uint8)


def paint_over(grey: Image, mask: Image, strokes: Image | None = None) -> Image:
    """The grey page with the masked ink and its blurred rim painted as paper, but for ink of ``strokes``."""
    grown = cv2.dilate(mask, np.ones((3, 3), np.uint8)) > 0
    if strokes is not None:
        grown &= strokes == 0
    painted = grey.copy()
    painted[grown] = 245
    return painted


def _rules(ink: Image) -> tuple[Image, Image]:
    """Long thin horizontal lines, less the strokes that cross them; and where dots stand so close in a row.

    Dots are taken out one by one: with a line the feet of typed letters would go, which stand on them.
    """
    # A rule may be broken by noise and lean by a pixel in a hundred: close it before it is looked for.
    closed = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, 7), np.uint8))
    lines = np.asarray(
        cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((1, SHORTEST_RULE), np.uint8)), np.uint8
    )
    dotted, solid = _dotted(lines, ink) if lines.any() else (lines, [])
    if not solid:
        return np.zeros_like(ink), dotted
    lines = np.asarray(cv2.bitwise_and(lines, cv2.bitwise_not(dotted)), np.uint8)
    thick = cv2.morphologyEx(lines, cv2.MORPH_OPEN, np.ones((THICKEST_RULE + 1, 1), np.uint8))
    around = cv2.bitwise_and(cv2.dilate(lines, np.ones((3, 1), np.uint8)), ink)
    around = cv2.bitwise_and(around, cv2.bitwise_not(thick))
    crossing = _crossing(ink, solid)
    return np.asarray(cv2.bitwise_and(around, cv2.bitwise_not(crossing)), np.uint8), dotted


def _dotted(lines: Image, ink: Image) -> tuple[Image, list[list[int]]]:
    """Which of the lines are rows of dots that closing made lines of; and the others.

    Returns:
        The mask of the rows of dots; left, top, width, height and area of each other line.
    """
    dotted, solid = np.zeros_like(lines), []
    count, labels, stats, _ = connected(lines)
    for number, line in enumerate(stats[1:count].tolist(), 1):
        x, y, width, height, area = line
        part = slice(y, y + height), slice(x, x + width)
        own = labels[part] == number
        if np.count_nonzero(ink[part][own]) < SOLID * area:
            dotted[part][own] = 255
        else:
            solid.append(line)
    return dotted, solid


def _unseen(dotted: Image, seen: Image) -> Image:
    """Those of the rows of dots, long ones, of which less than half was followed dot by dot."""
    unseen = np.zeros_like(dotted)
    if np.count_nonzero(cv2.bitwise_and(dotted, cv2.bitwise_not(seen))) < SHORTEST_RULE:
        return unseen
    count, labels, stats, _ = connected(dotted)
    followed = np.bincount(labels[seen > 0], minlength=count)
    few = followed < 0.5 * stats[:, cv2.CC_STAT_AREA]
    few &= stats[:, cv2.CC_STAT_WIDTH] >= 2 * SHORTEST_RULE
    few[0] = False
    return painted(few, labels, dotted) if few.any() else unseen


def _bumps(ink: Image, dotted: Image) -> Image:
    """Dots of rows that stand too close to be told apart, also where they touch a letter.

    What is wider than a dot (the foot of a letter) or taller (its stem) stays.
    """
    near = cv2.bitwise_and(cv2.dilate(dotted, np.ones((3, 1), np.uint8)), ink)
    wide = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, WIDER), np.uint8))
    tall = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((LARGEST_DOT, 1), np.uint8))
    return np.asarray(cv2.bitwise_and(near, cv2.bitwise_not(cv2.bitwise_or(wide, tall))), np.uint8)


def _crossing(ink: Image, lines: Sequence[Sequence[int]]) -> Image:
    """Strokes on rules: where ink is taller than the rule itself, it stays whole.

    A rule's own thickness is the measure, so that a dot or a comma that sits on a thin rule is a stroke too.
    ``lines`` are the rules' left, top, width, height and area.
    """
    tall = np.zeros_like(ink)
    for x, y, width, height, area in lines:
        least = min(THICKEST_RULE, -(-area // width)) + TALLER
        rows, columns = slice(max(0, y - least), y + height + least), slice(x, x + width)
        strokes = cv2.morphologyEx(ink[rows, columns], cv2.MORPH_OPEN, np.ones((least, 1), np.uint8))
        tall[rows, columns] |= strokes.astype(np.uint8)
    return tall


def _leader_dots(ink: Image, dotted: Image) -> tuple[Image, Image]:
    """Small blobs that stand in a row with others of their kind, or on a row of dots that was seen.

    Returns:
        Their mask, and the mask of the rows whose every dot was found, those that touch letters among them.
    """
    _, labels, stats, centres = connected(ink)
    is_leader = _on_rows(labels, stats, dotted)
    small = (stats[:, cv2.CC_STAT_WIDTH] <= LARGEST_DOT) & (stats[:, cv2.CC_STAT_HEIGHT] <= LARGEST_DOT)
    small[0] = False
    chosen = np.flatnonzero(small)
    if len(chosen) < NEIGHBOURS:
        return painted(is_leader, labels, ink), np.zeros_like(ink)
    chosen = chosen[np.argsort(centres[chosen, 0], kind="stable")]
    xs, ys = centres[chosen, 0], centres[chosen, 1]
    is_leader[chosen[_in_rows(xs, ys)]] = True
    colons = chosen[under_another(xs, ys, stats[chosen, cv2.CC_STAT_AREA])]
    is_leader[colons] = small[colons] = False
    hidden, touching, seen = hidden_dots(ink, Dots(labels, stats, centres, small, is_leader))
    return np.asarray(painted(is_leader | hidden, labels, ink) | touching, np.uint8), seen


def _in_rows(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which dots have enough others beside them in one row; columns ``x`` and rows ``y`` of their middles."""
    order = np.argsort(y, kind="stable")
    x, y = x[order], y[order]
    beside = np.zeros(len(x), np.int64)
    for step in range(1, len(x)):
        level = y[step:] - y[:-step] <= SAME_ROW
        if not level.any():
            break
        pair = level & (np.abs(x[step:] - x[:-step]) <= REACH)
        beside[step:] += pair
        beside[:-step] += pair
    found = np.zeros(len(x), bool)
    found[order] = beside >= NEIGHBOURS
    return found


def _on_rows(labels: NDArray[np.int32], stats: NDArray[np.int32], dotted: Image) -> NDArray[np.bool_]:
    """Which blobs are dots of those rows: letters hide so many there that those left have no neighbours.

    A full stop stands on the same row, but is larger. Where no letter is near, whatever lies flat on the row
    is the rest of dots that ran together: an empty field is no written one.
    """
    count = len(stats)
    lines = np.flatnonzero(dotted.any(axis=1))
    if not len(lines):
        return np.zeros(count, bool)
    where = cv2.dilate(dotted[lines], np.ones((1, 2 * ON_ROW + 1), np.uint8)) > 0
    inside = np.bincount(labels[lines][where], minlength=count)
    area = stats[:, cv2.CC_STAT_AREA]
    flat = (inside > 0) & (stats[:, cv2.CC_STAT_HEIGHT] <= LARGEST_DOT) & (inside >= 0.5 * area)
    flat[0] = False
    single = flat & (stats[:, cv2.CC_STAT_WIDTH] <= LARGEST_DOT)
    if not single.any():
        return single
    small = flat & (area <= DOTS_TOGETHER * np.median(area[single]))
    letters = stats[:, cv2.CC_STAT_HEIGHT] > LARGEST_DOT
    letters[0] = False
    for piece in np.flatnonzero(flat & ~small).tolist():
        small[piece] = _stands_alone(piece, labels, stats, letters)
    return small


def _stands_alone(
    piece: int, labels: NDArray[np.int32], stats: NDArray[np.int32], letters: NDArray[np.bool_]
) -> bool:
    """Whether no letter is near a piece of ink."""
    x, y, width, height = stats[piece, :4].tolist()
    rows = slice(max(0, y - BESIDE), y + height + BESIDE)
    columns = slice(max(0, x - BESIDE), x + width + BESIDE)
    part, side = labels[rows, columns], 2 * BESIDE + 1
    near = cv2.dilate(np.asarray(letters[part], np.uint8), np.ones((side, side), np.uint8))
    return not near[part == piece].any()
