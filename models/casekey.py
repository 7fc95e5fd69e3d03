"""The key of a case: (registering office at the time, type, quyển số, year, số).

Numbers run from 01 to the end of a year, and a book carried into the next year starts again at 01 (decree
158/2005, article 68), so a number alone is not unique within a book. The year is that written with it,
else that of the registration, else that in which the book was opened.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from models.tables import Book

_NUMBER: Final = re.compile(
    r"\s*(?P<number>[0-9]{1,6})\s*(?P<letter>[A-Za-zĐđ]?)\s*"
    r"(?:/\s*(?P<year>[0-9]{4}|[0-9]{2})?\s*(?:[/-]\s*[A-Za-zĐđ.-]+)?)?\s*"
)
KEY_FIELDS: Final = ("so", "ngayDangKy")  # of a case's fields, those that its key is made of
_YEAR_AT_END: Final = re.compile(r"(?:^|\.)([0-9]{4})$")


@dataclass(frozen=True, slots=True)
class CaseKey:
    """What no two loaded cases share. ``so`` is canonical: "05/2010"."""

    office: str
    type: str
    quyen_so: str
    year: int
    so: str

    @property
    def number(self) -> str:
        """The number without its year, "05", as it stands in file names."""
        return self.so.partition("/")[0]


class Written(Protocol):
    """What the key needs of a field: the plain type of the pipeline and the row both have it."""

    @property
    def key(self) -> str:
        """Key of the field."""

    @property
    def value(self) -> str:
        """Its normalised value."""

    @property
    def verbatim(self) -> str:
        """Its text as written."""


def case_key(book: Book, fields: Iterable[Written]) -> CaseKey | None:
    """The key of a case of ``book`` as these fields stand; None where its number cannot be told."""
    values = {field.key: field.value or field.verbatim for field in fields}
    match = _NUMBER.fullmatch(values.get("so", ""))
    if match is None or int(match["number"]) == 0:
        return None
    year = _full_year(match["year"], book.year) if match["year"] else _year_of_registration(book, values)
    if year is None:
        return None
    so = f"{int(match['number']):02d}{match['letter'].upper()}/{year}"
    return CaseKey(book.office, book.type, book.quyen_so, year, so)


def _full_year(written: str, opened: int) -> int | None:
    """The year behind "2010" or "10"; two digits only where they can mean the book's year or the next."""
    if len(written) == 4:
        return int(written)
    return next((year for year in (opened, opened + 1) if year % 100 == int(written)), None)


def _year_of_registration(book: Book, values: Mapping[str, str]) -> int:
    match = _YEAR_AT_END.search(values.get("ngayDangKy", ""))
    return int(match[1]) if match else book.year
