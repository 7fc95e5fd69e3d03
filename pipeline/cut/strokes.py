"""Connected strokes of a page that may be writing."""

from __future__ import annotations

from dataclasses import dataclass
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
