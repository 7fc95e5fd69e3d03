"""Fields that stand side by side: one label on the left, or one in each column, under headings (ÔNG | BÀ).

Where a column ends is found on the page: at an upright rule between the headings, else midway between them,
and on each line at the widest gap near there, because writing does not keep to a column that nobody ruled.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline.cut.geometry import ABOVE
from pipeline.cut.strokes import UNDER
from pipeline.cut.writing import LEAST_INK, FieldCrop, cut_rows
from pipeline.elements import Box

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.clean import CleanPage
    from pipeline.cut.geometry import Geometry
    from pipeline.cut.strokes import Strokes
    from pipeline.cut.writing import Views
    from pipeline.forms.anchors import Anchor
    from pipeline.forms.fit import FormFit

    Image = NDArray[np.uint8]

RULED: Final = 0.5
"""Share of a block's height that an upright rule between its columns covers at least."""
COLON: Final = 0.7
"""Heights of a letter behind a label that still are its colon's."""
SWAY: Final = 1.6
"""How far from the edge of a column, in line pitches, the gap between two columns' writing is looked for."""


@dataclass(frozen=True)
class ColumnBlock:
    """The columns of one block: left end of the first, edges between them, right end of the last.

    Without a rule ``left`` is where the longest label on the left ends, and ``right`` is None. ``ruled`` says
    that the edges are printed. ``labels`` are the boxes of labels that are printed again in every column, by
    the box of the row's anchor.
    """

    left: float | None
    edges: tuple[float, ...]
    right: float | None
    ruled: bool
    labels: dict[Box, tuple[Box, ...]]


def column_blocks(fit: FormFit, rules: Image, geometry: Geometry) -> dict[str, ColumnBlock]:
    """The columns of every block that has any, by the block's name.

    Args:
        fit: the form laid over the page.
        rules: mask of upright rules.
        geometry: the page's baselines and edges.
    """
    found: dict[str, ColumnBlock] = {}
    names = dict.fromkeys(anchor.block for anchor in fit.anchors if anchor.label.columns)
    for name in names:
        rows = [anchor for anchor in fit.anchors if anchor.block == name and anchor.label.columns]
        count = max(len(anchor.label.columns) for anchor in rows)
        heads = _headings(fit, name, count)
        twins = {anchor.sighting.box: _twins(anchor, fit) for anchor in rows}
        repeated = [boxes for boxes in twins.values() if len(boxes) == count]
        top = min(box.y for box in (*heads, *(a.sighting.box for a in rows)))
        foot = max(a.sighting.box.bottom for a in rows)
        ruled = _rules_at(rules[top:foot])
        start = max(anchor.sighting.box.x for anchor in rows)
        end = float(max(anchor.sighting.box.right for anchor in rows))
        if 2 * len(repeated) > len(rows):
            starts = [float(np.median([boxes[k].x for boxes in repeated])) for k in range(1, count)]
            edges = tuple(start - 0.5 * geometry.letter for start in starts)
            labels = {
                box: boxes if len(boxes) == count else _as_repeated(box, starts)
                for box, boxes in twins.items()
            }
            found[name] = ColumnBlock(None, edges, None, False, labels)
            continue
        if heads:
            between = [
                _between(a.right, b.x, ruled, (a.x + a.w / 2 + b.x + b.w / 2) / 2) for a, b in pairwise(heads)
            ]
            printed = all(printed for _, printed in between)
            left = [rule for rule in ruled if start < rule < heads[0].x]
            right = [rule for rule in ruled if printed and rule > heads[-1].right]
            edges = tuple(edge for edge, _ in between)
            found[name] = ColumnBlock(
                left[-1] if left else end, edges, right[0] if right else None, printed, {}
            )
    return _with_neighbours(found, names, fit, rules, geometry)


def cut_columns(
    anchor: Anchor, block: ColumnBlock, page: CleanPage, views: Views, strokes: Strokes, geometry: Geometry
) -> list[FieldCrop]:
    """One crop for every column of a label, in their order."""
    label, box, pitch = anchor.label, anchor.sighting.box, geometry.pitch
    baseline = geometry.baseline(anchor)
    lines = geometry.lines_after(box, baseline, label.lines)
    boxes = block.labels.get(box, ())
    crops = []
    for place, asked in enumerate(label.asked):
        rows = []
        for number, row in enumerate(lines):
            if boxes:
                own = boxes[place]
                left = own.right + 2.0 if number == 0 else own.x - 6.0
                right = geometry.next_on_line(own) - 4.0
                if number or place + 1 < len(boxes):
                    right = boxes[place + 1].x - 4.0 if place + 1 < len(boxes) else geometry.right
            else:
                edges = [_edge(edge, row, strokes, pitch, ruled=block.ruled) for edge in block.edges]
                first = _start(block, row, box, strokes, geometry)
                left = (first, *edges)[place]
                last = block.right - 3.0 if block.right is not None else float(geometry.right)
                right = (*edges, last)[place]
            rows.append((row, round(left), round(right)))
        crops.append(cut_rows(asked, rows, page, views, strokes, geometry.lines))
    return crops


def _start(block: ColumnBlock, baseline: float, label: Box, strokes: Strokes, geometry: Geometry) -> float:
    """Where the first column starts on a line: not before the longest label ends, unless there is writing."""
    nearest = label.right + 2.0
    if block.left is None or block.left < nearest:
        return nearest
    pitch = geometry.pitch
    between = (
        (strokes.y > baseline - ABOVE * pitch)
        & (strokes.y < baseline + UNDER * pitch)
        & (strokes.x > label.right + COLON * geometry.letter)
        & (strokes.x < block.left)
        & (strokes.height > 0.3 * pitch)
    )
    return nearest if int(strokes.area[between].sum()) > LEAST_INK else block.left


def _headings(fit: FormFit, block: str, count: int) -> list[Box]:
    """Boxes of a block's headings from left to right where all of them stand on one line, else none."""
    own = {a.label.column: a.sighting.box for a in fit.anchors if a.block == block and a.label.column}
    if len(own) < count and own:  # a short heading that no label took may be the other one
        column, box = next(iter(own.items()))
        wordings = {
            label.column: label.text
            for b in fit.form.blocks
            if b.name == block
            for label in b.labels
            if label.column
        }
        for other, texts in wordings.items():
            for seen in fit.unused:
                beside = seen.box.x > box.right if other > column else seen.box.right < box.x
                level = abs(seen.box.y + seen.box.h / 2 - box.y - box.h / 2) < 0.6 * box.h
                if other not in own and seen.wording in texts and beside and level:
                    own[other] = seen.box
    boxes = [own[key] for key in sorted(own)]
    middles = [box.y + box.h / 2 for box in boxes]
    in_line = len(boxes) == count and max(middles) - min(middles) < 0.8 * max(box.h for box in boxes)
    return boxes if in_line and all(a.right < b.x for a, b in pairwise(boxes)) else []


def _twins(anchor: Anchor, fit: FormFit) -> tuple[Box, ...]:
    """Boxes of a label that is printed in every column, from left to right."""
    box = anchor.sighting.box
    again = [
        seen.box
        for seen in fit.unused
        if seen.wording in anchor.label.text and seen.line == anchor.sighting.line and seen.box != box
    ]
    return tuple(sorted({box, *again}, key=lambda b: b.x))


def _as_repeated(box: Box, starts: Sequence[float]) -> tuple[Box, ...]:
    """A label's boxes where only the first was read: the others stand where their columns start."""
    return (box, *(Box(round(start), box.y, box.w, box.h) for start in starts))


def _rules_at(rules: Image) -> list[float]:
    """Columns at which an upright rule runs down most of an image, from left to right."""
    if not rules.size:
        return []
    wide = np.maximum.reduce([np.roll(rules, shift, axis=1) for shift in (-2, -1, 0, 1, 2)])
    tall = (wide > 0).mean(axis=0) >= RULED
    steps = np.flatnonzero(np.diff(np.concatenate([[0], tall.astype(np.int8), [0]])))
    return [(a + b - 1) / 2 for a, b in zip(steps[::2].tolist(), steps[1::2].tolist(), strict=True)]


def _between(left: float, right: float, ruled: Sequence[float], midway: float) -> tuple[float, bool]:
    """The edge between two headings, and whether it is printed."""
    inside = [rule for rule in ruled if left < rule < right]
    return (min(inside, key=lambda rule: abs(rule - midway)), True) if inside else (midway, False)


def _with_neighbours(
    found: dict[str, ColumnBlock], names: dict[str, None], fit: FormFit, rules: Image, geometry: Geometry
) -> dict[str, ColumnBlock]:
    """Blocks whose headings were not read take the columns of another block, or share the room equally."""
    for name in names:
        if name in found:
            continue
        rows = [anchor for anchor in fit.anchors if anchor.block == name and anchor.label.columns]
        count = max(len(anchor.label.columns) for anchor in rows)
        other = next((b for b in found.values() if len(b.edges) == count - 1 and not b.labels), None)
        if other is not None:
            found[name] = other
            continue
        start = max(anchor.sighting.box.right for anchor in rows)
        boxes = [anchor.sighting.box for anchor in rows]
        part = rules[min(box.y for box in boxes) : max(box.bottom for box in boxes)]
        inside = [rule for rule in _rules_at(part) if start < rule < geometry.right - geometry.pitch]
        if len(inside) == count:
            found[name] = ColumnBlock(inside[0], tuple(inside[1:]), None, True, {})
        else:
            step = (geometry.right - start) / count
            found[name] = ColumnBlock(None, tuple(start + k * step for k in range(1, count)), None, False, {})
    return found


def _edge(edge: float, baseline: float, strokes: Strokes, pitch: float, *, ruled: bool) -> float:
    """The edge of a column on one line: the middle of the widest gap between strokes near it."""
    if ruled:
        return edge
    low, high = round(edge - SWAY * pitch), round(edge + SWAY * pitch)
    band = (
        (strokes.area > 0)
        & (strokes.y > baseline - ABOVE * pitch)
        & (strokes.y < baseline + UNDER * pitch)
        & (strokes.left < high)
        & (strokes.right > low)
        & (strokes.height > 0.15 * pitch)  # not what is left of a rule or a fold
    )
    taken = np.zeros(high - low + 2, np.int8)
    taken[[0, -1]] = 1
    for left, width in zip(strokes.left[band].tolist(), strokes.width[band].tolist(), strict=True):
        taken[max(0, left - low + 1) : max(0, left + width - low + 1)] = 1
    steps = np.flatnonzero(np.diff(taken))
    gaps = [(a, b) for a, b in zip(steps.tolist(), steps[1:].tolist(), strict=False) if taken[a + 1] == 0]
    if not gaps:
        return edge
    # An empty column leaves a gap that reaches to the end of what was looked at: the edge itself is best.
    here = [(a, b) for a, b in gaps if a + low <= edge <= b + low]
    if here and here[0][1] - here[0][0] > 0.6 * pitch:
        return edge
    first, last = max(gaps, key=lambda gap: int(gap[1] - gap[0]))
    return float(low + (first + last) / 2)
