"""Whether the cases of a page and the boxes of their fields were found, held against where they were written.

A field's box is found when it holds the field's writing, every line and gap of it, and no other field's: what
a person is shown to judge a field must show all of it and nothing that could be taken for it. Fields in which
nothing stands have no box to be found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from pipeline.elements import Box

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from pipeline.elements import Case, PageReading
    from pipeline.report import Corners, Truth, Written

COVERED: Final = 0.9
"""Share of a piece of writing's own box that the field's box must cover: a tail may stick out."""


def is_known(truth: Truth, reading: PageReading) -> bool:
    """Whether a page was taken for what it is: its kind and, where it holds cases, its form."""
    form = (reading.type, reading.edition) == (truth.type, truth.edition)
    return reading.kind.value == truth.kind and (form or not truth.cases)


def are_found(truth: Truth, reading: PageReading, from_scan: NDArray[np.float64]) -> list[str]:
    """What was not found of a page's cases and boxes: nothing when all was.

    Args:
        truth: what stands on the page, and where.
        reading: what was read.
        from_scan: the way from the scan's pixels to those of the page that boxes refer to.
    """
    if not is_known(truth, reading):
        return ["form"]
    if len(reading.cases) != len(truth.cases):
        return [f"{len(reading.cases)} cases"]
    missed = []
    for number, (case, written) in enumerate(zip(reading.cases, truth.written, strict=True), 1):
        missed += [f"{number}.{key}" for key in _missed(case, written, from_scan)]
    return missed


def _missed(case: Case, written: Written, from_scan: NDArray[np.float64]) -> list[str]:
    pieces = {key: [_on_page(piece, from_scan) for piece in found] for key, found in written.boxes.items()}
    return [key for key in pieces if not _is_found(key, case, pieces)]


def _is_found(key: str, case: Case, pieces: Mapping[str, Iterable[Box]]) -> bool:
    field = case.get(key)
    if field is None or field.box is None:
        return False
    own = list(pieces[key])
    if any(_covered(piece, field.box) < COVERED for piece in own):
        return False
    others = (piece for other, found in pieces.items() if other != key for piece in found)
    return not any(_holds_middle(field.box, piece) for piece in others if piece not in own)


def _on_page(corners: Corners, from_scan: NDArray[np.float64]) -> Box:
    """The box around a piece of writing on the upright page."""
    points = cv2.perspectiveTransform(np.array([corners], np.float64), from_scan)[0]
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return Box(round(left), round(top), max(1, round(right - left)), max(1, round(bottom - top)))


def _covered(piece: Box, box: Box) -> float:
    wide = min(piece.right, box.right) - max(piece.x, box.x)
    high = min(piece.bottom, box.bottom) - max(piece.y, box.y)
    return max(0, wide) * max(0, high) / (piece.w * piece.h)


def _holds_middle(box: Box, piece: Box) -> bool:
    x, y = piece.x + piece.w / 2, piece.y + piece.h / 2
    return box.x < x < box.right and box.y < y < box.bottom
