"""Leaders and rules go, every mark of a letter stays."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.cut.strokes import SPECK
from pipeline.ink import binarise, paint_over, separate
from tests.pipeline.drawn import PAPER, PEN, PRINT, Sheet
from training.faces import FACES

# Dots, hooks and tone marks over and under the letters, a comma and full stops.
TEXTS = ("Nguyễn Thị Bích Hiền", "Điểu Đơi, ấp 3", "Trần Quốc Việt", "TP. Hồ Chí Minh", "Ê-đê")
FONTS = (PRINT, PEN, FACES["typewriter"])


def page(
    text: str, face: Path, under: Callable[[Sheet], None] | None = None
) -> tuple[NDArray[np.uint8], tuple[int, int, int, int]]:
    sheet = Sheet(220, 1500)
    if under is not None:
        under(sheet)
    box = sheet.write(text, 300, 120, face, 44)
    return sheet.grey, box


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("face", FONTS, ids=lambda face: face.stem)
def test_writing_alone_is_all_strokes(text: str, face: Path) -> None:
    grey, _ = page(text, face)
    ink = separate(grey)
    written = binarise(grey)
    # A full stop after another may be taken for a leader's; no more than a few pixels of a line are.
    assert np.count_nonzero(ink.furniture) <= 0.01 * np.count_nonzero(written)
    assert np.array_equal(ink.strokes | ink.furniture, written)


def dots(sheet: Sheet) -> None:
    sheet.dots(60, 1440, 126)


def rule(sheet: Sheet) -> None:
    sheet.rule(60, 1440, 126)


def leaning_rule(sheet: Sheet) -> None:
    sheet.pen.line((60, 122, 1440, 130), fill=60, width=2)


@pytest.mark.parametrize("under", [dots, rule, leaning_rule])
@pytest.mark.parametrize("face", FONTS, ids=lambda face: face.stem)
def test_leaders_and_rules_go_and_the_writing_over_them_stays(
    face: Path, under: Callable[[Sheet], None]
) -> None:
    text = "Nguyễn Thị Bích Hiền"
    alone = binarise(page(text, face)[0]) > 0
    grey, (x, _, w, _) = page(text, face, under)
    ink = separate(grey)
    beside = np.ones_like(alone)
    beside[:, x - 20 : x + w + 20] = False
    assert np.count_nonzero(binarise(grey)[beside]) > 800  # there is something to take out
    assert np.count_nonzero(ink.strokes[beside]) <= 0.04 * np.count_nonzero(binarise(grey)[beside])
    # What touches the furniture keeps nearly all its ink; every mark that stands clear of it stays whole.
    kept = (ink.strokes > 0) & alone
    assert np.count_nonzero(kept) > 0.95 * np.count_nonzero(alone)
    count, marks, stats, _ = cv2.connectedComponentsWithStats(alone.astype(np.uint8))
    clear = [m for m in range(1, count) if stats[m, cv2.CC_STAT_TOP] + stats[m, cv2.CC_STAT_HEIGHT] < 112]
    assert len(clear) >= 5
    assert all(kept[marks == m].mean() > 0.9 for m in clear)


def test_a_row_of_dots_alone_leaves_no_stroke() -> None:
    sheet = Sheet(200, 1500)
    sheet.dots(60, 1440, 120, step=14)
    sheet.rule(60, 1440, 60, 3)
    ink = separate(sheet.grey)
    assert np.count_nonzero(ink.furniture) > 4000
    assert np.count_nonzero(ink.strokes) < SPECK


def test_a_short_dash_and_a_thick_bar_are_no_rules() -> None:
    sheet = Sheet(200, 600)
    sheet.rule(100, 150, 80, 4)
    sheet.rule(200, 500, 80, 14)
    ink = separate(sheet.grey)
    assert ink.strokes[79:82, 102:148].all()
    assert ink.strokes[76:84, 202:498].all()
    assert np.count_nonzero(ink.furniture) <= 300  # a row of pixels of the bar's rim at most


def test_three_full_stops_may_be_part_of_a_text() -> None:
    sheet = Sheet(200, 600)
    sheet.dots(100, 136, 100, step=12)
    assert not separate(sheet.grey).furniture.any()


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_an_even_page_has_no_ink(grey: int) -> None:
    ink = separate(np.full((300, 400), grey, np.uint8))
    assert not ink.strokes.any()
    assert not ink.furniture.any()


def test_painting_over_takes_the_blurred_rim_too_and_leaves_the_original() -> None:
    grey = np.full((40, 40), 200, np.uint8)
    grey[19:22, 19:22] = (90, 60, 90)
    before = grey.copy()
    mask = np.zeros_like(grey)
    mask[20, 20] = 255
    painted = paint_over(grey, mask)
    assert set(painted[19:22, 19:22].ravel().tolist()) == {PAPER}
    assert int(painted[10, 10]) == 200
    assert np.array_equal(grey, before)


@pytest.mark.parametrize("text", ["Lâm thị Thanh Sương", "LÊ THANH HÒA", "Ấp Vườn Rau"])
def test_typed_letters_that_stand_on_close_dots_keep_their_feet(text: str) -> None:
    """Dots so close that they pass for a rule: they go, also where they touch a letter, and no foot goes."""
    face = FACES["typewriter"]
    alone = binarise(page(text, face)[0]) > 0
    grey, (x, _, w, _) = page(text, face, lambda sheet: sheet.dots(60, 1440, 122, step=7))
    ink = separate(grey)
    kept = (ink.strokes > 0) & alone
    assert np.count_nonzero(kept) > 0.9 * np.count_nonzero(alone)
    count, letters, stats, _ = cv2.connectedComponentsWithStats(alone.astype(np.uint8))
    assert all(kept[letters == n].mean() > 0.8 for n in range(1, count) if stats[n, cv2.CC_STAT_AREA] > 30)
    free = (ink.strokes > 0) & ~alone
    free[:, x - 6 : x + w + 6] = False
    assert np.count_nonzero(free) <= 0.02 * np.count_nonzero(binarise(grey))
    # Between the words nothing is left that could pass for a full stop, nor under a vowel for its mark.
    count, _, stats, _ = cv2.connectedComponentsWithStats(((ink.strokes > 0) & ~alone).astype(np.uint8))
    assert sum(stats[1:, cv2.CC_STAT_AREA] > 2 * SPECK) <= 1


def test_a_rule_broken_by_noise_is_still_a_rule() -> None:
    sheet = Sheet(200, 1500)
    sheet.rule(60, 1440, 120, 3)
    for x in range(80, 1440, 60):
        sheet.pen.rectangle((x, 110, x + 4, 130), fill=PAPER)
    assert np.count_nonzero(separate(sheet.grey).strokes) < 20


@pytest.mark.parametrize("text", ["Việt Nam", "Tô Đăng Khải, Con thứ hai", "22/1/2014"])
@pytest.mark.parametrize("row", [123, 126])
@pytest.mark.parametrize("step", [9, 12])
def test_dots_that_touch_typed_letters_are_no_marks_of_theirs(text: str, row: int, step: int) -> None:
    """Where letters hide most dots of a leader, its even steps tell where the others are."""
    face = FACES["typewriter"]
    alone = binarise(page(text, face)[0]) > 0
    grey, (x, _, w, _) = page(text, face, lambda sheet: sheet.dots(60, 1440, row, step=step))
    ink = separate(grey)
    more = (ink.strokes > 0) & ~alone & (cv2.dilate(alone.astype(np.uint8), np.ones((3, 3), np.uint8)) == 0)
    dot = np.count_nonzero(binarise(grey)[row - 9 : row + 3, 1300 : 1300 + step])
    hidden = w / step
    assert np.count_nonzero(more[:, x - 6 : x + w + 6]) < 0.1 * hidden * dot
    assert np.count_nonzero((ink.strokes > 0) & alone) > 0.94 * np.count_nonzero(alone)


def test_a_stroke_that_runs_through_close_dots_stays_whole() -> None:
    """Dots so close that they pass for a rule took a band out of the handwriting over them."""
    grey, _ = page("Thị Blơi Quỳnh", PEN, lambda sheet: sheet.dots(60, 1440, 118, step=9))
    alone = binarise(page("Thị Blơi Quỳnh", PEN)[0]) > 0
    kept = (separate(grey).strokes > 0) & alone
    assert np.count_nonzero(kept) > 0.97 * np.count_nonzero(alone)


def test_specks_in_uneven_steps_are_no_leader() -> None:
    sheet = Sheet(200, 1500)
    rng = np.random.default_rng(7)
    for x in np.cumsum(rng.integers(30, 89, 20)):
        sheet.dots(int(x), int(x) + 1, 100)
    written = binarise(sheet.grey)
    assert np.count_nonzero(separate(sheet.grey).strokes) > 0.9 * np.count_nonzero(written)


def test_painting_over_leaves_the_strokes_that_are_named() -> None:
    grey = np.full((40, 40), 200, np.uint8)
    mask, strokes = np.zeros_like(grey), np.zeros_like(grey)
    mask[20, 20] = strokes[19, 20] = 255
    painted = paint_over(grey, mask, strokes)
    assert (painted[19, 20], painted[21, 20]) == (200, PAPER)
