"""Where each field was written: boxes on the sheet, carried along with everything that moves the sheet.

A truth file holds them beside its cases, as ``written``: for each case ``boxes``, by field key a list of
pieces of writing, each the four corners of its box in pixels of the scan, x0, y0, … x3, y3; and ``typed``,
the fields that a machine wrote or would have written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from training.damage import Matrix
from training.fill import Placed

DARK: Final = 60
"""Ink from which on a pixel belongs to the writing."""
BY_HAND: Final = frozenset({"nguoiThucHien", "loaiDangKy"})
"""Fields that a pen writes on typed pages too: a name under a signature, a tick."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One line or one gap of a field's writing: corners (4, 2) in pixels of the sheet."""

    key: str
    corners: npt.NDArray[np.float64]

    def moved(self, matrix: Matrix) -> Piece:
        """The piece on an image that the sheet was turned into."""
        return Piece(self.key, cv2.perspectiveTransform(self.corners[None], matrix)[0])


def corners_of(left: float, top: float, right: float, bottom: float) -> npt.NDArray[np.float64]:
    """The corners of an upright box, clockwise from the left upper one."""
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float64)


def pieces_of(keys: str, placed: Iterable[Placed]) -> list[Piece]:
    """Pieces of writing that lie on a sheet, for each field of a slot's key ("one&two", "key.part")."""
    found = []
    for item in placed:
        rows, columns = np.nonzero(item.ink.mask > DARK)
        if not len(rows):
            continue
        box = corners_of(
            item.x + columns.min(), item.y + rows.min(), item.x + columns.max() + 1, item.y + rows.max() + 1
        )
        found += [Piece(key.split(".")[0], box) for key in keys.split("&")]
    return found


def written_json(cases: Sequence[tuple[Iterable[str], Iterable[Piece], bool]]) -> list[dict[str, Any]]:
    """``written`` of a truth file.

    Args:
        cases: of each case its fields, its pieces of writing in pixels of the scan, and whether it is typed.
    """
    return [
        {
            "boxes": _boxes(fields, pieces),
            "typed": [key for key in fields if key not in BY_HAND] if typed else [],
        }
        for fields, pieces, typed in ((tuple(fields), pieces, typed) for fields, pieces, typed in cases)
    ]


def _boxes(fields: Iterable[str], pieces: Iterable[Piece]) -> Mapping[str, list[list[int]]]:
    boxes: dict[str, list[list[int]]] = {}
    for piece in pieces:
        if piece.key in fields:
            boxes.setdefault(piece.key, []).append([round(v) for v in piece.corners.ravel().tolist()])
    return boxes
