"""A place drawn by a person is read: its own lines, and nothing of the lines around it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from rapidfuzz import fuzz

from pipeline.elements import Box, FieldKind
from pipeline.read_box import read_box
from pipeline.recognise.handwriting import LineRecogniser
from pipeline.text import bare_key

FONT = Path(__file__).parents[2] / "training/fonts/hand/mali.ttf"
ABOVE, NAME, UNDER = "Trạm y tế Tân Lợi", "Nguyễn Thị Hường", "huyện Hớn Quản"


@pytest.fixture(scope="module")
def recogniser() -> LineRecogniser:
    return LineRecogniser.load()


@pytest.fixture(scope="module")
def page() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    picture = Image.new("RGB", (1654, 2339), (244, 240, 228))
    pen = ImageDraw.Draw(picture)
    for number, text in enumerate((ABOVE, NAME, UNDER)):
        base = 600 + 66 * number
        pen.text((300, base), text, (30, 40, 100), ImageFont.truetype(str(FONT), 44), anchor="ls")
        for dot in range(290, 1200, 10):
            pen.ellipse((dot, base + 4, dot + 2, base + 6), (60, 60, 60))
    return np.asarray(picture, np.uint8)[:, :, ::-1].copy()


def likeness(read: str, truth: str) -> float:
    return fuzz.ratio(bare_key(read), bare_key(truth))


def test_one_line_is_read_without_its_neighbours(
    page: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], recogniser: LineRecogniser
) -> None:
    reading = read_box(page, Box(280, 612, 700, 68), FieldKind.NAME, recogniser)
    assert likeness(reading.text, NAME) > 85
    assert reading.candidates


def test_two_lines_are_read_one_after_the_other(
    page: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], recogniser: LineRecogniser
) -> None:
    reading = read_box(page, Box(280, 612, 700, 140), FieldKind.TEXT, recogniser)
    assert likeness(reading.text, f"{NAME} {UNDER}") > 80


def test_a_page_of_another_size_is_read_too(
    page: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], recogniser: LineRecogniser
) -> None:
    large = np.asarray(Image.fromarray(page).resize((2315, 3275)), np.uint8)
    reading = read_box(large, Box(392, 857, 980, 95), FieldKind.NAME, recogniser)
    assert likeness(reading.text, NAME) > 80


def test_a_place_without_writing_has_no_text(
    page: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], recogniser: LineRecogniser
) -> None:
    assert read_box(page, Box(300, 1500, 600, 70), FieldKind.NAME, recogniser).text == ""


@pytest.mark.parametrize(
    "box", [Box(-1, 0, 50, 50), Box(0, 0, 4, 50), Box(1600, 0, 100, 50), Box(0, 2330, 50, 50)]
)
def test_a_box_that_is_none_is_refused(
    page: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], recogniser: LineRecogniser, box: Box
) -> None:
    with pytest.raises(ValueError, match="box"):
        read_box(page, box, FieldKind.NAME, recogniser)
