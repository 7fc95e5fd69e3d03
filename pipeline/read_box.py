"""One place of a page, drawn by a person, read again: where a form was laid wrong, its fields were cut wrong.

What the recipe of a page does to all of its fields is done here to one box: light evened and leaders taken
out with their surroundings in view, parted into lines, read from two views, decoded by the field's kind.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from pipeline.clean import even_light, ink_grey, working_scale
from pipeline.connected import connected
from pipeline.cut.writing import LEAST_INK, PAPER
from pipeline.elements import Box
from pipeline.ink import paint_over, separate
from pipeline.read_fields import mean_view
from pipeline.recognise.decode import decode
from pipeline.resizing import enlarged

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.elements import FieldKind, Reading
    from pipeline.recognise.handwriting import LineRecogniser

    Image = NDArray[np.uint8]

SURROUNDINGS: Final = 150
"""Rows above and below the box by which its light and its leaders are judged."""
ONE_LINE: Final = 130
"""A box lower than this holds one line; a higher one a line for every ``PITCH`` rows."""
PITCH: Final = 75
LEAST_SIDE: Final = 8
AIR: Final = 12


def read_box(image: Image, box: Box, kind: FieldKind, recogniser: LineRecogniser) -> Reading:
    """Read what stands in a box.

    Args:
        image: the upright page, (rows, columns, 3) BGR uint8, as the reader gave it.
        box: the place, in pixels of that image.
        kind: of the field whose place it is.
        recogniser: the loaded recogniser.

    Returns:
        The reading, best candidate first; without text where the box has no writing.

    Raises:
        ValueError: when the box is not on the page, or smaller than a letter.
    """
    height, width = image.shape[:2]
    if min(box.x, box.y) < 0 or box.right > width or box.bottom > height or min(box.w, box.h) < LEAST_SIDE:
        raise ValueError("the box is not on the page, or too small")
    scale = working_scale(image)
    around = round(SURROUNDINGS / scale)
    top = max(0, box.y - around)
    band = image[top : min(height, box.bottom + around)]
    if scale > 1.0:
        band = enlarged(band, scale)
    elif scale < 1.0:
        shrunk = cv2.resize(band, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        band = np.asarray(shrunk, np.uint8)
    grey = even_light(ink_grey(band))
    ink = separate(grey)
    place = Box(
        round(box.x * scale), round((box.y - top) * scale), round(box.w * scale), round(box.h * scale)
    )
    bare = paint_over(grey, ink.furniture, ink.strokes)
    lines = [[_crop(view, *line) for view in (bare, grey)] for line in _lines(ink.strokes, place)]
    views = [recogniser.log_probabilities([line[number] for line in lines]) for number in (0, 1)]
    read = [mean_view(a, b) for a, b in zip(*views, strict=True)]
    return decode(kind, read, recogniser.charset)


def _lines(strokes: Image, place: Box) -> list[tuple[Box, NDArray[np.bool_]]]:
    """Each line in the place, top to bottom: its box, and where in that box strokes are of others.

    A stroke belongs where its middle is, so that neither the tails of the line above nor the marks of the one
    below come along.
    """
    count, labels, stats, middles = connected(strokes)
    inside = (middles[:, 0] > place.x) & (middles[:, 0] < place.right) & (stats[:, cv2.CC_STAT_AREA] > 3)
    inside[0] = False
    found = []
    for first, last in pairwise(_between_lines(strokes, place)):
        own = inside & (middles[:, 1] >= first) & (middles[:, 1] < last)
        parts = stats[:count][own]
        if int(parts[:, cv2.CC_STAT_AREA].sum()) < LEAST_INK:
            continue
        x0, y0 = int(parts[:, cv2.CC_STAT_LEFT].min()), int(parts[:, cv2.CC_STAT_TOP].min())
        x1 = int((parts[:, cv2.CC_STAT_LEFT] + parts[:, cv2.CC_STAT_WIDTH]).max())
        y1 = int((parts[:, cv2.CC_STAT_TOP] + parts[:, cv2.CC_STAT_HEIGHT]).max())
        pad = round(0.10 * (y1 - y0)) + 1
        x0, y0 = max(0, x0 - AIR), max(0, y0 - pad)
        x1, y1 = min(strokes.shape[1], x1 + AIR), min(strokes.shape[0], y1 + pad)
        here = labels[y0:y1, x0:x1]
        found.append((Box(x0, y0, x1 - x0, y1 - y0), (here > 0) & ~own[here]))
    return found


def _between_lines(strokes: Image, place: Box) -> list[int]:
    """Rows that part the place into its lines, where the least ink is, with its own first and last row."""
    count = 1 if place.h < ONE_LINE else max(2, round(place.h / PITCH))
    ink = np.count_nonzero(strokes[place.y : place.bottom, place.x : place.right], axis=1)
    reach = round(0.25 * place.h / count)
    cuts = [place.y]
    for number in range(1, count):
        first = round(number * place.h / count) - reach
        cuts.append(place.y + first + int(np.argmin(ink[first : first + 2 * reach + 1])))
    return [*cuts, place.bottom]


def _crop(view: Image, box: Box, others: NDArray[np.bool_]) -> Image:
    """A line of one view, with the strokes of others painted over."""
    crop = view[box.y : box.bottom, box.x : box.right].copy()
    crop[cv2.dilate(others.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0] = PAPER
    return crop
