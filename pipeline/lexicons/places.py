"""The provinces, districts and communes of the country up to 2025, with older names where they are known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from pipeline.lexicons.tables import rows
from pipeline.text import joined_key

if TYPE_CHECKING:
    from collections.abc import Mapping

_UNIT_WORD: Final = re.compile(r"^(?:tỉnh|thành phố|thị xã|thị trấn|huyện|quận|phường|xã)\s+(?=\D)", re.I)

_JOINED: Final = str.maketrans("", "", " -'.,()")


@dataclass(frozen=True, slots=True)
class Place:
    """A unit with its unit word (``text``: "Xã Tân Lợi") and without ("Tân Lợi"), and the units above it.

    ``since`` and ``until`` are the years of that name, None where they are not known.
    ``level`` is "province", "district" or "commune". Wards with a number keep their unit word as their name.
    """

    text: str
    name: str
    level: str
    district: str
    province: str
    since: int | None = None
    until: int | None = None

    def existed(self, year: int | None) -> bool:
        """Whether the unit bore its name in that year, as far as that is known."""
        if year is None:
            return True
        return (self.since is None or self.since <= year) and (self.until is None or year <= self.until)


@dataclass(frozen=True, slots=True)
class District:
    """A district with its communes; ``place.text`` is "" for communes right under a province (2025)."""

    place: Place
    communes: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Province:
    """A province with its districts; none for a former province of which only the name is kept."""

    place: Place
    districts: tuple[District, ...]


def bare_name(text: str) -> str:
    """A unit's name without its unit word; "Phường 5" stays as it is."""
    return _UNIT_WORD.sub("", text)


def _year(text: str) -> int | None:
    return int(text) if text else None


@cache
def places() -> tuple[Province, ...]:
    """All provinces with what they hold; a district appears once for each period of its list."""
    tree: dict[str, tuple[District, ...]] = {}
    periods: dict[str, tuple[int | None, int | None]] = {}
    for province, district, since, until, communes in rows("places"):
        first, last = _year(since), _year(until)
        here = Place(district, bare_name(district), "district", district, province, first, last)
        below = tuple(
            Place(text, bare_name(text), "commune", district, province, first, last)
            for text in communes.split("|")
        )
        tree[province] = (*tree.get(province, ()), District(here, below))
    for province, since, until in rows("former_provinces"):
        periods[province] = (_year(since), _year(until))
    known = {bare_name(text) for text in tree}
    names_only = {text: () for text in periods if bare_name(text) not in known}
    return tuple(Province(_province(text, periods), below) for text, below in (tree | names_only).items())


def _province(text: str, periods: Mapping[str, tuple[int | None, int | None]]) -> Place:
    name = bare_name(text)
    since, until = periods.get(name) or periods.get(text) or (None, None)
    return Place(text, name, "province", "", text, since, until)


@cache
def _index() -> dict[str, tuple[Place, ...]]:
    table: dict[str, list[Place]] = {}
    for province in places():
        units = [province.place]
        for district in province.districts:
            units += [district.place, *district.communes]
        for place in units:
            # Ten times faster than joined_key and the same: the files hold clean text, one tone placement.
            for spelling in {text.casefold().translate(_JOINED) for text in (place.text, place.name)} - {""}:
                table.setdefault(spelling, []).append(place)
    return {spelling: tuple(found) for spelling, found in table.items()}


def find_places(name: str, level: str = "", year: int | None = None) -> tuple[Place, ...]:
    """Units of that name, with or without its unit word, of that level and year where they are given.

    Case, blanks, hyphens and the placement of tone marks do not matter: Đak Ơ is Đak-Ơ, not Đăk Ơ.
    """
    return tuple(
        place
        for place in _index().get(joined_key(name), ())
        if place.level == level or not level
        if place.existed(year)
    )


def consistent(
    commune: str = "", district: str = "", province: str = "", year: int | None = None
) -> tuple[Place, ...]:
    """Units that fit the names which are given, each under the next: () where they contradict one another.

    The result is of the smallest level that is named. "" stands for a level that is not written.
    """
    named = ((commune, "commune"), (district, "district"), (province, "province"))
    smallest = next(((name, level) for name, level in named if name), None)
    if smallest is None:
        return ()
    above = {level: joined_key(bare_name(name)) for name, level in named if name}

    def fits(place: Place) -> bool:
        parents = {"district": place.district, "province": place.province}
        return all(
            joined_key(bare_name(parents[level])) == wanted or joined_key(parents[level]) == wanted
            for level, wanted in above.items()
            if level in parents and level != place.level
        )

    return tuple(place for place in find_places(*smallest, year=year) if fits(place))
