"""CTC decoding, held against the sum over every path."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.recognise.ctc import (
    BLANK,
    Hypothesis,
    beam_search,
    greedy,
    log_likelihoods,
    path_confidence,
)

CHARSET = "ab"
Matrix = NDArray[np.float32]


def matrix_of(rows: list[list[float]]) -> Matrix:
    """Log-probabilities of rows of weights, each made to sum to 1."""
    weights = np.array(rows, np.float64)
    return np.asarray(np.log(weights / weights.sum(axis=1, keepdims=True)), np.float32)


def certain(path: str, sure: float = 0.97) -> Matrix:
    """A matrix whose best path is the one given, "_" for blank."""
    classes = [0 if c == "_" else CHARSET.index(c) + 1 for c in path]
    rest = (1 - sure) / len(CHARSET)
    return matrix_of([[sure if k == c else rest for k in range(len(CHARSET) + 1)] for c in classes])


def over_all_paths(matrix: Matrix) -> dict[str, float]:
    """Log-probability of every text that a matrix can say: the definition, path by path."""
    total: dict[str, float] = {}
    for path in itertools.product(range(matrix.shape[1]), repeat=len(matrix)):
        text = "".join(CHARSET[k - 1] for k, _ in itertools.groupby(path) if k != BLANK)
        chance = math.exp(float(sum(matrix[frame, k] for frame, k in enumerate(path))))
        total[text] = total.get(text, 0.0) + chance
    return {text: math.log(chance) for text, chance in total.items()}


# Weights well over the share under which the beam takes a character for impossible.
matrices = st.lists(
    st.lists(st.floats(0.02, 1.0), min_size=3, max_size=3), min_size=1, max_size=5
).map(matrix_of)  # fmt: skip


@given(matrices)
@settings(max_examples=60, deadline=None)
def test_likelihoods_are_the_sums_over_all_paths(matrix: Matrix) -> None:
    truth = over_all_paths(matrix)
    texts = ["".join(t) for n in range(5) for t in itertools.product(CHARSET, repeat=n)]
    found = dict(zip(texts, log_likelihoods(matrix, texts, CHARSET).tolist(), strict=True))
    for text in texts:
        assert found[text] == pytest.approx(truth.get(text, -math.inf), abs=1e-4)


@given(matrices)
@settings(max_examples=60, deadline=None)
def test_a_beam_that_drops_nothing_finds_every_text_and_its_probability(matrix: Matrix) -> None:
    truth = over_all_paths(matrix)
    found = {h.text: h.recogniser for h in beam_search(matrix, CHARSET, width=1000)}
    assert found.keys() == truth.keys()
    for text, log in truth.items():
        assert found[text] == pytest.approx(log, abs=1e-4)


@given(matrices, st.integers(1, 4))
@settings(max_examples=40, deadline=None)
def test_a_narrow_beam_is_in_order_and_never_says_more_than_the_truth(matrix: Matrix, width: int) -> None:
    truth = over_all_paths(matrix)
    found = beam_search(matrix, CHARSET, width=width)
    assert 1 <= len(found) <= width
    assert [h.recogniser for h in found] == sorted((h.recogniser for h in found), reverse=True)
    assert all(h.recogniser <= truth[h.text] + 1e-4 for h in found)


class LikesB:
    """A prior that finds b four times as likely as a, but after another b only as likely."""

    def log_probability(self, text: str, character: str) -> float:
        return math.log(0.5 if text.endswith("b") else 0.8 if character == "b" else 0.2)

    def score(self, text: str) -> float:
        return sum(self.log_probability(text[:i], text[i]) for i in range(len(text)))


@given(matrices, st.sampled_from([0.1, 0.3, 1.0]))
@settings(max_examples=40, deadline=None)
def test_a_prior_weighs_each_character_of_each_text(matrix: Matrix, weight: float) -> None:
    truth = over_all_paths(matrix)
    found = beam_search(matrix, CHARSET, width=1000, prior=LikesB(), weight=weight)
    scores = [h.score(weight) for h in found]
    assert scores == sorted(scores, reverse=True)
    for h in found:
        assert h.recogniser == pytest.approx(truth[h.text], abs=1e-4)
        assert h.prior == pytest.approx(LikesB().score(h.text))


def test_a_prior_decides_only_what_the_recogniser_leaves_open() -> None:
    open_case, clear_case = matrix_of([[0.02, 0.50, 0.48]]), matrix_of([[0.02, 0.95, 0.03]])
    assert beam_search(open_case, CHARSET)[0].text == "a"
    assert beam_search(open_case, CHARSET, prior=LikesB(), weight=0.2)[0].text == "b"
    assert beam_search(clear_case, CHARSET, prior=LikesB(), weight=0.2)[0].text == "a"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a", "a"),
        ("aa", "a"),
        ("a_a", "aa"),
        ("aab", "ab"),
        ("__a__b__", "ab"),
        ("____", ""),
        ("ab_ba", "abba"),
    ],
)
def test_the_best_path_merges_repeats_and_drops_blanks(path: str, text: str) -> None:
    matrix = certain(path)
    assert greedy(matrix, CHARSET) == text
    assert beam_search(matrix, CHARSET)[0].text == text


def test_nothing_to_read_is_no_text() -> None:
    nothing = np.zeros((0, 3), np.float32)
    assert greedy(nothing, CHARSET) == ""
    assert beam_search(nothing, CHARSET) == [Hypothesis("", 0.0, 0.0)]
    assert log_likelihoods(nothing, ["", "a"], CHARSET).tolist() == [0.0, -math.inf]
    assert path_confidence(nothing) == (0.0, 0.0)


def test_what_cannot_stand_there_has_no_likelihood() -> None:
    matrix = certain("ab")
    found = log_likelihoods(matrix, ["aba", "ac", "aa", "ab", ""], CHARSET)
    # Three letters in two frames, a letter of another script, and twins with no frame for the blank between.
    assert np.isneginf(found).tolist() == [True, True, True, False, False]
    assert log_likelihoods(matrix, [], CHARSET).shape == (0,)


def test_likelihoods_do_not_depend_on_the_other_texts_asked_for() -> None:
    matrix = certain("a_b_ab")
    texts = ["ab", "abab", "", "bbbb", "a"]
    together = log_likelihoods(matrix, texts, CHARSET)
    alone = [log_likelihoods(matrix, [text], CHARSET)[0] for text in texts]
    assert together.tolist() == pytest.approx(alone)


def test_long_lines_do_not_underflow() -> None:
    path = "a_b_" * 300
    matrix = certain(path, sure=0.6)
    (likelihood,) = log_likelihoods(matrix, ["ab" * 300], CHARSET).tolist()
    assert math.isfinite(likelihood)
    assert likelihood >= len(path) * math.log(0.6) - 1e-3
    assert beam_search(certain(path), CHARSET)[0].text == "ab" * 300


@given(matrices, st.integers(1, 30), st.integers(0, 4))
@settings(max_examples=40, deadline=None)
def test_a_run_of_surely_blank_frames_says_as_much_as_one(matrix: Matrix, run: int, place: int) -> None:
    blank = matrix_of([[1.0, 1e-5, 1e-5]])
    at = min(place, len(matrix))
    short = np.concatenate([matrix[:at], blank, matrix[at:]])
    long = np.concatenate([matrix[:at], *[blank] * run, matrix[at:]])
    one = {h.text: h.recogniser for h in beam_search(short, CHARSET, width=1000)}
    many = {h.text: h.recogniser for h in beam_search(long, CHARSET, width=1000)}
    texts = sorted(one)
    assert [many[text] for text in texts] == pytest.approx([one[text] for text in texts], abs=1e-3)
    assert log_likelihoods(long, texts, CHARSET) == pytest.approx(
        log_likelihoods(short, texts, CHARSET), abs=1e-3
    )
    # What is folded away: at most the share that those frames leave to other characters.
    for text, log in over_all_paths(short).items():
        assert math.exp(one.get(text, -math.inf)) == pytest.approx(math.exp(log), abs=1e-3)


def test_blanks_between_words_are_one_and_none_stand_at_the_ends() -> None:
    rows = {"_": [0.96, 0.02, 0.02], "a": [0.02, 0.96, 0.02], " ": [0.02, 0.02, 0.96]}
    matrix = matrix_of([rows[c] for c in " a_ _ _a "])
    assert greedy(matrix, "a ") == "a  a"
    texts = [h.text for h in beam_search(matrix, "a ", width=20)]
    assert texts[0] == "a a"
    assert len(texts) == len(set(texts))


def test_confidence_is_the_mean_and_the_worst_frame_of_the_best_path() -> None:
    mean, worst = path_confidence(matrix_of([[0.9, 0.05, 0.05], [0.2, 0.3, 0.5]]))
    assert worst == pytest.approx(math.log(0.5), abs=1e-6)
    assert mean == pytest.approx((math.log(0.9) + math.log(0.5)) / 2, abs=1e-6)
