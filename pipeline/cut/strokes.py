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
MARK: Final = (0.4, 0.7)
"""Height and width, in line pitches, of the largest mark."""
LINE: Final = 1.2
"""Height, in line pitches, from which on a stroke under a heading is no letter of a name."""
CAPITALS: Final = (0.85, 0.4)
"""Where over a row, in line pitches, capitals end and small letters do."""
STANDS: Final = (0.35, 0.35)
"""How far over and under its row, in line pitches, a letter may end."""
OWN: Final = 0.3
NEARER: Final = 0.04
"""Line pitches from a mark to the letter under it at the most, and by which that letter must be nearest."""


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


def with_own_marks(strokes: Strokes, geometry: Geometry) -> Strokes:
    """The strokes with marks over capitals on the line of their letter.

    Over a capital a mark ("Ấp") stands where the line above still has its tails. It goes with the letter
    under it where no stroke of the line above is as near.
    """
    pitch = geometry.pitch
    rows = np.array(geometry.rows_between(0, geometry.page.height))
    if not len(rows):
        return strokes
    below = np.searchsorted(rows, strokes.y)
    over = np.where(below < len(rows), rows[np.minimum(below, len(rows) - 1)] - strokes.y, 0.0) / pitch
    written = strokes.area > 0
    small = written & (strokes.height < MARK[0] * pitch) & (strokes.width < MARK[1] * pitch)
    marks = np.flatnonzero(small & (over > OVER_LINE[0]) & (over < OVER_LINE[1]))
    letters = np.flatnonzero(written & ~small)
    if not len(marks) or not len(letters):
        return strokes
    left, top = strokes.left[letters], strokes.top[letters]
    right, bottom = left + strokes.width[letters], top + strokes.height[letters]
    y = strokes.y.copy()
    for mark in marks.tolist():
        x0, y0 = int(strokes.left[mark]), int(strokes.top[mark])
        x1, y1 = x0 + int(strokes.width[mark]), y0 + int(strokes.height[mark])
        wide = np.maximum(0, np.maximum(left - x1, x0 - right))
        high = np.maximum(0, np.maximum(top - y1, y0 - bottom))
        away = np.hypot(wide, high) / pitch
        under = (strokes.y[letters] > y1) & (wide == 0)
        nearest = float(away[under].min(initial=np.inf))
        if nearest <= OWN and float(away[~under].min(initial=np.inf)) >= nearest + NEARER:
            y[mark] = strokes.y[letters[under][away[under].argmin()]]
    return replace(strokes, y=y)


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
