"""Labels found on a page, and those among them that cannot be what they were taken for.

Every label is looked for by its words. What was written has such words too, and one label's wording may hold
another's: where a label stands, and beside which others, tells them apart.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.forms.form import Label
    from pipeline.forms.lines import Sighting

TOO_HIGH: Final = 1.3
"""Height of a label's box, in heights of a usual one, that took in what was written beside it."""
ITS_ROW: Final = 0.8
"""How far, in heights of a usual label, the row of such a box may be from that of a label on its line."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A label found on the page."""

    label: Label
    block: str
    sighting: Sighting


def without_headings_in_writing(anchors: Sequence[Anchor]) -> list[Anchor]:
    """The anchors without headings that stand behind a label: what is there is what was written.

    "Chơn Thành", a district, was taken for the heading "Chồng", and the field before it ended there; "cấp"
    of a note for "Vợ", under which people sign.
    """
    asked = first_asked(anchors)
    return [a for a in anchors if a.label.asked or not is_behind(a.sighting, asked)]


def with_headings_in_line(anchors: Sequence[Anchor]) -> list[Anchor]:
    """The anchors without headings of columns that stand beside no other heading of their block.

    "Bà" has two letters, and many a word of the writing is like it: under the first label of the block, or on
    another line than "Ông", it is no heading.
    """
    first: dict[str, int] = {}
    for anchor in anchors:
        if anchor.label.columns:
            first[anchor.block] = min(anchor.sighting.line, first.get(anchor.block, anchor.sighting.line))
    lines = {
        block: Counter(a.sighting.line for a in anchors if a.block == block and a.label.column)
        for block in first
    }
    return [
        anchor
        for anchor in anchors
        if not anchor.label.column
        or (
            anchor.block in first
            and anchor.sighting.line < first[anchor.block]
            and anchor.sighting.line == max(lines[anchor.block], key=lambda n: (lines[anchor.block][n], -n))
        )
    ]


def without_lone_minutes(anchors: Sequence[Anchor]) -> list[Anchor]:
    """The anchors without a "giờ" behind which no label of its line ends the minutes: it was written by hand.

    Where the hour is printed, "phút" is; where neither is, people write "9 giờ 20" behind "Chết lúc:".
    """
    last: dict[int, int] = {}
    for anchor in anchors:
        line = anchor.sighting.line
        last[line] = max(last.get(line, 0), anchor.sighting.box.x)
    return [a for a in anchors if a.label.part != "minute" or a.sighting.box.x < last[a.sighting.line]]


def without_parts(anchors: Sequence[Anchor]) -> list[Anchor]:
    """The anchors, page order, without those that are a piece of the wording of the one beside them.

    "Họ và tên, chức vụ người đại diện" whose "tên" is pale still shows "chức vụ", which another label is.
    """
    left: list[Anchor] = []
    for anchor in anchors:
        last = left[-1] if left else None
        if last is None or not _side_by_side(last.sighting, anchor.sighting):
            left.append(anchor)
            continue
        both = fold(last.sighting.wording) + fold(anchor.sighting.wording)
        if any(both in fold(text) for text in anchor.label.text):
            left[-1] = anchor
        elif any(both in fold(text) for text in last.label.text):
            a, b = last.sighting.box, anchor.sighting.box
            left[-1] = replace(last, sighting=replace(last.sighting, box=replace(a, w=b.right - a.x)))
        else:
            left.append(anchor)
    return left


def _side_by_side(before: Sighting, after: Sighting) -> bool:
    """Whether two wordings stand on one line with no room between them to write in."""
    return before.line == after.line and after.box.x - before.box.right < after.box.h


def levelled(anchors: Sequence[Anchor]) -> list[Anchor]:
    """The anchors, those far too high with the rows of the nearest one on their line that is not.

    The engine draws a box around a word and the tall writing beside it at times: such a label tells a wrong
    row, and the field before it would run on through it.
    """
    if not anchors:
        return []
    usual = float(np.median([anchor.sighting.box.h for anchor in anchors]))
    even = [a.sighting.box for a in anchors if a.label.asked and a.sighting.box.h < TOO_HIGH * usual]
    level = []
    for anchor in anchors:
        box = anchor.sighting.box
        if anchor.label.asked and not anchor.label.below and box.h >= TOO_HIGH * usual:
            beside = [o for o in even if abs(2 * o.y + o.h - 2 * box.y - box.h) < 2 * ITS_ROW * usual]
            if beside:
                near = min(beside, key=lambda other: abs(other.x - box.x))
                box = replace(box, y=near.y, h=near.h)
        level.append(replace(anchor, sighting=replace(anchor.sighting, box=box)))
    return level


def first_asked(anchors: Sequence[Anchor]) -> dict[int, int]:
    """Of each line the column of its first label behind which something is written."""
    first: dict[int, int] = {}
    for anchor in anchors:
        if anchor.label.asked and not (anchor.label.below or anchor.label.tick):
            line, x = anchor.sighting.line, anchor.sighting.box.x
            first[line] = min(x, first.get(line, x))
    return first


def is_behind(sighting: Sighting, asked: Mapping[int, int]) -> bool:
    """Whether a wording stands on a line behind a label that asks; ``asked`` is what ``first_asked`` says."""
    return sighting.line in asked and asked[sighting.line] < sighting.box.x
