"""A wording is found where its letters stand in what was read, as whole words."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.recognise.handwriting import LineRecogniser, columns_of_frames
from pipeline.recognise.spotting import Spot, SpottedLine
from tests.pipeline.drawn import Sheet

CHARSET = " aăhnmpsốơN:1"
SURE = 0.97


def read(path: str) -> NDArray[np.float32]:
    """Log-probabilities of a line whose best path is the one given, "_" for blank."""
    rest = (1 - SURE) / len(CHARSET)
    matrix = np.full((len(path), len(CHARSET) + 1), rest)
    for frame, character in enumerate(path):
        matrix[frame, 0 if character == "_" else CHARSET.index(character) + 1] = SURE
    return np.asarray(np.log(matrix), np.float32)


def spot(matrix: NDArray[np.float32], wording: str, charset: str = CHARSET) -> Spot | None:
    return SpottedLine(matrix, charset).spot(wording)


def test_a_wording_stands_where_its_letters_are() -> None:
    seen = spot(read("_1_ _n_ă_m_: _1"), "năm")
    assert seen is not None
    assert (seen.first, seen.last) == (5, 9)
    assert seen.score > -0.2


@pytest.mark.parametrize("path", ["s_a_n_ă_m_:", "n_ă_m_s_:", "s_ố_n_ă_m"])
def test_part_of_a_word_is_no_wording(path: str) -> None:
    seen = spot(read(path), "năm")
    assert seen is None or seen.score < -1.0


def test_a_wide_gap_ends_a_word_as_a_space_does() -> None:
    seen = spot(read("s_a" + 8 * "_" + "n_ă_m"), "năm")
    assert seen is not None
    assert (seen.first, seen.last) == (11, 15)


def test_letters_far_apart_are_no_wording() -> None:
    near, far = (spot(read("n_ă" + gap * "_" + "m"), "năm") for gap in (2, 60))
    assert near is not None and far is not None
    assert near.score > -0.2
    assert far.score < -0.9


def test_marks_count_and_case_does_not() -> None:
    """ "Nam" is no "năm", though more like it than anything else that stands there."""
    plain, marked, other = (spot(read(path), "năm") for path in ("N_a_m", "N_ă_m", "s_a_s"))
    assert plain is not None and marked is not None and other is not None
    assert marked.score > -0.2
    assert other.score < plain.score < -0.5


def test_two_equal_letters_need_a_gap_between_them() -> None:
    double, single = spot(read("a_n_n_a"), "anna"), spot(read("a_nn_a"), "anna")
    assert double is not None and double.score > -0.2
    assert single is None or single.score < -0.5


@pytest.mark.parametrize("wording", ["zz", "", "..."])
def test_what_the_recogniser_cannot_write_stands_nowhere(wording: str) -> None:
    assert spot(read("n_ă_m"), wording) is None


def test_a_line_that_is_too_short_holds_nothing() -> None:
    assert spot(read("")[:0], "năm") is None
    assert spot(read("n"), "năm") is None


def test_a_label_is_found_between_two_entries(recogniser: LineRecogniser) -> None:
    sheet = Sheet(200)
    end = 40
    edges = []
    for text in ("Kiều Đăng Chiến", "Chức vụ:", "Phó Chủ tịch"):
        left, _, width, _ = sheet.write(text, end + 20, 120, size=36)
        end = left + width
        edges.append((left, end))
    line = np.ascontiguousarray(sheet.grey[80:140, : end + 20])
    (matrix,) = recogniser.log_probabilities([line])
    seen = spot(matrix, "Chức vụ", recogniser.charset)
    assert seen is not None
    assert seen.score > -0.3
    first, last = columns_of_frames(np.array([seen.first, seen.last]), line.shape)
    assert edges[0][1] < first < edges[1][0] + 30
    assert edges[1][1] - 40 < last < edges[1][1]
