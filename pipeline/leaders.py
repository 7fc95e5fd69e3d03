"""Dotted leaders as what they are, dots at even steps: under a word the row goes on where letters hide it.

Letters leave too few dots beside each other to be told for a leader, and dots that touch a letter are no
piece of ink by themselves: left there, one passes for the mark under a vowel ("nạm"), or for a foot. But the
dots that stand free tell where each of the others stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Image = NDArray[np.uint8]

REACH: Final = 90
"""Columns to the next free dot of a row."""
SAME_ROW: Final = 2.5
"""Rows by which two dots beside each other may differ, and a dot from where its row says."""
LEAST_DOTS: Final = 6
STEPS: Final = (4.0, 26.0)
"""Columns from one dot to the next, at the least and at the most."""
EVEN: Final = 1.2
"""Columns by which free dots stray from even steps, as a standard deviation: specks stray more."""
NEAR: Final = 1.8
"""Columns by which a dot may be off its step."""
ALIKE: Final = (0.35, 1.9)
"""Area of a dot of the row, as a share of the usual one's."""
HIDDEN: Final = 26
"""Dots that a word may hide before the row is believed to have ended."""
COLON: Final = (7.0, 23.0)
"""Rows from one dot of a colon to the other."""
COLON_LEANS: Final = 2.5
"""Columns between them at the most."""
BESIDE: Final = 24
"""Dots of a page that may stand in those columns: a row of a leader has one of them."""
FOOT: Final = 4
"""Columns by which the foot of a letter is wider than a dot, at the least: it stays where one touches it."""
STEM: Final = 6
"""Rows by which a stem with a dot at its end is higher than the dot; a foot with one under it is not."""


@dataclass(frozen=True)
class Dots:
    """Pieces of ink of a page: which of them are small, and which are a leader's beyond doubt."""

    labels: NDArray[np.int32]
    stats: NDArray[np.int32]
    centres: NDArray[np.float64]
    small: NDArray[np.bool_]
    sure: NDArray[np.bool_]


@dataclass(frozen=True)
class _Comb:
    """Dot k of a row is expected at column ``start + k * step`` and row ``level + lean * column``."""

    start: float
    step: float
    level: float
    lean: float
    last: int
    area: float

    @property
    def side(self) -> float:
        """Columns and rows of a dot."""
        return float(np.sqrt(self.area))

    def at(self, k: int) -> tuple[float, float]:
        """Where dot k is expected: column and row."""
        x = self.start + k * self.step
        return x, self.level + self.lean * x


def hidden_dots(ink: Image, dots: Dots) -> tuple[NDArray[np.bool_], Image, Image]:
    """Dots of leaders among letters.

    Args:
        ink: mask of the page (rows, columns), 255 where there is ink.
        dots: its pieces.

    Returns:
        Which pieces are such dots, a mask of those that touch letters, and one of the rows followed.
    """
    found = np.zeros(len(dots.stats), bool)
    touching, rows = np.zeros_like(ink), np.zeros_like(ink)
    free = np.flatnonzero(dots.small)
    sides: list[float] = []
    for row in _rows(dots):
        comb = _comb(dots, row)
        if comb is None:
            continue
        numbers, pieces = _on_comb(dots, free, comb)
        first, last = _span(numbers, comb.last)
        found[pieces[(numbers >= first) & (numbers <= last)]] = True
        _mark(touching, ink, comb, first, last)
        (x0, y0), (x1, y1) = comb.at(first - 1), comb.at(last + 1)
        cv2.line(rows, (round(x0), round(y0)), (round(x1), round(y1)), 255, 2 * round(comb.side) + 1)
        sides.append(comb.side)
    touching &= ink
    if sides and touching.any():
        touching[_stays(ink, round(float(np.median(sides)))) > 0] = 0
    return found, touching, rows


def under_another(
    x: NDArray[np.float64], y: NDArray[np.float64], area: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Which dots stand right under another of their size: a colon's foot stands on the leader's row, too.

    Args:
        x: columns of dots, from left to right.
        y: their rows.
        area: their areas.
    """
    under = np.zeros(len(x), bool)
    for step in range(1, min(BESIDE, len(x))):
        close = x[step:] - x[:-step] <= COLON_LEANS
        down = y[step:] - y[:-step]
        share = area[step:] / area[:-step]
        pair = close & (np.abs(down) > COLON[0]) & (np.abs(down) < COLON[1]) & (share > 0.5) & (share < 2.0)
        under[step:] |= pair & (down > 0)
        under[:-step] |= pair & (down < 0)
    return under


@dataclass(eq=False)
class _Row:
    """Dots of a row so far, and where the last of them stands."""

    pieces: list[int]
    x: float
    y: float


def _rows(dots: Dots) -> list[NDArray[np.int64]]:
    """The free dots of each row of a leader, from left to right."""
    chosen = np.flatnonzero(dots.sure & dots.small)
    chosen = chosen[np.argsort(dots.centres[chosen, 0], kind="stable")]
    ends: dict[int, list[_Row]] = {}
    rows: list[_Row] = []
    for piece, (x, y) in zip(chosen.tolist(), dots.centres[chosen].tolist(), strict=True):
        key = round(y / 4)
        near = [
            row
            for k in (key - 1, key, key + 1)
            for row in ends.get(k, ())
            if x - row.x <= REACH and abs(row.y - y) <= SAME_ROW
        ]
        if near:
            row = min(near, key=lambda row: abs(row.y - y))
            ends[round(row.y / 4)].remove(row)
            row.pieces.append(piece)
            row.x, row.y = x, y
        else:
            row = _Row([piece], x, y)
            rows.append(row)
        ends.setdefault(key, []).append(row)
    return [np.array(row.pieces) for row in rows if len(row.pieces) >= LEAST_DOTS]


def _comb(dots: Dots, row: NDArray[np.int64]) -> _Comb | None:
    """The even steps of a row; None where its dots have none."""
    x, y = dots.centres[row, 0], dots.centres[row, 1]
    apart = np.diff(x)
    near = apart[apart <= 1.4 * np.percentile(apart, 25)]
    step = float(np.median(near))
    if not STEPS[0] <= step <= STEPS[1]:
        return None
    start = float(x[0])
    for _ in range(2):  # the second time with the step that the whole row tells
        numbers = np.concatenate([[0], np.cumsum(np.maximum(1, np.rint(apart / step)))])
        step, start = _straight(numbers, x)
        if not STEPS[0] <= step <= STEPS[1]:
            return None
    if float(np.std(x - start - step * numbers)) > EVEN:
        return None
    lean, level = _straight(x, y)
    area = float(np.median(dots.stats[row, cv2.CC_STAT_AREA]))
    return _Comb(start, step, level, lean, int(numbers[-1]), area)


def _straight(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, float]:
    """Slope and level of the straight line nearest to points (least squares; ``np.polyfit`` is slow)."""
    middle = float(np.mean(x))
    apart = x - middle
    slope = float(apart @ y) / float(apart @ apart)
    return slope, float(np.mean(y)) - slope * middle


def _on_comb(dots: Dots, free: NDArray[np.int64], comb: _Comb) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Small pieces that stand where a dot is expected: the numbers of these dots in order, and the pieces."""
    x, y = dots.centres[free, 0], dots.centres[free, 1]
    share = dots.stats[free, cv2.CC_STAT_AREA] / comb.area
    numbers = np.rint((x - comb.start) / comb.step).astype(np.int64)
    on = np.abs(x - comb.start - numbers * comb.step) <= NEAR
    on &= np.abs(y - comb.level - comb.lean * x) <= SAME_ROW
    on &= (share >= ALIKE[0]) & (share <= ALIKE[1])
    order = np.argsort(numbers[on], kind="stable")
    return numbers[on][order], free[on][order]


def _span(numbers: NDArray[np.int64], last: int) -> tuple[int, int]:
    """First and last dot of a row whose dots 0 to ``last`` stand free: on as long as a word may hide them."""
    first = 0
    for number in numbers[numbers < 0][::-1].tolist():
        if first - number > HIDDEN:
            break
        first = number
    for number in numbers[numbers > last].tolist():
        if number - last > HIDDEN:
            break
        last = number
    return first, last


def _mark(mask: Image, ink: Image, comb: _Comb, first: int, last: int) -> None:
    """Paint the dots of a row where they are expected, but for those that a stroke runs down through."""
    height, width = ink.shape
    side = max(2, round(comb.side / 2))
    around = np.arange(-side, side + 1)
    x = comb.start + comb.step * np.arange(first, last + 1)
    columns = (np.rint(x).astype(np.int64)[:, None] + around).clip(0, width - 1)
    rows = np.rint(comb.level + comb.lean * x).astype(np.int64)[:, None] + around
    foot = rows[:, -1:] + 1
    ends = (foot >= height)[:, 0] | ~ink[foot.clip(0, height - 1), columns].any(axis=1)
    mask[rows[ends].clip(0, height - 1)[:, :, None], columns[ends][:, None, :]] = 255


def _stays(ink: Image, dot: int) -> Image:
    """Feet and stems of letters, on a page whose dots are so wide and high."""
    wide = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, dot + FOOT), np.uint8))
    tall = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((dot + STEM, 1), np.uint8))
    return np.asarray(cv2.bitwise_or(wide, tall), np.uint8)
