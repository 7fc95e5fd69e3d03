"""Writing of which no letter can be told: another script, a scribble. What is made of it is no text.

The recogniser knows one alphabet and finds its letters in anything. Signs of another give letters that it is
not sure of in an order that no text has; either alone is only bad writing, or a rare name.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pipeline.elements import FieldKind
from pipeline.recognise.decode import GRAMMAR

if TYPE_CHECKING:
    from pipeline.elements import Reading

STRANGE: Final = -5.9
"""Sum of the log-prior of a letter and ``UNSURE`` times that of a frame, under which a text is none."""
UNSURE: Final = 8.0
UNSURE_FIGURES: Final = -0.1
"""Mean log-probability of a frame under which what fits no date and no number is no figures."""
FIGURES: Final = 4
"""An hour ("7 giờ 20 phút") has a figure in so many signs; the prior of words says nothing of figures."""
FEWEST: Final = 3
"""Letters of the shortest text that is judged: a stroke or a single sign may be anything."""


def is_illegible(kind: FieldKind, reading: Reading) -> bool:
    """Whether a reading is letters where there are none."""
    evidence = reading.evidence
    if kind is FieldKind.REGISTRATION_KIND or len(reading.text.replace(" ", "")) < FEWEST:
        return False
    mean = evidence.get("mean", 0.0)
    if kind in GRAMMAR:
        letters = sum(letter.isalpha() for letter in reading.text)
        return evidence.get("fits", 1.0) == 0.0 and mean < UNSURE_FIGURES and 2 * letters > len(reading.text)
    written = [letter for letter in reading.text if letter.isalnum()]
    if FIGURES * sum(letter.isdigit() for letter in written) >= len(written):
        return False
    return evidence.get("lexicon", 0.0) + UNSURE * mean < STRANGE


def without_text(reading: Reading) -> Reading:
    """A reading with what was made of illegible writing only among its candidates."""
    return replace(reading, text="")
