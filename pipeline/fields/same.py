"""When two texts of a field say the same: what "exactly right" means, for measuring and for checks."""

from __future__ import annotations

from typing import Final

from pipeline.elements import FieldKind
from pipeline.fields import normalise
from pipeline.fields.choice import LISTS, OPEN
from pipeline.text import bare_key, text_key

FREE: Final = frozenset({FieldKind.NAME, FieldKind.PLACE, FieldKind.TEXT})
"""Kinds whose value is the text itself: nothing but its letters and figures can differ."""


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
    if kind in FREE:
        return same_letters
    return same_text(read, truth) or (
        same_letters and same_text(normalise(kind, read), normalise(kind, truth))
    )
