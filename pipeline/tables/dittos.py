"""Ditto marks in the cells of a table: too short and too odd to be read as words, so they are looked for.

"nt" in a quick hand reads as "nít", "vít" or "nữ". A short text in a cell under a written one is weighed
against the marks themselves, under the same frames of the recogniser: on 16 drawn tables a mark was never
more than 6.1 nats behind what was read in its place, and no other short word that was cut whole less than 10.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pipeline.ditto import is_ditto
from pipeline.elements import Candidate, FieldKind
from pipeline.recognise import ctc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.read_fields import CropReading
    from pipeline.recognise.handwriting import LineRecogniser

MARKS: Final = ("nt", "-nt-", "- nt -", "-nt", "nt-", '"', "//")
BEHIND: Final = 8.0
"""Nats that a mark may be behind what was read."""
LONGEST: Final = 7
"""Letters of a text that may be a misread mark."""
WIDEST: Final = 5.0
"""Width of a mark in its heights."""
MOST_INK: Final = 520
"""Inked pixels of the boldest mark."""
NEVER: Final = frozenset({FieldKind.NUMBER, FieldKind.IDENTITY, FieldKind.SEX})
"""Numbers count on, and nobody writes a mark for "Nam" or "Nữ", which are as short."""


def with_dittos(rows: Sequence[Sequence[CropReading]], recogniser: LineRecogniser) -> list[list[CropReading]]:
    """The readings of a table with its ditto marks told as such.

    Args:
        rows: readings by row, every row with the same columns.
        recogniser: the loaded network.
    """
    changed = [list(row) for row in rows]
    places = [
        (r, c)
        for r, row in enumerate(rows)
        for c, item in enumerate(row)
        if r and _may_be(item) and rows[r - 1][c].reading.text
    ]
    matrices = recogniser.log_probabilities([rows[r][c].crop.lines[0] for r, c in places])
    for (r, c), matrix in zip(places, matrices, strict=True):
        item = rows[r][c]
        texts = [item.reading.text, *MARKS]
        read, *marks = ctc.log_likelihoods(matrix, texts, recogniser.charset).tolist()
        best = max(range(len(MARKS)), key=lambda k: marks[k])
        if marks[best] > read - BEHIND:
            candidates = (Candidate(MARKS[best], 0.0), *item.reading.candidates[:4])
            changed[r][c] = replace(
                item, reading=replace(item.reading, text=MARKS[best], candidates=candidates)
            )
    return changed


def _may_be(item: CropReading) -> bool:
    """Whether a reading is short enough to be a mark, and is not one already."""
    crop, text = item.crop, item.reading.text
    if crop.label.kind in NEVER or len(crop.lines) != 1 or not text or is_ditto(text):
        return False
    box = crop.line_boxes[0]
    return len(text) <= LONGEST and box.w <= WIDEST * box.h and crop.ink <= MOST_INK
