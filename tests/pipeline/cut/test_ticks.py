"""Which box is ticked, also where the tick hides its box."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.assemble import TICKED
from pipeline.elements import Box
from tests.pipeline.cut.page import PITCH, FilledForm

TEXTS = ("Đúng hạn", "Quá hạn", "Đăng ký lại", "Ghi vào sổ")
COLUMNS = (180, 500, 800, 1150)


def ticked(*marks: str) -> dict[str, float]:
    form = FilledForm()
    form.fill_up(range(5))
    for text, x, mark in zip(TEXTS, COLUMNS, marks, strict=True):
        form.tick(text, 6, x, mark)
    crops = form.cut()
    return {text: crops[text].tick for text in TEXTS}


@pytest.mark.parametrize("place", range(4))
def test_the_ticked_box_and_no_other(place: int) -> None:
    shares = ticked(*("tick" if i == place else "" for i in range(4)))
    assert [share >= TICKED for share in shares.values()] == [i == place for i in range(4)]
    assert all(share < TICKED / 2 for i, share in enumerate(shares.values()) if i != place)


@pytest.mark.parametrize("place", range(4))
def test_a_tick_that_hides_its_box_is_seen(place: int) -> None:
    shares = ticked(*("blot" if i == place else "" for i in range(4)))
    assert [share >= TICKED for share in shares.values()] == [i == place for i in range(4)]


@pytest.mark.parametrize("mark", ["", "tick", "blot"])
def test_a_box_that_the_engine_took_for_a_letter_is_found(mark: str) -> None:
    form = FilledForm()
    form.fill_up(range(5))
    for text, x in zip(TEXTS, COLUMNS, strict=True):
        form.tick(text, 6, x, mark if text == "Ghi vào sổ" else "tick" if text == "Đúng hạn" else "")
    anchor = form.anchors.pop()
    box = anchor.sighting.box  # "[Ghi vào sổ": from the square on, and a little too high
    swallowed = Box(COLUMNS[3], box.y - 5, box.right - COLUMNS[3], box.h + 2)
    form.anchors.append(replace(anchor, sighting=replace(anchor.sighting, box=swallowed)))
    crops = form.cut()
    assert [crops[text].tick >= TICKED for text in TEXTS] == [True, False, False, bool(mark)]


def test_no_tick_at_all_and_two_ticks() -> None:
    assert max(ticked("", "", "", "").values()) < TICKED / 2
    shares = ticked("tick", "", "", "tick")
    assert [share >= TICKED for share in shares.values()] == [True, False, False, True]


def test_labels_without_boxes_are_not_ticked() -> None:
    form = FilledForm()
    form.fill_up(range(5))
    form.label("Đúng hạn", "loaiDangKy", 6, 300)
    anchor = form.anchors.pop()
    form.tick("Quá hạn", 7, 300)
    only = form.anchors.pop()
    assert only.label.tick == "Quá hạn"
    form.anchors.append(type(only)(only.label, "page", anchor.sighting))  # the label of the row without a box
    crop = form.cut()["Quá hạn"]
    assert crop.tick == 0.0
    assert crop.lines == ()


def test_a_box_behind_its_label_is_found() -> None:
    form = FilledForm()
    form.fill_up(range(5))
    for text, x in zip(TEXTS[:2], (200, 700), strict=True):
        form.tick(text, 6, -400)  # its own box lies outside of the page
        anchor = form.anchors.pop()
        seen = form.print(text, 6, x)
        form.anchors.append(type(anchor)(anchor.label, "page", seen))
        left, foot = seen.box.right + 14, form.baseline(6)
        form.sheet.pen.rectangle((left, foot - 28, left + 28, foot), outline=30, width=2)
    left = form.anchors[-1].sighting.box.right + 14
    form.sheet.pen.line((left + 4, form.baseline(6) - 15, left + 24, form.baseline(6) - 8), fill=30, width=6)
    crops = form.cut()
    assert crops["Quá hạn"].tick >= TICKED > crops["Đúng hạn"].tick
    assert crops["Quá hạn"].box.x == pytest.approx(left, abs=3)
    assert crops["Quá hạn"].box.h < PITCH
