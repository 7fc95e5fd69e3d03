"""Made-up addresses out of real units, written as clerks write them."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from training.people import DATA

_SHORT = {
    "xã": ("xã ", "xã ", "Xã ", "X. ", ""),
    "p": ("phường ", "phường ", "P. ", "Phường "),
    "tt": ("thị trấn ", "TT. ", "TT "),
    "huyện": ("huyện ", "huyện ", "Huyện ", "H. ", ""),
    "thị xã": ("thị xã ", "TX. ", "thị xã "),
    "tỉnh": ("tỉnh ", "tỉnh ", "", "T. "),
}


@dataclass(frozen=True, slots=True)
class Unit:
    """A commune with what stands above it; ``kind`` is "xã", "p" or "tt"."""

    commune: str
    kind: str
    district: str
    province: str


@dataclass(frozen=True, slots=True)
class AddressStyle:
    """How one clerk writes addresses."""

    commune: int
    district: int
    province: int
    comma: str

    @classmethod
    def of(cls, rng: random.Random) -> AddressStyle:
        """A clerk's style."""
        return cls(
            rng.randrange(5), rng.randrange(5), rng.randrange(4), rng.choice([", ", ", ", ", ", " - "])
        )


@lru_cache(maxsize=1)
def _places() -> dict[str, Any]:
    return tomllib.loads((DATA / "places.toml").read_text(encoding="utf-8"))


def _unit(rng: random.Random, table: dict[str, dict[str, list[str]]], province: str) -> Unit:
    district = rng.choice(list(table[province]))
    commune = rng.choice(table[province][district])
    kind, name = commune.split(":") if ":" in commune else ("xã", commune)
    return Unit(name, kind, district, province)


def home_unit(rng: random.Random, year: int, near: Unit | None = None) -> Unit:
    """Where somebody lives in that year: mostly the office's own commune."""
    if near and rng.random() < 0.75:
        return near
    table = _places()["old"] if year < 1997 else _places()["units"]
    unit = _unit(rng, table, "Sông Bé" if year < 1997 else "Bình Phước")
    # Hớn Quản and the towns are of 2009, Phú Riềng of 2015.
    if year < 2016 and unit.district == "huyện Phú Riềng":
        return Unit(unit.commune, unit.kind, "huyện Bù Gia Mập", unit.province)
    return unit


def family_seat(rng: random.Random, group: str = "kinh") -> Unit:
    """A quê quán: any province, of any time; the smaller ethnic groups mostly where they are at home."""
    units, old = _places()["units"], _places()["old"]
    seats = _places()["seats"].get(group)
    if seats and rng.random() < 0.9:
        return _unit(rng, units, rng.choice(seats))
    if rng.random() < 0.12:
        return _unit(rng, old, rng.choice(list(old)))
    return _unit(rng, units, "Bình Phước" if rng.random() < 0.3 else rng.choice(list(units)))


def hamlet(rng: random.Random) -> str:
    """A hamlet, a street quarter or a sóc."""
    return str(rng.choice(_places()["hamlets"]))


def hospital(rng: random.Random) -> str:
    """Where children are born who are not born at home."""
    near = rng.random() < 0.8
    return str(rng.choice(_places()["hospitals"]["near" if near else "far"]))


def written(unit: Unit, style: AddressStyle, rng: random.Random, *, with_hamlet: float = 0.0) -> str:
    """The unit's address in the clerk's style, a hamlet before it in a share of cases."""

    def short(kind: str, pick: int) -> str:
        ways = _SHORT[kind]
        return ways[pick % len(ways)]

    level, _, name = unit.district.rpartition(" xã ") if unit.district.startswith("thị xã") else ("", "", "")
    district_kind, district = ("thị xã", name) if level else tuple(unit.district.split(" ", 1))
    parts = [
        short(unit.kind, style.commune) + unit.commune,
        short(district_kind, style.district) + district,
        short("tỉnh", style.province) + unit.province,
    ]
    if rng.random() < with_hamlet:
        parts.insert(0, hamlet(rng))
    text = style.comma.join(parts)
    return text[0].upper() + text[1:]
