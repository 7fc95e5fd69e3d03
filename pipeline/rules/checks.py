"""The predicates behind the rules: each says whether what it is given cannot stand, or hardly can.

A check takes the texts of its rule's fields in their order ("" for those that are blank or absent), the
parameters of the rule, and the year in which the book was opened. It answers True where the rule is broken,
and False also where it cannot tell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from pipeline.elements import FieldKind
from pipeline.fields.choice import choose
from pipeline.fields.date import agrees, parse_date
from pipeline.fields.date_value import DateValue, Precision, Remark
from pipeline.fields.identity import facts_of
from pipeline.fields.name import name_parts
from pipeline.fields.number import normalise_number, series_of
from pipeline.fields.place import parse_place
from pipeline.lexicons.places import bare_name, consistent
from pipeline.lexicons.tables import rows
from pipeline.text import strip_leaders, text_key

if TYPE_CHECKING:
    from pipeline.lexicons.places import Place

Parameters = Mapping[str, Any]
Check = Callable[[Sequence[str], Parameters, int | None], bool]

_ON_TIME: Final = "Đúng hạn"
_LATE: Final = "Quá hạn"


def _span(value: DateValue) -> tuple[date, date] | None:
    """First and last day that a certain date may be; None for one that is not certain."""
    if not value.certain or value.year is None:
        return None
    last_month = value.month or 12
    first = date(value.year, value.month or 1, value.day or 1)
    if value.precision is Precision.DAY:
        return first, first
    following = date(value.year + last_month // 12, last_month % 12 + 1, 1)
    return first, date.fromordinal(following.toordinal() - 1)


def _year(text: str) -> int | None:
    value = parse_date(text)
    return value.year if value.certain else None


def dates_agree(texts: Sequence[str], _: Parameters, __: int | None) -> bool:
    """Figures and words give different dates."""
    return agrees(texts[0], texts[1]) is False


def date_possible(texts: Sequence[str], _: Parameters, __: int | None) -> bool:
    """A text stands where a date should, and the calendar has no such day or it is no date at all."""
    return parse_date(texts[0]).remark in {Remark.IMPOSSIBLE, Remark.NOT_UNDERSTOOD}


def date_not_whole(texts: Sequence[str], _: Parameters, __: int | None) -> bool:
    """A date is written, and its day or month is not."""
    value = parse_date(texts[0])
    return value.certain and value.precision is not Precision.DAY


def in_future(texts: Sequence[str], _: Parameters, __: int | None) -> bool:
    """The year of a date is still to come: 2073, where 2013 was written."""
    written = _year(texts[0])
    return written is not None and written > datetime.now(UTC).year


def in_order(texts: Sequence[str], _: Parameters, __: int | None) -> bool:
    """The first date is after the second, however their missing parts may be filled."""
    first, second = _span(parse_date(texts[0])), _span(parse_date(texts[1]))
    return first is not None and second is not None and first[0] > second[1]


def year_of_book(texts: Sequence[str], params: Parameters, year: int | None) -> bool:
    """The year of a date is outside of ``before`` to ``after`` years around the year of the book."""
    written = _year(texts[0])
    if written is None or year is None:
        return False
    return not year - int(params["before"]) <= written <= year + int(params["after"])


def volume_of_book(texts: Sequence[str], _: Parameters, year: int | None) -> bool:
    """The year behind the number of the volume is not that of the book."""
    series = series_of(texts[0])
    return series is not None and year is not None and series[1] != year


def year_of_number(texts: Sequence[str], _: Parameters, __: int | None) -> bool:
    """The year behind the number is not the year of the date."""
    series, written = series_of(texts[0]), _year(texts[1])
    return series is not None and written is not None and series[1] != written


def number_form(texts: Sequence[str], _: Parameters, __: int | None) -> bool:
    """Something is written, and it is not number/year, or the number is 0: that of "0/2019" lost a figure."""
    series = series_of(texts[0])
    return bool(strip_leaders(texts[0])) and (series is None or series[0] == "0")


def missing(texts: Sequence[str], _: Parameters, __: int | None) -> bool:
    """Nothing is written."""
    return not strip_leaders(texts[0])


def not_digits(texts: Sequence[str], _: Parameters, __: int | None) -> bool:
    """Something is written, and it is no plain number."""
    return bool(strip_leaders(texts[0])) and not normalise_number(texts[0]).isdecimal()


def _days_between(birth: str, registration: str) -> int | None:
    """Days between two dates of which every part is known."""
    first, second = parse_date(birth), parse_date(registration)
    spans = (_span(first), _span(second))
    if spans[0] is None or spans[1] is None or {first.precision, second.precision} != {Precision.DAY}:
        return None
    return (spans[1][0] - spans[0][0]).days


def _registered_as(texts: Sequence[str], params: Parameters, kind: str) -> int | None:
    """Days from birth to registration where the case is marked as of that kind; None where it is not."""
    year = _year(texts[1])
    if year is None or year < int(params["since"]):
        return None
    if choose(FieldKind.REGISTRATION_KIND, texts[2]).value != kind:
        return None
    return _days_between(texts[0], texts[1])


def late_but_on_time(texts: Sequence[str], params: Parameters, _: int | None) -> bool:
    """More than ``days`` lie between birth and registration, and it is marked as on time."""
    days = _registered_as(texts, params, _ON_TIME)
    return days is not None and days > int(params["days"])


def on_time_but_late(texts: Sequence[str], params: Parameters, _: int | None) -> bool:
    """At most ``days`` lie between birth and registration, and it is marked as late."""
    days = _registered_as(texts, params, _LATE)
    return days is not None and 0 <= days <= int(params["days"])


def age_outside(texts: Sequence[str], params: Parameters, _: int | None) -> bool:
    """Whoever was born on the first date was younger than ``least`` or older than ``most`` on the second."""
    born, then = _span(parse_date(texts[0])), _span(parse_date(texts[1]))
    if born is None or then is None:
        return False
    oldest, youngest = then[1].year - born[0].year, then[0].year - born[1].year - 1
    return oldest < int(params["least"]) or youngest > int(params["most"])


def ages_apart(texts: Sequence[str], params: Parameters, _: int | None) -> bool:
    """Two people were born more than ``most`` years apart."""
    first, second = _year(texts[0]), _year(texts[1])
    return first is not None and second is not None and abs(first - second) > int(params["most"])


def identity_form(texts: Sequence[str], _: Parameters, __: int | None) -> bool:
    """Something is written, and it is no personal number of twelve digits."""
    return bool(strip_leaders(texts[0])) and facts_of(texts[0]) is None


def identity_sex(texts: Sequence[str], _: Parameters, __: int | None) -> bool:
    """The sex in the personal number is not the one written."""
    facts, sex = facts_of(texts[0]), choose(FieldKind.SEX, texts[1]).value
    return facts is not None and sex in {"Nam", "Nữ"} and facts.sex != sex


def identity_of_other_sex(texts: Sequence[str], params: Parameters, _: int | None) -> bool:
    """The sex in the personal number is not the one that its holder has: a husband's, a mother's."""
    facts = facts_of(texts[0])
    return facts is not None and facts.sex != params["sex"]


def identity_place(texts: Sequence[str], params: Parameters, _: int | None) -> bool:
    """The first three digits of the personal number are those of no province and of no country."""
    facts = facts_of(texts[0])
    return (
        facts is not None and facts.place not in _place_codes() and int(facts.place) < int(params["abroad"])
    )


@cache
def _place_codes() -> frozenset[str]:
    return frozenset(row[0] for row in rows("identity_places"))


def identity_year(texts: Sequence[str], _: Parameters, __: int | None) -> bool:
    """The year in the personal number is not the year of birth."""
    facts, year = facts_of(texts[0]), _year(texts[1])
    return facts is not None and year is not None and facts.year != year


def sex_and_name(texts: Sequence[str], params: Parameters, _: int | None) -> bool:
    """A middle name is one of the other sex; Thị counts as the first word too, where Văn is a surname."""
    sex = choose(FieldKind.SEX, texts[0]).value
    surname, middle, _given = name_parts(texts[1])
    others = set(params.get(sex, ()))
    return bool(others & set(middle.split()) or others & set(params.get("first", ())) & {surname})


def surname_of_neither(texts: Sequence[str], params: Parameters, _: int | None) -> bool:
    """Both parents are named, and the child bears the surname of neither."""
    surnames = [text_key(name_parts(text)[0], casefold=True) for text in texts]
    spared = {text_key(name, casefold=True) for name in params["except"]}
    return all(surnames) and surnames[0] not in {*surnames[1:], *spared}


def ethnicity_of_neither(texts: Sequence[str], _: Parameters, __: int | None) -> bool:
    """All three ethnic groups are known, and the child has that of neither parent."""
    groups = [choose(FieldKind.ETHNICITY, text).value for text in texts]
    return all(groups) and groups[0] not in groups[1:]


def ethnicity_not_listed(texts: Sequence[str], _: Parameters, __: int | None) -> bool:
    """Something is written, and it is no ethnic group of the list, or stands for several."""
    return bool(strip_leaders(texts[0])) and not choose(FieldKind.ETHNICITY, texts[0]).value


def unit_not_yet(texts: Sequence[str], _: Parameters, year: int | None) -> bool:
    """A place names a unit that did not bear its name yet when that was written."""
    written = _year(texts[1]) or year
    return any(_all_from(units, written) for units in _units_of(texts[0])) if written is not None else False


def unit_no_more(texts: Sequence[str], _: Parameters, year: int | None) -> bool:
    """A place names a unit that did not bear its name any more when that was written."""
    written = _year(texts[1]) or year
    return any(_all_until(units, written) for units in _units_of(texts[0])) if written is not None else False


def _all_from(units: Sequence[Place], year: int) -> bool:
    return bool(units) and all(unit.since is not None and unit.since > year for unit in units)


def _all_until(units: Sequence[Place], year: int) -> bool:
    return bool(units) and all(unit.until is not None and unit.until < year for unit in units)


def _units_of(text: str) -> list[tuple[Place, ...]]:
    """Units by which a place may be meant, level by level; a name that no list has tells nothing.

    A commune or a district counts only under a province that is named too: names recur in the country.
    """
    place = parse_place(text)
    province, district, commune = (
        bare_name(name) for name in (place.province, place.district, place.commune)
    )
    if not province:
        return []
    found = [consistent("", "", province)]
    if district:
        found.append(consistent("", district, province))
    if commune and district:
        found.append(consistent(commune, district, province))
    return found


CHECKS: Final[Mapping[str, Check]] = {
    check.__name__: check
    for check in (
        dates_agree,
        date_possible,
        date_not_whole,
        in_future,
        in_order,
        year_of_book,
        volume_of_book,
        year_of_number,
        number_form,
        missing,
        not_digits,
        late_but_on_time,
        on_time_but_late,
        age_outside,
        ages_apart,
        identity_form,
        identity_sex,
        identity_of_other_sex,
        identity_place,
        identity_year,
        sex_and_name,
        surname_of_neither,
        ethnicity_of_neither,
        ethnicity_not_listed,
        unit_not_yet,
        unit_no_more,
    )
}
