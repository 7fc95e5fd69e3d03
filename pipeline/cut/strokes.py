"""Connected strokes of a page that may be writing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from pipeline.connected import connected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.cut.geometry import Geometry
    from pipeline.elements import Box

    Image = NDArray[np.uint8]

SPECK: Final = 10
"""Ink of fewer pixels is dust."""
OVER_LINE: Final = (0.8, 1.25)
"""Where over a baseline, in line pitches, a mark stands that may be of that line or of the one above it."""
UNDER: Final = 0.34
"""How far under its baseline, in line pitches, the middle of a stroke of the line may be."""
MARK: Final = (0.5, 0.7)
"""Height and width, in line pitches, of the largest mark."""
LINE: Final = 1.2
"""Height, in line pitches, from which on a stroke under a heading is no letter of a name."""
CAPITALS: Final = (0.85, 0.4)
"""Where over a row, in line pitches, capitals end and small letters do."""
STANDS: Final = (0.35, 0.35)
"""How far over and under its row, in line pitches, a letter may end."""
BETWEEN: Final = 0.4
"""Nor are lines ever so close that a mark so little over its baseline, in line pitches, is of the line above."""
DOT: Final = 0.2
"""Size, in line pitches, under which a mark may be the dot under a letter."""
HANGS: Final = 0.12
"""How far under a baseline, in line pitches, the middle of a mark is that is no comma."""
OWN: Final = 0.3
NEARER: Final = 0.04
"""Line pitches from a mark to its letter at the most, and by which that letter must be nearer than another's."""
OVER: Final = 0.35
"""The same for what stands over a letter and cannot be of the line above."""


@dataclass(frozen=True)
class Strokes:
    """Connected strokes of a page: label image, and by stroke its box, its middle row and column, its ink.

    The ink of a stroke that is no writing (dust, print of labels, what is far too tall) counts 0.
    """

    labels: NDArray[np.int32]
    left: NDArray[np.int32]
    top: NDArray[np.int32]
    width: NDArray[np.int32]
    height: NDArray[np.int32]
    area: NDArray[np.int32]
    x: NDArray[np.float64]
    y: NDArray[np.float64]


def parted(mask: Image, geometry: Geometry) -> Image:
    """The strokes with those cut apart that hang together over two lines.

    A tail that touches a capital of the next line joins two letters into one stroke. Such a stroke is cut at
    its thinnest row under the upper line.
    """
    pitch = geometry.pitch
    _, labels, stats, _ = connected(mask)
    tall = np.flatnonzero(
        (stats[:, cv2.CC_STAT_HEIGHT] > 1.05 * pitch) & (stats[:, cv2.CC_STAT_HEIGHT] < 2.2 * pitch)
    )
    parted = mask.copy()
    for stroke in tall[tall > 0]:
        x, y, w, h = (int(v) for v in stats[stroke, :4])
        part = labels[y : y + h, x : x + w] == stroke
        ink = part.sum(axis=1)
        for row in geometry.rows_between(y, y + h):
            first, last = round(row + 0.08 * pitch) - y, round(row + 0.5 * pitch) - y
            if first < 0.2 * pitch or last > h - 0.1 * pitch:
                continue
            cut = first + int(ink[first:last].argmin())
            parted[y + cut : y + cut + 2, x : x + w][part[cut : cut + 2]] = 0
    return parted


def with_own_marks(strokes: Strokes, geometry: Geometry, furniture: Image) -> Strokes:
    """The strokes with marks between two lines on the line of their letter.

    Over a capital a mark ("Ấp") stands where the line above still has its tails, and where lines are close
    the dot under a letter stands as high as the next line's marks. Such a mark goes with the letter under it
    where no stroke of the line above is as near, a dot also with the letter over it. Under a line there is no
    mark but a dot: what is larger and stands over a letter is that letter's, unless it is the end of a tail
    that something printed was taken out of.

    Args:
        strokes: those of the page.
        geometry: its lines.
        furniture: mask of leaders and rules, uint8 (rows, columns).
    """
    pitch = geometry.pitch
    rows = np.array(geometry.rows_between(0, geometry.page.height))
    if not len(rows):
        return strokes
    below = np.searchsorted(rows, strokes.y)
    upper = np.where(below > 0, rows[np.maximum(below - 1, 0)], -np.inf)
    over = (rows[np.minimum(below, len(rows) - 1)] - strokes.y) / pitch
    under = (strokes.y - upper) / pitch
    written = strokes.area > 0
    small = written & (strokes.height < MARK[0] * pitch) & (strokes.width < MARK[1] * pitch)
    between = (over < OVER_LINE[1]) & ((over > OVER_LINE[0]) | ((over > BETWEEN) & (under < UNDER)))
    dots = np.maximum(strokes.height, strokes.width) < DOT * pitch
    hanging = (under > HANGS) & (strokes.top > upper - 0.05 * pitch) & ~dots
    letters = written & ~(small & between)
    y = strokes.y.copy()
    for mark in np.flatnonzero(small & between).tolist():
        above, beneath = _nearest(strokes, mark, letters, round(OVER * pitch))
        nearer = NEARER * pitch
        if beneath.away <= OWN * pitch and above.away >= beneath.away + nearer:
            y[mark] = strokes.y[beneath.stroke]
        elif dots[mark] and above.away <= OWN * pitch and beneath.away >= above.away + nearer:
            y[mark] = strokes.y[above.stroke]
        elif hanging[mark] and beneath.away <= OVER * pitch and not _printed_between(above, furniture):
            left, right = strokes.left[beneath.stroke], strokes.left[beneath.stroke] + strokes.width[beneath.stroke]
            if left < strokes.x[mark] < right:
                y[mark] = strokes.y[beneath.stroke]
    return replace(strokes, y=y)


@dataclass(frozen=True, slots=True)
class _Letter:
    """The letter nearest to a mark: how far, which stroke, and the points (column, row) nearest to each other."""

    away: float
    stroke: int
    ends: tuple[tuple[int, int], tuple[int, int]]


def _nearest(strokes: Strokes, mark: int, letters: NDArray[np.bool_], reach: int) -> tuple[_Letter, _Letter]:
    """The letter nearest to a mark over it, and the one under it."""
    x0, y0 = max(0, int(strokes.left[mark]) - reach), max(0, int(strokes.top[mark]) - reach)
    x1 = int(strokes.left[mark] + strokes.width[mark]) + reach
    y1 = int(strokes.top[mark] + strokes.height[mark]) + reach
    around = strokes.labels[y0:y1, x0:x1]
    own_rows, own_columns = np.nonzero(around == mark)
    rows, columns = np.nonzero(letters[around])
    found = around[rows, columns]
    away = cv2.distanceTransform((around != mark).astype(np.uint8), cv2.DIST_L2, 3)[rows, columns]

    def first(wanted: NDArray[np.bool_]) -> _Letter:
        if not wanted.any():
            return _Letter(np.inf, 0, ((0, 0), (0, 0)))
        i = int(np.flatnonzero(wanted)[away[wanted].argmin()])
        j = int(np.hypot(own_rows - rows[i], own_columns - columns[i]).argmin())
        ends = (int(columns[i]) + x0, int(rows[i]) + y0), (int(own_columns[j]) + x0, int(own_rows[j]) + y0)
        return _Letter(float(away[i]), int(found[i]), ends)

    over = strokes.y[found] < strokes.y[mark]
    return first(over), first(~over)


def _printed_between(letter: _Letter, furniture: Image) -> bool:
    """Whether something printed was taken out between a mark and a letter that may be one with it."""
    if not np.isfinite(letter.away):
        return False
    (x0, y0), (x1, y1) = letter.ends
    return bool(furniture[min(y0, y1) : max(y0, y1) + 1, min(x0, x1) : max(x0, x1) + 1].any())


def without_signatures(strokes: Strokes, row: float, left: float, right: float, pitch: float) -> Strokes:
    """The strokes with letters of a row cut off the signatures over it that they hang together with.

    Such a signature is far taller than a line, and would take the letters it touches with it. It is cut at its
    thinnest row over the small letters; what stands on the row under the cut is writing, a tail that runs on
    or ends elsewhere stays with the signature.

    Args:
        strokes: those of the page.
        row: the row that the letters stand on.
        left: first column of the row.
        right: its last column.
        pitch: the page's line pitch.
    """
    foot = strokes.top + strokes.height
    tall = (strokes.height >= LINE * pitch) & (strokes.top < row - pitch) & (foot > row - CAPITALS[1] * pitch)
    tall &= (strokes.left < right) & (strokes.left + strokes.width > left) & (np.arange(len(foot)) > 0)
    labels = strokes.labels.copy() if tall.any() else strokes.labels
    found: list[NDArray[np.float64]] = []
    for stroke in np.flatnonzero(tall).tolist():
        x, y = int(strokes.left[stroke]), int(strokes.top[stroke])
        here = slice(y, int(foot[stroke])), slice(x, x + int(strokes.width[stroke]))
        part = labels[here] == stroke
        first, last = (max(0, round(row - share * pitch) - y) for share in CAPITALS)
        cut = first + int(part[first:last].sum(axis=1).argmin())
        _, pieces, stats, centres = connected((part[cut:] * np.uint8(255)).astype(np.uint8))
        for piece in range(1, len(stats)):
            low = y + cut + int(stats[piece, cv2.CC_STAT_TOP]) + int(stats[piece, cv2.CC_STAT_HEIGHT])
            stands = row - STANDS[0] * pitch < low < row + STANDS[1] * pitch
            if not stands or stats[piece, cv2.CC_STAT_AREA] < SPECK:
                continue
            labels[here][cut:][pieces == piece] = len(foot) + len(found)
            found.append(np.array([*stats[piece], *centres[piece]]) + np.array([x, y + cut, 0, 0, 0, x, y + cut]))
    if not found:
        return strokes
    new = np.array(found)
    columns = (
        np.concatenate([old, new[:, i].astype(old.dtype)])
        for i, old in enumerate(
            (strokes.left, strokes.top, strokes.width, strokes.height, strokes.area, strokes.x, strokes.y)
        )
    )
    return Strokes(labels, *columns)


def strokes_of(mask: Image, boxes: Sequence[Box], pitch: float) -> Strokes:
    """Connected strokes that may be writing: the labels' own print and what is far too tall are left out."""
    _, labels, stats, centres = connected(mask)
    kept = stats[:, cv2.CC_STAT_AREA] >= SPECK
    kept[0] = False
    left, top = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    right, bottom = left + stats[:, cv2.CC_STAT_WIDTH], top + stats[:, cv2.CC_STAT_HEIGHT]
    for box in boxes:
        pad = 0.25 * box.h
        # Whole letters of the label go, also where the engine drew its box a little tight; a stroke of the
        # writing that reaches into the label goes on beyond it, and stays.
        wide = np.minimum(right, box.right + pad) - np.maximum(left, box.x - pad)
        high = np.minimum(bottom, box.bottom + pad) - np.maximum(top, box.y - pad)
        inside = (wide > 0.6 * (right - left)) & (high > 0.6 * (bottom - top))
        kept &= ~(inside & (centres[:, 0] < box.right + 0.1 * box.h))
    kept &= stats[:, cv2.CC_STAT_HEIGHT] < 2.2 * pitch
    stats = np.asarray(stats, np.int32)
    stats[~kept, cv2.CC_STAT_AREA] = 0
    numbers = np.asarray(stats, np.int32)
    return Strokes(
        np.asarray(labels, np.int32),
        numbers[:, cv2.CC_STAT_LEFT],
        numbers[:, cv2.CC_STAT_TOP],
        numbers[:, cv2.CC_STAT_WIDTH],
        numbers[:, cv2.CC_STAT_HEIGHT],
        numbers[:, cv2.CC_STAT_AREA],
        np.asarray(centres[:, 0], np.float64),
        np.asarray(centres[:, 1], np.float64),
    )
