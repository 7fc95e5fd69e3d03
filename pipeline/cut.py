"""A form laid over a page -> the image of every line that was written into a field.

Writing is gathered stroke by stroke, not cut out by a ruler: a connected stroke belongs to the line whose
band holds its middle, so that a tail that hangs into the next line or a mark that climbs into the one above
goes with its own word, and the neighbours' tails are painted over in the crop.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from pipeline.elements import Box
from pipeline.forms.lines import fold
from pipeline.ink import paint_over

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.clean import CleanPage
    from pipeline.forms.fit import Anchor, FormFit
    from pipeline.forms.form import Label
    from pipeline.ink import Ink

    Image = NDArray[np.uint8]

PAPER: Final = 245
ABOVE: Final = 0.80
"""How far over its baseline, in line pitches, the middle of a stroke of the line may be."""
UNDER: Final = 0.34
LONG_WORDING: Final = 9
SPECK: Final = 10
"""Ink of fewer pixels is dust."""
LEAST_INK: Final = 45
"""A field with less ink than this in all is blank: about one short dash."""


@dataclass(frozen=True)
class FieldCrop:
    """What is written into one field, or one part of it: its line images, top to bottom.

    ``lines`` are grey uint8 crops without leaders and rules, none where the field is blank; ``raw_lines`` are
    the same with them, a second view of the same writing. ``box`` is around the writing, or the place where
    it would stand. ``ink`` counts its dark pixels. ``tick`` is the share of ink inside a tick box.
    """

    label: Label
    box: Box
    lines: tuple[Image, ...]
    raw_lines: tuple[Image, ...]
    line_boxes: tuple[Box, ...]
    ink: int
    tick: float = 0.0


@dataclass(frozen=True)
class _Strokes:
    """Connected strokes of a page: label image, and by stroke its box, its middle row and column, its ink.

    The ink of a stroke that is no writing (dust, print of labels, what is far too tall) counts 0.
    """

    labels: NDArray[np.int32]
    left: NDArray[np.int32]
    top: NDArray[np.int32]
    width: NDArray[np.int32]
    height: NDArray[np.int32]
    area: NDArray[np.int32]
    x: NDArray[np.float64]
    y: NDArray[np.float64]


def cut_fields(page: CleanPage, ink: Ink, fit: FormFit) -> list[FieldCrop]:
    """Cut every field of a fitted form.

    Args:
        page: the clean page.
        ink: its strokes without leaders and rules.
        fit: the form laid over it.

    Returns:
        A crop for every label that was found and carries a field, in the order of the page.
    """
    geometry = _Geometry(page, fit)
    strokes = _strokes(ink.strokes, geometry.printed, geometry.pitch)
    views = _Views(paint_over(page.grey, ink.furniture), page.grey)
    crops = [
        _cut_below(anchor, page, views, strokes, geometry)
        if anchor.label.below
        else _cut_after(anchor, page, views, strokes, geometry)
        for anchor in fit.anchors
        if anchor.label.field and not anchor.label.tick
    ]
    return crops + _cut_ticks([anchor for anchor in fit.anchors if anchor.label.tick], ink, geometry)


@dataclass(frozen=True)
class _Views:
    """The page's grey image without leaders and rules, and with them."""

    bare: Image
    raw: Image


class _Geometry:
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
        gaps = [b - a for a, b in pairwise(rows) if b - a > 1.1 * self.letter]
        self.pitch = float(np.percentile(gaps, 25)) if gaps else 2.0 * self.letter
        self.pitch = float(np.clip(self.pitch, 1.3 * self.letter, 3.2 * self.letter))
        texts = [a.sighting.box for a in fit.anchors if not a.label.tick]
        self.left = min((box.x for box in texts), default=0)
        margin = min(self.left, round(0.12 * page.width))
        self.right = page.width - max(round(0.3 * margin), 8)

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
            if a.label.field and not (a.label.below or a.label.tick)
            if a.sighting.box.y > top
            and a.sighting.box.x < right
            and self.next_on_line(a.sighting.box) > left
        ]
        return min(rows, default=self.page.height)

    def next_below(self, box: Box, left: int, right: int) -> float:
        """Row at which the next printed text under a box begins, between two columns, or the page's foot."""
        tops = [p.y for p in self.printed if p.y > box.bottom and p.x < right and p.right > left]
        return min(tops, default=self.page.height)


def _strokes(mask: Image, boxes: Sequence[Box], pitch: float) -> _Strokes:
    """Connected strokes that may be writing: the labels' own print and what is far too tall are left out."""
    _, labels, stats, centres = cv2.connectedComponentsWithStats(mask, connectivity=8)
    kept = stats[:, cv2.CC_STAT_AREA] >= SPECK
    kept[0] = False
    left, top = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    right, bottom = left + stats[:, cv2.CC_STAT_WIDTH], top + stats[:, cv2.CC_STAT_HEIGHT]
    for box in boxes:
        pad = 0.25 * box.h
        # Whole letters of the label go, also where the engine drew its box a little tight; a stroke of the
        # writing that reaches into the label goes on beyond it, and stays.
        wide = np.minimum(right, box.right + pad) - np.maximum(left, box.x - pad)
        high = np.minimum(bottom, box.bottom + pad) - np.maximum(top, box.y - pad)
        inside = (wide > 0.6 * (right - left)) & (high > 0.6 * (bottom - top))
        kept &= ~(inside & (centres[:, 0] < box.right + 0.1 * box.h))
    kept &= stats[:, cv2.CC_STAT_HEIGHT] < 2.2 * pitch
    stats = np.asarray(stats, np.int32)
    stats[~kept, cv2.CC_STAT_AREA] = 0
    numbers = np.asarray(stats, np.int32)
    return _Strokes(
        np.asarray(labels, np.int32),
        numbers[:, cv2.CC_STAT_LEFT],
        numbers[:, cv2.CC_STAT_TOP],
        numbers[:, cv2.CC_STAT_WIDTH],
        numbers[:, cv2.CC_STAT_HEIGHT],
        numbers[:, cv2.CC_STAT_AREA],
        np.asarray(centres[:, 0], np.float64),
        np.asarray(centres[:, 1], np.float64),
    )


def _cut_after(
    anchor: Anchor, page: CleanPage, views: _Views, strokes: _Strokes, geometry: _Geometry
) -> FieldCrop:
    """Writing to the right of a label and, where the form says so, on the lines under it."""
    label, box = anchor.label, anchor.sighting.box
    baseline, pitch = geometry.baseline(anchor), geometry.pitch
    rows = [(baseline, box.right + 2, geometry.next_on_line(box) - 4)]
    if label.lines > 1:
        below = geometry.next_below(box, geometry.left, geometry.right)
        free = (below + 0.8 * geometry.letter - baseline) / pitch
        extra = min(label.lines - 1, round(free) - 1)
        step = (below + 0.8 * geometry.letter - baseline) / max(1, round(free)) if extra > 0 else pitch
        rows += [(baseline + k * step, geometry.left - 6, geometry.right) for k in range(1, extra + 1)]
    images: list[_Views] = []
    boxes: list[Box] = []
    ink = 0
    for row, left, right in rows:
        image, around, amount = _line(views, strokes, row, left, right, pitch)
        ink += amount
        if image is not None and around is not None:
            images.append(image)
            boxes.append(around)
    if boxes:
        whole = boxes[0]
        for other in boxes[1:]:
            whole = whole.union(other)
    else:
        row, left, right = rows[0]
        whole = _clip(left, row - 0.7 * pitch, right, row + 0.25 * pitch, page)
    return FieldCrop(
        label, whole, tuple(v.bare for v in images), tuple(v.raw for v in images), tuple(boxes), ink
    )


def _cut_below(
    anchor: Anchor, page: CleanPage, views: _Views, strokes: _Strokes, geometry: _Geometry
) -> FieldCrop:
    """The last line of writing under a label: the name written out under a signature."""
    box, pitch = anchor.sighting.box, geometry.pitch
    middle = box.x + box.w / 2
    beside = [p for p in geometry.printed if abs(p.y - box.y) < pitch and p is not box]
    lefts = [p.right for p in beside if p.right < box.x]
    rights = [p.x for p in beside if p.x > box.right]
    left = (max(lefts) + box.x) / 2 if lefts else middle - 0.3 * page.width
    right = (min(rights) + box.right) / 2 if rights else middle + 0.3 * page.width
    left, right = max(0.0, left), min(float(page.width), right)
    small = geometry.next_below(box, int(left), int(right))
    top = float(box.bottom)
    if small - top < 1.2 * geometry.letter:  # "(Ký, ghi rõ họ tên)" right under it is part of the heading
        top = small + geometry.letter
        small = geometry.next_below(Box(box.x, round(top), box.w, 1), int(left), int(right))
    foot = min(small, geometry.next_field_below(top, left, right), top + 6 * pitch)
    inside = (
        (strokes.area > 2 * SPECK)
        & (strokes.x > left)
        & (strokes.x < right)
        & (strokes.y > top)
        & (strokes.y < foot)
    )
    inside &= strokes.height < 1.2 * pitch
    if not inside.any():
        return FieldCrop(anchor.label, _clip(left, foot - pitch, right, foot, page), (), (), (), 0)
    bottoms = (strokes.top + strokes.height)[inside]
    row = float(np.percentile(bottoms, 85))
    image, around, ink = _line(views, strokes, row - 0.1 * pitch, round(left), round(right), pitch)
    if image is None or around is None:
        return FieldCrop(anchor.label, _clip(left, row - pitch, right, row, page), (), (), (), 0)
    return FieldCrop(anchor.label, around, (image.bare,), (image.raw,), (around,), ink)


def _cut_ticks(anchors: Sequence[Anchor], ink: Ink, geometry: _Geometry) -> list[FieldCrop]:
    """How much is ticked in the square beside each label.

    A bold tick hides its own square, whose place then follows from the others.
    """
    window = np.asarray(ink.strokes | ink.furniture, np.uint8)
    found = [_square(anchor.sighting.box, window, geometry) for anchor in anchors]
    seen = [(anchor.sighting.box, square) for anchor, square in zip(anchors, found, strict=True) if square]
    crops = []
    for anchor, own in zip(anchors, found, strict=True):
        square = own or _hidden_square(anchor.sighting.box, seen)
        if square is None:
            crops.append(FieldCrop(anchor.label, anchor.sighting.box, (), (), (), 0))
            continue
        inset = max(2, round(0.22 * square.w))
        inner = window[square.y + inset : square.bottom - inset, square.x + inset : square.right - inset]
        share = float((inner > 0).mean()) if inner.size else 0.0
        crops.append(FieldCrop(anchor.label, square, (), (), (), int((inner > 0).sum()), share))
    return crops


def _hidden_square(label: Box, seen: Sequence[tuple[Box, Box]]) -> Box | None:
    """Where the square of a label must be, from those of other labels; None where there are none.

    The engine for print often takes a ticked square for the label's first letter, so a label that begins
    where the others' squares stand in a column has its square there.
    """
    if not seen:
        return None
    side = round(float(np.median([square.w for _, square in seen])))
    column = float(np.median([square.x for _, square in seen]))
    offset = float(np.median([square.x - box.x for box, square in seen]))
    drop = float(np.median([square.y + square.h / 2 - (box.y + box.h / 2) for box, square in seen]))
    left = column if abs(label.x - column) < side else label.x + offset
    return Box(round(left), round(label.y + label.h / 2 + drop - side / 2), side, side)


def _square(box: Box, window: Image, geometry: _Geometry) -> Box | None:
    """The tick box before (or, failing that, behind) a label."""
    letter = geometry.letter
    for left, right in ((box.x - 2.4 * letter, box.x), (box.right, box.right + 2.4 * letter)):
        area = _clip(left, box.y - 0.5 * letter, right, box.bottom + 0.5 * letter, geometry.page)
        part = window[area.y : area.bottom, area.x : area.right]
        contours, _ = cv2.findContours(part, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        found = [cv2.boundingRect(contour) for contour in contours]
        found = [s for s in found if 0.5 * letter < s[3] < 1.3 * letter and 0.75 < s[2] / max(1, s[3]) < 1.35]
        if found:
            x, y, w, h = max(found, key=lambda s: s[2] * s[3])
            return Box(area.x + x, area.y + y, w, h)
    return None


def _line(
    views: _Views, strokes: _Strokes, baseline: float, left: int, right: int, pitch: float
) -> tuple[_Views | None, Box | None, int]:
    """One line of writing: its crops with foreign strokes painted over, its box, its ink.

    None for both where nothing is written.
    """
    grey = views.bare
    inside = (
        (strokes.area > 0)
        & (strokes.y > baseline - ABOVE * pitch)
        & (strokes.y < baseline + UNDER * pitch)
        & (strokes.x > left)
        & (strokes.x < right)
    )
    inside &= ~((strokes.height < 0.12 * pitch) & (strokes.width > 3.5 * pitch))  # the rest of a rule
    chosen = np.flatnonzero(inside)
    ink = int(strokes.area[chosen].sum())
    if ink < LEAST_INK:
        return None, None, ink
    x0, x1 = int(strokes.left[chosen].min()), int((strokes.left + strokes.width)[chosen].max())
    y0, y1 = int(strokes.top[chosen].min()), int((strokes.top + strokes.height)[chosen].max())
    short = 0.62 * pitch - (y1 - y0)
    if short > 0:  # a dash or a row of small letters keeps its place on the line
        y0 = min(y0, round(baseline - 0.5 * pitch))
        y1 = max(y1, round(baseline + 0.1 * pitch))
    pad_y, pad_x = round(0.10 * (y1 - y0)) + 1, round(0.2 * pitch)
    y0, y1 = max(0, y0 - pad_y), min(grey.shape[0], y1 + pad_y)
    x0, x1 = max(0, x0 - pad_x), min(grey.shape[1], x1 + pad_x)
    foreign = strokes.labels[y0:y1, x0:x1]
    own = inside[foreign] & (foreign > 0)
    others = cv2.dilate(((foreign > 0) & ~own).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    crops = []
    for view in (views.bare, views.raw):
        crop = view[y0:y1, x0:x1].copy()
        crop[others & ~own] = PAPER
        crops.append(crop)
    return _Views(*crops), Box(x0, y0, x1 - x0, y1 - y0), ink


def _clip(left: float, top: float, right: float, bottom: float, page: CleanPage) -> Box:
    """A box inside the page, at least one pixel wide and high."""
    x0, y0 = int(np.clip(left, 0, page.width - 1)), int(np.clip(top, 0, page.height - 1))
    x1, y1 = int(np.clip(right, x0 + 1, page.width)), int(np.clip(bottom, y0 + 1, page.height))
    return Box(x0, y0, x1 - x0, y1 - y0)


def boxes_of(crops: Sequence[FieldCrop]) -> Box | None:
    """Box around all crops of a case."""
    if not crops:
        return None
    whole = crops[0].box
    for crop in crops[1:]:
        whole = whole.union(crop.box)
    return whole
