"""Baselines, line pitch and edges of a page, taken from the labels that were found on it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline.cut.reach import Lines
from pipeline.elements import Box
from pipeline.text import fold

if TYPE_CHECKING:
    from pipeline.clean import CleanPage
    from pipeline.forms.anchors import Anchor
    from pipeline.forms.fit import FormFit

LONG_WORDING: Final = 9
ABOVE: Final = 0.80
"""How far over its baseline, in line pitches, the middle of a stroke of the line may be."""


class Geometry:
    """Baselines, pitch and edges of a page, taken from the labels that were found on it."""

    def __init__(self, page: CleanPage, fit: FormFit) -> None:
        self.page = page
        self.anchors = fit.anchors
        self.printed = [anchor.sighting.box for anchor in fit.anchors]
        # Long wordings that no label took are print too. Short ones ("năm") may well be what was written.
        self.printed += [s.box for s in fit.unused if s.score > 0.85 and len(fold(s.wording)) >= LONG_WORDING]
        heights = [a.sighting.box.h for a in fit.anchors]
        self.letter = float(np.median(heights)) if heights else 30.0
        rows = sorted({round(self.baseline(anchor)) for anchor in fit.anchors if not anchor.label.below})
        self.rows = rows
        gaps = [b - a for a, b in pairwise(rows) if b - a > 1.1 * self.letter]
        self.pitch = float(np.percentile(gaps, 25)) if gaps else 2.0 * self.letter
        self.pitch = float(np.clip(self.pitch, 1.3 * self.letter, 3.2 * self.letter))
        # The row from which on people sign.
        self.signed = min((a.sighting.box.y for a in fit.anchors if a.label.below), default=page.height)
        self.lines = Lines(np.array(self.rows_between(0, page.height)), self.pitch)
        texts = [a.sighting.box for a in fit.anchors if not a.label.tick]
        self.left = min((box.x for box in texts), default=0)
        margin = min(self.left, round(0.12 * page.width))
        self.right = page.width - max(round(0.3 * margin), 8)

    def rows_between(self, top: int, bottom: int) -> list[float]:
        """Baselines between two rows: those of labels, and those of unlabelled lines between them."""
        rows = [float(row) for row in self.rows]
        for above, below in pairwise(self.rows):
            lines = round((below - above) / self.pitch)
            rows += [above + k * (below - above) / lines for k in range(1, lines)]
        return [row for row in sorted(rows) if top < row < bottom]

    def baseline(self, anchor: Anchor) -> float:
        """Row on which a label stands: its box's foot, less the tails of its letters."""
        box = anchor.sighting.box
        tails = any(c in "gpqyạặậẹệịọộợụựỵ,(" for c in anchor.sighting.wording.casefold())
        return box.bottom - (0.2 * box.h if tails else 0.0)

    def next_on_line(self, box: Box) -> int:
        """Column at which the next printed text on the same line begins, or the page's right edge."""
        middle = box.y + box.h / 2
        rights = [
            p.x for p in self.printed if p.x > box.right and abs(p.y + p.h / 2 - middle) < 0.6 * self.letter
        ]
        return min(rights, default=self.right)

    def next_field_below(self, top: float, left: float, right: float) -> float:
        """Row over which the writing after the next label further down begins, between two columns."""
        rows = [
            self.baseline(a) - ABOVE * self.pitch
            for a in self.anchors
            if a.label.asked and not (a.label.below or a.label.tick)
            if a.sighting.box.y > top
            and a.sighting.box.x < right
            and self.next_on_line(a.sighting.box) > left
        ]
        return min(rows, default=self.page.height)

    def lines_after(self, box: Box, baseline: float, most: int) -> list[float]:
        """Baselines of the lines that a field may take from its label's own on, down to the next print."""
        if most == 1:
            return [baseline]
        room = self.next_below(box, self.left, self.right) + 0.8 * self.letter - baseline
        free = round(room / self.pitch)
        extra = min(most - 1, free - 1)
        step = room / max(1, free)
        return [baseline + k * step for k in range(extra + 1)] if extra > 0 else [baseline]

    def next_below(self, box: Box, left: int, right: int) -> float:
        """Row at which the next printed text under a box begins, between two columns, or the page's foot."""
        tops = [p.y for p in self.printed if p.y > box.bottom and p.x < right and p.right > left]
        return min(tops, default=self.page.height)


def clip(left: float, top: float, right: float, bottom: float, page: CleanPage) -> Box:
    """A box inside the page, at least one pixel wide and high."""
    x0, y0 = int(np.clip(left, 0, page.width - 1)), int(np.clip(top, 0, page.height - 1))
    x1, y1 = int(np.clip(right, x0 + 1, page.width)), int(np.clip(bottom, y0 + 1, page.height))
    return Box(x0, y0, x1 - x0, y1 - y0)
