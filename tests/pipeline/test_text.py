"""Keys by which texts count as the same."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text import bare_key, clean_text, fold, joined_key, strip_leaders, text_key, without_marks


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hoà", "hòa"),
        ("HOÀ", "HÒA"),
        ("Thuỷ", "Thủy"),
        ("khoẻ", "khỏe"),
        ("Thuý  Hoà", "Thúy Hòa"),
        ("K’Bang", "K'Bang"),
        ("1999–2000", "1999-2000"),
        (unicodedata.normalize("NFD", "Nguyễn"), "Nguyễn"),
    ],
)
def test_spellings_that_count_as_one(one: str, other: str) -> None:
    assert text_key(one) == text_key(other)


@pytest.mark.parametrize(("one", "other"), [("Tày", "Tây"), ("Hòa", "Hóa"), ("lan", "Lan"), ("quý", "qúy")])
def test_spellings_that_do_not(one: str, other: str) -> None:
    assert text_key(one) != text_key(other)


def test_tones_inside_a_syllable_stay() -> None:
    assert text_key("toàn hoàng quý quỳnh") == "toàn hoàng quý quỳnh"


def test_looser_keys() -> None:
    assert text_key("Nguyễn THỊ", casefold=True) == "nguyễn thị"
    assert bare_key("Xã Tân-Lợi, (Hớn Quản).") == "xã tân lợi hớn quản"
    assert joined_key("Ê-đê") == joined_key("Ê Đê") == joined_key("êđê")
    assert without_marks("Đặng Thị Thuỷ") == "Dang Thi Thuy"


def test_leaders_go() -> None:
    assert strip_leaders("......Nguyễn Văn A .......") == "Nguyễn Văn A"
    assert strip_leaders("…… ") == ""


@given(st.text(max_size=50))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)
    assert text_key(text_key(text)) == text_key(text)
    assert unicodedata.is_normalized("NFC", text_key(text))


def test_folding_keeps_what_survives_a_poor_reading() -> None:
    assert fold("Họ, chữ đệm, tên:") == "hochudemten"
    assert fold("ĐĂNG KÝ") == "dangky"
    assert fold("….:") == ""


@given(st.text())
def test_folding_leaves_letters_and_digits_only(text: str) -> None:
    assert fold(text) == fold(fold(text))
    assert all(c in "0123456789abcdefghijklmnopqrstuvwxyz" for c in fold(text))
