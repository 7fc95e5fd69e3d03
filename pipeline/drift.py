"""Whether readings are worse than their probabilities say: another hand, another scanner, another paper.

Probabilities are right on average for the pages that they were fitted on. Where checks find more errors than
the probabilities of the checked fields foretold, they are right no more, and what follows from them is to be
looked at more often.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

SURE: Final = 0.99
"""How sure it must be: of a hundred books without drift one is called drifting."""
BETS: Final = (2.0, 4.0, 8.0)
"""Odds of an error, as multiples of those foretold, that the test bets on."""
LEAST_CHANCE: Final = 0.0005
"""No field counts as surer to be right than one error in so many: a single surprise proves nothing."""


@dataclass(frozen=True, slots=True)
class Drift:
    """What checks say of the probabilities of some fields. ``expected`` errors were foretold among them."""

    checked: int = 0
    wrong: int = 0
    expected: float = 0.0
    found: bool = False


def drift_of(checks: Iterable[tuple[float, bool]]) -> Drift:
    """Whether checked fields were wrong more often than their probabilities say.

    The test bets that the odds of an error are some multiple of those foretold, and wins by each error more
    than it loses by each field that was right. Its winnings stay under ``1 / (1 - SURE)`` with a probability
    of ``SURE`` at least, however often one looks, while the probabilities hold (Ville, 1939), so it may be
    looked at after each check.

    Args:
        checks: probability of being right, and whether it was, in the order of the checks.
    """
    logs = [0.0] * len(BETS)
    checked = wrong = 0
    expected, found = 0.0, False
    for probability, right in checks:
        chance = min(1.0 - LEAST_CHANCE, max(LEAST_CHANCE, 1.0 - probability))
        checked += 1
        wrong += not right
        expected += chance
        for place, bet in enumerate(BETS):
            logs[place] += (0.0 if right else math.log(bet)) - math.log1p((bet - 1.0) * chance)
        highest = max(logs)
        mean = highest + math.log(sum(math.exp(log - highest) for log in logs) / len(logs))
        found = found or mean >= -math.log(1.0 - SURE)
    return Drift(checked, wrong, expected, found)
