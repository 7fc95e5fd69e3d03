"""Places: split into their parts by the unit words and abbreviations, each part kept as it is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from pipeline.lexicons.places import find_places
from pipeline.text import clean_text, strip_leaders

# Unit words by level. Abbreviations need their point, a blank before a capital, or a figure (P. 5, P5).
_UNITS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("province", ("tỉnh", "thành phố trực thuộc trung ương", "đặc khu", r"t(?=\.)")),
    ("city", ("thành phố", r"tp(?=[\s.])", r"t\.p")),
    ("district", ("huyện", "quận", "thị xã", r"h(?=\.)", r"q(?=[.\d])", r"tx(?=[\s.])", r"t\.x")),
    ("commune", ("xã", "phường", "thị trấn", r"x(?=\.)", r"p(?=[.\d])", r"tt(?=[\s.])", r"t\.t")),
    (
        "hamlet",
        (
            "ấp",
            "thôn",
            "khu phố",
            "khóm",
            "xóm",
            "bản",
            "buôn",
            "bon",
            "sóc",
            "làng",
            "đội",
            "tổ dân phố",
            "tổ",
            "khu",
            "tiểu khu",
            r"kp(?=[\s.\d])",
            r"tdp(?=[\s.\d])",
        ),
    ),
    (
        "detail",
        (
            "số nhà",
            "số",
            "đường",
            "hẻm",
            "ngõ",
            "quốc lộ",
            "km",
            "bệnh viện",
            "trạm y tế",
            "trạm xá",
            "trung tâm y tế",
            "nhà hộ sinh",
            "nhà bảo sanh",
            "nhà",
            "phòng khám",
            r"bv(?=[\s.])",
            r"bvđk(?=[\s.])",
            r"ttyt(?=[\s.])",
        ),
    ),
)
_LEVELS: Final = tuple(
    (level, re.compile(rf"^(?:{'|'.join(names)})(?=[\s.\d]|$)\.?\s*(?P<name>.*)$", re.I))
    for level, names in _UNITS
)
_LEADING: Final = re.compile(r"^(?:tại|ở)\s+", re.I)
# Without commas the unit words themselves part the text: "xã Tân Lợi huyện Hớn Quản tỉnh Bình Phước".
_INNER: Final = re.compile(
    r"(?<=\w)\s+(?=(?:xã|phường|thị trấn|huyện|quận|thị xã|thành phố|tỉnh|tt\.|tp\.|tx\.|[xphqt]\.)\s*\S)",
    re.I,
)

_ORDER: Final = ("province", "district", "commune", "hamlet", "detail")


@dataclass(frozen=True, slots=True)
class PlacePart:
    """One part as written, the level that its unit word tells (or ""), and the name without that word."""

    text: str
    level: str
    name: str


@dataclass(frozen=True, slots=True)
class PlaceValue:
    """Parts of a place as written, "" for those that are not there; ``detail`` comes before the hamlet."""

    detail: str
    hamlet: str
    commune: str
    district: str
    province: str

    def parts(self) -> tuple[str, ...]:
        """The parts that are there, smallest first."""
        every = (self.detail, self.hamlet, self.commune, self.district, self.province)
        return tuple(part for part in every if part)


def normalise_place(text: str) -> str:
    """The place as written, without leaders at its ends and with one blank after each comma."""
    place = strip_leaders(text)
    return re.sub(r"\s*([,;])\s*(?!\d)", r"\1 ", place).strip(" ,;")


def place_parts(text: str) -> tuple[PlacePart, ...]:
    """The parts between commas, dashes and unit words, each with its level."""
    pieces = re.split(r"\s*[,;]\s*|\s+-\s+", _LEADING.sub("", normalise_place(text)))
    split = [part for piece in pieces for part in _INNER.split(piece)]
    return tuple(_part(piece.strip(" .")) for piece in split if piece.strip(" ."))


def _part(text: str) -> PlacePart:
    for level, pattern in _LEVELS:
        found = pattern.match(text)
        if found and (found["name"] or level == "detail"):
            return PlacePart(text, level, found["name"])
    return PlacePart(text, "detail" if text[:1].isdigit() else "", text)


def parse_place(text: str) -> PlaceValue:
    """The place by levels. Parts without a unit word take the levels that are left, from the province down.

    "Thành phố" is a district where something larger follows it, and a province where nothing does. Where the
    text ends in no known province ("Lộc Khánh, Lộc Ninh"), its end takes the largest level with such a name.
    """
    found: dict[str, str] = {}
    reached = 0  # the largest level that is still free, going from the end of the text to its beginning
    for part in reversed(place_parts(text)):
        level = part.level
        if level == "city":
            level = "district" if "province" in found else "province"
        if not level:
            if not found:
                reached = _known_level(part.name)
            level = _ORDER[reached] if reached < len(_ORDER) else "detail"
        if level in found:
            level = "detail"
        found[level] = f"{part.text}, {found[level]}" if level in found else part.text
        reached = max(reached, _ORDER.index(level) + 1) if level != "detail" else reached
    return PlaceValue(*(clean_text(found.get(level, "")) for level in reversed(_ORDER)))


def _known_level(name: str) -> int:
    """Position in ``_ORDER`` of the largest level with a unit of that name; the province where none has.

    Provinces of before 1976 do not count: Bình Long and Phước Long were districts for most registers.
    """
    levels = {place.level for place in find_places(name) if place.until is None or place.until > 1976}
    return next((rank for rank, level in enumerate(_ORDER) if level in levels), 0)
