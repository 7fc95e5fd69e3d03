"""What is made of a field for the screen: marked letters, where the cursor starts, numbered choices."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.states import Action, CaseState, FieldState
from models.views import FieldView
from review_ui.presenting import (
    CANDIDATES,
    Choice,
    choices_of,
    doubtful_letters,
    pieces_of,
    said_action,
    said_case_state,
    said_reason,
)
from tests.review_ui.drawn import ROOT


def field(verbatim: str, *candidates: str) -> FieldView:
    return FieldView(1, "meHoTen", "name", verbatim, "", 0.5, FieldState.FLAGGED, (), None, candidates, 1)


def place(first: str, second: str) -> str | None:
    """The letters that would be highlighted."""
    where = doubtful_letters((Choice(1, first, ()), Choice(2, second, ())))
    return None if where is None else first[where[0] : where[1]]


@pytest.mark.parametrize(
    ("first", "second", "highlighted"),
    [
        ("Điểu Thị Mân", "Điểu Thị Mận", "â"),
        ("5/1/2016", "3/1/2016", "5"),
        ("Nguyễn Thị Hương", "Nguyễn Thi Hường", None),  # two places: everything is
        ("Thị Bé", "Thị Bée", None),  # nothing stands where the other has a letter
        ("Thị Bé", "Thị Bé", None),
    ],
)
def test_highlighted_is_the_one_place_in_doubt(first: str, second: str, highlighted: str | None) -> None:
    assert place(first, second) == highlighted


def test_reading_comes_first_and_each_text_once() -> None:
    choices = choices_of(field("Thị Bé", "Thị Bê", "Thị Bé", "", "Thị Be"))
    assert [(choice.number, choice.text) for choice in choices] == [
        (1, "Thị Bé"),
        (2, "Thị Bê"),
        (3, "Thị Be"),
    ]


def test_no_more_choices_than_keys() -> None:
    assert len(choices_of(field("a", *"bcdefgh"))) == CANDIDATES


def test_nothing_read_means_nothing_to_choose() -> None:
    assert choices_of(field("")) == ()
    assert doubtful_letters(()) is None


@given(st.text(max_size=40), st.text(max_size=40))
def test_marked_letters_make_the_whole_text(first: str, other: str) -> None:
    pieces = pieces_of(first, other)
    assert "".join(piece.text for piece in pieces) == other
    same = "".join(piece.text for piece in pieces if not piece.differs)
    letters = iter(first)
    assert all(letter in letters for letter in same)  # what is not marked stands in the first, in this order


def test_every_word_for_a_state_is_said() -> None:
    assert len({said_action(action) for action in Action}) == len(Action)
    assert all(said_case_state(state) for state in CaseState)


def test_reason_of_a_case_is_a_code_or_what_somebody_wrote() -> None:
    assert said_reason(None) == said_reason("") == ""
    assert "{" not in said_reason("duplicate_key")
    assert said_reason("Sổ ghi khác {x}").endswith("Sổ ghi khác {x}")


def test_site_has_its_own_font_with_vietnamese() -> None:
    style = (ROOT / "review_ui/static/style.css").read_text(encoding="utf-8")
    fonts = {path.name for path in (ROOT / "review_ui/static/fonts").glob("*.woff2")}
    assert fonts == {part.split('"')[0] for part in style.split("fonts/")[1:]}
    assert "http" not in style
    assert unicodedata.is_normalized("NFC", style)
