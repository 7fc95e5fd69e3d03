"""Which boxes beside labels are ticked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from pipeline.cut.geometry import clip
from pipeline.cut.writing import FieldCrop
from pipeline.elements import Box

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.cut.geometry import Geometry
    from pipeline.forms.anchors import Anchor
    from pipeline.ink import Ink

    Image = NDArray[np.uint8]


def cut_ticks(anchors: Sequence[Anchor], ink: Ink, geometry: Geometry) -> list[FieldCrop]:
    """How much is ticked in the square beside each label.

    A bold tick hides its own square, whose place then follows from the others.
    """
    window = np.asarray(ink.strokes | ink.furniture, np.uint8)
    found = [_square(anchor.sighting.box, window, geometry) for anchor in anchors]
    seen = [(anchor, square) for anchor, square in zip(anchors, found, strict=True) if square]
    crops = []
    for anchor, own in zip(anchors, found, strict=True):
        square = own or _hidden_square(anchor, seen, window, geometry)
        if square is None:
            crops.append(FieldCrop(anchor.label, anchor.sighting.box, (), (), (), 0))
            continue
        inset = max(2, round(0.22 * square.w))
        inner = window[square.y + inset : square.bottom - inset, square.x + inset : square.right - inset]
        share = float((inner > 0).mean()) if inner.size else 0.0
        crops.append(FieldCrop(anchor.label, square, (), (), (), int((inner > 0).sum()), share))
    return crops


def _hidden_square(
    anchor: Anchor, seen: Sequence[tuple[Anchor, Box]], window: Image, geometry: Geometry
) -> Box | None:
    """Where the square of a label must be, from those of other labels; None where there are none.

    The engine for print often takes a ticked square for the label's first letter: a label that is wider than
    its letters need holds its square, and really begins where its letters do.
    """
    if not seen:
        return None
    label = anchor.sighting.box
    pairs = [(other.sighting.box, square) for other, square in seen]
    side = round(float(np.median([square.w for _, square in pairs])))
    offset = float(np.median([square.x - box.x for box, square in pairs]))
    drop = float(np.median([square.y + square.h / 2 - (box.y + box.h / 2) for box, square in pairs]))
    letter = float(np.median([other.sighting.box.w / len(other.sighting.wording) for other, _ in seen]))
    needed = label.right - letter * len(anchor.sighting.wording)
    left = label.x if needed - label.x > 0.7 * side else label.x + offset
    place = Box(round(left), round(label.y + label.h / 2 + drop - side / 2), side, side)
    # Where no tick covers it, the square itself is there, a little beside the place that follows.
    near = 0.3 * side
    area = clip(place.x - near, place.y - near, place.right + near, place.bottom + near, geometry.page)
    close = [s for s in _outlines(area, window) if max(abs(s.w - side), abs(s.h - side)) <= 0.15 * side]
    return max(close, key=lambda s: s.w * s.h, default=place)


def _outlines(area: Box, window: Image) -> list[Box]:
    """Boxes around all outlines of the ink in an area."""
    part = window[area.y : area.bottom, area.x : area.right]
    contours, _ = cv2.findContours(part, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    boxes = [cv2.boundingRect(contour) for contour in contours]
    return [Box(area.x + x, area.y + y, w, h) for x, y, w, h in boxes]


def _square(box: Box, window: Image, geometry: Geometry) -> Box | None:
    """The tick box before (or, failing that, behind) a label."""
    letter = geometry.letter
    for left, right in ((box.x - 2.4 * letter, box.x), (box.right, box.right + 2.4 * letter)):
        area = clip(left, box.y - 0.5 * letter, right, box.bottom + 0.5 * letter, geometry.page)
        found = [
            s
            for s in _outlines(area, window)
            if 0.5 * letter < s.h < 1.3 * letter and 0.75 < s.w / max(1, s.h) < 1.35
        ]
        if found:
            return max(found, key=lambda s: s.w * s.h)
    return None
