"""The lists are well formed, and their priors never rule a word out."""

from __future__ import annotations

import math
import unicodedata
from itertools import pairwise

import pytest

from pipeline.lexicons import CHOICE_LISTS, PLACE_LISTS, WORD_LISTS, choices, load, prior
from pipeline.text import clean_text, unify_tone_place


@pytest.mark.parametrize("name", [*WORD_LISTS, *CHOICE_LISTS, *PLACE_LISTS])
def test_each_list_is_clean_and_without_repetition(name: str) -> None:
    words = load(name)
    assert len(set(words)) == len(words) > 2
    for word in words:
        assert word == clean_text(word)
        assert unicodedata.is_normalized("NFC", word)


@pytest.mark.parametrize("name", WORD_LISTS)
def test_words_come_by_falling_prior(name: str) -> None:
    assert all(prior(name, one) >= prior(name, other) for one, other in pairwise(load(name)))


@pytest.mark.parametrize("name", [*WORD_LISTS, *CHOICE_LISTS, *PLACE_LISTS])
def test_priors_are_probabilities_and_leave_room_for_the_unlisted(name: str) -> None:
    keys = {unify_tone_place(word).casefold() for word in load(name)}
    total = sum(math.exp(prior(name, key)) for key in keys)
    assert total == pytest.approx(0.97, abs=1e-6)
    unlisted = prior(name, "Xyzwq")
    assert math.isfinite(unlisted)
    assert unlisted < min(prior(name, key) for key in keys)


def test_case_and_tone_placement_do_not_matter() -> None:
    assert prior("surnames", "NGUYỄN") == prior("surnames", "Nguyễn") > prior("surnames", "Điểu")
    assert prior("given_names", "Hoà") == prior("given_names", "Hòa")


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("surnames", "Điểu"),
        ("surnames", "Thạch"),
        ("surnames", "Nông"),
        ("surnames", "Voòng"),
        ("surnames", "Niê"),
        ("middle_names", "Thị"),
        ("given_names", "K'Re"),
        ("given_names", "Hương"),
        ("number_words", "nhăm"),
        ("provinces", "Sông Bé"),
        ("provinces", "Hà Sơn Bình"),
        ("communes", "Bom Bo"),
        ("districts", "Hớn Quản"),
        ("institutions", "Trạm y tế"),
    ],
)
def test_what_registers_of_the_region_hold_is_listed(name: str, word: str) -> None:
    assert word in load(name)


@pytest.mark.parametrize("name", CHOICE_LISTS)
def test_values_of_a_list_are_different(name: str) -> None:
    values = [choice.value for choice in choices(name)]
    assert len(set(values)) == len(values)
    for choice in choices(name):
        assert choice.count > 0
        assert choice.value not in choice.variants


def test_a_list_that_is_not_there_is_an_error() -> None:
    for ask in (load, choices, lambda name: prior(name, "a")):
        with pytest.raises(KeyError):
            ask("no such list")
