"""Percentiles of grey pictures, from their histogram: sorting the pixels of lines took 1.6 % of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def levels(image: NDArray[np.uint8], *percents: float) -> list[float]:
    """The values under which so many per cent of the pixels lie, as ``numpy.percentile`` gives them.

    Args:
        image: grey (rows, columns) uint8, not empty.
        percents: 0 to 100.
    """
    counts = cv2.calcHist([image], [0], None, [256], [0, 256]).ravel().astype(np.int64)
    before = np.cumsum(counts)
    found = []
    for percent in percents:
        place = (before[-1] - 1) * percent / 100.0
        first = int(place)
        low, high = np.searchsorted(before, (first, min(first + 1, before[-1] - 1)), side="right").tolist()
        found.append(low + (high - low) * (place - first))
    return found
