"""CTC log-probabilities of a field's lines -> its text, with the candidates that the evidence leaves open.

Each kind of field has its own prior: a character model for names, places and words; the lists for closed
kinds; the grammar for dates and numbers. A prior only adds to what the recogniser saw, with a small weight:
a rare name that is clearly written keeps its lead over any frequent one (the weights were chosen on rendered
lines and checked on real ones; see docs/reading.md).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline.elements import Candidate, FieldKind, Reading
from pipeline.fields import plausible
from pipeline.fields.choice import LISTS
from pipeline.lexicons import prior
from pipeline.lexicons.addresses import near_addresses
from pipeline.lexicons.places import find_places
from pipeline.recognise import ctc
from pipeline.recognise.language import language
from pipeline.recognise.rescore import (
    LIST_PRIOR,
    weigh_addresses,
    weigh_known_forms,
    weigh_list,
    weigh_printed,
    weigh_said,
)
from pipeline.text import bare_key, clean_text

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
ADDRESSES: Final = frozenset({FieldKind.PLACE, FieldKind.TEXT})
_PARTING: Final = re.compile(r"(,| -)[ .,_*]*$")
"""What parts two names of a place at the end of a line, before a leader's dots."""
GRAMMAR: Final = frozenset({FieldKind.DATE, FieldKind.YEAR, FieldKind.NUMBER, FieldKind.IDENTITY})


@dataclass(frozen=True, slots=True)
class LineHypotheses:
    """What one line may say, best first, each with its weighted score in nats."""

    texts: tuple[str, ...]
    scores: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Printed:
    """What the engine for print read in the same place, and its mean confidence, 0 to 100; so each line."""

    text: str
    confidence: float
    lines: tuple[Printed, ...] = ()


def load_priors() -> None:
    """Load the character priors, the known addresses and units, once a process (0.5 s of CPU)."""
    for name in {name for name, _ in MODELS.values()}:
        language(name)
    near_addresses("")
    find_places("")


def decode(
    kind: FieldKind,
    lines: Sequence[NDArray[np.float32]],
    charset: str,
    *,
    printed: Printed | None = None,
    said: Sequence[str] = (),
    fits: Callable[[str], float] | None = None,
    typed: bool = False,
) -> Reading:
    """Read a field.

    Args:
        kind: what is written there.
        lines: log-probabilities (frames, classes) of each of its lines, top to bottom.
        charset: character of class k at k - 1.
        printed: what the engine for print read there; one more candidate for each line.
        said: what other pages of the book have in this place; more candidates where it is one line.
        fits: grammar of the text, 0 to 1; the kind's own by default.
        typed: the page is typed, so that the engine for print is to be trusted more.

    Returns:
        The reading: candidates carry the log of their share among what was considered. Evidence, each a
        float: ``margin`` to the next candidate (nats), ``share`` of the best, ``rival`` and ``content`` the
        same against texts with other letters or figures alone, ``mean`` and ``worst``
        log-probability of the best path's frames, ``lexicon`` log-prior per character, ``fits`` grammar
        0 to 1, ``units`` levels at which an address is a known one, 0 to 3, ``said`` 1
        where other pages say the same, -1 where they say something else, ``lines``, ``length``.
    """
    if not lines:
        return Reading("", (), ENGINE, {})
    weigh = partial(_weighed_prior, kind)
    per_line = [
        _line(kind, matrix, charset, single=len(lines) == 1, goes_on=i + 1 < len(lines))
        for i, matrix in enumerate(lines)
    ]
    if printed is not None and len(printed.lines) == len(lines) > 1:
        per_line = [
            _beside_printed(line, own, weigh, matrix, charset, goes_on=i + 1 < len(lines), typed=typed)
            for i, (line, own, matrix) in enumerate(zip(per_line, printed.lines, lines, strict=True))
        ]
    pieces, scored = _joined(per_line)
    if len(lines) == 1:
        if printed is not None:
            text = tidy(printed.text)
            weigh_printed(text, printed.confidence, weigh, lines[0], charset, scored, typed=typed)
        weigh_known_forms(kind, lines[0], charset, scored)
        weigh_said(said, weigh, lines[0], charset, scored)
        pieces |= {text: (text,) for text in scored}
    units: frozenset[str] = frozenset()
    if kind in ADDRESSES:
        units = weigh_addresses(pieces, lines, charset, weigh, scored)
    texts, scores = list(scored), list(scored.values())
    grammar = fits or partial(plausible, kind)
    fitness = [grammar(text) for text in texts]
    if kind in GRAMMAR or fits is not None:
        scores = [score - UNFIT * (1.0 - fit) for score, fit in zip(scores, fitness, strict=True)]
    content = [bare_key(text) for text in texts]
    order = sorted(range(len(texts)), key=lambda i: (-scores[i], texts[i]))
    if kind in LISTS:
        order = by_content(order, scores, content)
    total = _log_sum([scores[i] for i in order])
    likely = [i for i in order[:OFFERED] if i == order[0] or scores[i] - scores[order[0]] > -UNLIKELY]
    candidates = tuple(Candidate(texts[i], scores[i] - total) for i in likely)
    best = order[0]
    means, worsts = zip(*(ctc.path_confidence(matrix) for matrix in lines), strict=True)
    length = max(1, len(texts[best]))
    # A rival says something else: another comma or capital is no other content.
    rivals = [score for score, key in zip(scores, content, strict=True) if key != content[best]]
    same = [score for score, key in zip(scores, content, strict=True) if key == content[best]]
    model, _ = MODELS.get(kind, ("text", 0.0))
    evidence = {
        "margin": max(0.0, scores[best] - scores[order[1]]) if len(order) > 1 else 12.0,
        "share": math.exp(candidates[0].log_probability),
        "rival": max(0.0, min(12.0, scores[best] - max(rivals, default=-math.inf))),
        "content": math.exp(_log_sum(same) - total),
        "mean": float(np.mean(means)),
        "worst": min(worsts),
        "lexicon": language(model).score(texts[best]) / length if kind not in GRAMMAR else 0.0,
        "fits": fitness[best],
        "units": float(len(units)),
        "said": _among(texts[best], said),
        "lines": float(len(lines)),
        "length": float(len(texts[best])),
    }
    return Reading(texts[best], candidates, ENGINE, evidence)


def _line(
    kind: FieldKind, matrix: NDArray[np.float32], charset: str, *, single: bool, goes_on: bool
) -> LineHypotheses:
    name, weight = MODELS.get(kind, ("", 0.0))
    found = ctc.beam_search(
        matrix, charset, width=WIDTH, prior=language(name) if name else None, weight=weight
    )
    scores = {tidy(h.text, goes_on=goes_on): h.score(weight) for h in reversed(found)}
    if kind in LISTS and single:
        weigh_list(kind, list(dict.fromkeys(tidy(h.text) for h in found)), matrix, charset, scores)
    texts = sorted(scores, key=lambda text: -scores[text])[:WIDTH]
    return LineHypotheses(tuple(texts), tuple(scores[text] for text in texts))


def _beside_printed(
    line: LineHypotheses,
    printed: Printed,
    weigh: Callable[[str], float],
    matrix: NDArray[np.float32],
    charset: str,
    *,
    goes_on: bool,
    typed: bool,
) -> LineHypotheses:
    """A line with what the engine for print read on it put beside the rest."""
    scores = dict(zip(line.texts, line.scores, strict=True))
    text = tidy(printed.text, goes_on=goes_on)
    weigh_printed(text, printed.confidence, weigh, matrix, charset, scores, typed=typed)
    texts = sorted(scores, key=lambda text: -scores[text])[:WIDTH]
    return LineHypotheses(tuple(texts), tuple(scores[text] for text in texts))


def _joined(lines: Sequence[LineHypotheses]) -> tuple[dict[str, tuple[str, ...]], dict[str, float]]:
    """Texts over all lines of a field: the best of each line, and each line's others in turn.

    Returns the lines that each text is made of, and each text's score, the best first.
    """
    best = tuple(line.texts[0] for line in lines)
    base = sum(line.scores[0] for line in lines)
    found = [(base, best)]
    for i, line in enumerate(lines):
        for text, score in zip(line.texts[1:], line.scores[1:], strict=True):
            found.append((base - line.scores[0] + score, (*best[:i], text, *best[i + 1 :])))
    pieces: dict[str, tuple[str, ...]] = {}
    scores: dict[str, float] = {}
    for score, parts in sorted(found, key=lambda item: (-item[0], item[1])):
        pieces.setdefault(join(parts), parts)
        scores.setdefault(join(parts), score)
    return pieces, scores


def by_content(order: Sequence[int], scores: Sequence[float], content: Sequence[str]) -> list[int]:
    """The order of texts with the best spelling of the likeliest entry first.

    An entry of a list is asked for, not its spelling: "Việt nam" and "việt nam" share what speaks for it. For
    free text the same gained nothing, and one real line of 200 was lost by it.
    """
    together = {
        key: _log_sum([score for score, own in zip(scores, content, strict=True) if own == key])
        for key in {*content}
    }
    first = min(order, key=lambda i: -together[content[i]])
    return [first, *(i for i in order if i != first)]


def _among(text: str, said: Sequence[str]) -> float:
    """1 where the text is among those, -1 where it is not, 0 where there are none."""
    if not said:
        return 0.0
    return 1.0 if bare_key(text) in {bare_key(other) for other in said} else -1.0


def _weighed_prior(kind: FieldKind, text: str) -> float:
    """What the prior of its kind adds to a text's score."""
    if kind in LISTS:
        return LIST_PRIOR * prior(LISTS[kind], text)
    if kind in MODELS:
        name, weight = MODELS[kind]
        return weight * language(name).score(text)
    return 0.0


def join(lines: Sequence[str]) -> str:
    """Lines of one field as one text; a hyphen at the end of a word goes on without a blank."""
    text = ""
    for line in lines:
        hyphen = text.endswith("-") and not text.endswith(" -")
        text += line if not text or hyphen else f" {line}"
    return clean_text(text)


def tidy(text: str, *, goes_on: bool = False) -> str:
    """A line without what leaders and the ends of a crop leave: marks at its ends, doubled marks.

    Args:
        text: what was read.
        goes_on: another line follows, so that a comma or a dash at the end parts two names of a place.
    """
    whole = clean_text(text)
    clean = whole.strip(" .,;:_*") or whole
    if len(clean) > 2:
        clean = clean.rstrip(" -.,;:_*") or clean
    for mark in (",", ".", ";"):
        while mark * 2 in clean:
            clean = clean.replace(mark * 2, mark)
    if goes_on and len(clean) > 2:
        parting = _PARTING.search(whole)
        clean += parting[1] if parting and not clean.endswith(parting[1]) else ""
    return clean.replace(" ,", ",")


def _log_sum(values: Sequence[float]) -> float:
    highest = max(values)
    return highest + math.log(sum(math.exp(value - highest) for value in values))
