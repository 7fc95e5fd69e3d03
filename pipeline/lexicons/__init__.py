"""Lists of what registers hold, as data files: names, places, ethnic groups, titles, numbers in words.

The files are tab-separated with a header line, one entry a line; ``SOURCES.md`` says where each comes from.
A word that is in no list keeps a floor of probability in ``prior``: lists re-score, they never replace.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Final

from pipeline.lexicons.places import District, Place, Province, consistent, find_places, places
from pipeline.lexicons.tables import CHOICE_LISTS, Choice, choices, rows
from pipeline.text import text_key

__all__ = [
    "CHOICE_LISTS",
    "PLACE_LISTS",
    "WORD_LISTS",
    "Choice",
    "District",
    "Place",
    "Province",
    "choices",
    "consistent",
    "find_places",
    "load",
    "places",
    "prior",
]

WORD_LISTS: Final = (
    "surnames",
    "middle_names",
    "given_names",
    "institutions",
    "occupations",
    "death_causes",
    "number_words",
)
PLACE_LISTS: Final = ("provinces", "districts", "communes", "place_names")

# What falls outside of a list shares this much, over about as many syllables as the language has.
UNLISTED_SHARE: Final = 0.03
POSSIBLE_WORDS: Final = 17_000


@cache
def _counts(name: str) -> dict[str, int]:
    """Every spelling of a list with its count."""
    if name in CHOICE_LISTS:
        spelt: dict[str, int] = {}
        for choice in choices(name):
            spelt[choice.value] = max(choice.count, spelt.get(choice.value, 0))
            for variant in choice.variants:
                spelt.setdefault(variant, max(1, choice.count // 10))
        return spelt
    if name in PLACE_LISTS:
        return _place_counts(name)
    if name in WORD_LISTS:
        return {word: int(count) for word, count in rows(name)}
    raise KeyError(name)


def _place_counts(name: str) -> dict[str, int]:
    """Names of places, with the unit word and without it, by how many units bear them."""
    levels = {"provinces": ("province",), "districts": ("district",), "communes": ("commune",)}
    counts: dict[str, int] = {}
    for place in _every_place():
        if place.level in levels.get(name, ("province", "district", "commune")):
            for spelling in (place.text, place.name):
                counts[spelling] = counts.get(spelling, 0) + 1
    return counts


def _every_place() -> list[Place]:
    everything: list[Place] = []
    for province in places():
        everything.append(province.place)
        for district in province.districts:
            everything.extend((district.place, *district.communes))
    return [place for place in everything if place.text]


@cache
def load(name: str) -> tuple[str, ...]:
    """The spellings of a list, the most common first.

    ``name`` is one of ``WORD_LISTS``, ``CHOICE_LISTS`` (all their variants) and ``PLACE_LISTS``.

    Raises:
        KeyError: for another name.
    """
    counts = _counts(name)
    return tuple(sorted(counts, key=lambda word: (-counts[word], word)))


@cache
def _log_priors(name: str) -> dict[str, float]:
    counts = _counts(name)
    keyed: dict[str, int] = {}
    for word, count in counts.items():
        key = text_key(word, casefold=True)
        keyed[key] = keyed.get(key, 0) + count
    total = math.log(sum(keyed.values())) - math.log1p(-UNLISTED_SHARE)
    return {key: math.log(count) - total for key, count in keyed.items()}


def prior(name: str, word: str) -> float:
    """Natural log-probability of a word or phrase in a list, in any case of letters and tone placement.

    What is not listed gets the floor: the share of unlisted words over as many as there may be, or half of
    the rarest listed word where that is less.

    Raises:
        KeyError: for a name of no list.
    """
    priors = _log_priors(name)
    found = priors.get(text_key(word, casefold=True))
    return _floor(name) if found is None else found


@cache
def _floor(name: str) -> float:
    return min(math.log(UNLISTED_SHARE / POSSIBLE_WORDS), min(_log_priors(name).values()) - math.log(2))
