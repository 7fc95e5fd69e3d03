"""Blank pages, struck-out entries, and writing that is neither."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from pipeline.clean import PAGE_WIDTH, CleanPage
from pipeline.cut import FieldCrop
from pipeline.elements import Box
from pipeline.forms.fit import FormFit
from pipeline.forms.form import Label
from pipeline.ink import separate
from pipeline.page_kind import (
    FEW_FIELDS,
    is_blank_form,
    is_blank_paper,
    is_dark,
    is_noise,
    is_struck_out,
    is_two_pages,
)
from tests.pipeline.drawn import PAGE_HEIGHT, Sheet, letter_page
from tests.pipeline.forms.printed import fit_of, print_page


def crop(field: str, written: bool, ink: int = 900) -> FieldCrop:
    lines = (np.full((30, 80), 245, np.uint8),) if written else ()
    box = Box(0, 0, 80, 30)
    return FieldCrop(Label((field,), field), box, lines, lines, (box,) * len(lines), ink if written else 0)


def struck(sheet: Sheet, *lines: tuple[int, int, int, int]) -> bool:
    for line in lines:
        sheet.pen.line(line, fill=30, width=6)
    return is_struck_out(separate(sheet.grey))


def test_writing_and_rules_strike_nothing_out() -> None:
    sheet = letter_page()
    assert not struck(sheet)
    # Frames, rules and a fold are straight up or across, signatures are short.
    assert not struck(
        sheet, (100, 200, 1560, 200), (120, 100, 120, 2250), (700, 1900, 900, 1750), (100, 1150, 1560, 1190)
    )


@pytest.mark.parametrize(
    "lines",
    [
        [(250, 1900, 1400, 400)],
        [(250, 400, 1400, 1900), (250, 1900, 1400, 400)],
        [(600, 500, 1000, 1700)],
    ],
    ids=["one stroke", "a cross", "a steep stroke"],
)
def test_long_slanting_strokes_cancel_an_entry(lines: list[tuple[int, int, int, int]]) -> None:
    assert struck(letter_page(), *lines)


def test_a_wavering_stroke_by_hand_cancels_too() -> None:
    sheet = letter_page()
    xs = np.linspace(300, 1350, 60)
    ys = 1900 - (xs - 300) * 1.35 + 5 * np.sin(xs / 45)
    sheet.pen.line([(float(x), float(y)) for x, y in zip(xs, ys, strict=True)], fill=40, width=6)
    assert is_struck_out(separate(sheet.grey))


def test_a_zigzag_cancels_and_strokes_that_lean_one_way_do_not() -> None:
    zigzag = [(250, 450, 1300, 640), (1300, 640, 250, 830), (250, 830, 1300, 1020)]
    assert struck(letter_page(), *zigzag)
    # Words struck out one under the other, a leaning underline, a fold.
    assert not struck(letter_page(), (250, 450, 1000, 560), (250, 700, 1000, 810), (300, 1200, 700, 1120))


def test_a_form_with_next_to_nothing_written_is_blank() -> None:
    assert is_blank_form([])
    assert is_blank_form([crop("so", True), crop("quyenSo", True), crop("nksHoTen", False)])
    assert not is_blank_form([crop(f"key{i}", True) for i in range(FEW_FIELDS + 1)])
    # The three gaps of one date are one field.
    assert is_blank_form([crop("ngayDangKy", True)] * 3 + [crop("so", True)])


def test_colons_of_labels_are_no_writing() -> None:
    """Boxes of labels that are known from the page before may end before their colons."""
    assert is_blank_form([crop(f"key{i}", True, ink=53) for i in range(9)])
    assert not is_blank_form([crop(f"key{i}", True, ink=180) for i in range(9)])


def test_labels_that_stand_twice_are_of_two_pages() -> None:
    def again(texts: list[str]) -> FormFit:
        fit = fit_of(print_page().words)
        seen = next(a.sighting for a in fit.anchors if a.label.field == "chaHoTen")
        more = [replace(seen, wording=text, line=90 + i) for i, text in enumerate(texts)]
        return replace(fit, unused=tuple(more))

    twice = again(["Họ và tên cha", "Họ và tên mẹ"])
    assert is_two_pages(twice)
    assert not is_two_pages(again(["Họ và tên cha"]))
    # The words of one place may be like two labels: half of "Họ và tên người đi khai sinh" is.
    assert not is_two_pages(replace(twice, unused=tuple(replace(s, line=90) for s in twice.unused)))


def test_paper_is_blank_and_a_letter_is_not() -> None:
    assert is_blank_paper(separate(np.full((PAGE_HEIGHT, PAGE_WIDTH), 245, np.uint8)))
    assert not is_blank_paper(separate(letter_page().grey))
    specks = np.full((PAGE_HEIGHT, PAGE_WIDTH), 245, np.uint8)
    for x, y in np.random.default_rng(2).integers(0, 1600, (25, 2)):
        cv2.circle(specks, (int(x), int(y)), 3, 60, -1)
    cv2.rectangle(specks, (0, 0), (PAGE_WIDTH, 40), 20, -1)  # the scanner's lid along the rim
    assert is_blank_paper(separate(specks))


def test_a_scrap_is_judged_all_the_same() -> None:
    ink = separate(np.full((12, 30), 245, np.uint8))
    assert is_blank_paper(ink)
    assert not is_struck_out(ink)


@pytest.mark.parametrize(
    ("paper", "dark"), [((0, 0, 0), True), ((45, 40, 50), True), ((95, 130, 150), False)]
)
def test_darkness_is_no_paper(paper: tuple[int, int, int], dark: bool) -> None:
    colour = np.full((400, 300, 3), paper, np.uint8)
    colour[:90] = 250 if dark else 20  # a bright or dark rim changes nothing
    page = CleanPage(colour, np.full((400, 300), 245, np.uint8), 0, 0.0)
    assert is_dark(page) is dark


@pytest.mark.parametrize("scale", [1, 4])
def test_noise_is_no_register_and_a_full_page_is_no_noise(scale: int) -> None:
    rng = np.random.default_rng(6)
    noise = rng.integers(0, 256, (1200 // scale, 900 // scale), np.uint8)
    assert is_noise(separate(np.asarray(cv2.resize(noise, (900, 1200)), np.uint8)))
    sheet = Sheet()
    for row in range(60, PAGE_HEIGHT, 56):  # print and leaders from rim to rim
        sheet.write("Họ và tên, ngày sinh, nơi cư trú, dân tộc, quốc tịch; ghi chú. " * 2, 20, row, size=32)
        sheet.dots(10, PAGE_WIDTH, row + 5)
    assert not is_noise(separate(sheet.grey))
    assert not is_noise(separate(np.full((40, 30), 245, np.uint8)))
