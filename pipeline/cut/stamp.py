"""Round stamps over signatures on grey scans, taken out so that the name written there is left.

A red stamp is faded by its colour before anything is read (``pipeline.clean``). A grey scan has no colour,
but the ring tells where the stamp lies, and how dark its ink is: what is darker inside was written by a pen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from pipeline.ink import Ink

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.clean import CleanPage
    from pipeline.elements import Box

    Image = NDArray[np.uint8]

PAPER: Final = 245
SMALL: Final = 4
"""Reduction at which rings are looked for."""
RADII: Final = (124, 156)
"""Radius of a stamp in pixels: 32 to 40 mm across at 200 dots an inch."""
ROUND: Final = 0.8
"""Share of a ring that ink covers at the least: stamps had 0.9 and more, pages without one 0.7 at most."""
AS_ROUND: Final = 0.03
"""Share by which the outer of its rings may be covered less than the other."""
RINGS: Final = 4
"""Reduced pixels between the two rings of a stamp, and between their middles, at the most."""
OVER: Final = 90
UNDER: Final = 470
"""Rows over and under a heading for signatures in which a stamp is looked for."""
RING: Final = (0.93, 1.05)
"""Where the ring's own ink lies, in radii; nothing of the stamp is further out."""
APART: Final = 35
"""Grey levels by which a pen is darker than the stamp at the least, or neither can be told."""
TOWARDS_PEN: Final = 0.4
"""What is darker than the stamp by this part of the way to the pen is the pen's."""


@dataclass(frozen=True)
class Stamp:
    """Where a stamp lies: column and row of its middle, and its radius, in pixels."""

    x: float
    y: float
    radius: float

    def covers(self, box: Box) -> bool:
        """Whether it lies over a part of a box."""
        away_x = max(box.x - self.x, 0.0, self.x - box.right)
        away_y = max(box.y - self.y, 0.0, self.y - box.bottom)
        return math.hypot(away_x, away_y) < self.radius


def without_stamps(
    page: CleanPage, ink: Ink, headings: Sequence[Box], *, whole: bool = True
) -> tuple[CleanPage, Ink, Stamp | None]:
    """The page and its ink without the stamp at the headings under which people sign, and that stamp.

    Args:
        page: the clean page.
        ink: its strokes.
        headings: boxes of those headings.
        whole: up to the outer of a stamp's rings, for a name under it. A heading is read better where that
            ring, which crosses its letters, stays.

    Returns:
        Page and ink as they were where no stamp is found, or none whose ink is lighter than a pen's.
    """
    if not headings:
        return page, ink, None
    top = max(0, min(box.y for box in headings) - OVER)
    bottom = min(page.height, max(box.bottom for box in headings) + UNDER)
    found = find_stamp(ink.strokes[top:bottom], whole=whole)
    if found is None:
        return page, ink, None
    stamp = replace(found, y=found.y + top)
    gone = _stamp_ink(page.grey, ink.strokes, stamp)
    if gone is None:
        return page, ink, stamp
    grey, strokes = page.grey.copy(), ink.strokes.copy()
    strokes[gone > 0] = 0
    rim = cv2.dilate(gone, np.ones((3, 3), np.uint8)) > 0
    grey[rim & (cv2.dilate(strokes, np.ones((3, 3), np.uint8)) == 0)] = PAPER
    return replace(page, grey=grey), Ink(strokes, ink.furniture), stamp


def find_stamp(strokes: Image, *, whole: bool = True) -> Stamp | None:
    """The stamp whose ring ink covers best, if any; ``strokes`` is a mask of ink, uint8 (rows, columns).

    A stamp has two rings, one in the other: its ``whole`` ends at the outer, though the inner be the rounder.
    """
    rows, columns = strokes.shape[0] // SMALL, strokes.shape[1] // SMALL
    if min(rows, columns) < 2 * RADII[0] // SMALL:
        return None
    small = cv2.resize(strokes, (columns, rows), interpolation=cv2.INTER_AREA)
    covered = cv2.dilate((small > 60).astype(np.float32), np.ones((3, 3), np.uint8))
    found: list[tuple[float, int, int, int]] = []
    for radius in range(RADII[0] // SMALL, RADII[1] // SMALL + 1):
        ring = _ring(radius)
        covering = cv2.filter2D(covered, cv2.CV_32F, ring / ring.sum(), borderType=cv2.BORDER_CONSTANT)
        _, highest, _, (x, y) = cv2.minMaxLoc(covering)
        if highest > ROUND:
            found.append((highest, radius, x, y))
    if not found:
        return None
    best, inner, x, y = max(found, key=lambda ring: (ring[0], -ring[1]))
    rings = [
        (radius, u, v)
        for share, radius, u, v in found
        if share > best - AS_ROUND and max(abs(u - x), abs(v - y)) <= RINGS
    ]
    radius, x, y = max(ring for ring in rings if ring[0] <= inner + RINGS) if whole else (inner, x, y)
    return Stamp((x + 0.5) * SMALL, (y + 0.5) * SMALL, radius * SMALL)


def _ring(radius: int) -> NDArray[np.float32]:
    ring = np.zeros((2 * radius + 3, 2 * radius + 3), np.float32)
    cv2.circle(ring, (radius + 1, radius + 1), radius, 1.0, 1)
    return ring


def _stamp_ink(grey: Image, strokes: Image, stamp: Stamp) -> Image | None:
    """Mask of the stamp's own ink; None where a pen's cannot be told from it."""
    reach = round(RING[1] * stamp.radius) + 1
    top, left = max(0, round(stamp.y) - reach), max(0, round(stamp.x) - reach)
    part = slice(top, round(stamp.y) + reach), slice(left, round(stamp.x) + reach)
    rows, columns = np.ogrid[: grey[part].shape[0], : grey[part].shape[1]]
    away = np.hypot(columns + left - stamp.x, rows + top - stamp.y) / stamp.radius
    inside = (strokes[part] > 0) & (away < RING[1])
    ring = inside & (away > RING[0])
    if not ring.any():
        return None
    own, pen = float(np.median(grey[part][ring])), float(np.percentile(grey[part][inside], 4))
    if own - pen < APART:
        return None
    written = (inside & (grey[part] < own - TOWARDS_PEN * (own - pen))).astype(np.uint8)
    kept = cv2.dilate(written, np.ones((5, 5), np.uint8)) > 0
    gone = np.zeros_like(strokes)
    gone[part] = (inside & ~kept) * np.uint8(255)
    return gone
