"""Made-up texts of lines: what the network can spell, of every kind, the same from the same seed."""

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.recogniser.labels import charset, encode, fits, frames_needed, spelt
from training.recogniser.syllables import make_syllable, with_tone
from training.recogniser.text import KINDS, LONGEST, make_text, shorten

ACUTE, GRAVE, DOT = "\u0301", "\u0300", "\u0323"


def test_classes_are_places_in_the_character_set_and_the_blank_is_none_of_them() -> None:
    text = "Điểu K'Ré, 01/2010"
    assert [charset()[k - 1] for k in encode(text)] == list(text)
    assert min(encode(text)) >= 1


def test_what_the_network_cannot_spell_is_left_out() -> None:
    assert spelt("Ng  漢字 uye\u0302\u0303n") == "Ng uyễn"
    with pytest.raises(KeyError):
        encode("漢")


def test_equal_neighbours_need_a_frame_between_them() -> None:
    assert frames_needed("1990") == 5
    assert frames_needed("1980") == 4
    assert fits("1990", 24)
    assert not fits("1990", 20)
    assert not fits("", 100)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_makes_texts_that_the_network_spells(kind: str) -> None:
    rng = random.Random(kind)
    texts = [make_text(rng, kinds=(kind,)) for _ in range(200)]
    assert all(text == spelt(text) and 0 < len(text) <= LONGEST + 1 for text in texts)
    assert len(set(texts)) > 15


def test_the_same_seed_makes_the_same_texts() -> None:
    def texts(seed: int) -> list[str]:
        rng = random.Random(seed)
        return [make_text(rng) for _ in range(50)]

    assert texts(1) == texts(1) != texts(2)


def test_no_kind_is_forgotten() -> None:
    rng = random.Random(3)
    texts = " ".join(make_text(rng) for _ in range(3000))
    for wanted in ("TP/HT", "CMND", "tháng", "/2", "H'", "xã ", "Nguyễn", "NGUYỄN"):
        assert wanted in texts


@pytest.mark.parametrize(
    ("rime", "tone", "newer", "written"),
    [
        ("oa", GRAVE, False, "òa"),
        ("oa", GRAVE, True, "oà"),
        ("oan", GRAVE, False, "oàn"),
        ("uyên", DOT, False, "uyện"),
        ("ươi", GRAVE, False, "ười"),
        ("ia", ACUTE, False, "ía"),
        ("ai", DOT, True, "ại"),
        ("uôi", ACUTE, False, "uối"),
        ("oai", ACUTE, False, "oái"),
        ("a", "", False, "a"),
    ],
)
def test_tone_marks_stand_where_the_spelling_puts_them(
    rime: str, tone: str, newer: bool, written: str
) -> None:
    assert with_tone(rime, tone, newer=newer) == written


def test_syllables_are_spelt_by_the_rules() -> None:
    rng = random.Random(5)
    found = {make_syllable(rng) for _ in range(4000)}
    assert len(found) > 1500
    for syllable in found:
        assert unicodedata.is_normalized("NFC", syllable)
        bare = "".join(c for c in unicodedata.normalize("NFD", syllable) if not unicodedata.combining(c))
        if not bare.startswith(("gi", "qu")):
            assert not bare.startswith(("ce", "ci", "ge", "nge", "ngi")), syllable
        if bare.endswith(("c", "ch", "p", "t")):
            tones = {
                c for c in unicodedata.normalize("NFD", syllable) if c in "\u0300\u0301\u0303\u0309\u0323"
            }
            assert tones in ({ACUTE}, {DOT}), syllable


@given(
    st.text("ab 1", min_size=1, max_size=80).map(lambda s: " ".join(s.split())).filter(bool),
    st.integers(1, 40),
)
def test_shortening_keeps_words_in_their_order(text: str, longest: int) -> None:
    short = shorten(text, longest, random.Random(1))
    assert 0 < len(short) <= max(longest, 1)
    assert short in text
