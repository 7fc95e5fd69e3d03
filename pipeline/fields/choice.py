"""Fields with a closed list of values: sex, ethnic group, nationality, relation, title, kind of registration.

The lists and their spellings are data (``pipeline/lexicons``). A spelling that stands for several values is
left to a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from pipeline.elements import FieldKind
from pipeline.lexicons.tables import Choice, choices
from pipeline.text import clean_text, joined_key, strip_leaders

LISTS: Final = {
    FieldKind.SEX: "sex",
    FieldKind.ETHNICITY: "ethnicity",
    FieldKind.NATIONALITY: "nationality",
    FieldKind.RELATION: "relation",
    FieldKind.OFFICE: "office",
    FieldKind.REGISTRATION_KIND: "registration_kind",
}
# A value outside of these lists is no error: the column takes free text.
OPEN: Final = frozenset({FieldKind.RELATION, FieldKind.OFFICE})


@dataclass(frozen=True, slots=True)
class ChoiceValue:
    """The value that a text stands for, or "" with the ``options`` it could be (none: it is in no list)."""

    value: str
    options: tuple[str, ...]


@cache
def _by_key(name: str) -> dict[str, tuple[Choice, ...]]:
    table: dict[str, tuple[Choice, ...]] = {}
    for choice in choices(name):
        for spelling in (choice.value, *choice.variants):
            key = joined_key(spelling)
            if choice not in table.get(key, ()):
                table[key] = (*table.get(key, ()), choice)
    return table


def choose(kind: FieldKind, text: str) -> ChoiceValue:
    """The value of a closed list that a text stands for; case, blanks, hyphens and apostrophes do not matter.

    Raises:
        KeyError: for a kind without a list.
    """
    found = _by_key(LISTS[kind]).get(joined_key(strip_leaders(text)), ())
    options = tuple(choice.value for choice in found)
    return ChoiceValue(options[0] if len(options) == 1 else "", options)


def normalise_choice(kind: FieldKind, text: str) -> str:
    """The listed value; for relations and titles otherwise the clean text, for the rest ""."""
    chosen = choose(kind, text)
    if chosen.value or chosen.options or kind not in OPEN:
        return chosen.value
    words = strip_leaders(text)
    return words[:1].upper() + words[1:]


def code_of(kind: FieldKind, value: str) -> str:
    """The code of a value in the Ministry's import sheet; "" where the column takes the value itself."""
    wanted = clean_text(value)
    return next((choice.code for choice in choices(LISTS[kind]) if choice.value == wanted), "")
