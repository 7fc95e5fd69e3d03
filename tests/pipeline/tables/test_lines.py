"""Lines of a cell: as many as were written, each with its own strokes."""

from __future__ import annotations

import numpy as np

from pipeline.tables.cells import shared_by_line
from pipeline.tables.lines import baselines, body_height, line_distance


def profile(rows: int, lines: dict[int, int], body: int = 12) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Ink by row of lines that stand on given rows, with so many inked pixels in a row of their letters."""
    ink = np.zeros(rows, np.int64)
    for row, amount in lines.items():
        ink[row - body : row] += amount
        ink[row - 2 * body : row - body] += amount // 6  # marks and tall letters
        ink[row : row + body] += amount // 8  # tails
    return ink


def test_lines_stand_where_the_ink_falls_off() -> None:
    cells = [profile(140, {40: 90, 76: 60, 112: 14}) for _ in range(5)] + [profile(60, {30: 70})] * 5
    body = body_height(cells)
    assert 9 <= body <= 17
    assert abs(line_distance(cells, body) - 36) <= 2
    found = baselines(cells[0], body, 36)
    assert len(found) == 3
    assert np.allclose(found, [40, 76, 112], atol=4)
    assert len(baselines(cells[-1], body, 36)) == 1


def test_an_empty_cell_has_no_line() -> None:
    assert baselines(np.zeros(50, np.int64), 12, 36) == []


def test_strokes_that_touch_over_two_lines_are_parted_along_themselves() -> None:
    part = np.zeros((60, 30), bool)
    part[5:17, 2:20] = True  # a letter of the first line
    part[17:34, 10:13] = True  # its tail
    part[34:56, 8:28] = True  # a capital of the second line, touched by the tail
    lines = shared_by_line(part, [17, 56], 12)
    assert lines is not None
    assert set(lines[5:17, 2:20].ravel()) == {0}
    assert (lines[17:30, 10:13] == 0).all()
    assert (lines[40:56, 8:28] == 1).all()
    assert shared_by_line(part[:30], [17], 12) is None
