"""A date in figures and the same date in words: each corrects the other before either is believed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from pipeline.fields.date import parse_date
from pipeline.fields.date_words import closest_date_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.elements import Candidate, Reading
    from pipeline.fields.date_value import DateValue

LETTER: Final = 1.6
"""Nats that each letter costs which the words would have to be misread in."""
NO_WORSE: Final = 9.0
"""A pair that agrees must not be further than this from the best texts taken alone."""


@dataclass(frozen=True, slots=True)
class _Possible:
    date: DateValue
    candidate: Candidate
    cost: float


def reconcile(figures: Reading, words: Reading) -> tuple[Reading, Reading, float]:
    """Choose the candidates of both texts that mean the same date, where there are such.

    Args:
        figures: reading of the date in figures.
        words: reading of the date in words.

    Returns:
        Both readings, the chosen candidates first, and 1.0 where they agree, -1.0 where they speak of
        different dates, 0.0 where one of them says no certain date.
    """
    first, second = _dates(figures.candidates, words=False), _dates(words.candidates, words=True)
    if not first or not second:
        return figures, words, 0.0
    pairs = [
        (a.cost + b.cost, i, j)
        for i, a in enumerate(first)
        for j, b in enumerate(second)
        if a.date.same_parts(b.date)
    ]
    alone = min(a.cost for a in first) + min(b.cost for b in second)
    if not pairs or min(pairs)[0] > alone + NO_WORSE:
        return figures, words, -1.0
    _, i, j = min(pairs)
    return _led_by(figures, first[i].candidate), _led_by(words, second[j].candidate), 1.0


def _dates(candidates: Sequence[Candidate], *, words: bool) -> list[_Possible]:
    found = []
    for candidate in candidates:
        value = parse_date(candidate.text)
        if value.certain and value.day and value.month and value.year:
            found.append(_Possible(value, candidate, -candidate.log_probability))
        elif words:
            found += [
                _Possible(match.value, candidate, LETTER * match.distance - candidate.log_probability)
                for match in closest_date_words(candidate.text)
                if match.value.day and match.value.month
            ]
    return found


def _led_by(reading: Reading, chosen: Candidate) -> Reading:
    others = tuple(c for c in reading.candidates if c.text != chosen.text)
    return replace(reading, text=chosen.text, candidates=(chosen, *others))
