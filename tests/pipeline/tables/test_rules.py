"""Rules are found where they lie, and writing is none."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.tables.grid import find_tables, may_be_table
from pipeline.tables.rules import Rule, level_rules, upright_rules


def empty() -> NDArray[np.uint8]:
    return np.zeros((1200, 1700), np.uint8)


def test_a_rule_that_leans_and_is_broken_is_one_rule() -> None:
    ink = empty()
    for x0, x1 in ((100, 500), (560, 920), (990, 1500)):
        cv2.line(ink, (x0, round(300 + 0.008 * x0)), (x1, round(300 + 0.008 * x1)), 255, 3)
    (rule,) = level_rules(ink, 400)
    assert (rule.start, rule.end) == pytest.approx((100, 1500), abs=4)
    assert rule.slope == pytest.approx(0.008, abs=0.001)
    assert rule.at(950.0)[0] == pytest.approx(307.6, abs=1.5)
    assert rule.at(1600.0)[0] == pytest.approx(312.8, abs=2)


def test_upright_rules_are_told_from_left_to_right() -> None:
    ink = empty()
    for x in (900, 200, 500):
        cv2.line(ink, (x, 100), (x, 1100), 255, 2)
    assert [round(rule.middle) for rule in upright_rules(ink, 500)] == [200, 500, 900]


def test_a_line_of_writing_is_no_rule() -> None:
    ink = empty()
    words = "Ap Suoi Nhung xa Phu Rieng huyen Phuoc Long tinh Song Be " * 2
    cv2.putText(ink, words, (100, 400), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 0.9, 255, 2)
    assert level_rules(ink, 300) == []


def test_moving_a_rule_keeps_its_lean() -> None:
    rule = Rule(np.array([0.0, 100.0]), np.array([10.0, 12.0]), 2.0, 0.02)
    assert rule.moved(5).at(50.0)[0] == pytest.approx(16.0)


def table(ink: NDArray[np.uint8], left: int, columns: int, rows: int) -> None:
    right, bottom = left + 100 * columns, 150 + 120 * rows
    for k in range(columns + 1):
        cv2.line(ink, (left + 100 * k, 150), (left + 100 * k, bottom), 255, 3)
    for k in range(rows + 1):
        cv2.line(ink, (left, 150 + 120 * k), (right, 150 + 120 * k), 255, 3)


def test_two_facing_pages_are_two_tables_also_under_a_fold_over_both() -> None:
    ink = empty()
    table(ink, 100, 6, 8)
    table(ink, 900, 7, 8)
    cv2.line(ink, (60, 700), (1650, 702), 255, 3)
    cv2.line(ink, (800, 0), (800, 1199), 255, 6)
    assert may_be_table(ink)
    found = find_tables(ink)
    assert [one.columns for one in found] == [6, 7]
    assert [len(one.levels) for one in found] == [9, 9]
    cell = found[1].cell(2, found[1].levels[3], found[1].levels[4])
    assert (cell.x, cell.y, cell.w, cell.h) == pytest.approx((1100, 510, 100, 120), abs=4)


def test_an_upper_border_that_leans_too_much_is_where_the_upright_rules_begin() -> None:
    """As a thin and a thick line do that were taken for one."""
    ink = empty()
    table(ink, 100, 6, 8)
    ink[140:160, 90:710] = 0
    cv2.line(ink, (100, 150), (700, 159), 255, 3)
    for k in range(7):
        cv2.line(ink, (100 + 100 * k, 150), (100 + 100 * k, 200), 255, 3)
    (found,) = find_tables(ink)
    assert len(found.levels) == 9
    assert found.row_at(0, 400) == pytest.approx(150, abs=6)


def test_a_double_border_is_one_rule() -> None:
    ink = empty()
    table(ink, 100, 8, 7)
    cv2.line(ink, (92, 142), (908, 142), 255, 2)
    (found,) = find_tables(ink)
    assert len(found.levels) == 8
    assert len(found.doubles[1]) == 1


def test_a_form_with_rules_to_write_on_is_no_table() -> None:
    ink = empty()
    for y in range(200, 1100, 60):
        cv2.line(ink, (150, y), (1500, y), 255, 2)
    cv2.rectangle(ink, (60, 60), (1640, 1140), 255, 4)
    assert not may_be_table(ink)
