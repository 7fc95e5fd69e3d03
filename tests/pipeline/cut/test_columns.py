"""Two answers side by side: each is cut on its own, an empty one is blank, rules are no writing."""

from __future__ import annotations

import pytest

from pipeline.cut import FieldCrop
from pipeline.elements import Box
from tests.pipeline.cut.page import LEFT, PITCH, RIGHT, FilledForm, dark

MIDDLE = 1040
NAMES = ("man.name", "woman.name")
HOMES = ("man.home", "woman.home")
NATIONS = ("man.nation", "woman.nation")


def couple(*, ruled: bool, headings: bool = True) -> FilledForm:
    """Three labels over two columns, the home over two lines; nothing is written yet."""
    form = FilledForm()
    if headings:
        form.heading("ÔNG", 0, 760, 1)
        form.heading("BÀ", 0, 1260, 2)
    form.columns("Họ và tên", NAMES, 1)
    form.columns("Nơi cư trú", HOMES, 2, lines=3)
    form.columns("Quốc tịch", NATIONS, 4)
    form.fill_up(range(5, 9))
    if ruled:
        top, foot = form.baseline(0) - 50, form.baseline(4) + 22
        for row in (0, 1, 3, 4):
            form.sheet.rule(LEFT - 20, RIGHT, form.baseline(row) + 22)
        for x in (LEFT - 20, 500, MIDDLE, RIGHT):
            form.sheet.pen.line((x, top, x, foot), fill=30, width=3)
    return form


def holds(crop: FieldCrop, *boxes: Box) -> bool:
    return len(crop.lines) == len(boxes) and all(
        line.x <= box.x and box.right <= line.right and abs(line.y - box.y) < PITCH / 2
        for line, box in zip(crop.line_boxes, boxes, strict=True)
    )


@pytest.mark.parametrize("ruled", [True, False])
def test_each_column_is_cut_on_its_own(ruled: bool) -> None:
    form = couple(ruled=ruled)
    man = form.write("Điểu Sơn", 1, 530)
    woman = form.write("Thị Hạnh", 1, MIDDLE + 30)
    first, second = form.write("ấp Sóc Trào, xã", 2, 530), form.write("Tân Lợi", 3, 530)
    nation = form.write("Việt Nam", 4, MIDDLE + 30)
    crops = form.cut()
    assert holds(crops["man.name"], man)
    assert holds(crops["woman.name"], woman)
    assert holds(crops["man.home"], first, second)
    assert holds(crops["woman.nation"], nation)
    for key in ("woman.home", "man.nation"):
        assert crops[key].lines == ()
    assert crops["woman.home"].box.x > MIDDLE - 40
    assert crops["man.nation"].box.right < MIDDLE + 40


@pytest.mark.parametrize("ruled", [True, False])
def test_an_empty_column_is_blank(ruled: bool) -> None:
    form = couple(ruled=ruled)
    form.write("Thị Hạnh", 1, MIDDLE + 30)
    form.write("Tân Lợi", 2, MIDDLE + 30)
    form.write("Việt Nam", 4, MIDDLE + 30)
    crops = form.cut()
    assert [crops[keys[0]].lines for keys in (NAMES, HOMES, NATIONS)] == [(), (), ()]
    assert [len(crops[keys[1]].lines) for keys in (NAMES, HOMES, NATIONS)] == [1, 1, 1]


def test_writing_that_leaves_its_column_stays_whole_where_no_rule_parts_them() -> None:
    form = couple(ruled=False)
    man = form.write("Nguyễn Hoàng Phương Anh", 1, 500)
    assert man.right > MIDDLE + 40
    woman = form.write("Thị Hạnh", 1, man.right + 70)
    crops = form.cut()
    assert holds(crops["man.name"], man)
    assert holds(crops["woman.name"], woman)


def test_headings_that_were_not_read_are_not_needed_between_rules() -> None:
    form = couple(ruled=True, headings=False)
    man, woman = form.write("Điểu Sơn", 1, 530), form.write("Thị Hạnh", 1, MIDDLE + 30)
    crops = form.cut()
    assert holds(crops["man.name"], man)
    assert holds(crops["woman.name"], woman)
    assert dark(crops["man.name"].lines[0]) > 0


def test_a_label_printed_in_both_columns() -> None:
    form = FilledForm()
    for row, keys in enumerate((NAMES, HOMES, NATIONS)):
        form.columns(f"Nhãn thứ {row}:", keys, row)
        form.unused.append(form.print(f"Nhãn thứ {row}:", row, 860))
    form.fill_up(range(3, 8))
    man, woman = form.write("Điểu Sơn", 0, 400), form.write("Thị Hạnh", 0, 1120)
    crops = form.cut()
    assert holds(crops["man.name"], man)
    assert holds(crops["woman.name"], woman)
    assert crops["man.home"].lines == crops["woman.home"].lines == ()
