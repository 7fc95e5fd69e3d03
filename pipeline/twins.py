"""What a page says twice: each writing corrects the other before either is believed.

A date stands in figures and in words. The declarant is mostly the father or the mother, who are named above.
Parents mostly live at one place. Two readings that agree letter by letter, made from two writings, are the
strongest evidence that a page holds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz

from pipeline.fields.date import parse_date
from pipeline.fields.date_words import closest_date_words
from pipeline.text import bare_key, text_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.elements import Candidate, Reading
    from pipeline.fields.date_value import DateValue

LETTER: Final = 1.6
"""Nats that each letter costs which the words would have to be misread in."""
SPELT: Final = 6.0
"""Nats that words spelt as their date is may be behind others that mean it: few write "chín mượi chín"."""
NO_WORSE: Final = 9.0
"""A pair that agrees must not be further than this from the best texts taken alone."""


DATES: Final = (("nksNgaySinh", "nksNgaySinhBangChu"),)
DECLARANT: Final = ("nycHoTen", "nycQuanHe")
PARENT_OF_WORD: Final = {
    "cha": "chaHoTen",
    "bố": "chaHoTen",
    "ba": "chaHoTen",
    "mẹ": "meHoTen",
    "má": "meHoTen",
}
ONE_HOME: Final = ("meNoiCuTru", "chaNoiCuTru")
SIGNED: Final = "nguoiThucHien"
SIGN_BESIDE: Final = (
    "nycHoTen", "chongHoTen", "voHoTen", "chaNuoiHoTen", "meNuoiHoTen", "ongGiaoHoTen", "baGiaoHoTen",
)  # fmt: skip
"""Who may sign beside the official, by the field that names them."""
SAME_NAME: Final = 78.0
"""Likeness, 0 to 100, from which on two readings are of one name: both may have a letter or two wrong."""
LEAST_NAME: Final = 2
"""Words of the shortest name."""
SAME_PERSON: Final = 6.0
SAME_HOME: Final = 3.0
"""Nats that the common text may be behind the best texts taken alone: homes do differ, by a figure only."""


def cross_read(readings: Mapping[str, Reading]) -> tuple[dict[str, Reading], dict[str, float]]:
    """Readings by field key, with those led by their twins that say the same.

    Returns:
        The readings, and for fields with a twin 1.0 where both agree, -1.0 where they contradict each other,
        0.0 where nothing follows.
    """
    found = dict(readings)
    agreement: dict[str, float] = {}
    for figures, words in DATES:
        if figures in found and words in found:
            found[figures], found[words], agreement[figures] = reconcile(found[figures], found[words])
            agreement[words] = agreement[figures]
    declarant, relation = DECLARANT
    if declarant in found and relation in found:
        parent = _parent_of(found[relation].text)
        if parent in found:
            found[declarant], found[parent], said = agree(found[declarant], found[parent], SAME_PERSON)
            agreement[declarant] = agreement[parent] = said
    first, second = ONE_HOME
    if first in found and second in found:
        found[first], found[second], said = agree(found[first], found[second], SAME_HOME)
        agreement[first] = agreement[second] = max(0.0, said)
    return found, agreement


def names_alone(readings: Mapping[str, Reading]) -> dict[str, Reading]:
    """Names under signatures without the name of whoever signed beside.

    Names there stand as close as the words of one. Who signs beside the official (the declarant, a couple)
    is named on the page, so that their name is known at the start or the end of what was read.
    """
    signed = readings.get(SIGNED)
    if signed is None:
        return {}
    others = [readings[key].text for key in SIGN_BESIDE if key in readings]
    text = _without(signed.text, others)
    if text == signed.text:
        return {}
    shorter = [replace(c, text=_without(c.text, others)) for c in signed.candidates]
    candidates = {c.text: c for c in reversed(shorter)}
    ordered = sorted(candidates.values(), key=lambda c: -c.log_probability)
    return {SIGNED: replace(signed, text=text, candidates=tuple(ordered))}


def _without(text: str, names: Sequence[str]) -> str:
    """A text without those of the names with which it begins or ends, if a name is left."""
    words = text.split()
    for name in names:
        size = len(name.split())
        lengths = [n for n in (size, size - 1, size + 1) if n >= LEAST_NAME and len(words) - n >= LEAST_NAME]
        for length in lengths:
            if size >= LEAST_NAME and _alike(words[:length], name):
                words = words[length:]
                break
            if size >= LEAST_NAME and _alike(words[-length:], name):
                words = words[:-length]
                break
    return " ".join(words)


def _alike(words: Sequence[str], name: str) -> bool:
    return fuzz.ratio(bare_key(" ".join(words)), bare_key(name)) >= SAME_NAME


def _parent_of(relation: str) -> str:
    """Key of the parent's name that a relation speaks of, "" where it is another or a foster parent."""
    words = text_key(relation, casefold=True).split()
    return "" if "nuôi" in words else PARENT_OF_WORD.get(words[0], "") if words else ""


def agree(a: Reading, b: Reading, no_worse: float) -> tuple[Reading, Reading, float]:
    """Lead two readings by the text that both may be, case aside.

    Returns:
        Both readings; 1.0 where a common text is at most ``no_worse`` nats behind the two best, -1.0 where
        there is none, 0.0 where one is blank.
    """
    if not a.text or not b.text:
        return a, b, 0.0
    other = {text_key(c.text, casefold=True): c for c in reversed(b.candidates)}
    pairs = [
        (c.log_probability + other[key].log_probability, i, key)
        for i, c in enumerate(a.candidates)
        if (key := text_key(c.text, casefold=True)) in other
    ]
    alone = a.candidates[0].log_probability + b.candidates[0].log_probability
    if not pairs or max(pairs)[0] < alone - no_worse:
        return a, b, -1.0
    _, i, key = max(pairs, key=lambda pair: (pair[0], -pair[1]))
    return _led_by(a, a.candidates[i]), _led_by(b, other[key]), 1.0


@dataclass(frozen=True, slots=True)
class _Possible:
    date: DateValue
    candidate: Candidate
    cost: float
    spelt: bool


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
    least = second[j].candidate.log_probability - SPELT
    spelt = (
        b.candidate
        for b in second
        if b.spelt and b.date.same_parts(first[i].date) and b.candidate.log_probability >= least
    )
    spoken = max(spelt, key=lambda candidate: candidate.log_probability, default=second[j].candidate)
    return _led_by(figures, first[i].candidate), _led_by(words, spoken), 1.0


def _dates(candidates: Sequence[Candidate], *, words: bool) -> list[_Possible]:
    found = []
    for candidate in candidates:
        value = parse_date(candidate.text)
        if value.certain and value.day and value.month and value.year:
            found.append(_Possible(value, candidate, -candidate.log_probability, spelt=True))
        elif words:
            cost = -candidate.log_probability
            found += [
                _Possible(match.value, candidate, LETTER * match.distance + cost, spelt=False)
                for match in closest_date_words(candidate.text)
                if match.value.day and match.value.month
            ]
    return found


def _led_by(reading: Reading, chosen: Candidate) -> Reading:
    others = tuple(c for c in reading.candidates if c.text != chosen.text)
    return replace(reading, text=chosen.text, candidates=(chosen, *others))
