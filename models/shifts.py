"""Shifts of a day on the station's clock: which is running, and until when its people hold what they hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from models.settings import Settings

_SHIFT: Final = re.compile(r"\s*(\d{1,2})(?::(\d{2}))?\s*-\s*(\d{1,2})(?::(\d{2}))?\s*")
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Shift:
    """The hours of a shift; one that ends before it begins runs past midnight. ``number`` counts from 1."""

    number: int
    begin: time
    end: time

    @property
    def hours(self) -> str:
        """As people write it, "06:00-12:00"."""
        return f"{self.begin:%H:%M}-{self.end:%H:%M}"

    def ends(self, now: datetime) -> datetime | None:
        """When the shift ends that is running at that moment; None outside of it. ``now`` is aware."""
        local = now.astimezone()
        for day in (local - DAY, local):
            begin = day.replace(hour=self.begin.hour, minute=self.begin.minute, second=0, microsecond=0)
            end = day.replace(hour=self.end.hour, minute=self.end.minute, second=0, microsecond=0)
            if end <= begin:
                end += DAY
            if begin <= local < end:
                return end
        return None


def parse_shifts(text: str) -> tuple[Shift, ...]:
    """The shifts of a setting such as "06-12,12-17,17-22"; "" is none.

    Raises:
        ValueError: when it says no hours of a day.
    """
    shifts = []
    for number, part in enumerate(filter(str.strip, text.split(",")), start=1):
        found = _SHIFT.fullmatch(part)
        if found is None:
            raise ValueError(f"no hours of a day: {part}")
        first, first_minutes, last, last_minutes = (int(one or 0) for one in found.groups())
        shifts.append(Shift(number, time(first % 24, first_minutes), time(last % 24, last_minutes)))
    return tuple(shifts)


def shift_of(settings: Settings, number: int | None) -> Shift | None:
    """The shift of that number; None where there is none such (any more)."""
    return next((shift for shift in parse_shifts(settings.shifts) if shift.number == number), None)


def lease_end(settings: Settings, number: int | None, now: datetime, seconds: float) -> datetime:
    """Until when somebody of a shift holds what they take now: never past the end of the running shift.

    Who works outside of their shift holds it as long as anybody.
    """
    until = now + timedelta(seconds=seconds)
    shift = shift_of(settings, number) if number is not None else None
    end = None if shift is None else shift.ends(now)
    return until if end is None else min(until, end.astimezone(until.tzinfo))
