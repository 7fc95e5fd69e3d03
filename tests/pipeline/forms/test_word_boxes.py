"""Boxes of printed words that the engine drew around more than the word."""

from __future__ import annotations

from pipeline.elements import Box
from pipeline.forms.word_boxes import as_high, label_box, separate
from pipeline.recognise.tesseract import PrintedWord


def word(text: str, x: int, y: int, w: int, h: int, confidence: float = 90.0) -> PrintedWord:
    return PrintedWord(text, Box(x, y, w, h), confidence)


def test_a_label_glued_to_writing_is_as_wide_as_print_is() -> None:
    """Wide figures: shared out evenly "Số:" would end within the first of them, at 265."""
    printed = [word("đăng", 100 + 90 * i, 300, 64, 29) for i in range(9)]
    label, number = separate([*printed, word("Số:123/2020", 201, 129, 274, 47)])[-2:]
    assert (label.text, number.text) == ("Số:", "123/2020")
    assert 236 <= label.box.right == number.box.x <= 246
    assert number.box.right == 475
    label, number = separate([word("Số:123/2020", 201, 129, 274, 47)])  # nothing tells how wide print is
    assert label.box.right > 250


def test_a_word_glued_to_what_follows_is_cut_apart() -> None:
    glued = word("tên:Nguyễn", 100, 50, 200, 30)
    first, second = separate([glued])
    assert (first.text, second.text) == ("tên:", "Nguyễn")
    assert first.box.x == 100
    assert first.box.right == second.box.x
    assert second.box.right == 300
    assert 0.3 < first.box.w / 200 < 0.4


def test_leader_dots_are_cut_off_and_plain_words_stay() -> None:
    assert [w.text for w in separate([word("sinh....Lan", 0, 0, 110, 20)])] == ["sinh", "....", "Lan"]
    plain = [word("12:30", 0, 0, 50, 20), word("TP.HCM", 60, 0, 60, 20), word("tên:", 130, 0, 40, 20)]
    assert separate(plain) == plain


def test_a_leader_s_dot_before_a_figure_ends_a_label() -> None:
    assert [w.text for w in separate([word("ngày.16", 100, 50, 140, 30)])] == ["ngày", ".", "16"]
    assert [w.text for w in separate([word("TP.HCM", 100, 50, 140, 30)])] == ["TP.HCM"]
    assert [w.text for w in separate([word("12.05", 100, 50, 140, 30)])] == ["12.05"]


def test_a_box_drawn_down_to_the_next_line_is_as_high_as_its_neighbour() -> None:
    """A label's lowest row tells where the line behind it stands."""
    neighbours = [word("nă", 399, 1040, 31, 24), word("sinh:", 471, 1030, 64, 44)]
    for low in (word("m", 424, 1046, 34, 51, 18.0), word("m", 424, 1046, 34, 80)):
        level = as_high([neighbours[0], low, neighbours[1]], 33)
        assert [one.box.bottom for one in level] == [1064, 1064, 1074]
        assert level[1].box.x == 424
    for fine in (word("ngày", 424, 1040, 34, 33, 18.0), word("m", 424, 1046, 34, 51, 95.0)):
        assert as_high([neighbours[0], fine, neighbours[1]], 33)[1] == fine
    alone = [word("mm", 424, 1046, 34, 80, 18.0)]
    assert as_high(alone, 33) == alone


def test_writing_read_as_the_end_of_a_label_is_no_part_of_it() -> None:
    label, glued = word("Quốc", 1225, 410, 68, 28), word("tịch>/4ÊE", 1303, 402, 135, 43, 21.0)
    box = label_box([label, glued], "Quốc tịch", 15.0)
    assert (box.x, box.y, box.bottom) == (1225, 402, 445)
    assert 1350 <= box.right <= 1380
    assert label_box([label, word("tịch:", 1303, 402, 67, 43)], "Quốc tịch", 15.0).right == 1370
    assert label_box([label, glued], "Quốc tịch", 0.0).right == 1438  # nothing tells how wide print is
