"""A grey stamp goes from over a name, the name stays, and nothing else is taken for a stamp."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pipeline.clean import CleanPage
from pipeline.cut.stamp import find_stamp, without_stamps
from pipeline.elements import Box
from pipeline.ink import binarise, separate
from tests.pipeline.cut.page import FilledForm
from tests.pipeline.drawn import PAPER, PEN, Sheet
from training.faces import font

HEADING = Box(980, 300, 320, 34)
MIDDLE = (1080, 420)


def page(stamp: int | None) -> NDArray[np.uint8]:
    """A heading, a name under it, and a stamp of that grey level over both."""
    sheet = Sheet(900)
    sheet.write("Hồ Bảo Long", 960, 520, PEN, 52)
    name = sheet.grey.copy()
    if stamp is None:
        return name
    ring = np.full_like(name, PAPER)
    for radius in (140, 92):
        cv2.circle(ring, MIDDLE, radius, stamp, 4)
    for k, letter in enumerate("UY BAN NHAN DAN XA TAN LOI"):
        angle = np.radians(150 + 8 * k)
        at = round(MIDDLE[0] + 112 * np.cos(angle)), round(MIDDLE[1] + 112 * np.sin(angle))
        cv2.putText(ring, letter, at, cv2.FONT_HERSHEY_SIMPLEX, 0.6, stamp, 2)
    return np.minimum(name, ring)


def freed(grey: NDArray[np.uint8]) -> tuple[CleanPage, CleanPage]:
    before = CleanPage(np.repeat(grey[:, :, None], 3, axis=2), grey, 0, 0.0)
    after, ink, _ = without_stamps(before, separate(grey), [HEADING])
    assert np.array_equal(ink.strokes > 0, (ink.strokes > 0) & (separate(grey).strokes > 0))
    return before, after


@pytest.mark.parametrize("level", [110, 150])
def test_a_grey_stamp_goes_and_the_name_stays(level: int) -> None:
    alone = binarise(page(None)) > 0
    before, after = freed(page(level))
    left = binarise(after.grey) > 0
    assert np.count_nonzero(left & alone) > 0.93 * np.count_nonzero(alone)
    stamp = (binarise(before.grey) > 0) & ~alone
    assert np.count_nonzero(left & stamp) < 0.15 * np.count_nonzero(stamp)


def test_a_stamp_ends_at_its_outer_ring() -> None:
    """The inner one may be the rounder."""
    grey = np.full((900, 1654), PAPER, np.uint8)
    cv2.circle(grey, MIDDLE, 128, 120, 3)
    cv2.ellipse(grey, MIDDLE, (140, 140), 0, 0, 356, 120, 5)
    whole, inner = (find_stamp(binarise(grey), whole=which) for which in (True, False))
    assert whole is not None
    assert inner is not None
    assert whole.radius >= 136 > inner.radius


def test_a_page_without_a_stamp_is_left_as_it_is() -> None:
    before, after = freed(page(None))
    assert after is before


def test_a_stamp_as_dark_as_the_pen_is_left_as_it_is() -> None:
    before, after = freed(page(35))
    assert after is before


def test_letters_and_signatures_make_no_ring() -> None:
    sheet = Sheet(560)
    for row in range(60, 560, 60):
        sheet.write("Nguyễn Thị Ngọc Ánh, Trần Hoàng Quốc Bảo", 300, row, PEN, 50)
    assert find_stamp(binarise(sheet.grey)) is None
    assert find_stamp(np.zeros((40, 40), np.uint8)) is None


def test_a_name_as_pale_as_the_stamp_over_it_is_in_the_box() -> None:
    """It goes with the stamp, and what is left of that is too short for a name."""
    form = FilledForm()
    form.fill_up(range(4))
    heading = form.label("Người thực hiện", "officer", 6, 700, below=True)
    form.label("Ghi chú:", "note", 12)
    middle = heading.x + 110, form.baseline(8)
    for radius in (150, 140, 96):
        cv2.circle(stamp := form.sheet.grey.copy(), middle, radius, 110, 4)
        form.sheet.image.paste(Image.fromarray(stamp))
    x, y = middle
    form.sheet.pen.line((x - 70, y, x - 20, y - 60, x, y, x + 70, y - 50, x - 40, y - 20), fill=30, width=9)
    form.sheet.pen.text(
        (middle[0] - 90, form.baseline(9)), "Hồ Bảo Long", font=font(PEN, 46), fill=115, anchor="ls"
    )
    box = form.cut()["officer"].box
    assert box.y <= heading.bottom + 2
    assert box.x < middle[0] - 90
    assert box.right > middle[0] + 150
    assert box.bottom > form.baseline(9) + 10
    assert box.bottom < form.baseline(12)
