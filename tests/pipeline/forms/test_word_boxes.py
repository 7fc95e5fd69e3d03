"""Boxes of printed words that the engine drew around more than the word."""

from __future__ import annotations

from pipeline.elements import Box
from pipeline.forms.word_boxes import separate
from pipeline.recognise.tesseract import PrintedWord


def word(text: str, x: int, y: int, w: int, h: int) -> PrintedWord:
    return PrintedWord(text, Box(x, y, w, h), 90.0)


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
