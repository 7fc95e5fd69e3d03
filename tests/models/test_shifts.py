"""Shifts on the station's clock, also those that run past midnight."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models.settings import Settings
from models.shifts import lease_end, parse_shifts, shift_of


def at(hour: int, minute: int = 0, day: int = 4) -> datetime:
    """That hour of the station's clock, as the program keeps it."""
    return datetime(2026, 3, day, hour, minute).astimezone().astimezone(UTC)


def test_hours_are_read() -> None:
    morning, noon, evening = parse_shifts("06-12, 12-17:30,17:30-22")
    assert [one.hours for one in (morning, noon, evening)] == ["06:00-12:00", "12:00-17:30", "17:30-22:00"]
    assert [one.number for one in (morning, noon, evening)] == [1, 2, 3]
    assert parse_shifts("") == ()


@pytest.mark.parametrize(("hour", "ends"), [(5, None), (6, at(12)), (11, at(12)), (12, None), (23, None)])
def test_a_shift_runs_from_its_first_hour_until_before_its_last(hour: int, ends: datetime | None) -> None:
    (shift,) = parse_shifts("06-12")
    assert shift.ends(at(hour)) == ends


def test_a_shift_past_midnight() -> None:
    (night,) = parse_shifts("22-06")
    assert night.ends(at(23)) == at(6, day=5)
    assert night.ends(at(5, day=5)) == at(6, day=5)
    assert night.ends(at(6, day=5)) is None
    (until_midnight,) = parse_shifts("17-24")
    assert until_midnight.ends(at(23, 59)) == at(0, day=5)


def test_what_is_taken_in_a_shift_ends_with_it(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert lease_end(settings, 1, at(11, 58), 300) == at(12)
    assert lease_end(settings, 1, at(11, 50), 300) == at(11, 55)
    assert lease_end(settings, 1, at(12, 1), 300) == at(12, 6)  # overtime
    assert lease_end(settings, None, at(11, 58), 300) == at(11, 58) + timedelta(minutes=5)
    assert lease_end(settings, 7, at(11, 58), 300) == at(12, 3)  # a shift that there is no more
    assert shift_of(settings, 3) is not None
