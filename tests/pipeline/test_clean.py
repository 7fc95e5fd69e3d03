"""Upright, straight, evenly lit, cut out of a photograph; and pages that are none must not break it."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.clean import (
    A4_RATIO,
    PAGE_WIDTH,
    clean,
    cut_paper,
    even_light,
    find_paper,
    find_skew,
    ink_grey,
    straighten,
    turn,
)
from tests.pipeline.drawn import PAPER, Sheet, letter_page

Image = NDArray[np.uint8]


@pytest.fixture(scope="module")
def letter() -> Image:
    return letter_page().colour


def leaning(image: Image, degrees: float) -> Image:
    """The page turned clockwise by some degrees on white."""
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    turned = cv2.warpAffine(image, matrix, (width, height), borderValue=(PAPER, PAPER, PAPER))
    return np.asarray(turned, np.uint8)


@pytest.mark.parametrize("degrees", [-6.5, -2.3, -0.4, 0.0, 0.7, 1.5, 4.8])
def test_skew_is_found_to_a_sixth_of_a_degree(letter: Image, degrees: float) -> None:
    found = find_skew(ink_grey(leaning(letter, degrees)))
    assert found == pytest.approx(degrees, abs=0.15)
    assert str(found) != "-0.0"


def test_a_straightened_page_is_straight(letter: Image) -> None:
    page = clean(leaning(letter, 3.1))
    assert page.skew_degrees == pytest.approx(3.1, abs=0.15)
    assert find_skew(page.grey) == pytest.approx(0.0, abs=0.15)
    assert page.colour.shape == (page.height, page.width, 3)
    assert page.width == PAGE_WIDTH


def test_paper_without_ink_has_no_skew() -> None:
    assert find_skew(np.full((800, 600), PAPER, np.uint8)) == 0.0


def test_corners_are_filled_with_the_paper_s_own_colour() -> None:
    yellow = np.full((400, 300, 3), (150, 210, 225), np.uint8)
    turned = straighten(yellow, 4.0)
    assert np.array_equal(turned, yellow)
    assert straighten(yellow, 0.02) is yellow


def test_turning_is_clockwise() -> None:
    image = np.zeros((2, 3, 3), np.uint8)
    image[0, 0] = 255  # upper left
    assert turn(image, 90)[0, -1].all()
    assert turn(image, 180)[-1, -1].all()
    assert turn(image, 270)[-1, 0].all()
    assert turn(image, 360) is image
    assert np.array_equal(turn(turn(image, 90), 270), image)


def test_light_is_even_after_a_shadow(letter: Image) -> None:
    grey = ink_grey(letter).astype(np.float32)
    shade = np.linspace(1.0, 0.45, grey.shape[1], dtype=np.float32)[None]
    lit = even_light(np.asarray(grey * shade, np.uint8))
    paper = ink_grey(letter) > 200
    assert float(np.percentile(lit[paper], 3)) > 225
    dark = ink_grey(letter) < 60
    assert float(np.percentile(lit[dark], 90)) < 120


def test_a_red_stamp_fades_and_blue_ink_does_not() -> None:
    page = np.full((20, 30, 3), (240, 245, 245), np.uint8)
    page[:, 10:20] = (60, 50, 200)  # red
    page[:, 20:] = (140, 56, 38)  # blue
    grey = ink_grey(page)
    assert int(grey[0, 15]) > 170
    assert int(grey[0, 25]) < 60
    assert ink_grey(grey) is grey


CORNERS = [(120, 90), (1830, 160), (1790, 2560), (70, 2480)]
DISCS = [(200, 200), (PAGE_WIDTH - 200, 200), (PAGE_WIDTH - 200, 2139), (200, 2139)]


def photographed(sheet: Image, ground: int, shadow: float) -> Image:
    """The sheet on a ground, seen from not quite above, the light failing towards one corner."""
    height, width = sheet.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    view = cv2.getPerspectiveTransform(corners, np.array(CORNERS, np.float32))
    size = (1900, 2650)
    seen = cv2.warpPerspective(sheet, view, size).astype(np.float32)
    cover = cv2.warpPerspective(np.ones((height, width), np.float32), view, size)[..., None]
    grain = np.random.default_rng(1).normal(0, 3, (size[1], size[0], 1))
    photo = seen * cover + (ground + grain) * (1 - cover)
    light = 1 - shadow * np.linspace(0, 1, size[0])[None, :, None] * np.linspace(0, 1, size[1])[:, None, None]
    return np.asarray(np.clip(photo * light, 0, 255), np.uint8)


@pytest.mark.parametrize(("ground", "shadow"), [(60, 0.0), (90, 0.4), (130, 0.3)])
def test_the_sheet_is_cut_out_of_a_photograph(letter: Image, ground: int, shadow: float) -> None:
    sheet = letter.copy()
    for disc in DISCS:
        cv2.circle(sheet, disc, 24, (20, 20, 20), -1)
    photo = photographed(sheet, ground, shadow)
    cut = cut_paper(photo, find_paper(photo))
    # Flat again: each disc is where it was on the sheet, to a hundredth of the sheet.
    grey = even_light(ink_grey(np.asarray(cv2.resize(cut, (PAGE_WIDTH, 2339)), np.uint8)))
    ink = np.asarray(
        cv2.morphologyEx(255 - grey, cv2.MORPH_OPEN, np.ones((21, 21), np.uint8)) > 128, np.uint8
    )
    count, _, _, centres = cv2.connectedComponentsWithStats(ink)
    assert count == 1 + len(DISCS)
    for x, y in DISCS:
        assert min(np.hypot(centres[1:, 0] - x, centres[1:, 1] - y)) < 17


def test_a_photographed_page_comes_out_straight(letter: Image) -> None:
    page = clean(photographed(letter, 80, 0.3))
    halves = (page.grey[:, : page.width // 2], page.grey[:, page.width // 2 :])
    assert [find_skew(half) for half in halves] == pytest.approx([0.0, 0.0], abs=0.3)


def test_a_scan_is_left_as_it_is(letter: Image) -> None:
    assert find_paper(letter) is None
    assert cut_paper(letter, None) is letter
    framed = letter.copy()
    cv2.rectangle(framed, (60, 60), (PAGE_WIDTH - 60, 2280), (30, 30, 30), 3)
    assert find_paper(framed) is None


def test_a_scan_with_a_dark_rim_on_one_side_is_left_as_it_is(letter: Image) -> None:
    rimmed = letter.copy()
    rimmed[:, -40:] = 15
    assert find_paper(rimmed) is None


@pytest.mark.parametrize(
    ("shape", "grey"),
    [((10, 10), 90), ((1, 1), 0), ((2, 3000), 255), ((3000, 2), 90), ((300, 500), 0), ((600, 400), 255)],
)
def test_a_page_that_is_none_is_cleaned_all_the_same(shape: tuple[int, int], grey: int) -> None:
    page = clean(np.full((*shape, 3), grey, np.uint8))
    assert page.skew_degrees == 0.0
    assert page.grey.shape == page.colour.shape[:2]
    assert page.grey.size < 40e6  # however long and narrow it is, a machine can hold it


def test_noise_is_cleaned_all_the_same() -> None:
    noise = np.random.default_rng(3).integers(0, 256, (700, 500, 3), np.uint8)
    assert clean(noise).width == PAGE_WIDTH


def test_a_spread_is_as_high_as_an_upright_page() -> None:
    sheet = Sheet(700, 1000)
    sheet.write("Hai trang", 300, 300)
    page = clean(sheet.colour)
    assert page.height == pytest.approx(PAGE_WIDTH * A4_RATIO, abs=2)
    assert page.width == pytest.approx(page.height / 0.7, abs=3)


def test_a_small_scan_is_enlarged_and_a_large_one_reduced(letter: Image) -> None:
    for scale in (0.5, 1.6):
        page = clean(np.asarray(cv2.resize(letter, None, fx=scale, fy=scale), np.uint8))
        assert (page.width, page.height) == pytest.approx((PAGE_WIDTH, 2339), abs=3)


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
@pytest.mark.parametrize("way", ["scan", "leaning", "large", "larger", "photo"])
def test_a_place_on_the_scan_is_found_on_the_page(letter: Image, way: str, turned: int) -> None:
    """Discs are where the matrix says that they came to lie."""
    sheet = letter.copy()
    for disc in DISCS:
        cv2.circle(sheet, disc, 24, (20, 20, 20), -1)
    height, width = sheet.shape[:2]
    matrix = np.eye(3)
    if way == "leaning":
        matrix[:2] = cv2.getRotationMatrix2D((width / 2, height / 2), -2.4, 1.0)
        sheet = leaning(sheet, 2.4)
    elif way in ("large", "larger"):  # one that is resampled once, and one that is halved first
        scale = {"large": 1.5, "larger": 2.1}[way]
        matrix[:2, :2] *= scale
        sheet = np.asarray(cv2.resize(sheet, None, fx=scale, fy=scale), np.uint8)
        lean = np.vstack(
            [cv2.getRotationMatrix2D((sheet.shape[1] / 2, sheet.shape[0] / 2), 1.7, 1.0), [0, 0, 1]]
        )
        matrix = lean @ matrix
        sheet = leaning(sheet, -1.7)
    elif way == "photo":
        corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        matrix = np.asarray(cv2.getPerspectiveTransform(corners, np.array(CORNERS, np.float32)), np.float64)
        sheet = photographed(sheet, 60, 0.1)
    upright = cv2.perspectiveTransform(np.array([DISCS], np.float64), matrix)[0]
    # The scan lies turned by as much as it must be turned back.
    scan = turn(sheet, -turned)
    rows, columns = sheet.shape[:2]
    places = {
        0: upright,
        90: np.stack([upright[:, 1], columns - 1 - upright[:, 0]], axis=1),
        180: np.array([columns - 1, rows - 1]) - upright,
        270: np.stack([rows - 1 - upright[:, 1], upright[:, 0]], axis=1),
    }[turned]
    page = clean(scan, turned)
    for x, y in cv2.perspectiveTransform(places[None], page.from_scan)[0]:
        assert page.grey[round(y) - 8 : round(y) + 9, round(x) - 8 : round(x) + 9].max() < 160
