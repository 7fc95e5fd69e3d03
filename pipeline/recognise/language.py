"""A prior over Vietnamese texts by their characters: n-grams with Witten-Bell smoothing.

One model for each kind of text that registers hold: names, places, dates in words, anything. The files are
made by ``python -m training.language`` from ``pipeline/lexicons``. Letters are folded in case, because a
clerk writes Nguyễn, nguyễn or NGUYỄN, and every figure counts as one and the same, because the prior must
never prefer one number to another.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

DATA: Final = Path(__file__).parent / "data"
ORDER: Final = 6
BITS: Final = 8
"""Bits that hold one character in the key of an n-gram."""
REMEMBERED: Final = 400_000
"""Answers kept: the same endings come back all the time."""
START: Final = 1
OTHER: Final = 2
FIGURE: Final = 3
_SET: Final = (
    " aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệfghiìíỉĩịjklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvwxyỳýỷỹỵzčñĭŏ"
    "'-,./()&:;\""
)
_CODES: Final = {character: code for code, character in enumerate(_SET, start=FIGURE + 1)}
ALPHABET: Final = len(_SET) + 3


def code_of(character: str) -> int:
    """The number that a character counts as, 1 to 255."""
    if character.isdigit():
        return FIGURE
    return _CODES.get(character.casefold(), OTHER)


@dataclass(frozen=True, eq=False)
class NgramModel:
    """Log-probabilities of the n-grams seen, and of what each context seen leaves to shorter ones.

    Keys hold up to ``ORDER`` codes, the oldest in the highest bits; codes are never 0, so lengths differ.
    """

    keys: array[int]
    values: array[float]
    contexts: array[int]
    backoffs: array[float]
    memory: dict[str, float] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> NgramModel:
        """Read a model written by ``training.language``.

        Raises:
            FileNotFoundError: when it is not there.
        """
        with np.load(path, allow_pickle=False) as data:
            return cls(
                array("Q", data["keys"].astype(np.uint64).tobytes()),
                array("f", data["values"].astype(np.float32).tobytes()),
                array("Q", data["contexts"].astype(np.uint64).tobytes()),
                array("f", data["backoffs"].astype(np.float32).tobytes()),
            )

    def log_probability(self, text: str, character: str) -> float:
        """Natural log-probability of a character after a text."""
        ending = text[1 - ORDER :] + character
        known = self.memory.get(ending)
        if known is not None:
            return known
        context = START if len(text) < ORDER - 1 else 0
        for before in ending[:-1]:
            context = context << BITS | code_of(before)
        if len(self.memory) > REMEMBERED:  # bounded: a worker reads pages for weeks
            self.memory.clear()
        found = self.memory[ending] = self._lookup(context, code_of(character))
        return found

    def score(self, text: str) -> float:
        """Natural log-probability of a whole text."""
        return sum(self.log_probability(text[:i], text[i]) for i in range(len(text)))

    def _lookup(self, context: int, code: int) -> float:
        key = context << BITS | code
        place = bisect_left(self.keys, key)
        if place < len(self.keys) and self.keys[place] == key:
            result = self.values[place]
        elif context == 0:  # a letter never seen has its share of what the seen ones leave
            result = -math.log(ALPHABET) + (
                self.backoffs[0] if self.contexts and not self.contexts[0] else 0.0
            )
        else:
            shorter = context & ((1 << BITS * (_length(context) - 1)) - 1)
            result = self._lookup(shorter, code)
            place = bisect_left(self.contexts, context)
            if place < len(self.contexts) and self.contexts[place] == context:
                result += self.backoffs[place]
        return result


def _length(key: int) -> int:
    return (key.bit_length() + BITS - 1) // BITS


@cache
def language(name: str) -> NgramModel:
    """The model of one kind of text: "name", "place", "words" or "text"."""
    return NgramModel.read(DATA / f"language-{name}.npz")
