"""Where a wording stands in a line that was read: keyword spotting in CTC output.

The recogniser reads print and the writing beside it alike, so it finds a printed label in a whole line of
both, where the engine for print, which looks for one height of letters, reads neither. How sure that is says
how much worse the wording explains its frames than the best that may stand there does (a filler model, as in
Weintraub, 1993: Keyword-spotting using SRI's DECIPHER large-vocabulary speech-recognition system).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline.recognise.ctc import BLANK
from pipeline.text import fold

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FLOOR: Final = -12.0
"""Log-probability that a letter has at the least: one frame that is far off is no proof."""
_MARK: Final = -2.0
"""What a letter without its marks costs: "Nam" is no "năm", but print is pale at times."""
_WAIT: Final = -0.05
"""What a frame between two letters costs: between those of a word stand two or three."""
_APART: Final = 6
"""Blank frames that end a word as a space does."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A wording in a line: the frames of its first and last letter, and its score.

    ``score`` is the mean of its letters' natural log-likelihood ratio against the best that may stand there:
    0 where nothing explains the frames better, less where something does.
    """

    first: int
    last: int
    score: float


class SpottedLine:
    """A line that was read, in which wordings are looked for one after another."""

    def __init__(self, log_probabilities: NDArray[np.float32], charset: str) -> None:
        """Take a line.

        Args:
            log_probabilities: float32 (frames, classes) of one line, class 0 the blank.
            charset: character of class k at k - 1.
        """
        self._classes, folded = _classes(charset)
        self._matrix = log_probabilities
        self._kinds = {kind: self._likely(group) for kind, group in folded.items()}
        self._best = np.maximum.reduce(list(self._kinds.values()))
        self._begins, self._ends = _bounds(log_probabilities, charset)

    def _likely(self, group: list[int]) -> NDArray[np.float64]:
        return np.asarray(np.logaddexp.reduce(self._matrix[:, group], axis=1), np.float64)

    def spot(self, wording: str) -> Spot | None:
        """The place where a wording stands best, as whole words; None where it cannot stand in the line.

        Args:
            wording: what to look for; spaces, stops and case do not count.
        """
        letters = [letter for letter in wording.casefold() if fold(letter)]
        if not letters or any(fold(letter) not in self._kinds for letter in letters):
            return None
        states = [letters[0], *(state for _, letter in pairwise(letters) for state in ("", letter))]
        lost = {state: self._lost(state) for state in {*states}}
        emitted = np.stack([lost[state] for state in states], axis=1)
        skips = [i > 1 and i % 2 == 0 and states[i] != states[i - 2] for i in range(len(states))]
        barred = np.where(skips, 0.0, -np.inf)
        # Two states before the first that nothing reaches: what comes from there is never the best.
        value, start = np.full(len(states) + 2, -np.inf), np.zeros(len(states) + 2, np.int64)
        places = np.arange(len(states)) + 2
        came = np.empty((3, len(states)))
        best: Spot | None = None
        for frame, row in enumerate(emitted):
            came[0], came[1], came[2] = value[2:], value[1:-1], value[:-2] + barred
            steps = came.argmax(axis=0)
            start[2:] = start[places - steps]
            value[2:] = came.max(axis=0) + row
            if self._begins[frame] and row[0] > value[2]:
                value[2], start[2] = row[0], frame
            score = value[-1] / len(letters)
            if self._ends[frame] and score > (best.score if best is not None else -np.inf):
                best = Spot(int(start[-1]), frame, float(score))
        return best

    def _lost(self, letter: str) -> NDArray[np.float64]:
        """How much worse than the best a letter, or "" for none, explains each frame: 0 or less."""
        found = self._kinds[fold(letter)] + (_MARK if letter else _WAIT)
        if letter in self._classes:
            found = np.maximum(found, self._likely(self._classes[letter]))
        return np.asarray(np.maximum(found - self._best, _FLOOR))


def _bounds(log_probabilities: NDArray[np.float32], charset: str) -> tuple[list[bool], list[bool]]:
    """For each frame whether a word may begin there, and whether one may end there, by the best path."""
    path = log_probabilities.argmax(axis=1).tolist()
    letter = [k != BLANK and bool(fold(charset[k - 1])) for k in path]

    def free(frames: range) -> list[bool]:
        found, word, blanks = [True] * len(path), False, 0
        for before, frame in pairwise(frames):
            if path[before] == BLANK:
                blanks += 1
            elif not (letter[before] and path[before] == path[frame]):
                word, blanks = letter[before], 0
            found[frame] = not word or blanks >= _APART
        return found

    frames = range(len(path))
    return free(frames), free(frames[::-1])


@lru_cache(maxsize=4)
def _classes(charset: str) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
    """Classes by their letter without case, and without marks too; "" holds what is no letter."""
    classes: dict[str, list[int]] = {}
    folded: dict[str, list[int]] = {"": [BLANK]}
    for number, character in enumerate(charset, 1):
        classes.setdefault(character.casefold(), []).append(number)
        folded.setdefault(fold(character), []).append(number)
    return classes, folded
