"""Printed forms: every file loads, and what it leaves for writing is on the page and free."""

import itertools

import pytest

from training.layout import PAGE_HEIGHT, PAGE_WIDTH, Layout, SlotLine, layout_names, load_layout
from training.pages import YEARS

ALL = layout_names(register_type="all")
BIRTHS = layout_names()
ABOVE, BELOW = 5.5, 1.8  # mm that a written line needs above and below its baseline


def lines(layout: Layout) -> list[tuple[str, SlotLine]]:
    return [(slot.key, line) for slot in layout.slots for line in slot.lines]


def clash(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def room(line: SlotLine) -> tuple[float, float, float, float]:
    return line.x0, line.y - ABOVE, line.x1, line.y + BELOW


def test_both_editions_have_several_print_runs() -> None:
    assert len(layout_names("2010")) >= 2
    assert len(layout_names("2015")) >= 2
    for register in ("KH", "KT"):
        assert len(layout_names("2010", register)) >= 2
        assert len(layout_names("2015", register)) >= 2
    assert len(layout_names("2011", "CN")) >= 2
    assert {name for edition in YEARS for name in layout_names(edition, "all")} == set(ALL)


@pytest.mark.parametrize("name", ALL)
def test_everything_is_on_the_page(name: str) -> None:
    layout = load_layout(name)
    for key, line in lines(layout):
        assert 15 <= line.x0 < line.x1 <= PAGE_WIDTH - 10, key
        assert 10 <= line.y <= PAGE_HEIGHT - 5, key
    for words in layout.words:
        assert words.x >= 10
        assert words.x + words.width <= PAGE_WIDTH - 8, words.text
        assert words.y <= PAGE_HEIGHT - 5


@pytest.mark.parametrize("name", ALL)
def test_no_slot_overlaps_another(name: str) -> None:
    for (key, line), (other_key, other) in itertools.combinations(lines(load_layout(name)), 2):
        assert not clash(room(line), room(other)), (key, other_key)


@pytest.mark.parametrize("name", ALL)
def test_no_slot_overlaps_printed_words_or_boxes(name: str) -> None:
    layout = load_layout(name)
    printed = [(w.text, (w.x, w.y - w.size * 0.7, w.x + w.width, w.y)) for w in layout.words]
    printed += [(t.label, (t.x, t.y - t.side, t.x + t.side, t.y)) for t in layout.ticks]
    for key, line in lines(layout):
        space = (line.x0, line.y - 3.5, line.x1, line.y)
        for text, box in printed:
            assert not clash(space, box), (key, text)


@pytest.mark.parametrize("name", ALL)
def test_slots_are_wide_enough_for_what_they_ask(name: str) -> None:
    layout = load_layout(name)
    for slot in layout.slots:
        least = 80 if slot.key.endswith(("NoiCuTru", "NoiSinh", "QueQuan", "BangChu")) else 14
        # In a column a home takes several lines.
        assert sum(line.x1 - line.x0 for line in slot.lines) >= least, slot.key


def test_the_2010_edition_asks_for_the_father_first_and_the_2015_edition_for_the_mother() -> None:
    for name in BIRTHS:
        asked = load_layout(name).asked()
        father_first = asked.index("chaHoTen") < asked.index("meHoTen")
        assert father_first == (load_layout(name).edition == "2010")


def test_what_is_asked() -> None:
    first, second = load_layout("birth-2010-a").asked(), load_layout("birth-2010-b").asked()
    assert "meNoiCuTru" not in first
    assert "meNoiCuTru" in second
    assert "ngayDangKy" in first
    assert "ngayDangKy.day" not in first
    asked = load_layout("birth-2015-a").asked()
    assert {"nguoiKy", "chucVuNguoiKy", "loaiDangKy", "trangSo", "nksSoDinhDanh"} <= set(asked)
    assert len(asked) == len(set(asked))


def test_husband_and_wife_change_places_between_the_editions() -> None:
    for name in layout_names(register_type="KH"):
        asked = load_layout(name).asked()
        husband_first = asked.index("chongHoTen") < asked.index("voHoTen")
        assert husband_first == (load_layout(name).edition == "2010")
