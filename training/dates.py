"""Dates in figures and in words, in the ways that clerks write them."""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass

_UNITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười")
_MONTHS = {1: "giêng", 4: "tư", 12: "chạp"}


@dataclass(frozen=True, slots=True)
class DateStyle:
    """One clerk's way with dates: separator, leading zeros, and the words he prefers."""

    separator: str
    zeros: bool
    thousand: str
    four: str
    five: str
    one: str
    zero: str
    hundred: bool
    lunar_months: bool
    commas: bool
    day_word: str

    @classmethod
    def of(cls, rng: random.Random) -> DateStyle:
        """A clerk's style."""
        return cls(
            separator=rng.choice(["/", "/", "/", "/", "-", "."]),
            zeros=rng.random() < 0.6,
            thousand=rng.choice(["nghìn", "ngàn"]),
            four=rng.choice(["tư", "bốn", "tư"]),
            five=rng.choice(["lăm", "lăm", "nhăm"]),
            one=rng.choice(["mốt", "mốt", "một"]),
            zero=rng.choice(["linh", "lẻ", "lẻ"]),
            hundred=rng.random() < 0.7,
            lunar_months=rng.random() < 0.06,
            commas=rng.random() < 0.5,
            day_word=rng.choice(["Ngày", "Ngày", "ngày"]),
        )


def parts(day: datetime.date, style: DateStyle) -> tuple[str, str, str]:
    """Day, month and year as the clerk writes their figures."""
    if style.zeros:
        return f"{day.day:02d}", f"{day.month:02d}", f"{day.year}"
    return f"{day.day}", f"{day.month}", f"{day.year}"


def figures(day: datetime.date, style: DateStyle) -> str:
    """The date in figures."""
    return style.separator.join(parts(day, style))


def below_hundred(number: int, style: DateStyle) -> str:
    """A number from 1 to 99 in words."""
    tens, units = divmod(number, 10)
    if number <= 10:
        return _UNITS[number]
    head = "mười" if tens == 1 else f"{_UNITS[tens]} mươi"
    if units == 0:
        return head
    if units == 5:
        return f"{head} {'lăm' if tens == 1 else style.five}"
    if tens > 1 and units == 1:
        return f"{head} {style.one}"
    if tens > 1 and units == 4:
        return f"{head} {style.four}"
    return f"{head} {_UNITS[units]}"


def year_words(year: int, style: DateStyle) -> str:
    """A year from 1900 to 2099 in words."""
    rest = year % 100
    if year < 2000:
        head = f"một {style.thousand} chín trăm"
    else:
        head = f"hai {style.thousand}"
        if rest and style.hundred:
            head += " không trăm"
    if not rest:
        return head
    if rest < 10:
        return f"{head} {style.zero} {_UNITS[rest]}"
    return f"{head} {below_hundred(rest, style)}"


def words(day: datetime.date, style: DateStyle) -> str:
    """The date in words: 'Ngày mười hai, tháng tư, năm hai nghìn không trăm mười'."""
    month = _MONTHS.get(day.month, "") if style.lunar_months or day.month == 4 else ""
    comma = ", " if style.commas else " "
    return comma.join(
        (
            f"{style.day_word} {below_hundred(day.day, style)}",
            f"tháng {month or below_hundred(day.month, style)}",
            f"năm {year_words(day.year, style)}",
        )
    )
