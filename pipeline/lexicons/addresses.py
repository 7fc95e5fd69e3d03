"""Known addresses like one that was read: communes in their districts in their provinces.

Handwriting confuses what differs in one mark (Diêu Trì, Diệu Trì), and only one of the two lies in Tuy Phước.
So a text is taken from its end (province, district, commune, each perhaps behind its unit word) and its words
are exchanged for those of real units that look alike. Nothing else of the text is touched, and the number of
words stays as it is: which of them stands there is the recogniser's to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz, process

from pipeline.lexicons.places import places
from pipeline.text import newer_tone_place, text_key, unify_tone_place, without_marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

ALIKE: Final = {"province": 60.0, "district": 55.0, "commune": 55.0}
"""How alike, without marks, a name must be to what was read, in per cent."""
NEAREST: Final = {"province": 2, "district": 2, "commune": 5}
"""Names of a level that are followed further."""
UNITS: Final = {
    "province": ("tỉnh", "thành phố", "tp", "t"),
    "district": ("huyện", "quận", "thị xã", "thành phố", "tp", "tx", "h", "q"),
    "commune": ("xã", "phường", "thị trấn", "tt", "p", "x"),
}
WORD: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_UNIT_WORDS: Final = {level: tuple(tuple(unit.split()) for unit in units) for level, units in UNITS.items()}


@dataclass(frozen=True, slots=True)
class KnownAddress:
    """A text whose last words name real units, one inside the other, and the levels that it names so."""

    text: str
    levels: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Name:
    """A unit's name: its words, and the same without marks and case for comparing."""

    words: tuple[str, ...]
    plain: str


@dataclass(frozen=True)
class _Names:
    """Names by how many words they have, each with its plain form."""

    by_size: Mapping[int, tuple[list[_Name], list[str]]]

    @classmethod
    def of(cls, names: Iterable[_Name]) -> _Names:
        by_size: dict[int, tuple[list[_Name], list[str]]] = {}
        for name in names:
            same_size, plain = by_size.setdefault(len(name.words), ([], []))
            same_size.append(name)
            plain.append(name.plain)
        return cls(by_size)


@dataclass(frozen=True)
class _Districts:
    """Districts, and the communes of each."""

    names: _Names
    communes: Mapping[_Name, _Names]

    @classmethod
    def of(cls, held: Mapping[_Name, Iterable[_Name]]) -> _Districts:
        return cls(_Names.of(held), {district: _Names.of(communes) for district, communes in held.items()})


@dataclass(frozen=True)
class _Country:
    """Provinces with their districts; one that is gone may have held any. ``anywhere``: all districts."""

    provinces: _Names
    held: Mapping[_Name, _Districts]
    anywhere: _Districts


@dataclass(frozen=True, slots=True)
class _Match:
    """A name laid over the words from ``start`` on; the words of smaller units end at ``rest``."""

    level: str
    name: _Name
    start: int
    rest: int
    alike: float


def near_addresses(text: str) -> list[KnownAddress]:
    """Addresses of real units like this text, the text itself among them where it is one already.

    A text without a province or a district is taken as it stands: whatever level its last words name. Case
    and punctuation stay; a name that is right but for the place of its tone mark stays as well.
    """
    spans = [found.span() for found in WORD.finditer(text)]
    words = [text[start:stop] for start, stop in spans]
    found: dict[str, frozenset[str]] = {}
    for chain in _chains(words):
        new = [""] * len(words)
        for match in chain:
            new[match.start : match.start + len(match.name.words)] = match.name.words
        levels = frozenset(match.level for match in chain)
        for spelt in (unify_tone_place, newer_tone_place):
            known = _exchanged(text, spans, [spelt(word) for word in new])
            found[known] = max(found.get(known, frozenset()), levels, key=len)
    return [KnownAddress(known, levels) for known, levels in found.items()]


def _exchanged(text: str, spans: Sequence[tuple[int, int]], new: Sequence[str]) -> str:
    """The text with its words exchanged for the new ones, "" for a word that stays."""
    pieces, end = [], 0
    for (start, stop), word in zip(spans, new, strict=True):
        old = text[start:stop]
        kept = not word or _same_word(word, old)
        pieces += [text[end:start], old if kept else _cased(word, old)]
        end = stop
    return "".join([*pieces, text[end:]])


def _cased(word: str, like: str) -> str:
    return word.upper() if len(like) > 1 and like.isupper() else word


def _chains(words: Sequence[str]) -> Iterator[tuple[_Match, ...]]:
    """Ways to take the last words as units, each inside the next."""
    country = _country()
    for province in _nearest("province", words, len(words), country.provinces):
        yield (province,)
        for chain in _below(words, province.rest, country.held[province.name]):
            yield (*chain, province)
    yield from _below(words, len(words), country.anywhere)


def _below(words: Sequence[str], end: int, districts: _Districts) -> Iterator[tuple[_Match, ...]]:
    for district in _nearest("district", words, end, districts.names):
        yield (district,)
        for commune in _nearest("commune", words, district.rest, districts.communes[district.name]):
            yield (commune, district)


def _nearest(level: str, words: Sequence[str], end: int, names: _Names) -> list[_Match]:
    """The names that look most like the words before ``end``, with the unit word before them or not."""
    found: list[_Match] = []
    for size, (same_size, plain) in names.by_size.items():
        start = end - size
        if start < 0 or any(_has_figure(word) for word in words[start:end]):
            continue
        rest = _before_unit(level, words, start)
        near = process.extract(
            _plain(words[start:end]),
            plain,
            scorer=fuzz.ratio,
            limit=NEAREST[level],
            score_cutoff=ALIKE[level],
        )
        found += [_Match(level, same_size[i], start, rest, alike) for _, alike, i in near]
    found.sort(key=lambda match: (-match.alike, match.name.words))
    return found[: NEAREST[level]]


def _before_unit(level: str, words: Sequence[str], start: int) -> int:
    """Where the words before a name end: before its unit word, where it has one."""
    for unit in _UNIT_WORDS[level]:
        if tuple(word.casefold() for word in words[max(0, start - len(unit)) : start]) == unit:
            return start - len(unit)
    return start


@lru_cache(maxsize=4096)
def _plain_word(word: str) -> str:
    return without_marks(word).casefold()


@lru_cache(maxsize=4096)
def _same_word(word: str, other: str) -> bool:
    return text_key(word, casefold=True) == text_key(other, casefold=True)


def _has_figure(text: str) -> bool:
    return any(character.isdigit() for character in text)


def _plain(words: Sequence[str]) -> str:
    return " ".join(_plain_word(word) for word in words)


def _name(text: str) -> _Name:
    words = tuple(WORD.findall(text))
    return _Name(words, _plain(words))


@cache
def _country() -> _Country:
    tree: dict[_Name, dict[_Name, dict[_Name, None]]] = {}
    anywhere: dict[_Name, dict[_Name, None]] = {}
    for province in places():
        below = tree.setdefault(_name(province.place.name), {})
        for district in province.districts:
            if not district.place.name or _has_figure(district.place.name):
                continue
            # A ward that is a number is no name: no number is likelier than another.
            communes = [_name(c.name) for c in district.communes if c.name and not _has_figure(c.name)]
            for held in (below, anywhere):
                held.setdefault(_name(district.place.name), {}).update(dict.fromkeys(communes))
    everywhere = _Districts.of(anywhere)
    return _Country(
        _Names.of(tree),
        {name: _Districts.of(below) if below else everywhere for name, below in tree.items()},
        everywhere,
    )
