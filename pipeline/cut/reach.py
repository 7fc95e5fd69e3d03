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

from pipeline.elements import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.cut.strokes import Strokes

OVER: Final = 1.5
"""How far over its baseline, in line pitches, a line's highest mark may reach: rows may be further apart."""
FEET: Final = 0.2
"""Line pitches over the row above that a mark may reach into the letters that stand on it."""
HANGS: Final = 0.1
"""Line pitches that ink reaches below that row at the least: a letter that stands on it is no mark."""
MARK_GAP: Final = (0.25, 0.25)
TAIL_GAP: Final = (0.1, 0.02)
"""Line pitches from a letter to its mark, and from a letter to its tail, at the most: in rows, in columns."""
UNDER: Final = 0.5
"""How far under its baseline, in line pitches, a tail that was parted from its letter is followed."""
BODIES: Final = (0.5, 0.35)
"""Line pitches that are left to the letters below: over their row, or over their middle, whichever is less,
for not all stand on their row."""
STANDS: Final = 0.12
"""Line pitches over its row at which a letter ends that its tail was taken from, at the most."""
TALL: Final = 0.9
"""Height, in line pitches, of a stroke that may hang together with one of the line below."""
MIDDLE: Final = 0.35
"""Where over its row, in line pitches, the middle of a letter is looked for, and how far from there."""
LEAST: Final = 0.25
"""Height of a letter, in line pitches, at the least."""
LOW: Final = 0.15
WORD: Final = 0.6
"""Line pitches under its row at which the middle of a word may lie, and its height there at the least."""
CLEAR: Final = 0.12
"""Line pitches from the middle of a word above, or below, to the box at the least."""
BELOW: Final = 0.15
"""The same from the middle of most letters below: what marks stand over some of them, theirs is higher."""
MARK: Final = 0.35
"""Size of a mark, in line pitches, at the most."""
APART: Final = 1.0
"""Line pitches between two words that are two fields'."""
AROUND: Final = 2.2
"""Line pitches from a line's row within which other strokes are looked at."""
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
    box: Box,
    own: NDArray[np.bool_],
    strokes: Strokes,
    baseline: float,
    columns: tuple[int, int],
    lines: Lines,
) -> Box:
    """The box of one line of a field's writing, from its first row to its last, with what may be of it too.

    Args:
        box: around the strokes that the line holds.
        own: which strokes it holds, by label.
        strokes: those of the page.
        baseline: the row on which the line stands.
        columns: the first of the box of all the field's lines, and the one after its last: what stands over
            or under any of it must not be shown.
        lines: the page's lines.
    """
    pitch, top, bottom = lines.pitch, box.y, box.bottom
    mine = np.flatnonzero(own)
    others = np.flatnonzero((np.abs(strokes.y - baseline) < AROUND * pitch) & (strokes.area > 0) & ~own)
    meets = (strokes.left < strokes.right[mine].max()) & (strokes.right > strokes.left[mine].min())
    near = others[meets[others]]
    over, under = lines.above(baseline), lines.below(baseline)
    lower = max(_middles(strokes, _letters(strokes, others, over, pitch), columns, pitch), default=-np.inf)
    highest = max(baseline - OVER * pitch, over - FEET * pitch, lower + CLEAR * pitch)
    lowest = baseline + UNDER * pitch
    beneath = _letters(strokes, others, under, pitch)
    below = beneath[meets[beneath]]  # of the line below, if anything is written there
    if len(below):
        letters = float(np.median(strokes.top[below] + strokes.height[below] / 2))
        bodies = max(under - BODIES[0] * pitch, letters - BODIES[1] * pitch)
        lowest = min(lowest, bodies, letters - BELOW * pitch)
    upper = min(_middles(strokes, beneath, columns, pitch), default=np.inf)
    lowest = min(lowest, upper - CLEAR * pitch)
    first, last = max(0, round(highest)), round(lowest)
    # Of words written low over the line some letters may have been taken for its own, but not half of them.
    marks, tails = round(min(max(top, lower + CLEAR * pitch), (top + bottom) / 2)), bottom
    if first < top:
        hanging = near[(strokes.top[near] < top) & (strokes.bottom[near] > over + HANGS * pitch)]
        for stroke in _touching(strokes, hanging, mine, (first, bottom), MARK_GAP, pitch):
            marks = min(marks, max(first, int(strokes.top[stroke])))
    if last > bottom:
        start = max(top, round(baseline - STANDS * pitch))
        low = near[(strokes.bottom[near] > bottom) & (strokes.top[near] < last)]
        for stroke in _touching(strokes, low, mine, (start, last), TAIL_GAP, pitch):
            tails = max(tails, min(last, int(strokes.bottom[stroke])))
    elif last < bottom and (len(below) or np.isfinite(upper)):
        own_feet = np.where(strokes.height > TALL * pitch, last, strokes.bottom)[mine]
        tails = max(int(min(own_feet.max(), bottom)), last)
    return Box(box.x, marks, box.w, tails - marks)


def _letters(strokes: Strokes, near: NDArray[np.int64], row: float, pitch: float) -> NDArray[np.int64]:
    """The letters that stand on another row."""
    high = strokes.height[near]
    over = row - strokes.y[near]
    stands = (over > 0) & (over < 2 * MIDDLE * pitch) & (high > LEAST * pitch)
    return near[stands | ((over <= 0) & (over > -LOW * pitch) & (high > WORD * pitch))]


def _middles(
    strokes: Strokes, letters: NDArray[np.int64], columns: tuple[int, int], pitch: float
) -> list[float]:
    """The rows through the middles of what is written in letters, word by word, tails and capitals and all.

    Of what reaches far beyond two columns that part counts which stands between them: it is two fields', or
    goes on beside the box. What is no larger than a mark does not count: it may be the line's own.
    """
    if not len(letters):
        return []
    letters = letters[np.argsort(strokes.left[letters])]
    ends = np.maximum.accumulate(strokes.right[letters])
    found = []
    for word in np.split(letters, np.flatnonzero(strokes.left[letters][1:] > ends[:-1] + APART * pitch) + 1):
        left, right = strokes.left[word].min(), strokes.right[word].max()
        if not columns[0] < (left + right) / 2 < columns[1]:
            word = word[(strokes.right[word] > columns[0]) & (strokes.left[word] < columns[1])]
        if not len(word):
            continue
        left, right = strokes.left[word].min(), strokes.right[word].max()
        top, bottom = strokes.top[word].min(), strokes.bottom[word].max()
        if max(right - left, bottom - top) > MARK * pitch:
            found.append(float(top + bottom) / 2)
    return found


def _touching(
    strokes: Strokes,
    others: NDArray[np.int64],
    mine: NDArray[np.int64],
    rows: tuple[int, int],
    gap: tuple[float, float],
    pitch: float,
) -> list[int]:
    """Those of some strokes that come as near to one of a line's own as ``gap``, between two rows.

    ``gap`` is in line pitches, up or down and to the sides.
    """
    high, wide = (round(share * pitch) for share in gap)
    found = []
    for stroke in others.tolist():
        x, y = int(strokes.left[stroke]) - wide, max(rows[0], int(strokes.top[stroke]) - high)
        right = x + int(strokes.width[stroke]) + 2 * wide
        bottom = min(rows[1], int(strokes.bottom[stroke]) + high)
        meets = (strokes.left[mine] < right) & (strokes.right[mine] > x)
        meets &= (strokes.top[mine] < bottom) & (strokes.bottom[mine] > y)
        if bottom <= y or not meets.any():
            continue
        part = strokes.labels[y:bottom, max(0, x) : right]
        own = np.isin(part, mine[meets]).astype(np.uint8)
        around = cv2.dilate(own, np.ones((2 * high + 1, 2 * wide + 1), np.uint8))
        if (around[part == stroke] > 0).any():
            found.append(stroke)
    return found
