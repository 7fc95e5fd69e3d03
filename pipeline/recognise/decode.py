"""CTC log-probabilities of a field's lines -> its text, with the candidates that the evidence leaves open.

Each kind of field has its own prior: a character model for names, places and words; the lists for closed
kinds; the grammar for dates and numbers. A prior only adds to what the recogniser saw, with a small weight:
a rare name that is clearly written keeps its lead over any frequent one (the weights were chosen on rendered
lines and checked on real ones; see docs/reading.md).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
from rapidfuzz import fuzz, process

from pipeline.elements import Candidate, FieldKind, Reading
from pipeline.fields import plausible
from pipeline.fields.choice import LISTS
from pipeline.lexicons import load, prior
from pipeline.recognise import ctc
from pipeline.recognise.language import language
from pipeline.recognise.templates import BONUS, known_forms
from pipeline.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

WIDTH: Final = 10
"""Hypotheses that the beam keeps."""
OFFERED: Final = 5
"""Candidates that go on to a person: the keys 1 to 5."""
UNLIKELY: Final = 8.0
"""A candidate that many nats behind the first is nothing to offer to a person."""
UNFIT: Final = 4.0
"""What a text loses, in nats, that does not fit the grammar of its kind."""
LIST_PRIOR: Final = 0.4
"""Weight of a list's log-prior beside the recogniser's log-likelihood."""
NEAREST: Final = 24
"""Entries of a list that are scored: those nearest to what was read freely."""
PRINT_TRUST: Final = 5.0
"""Nats that a reading of print gains at full confidence; none at ``PRINT_FLOOR``."""
PRINT_FLOOR: Final = 70.0
ENGINE: Final = "recogniser"

MODELS: Final[dict[FieldKind, tuple[str, float]]] = {
    FieldKind.NAME: ("name", 0.20),
    FieldKind.PLACE: ("place", 0.22),
    FieldKind.DATE_WORDS: ("words", 0.25),
    FieldKind.TEXT: ("text", 0.20),
    FieldKind.RELATION: ("text", 0.15),
    FieldKind.OFFICE: ("text", 0.15),
    FieldKind.ETHNICITY: ("text", 0.10),
    FieldKind.NATIONALITY: ("text", 0.10),
    FieldKind.SEX: ("text", 0.10),
    FieldKind.REGISTRATION_KIND: ("text", 0.15),
}
GRAMMAR: Final = frozenset({FieldKind.DATE, FieldKind.YEAR, FieldKind.NUMBER, FieldKind.IDENTITY})


@dataclass(frozen=True, slots=True)
class LineHypotheses:
    """What one line may say, best first, each with its weighted score in nats."""

    texts: tuple[str, ...]
    scores: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Printed:
    """What the engine for print read in the same place, and its mean confidence, 0 to 100."""

    text: str
    confidence: float


def decode(
    kind: FieldKind,
    lines: Sequence[NDArray[np.float32]],
    charset: str,
    *,
    printed: Printed | None = None,
    fits: Callable[[str], float] | None = None,
) -> Reading:
    """Read a field.

    Args:
        kind: what is written there.
        lines: log-probabilities (frames, classes) of each of its lines, top to bottom.
        charset: character of class k at k - 1.
        printed: what the engine for print read there; one more candidate where it is one line.
        fits: grammar of the text, 0 to 1; the kind's own by default.

    Returns:
        The reading: candidates carry the log of their share among what was considered. Evidence, each a
        float: ``margin`` to the next candidate (nats), ``share`` of the best, ``mean`` and ``worst``
        log-probability of the best path's frames, ``lexicon`` log-prior per character, ``fits`` grammar
        0 to 1, ``lines``, ``length``.
    """
    if not lines:
        return Reading("", (), ENGINE, {})
    per_line = [_line(kind, matrix, charset, single=len(lines) == 1) for matrix in lines]
    texts, scores = _joined(per_line)
    if printed is not None and len(lines) == 1:
        _weigh_printed(kind, printed, lines[0], charset, texts, scores)
    if len(lines) == 1:
        _weigh_known_forms(kind, lines[0], charset, texts, scores)
    grammar = fits or partial(plausible, kind)
    fitness = [grammar(text) for text in texts]
    if kind in GRAMMAR or fits is not None:
        scores = [score - UNFIT * (1.0 - fit) for score, fit in zip(scores, fitness, strict=True)]
    order = sorted(range(len(texts)), key=lambda i: (-scores[i], texts[i]))
    total = _log_sum([scores[i] for i in order])
    likely = [i for i in order[:OFFERED] if i == order[0] or scores[i] - scores[order[0]] > -UNLIKELY]
    candidates = tuple(Candidate(texts[i], scores[i] - total) for i in likely)
    best = order[0]
    means, worsts = zip(*(ctc.path_confidence(matrix) for matrix in lines), strict=True)
    length = max(1, len(texts[best]))
    model, _ = MODELS.get(kind, ("text", 0.0))
    evidence = {
        "margin": scores[best] - scores[order[1]] if len(order) > 1 else 12.0,
        "share": math.exp(candidates[0].log_probability),
        "mean": float(np.mean(means)),
        "worst": min(worsts),
        "lexicon": language(model).score(texts[best]) / length if kind not in GRAMMAR else 0.0,
        "fits": fitness[best],
        "lines": float(len(lines)),
        "length": float(len(texts[best])),
    }
    return Reading(texts[best], candidates, ENGINE, evidence)


def _line(kind: FieldKind, matrix: NDArray[np.float32], charset: str, *, single: bool) -> LineHypotheses:
    name, weight = MODELS.get(kind, ("", 0.0))
    found = ctc.beam_search(
        matrix, charset, width=WIDTH, prior=language(name) if name else None, weight=weight
    )
    scores = {tidy(h.text): h.score(weight) for h in reversed(found)}
    if kind in LISTS and single:
        _weigh_list(kind, found, matrix, charset, scores)
    texts = sorted(scores, key=lambda text: -scores[text])[:WIDTH]
    return LineHypotheses(tuple(texts), tuple(scores[text] for text in texts))


def _weigh_list(
    kind: FieldKind,
    found: Sequence[ctc.Hypothesis],
    matrix: NDArray[np.float32],
    charset: str,
    scores: dict[str, float],
) -> None:
    """Put the entries of a closed list beside what was read freely, all on the list's own scale.

    What stands in no list has the floor of its prior, so that it wins only where it is much likelier.
    """
    entries = load(LISTS[kind])
    if not found or not found[0].text:
        return
    near = process.extract(
        found[0].text.casefold(), [e.casefold() for e in entries], scorer=fuzz.ratio, limit=NEAREST
    )
    texts = list(dict.fromkeys([*(entries[i] for _, _, i in near), *(tidy(h.text) for h in found)]))
    likelihoods = ctc.log_likelihoods(matrix, texts, charset)
    scores.clear()
    for text, likelihood in zip(texts, likelihoods.tolist(), strict=True):
        if math.isfinite(likelihood):
            scores[text] = likelihood + LIST_PRIOR * prior(LISTS[kind], text)
    if not scores:
        scores[""] = 0.0


def _weigh_known_forms(
    kind: FieldKind, matrix: NDArray[np.float32], charset: str, texts: list[str], scores: list[float]
) -> None:
    """Put texts with the fixed words of their kind beside those read, a little before them."""
    known = list(dict.fromkeys(form for text in texts[:3] for form in known_forms(kind, text)))
    for form, likelihood in zip(known, ctc.log_likelihoods(matrix, known, charset).tolist(), strict=True):
        if form in texts:
            scores[texts.index(form)] += BONUS
        elif math.isfinite(likelihood):
            texts.append(form)
            scores.append(likelihood + BONUS)


def _weigh_printed(
    kind: FieldKind,
    printed: Printed,
    matrix: NDArray[np.float32],
    charset: str,
    texts: list[str],
    scores: list[float],
) -> None:
    """Put what the engine for print read beside the rest, the better the surer that engine was.

    On handwriting its texts are so unlikely under the recogniser that no confidence saves them.
    """
    text = tidy(printed.text)
    if not text:
        return
    bonus = PRINT_TRUST * min(1.0, max(0.0, (printed.confidence - PRINT_FLOOR) / (100.0 - PRINT_FLOOR)))
    if text in texts:
        scores[texts.index(text)] += bonus
        return
    (likelihood,) = ctc.log_likelihoods(matrix, [text], charset).tolist()
    if not math.isfinite(likelihood):
        return
    if kind in LISTS:
        likelihood += LIST_PRIOR * prior(LISTS[kind], text)
    elif kind in MODELS:
        name, weight = MODELS[kind]
        likelihood += weight * language(name).score(text)
    texts.append(text)
    scores.append(likelihood + bonus)


def _joined(lines: Sequence[LineHypotheses]) -> tuple[list[str], list[float]]:
    """Texts over all lines of a field: the best of each line, and each line's others in turn."""
    best = [line.texts[0] for line in lines]
    base = sum(line.scores[0] for line in lines)
    joined: dict[str, float] = {join(best): base}
    for i, line in enumerate(lines):
        for text, score in zip(line.texts[1:], line.scores[1:], strict=True):
            whole = join([*best[:i], text, *best[i + 1 :]])
            joined[whole] = max(joined.get(whole, -math.inf), base - line.scores[0] + score)
    return list(joined), list(joined.values())


def join(lines: Sequence[str]) -> str:
    """Lines of one field as one text; a hyphen at a line's end goes on without a blank."""
    text = ""
    for line in lines:
        text += line if not text or text.endswith("-") else f" {line}"
    return clean_text(text)


def tidy(text: str) -> str:
    """A line without what leaders and the ends of a crop leave: marks at its ends, doubled marks."""
    clean = clean_text(text)
    clean = clean.strip(" .,;:_*") or clean
    if len(clean) > 2:
        clean = clean.rstrip(" -.,;:_*") or clean
    for mark in (",", ".", ";"):
        while mark * 2 in clean:
            clean = clean.replace(mark * 2, mark)
    return clean.replace(" ,", ",")


def _log_sum(values: Sequence[float]) -> float:
    highest = max(values)
    return highest + math.log(sum(math.exp(value - highest) for value in values))
