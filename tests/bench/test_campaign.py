"""Simulated campaigns with drift: what is accepted stays right, and the same seed gives the same campaign."""

from __future__ import annotations

from dataclasses import replace

from bench.campaign import drift_for, recorded, simulate
from pipeline.policy import TARGET


def test_at_most_one_of_twenty_campaigns_ends_above_its_target() -> None:
    pages = recorded()
    assert len(pages) > 200
    found = [simulate(pages, seed) for seed in range(1, 21)]
    assert sum(outcome.error > TARGET for outcome in found) <= 1
    assert all(outcome.accepted > 0.3 * outcome.fields for outcome in found)
    assert any(outcome.returned for outcome in found)  # some books fail, and go back
    assert len({outcome.drift for outcome in found}) == 20


def test_the_same_seed_gives_the_same_campaign() -> None:
    pages = recorded()[:60]
    first, again, other = simulate(pages, 7), simulate(pages, 7), simulate(pages, 8)
    assert first == again
    assert first != other
    assert drift_for(7) == first.drift


def test_samples_find_out_a_station_whose_probabilities_lie() -> None:
    """One field in twenty is wrong whatever its probability: a good part goes back to people."""
    pages = recorded()
    lying = [replace(p, right=tuple(r and i % 20 != 3 for i, r in enumerate(p.right))) for p in pages]
    found, usual = simulate(lying, 3), simulate(pages, 3)
    assert found.returned > 5 * usual.returned
    assert found.error < 0.05
