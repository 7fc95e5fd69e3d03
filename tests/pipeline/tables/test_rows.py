"""Rows of cases: whole also where a rule is missing, joined over two pages that lay a little shifted."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.tables.grid import Table
from pipeline.tables.headings import Head
from pipeline.tables.rows import rows_of
from pipeline.tables.rules import Rule

HEAD = Head((), 1)


def level(y: float, left: float = 100, right: float = 900) -> Rule:
    return Rule(np.array([left, right]), np.array([y, y]), 3.0, 0.0)


def table(ys: list[float], left: float = 100, right: float = 900, foot: float = 0.0) -> Table:
    uprights = tuple(
        Rule(np.array([ys[0], foot or ys[-1]]), np.array([x, x]), 3.0, 0.0)
        for x in np.linspace(left, right, 6)
    )
    return Table(uprights, tuple(level(y, left, right) for y in ys), ())


def tops(tables: list[Table]) -> list[list[float]]:
    rows = rows_of(tables, [HEAD] * len(tables))
    return [[round(float(rule.middle)) for rule in row.tops] for row in rows]


EVEN = [100.0, 200.0, *(200.0 + 120 * k for k in range(1, 9))]


def test_rows_begin_under_the_head() -> None:
    assert tops([table(EVEN)]) == [[200 + 120 * k] for k in range(8)]


def test_a_missing_rule_is_put_where_even_rows_must_end() -> None:
    without = [y for y in EVEN if y != 560.0]
    assert tops([table(without)]) == [[200 + 120 * k] for k in range(8)]


def test_a_stroke_through_a_row_parts_no_row() -> None:
    assert tops([table(sorted([*EVEN, 618.0]))]) == [[200 + 120 * k] for k in range(8)]


def test_a_lower_border_that_is_cut_off_still_ends_the_last_row() -> None:
    assert tops([table(EVEN[:-1], foot=EVEN[-1])]) == [[200 + 120 * k] for k in range(8)]


@pytest.mark.parametrize("shift", [-25.0, 0.0, 18.0])
def test_rows_of_two_pages_are_joined_by_their_height(shift: float) -> None:
    # Rows of three heights, so that nothing but the other page tells where a missing rule was.
    ys = [100.0, 200.0, 300.0, 460.0, 540.0, 700.0, 800.0, 980.0]
    left = table([y for y in ys if y != 540.0], 100, 900)
    right = table([y + shift for y in ys if y != 700.0], 1000, 1800)
    assert tops([left, right]) == [[y, y + shift] for y in ys[1:-1]]


def test_the_box_of_a_row_is_around_both_pages() -> None:
    rows = rows_of([table(EVEN, 100, 900), table([y + 10 for y in EVEN], 1000, 1800)], [HEAD, HEAD])
    box = rows[0].box([table(EVEN, 100, 900), table([y + 10 for y in EVEN], 1000, 1800)])
    assert (box.x, box.right, box.y, box.bottom) == (100, 1800, 200, 330)
