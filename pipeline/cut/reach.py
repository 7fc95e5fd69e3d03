"""How far a field's box must reach, so that it shows all that may be of the field's writing.

A mark over a tall capital ("Ấp") hangs in the tails of the line above and often touches one; the tail of a
"g" runs into the capital under it. No rule tells for sure of which of the two lines such ink is, and what is
read of a line holds what most likely is its own. But a person who judges the field must see all that may be:
its box reaches over that, and no further than the bodies of the next lines' letters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from pipeline.connected import connected
from pipeline.elements import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.cut.strokes import Strokes

OVER: Final = 1.3
"""How far over its baseline, in line pitches, a line's highest mark may reach."""
FEET: Final = 0.05
"""Line pitches over the row above that are left to the letters that stand on it."""
HANGS: Final = 0.1
"""Line pitches that ink reaches below that row at the least: a letter that stands on it is no mark."""
MARK_GAP: Final = (0.2, 0.15)
TAIL_GAP: Final = (0.1, 0.02)
"""Line pitches between a letter and its mark, and between a letter and its tail, at the most: rows, columns."""
UNDER: Final = 0.4
"""How far under its baseline, in line pitches, a tail that was parted from its letter is followed."""
BODIES: Final = 0.5
"""Line pitches over the row below that are left to the bodies of its letters, which do not all stand on it."""
STANDS: Final = 0.12
"""Line pitches over its row at which a letter ends that its tail was taken from, at the most."""
TALL: Final = 0.9
"""Height, in line pitches, of a stroke that may hang together with one of the line below."""
MIDDLE: Final = 0.35
"""Where over its row, in line pitches, the middle of a letter is looked for, and how far from there."""
LEAST: Final = 0.25
"""Height of a letter, in line pitches, at the least."""
CLEAR: Final = 0.15
"""Line pitches from the middle of another line's letters to the box at the least."""
ANOTHER: Final = 0.6
"""Line pitches from which on a row is another line's."""


@dataclass(frozen=True, slots=True)
class Lines:
    """The rows of a page on which its lines stand, from top to bottom, and their pitch; in pixels."""

    rows: NDArray[np.float64]
    pitch: float

    def above(self, baseline: float) -> float:
        """The row over a line; two pitches over it where there is none."""
        rows = self.rows[self.rows < baseline - ANOTHER * self.pitch]
        return float(rows.max()) if len(rows) else baseline - 2 * self.pitch

    def below(self, baseline: float) -> float:
        """The row under a line; infinite where there is none."""
        rows = self.rows[self.rows > baseline + ANOTHER * self.pitch]
        return float(rows.min()) if len(rows) else np.inf


def reach(
    top: int, bottom: int, own: NDArray[np.bool_], strokes: Strokes, baseline: float, lines: Lines
) -> tuple[int, int]:
    """First row of one line of a field's writing, and the row after its last, with what may be of it too.

    Args:
        top: first row of the strokes that the line holds.
        bottom: the row after their last.
        own: which strokes it holds, by label.
        strokes: those of the page.
        baseline: the row on which the line stands.
        lines: the page's lines; where no row is given nothing else is looked at.
    """
    if not len(lines.rows):
        return top, bottom
    pitch = lines.pitch
    columns = strokes.left[own].min(), (strokes.left + strokes.width)[own].max()
    row = lines.above(baseline)
    highest = max(0, round(max(baseline - OVER * pitch, row - FEET * pitch)))
    lowest = round(min(baseline + UNDER * pitch, lines.below(baseline) - BODIES * pitch))
    higher = _middle(strokes, own, row, columns, pitch)
    lower = _middle(strokes, own, lines.below(baseline), columns, pitch)
    if higher is not None:
        highest = max(highest, round(higher + CLEAR * pitch))
    if lower is not None:
        lowest = min(lowest, round(lower - CLEAR * pitch))
    marks, tails = top, bottom
    if highest < top:
        first, feet = _beside(strokes, own, (highest, bottom), columns, MARK_GAP, pitch)
        marks = min([top, *first[feet > row + HANGS * pitch].tolist()])
    if lowest > bottom:
        start = max(top, round(baseline - STANDS * pitch))
        _, feet = _beside(strokes, own, (start, lowest), columns, TAIL_GAP, pitch)
        tails = max([bottom, *feet.tolist()])
    elif lowest < bottom and np.isfinite(lines.below(baseline)):
        feet = np.where(strokes.height > TALL * pitch, lowest, strokes.top + strokes.height)[own]
        tails = max(int(min(feet.max(), bottom)), lowest)
    return marks, tails


def _middle(
    strokes: Strokes, own: NDArray[np.bool_], row: float, columns: tuple[int, int], pitch: float
) -> float | None:
    """The row through the middle of the letters that stand on a row over or under a line's own."""
    there = (strokes.area > 0) & ~own & (strokes.x > columns[0]) & (strokes.x < columns[1])
    there &= (np.abs(strokes.y - row + MIDDLE * pitch) < MIDDLE * pitch) & (strokes.height > LEAST * pitch)
    middles = (strokes.top + strokes.height / 2)[there]
    return float(np.median(middles)) if len(middles) else None


def _beside(
    strokes: Strokes,
    own: NDArray[np.bool_],
    rows: tuple[int, int],
    columns: tuple[int, int],
    gap: tuple[float, float],
    pitch: float,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """First rows, and rows after the last, of other ink of a part of the page, no further than ``gap``
    from a line's own, in pitches up and down and to the sides."""
    part = strokes.labels[rows[0] : rows[1], columns[0] : columns[1]]
    mine = own[part]
    others = (strokes.area > 0)[part] & ~mine
    if not others.any():
        return np.zeros(0, np.int32), np.zeros(0, np.int32)
    high, wide = (2 * round(share * pitch) + 1 for share in gap)
    near = cv2.dilate(mine.astype(np.uint8), np.ones((high, wide), np.uint8)) > 0
    _, pieces, boxes, _ = connected((others * np.uint8(255)).astype(np.uint8))
    touched = np.unique(pieces[near & others])
    tops = np.asarray(boxes[touched, cv2.CC_STAT_TOP], np.int32) + rows[0]
    return tops, tops + np.asarray(boxes[touched, cv2.CC_STAT_HEIGHT], np.int32)
