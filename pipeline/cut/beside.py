"""Ink that stands in the row of a field and went into no crop.

A word of the writing that looks like a label ("Trang" at the end of a name, "Ấp" at the start of a home) is
taken for print and left out, and what is left reads well. So what was left out between a label and the next
one that was used is evidence against the reading.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.elements import Box

    Image = NDArray[np.uint8]

MIDDLE: Final = (0.2, 0.85)
"""The part of a line's height that is looked at: tails of neighbours reach into the rest."""
AFTER_LABEL: Final = 0.25
"""Heights of a line behind a label that still are the label's own, its colon."""


def ink_beside(mask: Image, label: Box, line: Box, used: Sequence[Box], right: int) -> float:
    """Ink beside a line's crop as a share of the ink inside of it, from 0 to 1.

    Args:
        mask: strokes of the page (rows, columns), 255 where there is ink.
        label: box of the label before the field.
        line: box of the field's first line.
        used: boxes of the labels of the page that stand for something.
        right: last column of the page that may be written on.
    """
    top, foot = (round(line.y + share * line.h) for share in MIDDLE)
    start = round(label.right + AFTER_LABEL * line.h)
    end = min(
        (box.x for box in used if box.x >= label.right and box.y < foot and box.bottom > top), default=right
    )
    if foot <= top or end <= start or not label.y < line.bottom or not label.bottom > line.y:
        return 0.0
    columns = (mask[top:foot, start:end] > 0).sum(axis=0)
    inside = slice(max(0, line.x - start), max(0, line.right - start))
    own = int(columns[inside].sum())
    return min(1.0, (int(columns.sum()) - own) / max(1, own))
