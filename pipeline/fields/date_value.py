"""A date as a register gives it: parts that may be missing, a calendar, and where it was read.

Nothing is filled in: an entry that names a year is a year, not the first of January.
"""

from __future__ import annotations

import calendar as gregorian
from dataclasses import dataclass, replace
from enum import StrEnum

from pipeline.fields.words import FIRST_YEAR, LAST_YEAR


class Precision(StrEnum):
    """The smallest part that is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    NONE = "none"


class Remark(StrEnum):
    """What else there is to say about a text that should be a date."""

    NOTHING = ""
    BLANK = "blank"
    UNKNOWN = "unknown"  # the book says so: "không rõ"
    SHORT_YEAR = "short_year"  # two figures, the century is not written
    IMPOSSIBLE = "impossible"  # 30/02, month 13, year 5005
    AGE = "age"  # an age stands where a date should
    APPROXIMATE = "approximate"  # "khoảng 1944"
    NOT_UNDERSTOOD = "not_understood"


@dataclass(frozen=True, slots=True)
class DateValue:
    """Parts of a date; ``source`` is "digits", "words" or "", ``calendar`` "solar" or "lunar".

    With ``Remark.SHORT_YEAR`` the ``year`` holds the two figures that are written.
    """

    day: int | None = None
    month: int | None = None
    year: int | None = None
    source: str = ""
    calendar: str = "solar"
    remark: Remark = Remark.NOTHING

    @property
    def precision(self) -> Precision:
        """The smallest part that is known together with all larger ones."""
        if self.year is None:
            return Precision.NONE
        if self.month is None:
            return Precision.YEAR
        return Precision.MONTH if self.day is None else Precision.DAY

    @property
    def certain(self) -> bool:
        """Whether it is a date of the common calendar with its full year."""
        return self.remark is Remark.NOTHING and self.calendar == "solar" and self.year is not None

    def export(self) -> str:
        """``DD.MM.YYYY``, ``MM.YYYY`` or ``YYYY``; "" where none of them follows from the text."""
        if not self.certain:
            return ""
        parts = {
            Precision.DAY: f"{self.day:02d}.{self.month:02d}.{self.year:04d}"
            if self.day and self.month
            else "",
            Precision.MONTH: f"{self.month:02d}.{self.year:04d}" if self.month else "",
            Precision.YEAR: f"{self.year:04d}",
        }
        return parts.get(self.precision, "")

    def same_parts(self, other: DateValue) -> bool:
        """Whether both give the same day, month and year (a short year: its last two figures)."""
        short = Remark.SHORT_YEAR in (self.remark, other.remark)
        years = [None if one.year is None else one.year % 100 if short else one.year for one in (self, other)]
        return (self.day, self.month, years[0]) == (other.day, other.month, years[1])


def is_possible(day: int | None, month: int | None, year: int | None) -> bool:
    """Whether such a day is in the calendar; parts that are not known are taken to fit."""
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        return False
    if month is not None and not 1 <= month <= 12:
        return False
    if day is None:
        return True
    last = 31 if month is None else gregorian.monthrange(year if year is not None else 2000, month)[1]
    return 1 <= day <= last


def checked(value: DateValue) -> DateValue:
    """The value, marked as impossible where the calendar has no such day.

    Lunar months have up to 30 days; a short year may be one with a 29 February.
    """
    year = None if value.remark is Remark.SHORT_YEAR else value.year
    month = None if value.calendar == "lunar" and value.month in range(1, 13) else value.month
    if is_possible(value.day, month, year):
        return value
    return replace(value, remark=Remark.IMPOSSIBLE)
