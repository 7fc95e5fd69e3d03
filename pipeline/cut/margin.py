"""Notes in the margin: writing left of everything printed. It belongs to no field; a person looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline.cut.writing import FieldCrop
from pipeline.elements import Box, FieldKind
from pipeline.forms.form import MARGIN_NOTE, Label

if TYPE_CHECKING:
    from pipeline.cut.geometry import Geometry
    from pipeline.cut.strokes import Strokes

BESIDE: Final = 0.4
"""Line pitches left of the labels from which on a stroke is in the margin."""
RIM: Final = 0.02
"""Part of the page's width along its edge where a scan shows what lies under the book."""
LETTER: Final = (14, 3000)
"""Ink of a letter or of a joined word, in pixels: dust has less."""
HOLE: Final = (500, 0.65)
"""More ink than this that fills so much of its box is no writing but the hole of a punch."""
WIDEST: Final = 1.1
"""Line pitches that a letter, or a word of joined ones, is high and wide at the most."""
APART: Final = 0.9
"""Line pitches between two strokes of one note."""
FEWEST: Final = 4
"""Strokes of a note: words of joined letters may be one each."""
LEAST_INK: Final = 350
NARROWEST: Final = 0.25
"""Line pitches that a note is wide at the least: an edge that casts a shadow is narrower."""


def cut_margin(strokes: Strokes, geometry: Geometry) -> list[FieldCrop]:
    """The longest note in the left margin as a crop without lines, or none."""
    pitch = geometry.pitch
    inside = (strokes.x < geometry.left - BESIDE * pitch) & (strokes.left > RIM * geometry.page.width)
    inside &= (strokes.area >= LETTER[0]) & (strokes.area <= LETTER[1])
    inside &= (strokes.height < 3 * WIDEST * pitch) & (strokes.width < WIDEST * pitch)
    inside &= (strokes.area < HOLE[0]) | (strokes.area < HOLE[1] * strokes.width * strokes.height)
    chosen = np.flatnonzero(inside)
    if len(chosen) < FEWEST:
        return []
    chosen = chosen[np.argsort(strokes.top[chosen], kind="stable")]
    ends = np.maximum.accumulate(strokes.bottom[chosen])
    gaps = np.flatnonzero(strokes.top[chosen][1:] - ends[:-1] > APART * pitch) + 1
    boxes = []
    for note in np.split(chosen, gaps):
        left, top = int(strokes.left[note].min()), int(strokes.top[note].min())
        right = int(strokes.right[note].max())
        bottom = int(strokes.bottom[note].max())
        ink = int(strokes.area[note].sum())
        if len(note) >= FEWEST and ink >= LEAST_INK and right - left >= NARROWEST * pitch:
            boxes.append((ink, Box(left, top, right - left, bottom - top)))
    if not boxes:
        return []
    ink, box = max(boxes, key=lambda item: item[0])
    label = Label((), MARGIN_NOTE, FieldKind.TEXT, optional=True)
    return [FieldCrop(label, box, (), (), (), ink)]
