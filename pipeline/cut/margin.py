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
RIM: Final = 0.015
"""Part of the page's width along its edge where a scan shows what lies under the book."""
LETTER: Final = (14, 1200)
"""Ink of a letter, in pixels: dust has less, the hole of a punch more."""
WIDEST: Final = 1.1
"""Line pitches that a letter, or a word of joined ones, is high and wide at the most."""
APART: Final = 0.9
"""Line pitches between two strokes of one note."""
FEWEST: Final = 7
LEAST_INK: Final = 350


def cut_margin(strokes: Strokes, geometry: Geometry) -> list[FieldCrop]:
    """The longest note in the left margin as a crop without lines, or none."""
    pitch = geometry.pitch
    inside = (strokes.x < geometry.left - BESIDE * pitch) & (strokes.left > RIM * geometry.page.width)
    inside &= (strokes.area >= LETTER[0]) & (strokes.area <= LETTER[1])
    inside &= (strokes.height < 3 * WIDEST * pitch) & (strokes.width < WIDEST * pitch)
    chosen = np.flatnonzero(inside)
    if len(chosen) < FEWEST:
        return []
    chosen = chosen[np.argsort(strokes.top[chosen], kind="stable")]
    ends = np.maximum.accumulate((strokes.top + strokes.height)[chosen])
    gaps = np.flatnonzero(strokes.top[chosen][1:] - ends[:-1] > APART * pitch) + 1
    notes = [part for part in np.split(chosen, gaps) if len(part) >= FEWEST]
    notes = [part for part in notes if int(strokes.area[part].sum()) >= LEAST_INK]
    if not notes:
        return []
    note = max(notes, key=lambda part: int(strokes.area[part].sum()))
    left, top = int(strokes.left[note].min()), int(strokes.top[note].min())
    right = int((strokes.left + strokes.width)[note].max())
    bottom = int((strokes.top + strokes.height)[note].max())
    label = Label((), MARGIN_NOTE, FieldKind.TEXT, optional=True)
    ink = int(strokes.area[note].sum())
    return [FieldCrop(label, Box(left, top, right - left, bottom - top), (), (), (), ink)]
