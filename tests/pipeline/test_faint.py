"""Rims of stains and what shows through go; pale ink and a page out of focus stay."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.faint import without_faint
from pipeline.ink import binarise
from tests.pipeline.drawn import PAPER, PEN, Sheet


def written(ink: int = 30) -> NDArray[np.uint8]:
    """Lines of print, and one of handwriting whose ink is so dark, softened as a scanner does."""
    sheet = Sheet(700)
    for row in range(100, 560, 60):
        sheet.write("Họ và tên, ngày tháng năm sinh, nơi cư trú", 160, row)
    pen = Sheet(700)
    pen.write("Nguyễn Thị Ngọc Ánh", 200, 620, PEN, 46)
    hand = PAPER - (PAPER - pen.grey.astype(np.float32)) * (PAPER - ink) / (PAPER - 30)
    page = np.minimum(sheet.grey, hand).astype(np.uint8)
    return np.asarray(cv2.GaussianBlur(page, (0, 0), 0.8), np.uint8)


def stained(page: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """The page with the rim of a stain beside its writing, and where that is."""
    rim = np.full(page.shape, PAPER, np.uint8)
    cv2.circle(rim, (1200, 350), 120, PAPER - 80, 9)
    rim = np.asarray(cv2.GaussianBlur(rim, (0, 0), 5), np.uint8)
    return np.minimum(page, rim), rim < PAPER - 4


@pytest.mark.parametrize("ink", [30, 150])
def test_the_rim_of_a_stain_goes_and_the_pen_stays_however_pale(ink: int) -> None:
    page, rim = stained(written(ink))
    before = binarise(page)
    after = without_faint(before, page)
    assert np.count_nonzero(before[rim]) > 500
    assert np.count_nonzero(after[rim]) == 0
    assert np.array_equal(after[~rim], before[~rim])


def test_what_shows_through_from_the_other_side_goes() -> None:
    page = written()
    through = cv2.GaussianBlur(written()[:, ::-1], (0, 0), 3)
    through = (PAPER - 0.35 * (PAPER - through.astype(np.float32))).astype(np.uint8)
    through[:, :900] = PAPER
    page[:, 900:] = np.minimum(PAPER, through[:, 900:])
    before = binarise(page)
    assert np.count_nonzero(before[:, 900:]) > 500
    after = without_faint(before, page)
    assert np.count_nonzero(after[:, 900:]) < 0.1 * np.count_nonzero(before[:, 900:])
    assert np.array_equal(after[:, :890], binarise(page)[:, :890])
    assert np.array_equal(after[:, :860], binarise(written())[:, :860])  # as if nothing showed through


def test_a_page_out_of_focus_or_nearly_empty_is_left_as_it_is() -> None:
    soft = np.asarray(cv2.GaussianBlur(written(), (0, 0), 3), np.uint8)
    ink = binarise(soft)
    assert np.array_equal(without_faint(ink, soft), ink)
    empty = np.full((300, 300), PAPER, np.uint8)
    cv2.line(empty, (50, 50), (200, 50), 200, 3)
    assert np.array_equal(without_faint(binarise(empty), empty), binarise(empty))
