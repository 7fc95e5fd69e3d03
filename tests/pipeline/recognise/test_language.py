"""The prior over texts: a distribution, blind to figures and case, and never a veto."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.recognise.language import _SET, ORDER, NgramModel, code_of, language

NAMES = ("name", "place", "words", "text")


@pytest.mark.parametrize("name", NAMES)
def test_each_model_is_there_once(name: str) -> None:
    assert language(name) is language(name)
    assert len(language(name).keys) == len(language(name).values) > 1000
    assert len(language(name).contexts) == len(language(name).backoffs)
    assert list(language(name).keys) == sorted(language(name).keys)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("text", ["", "Nguyễn Th", "ngày hai mươ", "Xã Tân", "qzx", "12/", "Lê"])
def test_what_follows_a_text_is_a_distribution(name: str, text: str) -> None:
    total = sum(math.exp(language(name).log_probability(text, letter)) for letter in {*_SET, "0", "\u2603"})
    # Letters that a model never saw have a little more than their share, so that none is ruled out.
    assert 0.9 < total < 1.35


@given(st.text(max_size=24), st.characters())
@settings(max_examples=150, deadline=None)
def test_nothing_is_ruled_out_or_certain(text: str, letter: str) -> None:
    for name in ("name", "place"):
        found = language(name).log_probability(text, letter)
        assert -60.0 < found < 0.0


@given(st.text("0123456789/ abcđ", max_size=14), st.text("0123456789", min_size=14, max_size=14))
@settings(max_examples=80, deadline=None)
def test_no_figure_is_likelier_than_another(text: str, other: str) -> None:
    swapped = "".join(other[i] if letter.isdigit() else letter for i, letter in enumerate(text))
    for name in NAMES:
        assert language(name).score(swapped) == language(name).score(text)


@given(st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạ ", max_size=18))
@settings(max_examples=60, deadline=None)
def test_capitals_weigh_like_small_letters(text: str) -> None:
    assert language("name").score(text.upper()) == language("name").score(text)


def test_a_text_weighs_what_its_letters_weigh() -> None:
    model, text = language("name"), "Trần Thị Mai"
    parts = [model.log_probability(text[:i], text[i]) for i in range(len(text))]
    assert model.score(text) == pytest.approx(sum(parts))
    # Only the last letters count for the next one.
    assert model.log_probability("x" * 50 + text[-ORDER + 1 :], "n") == model.log_probability(
        "a" * 9 + text[-ORDER + 1 :], "n"
    )


def test_each_model_likes_its_own_texts_best() -> None:
    own = {
        "name": "Nguyễn Thị Hạnh",
        "place": "xã Tân Lợi, huyện Hớn Quản, tỉnh Bình Phước",
        "words": "ngày hai mươi bảy tháng mười hai năm hai nghìn không trăm linh chín",
    }
    for name, text in own.items():
        scores = {other: language(other).score(text) for other in own}
        assert max(scores, key=lambda other: scores[other]) == name


def test_both_places_of_a_tone_mark_are_written() -> None:
    model = language("name")
    assert abs(model.score("Nguyễn Thị Hoà") - model.score("Nguyễn Thị Hòa")) < 3.0


def test_letters_of_other_scripts_are_one_and_figures_another() -> None:
    assert code_of("я") == code_of("中") == code_of("ß") != code_of("a")
    assert code_of("7") == code_of("0") != code_of("o")
    assert code_of("Đ") == code_of("đ") != code_of("d")
    assert 0 < min(code_of(letter) for letter in _SET) <= max(code_of(letter) for letter in _SET) < 256


def test_a_model_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        NgramModel.read(tmp_path / "language-none.npz")
