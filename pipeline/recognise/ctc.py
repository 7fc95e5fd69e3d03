"""Decoding of CTC output: best path, prefix beam search with a language prior, likelihoods of given texts.

Everything works on ``log_probabilities``: float32 (frames, classes), natural log, class 0 the CTC blank and
class k the character ``charset[k - 1]`` (Graves et al., 2006: Connectionist Temporal Classification).
The prefix search follows Hannun et al., 2014 (First-Pass Large Vocabulary Continuous Speech Recognition using
Bi-Directional Recurrent DNNs), in plain probabilities with a running scale, which is what keeps it cheap.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

BLANK: Final = 0
NEGLIGIBLE: Final = math.log(1e-4)
"""A character under this probability in a frame is not worth a branch of the beam."""
SURE_BLANK: Final = math.log(0.9995)
"""Frames blank beyond this only close the current character."""
RESCALED: Final = 4
"""Frames after which forward probabilities are scaled anew: what so few leave of them float64 holds."""


class LanguagePrior(Protocol):
    """How likely a character is after a text, as a natural log."""

    def log_probability(self, text: str, character: str) -> float:
        """Log-probability of ``character`` after ``text`` (its own last characters count)."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A text with its log-probability under the recogniser alone, and under the prior alone."""

    text: str
    recogniser: float
    prior: float

    def score(self, weight: float) -> float:
        """What the search ranks by."""
        return self.recogniser + weight * self.prior


def greedy(log_probabilities: NDArray[np.float32], charset: str) -> str:
    """Text of the best path: repeats merged, blanks dropped, outer spaces stripped."""
    classes = log_probabilities.argmax(axis=1)
    kept = classes[np.flatnonzero(np.diff(classes, prepend=BLANK))]
    return "".join(charset[k - 1] for k in kept if k != BLANK).strip()


def path_confidence(log_probabilities: NDArray[np.float32]) -> tuple[float, float]:
    """Mean and minimum over the frames of the best path's log-probability."""
    if not len(log_probabilities):
        return 0.0, 0.0
    best = log_probabilities.max(axis=1)
    return float(best.mean()), float(best.min())


def _branches(log_probabilities: NDArray[np.float32], charset: str) -> list[list[tuple[str, float]]]:
    """For each frame that matters, its characters ("" for blank) and probabilities, the likeliest first.

    Runs of frames that are surely blank are folded into one, which is exact but for their last 0.05 %.
    """
    frames: list[list[tuple[str, float]]] = []
    blank_before = False
    rows, columns = np.nonzero(log_probabilities > NEGLIGIBLE)
    probabilities = np.exp(log_probabilities[rows, columns])
    starts = np.searchsorted(rows, np.arange(len(log_probabilities) + 1))
    sure = log_probabilities[:, BLANK] > SURE_BLANK
    for frame in range(len(log_probabilities)):
        if sure[frame]:
            if not blank_before:
                frames.append([("", 1.0)])
            blank_before = True
            continue
        blank_before = False
        span = slice(starts[frame], starts[frame + 1])
        frames.append(
            [
                ("" if k == BLANK else charset[k - 1], float(p))
                for k, p in zip(columns[span].tolist(), probabilities[span].tolist(), strict=True)
            ]
        )
    return frames


def beam_search(
    log_probabilities: NDArray[np.float32],
    charset: str,
    *,
    width: int = 10,
    prior: LanguagePrior | None = None,
    weight: float = 0.0,
) -> list[Hypothesis]:
    """The likeliest texts, best first by ``recogniser + weight * prior``.

    Args:
        log_probabilities: (frames, classes) of one line.
        charset: character of class k at k - 1.
        width: hypotheses kept after each frame.
        prior: language prior by character; None searches the recogniser's own n best.
        weight: share of the prior's log-probability in the rank; 0.1 to 0.3 helped, more does harm.
    """
    # text -> [ends in blank, ends in its last character, prior's log, its weighted factor]
    beam: dict[str, list[float]] = {"": [1.0, 0.0, 0.0, 1.0]}
    scale = 0.0
    for frame in _branches(log_probabilities, charset):
        grown: dict[str, list[float]] = {}
        for text, (p_blank, p_label, prior_log, factor) in beam.items():
            total = p_blank + p_label
            last = text[-1:]
            for character, probability in frame:
                if not character:
                    entry = grown.get(text)
                    if entry is None:
                        grown[text] = [total * probability, 0.0, prior_log, factor]
                    else:
                        entry[0] += total * probability
                    continue
                if character == last:
                    entry = grown.get(text)
                    if entry is None:
                        grown[text] = [0.0, p_label * probability, prior_log, factor]
                    else:
                        entry[1] += p_label * probability
                    gained = p_blank * probability
                else:
                    gained = total * probability
                if gained <= 0.0:
                    continue
                longer = text + character
                entry = grown.get(longer)
                if entry is not None:
                    entry[1] += gained
                elif prior is None:
                    grown[longer] = [0.0, gained, 0.0, 1.0]
                else:
                    log = prior_log + prior.log_probability(text, character)
                    grown[longer] = [0.0, gained, log, math.exp(weight * log)]
        kept = sorted(grown.items(), key=lambda item: (item[1][0] + item[1][1]) * item[1][3], reverse=True)
        best = kept[0][1]
        norm = best[0] + best[1]
        if norm <= 0.0:
            break
        scale += math.log(norm)
        beam = {
            text: [p_blank / norm, p_label / norm, prior_log, factor]
            for text, (p_blank, p_label, prior_log, factor) in kept[:width]
        }
    merged: dict[str, Hypothesis] = {}
    for text, (p_blank, p_label, prior_log, _) in beam.items():
        total = p_blank + p_label
        if total <= 0.0:
            continue
        clean = " ".join(text.split())
        found = Hypothesis(clean, math.log(total) + scale, prior_log)
        known = merged.get(clean)
        if known is None or found.recogniser > known.recogniser:
            merged[clean] = found
    return sorted(merged.values(), key=lambda item: (-item.score(weight), item.text))


def log_likelihoods(
    log_probabilities: NDArray[np.float32], texts: Sequence[str], charset: str
) -> NDArray[np.float64]:
    """Log-probability of each text under the recogniser, over all its alignments (the CTC forward pass).

    Args:
        log_probabilities: (frames, classes) of one line.
        texts: what might stand there. A text with a character outside the charset, or longer than the
            frames allow, gets -inf.
        charset: character of class k at k - 1.

    Returns:
        float64 (len(texts),), natural log.
    """
    result = np.full(len(texts), -np.inf)
    index = {character: k + 1 for k, character in enumerate(charset)}
    usable = [i for i, text in enumerate(texts) if all(c in index for c in text)]
    if not len(log_probabilities):  # no frame says nothing, and that for certain
        return np.array([-np.inf if text else 0.0 for text in texts])
    if not usable:
        return result
    labels = [[index[c] for c in texts[i]] for i in usable]
    longest = max(len(row) for row in labels)
    states = 2 * longest + 1
    extended = np.zeros((len(usable), states), np.int64)
    for row, codes in enumerate(labels):
        extended[row, 1 : 2 * len(codes) : 2] = codes
    may_skip = np.zeros(extended.shape)
    may_skip[:, 2:] = (extended[:, 2:] != BLANK) & (extended[:, 2:] != extended[:, :-2])
    # Every second frame of a long line is surely blank; one of a run says as much as all of them.
    sure = log_probabilities[:, BLANK] > SURE_BLANK
    frames = log_probabilities[~(sure & np.r_[False, sure[:-1]])]
    emitted = np.exp(frames.astype(np.float64))[:, extended]
    alpha = np.zeros(extended.shape)
    alpha[:, :2] = emitted[0, :, :2]
    scale = np.zeros(len(usable))
    for number, frame in enumerate(emitted[1:], 1):
        reached = alpha.copy()
        reached[:, 1:] += alpha[:, :-1]
        reached[:, 2:] += alpha[:, :-2] * may_skip[:, 2:]
        reached *= frame
        alpha = reached
        if number % RESCALED == 0:
            norm = alpha.max(axis=1)
            norm[norm <= 0.0] = 1.0
            alpha /= norm[:, None]
            scale += np.log(norm)
    ends = np.array([2 * len(codes) for codes in labels])
    rows = np.arange(len(usable))
    total = alpha[rows, ends] + np.where(ends > 0, alpha[rows, np.maximum(ends - 1, 0)], 0.0)
    with np.errstate(divide="ignore"):
        result[usable] = np.log(total) + scale
    return result
