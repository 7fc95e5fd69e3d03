"""How a reading is held against the truth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from rapidfuzz.distance import Levenshtein

from pipeline.elements import FieldKind, FieldState
from pipeline.fields.same import same_content as same_content
from pipeline.fields.same import same_text as same_text
from pipeline.text import text_key

TYPED: Final = " typed"
BY_HAND: Final = " by hand"
"""Endings of the names of tallies over fields of one manner."""


@dataclass
class Tally:
    """Counts over some fields."""

    fields: int = 0
    right: int = 0
    letter_for_letter: int = 0
    accepted: int = 0
    accepted_wrong: int = 0
    edits: int = 0
    characters: int = 0
    squared: float = 0.0

    def add(self, kind: FieldKind, read: str, truth: str, state: FieldState | None, chance: float) -> bool:
        """Count a field; whether it was right."""
        right = same_content(kind, read, truth)
        self.fields += 1
        self.right += right
        self.letter_for_letter += same_text(read, truth)
        if state in {FieldState.ACCEPTED, FieldState.BLANK}:
            self.accepted += 1
            self.accepted_wrong += not right
        self.edits += Levenshtein.distance(text_key(read), text_key(truth))
        self.characters += len(text_key(truth))
        self.squared += (chance - right) ** 2
        return right

    @property
    def share_right(self) -> float:
        """Fields exactly right."""
        return self.right / max(1, self.fields)

    @property
    def share_accepted(self) -> float:
        """Fields that no person had to see."""
        return self.accepted / max(1, self.fields)

    @property
    def error_among_accepted(self) -> float:
        """Wrong ones among those."""
        return self.accepted_wrong / max(1, self.accepted)

    @property
    def character_error(self) -> float:
        """Edit distance over the characters of the truth."""
        return self.edits / max(1, self.characters)


@dataclass
class Board:
    """Tallies by what fields have in common."""

    tallies: dict[str, Tally] = field(default_factory=dict)

    def of(self, name: str) -> Tally:
        """The tally of that name, begun when it is first asked for."""
        return self.tallies.setdefault(name, Tally())

    def names(self, start: str) -> Iterable[str]:
        """Names that begin so, in order."""
        return sorted(name for name in self.tallies if name.startswith(start))


@dataclass
class FormCount:
    """Pages of one form.

    ``known`` were taken for what they are; ``boxed`` are those whose boxes are known, ``whole`` those on
    which all cases and boxes were found. ``dates`` stand in figures and in words, ``dates_right`` of them are
    right in both.
    """

    pages: int = 0
    known: int = 0
    boxed: int = 0
    whole: int = 0
    dates: int = 0
    dates_right: int = 0

    def add(self, other: FormCount) -> None:
        """Count another form's pages in."""
        self.pages, self.known = self.pages + other.pages, self.known + other.known
        self.boxed, self.whole = self.boxed + other.boxed, self.whole + other.whole
        self.dates, self.dates_right = self.dates + other.dates, self.dates_right + other.dates_right
