"""The box of a cell reaches over its upper rule where a mark of its own may stand there."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.elements import Box
from pipeline.tables.headings import Head
from pipeline.tables.placing import strokes_in_cells
from pipeline.tables.reach import over_rule
from pipeline.tables.rows import rows_of
from tests.pipeline.drawn import PEN, Sheet
from tests.pipeline.tables.test_rows import table

RULE, DISTANCE = 300, 46.0


@pytest.mark.parametrize(
    ("text", "lift", "mark", "first"),
    [
        ("Ap", 46, (128, RULE - 4, 138, RULE - 16), RULE - 18),  # a mark that ends on the rule
        ("Ap", 46, (), RULE - 9),  # one may be hidden in the rule
        ("an", 80, (128, RULE - 4, 138, RULE - 16), RULE + 60),  # too far away to be its own
        ("Ap", 46, (128, RULE - 30, 138, RULE - 40), RULE - 9),  # the line above has such marks
    ],
)
def test_a_box_reaches_over_marks_on_the_rule(
    text: str, lift: int, mark: tuple[int, ...], first: int
) -> None:
    sheet = Sheet(600, 1000)
    left, top, width, height = sheet.write(text, 120, RULE + lift, PEN, 46)
    if mark:
        sheet.pen.line(mark, fill=30, width=4)
    tables = [table([100.0, 200.0, 300.0, 400.0, 500.0])]
    ink = np.where(sheet.grey < 128, 255, 0).astype(np.uint8)
    strokes = strokes_in_cells(ink, sheet.grey, tables, rows_of(tables, [Head((), 1)]))
    members = np.flatnonzero(np.bincount(strokes.labels[top : top + height].ravel()) > 0)[1:]
    found = over_rule(Box(left, top, width, height), members, strokes, RULE, DISTANCE)
    assert found == pytest.approx(min(first, top), abs=3)
