"""Words struck out in a field: a line drawn through the middle of letters, not under them.

Mistakes in a register are struck out and written anew beside or below, never erased (NĐ 158/2005, Điều 68).
What is struck is not the value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from pipeline.connected import connected

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.cut.strokes import Strokes
    from pipeline.ink import Ink

    Image = NDArray[np.uint8]

RUN: Final = 21
"""Columns that a piece of such a line is level over, at the least."""
SHORTEST: Final = 0.8
"""Length, in line pitches, of the shortest line: the bar of a letter is half as long."""
LEAST: Final = 63
"""Its length in columns, 8 mm, at the least: where lines stand close, the letters of a short word may hang
together in a bar that is long for the line's pitch (up to 60 columns were seen), and the word was lost."""
UNBROKEN: Final = 0.985
"""Share of its columns that the line itself covers."""
STRAIGHT: Final = (0.33, 0.85, 1.3)
"""Rows by which it may stray from straight: so many at ``SHORTEST``, so many more for each further pitch of
its length, and no more than the last."""
HIGHEST: Final = 0.42
LOWEST: Final = 0.05
"""Where over the baseline, in line pitches, it runs: under the heads of letters, over rules and leaders."""
THROUGH: Final = 0.5
"""Share of its columns that have ink both over and under it."""
NEAR: Final = 9
"""Rows over and under it in which that ink is looked for."""
THINNEST: Final = 2.5
THICKEST: Final = 10.0
HIGH: Final = 0.6
LOW: Final = 0.15
LETTER: Final = 0.22
"""Where the bodies of letters have their middles, and how high they are at the least, in line pitches."""
WORD_END: Final = 0.3
"""Line pitches by which a word may be longer than the line through it."""
CLOSE: Final = 3
"""Columns between two strokes of one word."""
CHAIN: Final = 9
"""Columns over which two pieces of a line hang together."""


@dataclass(frozen=True)
class Level:
    """Everything on a page that is level and long enough to be a piece of a line, and all ink; both masks."""

    runs: Image
    ink: Image


def level_of(ink: Ink) -> Level:
    """The level runs of a page's ink, rules and strokes alike: a straight line was taken for a rule."""
    every = cv2.bitwise_or(ink.strokes, ink.furniture)
    runs = cv2.morphologyEx(every, cv2.MORPH_OPEN, np.ones((1, RUN), np.uint8))
    return Level(np.asarray(runs, np.uint8), np.asarray(every, np.uint8))


def struck_spans(level: Level, baseline: float, left: int, right: int, pitch: float) -> list[tuple[int, int]]:
    """Columns, first and last, of what is struck out on one line of writing.

    Args:
        level: the level runs of the page.
        baseline: row on which the writing stands.
        left: first column of the line.
        right: its last column.
        pitch: line pitch in rows.
    """
    top, bottom = max(0, round(baseline - HIGHEST * pitch)), round(baseline - LOWEST * pitch)
    left, right = max(0, left), min(level.runs.shape[1], right)
    shortest = max(SHORTEST * pitch, LEAST)
    if bottom - top < 3 or right - left < shortest:
        return []
    band = level.runs[top:bottom, left:right]
    if np.count_nonzero(band.any(axis=0)) < 0.9 * shortest:
        return []
    chained = cv2.dilate(band, np.ones((3, CHAIN), np.uint8))
    count, labels, stats, _ = connected(np.asarray(chained, np.uint8))
    spans = []
    for number in range(1, count):
        x, y, width, height = (int(v) for v in stats[number, :4])
        if width < shortest:
            continue
        piece = (labels[y : y + height, x : x + width] == number) & (band[y : y + height, x : x + width] > 0)
        thickness = piece.sum(axis=0)
        columns = np.flatnonzero(thickness)
        middles = (piece * np.arange(height)[:, None]).sum(axis=0)[columns] / thickness[columns]
        if len(columns) < UNBROKEN * (width - CHAIN + 1):
            continue
        if not THINNEST <= thickness.sum() / len(columns) <= THICKEST:
            continue
        least, more, most = STRAIGHT
        if _stray(columns, middles) > min(most, least + more * (width / pitch - SHORTEST)):
            continue
        rows = np.interp(np.arange(width), columns, middles)
        if _ink_on_both_sides(level.ink, rows + y + top, x + left) >= THROUGH:
            spans.append((x + left, x + left + width))
    return _merged(spans)


def stands_alone(span: tuple[int, int], strokes: Strokes, baseline: float, pitch: float) -> bool:
    """Whether whole words lie between the columns of a span: a bar inside a word strikes nothing out."""
    first, last = span
    band = (strokes.area > 0) & (strokes.y > baseline - HIGH * pitch) & (strokes.y < baseline + LOW * pitch)
    band &= strokes.height > LETTER * pitch
    left, right = strokes.left[band], strokes.right[band]
    inside = (strokes.x[band] > first - 2) & (strokes.x[band] < last + 2)
    goes_on = inside & ((left < first - WORD_END * pitch) | (right > last + WORD_END * pitch))
    touches = ~inside & (right > first - CLOSE) & (left < last + CLOSE)
    return bool(inside.any()) and not bool(goes_on.any() or touches.any())


def _stray(columns: NDArray[np.int64], rows: NDArray[np.float64]) -> float:
    """How far points are from the straight line through them, as a standard deviation in rows."""
    slope, start = np.polyfit(columns, rows, 1)
    return float(np.sqrt(np.mean((start + slope * columns - rows) ** 2)))


def _ink_on_both_sides(ink: Image, rows: NDArray[np.float64], left: int) -> float:
    """Share of the columns from ``left`` on that have ink both over and under a line, given by its rows."""
    at = np.rint(rows).astype(int)
    columns = left + np.arange(len(rows))
    sides = []
    for way in (-1, 1):
        seen = np.zeros(len(rows), bool)
        for step in range(4, NEAR + 1):
            seen |= ink[np.clip(at + way * step, 0, ink.shape[0] - 1), columns] > 0
        sides.append(cv2.dilate(seen.astype(np.uint8)[None], np.ones((1, 7), np.uint8))[0] > 0)
    return float((sides[0] & sides[1]).mean())


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged
