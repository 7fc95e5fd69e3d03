"""What stands between lines, under print and at a line's ends goes with its own writing, or with none."""

import pytest

from pipeline.elements import Box
from tests.pipeline.cut.page import LEFT, PITCH, FilledForm, around


def two_lines(above: str, x: int, below: str) -> tuple[FilledForm, Box]:
    """A form with writing on two lines close over each other, and the box of the lower one's ink."""
    form = FilledForm()
    form.fill_up(range(2, 6))
    form.label("Dân tộc:", "group", 0)
    form.write(above, 0, x)
    form.label("Nơi cư trú:", "home", 1)
    return form, form.write(below, 1, 420, size=60)


def test_a_mark_over_a_capital_goes_with_its_letter() -> None:
    """Such a mark stands where the line above has its tails."""
    form, _ = two_lines("Kinh", 520, "An Lộc")
    top = form.baseline(1) - round(0.92 * PITCH)
    form.sheet.pen.line((436, top + 10, 448, top), fill=30, width=4)
    crops = form.cut()
    assert crops["home"].box.y <= top
    assert crops["group"].box.x > 500


def test_a_mark_that_hangs_under_a_letter_is_of_the_line_below() -> None:
    """In a tall, slanted hand it stands nearer to the line above than to its own capital."""
    form, _ = two_lines("Kinh", 425, "An Lộc")
    alone = form.cut()["group"].box.bottom
    top = form.baseline(0) + 8
    form.sheet.pen.line((436, top + 22, 444, top), fill=30, width=4)
    crops = form.cut()
    assert crops["home"].box.y <= top
    assert crops["group"].box.bottom == alone


def test_a_comma_over_a_capital_stays_with_its_word() -> None:
    form, home = two_lines("Kinh,", 420, "Hà Nội Hà Nội")
    crops = form.cut()
    assert crops["group"].box.bottom > form.baseline(0) + 4
    assert crops["home"].box.y > home.y - 14


def test_a_mark_astride_the_line_above_is_of_its_capital() -> None:
    """Flat as it is, it is no comma, and no tail ends on the row that its letter stands on."""
    form, _ = two_lines("Kinh", 520, "An Lộc")
    row = form.baseline(0)
    form.sheet.pen.line((426, row + 3, 436, row - 5, 446, row + 3), fill=30, width=4)
    assert form.cut()["home"].box.y <= row - 5


def test_a_box_reaches_over_a_mark_that_hangs_together_with_a_tail() -> None:
    """No rule tells whose such ink is: the person who judges the field must see it."""
    form, capital = two_lines("nghị", 400, "Ap")
    mark = Box(capital.x + 8, capital.y - 26, 26, 20)
    stem = form.baseline(0) - 20
    form.sheet.pen.line((mark.x, mark.bottom, mark.right, mark.y, mark.right, stem), fill=30, width=6)
    box = form.cut()["home"].box
    assert box.y <= mark.y + 3
    assert box.y > form.baseline(0) - 8


def test_a_box_ends_under_the_middle_of_words_written_low_over_it() -> None:
    """A small letter over a tall one looks like its mark."""
    form = FilledForm()
    form.fill_up(range(2, 6))
    form.label("Dân tộc:", "group", 0)
    capitals = form.write("KHK", 0, 490, size=64, drop=20)
    word = capitals.union(form.write("a", 0, 436, drop=18))
    form.label("Nơi cư trú:", "home", 1)
    own = form.write("HHHH", 1, 420, size=54)
    box = form.cut()["home"].box
    assert word.y + word.h / 2 < box.y < own.y


def test_a_mark_under_print_is_no_print() -> None:
    """It stands within the box of the label over it, or hangs together with one of its letters."""
    for joined in (False, True):
        form = FilledForm()
        form.fill_up(range(2, 6))
        over = form.label("Dân tộc người chết:", "group", 0)
        form.label("Nơi:", "home", 1)
        capital = form.write("Ap", 1, over.x + 130, size=60)
        top = form.baseline(0) - (8 if joined else -4)
        x, foot = capital.x + 30, capital.y - 4
        form.sheet.pen.line((x - 9, foot, x, foot - 8, x + 9, foot), fill=30, width=4)
        form.sheet.pen.line((x, foot - 8, x + 6, top), fill=30, width=4)
        crop = form.cut()["home"]
        assert crop.box.y <= foot - 8, joined


def test_the_colon_that_the_engine_left_out_of_a_label_is_no_writing() -> None:
    form = FilledForm()
    form.fill_up(range(2, 6))
    box = form.label("Số", "so", 0)
    for lift in (4, 16):
        y, x = form.baseline(0) - lift, box.right + 6
        form.sheet.pen.ellipse((x, y - 4, x + 4, y), fill=30)
    assert form.cut()["so"].lines == ()


def test_writing_that_hangs_together_with_its_label_stays() -> None:
    """By a fold of the paper, or by the first stroke of the pen."""
    form = FilledForm()
    form.fill_up(range(2, 6))
    box = form.label("Năm sinh:", "born", 0)
    written = form.write("1985", 0, box.right + 20)
    row = form.baseline(0) - 16
    form.sheet.pen.line((box.right - 12, row, written.x + 12, row), fill=30, width=2)
    assert form.cut()["born"].box.x < written.x
    assert form.cut()["born"].box.right >= written.right


def test_letters_joined_over_three_lines_are_cut_apart() -> None:
    """A mark in the tails above, a tail in the capital below; where people sign a flourish is as tall."""
    form, upper = two_lines("nghị", 420, "Ap Ba")
    form.label("Nơi sinh:", "born", 2)
    lower = form.write("Chơn", 2, 420, size=60)
    stem = upper.x + 40
    form.sheet.pen.line((stem, form.baseline(0) - 30, stem, form.baseline(2) - 20), fill=30, width=4)
    crops = form.cut()
    assert crops["home"].box.x < upper.x + 10
    assert crops["born"].box.x < lower.x + 10
    assert crops["group"].lines


def test_small_letters_under_their_row_are_no_marks_of_the_next_line() -> None:
    form = FilledForm()
    form.fill_up(range(2, 6))
    form.label("Quốc tịch:", "nation", 0)
    nation = form.write("Nam", 0, 440, size=40, drop=12)
    form.label("Nơi cư trú:", "home", 1)
    form.write("Phú Riềng", 1, 420)
    crops = form.cut()
    assert crops["nation"].box.right >= nation.right
    assert crops["home"].box.y > form.baseline(0) - 4


def test_what_may_be_struck_out_is_shown_and_not_read() -> None:
    form = FilledForm()
    form.fill_up(range(2, 6))
    form.label("Nơi sinh:", "place", 0)
    wrong = form.write("Bình Minh", 0, 420)
    right = form.write("Lộc Ninh", 0, wrong.right + 60)
    row = form.baseline(0) - 12
    form.sheet.pen.line((wrong.x - 8, row, wrong.right + 8, row), fill=30, width=3)
    crop = form.cut()["place"]
    assert crop.struck
    assert crop.line_boxes[0].x > wrong.right
    assert around(crop.box, wrong.union(right))


def test_a_tail_is_shown_where_nothing_is_written_below() -> None:
    form = FilledForm()
    form.fill_up(range(6))
    form.label("Người ký:", "signer", 6)
    home = form.write("Nguyễn", 6, 420, size=84)
    form.label("Ghi chú:", "note", 7)
    assert form.cut()["signer"].box.bottom >= home.bottom


def test_a_box_has_less_air_than_a_crop_where_writing_is_tall() -> None:
    """It would show, and hold, what stands on the line above."""
    form = FilledForm()
    form.fill_up(range(4))
    form.label("Nơi cư trú:", "home", 5)
    home = form.write("Lang Long", 5, 420, size=100)
    crop = form.cut()["home"]
    assert home.y - 0.15 * PITCH < crop.box.y < home.y
    assert crop.line_boxes[0].y < crop.box.y < crop.box.bottom < crop.line_boxes[0].bottom


def test_the_edge_of_the_sheet_is_no_writing() -> None:
    form = FilledForm()
    form.fill_up(range(2, 6))
    form.label("Nơi sinh:", "place", 0)
    alone = form.write("Lộc Ninh", 0, 420)
    row = form.baseline(0)
    form.sheet.pen.line((1602, row - 44, 1604, row + 4), fill=30, width=4)
    assert form.cut()["place"].box.right < alone.right + 30


def test_crumbs_are_no_second_line() -> None:
    form = FilledForm()
    form.fill_up(range(3))
    form.label("Nơi sinh:", "place", 3, lines=2)
    form.write("Lộc Ninh", 3, 400)
    row = form.baseline(4)
    for x in range(420, 700, 60):
        form.sheet.pen.rectangle((x, row - 20, x + 6, row - 12), fill=30)
    form.label("Dân tộc:", "group", 5)
    crop = form.cut()["place"]
    assert len(crop.lines) == 1
    assert crop.box.bottom < row - 20


def test_the_end_of_a_tail_under_dots_stays_with_its_letter() -> None:
    form, home = two_lines("Giang", 420, "Hà Nội Hà Nội")
    form.dots(0)
    crops = form.cut()
    assert crops["group"].box.bottom > form.baseline(0) + 12
    assert crops["home"].box.y > home.y - 14


@pytest.mark.parametrize("lines", [1, 2])
def test_a_box_shows_no_middle_of_a_word_above_any_of_its_lines(lines: int) -> None:
    """A mark that it should show hangs high up, but beside that word; its second line goes on under it."""
    form = FilledForm()
    form.fill_up(range(4, 8))
    form.label("Dân tộc:", "group", 0)
    first = form.write("Nguyên", 0, 330, size=70, drop=24)
    form.label("Quốc tịch:", "nation", 0, 700)
    form.write("nghinh nghinh", 0, 940)
    form.label("Nơi cư trú:", "home", 1, lines=lines)
    start = first.x + first.w // 3 if lines == 1 else 900
    form.write("Lộc Ninh và", 1, start, size=50)
    capital = form.write("Ap Ba", 1, 960, size=60)
    if lines == 2:
        form.write("Bình Phước", 2, LEFT, size=50)
    mark = Box(capital.x + 8, capital.y - 26, 26, 20)
    stem = form.baseline(0) - 20
    form.sheet.pen.line((mark.x, mark.bottom, mark.right, mark.y, mark.right, stem), fill=30, width=6)
    box = form.cut()["home"].box
    assert box.x < first.x + first.w / 2 < box.right
    assert box.y > first.y + first.h / 2
