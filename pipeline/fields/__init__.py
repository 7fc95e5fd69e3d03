"""From text to value, one module for each kind of field.

``normalise`` gives the form that is exported, or "" where none follows from the text: nothing is invented.
``plausible`` says how well a text fits the grammar of its kind, for weighing candidates.
"""

from __future__ import annotations

from pipeline.elements import FieldKind
from pipeline.fields.choice import LISTS, OPEN, choose, normalise_choice
from pipeline.fields.date import agrees, parse_date
from pipeline.fields.date_value import Remark
from pipeline.fields.identity import normalise_identity
from pipeline.fields.name import is_name, normalise_name
from pipeline.fields.number import normalise_number, series_of
from pipeline.fields.place import normalise_place
from pipeline.text import bare_key, clean_text, text_key

__all__ = ["agrees", "bare_key", "clean_text", "normalise", "parse_date", "plausible", "text_key"]

_DATES = frozenset({FieldKind.DATE, FieldKind.DATE_WORDS, FieldKind.YEAR})
# Odd, but what a register may well hold.
_HONEST_REMARKS = frozenset({Remark.BLANK, Remark.UNKNOWN, Remark.SHORT_YEAR, Remark.AGE, Remark.APPROXIMATE})


def normalise(kind: FieldKind, text: str) -> str:
    """The export value of a text of that kind, "" where it cannot be derived.

    Dates ``DD.MM.YYYY``, ``MM.YYYY`` or ``YYYY``; numbers without labels and blanks; sexes, ethnic groups and
    nationalities in the Ministry's spelling; names with even capitals; places and free text as written.
    """
    if kind in _DATES:
        return parse_date(text).export()
    if kind in LISTS:
        return normalise_choice(kind, text)
    if kind is FieldKind.NAME:
        return normalise_name(text)
    if kind is FieldKind.NUMBER:
        return normalise_number(text)
    if kind is FieldKind.IDENTITY:
        return normalise_identity(text)
    if kind is FieldKind.PLACE:
        return normalise_place(text)
    return clean_text(text)


def plausible(kind: FieldKind, text: str) -> float:
    """How well a text fits the grammar of its kind: 1 fits, 0 does not, between for what is odd but possible.

    Blank text fits every kind. It is a measure for comparing candidates, not a probability.
    """
    if not text.strip(" .…_-"):
        return 1.0
    if kind in _DATES:
        value = parse_date(text)
        return 1.0 if value.certain else 0.5 if value.remark in _HONEST_REMARKS else 0.0
    if kind in LISTS:
        chosen = choose(kind, text)
        return 1.0 if chosen.options else 0.5 if kind in OPEN else 0.0
    if kind is FieldKind.NAME:
        return 1.0 if is_name(text) else 0.2
    if kind is FieldKind.NUMBER:
        return 1.0 if series_of(text) else 0.6 if normalise_number(text) else 0.0
    if kind is FieldKind.IDENTITY:
        return 1.0 if normalise_identity(text) else 0.0
    return 1.0 if any(letter.isalnum() for letter in text) else 0.2
