"""Texts that were not read freely but may well stand there, put beside those that were, on one scale.

Closed lists, fixed words around numbers, what the engine for print read, and addresses of real units. Each is
scored by the recogniser's own likelihood with a prior added, so that what is clearly written keeps its lead.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz, process

from pipeline.fields.choice import LISTS
from pipeline.lexicons import load, prior
from pipeline.lexicons.addresses import WORD, near_addresses
from pipeline.recognise import ctc
from pipeline.recognise.templates import BONUS, WITH_LETTERS, known_forms
from pipeline.text import joined_key, without_marks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from pipeline.elements import FieldKind

    Scores = dict[str, float]

LIST_PRIOR: Final = 0.4
"""Weight of a list's log-prior beside the recogniser's log-likelihood."""
NEAREST: Final = 24
"""Entries of a list that are scored: those nearest to what was read freely."""
PRINT_TRUST: Final = 5.0
"""Nats that a reading of print gains at full confidence; none at ``PRINT_FLOOR``."""
PRINT_FLOOR: Final = 70.0
TYPED_TRUST: Final = 8.0
TYPED_FLOOR: Final = 50.0
"""The same on a typed page where that engine read other letters: it was made for such. For marks it is no
better than the recogniser, which dots under vowels mislead less; and figures are never exchanged."""
KNOWN_UNIT: Final = {"province": 4.0, "district": 4.0, "commune": 2.5}
"""Nats by which a real unit inside the next is likelier than any other word there.

Less for communes, whose lists lack older ones: of 202 lines of real addresses 2.5 mends 14 that were wrong;
were those communes in no list, it would spoil 15 (docs/reading.md).
"""
SAID_BEFORE: Final = 4.0
"""Nats by which a text is likelier that other pages of the book have in the same place, like who signs."""
FOLLOWED: Final = 3
"""Texts whose neighbours among the known addresses are looked at."""


def weigh_list(
    kind: FieldKind, read: Sequence[str], matrix: NDArray[np.float32], charset: str, scores: Scores
) -> None:
    """Put the entries of a closed list beside what was read freely, all on the list's own scale.

    What stands in no list has the floor of its prior, so that it wins only where it is much likelier.
    """
    entries = load(LISTS[kind])
    if not read or not read[0]:
        return
    near = process.extract(
        read[0].casefold(), [entry.casefold() for entry in entries], scorer=fuzz.ratio, limit=NEAREST
    )
    texts = list(dict.fromkeys([*(entries[i] for _, _, i in near), *read]))
    scores.clear()
    for text, likelihood in _likely(texts, matrix, charset):
        scores[text] = likelihood + LIST_PRIOR * prior(LISTS[kind], text)
    if not scores:
        scores[""] = 0.0


def weigh_known_forms(kind: FieldKind, matrix: NDArray[np.float32], charset: str, scores: Scores) -> None:
    """Put texts with the fixed words of their kind beside those read, a little before them."""
    # Capitals may stand in any of the texts, and all of them gain alike; the first tell a paper or a volume.
    texts = [*scores] if kind in WITH_LETTERS else [*scores][:3]
    known = list(dict.fromkeys(form for text in texts for form in known_forms(kind, text)))
    for form, likelihood in _likely(known, matrix, charset):
        scores[form] = scores.get(form, likelihood) + BONUS


def weigh_printed(
    text: str,
    confidence: float,
    weigh: Callable[[str], float],
    matrix: NDArray[np.float32],
    charset: str,
    scores: Scores,
    *,
    typed: bool = False,
) -> None:
    """Put what the engine for print read beside the rest, the better the surer (0 to 100) that engine was.

    On handwriting its texts are so unlikely under the recogniser that no confidence saves them. ``weigh``
    gives a text's weighted prior. ``typed``: the page is typed.
    """
    best = max(scores, key=lambda other: scores[other], default="")
    more = typed and _in_letters_alone(text, best)
    most, floor = (TYPED_TRUST, TYPED_FLOOR) if more else (PRINT_TRUST, PRINT_FLOOR)
    bonus = most * min(1.0, max(0.0, (confidence - floor) / (100.0 - floor)))
    for form, likelihood in _likely([text] if text else [], matrix, charset):
        scores[form] = scores.get(form, likelihood + weigh(form)) + bonus


def _in_letters_alone(text: str, other: str) -> bool:
    """Whether two texts differ in letters, marks aside, while all their figures are the same."""
    a, b = (joined_key(without_marks(one)) for one in (text, other))
    return a != b and [c for c in a if c.isdigit()] == [c for c in b if c.isdigit()]


def weigh_said(
    said: Sequence[str],
    weigh: Callable[[str], float],
    matrix: NDArray[np.float32],
    charset: str,
    scores: Scores,
) -> None:
    """Put what the book's other pages say in this place beside what was read, a little before it."""
    for form, likelihood in _likely(said, matrix, charset):
        scores[form] = scores.get(form, likelihood + weigh(form)) + SAID_BEFORE


def weigh_addresses(
    pieces: Mapping[str, Sequence[str]],
    lines: Sequence[NDArray[np.float32]],
    charset: str,
    weigh: Callable[[str], float],
    scores: Scores,
) -> frozenset[str]:
    """Put addresses of real units beside those read, and all such addresses before the rest.

    Args:
        pieces: the lines that each text in ``scores`` is made of.
        lines: log-probabilities (frames, classes) of each line.
        charset: character of class k at k - 1.
        weigh: a text's weighted prior.
        scores: texts with their scores, the best first; changed in place.

    Returns:
        The levels (province, district, commune) at which the best text is now a known address.
    """
    known: dict[str, frozenset[str]] = {}
    for text in list(scores)[:FOLLOWED]:
        near = near_addresses(text)
        known |= {address.text: address.levels for address in near if address.text in scores}
        if len(known.get(text, ())) == len(KNOWN_UNIT):
            break  # whatever is near is no likelier than what was read, and gains no more
        new = {
            address.text: _as_lines(address.text, pieces[text])
            for address in near
            if address.text not in scores
        }
        known |= {address.text: address.levels for address in near}
        for form, gained in _gains(new, pieces[text], lines, charset, weigh):
            scores[form] = scores[text] + gained
    for text, levels in known.items():
        if text in scores:
            scores[text] += sum(KNOWN_UNIT[level] for level in levels)
    best = max(scores, key=lambda text: scores[text])
    return known.get(best, frozenset())


def _gains(
    new: Mapping[str, Sequence[str]],
    old: Sequence[str],
    lines: Sequence[NDArray[np.float32]],
    charset: str,
    weigh: Callable[[str], float],
) -> list[tuple[str, float]]:
    """By how much each new text is likelier than the old one, line by line where they differ."""
    gained = dict.fromkeys(new, 0.0)
    for i, matrix in enumerate(lines):
        changed = list(dict.fromkeys(form[i] for form in new.values() if form[i] != old[i]))
        if not changed:
            continue
        likely = ctc.log_likelihoods(matrix, [old[i], *changed], charset).tolist()
        base = likely[0] + weigh(old[i])
        gain = {form: at + weigh(form) - base for form, at in zip(changed, likely[1:], strict=True)}
        for text, form in new.items():
            gained[text] += gain.get(form[i], 0.0)
    return [(text, gain) for text, gain in gained.items() if math.isfinite(gain)]


def _as_lines(text: str, lines: Sequence[str]) -> list[str]:
    """A text of as many words as the lines have, parted where they are parted."""
    starts = [found.start() for found in WORD.finditer(text)]
    cuts, words = [], 0
    for line in lines[:-1]:
        words += len(WORD.findall(line))
        cuts.append(starts[words] if words < len(starts) else len(text))
    bounds = [0, *cuts, len(text)]
    return [text[start:stop].strip() for start, stop in pairwise(bounds)]


def _likely(texts: Sequence[str], matrix: NDArray[np.float32], charset: str) -> list[tuple[str, float]]:
    """The texts that the frames allow, each with its log-likelihood."""
    likelihoods = ctc.log_likelihoods(matrix, texts, charset).tolist()
    return [(text, at) for text, at in zip(texts, likelihoods, strict=True) if math.isfinite(at)]
