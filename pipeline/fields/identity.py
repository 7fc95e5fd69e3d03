"""Personal identification numbers, identity cards and passports.

The number of 12 digits: 3 of the place where the birth was registered, 1 of century and sex, 2 of the year of
birth, 6 random (Circular 59/2021/TT-BCA, article 4); it has no check digit. Older cards have 9 digits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from pipeline.fields.date import parse_date
from pipeline.text import bare_key, clean_text, strip_leaders

_GROUPED: Final = re.compile(r"(?<![\d/])\d(?:[ .]{0,2}\d){7,13}(?![\d/])")
_PASSPORT: Final = re.compile(r"(?<![A-Za-z0-9])[A-Z]{1,2} ?\d{6,8}(?!\d)")
_ISSUED: Final = re.compile(r"\bcấp\b(?P<rest>.*)$", re.I)
_DATE: Final = re.compile(r"\d{1,2}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*\d{4}")
_BY: Final = re.compile(
    r"(?:\bdo\b|\bnơi cấp\b:?|\bcủa\b)\s*(?P<office>[^,;\d]+?)\s*(?:\bcấp\b|\bngày\b|[,;]|$)", re.I
)
# Codes of loaiGiayToTuyThan in the Ministry's import sheet, by words that name the paper.
_KINDS: Final = (
    ("1", ("cmnd", "chứng minh nhân dân", "cmt", "giấy chứng minh", "gcmnd")),
    ("2", ("hộ chiếu", "passport")),
    ("3", ("thẻ thường trú",)),
    ("4", ("cccd", "căn cước", "định danh")),
    ("5", ("quân đội", "cmqđ")),
    ("6", ("sĩ quan",)),
    ("7", ("công an nhân dân",)),
)


@dataclass(frozen=True, slots=True)
class IdentityPaper:
    """A paper as one field tells it: kind (import code or ""), number, date and office of issue."""

    kind: str
    number: str
    issued_on: str
    issued_by: str


@dataclass(frozen=True, slots=True)
class IdentityFacts:
    """What a number of 12 digits says of its holder: place code, sex ("Nam", "Nữ") and year of birth."""

    place: str
    sex: str
    year: int


def normalise_identity(text: str) -> str:
    """The bare number: 12 or 9 digits, or a passport's letter and digits; "" where there is none."""
    body = strip_leaders(text)
    for found in _GROUPED.finditer(body):
        digits = re.sub(r"\D", "", found.group())
        if len(digits) in (9, 12):
            return digits
    passport = _PASSPORT.search(body)
    return passport.group().replace(" ", "") if passport else ""


def parse_paper(text: str) -> IdentityPaper:
    """Kind, number, date and office of issue of a paper; "" for what the text does not tell."""
    body, number = clean_text(text), normalise_identity(text)
    key = bare_key(body)
    kind = next((code for code, names in _KINDS if any(name in key for name in names)), "")
    if not kind and number:
        kind = "2" if number[0].isalpha() else ""
    issued = _ISSUED.search(body)
    date = _DATE.search(issued["rest"] if issued else body)
    office = _BY.search(body)
    return IdentityPaper(
        kind,
        number,
        parse_date(date.group()).export() if date else "",
        office["office"].strip() if office else "",
    )


def facts_of(text: str) -> IdentityFacts | None:
    """What a personal identification number says; None for any other number."""
    number = normalise_identity(text)
    if len(number) != 12:
        return None
    century, female = divmod(int(number[3]), 2)
    return IdentityFacts(number[:3], "Nữ" if female else "Nam", 1900 + 100 * century + int(number[4:6]))
