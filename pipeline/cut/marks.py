"""Marks between two lines of writing: which letter each belongs to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from pipeline.cut.strokes import UNDER
from pipeline.elements import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.cut.geometry import Geometry
    from pipeline.cut.strokes import Strokes

    Image = NDArray[np.uint8]

OVER_LINE: Final = (0.8, 1.25)
"""Where over a baseline, in line pitches, a mark stands that may be of that line or of the one above it."""
MARK: Final = (0.5, 0.7)
"""Height and width, in line pitches, of the largest mark."""
BETWEEN: Final = 0.4
"""Lines are never so close that a mark so little over its baseline, in line pitches, is of the one above."""
ABOUT: Final = 0.1
"""How exactly, in line pitches, the row of a line without a label is known."""
DOT: Final = 0.2
"""Size, in line pitches, under which a mark may be the dot under a letter."""
HANGS: Final = 0.12
"""How far under a baseline, in line pitches, the middle of a mark is that is no comma."""
FLAT: Final = 1.3
"""Width, in its heights, of a mark that is no comma and, where it stands astride a row, no tail's end."""
ASTRIDE: Final = 0.15
"""How far, in line pitches, such a mark reaches over the row: a letter that stands on it reaches higher."""
CROSSES: Final = (0.05, 0.1)
"""How far over and under a row, in line pitches, a mark reaches that a letter of the line below may own even
where one of the line above is as near: tails that were parted from their letters begin on the row."""
BROAD: Final = 0.22
"""Height and width of such a mark, in line pitches: a comma is narrower."""
CLOSE: Final = 0.15
"""Line pitches between the two at the most."""
TOUCHES: Final = 0.08
"""Line pitches from a letter of the line above within which what lies astride its row is a part of it."""
BODY: Final = 0.55
"""Height, in line pitches, from which on what begins under a row and ends at the next is the next one's."""
ENDS: Final = 0.35
"""How far from that row, in line pitches, it may end."""
LEAST: Final = 0.2
AROUND: Final = 2.0
LEVEL: Final = 0.06
"""Height of a letter at the least, how far letters are looked at beside a mark, and how far under their feet
it ends at the most, in line pitches."""
SLANT: Final = 0.15
"""Line pitches to the right of a letter at which a mark over it may stand in a slanted hand."""
OWN: Final = 0.3
NEARER: Final = 0.04
"""Line pitches from a mark to its letter at the most, and by which that must be nearer than another's."""
OVER: Final = 0.45
"""The same for what stands over a letter and cannot be of the line above."""


def with_own_marks(strokes: Strokes, geometry: Geometry, furniture: Image) -> Strokes:
    """The strokes with marks between two lines on the line of their letter.

    Over a capital a mark ("Ấp") stands where the line above still has its tails, and where lines are close
    the dot under a letter stands as high as the next line's marks. Such a mark goes with the letter under it
    where no stroke of the line above is as near, a dot also with the letter over it. Under a line there is no
    mark but a dot: what is larger and stands over a letter is that letter's, unless it is a comma or the end
    of a tail that something printed was taken out of.

    Args:
        strokes: those of the page.
        geometry: its lines.
        furniture: mask of leaders and rules, uint8 (rows, columns).
    """
    pitch = geometry.pitch
    rows = geometry.lines.rows
    if not len(rows):
        return strokes
    below = np.searchsorted(rows, strokes.y + ABOUT * pitch)
    upper = np.where(below > 0, rows[np.maximum(below - 1, 0)], -np.inf)
    lower = rows[np.minimum(below, len(rows) - 1)]
    over = (lower - strokes.y) / pitch
    under = (strokes.y - upper) / pitch
    written = strokes.area > 0
    small = written & (strokes.height < MARK[0] * pitch) & (strokes.width < MARK[1] * pitch)
    between = (over < OVER_LINE[1]) & ((over > OVER_LINE[0]) | ((over > BETWEEN) & (under < UNDER + ABOUT)))
    dots = np.maximum(strokes.height, strokes.width) < DOT * pitch
    flat = strokes.width > FLAT * strokes.height
    hanging = (((under > HANGS) & (strokes.top > upper - 0.05 * pitch)) | flat) & ~dots
    hanging &= strokes.top > upper - ASTRIDE * pitch
    astride = hanging & flat & (strokes.top < upper)
    between &= (under >= 0) | (strokes.top > upper - ASTRIDE * pitch)
    crossing = (strokes.top < upper - CROSSES[0] * pitch) & (strokes.bottom > upper + CROSSES[1] * pitch)
    crossing &= np.minimum(strokes.height, strokes.width) > BROAD * pitch
    letters = written & ~(small & between)
    y = strokes.y.copy()
    # "P" and "T" have their ink at the top: where lines are close it is as near to the one above.
    low = written & (strokes.top > upper) & (strokes.height > BODY * pitch) & (under < UNDER + ABOUT)
    low &= np.abs(strokes.bottom - lower) < ENDS * pitch
    y[low] = np.maximum((strokes.top + strokes.bottom) / 2, upper + (UNDER + ABOUT) * pitch)[low]
    for mark in np.flatnonzero(small & between).tolist():
        box = Box(*(int(side[mark]) for side in (strokes.left, strokes.top, strokes.width, strokes.height)))
        above, beneath = nearest_letters(strokes.labels, mark, box, letters, strokes.y, round(OVER * pitch))
        nearer = NEARER * pitch
        own = beneath.away <= OWN * pitch and above.away >= beneath.away + nearer
        near = beneath.away <= CLOSE * pitch and above.away >= beneath.away - nearer
        if own or (crossing[mark] and near):
            y[mark] = strokes.y[beneath.stroke]
        elif dots[mark] and above.away <= OWN * pitch and beneath.away >= above.away + nearer:
            y[mark] = strokes.y[above.stroke]
        elif beneath.away <= OVER * pitch and (
            (astride[mark] and above.away > TOUCHES * pitch)
            or (hanging[mark] and not _ends_letter(above, furniture))
        ):
            left, width = strokes.left[beneath.stroke], strokes.width[beneath.stroke]
            over_letter = left < strokes.x[mark] < left + width + SLANT * pitch
            if over_letter and not _stands_beside(strokes, mark, letters, float(upper[mark]), pitch):
                y[mark] = strokes.y[beneath.stroke]
    return replace(strokes, y=y)


@dataclass(frozen=True, slots=True)
class NearLetter:
    """The letter nearest to a mark: how far, which stroke, and the nearest points (column, row) of both."""

    away: float
    stroke: int
    ends: tuple[tuple[int, int], tuple[int, int]]


def nearest_letters(
    labels: NDArray[np.int32],
    mark: int,
    box: Box,
    letters: NDArray[np.bool_],
    middles: NDArray[np.float64],
    reach: int,
) -> tuple[NearLetter, NearLetter]:
    """The letter nearest to a mark over it, and the one under it; infinitely far where none is near.

    Args:
        labels: label image of the page's strokes.
        mark: the mark's label.
        box: the mark's box.
        letters: which strokes are letters, by label.
        middles: the middle row of each stroke.
        reach: how far letters are looked for, in pixels.
    """
    x0, y0 = max(0, box.x - reach), max(0, box.y - reach)
    around = labels[y0 : box.bottom + reach, x0 : box.right + reach]
    own_rows, own_columns = np.nonzero(around == mark)
    rows, columns = np.nonzero(letters[around] & (around != mark))
    found = around[rows, columns]
    away = cv2.distanceTransform((around != mark).astype(np.uint8), cv2.DIST_L2, 3)[rows, columns]

    def first(wanted: NDArray[np.bool_]) -> NearLetter:
        if not wanted.any():
            return NearLetter(np.inf, 0, ((0, 0), (0, 0)))
        i = int(np.flatnonzero(wanted)[away[wanted].argmin()])
        j = int(np.hypot(own_rows - rows[i], own_columns - columns[i]).argmin())
        ends = (int(columns[i]) + x0, int(rows[i]) + y0), (int(own_columns[j]) + x0, int(own_rows[j]) + y0)
        return NearLetter(float(away[i]), int(found[i]), ends)

    over = middles[found] < middles[mark]
    return first(over), first(~over)


def _stands_beside(strokes: Strokes, mark: int, letters: NDArray[np.bool_], row: float, pitch: float) -> bool:
    """Whether a mark ends where the letters beside it stand, which may be under the row: a small "m" does."""
    beside = letters & (np.abs(strokes.bottom - row) < ENDS * pitch) & (strokes.height > LEAST * pitch)
    beside &= np.abs(strokes.x - strokes.x[mark]) < AROUND * pitch
    feet = strokes.bottom[beside]
    return len(feet) > 1 and bool(strokes.bottom[mark] < np.median(feet) + LEVEL * pitch)


def _ends_letter(letter: NearLetter, furniture: Image) -> bool:
    """Whether a mark may be the end of a letter over it, or a comma behind it.

    Something printed was taken out between the two, or the letter stands to the left of the mark.
    """
    if not np.isfinite(letter.away):
        return False
    (x0, y0), (x1, y1) = letter.ends
    between = furniture[min(y0, y1) : max(y0, y1) + 1, min(x0, x1) : max(x0, x1) + 1]
    return bool(between.any()) or x1 - x0 > abs(y1 - y0)
