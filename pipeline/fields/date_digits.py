"""Dates in figures, as they stand in registers: 26/6/1948, 27.9.2003, "ngày 5 tháng 3 năm 2010", 1944."""

from __future__ import annotations

import re
from typing import Final

from pipeline.fields.date_value import DateValue, Remark, checked
from pipeline.text import clean_text

_HOUR: Final = re.compile(
    r"^(?:vào\s+)?(?:lúc\s+|hồi\s+)?\d{1,2}\s*(?:giờ|[hg:])\s*(?:\d{1,2}\s*(?:phút|['p])?)?\s*[,;.]?\s*(?=\D*\d)",
    re.I,
)
_LUNAR: Final = re.compile(r"\(?\s*\b(?:âm lịch|â\.?\s?l|al)\b\.?\s*\)?", re.I)
_SOLAR: Final = re.compile(r"\(?\s*\b(?:dương lịch|d\.?\s?l|dl)\b\.?\s*\)?", re.I)
_ABOUT: Final = re.compile(r"\b(?:khoảng|chừng|độ)\b|~", re.I)
_AGE: Final = re.compile(r"^\d{1,3}\s*(?:tuổi|tháng tuổi|t)$", re.I)
_UNKNOWN: Final = re.compile(
    r"^(?:không|ko|k|chưa)\.?(?:\s+(?:rõ|nhớ|biết|xác định|có))?"
    r"(?:\s+(?:ngày|tháng|năm|sinh|được|rõ)[, ]*)*$|^\?+$",
    re.I,
)
_NO_DAY: Final = re.compile(r"\bkhông (?:rõ|nhớ|biết) ngày(?: *[,và]* *tháng)?\b,?", re.I)
# A part that was left open: dots, dashes, 00, question marks.
_GAP: Final = r"(?:[.…_?xX]+|-{2,}|0{1,2}|)"
_DAY_FIRST: Final = re.compile(
    rf"^(?P<day>\d{{1,2}}|{_GAP})\s*(?P<mark>[/.\-,])\s*(?P<month>\d{{1,2}}|{_GAP})\s*(?P=mark)\s*(?P<year>\d{{4}}|\d{{2}})$"
)
# A blank, or another mark than the first, where one of the marks was not seen.
_MIXED: Final = re.compile(
    r"^(?P<day>\d{1,2})(?: |\s*[/.\-,]\s*)(?P<month>\d{1,2})(?: |\s*[/.\-,]\s*)(?P<year>\d{4})$"
)
_MONTH: Final = re.compile(r"^(?P<month>\d{1,2})\s*[/.\-]\s*(?P<year>\d{4})$")
_LABELLED: Final = re.compile(
    rf"^(?:ngày\s*:?\s*(?P<day>\d{{1,2}}|{_GAP})\s*[,;/]?\s*)?"
    rf"(?:tháng\s*:?\s*(?P<month>\d{{1,2}}|{_GAP})\s*[,;/]?\s*)?"
    r"(?:năm\s*:?\s*(?P<year>\d{4}|\d{2}))$",
    re.I,
)
_YEAR: Final = re.compile(r"^(?:năm\s*)?(?P<year>\d{4})$", re.I)
_PREFIX: Final = re.compile(r"^(?:sinh|sn|s\.n|ns|n\.s)\b\.?\s*:?\s*", re.I)
_DAY_PREFIX: Final = re.compile(r"^(?:ngày|năm)\s*:?\s*(?=\d{1,2}\s*[/.\-])", re.I)


def _number(text: str | None) -> int | None:
    """A part of a date; None where it was left open or written 00."""
    return int(text) or None if text and text.isdecimal() else None


def parse_digits(text: str) -> DateValue:
    """The date that a text in figures gives. Texts of words give ``Remark.NOT_UNDERSTOOD``.

    An hour before the date ("0h20' ngày …") is passed over. Two figures of a year stay two figures.
    """
    body = clean_text(text).strip(" ,;:")
    if not body.strip(" .…_-/"):
        return DateValue(remark=Remark.BLANK)
    calendar = "lunar" if _LUNAR.search(body) else "solar"
    body = _SOLAR.sub(" ", _LUNAR.sub(" ", body)).strip(" ,;:()")
    if _UNKNOWN.match(body):
        return DateValue(remark=Remark.UNKNOWN)
    if _AGE.match(body):
        return DateValue(remark=Remark.AGE)
    about = bool(_ABOUT.search(body))
    body = _NO_DAY.sub(" ", _ABOUT.sub(" ", body)).strip(" ,;:")
    body = _HOUR.sub("", body)
    body = _DAY_PREFIX.sub("", _PREFIX.sub("", body)).strip(" ;:")
    body = body[:-1].rstrip() if body.endswith((".", ",")) else body
    for pattern in (_DAY_FIRST, _MONTH, _LABELLED, _YEAR, _MIXED):
        found = pattern.match(body)
        if found:
            return _from_parts(found.groupdict(), calendar, about=about)
    return DateValue(calendar=calendar, remark=Remark.NOT_UNDERSTOOD)


def _from_parts(parts: dict[str, str | None], calendar: str, *, about: bool) -> DateValue:
    """The value of matched parts, with its remark."""
    written = parts["year"] or ""
    day, month, year = _number(parts.get("day")), _number(parts.get("month")), int(written)
    remark = Remark.SHORT_YEAR if len(written) == 2 else Remark.APPROXIMATE if about else Remark.NOTHING
    if (day is not None and month is None) or "0" in (parts.get("day"), parts.get("month")):
        # A day without its month says nothing that a register can keep. A part left open is written 00, and
        # where one 0 was read the figure after it is lost.
        remark = Remark.NOT_UNDERSTOOD
    return checked(DateValue(day, month, year, "digits", calendar, remark))
