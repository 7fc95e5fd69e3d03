"""Connected strokes of a page that may be writing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from pipeline.connected import connected
from pipeline.cut.printed import cut_off, print_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.cut.geometry import Geometry
    from pipeline.elements import Box

    Image = NDArray[np.uint8]

SPECK: Final = 10
"""Ink of fewer pixels is dust."""
UNDER: Final = 0.34
"""How far under its baseline, in line pitches, the middle of a stroke of the line may be."""
LINE: Final = 1.2
"""Height, in line pitches, from which on a stroke under a heading is no letter of a name."""
HIGHEST: Final = 2.2
HIGHEST_OF_FIELDS: Final = 3.4
"""Heights, in line pitches, of what may hang together over lines: two, and three where nobody signs."""
CAPITALS: Final = (0.85, 0.4)
"""Where over a row, in line pitches, capitals end and small letters do."""
STANDS: Final = (0.35, 0.55)
"""How far over and under its row, in line pitches, a letter may end: under it, its tail."""


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

    @cached_property
    def right(self) -> NDArray[np.int32]:
        """The column after each stroke's last."""
        return self.left + self.width

    @cached_property
    def bottom(self) -> NDArray[np.int32]:
        """The row after each stroke's last."""
        return self.top + self.height


def parted(mask: Image, geometry: Geometry) -> Image:
    """The strokes with those cut apart that hang together over two lines, or with print over them.

    A tail that touches a capital of the next line joins two letters into one stroke. Such a stroke is cut at
    its thinnest row under the upper line.
    """
    pitch = geometry.pitch
    _, labels, stats, centres = connected(mask)
    foot = stats[:, cv2.CC_STAT_TOP] + stats[:, cv2.CC_STAT_HEIGHT]
    tall = np.flatnonzero(
        (stats[:, cv2.CC_STAT_HEIGHT] > 1.05 * pitch)
        & ((stats[:, cv2.CC_STAT_HEIGHT] < HIGHEST * pitch) | (foot < geometry.signed))
        & (stats[:, cv2.CC_STAT_HEIGHT] < HIGHEST_OF_FIELDS * pitch)
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
    cut_off(parted, geometry.printed, labels, stats, centres)
    return parted


def without_signatures(strokes: Strokes, row: float, left: float, right: float, pitch: float) -> Strokes:
    """The strokes with letters of a row cut off the signatures over it that they hang together with.

    Such a signature is far taller than a line, and would take the letters it touches with it. It is cut at
    its thinnest row over the small letters; what stands on the row under the cut is writing, a tail that runs
    on or ends elsewhere stays with the signature.

    Args:
        strokes: those of the page.
        row: the row that the letters stand on.
        left: first column of the row.
        right: its last column.
        pitch: the page's line pitch.
    """
    foot = strokes.bottom
    tall = (strokes.height >= LINE * pitch) & (strokes.top < row - pitch) & (foot > row - CAPITALS[1] * pitch)
    tall &= (strokes.left < right) & (strokes.right > left) & (np.arange(len(foot)) > 0)
    labels = strokes.labels.copy() if tall.any() else strokes.labels
    stats: list[NDArray[np.int32]] = []
    centres: list[NDArray[np.float64]] = []
    for stroke in np.flatnonzero(tall).tolist():
        x, y = int(strokes.left[stroke]), int(strokes.top[stroke])
        here = slice(y, int(foot[stroke])), slice(x, x + int(strokes.width[stroke]))
        part = labels[here] == stroke
        first, last = (max(0, round(row - share * pitch) - y) for share in CAPITALS)
        cut = y + first + int(part[first:last].sum(axis=1).argmin())
        _, pieces, boxes, middles = connected((part[cut - y :] * np.uint8(255)).astype(np.uint8))
        for piece, (begin, top, _, height, area) in enumerate(boxes.tolist()):
            end = cut + top + height
            if not piece or area < SPECK or not row - STANDS[0] * pitch < end < row + STANDS[1] * pitch:
                continue
            labels[here][cut - y :][pieces == piece] = len(foot) + len(stats)
            stats.append(np.array([x + begin, cut + top, *boxes[piece, 2:]], np.int32))
            centres.append(np.array([x, cut], np.float64) + middles[piece])
    if not stats:
        return strokes
    left_of, top_of, width, height_of, area_of = np.array(stats).T
    x_of, y_of = np.array(centres).T
    return Strokes(
        labels,
        np.concatenate([strokes.left, left_of]),
        np.concatenate([strokes.top, top_of]),
        np.concatenate([strokes.width, width]),
        np.concatenate([strokes.height, height_of]),
        np.concatenate([strokes.area, area_of]),
        np.concatenate([strokes.x, x_of]),
        np.concatenate([strokes.y, y_of]),
    )


def strokes_of(mask: Image, boxes: Sequence[Box], pitch: float) -> Strokes:
    """Connected strokes that may be writing: the labels' own print and what is far too tall are left out."""
    _, labels, stats, centres = connected(mask)
    kept = stats[:, cv2.CC_STAT_AREA] >= SPECK
    kept[0] = False
    for box in boxes:
        kept &= ~print_of(box, stats, centres)[0]
    kept &= stats[:, cv2.CC_STAT_HEIGHT] < HIGHEST * pitch
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
