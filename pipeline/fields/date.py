"""Dates of any writing: in figures, in words, or in figures with the words in brackets."""

from __future__ import annotations

import re
from typing import Final

from pipeline.fields.date_digits import parse_digits
from pipeline.fields.date_value import DateValue, Precision, Remark
from pipeline.fields.date_words import parse_date_words
from pipeline.text import clean_text

_BRACKETS: Final = re.compile(r"^(?P<digits>[^()]*\d[^()]*)\((?P<words>[^()]*\D{6}[^()]*)\)?\s*[.,]?$")


def parse_date(text: str) -> DateValue:
    """The date that a text gives, in figures or in words; ``remark`` says what is odd about it.

    Where words in brackets follow the figures and both are understood and differ, neither is believed.
    """
    both = _BRACKETS.match(clean_text(text))
    if both:
        digits, spoken = parse_date(both["digits"]), parse_date_words(both["words"])
        if spoken.remark is Remark.NOT_UNDERSTOOD or spoken.year is None or digits.same_parts(spoken):
            return digits
        return DateValue(remark=Remark.NOT_UNDERSTOOD)
    value = parse_digits(text)
    if value.remark is not Remark.NOT_UNDERSTOOD:
        return value
    return parse_date_words(text)


def agrees(digits_text: str, words_text: str) -> bool | None:
    """Whether figures and words give the same date; None where one of them says nothing or says less."""
    digits, spoken = parse_date(digits_text), parse_date(words_text)
    if Precision.NONE in (digits.precision, spoken.precision):
        return None
    if digits.same_parts(spoken):
        return True
    pairs = ((digits.day, spoken.day), (digits.month, spoken.month))
    known = [one == other for one, other in pairs if one is not None and other is not None]
    short = Remark.SHORT_YEAR in (digits.remark, spoken.remark)
    years = [(value.year or 0) % 100 if short else value.year for value in (digits, spoken)]
    return None if years[0] == years[1] and all(known) else False
