"""Strokes go to the cell that they lie in, marks over a rule to their letter's."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.tables.headings import Head
from pipeline.tables.placing import strokes_in_cells
from pipeline.tables.rows import rows_of
from tests.pipeline.drawn import PEN, Sheet
from tests.pipeline.tables.test_rows import table

LEVELS = [100.0, 200.0, 300.0, 400.0, 500.0]
RULE = 300


@pytest.mark.parametrize(("above", "row"), [("", 1), ("Ấp", 1), ("n", 0)])
def test_a_mark_on_a_rule_goes_with_the_letter_under_it(above: str, row: int) -> None:
    sheet = Sheet(600, 1000)
    sheet.write("Ap Ba", 120, RULE + 46, PEN, 46)
    if above:
        # What stands well over the mark leaves it to the letter below; a letter right over it does not.
        sheet.write(above, 122, RULE - (56 if above == "Ấp" else 22), PEN, 46)
    sheet.pen.line((128, RULE - 6, 138, RULE - 16), fill=30, width=5)
    tables = [table(LEVELS)]
    found = strokes_in_cells(
        np.where(sheet.grey < 128, 255, 0).astype(np.uint8),
        sheet.grey,
        tables,
        rows_of(tables, [Head((), 1)]),
    )
    mark = int(found.labels[RULE - 11, 133])
    assert mark
    assert found.stats[mark, cv2.CC_STAT_HEIGHT] < 20
    assert found.row[mark] == row
