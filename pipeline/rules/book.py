"""Checks between cases of a book: numbers and dates that run on, and the total that a closing note tells.

Like the rules of a case these raise doubts and change nothing, and they do not speak where a number or a date
is blank or not understood.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from pipeline.fields.number import series_of
from pipeline.rules import Doubt, book_rules, total_rules
from pipeline.rules.checks import in_order
from pipeline.wording import say

NeighbourCheck = Callable[[str, str], bool]


def number_twice(before: str, after: str) -> bool:
    """Both bear one number of one year."""
    first, second = series_of(before), series_of(after)
    return first is not None and first == second


def number_follows(before: str, after: str) -> bool:
    """Numbers of one year do not run on by one; a number met twice is another rule's, 12a follows 12."""
    first, second = series_of(before), series_of(after)
    if first is None or second is None or first == second or first[1] > second[1]:
        return False
    if first[1] < second[1]:
        return _plain(second[0]) not in {None, 1}
    last, this = _plain(first[0]), _plain(second[0])
    return last is not None and this is not None and this not in {last, last + 1}


def dates_forward(before: str, after: str) -> bool:
    """The later case was registered earlier, however missing parts of the dates may be filled."""
    return in_order([before, after], {}, None)


CHECKS: Final[Mapping[str, NeighbourCheck]] = {
    check.__name__: check for check in (number_twice, number_follows, dates_forward)
}


def check_neighbours(
    before: Mapping[str, str], after: Mapping[str, str], register_type: str
) -> tuple[Doubt, ...]:
    """The rules that two cases break of which one follows the other in a book.

    Both map field keys to texts or normalised values. What is broken is a doubt on these fields of both.
    """
    doubts = []
    for rule in book_rules():
        if register_type not in rule.types:
            continue
        for group in rule.groups:
            key = group[0]
            if before.get(key) and after.get(key) and CHECKS[rule.check](before[key], after[key]):
                doubts.append(Doubt(rule.id, group, say(rule.sentence), rule.severity))
    return tuple(doubts)


def total_differs(total: int, numbers: Sequence[str]) -> bool:
    """A closing note tells another total than there are cases, and than their numbers run.

    Entries that were struck out have a number and are no case, and a note may count them or not: either will
    do. Where a number was not understood, there are the cases alone to count.
    """
    plain = [number for text in numbers if (series := series_of(text)) and (number := _plain(series[0]))]
    run = max(plain) - min(plain) + 1 if plain else 0
    return total not in {len(numbers), run}


TOTAL_CHECKS: Final[Mapping[str, Callable[[int, Sequence[str]], bool]]] = {"total_differs": total_differs}


def check_total(total: int, numbers: Sequence[str], register_type: str) -> tuple[Doubt, ...]:
    """The rules that the total of a closing note and the numbers of its year's cases break.

    What is broken is a doubt on these fields of the last case.
    """
    return tuple(
        Doubt(rule.id, rule.groups[0], say(rule.sentence), rule.severity)
        for rule in total_rules()
        if register_type in rule.types and TOTAL_CHECKS[rule.check](total, numbers)
    )


def _plain(number: str) -> int | None:
    digits = number.rstrip("aAbBcCdDđĐ")
    return int(digits) if digits.isdecimal() else None
