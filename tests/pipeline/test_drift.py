"""Readings that are worse than their probabilities say are found out; good ones seldom are accused."""

from __future__ import annotations

import random

import pytest

from pipeline.drift import drift_of


def campaign(chance: random.Random, fields: int, odds: float) -> list[tuple[float, bool]]:
    """Checked fields whose odds of an error are a multiple of those that their probabilities say."""
    checks = []
    for _ in range(fields):
        error = 10.0 ** -chance.uniform(0.5, 3.0)
        true = odds * error / (1.0 + (odds - 1.0) * error)
        checks.append((1.0 - error, chance.random() >= true))
    return checks


def found(odds: float, fields: int, runs: int = 200) -> int:
    chance = random.Random(20261123)
    return sum(drift_of(campaign(chance, fields, odds)).found for _ in range(runs))


def test_calibrated_readings_are_seldom_accused_however_often_one_looks() -> None:
    assert found(1.0, 1_000) <= 4  # of 200; one in a hundred is allowed for


def test_readings_better_than_they_say_are_not_accused() -> None:
    assert found(0.5, 1_000) == 0


@pytest.mark.parametrize(("odds", "fields", "least"), [(8.0, 100, 160), (4.0, 200, 150), (2.0, 800, 130)])
def test_a_worse_hand_is_found_out(odds: float, fields: int, least: int) -> None:
    assert found(odds, fields) >= least


def test_counts_come_along_and_nothing_proves_nothing() -> None:
    drift = drift_of([(0.9, True), (0.8, False)])
    assert (drift.checked, drift.wrong, round(drift.expected, 6), drift.found) == (2, 1, 0.3, False)
    assert drift_of([]).found is False
    assert drift_of([(1.0, False)] * 3).found is True  # sure of it, and wrong three times
