"""What counts as right, and how it is counted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.score import Board, Tally, same_content, same_text
from pipeline.elements import FieldKind, FieldState


@pytest.mark.parametrize(
    ("read", "truth", "same"),
    [
        ("Lê Thị Hoà", "Lê Thị Hòa", True), ("Lê  Thị Hòa ", "Lê Thị Hòa", True),
        ("Lê thị Hòa", "Lê Thị Hòa", False), ("Le Thi Hoa", "Lê Thị Hòa", False), ("", "", True),
    ],
)  # fmt: skip
def test_letter_for_letter(read: str, truth: str, same: bool) -> None:
    assert same_text(read, truth) is same


@pytest.mark.parametrize(
    ("kind", "read", "truth", "same"),
    [
        (FieldKind.NAME, "LÊ THỊ HOÀ", "Lê Thị Hòa", True),
        (FieldKind.NAME, "Lê Thị Hoa", "Lê Thị Hòa", False),
        (FieldKind.DATE, "12/3/2010", "12.3.2010", True),
        (FieldKind.DATE, "12/3/2010", "12/8/2010", False),
        (FieldKind.NUMBER, "01/2010", "01 / 2010", True),
        (FieldKind.NUMBER, "01/2010", "012010", False),
        (FieldKind.IDENTITY, "0701 94702409", "070194702409", True),
        (FieldKind.IDENTITY, "CMND: 285082 088", "CMND: 285082088", True),
        (FieldKind.IDENTITY, "0701 94702408", "070194702409", False),
        (FieldKind.DATE, "18 01.2012", "18.01.2012", True),
        (FieldKind.RELATION, "Cha mẹ đẻ", "Cha, mẹ đẻ", True),
        (FieldKind.RELATION, "Cha mẹ nuôi", "Cha mẹ đẻ", False),
        (FieldKind.SEX, "nữ", "Nữ", True),
        (FieldKind.ETHNICITY, "Xtiêng", "X'tiêng", True),
        (FieldKind.ETHNICITY, "Tày", "Thái", False),
        (FieldKind.PLACE, "xã Tân Lợi, huyện Hớn Quản", "xã Tân Lợi, huyện Hớn Quản", True),
        (FieldKind.PLACE, "xã Tân Lợi", "xã Tân Lơi", False),
        # Blank counts for blank and for nothing else.
        (FieldKind.NAME, "", "", True),
        (FieldKind.TEXT, "-", "", True),
        (FieldKind.NAME, "Lan", "", False),
        (FieldKind.NAME, "", "Lan", False),
    ],
)
def test_the_same_content(kind: FieldKind, read: str, truth: str, same: bool) -> None:
    assert same_content(kind, read, truth) is same
    assert same_content(kind, truth, read) is same


@given(st.sampled_from(list(FieldKind)), st.text(max_size=20))
def test_every_text_is_the_same_as_itself(kind: FieldKind, text: str) -> None:
    assert same_content(kind, text, text)


def test_fields_are_tallied() -> None:
    tally = Tally()
    assert tally.add(FieldKind.NAME, "LÊ THỊ HOÀ", "Lê Thị Hòa", FieldState.ACCEPTED, 0.99)
    assert not tally.add(FieldKind.NAME, "Lan", "Lam", FieldState.ACCEPTED, 0.9)
    assert not tally.add(FieldKind.NAME, "Lan", "Lam", FieldState.FLAGGED, 0.2)
    assert tally.add(FieldKind.NAME, "", "", FieldState.BLANK, 0.98)
    assert not tally.add(FieldKind.NAME, "", "Lan", None, 0.0)
    assert (tally.fields, tally.right, tally.letter_for_letter) == (5, 2, 1)
    assert (tally.accepted, tally.accepted_wrong) == (3, 1)
    assert tally.share_right == 0.4
    assert tally.share_accepted == 0.6
    assert tally.error_among_accepted == pytest.approx(1 / 3)
    assert tally.character_error == pytest.approx((5 + 1 + 1 + 0 + 3) / (10 + 3 + 3 + 0 + 3))
    assert tally.squared == pytest.approx(0.01**2 + 0.9**2 + 0.2**2 + 0.02**2 + 0.0)


def test_nothing_counted_is_nothing() -> None:
    tally = Tally()
    assert (
        tally.share_right == tally.share_accepted == tally.error_among_accepted == tally.character_error == 0
    )


def test_a_board_keeps_tallies_by_name() -> None:
    board = Board()
    board.of("kind name").add(FieldKind.NAME, "a", "a", None, 0.5)
    board.of("edition 2010")
    assert board.of("kind name").fields == 1
    assert list(board.names("kind ")) == ["kind name"]
    assert list(board.names("")) == ["edition 2010", "kind name"]
