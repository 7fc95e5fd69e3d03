from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.texts import LONGEST, finite, kept_text, typed_text

ANY_TEXT = st.text(st.characters(), max_size=60)  # surrogates included


@given(ANY_TEXT)
def test_kept_text_can_be_stored_and_is_stable(text: str) -> None:
    kept = kept_text(text)
    kept.encode("utf-8")
    assert "\x00" not in kept
    assert kept_text(kept) == kept == unicodedata.normalize("NFC", kept)


@given(ANY_TEXT)
def test_typed_text_has_no_needless_blanks(text: str) -> None:
    typed = typed_text(text)
    assert typed == typed.strip()
    assert "  " not in typed
    assert typed_text(typed) == typed


def test_letters_of_the_book_stay_as_they_are() -> None:
    assert kept_text("Nguyễn Thị  Hoà, ấp 2; k'Brê") == "Nguyễn Thị  Hoà, ấp 2; k'Brê"
    assert kept_text(unicodedata.normalize("NFD", "Điểu Mận")) == "Điểu Mận"
    assert kept_text("Lan\x00\x1b\ud800!") == "Lan   !"


def test_a_text_without_end_is_refused() -> None:
    assert len(typed_text("a" * LONGEST)) == LONGEST
    with pytest.raises(ValueError, match="letters") as refused:
        typed_text("Lan" * LONGEST)
    assert "Lan" not in str(refused.value)


def test_numbers_that_json_cannot_hold() -> None:
    assert finite(0.25) == 0.25
    assert finite(float("nan")) is None
    assert finite(float("-inf")) is None
