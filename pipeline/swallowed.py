"""Labels that were read as if they had been written: the field before a missed one runs on over it.

"Việt Nam Năm sinh: 1986" is no nationality. What was read of a field is held against the labels of its block
that were not found, and tells in which line to look for them more closely.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz

from pipeline.forms.line_spots import SHORT
from pipeline.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.forms.anchors import Anchor
    from pipeline.forms.fit import FormFit
    from pipeline.forms.form import Label
    from pipeline.read_fields import CropReading

ALIKE: Final = 85.0
"""Likeness, of 100, of a wording to the part of a reading that is most like it."""


def swallowed_labels(readings: Sequence[CropReading], fit: FormFit) -> dict[Label, int]:
    """Labels not found on a page whose wording was read in a field, each with the field's line.

    Args:
        readings: what was read of the page's fields.
        fit: the form laid over it.
    """
    anchors = {anchor.label: anchor for anchor in fit.anchors}
    found: dict[Label, int] = {}
    for read in readings:
        anchor = anchors.get(read.crop.label)
        text = fold(read.reading.text)
        if anchor is None or len(text) <= SHORT:
            continue
        for label in _missing(fit, anchor):
            wordings = [key for key in map(fold, label.text) if SHORT < len(key) <= len(text)]
            if any(fuzz.partial_ratio(key, text) >= ALIKE for key in wordings):
                found.setdefault(label, anchor.sighting.line)
    return found


def _missing(fit: FormFit, anchor: Anchor) -> list[Label]:
    """Labels of an anchor's block that were not found, but for those whose words may be written there.

    An hour, and what may follow an entry in its own gap, are written out where nothing is printed.
    """
    own = anchor.label
    if own.part or own.below:
        return []
    known = {id(other.label) for other in fit.anchors}
    return [
        label
        for block in fit.form.blocks
        if block.name == anchor.block
        for label in block.labels
        if id(label) not in known and label.field not in ("", own.field, own.then) and not label.tick
    ]
