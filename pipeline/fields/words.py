"""Numbers in Vietnamese words, as clerks write them: every variant to a number, and a number to its variants.

Variants: nghìn/ngàn, linh/lẻ, mốt/một, tư/bốn, lăm/nhăm/năm, mươi left out (hai mốt) or written mười, hăm for
twenty, bẩy for bảy, figures said one by one (một chín bốn tám). The first variant of each number is the
usual official spelling.
"""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Final

FIRST_YEAR: Final = 1800
LAST_YEAR: Final = 2099

_FIGURES: Final = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_THOUSAND: Final = ("nghìn", "ngàn")
_ODD: Final = ("linh", "lẻ", "lẽ")  # lẽ: a frequent misspelling


def _unit(figure: int, tens: int) -> tuple[str, ...]:
    """Spellings of the last figure after so many tens, usual one first."""
    many = tens > 1
    special = {
        1: ("mốt", "một") if many else ("một", "mốt"),
        4: ("tư", "bốn") if many else ("bốn", "tư"),
        5: ("lăm", "nhăm", "năm") if tens else ("năm", "lăm"),
        7: ("bảy", "bẩy"),
    }
    return special.get(figure, (_FIGURES[figure],))


@cache
def under_hundred(number: int) -> tuple[str, ...]:
    """Spellings of 0 to 99.

    Raises:
        ValueError: outside of that.
    """
    if not 0 <= number <= 99:
        raise ValueError("only 0 to 99 are spelt here")
    tens, figure = divmod(number, 10)
    if tens == 0:
        return _unit(figure, 0) if figure in (4, 7) else (_FIGURES[figure],)
    if tens == 1:
        return ("mười",) if figure == 0 else tuple(f"mười {unit}" for unit in _unit(figure, 1))
    leads = {2: ("hai",), 7: ("bảy", "bẩy")}.get(tens, (_FIGURES[tens],))
    if figure == 0:
        round_tens = [f"{lead} {ten}" for lead in leads for ten in ("mươi", "mười")]
        return tuple(round_tens)
    units = _unit(figure, tens)
    spelt = [f"{lead} {ten}{unit}" for ten in ("mươi ", "", "mười ") for lead in leads for unit in units]
    if tens == 2:
        spelt += [f"hăm {unit}" for unit in units]
    return tuple(spelt)


@cache
def day_spellings(day: int) -> tuple[str, ...]:
    """Spellings of a day of the month, 1 to 31."""
    spelt = under_hundred(day)
    if day <= 10:
        spelt += tuple(f"{lead} {word}" for lead in ("mồng", "mùng") for word in spelt)
    if day < 10:
        spelt += tuple(f"{lead} {word}" for lead in ("không", "linh", "lẻ") for word in under_hundred(day))
    return spelt


@cache
def month_spellings(month: int) -> tuple[str, ...]:
    """Spellings of a month, 1 to 12, with the old names of the first and the last."""
    spelt = {4: ("tư", "bốn")}.get(month, under_hundred(month))
    if month < 10:
        spelt += tuple(f"không {word}" for word in under_hundred(month))
    return spelt + {1: ("giêng",), 12: ("chạp",)}.get(month, ())


@cache
def year_spellings(year: int) -> tuple[str, ...]:
    """Spellings of a year of four figures between ``FIRST_YEAR`` and ``LAST_YEAR``."""
    thousand, hundred, rest = year // 1000, year // 100 % 10, year % 100
    heads = [f"{_FIGURES[thousand]} {word}" for word in _THOUSAND]
    if rest == 0:
        tails = [""]
    elif rest < 10:
        tails = [f"{odd} {word}" for odd in _ODD for word in _unit(rest, 0)]
        tails += [f"không {word}" for word in under_hundred(rest)]
    else:
        tails = list(under_hundred(rest))
    hundreds = f"{_FIGURES[hundred]} trăm"
    spelt = [f"{head} {hundreds} {tail}".strip() for head, tail in product(heads, tails)]
    if hundred == 0:
        short = tails if rest >= 10 or rest == 0 else [*tails, *under_hundred(rest)]
        spelt = (
            spelt + [f"{head} {tail}".strip() for head, tail in product(heads, short)]
            if rest
            else [*heads, *(f"{head} {hundreds}" for head in heads)]
        )
    figures = [_FIGURES[int(figure)] for figure in str(year)]
    spelt.append(" ".join(figures))
    if hundred and rest >= 10:
        spelt += [f"{_FIGURES[thousand]} {_FIGURES[hundred]} {tail}" for tail in tails]
    return tuple(dict.fromkeys(spelt))


@cache
def days() -> dict[str, int]:
    """Each spelling of a day to its number."""
    return {text: day for day in range(1, 32) for text in day_spellings(day)}


@cache
def months() -> dict[str, int]:
    """Each spelling of a month to its number."""
    return {text: month for month in range(1, 13) for text in month_spellings(month)}


@cache
def years() -> dict[str, int]:
    """Each spelling of a year to its number, about 6,000 of them."""
    return {text: year for year in range(FIRST_YEAR, LAST_YEAR + 1) for text in year_spellings(year)}


@cache
def short_years() -> dict[str, int]:
    """Each spelling of the last two figures of a year."""
    return {text: number for number in range(10, 100) for text in under_hundred(number)}
