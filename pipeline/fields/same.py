"""When two texts of a field say the same: what "exactly right" means, for measuring and for checks."""

from __future__ import annotations

from typing import Final

from pipeline.elements import FieldKind
from pipeline.fields import normalise
from pipeline.fields.choice import LISTS, OPEN
from pipeline.text import bare_key, joined_key, text_key

FREE: Final = frozenset({FieldKind.NAME, FieldKind.PLACE, FieldKind.TEXT}) | OPEN
"""Kinds whose value may be the text itself: nothing but its letters and figures can differ."""


def same_text(read: str, truth: str) -> bool:
    """Letter for letter, with one placement of tone marks (hoà is hòa) and blanks collapsed."""
    return text_key(read) == text_key(truth)


def same_content(kind: FieldKind, read: str, truth: str) -> bool:
    """The same letters, figures and value: punctuation and the case of letters aside.

    This is what "exactly right" means for a field: "TP. HCM" for "TP.HCM" or a comma that a leader hides
    changes nothing that is registered, nor does a blank between the figures of a number or a date. In closed
    lists it is the listed value that is registered: "Xtiêng" for "X'tiêng" is right. Blank counts only for
    blank.
    """
    if not bare_key(truth) or not bare_key(read):
        return text_key(read).strip(" -/") == text_key(truth).strip(" -/")
    if kind in LISTS and kind not in OPEN and normalise(kind, truth):
        return normalise(kind, read) == normalise(kind, truth)
    if kind in FREE:
        return bare_key(read) == bare_key(truth)
    # A blank between figures ("0701 94702409") says nothing where both have one value.
    same_figures = joined_key(read) == joined_key(truth)
    return same_text(read, truth) or (
        same_figures and same_text(normalise(kind, read), normalise(kind, truth))
    )
