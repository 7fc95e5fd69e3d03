"""A case as a row of the Ministry's sheet. Nothing is made up: what the book does not say stays blank."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from models.states import FieldState
from pipeline.elements import FieldKind
from pipeline.fields.choice import code_of
from pipeline.text import bare_key

if TYPE_CHECKING:
    from models.casekey import CaseKey
    from models.ministry import MinistryColumn, MinistrySheet
    from models.tables import Field

BLANK_IN_BOOK: Final = (FieldState.BLANK, FieldState.BLANK_BY_PERSON)
NO_VALUE: Final = "no_value"  # there is text, but no value could be derived from it
NO_CODE: Final = "no_code"  # there is a value, but the Ministry's table has no code for it


@dataclass(frozen=True, slots=True)
class MinistryRow:
    """Texts by column name, without ``STT``; ``gaps`` are (column, code) where text had to be left out."""

    texts: Mapping[str, str]
    gaps: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Source:
    """What the rules draw on."""

    sheet: MinistrySheet
    key: CaseKey
    fields: Mapping[str, Field]

    def value(self, key: str) -> str:
        return self.fields[key].value if key in self.fields else ""

    def verbatim(self, key: str) -> str:
        return self.fields[key].verbatim if key in self.fields else ""

    def is_blank(self, key: str) -> bool:
        """Whether the book has the field and says nothing in it; illegible or absent is not that."""
        return key in self.fields and self.fields[key].state in BLANK_IN_BOOK


def ministry_row(sheet: MinistrySheet, key: CaseKey, fields: Iterable[Field]) -> MinistryRow:
    """Fill the columns of ``sheet`` for the case with this key and these fields."""
    source = _Source(sheet, key, {field.key: field for field in fields})
    texts: dict[str, str] = {}
    gaps: list[tuple[str, str]] = []
    for column in sheet.columns:
        if column.rule == "row_number":
            continue
        text, gap = _RULES[column.rule](source, column)
        texts[column.name] = text
        if gap:
            gaps.append((column.name, gap))
    return MinistryRow(texts, tuple(gaps))


def _field(source: _Source, column: MinistryColumn) -> tuple[str, str]:
    value = source.value(column.field)
    return value, NO_VALUE if not value and source.verbatim(column.field) else ""


def _code(source: _Source, column: MinistryColumn) -> tuple[str, str]:
    value, gap = _field(source, column)
    if not value:
        return "", gap
    code = code_of(FieldKind(source.fields[column.field].kind), value)
    return code, "" if code else NO_CODE


def _mentioned(source: _Source, column: MinistryColumn) -> tuple[str, str]:
    text = f" {bare_key(source.verbatim(column.field))} "
    codes = source.sheet.codes[column.codes]
    found = {code for words, code in codes.items() if f" {bare_key(words)} " in text}
    return (found.pop() if len(found) == 1 else ""), ""


def _known_parents(source: _Source, _column: MinistryColumn) -> tuple[str, str]:
    # Neither parent written: "neither is known" and "abandoned" look the same in the book, so it stays blank.
    mother, father = bool(source.value("meHoTen")), bool(source.value("chaHoTen"))
    if mother and father:
        return "1", ""
    if father and source.is_blank("meHoTen"):
        return "2", ""
    if mother and source.is_blank("chaHoTen"):
        return "3", ""
    return "", ""


_RULES: Final[Mapping[str, Callable[[_Source, MinistryColumn], tuple[str, str]]]] = {
    "case_number": lambda source, _: (source.key.so, ""),
    "volume_number": lambda source, _: (source.key.quyen_so, ""),
    "office": lambda source, _: (source.key.office, ""),
    "field": _field,
    "verbatim": lambda source, column: (source.verbatim(column.field), ""),
    "code": _code,
    "mentioned": _mentioned,
    "known_parents": _known_parents,
    "empty": lambda _source, _column: ("", ""),
}
