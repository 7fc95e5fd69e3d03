"""Dates in words: "Ngày hai mươi sáu, tháng sáu, năm một ngàn chín trăm bốn mươi tám", and back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import islice, product
from typing import TYPE_CHECKING, Final

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from pipeline.fields import words
from pipeline.fields.date_value import DateValue, Remark, checked
from pipeline.text import bare_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LEAD: Final = re.compile(r"^(?:viết |ghi )?(?:bằng chữ|bàng chữ)\s*")
_UNKNOWN: Final = re.compile(r"^(?:không|chưa) (?:rõ|nhớ|biết|xác định)\b")


def _words_of(text: str) -> list[str]:
    return _LEAD.sub("", bare_key(text)).split()


def parse_date_words(text: str) -> DateValue:
    """The date that words give; figures inside ("ngày 05 tháng ba") are taken as well.

    Parts may be missing from the left: a month and a year, or a year alone. A text that no spelling of
    ``pipeline.fields.words`` covers gives ``Remark.NOT_UNDERSTOOD``: repairing is ``closest_date_words``.
    """
    spoken = _words_of(text)
    if not spoken:
        return DateValue(remark=Remark.BLANK)
    if _UNKNOWN.match(" ".join(spoken)):
        return DateValue(remark=Remark.UNKNOWN)
    lunar = spoken[-2:] == ["âm", "lịch"]
    spoken = spoken[:-2] if lunar else spoken
    for day, month, year in _readings(spoken):
        short = year is not None and year < 100
        remark = Remark.SHORT_YEAR if short else Remark.NOTHING
        return checked(DateValue(day, month, year, "words", "lunar" if lunar else "solar", remark))
    return DateValue(remark=Remark.NOT_UNDERSTOOD)


def _readings(spoken: list[str]) -> Iterator[tuple[int | None, int | None, int | None]]:
    """Every way to understand the words as day, month and year, the best first."""
    if "tháng" not in spoken:
        tail = spoken[1:] if spoken[0] == "năm" and len(spoken) > 1 else spoken
        year = _look_up(tail, words.years())
        if year is None and spoken[0] == "năm":
            year = _look_up(tail, words.short_years(), longest=2)
        if year is not None:
            yield None, None, year
        return
    cut = spoken.index("tháng")
    head = spoken[1:cut] if spoken[0] == "ngày" else spoken[:cut]
    day = _look_up(head, words.days(), longest=2)
    if head and day is None:
        return
    rest = spoken[cut + 1 :]
    # A separating "năm" first: "tháng năm năm hai nghìn" is May 2000.
    for marked, size in product((True, False), (3, 2, 1)):
        month = _look_up(rest[:size], words.months(), longest=2)
        tail = rest[size:]
        if month is None or len(rest) < size or (marked and tail[:1] != ["năm"]):
            continue
        tail = tail[1:] if marked else tail
        year = _look_up(tail, words.years())
        if year is None and marked:
            year = _look_up(tail, words.short_years(), longest=2)
        if year is not None:
            yield day, month, year


def _look_up(spoken: list[str], table: Mapping[str, int], longest: int = 4) -> int | None:
    """The number that the words, or one group of up to ``longest`` figures, stand for."""
    if len(spoken) == 1 and spoken[0].isdecimal():
        return int(spoken[0]) if len(spoken[0]) <= longest and int(spoken[0]) in table.values() else None
    return table.get(" ".join(spoken))


def spellings(value: DateValue, limit: int = 200) -> tuple[str, ...]:
    """Ways to write the date in words, the usual official one first, all in small letters.

    Raises:
        ValueError: for a value that is no certain date, or without a year of four figures.
    """
    if not value.certain or value.year is None:
        raise ValueError("only a certain date can be spelt")
    parts: list[tuple[str, ...]] = []
    if value.day is not None:
        parts.append(tuple(f"ngày {text}" for text in words.day_spellings(value.day)))
    if value.month is not None:
        parts.append(tuple(f"tháng {text}" for text in words.month_spellings(value.month)))
    parts.append(tuple(f"năm {text}" for text in words.year_spellings(value.year)))
    # By the sum of ranks, so that no part's rarest spelling comes before the others' second.
    ranked = sorted(product(*(range(len(part)) for part in parts)), key=sum)
    return tuple(
        " ".join(part[rank] for part, rank in zip(parts, ranks, strict=True))
        for ranks in islice(ranked, limit)
    )


def spell_date(value: DateValue) -> str:
    """The date in the usual official words, with a capital letter.

    Raises:
        ValueError: for a value that is no certain date.
    """
    return spellings(value, 1)[0].capitalize()


@dataclass(frozen=True, slots=True)
class WordsMatch:
    """A date that a text of words may stand for, and how many letters would have to change for that."""

    value: DateValue
    distance: int


@cache
def _spelt(part: str) -> tuple[str, ...]:
    return tuple({"day": words.days, "month": words.months, "year": words.years}[part]())


def _nearest(text: str, part: str, most: int, count: int) -> list[tuple[int, int]]:
    """Numbers of one part whose spellings are near the text, as (distance, number), nearest first."""
    table = {"day": words.days, "month": words.months, "year": words.years}[part]()
    found: dict[int, int] = {}
    for spelt, distance, _ in process.extract(
        text, _spelt(part), scorer=Levenshtein.distance, score_cutoff=most, limit=count * 6
    ):
        found.setdefault(table[spelt], int(distance))
    return sorted((distance, number) for number, distance in found.items())[:count]


def closest_date_words(text: str, *, most: int = 6, count: int = 5) -> tuple[WordsMatch, ...]:
    """Dates near a text of words that was misread in a few letters, nearest first.

    Each part is compared with every spelling in ``pipeline.fields.words`` by edit distance over letters, so
    lost blanks and single wrong letters cost 1 each. ``most`` bounds the whole distance and ``count`` the
    number of dates; () where nothing is near. The gap between the first two is the certainty there is.
    """
    spoken = _words_of(text)
    if not spoken or len(spoken) > 24:
        return ()
    exact = parse_date_words(text)
    best: dict[tuple[int | None, int | None, int], int] = {}
    for (head, middle, tail), cost in _cuts(spoken, most):
        left = most - cost
        years = _nearest(tail, "year", left, count)
        months = _nearest(middle, "month", left, count) if middle else [(0, None)]
        days = _nearest(head, "day", left, count) if head else [(0, None)]
        for (far, year), (near, month), (odd, day) in product(years, months, days):
            total = cost + far + near + odd
            key = (day, month, year)
            if total <= most and total < best.get(key, most + 1):
                best[key] = total
    matches = [
        WordsMatch(checked(DateValue(day, month, year, "words")), distance)
        for (day, month, year), distance in best.items()
    ]
    # What can be read strictly comes first, even where another date is as near in letters.
    ranked = sorted(
        (match for match in matches if match.value.certain),
        key=lambda match: (not (exact.certain and match.value.same_parts(exact)), match.distance),
    )
    return tuple(ranked[:count])


def _cuts(spoken: list[str], most: int) -> Iterator[tuple[tuple[str, str, str], int]]:
    """Ways to cut the words into day, month and year, with the letters that the leading words cost."""
    for first in range(len(spoken) + 1):
        month_cost = Levenshtein.distance(spoken[first], "tháng") if first < len(spoken) else 0
        if first < len(spoken) and (month_cost > 3 or month_cost > most):
            continue
        start = first + 1 if first < len(spoken) else 0
        head = spoken[:first] if first < len(spoken) else []
        day_cost = 0
        if head and Levenshtein.distance(head[0], "ngày") <= 2:
            day_cost = Levenshtein.distance(head[0], "ngày")
            head = head[1:]
        seconds = range(start + 1, min(start + 4, len(spoken))) if first < len(spoken) else range(1)
        for second in seconds:
            tail = spoken[second:]
            middle = spoken[start:second] if first < len(spoken) else []
            for led in (True, False):
                year_cost = Levenshtein.distance(tail[0], "năm") if led else 0
                body = tail[1:] if led else tail
                cost = month_cost + day_cost + year_cost
                if body and cost <= most and year_cost <= 2:
                    yield (" ".join(head), " ".join(middle), " ".join(body)), cost
