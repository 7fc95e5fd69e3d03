"""Numbers of cases, volumes, pages and papers: 12/2010, 01/2010, 01-TP/HT-2015-KS, 45."""

from __future__ import annotations

import re
from typing import Final

from pipeline.text import strip_leaders

_LABEL: Final = re.compile(
    r"^(?:quyển\s*(?:số)?|số\s*(?:quyển)?|trang\s*(?:số)?|q|s)\s*[.:]*\s*(?=[\d.…])", re.I
)
_SERIES: Final = re.compile(r"^(?P<first>\d{1,5}[A-Za-zĐđ]?)\s*[/\-.]\s*(?P<year>(?:18|19|20)\d{2})$")
_PLAIN: Final = re.compile(r"^\d{1,6}[A-Za-zĐđ]?$")
_FORM_CODE: Final = re.compile(
    r"^(?P<first>\d{1,3})\s*[-/]?\s*(?:S?TP/HT|TP/CN)\s*-?\s*(?P<year>(?:19|20)\d{2})(?:\s*-\s*[A-Z.\d]+)?$",
    re.I,
)
_ANY_SERIES: Final = re.compile(r"^\d{1,5}[A-Za-zĐđ]?(?:\s*/\s*[\dA-Za-zĐđƯưÔôÂâ.\-]+)+$")


def normalise_number(text: str) -> str:
    """``number/year`` or a plain number, without labels and blanks; "" where it is none.

    Leading zeros are kept as written. A volume written with its form's code gives number/year.
    Numbers of documents (128/QĐ-UBND) keep their letters.
    """
    number = _LABEL.sub("", strip_leaders(text).strip("/ ")).strip(" .,;:")
    code = _FORM_CODE.match(number)
    series = _SERIES.match(number)
    for found in (code, series):
        if found:
            return f"{found['first']}/{found['year']}"
    if _PLAIN.match(number):
        return number
    return re.sub(r"\s+", "", number) if _ANY_SERIES.match(number) else ""


def series_of(text: str) -> tuple[str, int] | None:
    """Number without leading zeros and year of ``12/2010``, parts of a case's key; None where it has none."""
    first, mark, year = normalise_number(text).partition("/")
    if not mark or not re.fullmatch(r"\d{4}", year):
        return None
    return first.lstrip("0") or "0", int(year)
