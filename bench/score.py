"""How a reading is held against the truth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from rapidfuzz.distance import Levenshtein

from pipeline.elements import FieldKind, FieldState
from pipeline.fields import normalise
from pipeline.fields.choice import LISTS, OPEN
from pipeline.text import bare_key, text_key


def same_text(read: str, truth: str) -> bool:
    """Letter for letter, with one placement of tone marks (hoà is hòa) and blanks collapsed."""
    return text_key(read) == text_key(truth)


def same_content(kind: FieldKind, read: str, truth: str) -> bool:
    """The same letters, figures and value: punctuation and the case of letters aside.

    This is what "exactly right" means for a field: "TP. HCM" for "TP.HCM" or a comma that a leader hides
    changes nothing that is registered. In closed lists it is the listed value that is registered: "Xtiêng"
    for "X'tiêng" is right. Blank counts only for blank.
    """
    if not bare_key(truth) or not bare_key(read):
        return text_key(read).strip(" -/") == text_key(truth).strip(" -/")
    if kind in LISTS and kind not in OPEN and normalise(kind, truth):
        return normalise(kind, read) == normalise(kind, truth)
    same_letters = bare_key(read) == bare_key(truth)
    return same_text(read, truth) or (
        same_letters and same_text(normalise(kind, read), normalise(kind, truth))
    )


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
