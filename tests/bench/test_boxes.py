"""Which boxes count as found: those that hold a field's writing and no other field's."""

from __future__ import annotations

import numpy as np
import pytest

from bench.boxes import are_found, is_known
from pipeline.elements import Box, Case, Field, FieldKind, FieldState, PageKind, PageReading
from pipeline.report import Corners, Truth, Written

DOUBLED = np.diag([2.0, 2.0, 1.0])


def corners(x: int, y: int, w: int, h: int) -> Corners:
    return ((x, y), (x + w, y), (x + w, y + h), (x, y + h))


WRITTEN = {"so": (corners(100, 10, 40, 10),), "meHoTen": (corners(50, 40, 60, 12), corners(10, 60, 90, 12))}
TEXTS = {"so": "12", "meHoTen": "Lan", "ghiChu": ""}
TRUTH = Truth("cases", "KS", "2010", (TEXTS,), (Written(WRITTEN, frozenset()),))


def reading(so: Box | None, mother: Box | None, *, edition: str = "2010", cases: int = 1) -> PageReading:
    boxes = {"so": so, "meHoTen": mother, "ghiChu": None}
    fields = tuple(
        Field(key, FieldKind.TEXT, "", "", 0.5, FieldState.FLAGGED, box=box) for key, box in boxes.items()
    )
    return PageReading(PageKind.CASES, "KS", edition, (Case(0, fields),) * cases)


NUMBER, MOTHER = Box(198, 18, 90, 24), Box(18, 78, 204, 70)


@pytest.mark.parametrize(
    ("so", "mother", "missed"),
    [
        (NUMBER, MOTHER, []),
        (None, MOTHER, ["1.so"]),
        (Box(198, 18, 40, 24), MOTHER, ["1.so"]),  # half of it
        (NUMBER, Box(98, 78, 124, 26), ["1.meHoTen"]),  # one line of two
        (NUMBER, Box(0, 0, 400, 200), ["1.meHoTen"]),  # another field's writing as well
        (Box(200, 22, 80, 18), MOTHER, []),  # a tail sticks out
    ],
)
def test_a_box_holds_all_of_its_own_writing_and_nobody_else_s(
    so: Box | None, mother: Box | None, missed: list[str]
) -> None:
    assert are_found(TRUTH, reading(so, mother), DOUBLED) == missed


def test_another_form_or_another_number_of_cases_is_not_found() -> None:
    assert are_found(TRUTH, reading(NUMBER, MOTHER, edition="2015"), DOUBLED) == ["form"]
    assert are_found(TRUTH, reading(NUMBER, MOTHER, cases=2), DOUBLED) == ["2 cases"]
    assert not is_known(TRUTH, reading(NUMBER, MOTHER, edition="2015"))
    assert is_known(TRUTH, reading(NUMBER, MOTHER))
