"""What checks prove: the bound against scipy's, thresholds that hold, tests that end early."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from pipeline.proof import (
    GRID,
    NOT_PROVEN,
    Curve,
    Threshold,
    Verdict,
    candidates,
    checks_needed,
    checks_to_bear,
    more_checks,
    sequential,
    threshold_of,
    upper_bound,
)


@given(st.integers(0, 60), st.integers(1, 5000), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_the_upper_bound_is_clopper_and_pearson_s(wrong: int, more: int, confidence: float) -> None:
    checked = wrong + more
    assert upper_bound(wrong, checked, confidence) == pytest.approx(
        float(beta.ppf(confidence, wrong + 1, checked - wrong)), abs=1e-9
    )


def test_nothing_checked_proves_nothing() -> None:
    assert upper_bound(0, 0) == upper_bound(3, 3) == 1.0
    assert upper_bound(0, 300, 0.95) == pytest.approx(3 / 300, rel=0.01)  # the rule of three


@pytest.mark.parametrize(("wrong", "target", "checks"), [(0, 0.005, 460), (1, 0.005, 777), (0, 0.002, 1151)])
def test_so_many_checks_prove_a_target(wrong: int, target: float, checks: int) -> None:
    assert checks_to_bear(wrong, target) == checks
    assert upper_bound(wrong, checks) <= target < upper_bound(wrong, checks - 1)
    assert checks_needed(wrong, checks - 17, target) == 17
    assert checks_needed(wrong, checks + 17, target) == 0


@pytest.mark.parametrize("target", [0.0, 1.0, -0.1, 2.0])
def test_a_target_that_is_no_rate_is_refused(target: float) -> None:
    with pytest.raises(ValueError, match="no number of checks"):
        checks_to_bear(0, target)


def made(*parts: tuple[int, float, int]) -> Curve:
    """Fields of some probabilities, the first few of each wrong."""
    return Curve.of((chance, i >= wrong) for count, chance, wrong in parts for i in range(count))


def test_the_threshold_is_the_last_that_is_proven_from_the_highest_down() -> None:
    sure = made((2000, 0.9999, 0), (500, 0.99, 0))
    lowest = GRID[max(candidates(0.005))]
    assert threshold_of(sure, 0.005) == Threshold(lowest, 2500, 0, upper_bound(0, 2500))
    spoilt = made((2000, 0.9999, 0), (500, 0.99, 30), (90_000, 0.97, 0))
    found = threshold_of(spoilt, 0.005)
    assert 0.99 < found.value <= 0.9999
    assert (found.checked, found.wrong) == (2000, 0)  # what passes again further down is not looked at


def test_an_early_failure_ends_it() -> None:
    found = threshold_of(made((2000, 0.9999, 40), (50_000, 0.99, 0)), 0.005)
    assert found.value == NOT_PROVEN
    assert not found.proven
    assert found.needed == more_checks(made((2000, 0.9999, 40), (50_000, 0.99, 0)), 0.005) >= 1


def test_too_few_checks_prove_nothing_and_say_how_many_more_would() -> None:
    assert threshold_of(Curve(), 0.005) == Threshold(needed=460)
    assert threshold_of(made((400, 0.9999, 0)), 0.005).needed == 60
    assert threshold_of(made((400, 0.9999, 0)) + made((60, 0.9999, 0)), 0.005).proven


def test_a_field_of_a_poor_chance_is_not_accepted_for_the_good_company_it_is_in() -> None:
    assert threshold_of(made((100_000, 0.9999, 0), (3, 0.5, 0)), 0.005).value >= 0.96
    assert {GRID[i] for i in candidates(0.02)} == {step for step in GRID if step >= 0.84}


def test_thresholds_hold_as_often_as_they_say() -> None:
    """Where the true error at each probability is known, the chosen threshold is too low in 10 % at most."""
    rng = np.random.default_rng(41)
    steps = np.array([GRID[i] for i in candidates(0.005)])
    true = 1.6 * (1.0 - steps)  # probabilities that promise too much
    broken = 0
    for _ in range(400):
        counts = rng.integers(100, 400, len(steps))
        wrong = rng.binomial(counts, true)
        curve = Curve(tuple(np.cumsum(counts).tolist()), tuple(np.cumsum(wrong).tolist()))
        padded = Curve(
            (*curve.checked, *(curve.checked[-1:] * (len(GRID) - len(steps)))),
            (*curve.wrong, *(curve.wrong[-1:] * (len(GRID) - len(steps)))),
        )
        found = threshold_of(padded, 0.005)
        if found.proven:
            accepted = steps >= found.value
            broken += float((counts * true)[accepted].sum() / counts[accepted].sum()) > 0.005
    assert 0 < broken <= 48


def test_a_sequential_test_says_met_broken_or_nothing_yet() -> None:
    assert sequential(0, 0, 0.005) is Verdict.OPEN
    assert sequential(0, 556, 0.005) is Verdict.OPEN
    assert sequential(0, 557, 0.005) is Verdict.MET
    assert sequential(4, 100, 0.005) is Verdict.BROKEN
    assert sequential(10, 10, 0.4) is Verdict.BROKEN


@pytest.mark.parametrize(("rate", "lie"), [(0.02, Verdict.MET), (0.02, Verdict.BROKEN)])
def test_looking_after_each_check_lies_in_one_run_of_ten_at_most(rate: float, lie: Verdict) -> None:
    """At the very target neither answer is true; both together are as rare as each may be."""
    rng = np.random.default_rng(7)
    lies = 0
    for _ in range(200):
        wrong = 0
        for checked in range(1, 1500):
            wrong += bool(rng.random() < rate)
            verdict = sequential(wrong, checked, rate)
            if verdict is not Verdict.OPEN:
                lies += verdict is lie
                break
    assert lies <= 26


@pytest.mark.parametrize(
    "curve",
    [
        Curve(),
        made((300, 0.9999, 0)),
        made((2000, 0.9999, 40), (50_000, 0.99, 0)),  # bad luck among the surest, none below
        made((100, 0.9999, 1), (3_000, 0.998, 20)),
    ],
)
def test_so_many_more_checks_prove_it_and_one_less_does_not(curve: Curve) -> None:
    needed = threshold_of(curve, 0.005).needed

    def after(more: int) -> Curve:
        return Curve(tuple(count + more for count in curve.checked), curve.wrong)

    assert not threshold_of(after(needed - 1), 0.005).proven
    assert threshold_of(after(needed), 0.005).proven
