"""Long printed rules of a page, level and upright, also where they are broken, faint or lean a little.

A rule is gathered from its unbroken pieces: runs of ink that are long and thin. Pieces are chained along
their own direction, so that a gap, a stroke that crosses or a page that lay askew does not end a rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from pipeline.connected import connected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Image = NDArray[np.uint8]

PIECE: Final = 41
"""Columns of the shortest unbroken piece of a rule: longer than any stroke of a letter."""
THICKEST: Final = 13
WIDEST_GAP: Final = 90
"""Columns over which a rule is taken to go on: less than lies between the tables of two facing pages."""
OFF: Final = 4.0
"""Rows by which the next piece may lie beside where the rule points to."""
FILLED: Final = 0.5
"""Part of its length in which a rule must really be there."""
CLEARER: Final = 0.45
"""How much more of its length is inked on a rule than beside it: a line of writing is no rule."""
BESIDE: Final = 7


@dataclass(frozen=True, eq=False)
class Rule:
    """A rule that runs along one direction of the page: ``across`` at ``along``, both in pixels, ascending.

    ``thickness`` is in pixels. ``slope`` is rows a column, of the whole rule.
    """

    along: NDArray[np.float64]
    across: NDArray[np.float64]
    thickness: float
    slope: float

    @property
    def start(self) -> float:
        """Where it begins."""
        return float(self.along[0])

    @property
    def end(self) -> float:
        """Where it ends."""
        return float(self.along[-1])

    @property
    def middle(self) -> float:
        """Where it lies half way."""
        return float(self.at(np.array([(self.start + self.end) / 2]))[0])

    def at(self, along: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """Where it lies at those places; beyond its ends it goes on as it leans."""
        places = np.atleast_1d(np.asarray(along, np.float64))
        inside = np.interp(places, self.along, self.across)
        before, after = np.minimum(0.0, places - self.start), np.maximum(0.0, places - self.end)
        return np.asarray(inside + self.slope * (before + after), np.float64)

    def moved(self, offset: float) -> Rule:
        """The same rule so many pixels further across."""
        return Rule(self.along, self.across + offset, self.thickness, self.slope)


def level_rules(ink: Image, least: float) -> list[Rule]:
    """Level rules of a page, top to bottom.

    Args:
        ink: mask uint8 (rows, columns), 255 where there is any ink.
        least: columns that a rule covers at least.
    """
    closed = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, 7), np.uint8))
    runs = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((1, PIECE), np.uint8))
    thick = cv2.morphologyEx(runs, cv2.MORPH_OPEN, np.ones((THICKEST + 1, 3), np.uint8))
    around = cv2.bitwise_not(cv2.dilate(thick, np.ones((5, 5), np.uint8)))
    thin = np.asarray(cv2.bitwise_and(runs, around), np.uint8)
    count, _, stats, centres = connected(thin)
    if count < 2:
        return []
    pieces = [
        _Piece(float(x), float(x + w), float(centres[i + 1, 1]), float(area) / w, float(h))
        for i, (x, _, w, h, area) in enumerate(stats[1:count].tolist())
        if w >= PIECE // 2 and h <= THICKEST + 0.06 * w
    ]
    rules = (_rule_of(chain, thin, least) for chain in _chains(pieces))
    found = [rule for rule in rules if rule is not None and _is_clear(rule, ink)]
    return sorted(found, key=lambda rule: rule.middle)


def upright_rules(ink: Image, least: float) -> list[Rule]:
    """Upright rules of a page from left to right; along them is down the page."""
    return level_rules(np.ascontiguousarray(ink.T), least)


@dataclass(frozen=True, slots=True)
class _Piece:
    start: float
    end: float
    across: float
    thickness: float
    height: float


def _chains(pieces: Sequence[_Piece]) -> list[list[_Piece]]:
    """Pieces that go on with one another."""
    chains: list[list[_Piece]] = []
    for piece in sorted(pieces, key=lambda p: (p.start, p.across)):
        best, nearest = None, np.inf
        for chain in chains:
            last = chain[-1]
            gap = piece.start - last.end
            if gap > WIDEST_GAP or gap < -0.5 * (piece.end - piece.start):
                continue
            off = abs(piece.across - last.across) - 0.02 * max(0.0, gap)
            # Pieces of a rule that leans are steps: half of both heights, and a little.
            off -= 0.5 * max(0.0, last.height - last.thickness) + 0.5 * max(
                0.0, piece.height - piece.thickness
            )
            if off < min(OFF, nearest):
                best, nearest = chain, off
        if best is None:
            chains.append([piece])
        else:
            best.append(piece)
    return chains


def _is_clear(rule: Rule, ink: Image) -> bool:
    """Whether ink follows the rule and not the places a few rows over and under it."""
    columns = np.arange(int(rule.start), min(int(rule.end) + 1, ink.shape[1]))
    rows = np.round(rule.at(columns.astype(np.float64))).astype(int)

    def inked(offset: int) -> NDArray[np.bool_]:
        return np.asarray(ink[np.clip(rows + offset, 0, ink.shape[0] - 1), columns] > 0, np.bool_)

    on = (inked(-1) | inked(0) | inked(1)).mean()
    # The second line of a double border lies on one side only.
    off = (float(inked(-BESIDE).mean()) + float(inked(BESIDE).mean())) / 2
    return float(on) - off > CLEARER


def _rule_of(chain: Sequence[_Piece], runs: Image, least: float) -> Rule | None:
    """A rule from its pieces, with knots about every 60 columns; None where it is too short or too broken."""
    start, end = min(p.start for p in chain), max(p.end for p in chain)
    covered = sum(p.end - p.start for p in chain)
    if end - start < least or covered < FILLED * (end - start):
        return None
    along: list[float] = []
    across: list[float] = []
    for piece in sorted(chain, key=lambda p: p.start):
        steps = max(1, round((piece.end - piece.start) / 60))
        low, high = int(piece.across - piece.height), int(piece.across + piece.height) + 1
        low = max(0, low)
        edges = np.linspace(piece.start, piece.end, steps + 1).astype(int)
        for left, right in pairwise(edges.tolist()):
            ys, _ = np.nonzero(runs[low : high + 1, left : max(left + 1, right)])
            place = (left + right) / 2
            if len(ys) and (not along or place > along[-1] + 1):
                along.append(place)
                across.append(low + float(np.median(ys)))
    xs, ys_ = np.array(along), np.array(across)
    if len(xs) < 2:
        return None
    slope, offset = np.polyfit(xs, ys_, 1)
    keep = np.abs(ys_ - (slope * xs + offset)) < 12.0  # a knot far off is a neighbour's stroke
    xs, ys_ = xs[keep], ys_[keep]
    if len(xs) < 2:
        return None
    slope = float(np.polyfit(xs, ys_, 1)[0])
    thickness = float(np.median([p.thickness for p in chain]))
    xs = np.concatenate([[start], xs[(xs > start) & (xs < end)], [end]])
    ys_ = np.interp(xs, np.array(along)[keep], np.array(across)[keep])
    return Rule(xs, ys_, thickness, slope)
