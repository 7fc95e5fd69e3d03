"""What is on a sheet and was never written: rims of stains, folds, what shows through from the other side.

All that is pale beside the print and writing of the page, and its edges are soft where those of a pen are
sharp. Both must hold: pale ink has sharp edges, and a photograph that is out of focus is soft all over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline.connected import connected

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Image = NDArray[np.uint8]

PAPER: Final = 245.0
"""Grey level that paper has on an evenly lit page."""
PALE: Final = 0.5
"""Darkness in that of the page's usual stroke. Of 28,951 pieces in boxes of writing on 114 drawn pages four
were paler and soft, rests of rules and of a stain; of 44,687 others 1,291."""
SOFT: Final = 0.65
"""Steepness of edges in their own darkness, in the same of the page's usual stroke."""
LEAST: Final = 25
"""Pixels of a stroke that tells what is usual."""
ENOUGH: Final = 50
"""Strokes that tell it."""


def without_faint(strokes: Image, grey: Image) -> Image:
    """The strokes of a page without those that are pale and soft.

    Args:
        strokes: mask, uint8 (rows, columns), 255 where there is ink.
        grey: the page, uint8 (rows, columns), evenly lit.
    """
    count, labels, stats, _ = connected(strokes)
    width = strokes.shape[1]
    inked = np.flatnonzero(strokes[1:-1] > 0) + width
    inked = inked[(inked + 1) % width > 1]  # all have four neighbours
    levels, number = grey.ravel(), labels.ravel()[inked]
    near = [levels[inked + step].astype(np.float32) for step in (1, -1, width, -width)]
    slopes = np.hypot(near[0] - near[1], near[2] - near[3])
    area = np.maximum(np.bincount(number, minlength=count), 1)
    depth = np.maximum(np.bincount(number, PAPER - levels[inked], count) / area, 1.0)
    steep = np.bincount(number, slopes, count) / area / depth
    usual = area >= LEAST
    usual[0] = False
    if usual.sum() < ENOUGH:
        return strokes
    faint = (depth < PALE * np.median(depth[usual])) & (steep < SOFT * np.median(steep[usual]))
    left = strokes.copy()
    for stroke in (np.flatnonzero(faint[1:]) + 1).tolist():
        x, y, wide, high = stats[stroke, :4].tolist()
        part = slice(y, y + high), slice(x, x + wide)
        left[part][labels[part] == stroke] = 0
    return left
