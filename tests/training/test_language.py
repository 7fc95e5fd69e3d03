"""How the priors are made: counted texts, smoothed so that every context is a distribution."""

import math
import random
from array import array
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import lexicons
from pipeline.fields import parse_date
from pipeline.recognise.language import _SET, ALPHABET, BITS, ORDER, START, NgramModel, code_of
from training.language import (
    SEED,
    count_ngrams,
    dates_in_words,
    names,
    other_texts,
    places,
    save,
    syllables,
    witten_bell,
)

LETTERS = [*_SET, "0", "\u2603"]


def model_of(texts: Iterable[str], tmp_path: Path | None = None, least: int = 1) -> NgramModel:
    arrays = witten_bell(count_ngrams(texts), least)
    if tmp_path is not None:
        save(tmp_path / "m.npz", arrays)
        return NgramModel.read(tmp_path / "m.npz")
    return NgramModel(
        array("Q", arrays["keys"].tolist()),
        array("f", arrays["values"].tolist()),
        array("Q", arrays["contexts"].tolist()),
        array("f", arrays["backoffs"].tolist()),
    )


@given(
    st.lists(st.text("abđe ớ1", min_size=1, max_size=9), min_size=1, max_size=6),
    st.text("abđe ớ1x", max_size=8),
    st.integers(1, 3),
)
@settings(max_examples=60, deadline=None)
def test_what_follows_any_text_sums_to_one(texts: list[str], before: str, least: int) -> None:
    model = model_of(texts, least=least)
    total = sum(math.exp(model.log_probability(before, letter)) for letter in LETTERS)
    # The code of a text's beginning has its share too, though nothing is ever followed by it.
    total += math.exp(model._lookup(0, START)) if len(before) == 0 else 0.0
    assert total == pytest.approx(1.0, abs=0.02)


def test_what_was_seen_is_likelier_and_nothing_is_impossible() -> None:
    model = model_of(["Lan", "Lan", "Lam"])
    assert model.log_probability("La", "n") > model.log_probability("La", "m")
    assert model.log_probability("La", "m") > model.log_probability("La", "b") > -math.inf
    # A letter that was never seen is no likelier than one that was.
    assert model.log_probability("xx", "f") < model.log_probability("xx", "m")


def test_a_model_comes_back_from_its_file_as_it_was_made(tmp_path: Path) -> None:
    texts = ["Nguyễn Thị Hoà", "Điểu Đơi"]
    kept, made = model_of(texts, tmp_path), model_of(texts)
    assert kept.score("Điểu Thị Hoa") == pytest.approx(made.score("Điểu Thị Hoa"), abs=1e-3)


def test_ngrams_are_counted_up_to_their_order_from_the_beginning_on() -> None:
    def key(text: str, *, begins: bool = False) -> int:
        found = START if begins else 0
        for letter in text:
            found = found << BITS | code_of(letter)
        return found

    counts = count_ngrams(["abab"])
    assert (counts[key("a")], counts[key("ab")], counts[key("aba")]) == (2, 2, 1)
    assert counts[key("ab", begins=True)] == 1
    assert counts[key("b", begins=True)] == 0
    assert max(k.bit_length() for k in counts) <= BITS * ORDER
    assert count_ngrams(["hòa"])[key("oà")] == 1  # both places of the tone
    assert count_ngrams([]) == Counter()


def test_rare_long_ngrams_are_dropped_short_ones_never() -> None:
    counts = count_ngrams(["abcdef", "abcxyz"])
    few, all_of_them = witten_bell(counts, 2), witten_bell(counts, 1)
    assert len(few["keys"]) < len(all_of_them["keys"])
    short = [k for k in all_of_them["keys"].tolist() if k < 1 << 3 * BITS]
    assert set(short) <= set(few["keys"].tolist())


def test_made_up_texts_are_of_their_kind_and_repeat() -> None:
    def made() -> list[list[str]]:
        rng = random.Random(SEED)
        return [list(names(rng, 200)), list(dates_in_words(rng, 100)), list(other_texts(rng))]

    people, dates, others = made()
    assert made() == [people, dates, others]
    assert all(2 <= len(name.split()) <= 7 for name in people[:200])
    assert set(lexicons.load("surnames")) <= set(people)
    # Any day with any month: but for a 31st of February each is a date.
    assert sum(parse_date(text).certain for text in dates) > 85
    assert {"Kinh", "Việt Nam", "Nữ"} <= set(others)


def test_every_commune_is_among_the_places_with_its_district_and_province() -> None:
    texts = list(places(random.Random(SEED)))
    whole = " | ".join(texts)
    for province in lexicons.places()[:8]:
        for district in province.districts:
            for commune in district.communes:
                parts = [p.name for p in (commune, district.place, province.place) if p.text]
                assert " ".join(parts) in whole
    assert any(text.startswith("Ấp ") for text in texts)


def test_the_ground_holds_the_syllables_of_common_words() -> None:
    ground = set(syllables())
    wanted = "nguyễn thị trường nghiêng khuya hòa hoà quốc giang ương yến phước bình xuân tuyết oanh ơn"
    assert set(wanted.split()) <= ground
    assert not {"thịk", "ngh", "bcd"} & ground
    assert all(all(code_of(letter) > 2 for letter in syllable) for syllable in ground)
    assert len(_SET) + 3 == ALPHABET
