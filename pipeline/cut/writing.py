"""The writing of one field: the lines after its label, or the last line under it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from pipeline.cut.geometry import ABOVE, clip
from pipeline.cut.reach import Lines, reach
from pipeline.cut.strokes import LINE, SPECK, UNDER, without_signatures
from pipeline.cut.struck import stands_alone, struck_spans
from pipeline.elements import Box

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.clean import CleanPage
    from pipeline.cut.geometry import Geometry
    from pipeline.cut.stamp import Stamp
    from pipeline.cut.strokes import Strokes
    from pipeline.cut.struck import Level
    from pipeline.forms.anchors import Anchor
    from pipeline.forms.form import Label

    Image = NDArray[np.uint8]

PAPER: Final = 245
WORD_GAP: Final = 0.45
"""A wider gap, in line pitches, between strokes under signatures parts two people's names."""
ON_ROW: Final = 0.85
"""Share of the strokes under a signature, by their width, down to the row that the name stands on."""
OFF: Final = 0.1
"""Line pitches by which the baseline of a name under a signature stands over the feet of its letters."""
TAILS: Final = 0.5
"""Line pitches under the row of such a name that its letters' tails take."""
NAME: Final = 2.5
"""Width, in line pitches, of a name at the least."""
AIR: Final = 0.1
"""Line pitches over and under the writing in its box: with more the lines above and below would show."""
MARGIN: Final = 0.94
"""Part of the page's width behind which its right margin is."""
LETTER: Final = 0.35
"""Size, in line pitches, of the largest stroke of a further line at the least: less is dust, or what is left
where a stamp crosses a rule."""
SMALL: Final = 0.2
FEW: Final = 3
"""Size, in line pitches, of small typed letters, and how many of them are a line all the same."""
LEAST_INK: Final = 45
"""A field with less ink than this in all is blank: about one short dash."""


@dataclass(frozen=True)
class FieldCrop:
    """What is written into one field, or one part of it: its line images, top to bottom.

    ``lines`` are grey uint8 crops without leaders and rules, none where the field is blank; ``raw_lines`` are
    the same with them, a second view of the same writing; ``line_boxes`` is what they show of the page.
    ``box`` is around the writing, with what was struck out beside it, or the place where it would stand.
    ``ink`` counts its dark pixels. ``tick`` is the share of ink inside a tick box. ``beside`` is ink in its
    row that went into no crop, as a share of its own. ``struck``: something written here was struck out, and
    is in none of the images.
    """

    label: Label
    box: Box
    lines: tuple[Image, ...]
    raw_lines: tuple[Image, ...]
    line_boxes: tuple[Box, ...]
    ink: int
    tick: float = 0.0
    beside: float = 0.0
    struck: bool = False


@dataclass(frozen=True)
class Views:
    """The page's grey image without leaders and rules, and with them."""

    bare: Image
    raw: Image
    level: Level | None = None


@dataclass(frozen=True)
class _LineCut:
    """One line of writing: its crops, the box that they show, the row on which it stands.

    ``written`` is the box around its strokes, ``own`` tells which those are, by label. ``struck`` is around
    what was struck out beside them, None where nothing was.
    """

    views: Views
    box: Box
    row: float
    written: Box
    own: NDArray[np.bool_]
    struck: Box | None


def cut_after(
    anchor: Anchor, page: CleanPage, views: Views, strokes: Strokes, geometry: Geometry
) -> FieldCrop:
    """Writing to the right of a label and, where the form says so, on the lines under it."""
    label, box = anchor.label, anchor.sighting.box
    baseline = geometry.baseline(anchor)
    first, *others = geometry.lines_after(box, baseline, label.lines)
    rows = [(first, box.right + 2, geometry.next_on_line(box) - 4)]
    rows += [(row, geometry.left - 6, geometry.right) for row in others]
    return cut_rows(label, rows, page, views, strokes, geometry.lines)


def cut_rows(
    label: Label,
    rows: Sequence[tuple[float, int, int]],
    page: CleanPage,
    views: Views,
    strokes: Strokes,
    lines: Lines,
) -> FieldCrop:
    """The writing of a field on the lines where it may stand.

    Args:
        label: what the field is asked by.
        rows: baseline and first and last column of each line.
        page: the clean page.
        views: its grey images.
        strokes: what may be writing on it.
        lines: its lines.
    """
    pitch = lines.pitch
    cuts: list[_LineCut] = []
    ink = 0
    struck = False
    for number, (row, left, right) in enumerate(rows):
        spans = struck_spans(views.level, row, left, right, pitch) if views.level is not None else []
        spans = [span for span in spans if stands_alone(span, strokes, row, pitch)]
        struck = struck or bool(spans)
        letter = LETTER * pitch if number else 0.0
        cut, amount = _line(views, strokes, row, left, right, pitch, spans, letter)
        ink += amount
        if cut is not None:
            cuts.append(cut)
    if cuts:
        whole = _reached(cuts, strokes, lines)
    else:
        row, left, right = rows[0]
        whole = clip(left, row - 0.7 * pitch, right, row + 0.25 * pitch, page)
    bare, raw = tuple(cut.views.bare for cut in cuts), tuple(cut.views.raw for cut in cuts)
    return FieldCrop(label, whole, bare, raw, tuple(cut.box for cut in cuts), ink, struck=struck)


def _reached(cuts: Sequence[_LineCut], strokes: Strokes, lines: Lines) -> Box:
    """The box of a field's lines, with what may be theirs too and what was struck out among them."""
    columns = min(cut.written.x for cut in cuts), max(cut.written.right for cut in cuts)
    boxes = [reach(cut.written, cut.own, strokes, cut.row, columns, lines) for cut in cuts]
    # Whoever judges the field sees what was struck out, too: it may be a mistake.
    boxes += [cut.struck for cut in cuts if cut.struck is not None]
    return boxes[0].union(*boxes)


def cut_below(
    anchor: Anchor,
    page: CleanPage,
    views: Views,
    strokes: Strokes,
    geometry: Geometry,
    stamp: Stamp | None,
) -> FieldCrop:
    """The last line of writing under a label: the name written out under a signature.

    Under a stamp whose ink is like the pen's a name may be lost, and what is left too short for one: its box
    is then all the room under the label.
    """
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
    room = clip(left, top, right, foot, page)
    stamped = stamp is not None and stamp.covers(room)
    inside = (
        (strokes.area > 2 * SPECK)
        & (strokes.x > left)
        & (strokes.x < right)
        & (strokes.y > top)
        & (strokes.y < foot)
    )
    inside &= strokes.height < LINE * pitch
    if not inside.any():
        place = room if stamped else clip(left, foot - pitch, right, foot, page)
        return FieldCrop(anchor.label, place, (), (), (), 0)
    row = _lowest_row(strokes.bottom[inside], np.minimum(strokes.width[inside], 2 * pitch))
    row = min(row, foot - (UNDER - OFF) * pitch)  # long tails reach down to what the next label asks for
    strokes = without_signatures(strokes, row, left, right, pitch)
    left, right = _grown(strokes, row, left, right, pitch)
    cut, ink = _line(views, strokes, row - OFF * pitch, round(left), round(right), pitch)
    if stamped and (cut is None or cut.written.w < NAME * pitch):
        written = room
    elif cut is None:
        written = clip(left, row - pitch, right, row, page)
    else:  # tails may hang together with a stamp or a signature: they are shown, if not read
        under = max(cut.written.bottom, round(min(row + TAILS * pitch, foot)))
        written = replace(cut.written, h=under - cut.written.y)
    if cut is None:
        return FieldCrop(anchor.label, written, (), (), (), 0)
    return FieldCrop(anchor.label, written, (cut.views.bare,), (cut.views.raw,), (cut.box,), ink)


def _lowest_row(feet: NDArray[np.int32], widths: NDArray[np.float64]) -> float:
    """The row that the last line of some strokes stands on, tails aside.

    Strokes count by their width: a name in joined letters has three, the letters of a heading over it twenty.
    """
    order = np.argsort(feet, kind="stable")
    share = np.cumsum(widths[order]) / widths.sum()
    return float(feet[order][np.searchsorted(share, ON_ROW)])


def _grown(strokes: Strokes, row: float, left: float, right: float, pitch: float) -> tuple[float, float]:
    """Two columns moved outwards over the strokes that go on with the writing on a row between them.

    A name does not end where the heading over it does.
    """
    band = (strokes.area > 0) & (strokes.height < LINE * pitch)
    band &= (strokes.y > row - ABOVE * pitch) & (strokes.y < row + UNDER * pitch)
    starts, ends, middles = strokes.left[band], strokes.right[band], strokes.x[band]
    written = (middles > left) & (middles < right)
    if not written.any():
        return left, right
    first, last = float(starts[written].min()), float(ends[written].max())
    while True:
        near = (starts < last + WORD_GAP * pitch) & (ends > first - WORD_GAP * pitch)
        wider = min(first, float(starts[near].min())), max(last, float(ends[near].max()))
        if wider == (first, last):
            return min(left, first), max(right, last)
        first, last = wider


def _sheet_edge(inside: NDArray[np.bool_], strokes: Strokes, width: int, pitch: float) -> NDArray[np.bool_]:
    """Upright strokes at the right edge of the page, far from all writing: there the sheet ends."""
    edge = inside & (strokes.left > MARGIN * width) & (strokes.height > 2 * strokes.width)
    written = strokes.right[inside & ~edge]
    if not len(written):
        return np.zeros_like(inside)
    return np.asarray(edge & (strokes.left > written.max() + pitch), np.bool_)


def _line(
    views: Views,
    strokes: Strokes,
    baseline: float,
    left: int,
    right: int,
    pitch: float,
    struck: Sequence[tuple[int, int]] = (),
    letter: float = 0.0,
) -> tuple[_LineCut | None, int]:
    """One line of writing with foreign strokes painted over in its crops, and how much ink it has.

    None where nothing is written but what was struck out, between the columns of ``struck``, or no stroke is
    as large as a ``letter`` nor is there a row of small ones.
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
    inside &= ~_sheet_edge(inside, strokes, grey.shape[1], pitch)
    away = np.zeros_like(inside)
    for first, last in struck:
        away |= inside & (strokes.x >= first - 2) & (strokes.x <= last + 2)
    inside &= ~away
    chosen = np.flatnonzero(inside)
    ink = int(strokes.area[chosen].sum())
    sizes = np.maximum(strokes.width, strokes.height)[chosen]
    if ink < LEAST_INK or (sizes.max() < letter and (sizes > SMALL * pitch).sum() < FEW):
        return None, ink
    x0, x1 = int(strokes.left[chosen].min()), int(strokes.right[chosen].max())
    y0, y1 = int(strokes.top[chosen].min()), int(strokes.bottom[chosen].max())
    short = 0.62 * pitch - (y1 - y0)
    if short > 0:  # a dash or a row of small letters keeps its place on the line
        y0 = min(y0, round(baseline - 0.5 * pitch))
        y1 = max(y1, round(baseline + 0.1 * pitch))
    pad_y, pad_x = round(0.10 * (y1 - y0)) + 1, round(0.2 * pitch)
    air = min(pad_y, round(AIR * pitch))
    top, foot = max(0, y0 - air), min(grey.shape[0], y1 + air)
    y0, y1 = max(0, y0 - pad_y), min(grey.shape[0], y1 + pad_y)
    x0, x1 = max(0, x0 - pad_x), min(grey.shape[1], x1 + pad_x)
    foreign = strokes.labels[y0:y1, x0:x1]
    own = inside[foreign] & (foreign > 0)
    others = cv2.dilate(((foreign > 0) & ~own).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    crops = []
    for view in (views.bare, views.raw):
        crop = view[y0:y1, x0:x1].copy()
        crop[others & ~own] = PAPER
        for first, last in struck:  # the line itself may have been taken for a rule
            crop[:, max(0, first - 2 - x0) : max(0, last + 3 - x0)] = PAPER
        crops.append(crop)
    written = Box(x0, top, x1 - x0, foot - top)
    beside = None
    if away.any():
        left, above = int(strokes.left[away].min()), int(strokes.top[away].min())
        right, under = int(strokes.right[away].max()), int(strokes.bottom[away].max())
        beside = Box(left, above, right - left, under - above)
    box = Box(x0, y0, x1 - x0, y1 - y0)
    return _LineCut(Views(crops[0], crops[1]), box, baseline, written, inside, beside), ink
