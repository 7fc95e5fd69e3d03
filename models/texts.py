"""Text on its way into the database: one spelling a text, nothing a database or a workbook chokes on."""

from __future__ import annotations

import math
import unicodedata
from typing import Final

from pipeline.text import clean_text

LONGEST: Final = 1000  # letters of one field; the longest note in a register is far below
_UNPRINTABLE: Final = frozenset({"Cc", "Cs", "Co", "Cn"})


def kept_text(text: str) -> str:
    """NFC, with control characters and broken halves of characters made into blanks."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(" " if unicodedata.category(letter) in _UNPRINTABLE else letter for letter in composed)


def typed_text(text: str) -> str:
    """What a person typed: as ``kept_text``, in the clean spelling that the pipeline gives to what it reads.

    Raises:
        ValueError: for more than ``LONGEST`` letters.
    """
    tidy = clean_text(kept_text(text))
    if len(tidy) > LONGEST:
        raise ValueError(f"text of {len(tidy)} letters, more than {LONGEST}")
    return tidy


def finite(number: float) -> float | None:
    """The number as JSON can keep it; infinities and NaN have no place there."""
    plain = float(number)
    return plain if math.isfinite(plain) else None
