"""How far the box of a cell must reach over the rule above it, so that it shows marks that stand on the rule.

The mark of a capital in a cell's first line ("Ấp") may stand on the rule or vanish in it, as near to the
letters over it as to its own. What is read holds what most likely is the cell's; who judges it must see all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.elements import Box
    from pipeline.tables.placing import CellStrokes

CLOSE: Final = 0.3
"""Line distances under the rule within which letters begin whose mark may be hidden in it."""
HIDDEN: Final = 0.2
"""Line distances over the rule that such a mark takes."""
HIGHEST: Final = 0.5
"""Line distances over the rule at which a mark on it ends."""
ON_RULE: Final = 5
"""Rows from the rule at which such a mark ends at the most."""
LETTER: Final = 0.6
"""Line distances from the rule to the letter under a mark."""


def over_rule(
    box: Box, members: NDArray[np.int64], strokes: CellStrokes, rule: float, distance: float
) -> int:
    """First row of a cell's box, with the marks on its upper rule that may be its own.

    Args:
        box: around the cell's writing.
        members: the strokes of the cell, by label.
        strokes: those of the page.
        rule: row of the upper rule over the box.
        distance: rows from one line of writing to the next.
    """
    stats = strokes.stats
    top, left = stats[:, cv2.CC_STAT_TOP], stats[:, cv2.CC_STAT_LEFT]
    bottom, right = top + stats[:, cv2.CC_STAT_HEIGHT], left + stats[:, cv2.CC_STAT_WIDTH]
    first = box.y
    if top[members].min() < rule + CLOSE * distance:
        first = min(first, round(rule - HIDDEN * distance))
    marks = (np.abs(bottom - rule) < ON_RULE) & (top < first) & (top > rule - HIGHEST * distance)
    marks[[0, *members]] = False
    under = members[top[members] < rule + LETTER * distance]
    for mark in np.flatnonzero(marks).tolist():
        near = (left[under] < right[mark] + CLOSE * distance) & (right[under] > left[mark] - CLOSE * distance)
        if near.any():
            first = min(first, int(top[mark]))
    return max(0, first)
