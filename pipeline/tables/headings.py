"""What is printed over the columns of a table, and which columns of a form that makes them.

Headings stand over one to three lines in narrow cells, some under a heading that several columns share, and
often with a number below. A form's columns are laid over the table's in order, so that what was read says the
most; a column whose heading is not readable follows from its number, or from its neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from rapidfuzz import fuzz

from pipeline.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.forms.table import Column, TableForm
    from pipeline.recognise.tesseract import PrintedWord
    from pipeline.tables.grid import Table

ALIKE: Final = 0.62
"""How like a wording a heading must be, 0 to 1, to be taken for it at all."""
UNREAD: Final = 0.45
"""Score of a column that only its number or its neighbours name."""
NUMBERED: Final = 0.2
"""What the printed number of a column adds."""
OTHER_PAGE: Final = 0.3
"""What a column loses that stands on the other page than its form says."""
MOST_STOREYS: Final = 3
ONE_PAGE: Final = 0.25
"""Less than this of a page's headings read: that page of an opening is not on the scan."""
LOW: Final = 0.6
"""Part of a usual row's height under which a row of column numbers stays."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A printed column: its own heading, the one that it shares with its neighbours, its number (0: none)."""

    table: int
    column: int
    own: str
    group: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Head:
    """The head of one table: its headings, and at which of its level rules the rows of cases begin."""

    headings: tuple[Heading, ...]
    first_row: int


@dataclass(frozen=True, slots=True)
class Found:
    """A form's column found on the page, and how sure that is, 0 to 1.

    ``weight`` is what it says for the form: more than the score where its printed number fits, too.
    """

    column: Column
    heading: Heading
    score: float
    weight: float


@dataclass(frozen=True)
class TableFit:
    """A table form laid over the tables of a page.

    ``share`` is how much of the form's headings was found, 0 to 1; ``pages`` the same by page of the form.
    """

    form: TableForm
    columns: tuple[Found, ...]
    share: float
    pages: tuple[float, ...]
    heads: tuple[Head, ...]

    @property
    def worth(self) -> float:
        """How well the form fits, for comparing forms: its better page alone where the other is missing."""
        asked = [c for c in self.form.columns if c.field and not c.optional]
        score = {found.column: found.weight for found in self.columns if found.score > UNREAD}
        parts = [[c for c in asked if c.page == page] for page in range(1, self.form.pages + 1)]
        if min(self.pages, default=0.0) >= ONE_PAGE:
            parts = [asked]
        return max((sum(score.get(c, 0.0) for c in part) / len(part) for part in parts if part), default=0.0)


def head_of(index: int, table: Table, words: Sequence[PrintedWord], forms: Sequence[TableForm]) -> Head:
    """The head of a table: as many of its upper bands as turn the most of their words into known headings.

    Args:
        index: which table of the page it is.
        table: its rules.
        words: printed words of the upper part of the page.
        forms: the forms whose wordings count.
    """
    known = frozenset(fold(text) for form in forms for column in form.columns for text in column.text)
    placed = _placed(table, words)
    best: tuple[float, int, list[Heading]] = (-1.0, 1, [])
    for storeys in range(1, min(MOST_STOREYS, len(table.levels) - 2) + 1):
        headings = _headings(index, table, placed, storeys)
        worth = sum(_nearest(fold(h.own), known) for h in headings if fold(h.own))
        if worth > best[0] + 0.3:
            best = (worth, storeys, headings)
    _, storeys, headings = best
    first_row = storeys
    numbers = _numbers(table, placed, storeys)
    if numbers is not None:
        first_row += 1
        headings = [
            Heading(h.table, h.column, h.own, h.group, number)
            for h, number in zip(headings, numbers, strict=True)
        ]
    return Head(tuple(headings), first_row)


def _nearest(text: str, known: frozenset[str]) -> float:
    best = max((fuzz.ratio(text, wording) for wording in known), default=0.0) / 100.0
    return best if best >= ALIKE else 0.0


@dataclass(frozen=True, slots=True)
class _Placed:
    """A printed word with its row and the column of the table that it stands in, -1 outside."""

    word: PrintedWord
    row: float
    column: int


def _placed(table: Table, words: Sequence[PrintedWord]) -> list[_Placed]:
    rows = [word.box.y + word.box.h / 2 for word in words]
    edges = np.array([rule.at(np.array(rows)) for rule in table.uprights]) if words else np.zeros((0, 0))
    found = []
    for k, (word, row) in enumerate(zip(words, rows, strict=True)):
        column = int((edges[:, k] <= word.box.x + word.box.w / 2).sum()) - 1
        found.append(_Placed(word, row, column if column < table.columns else -1))
    return found


def _headings(index: int, table: Table, words: Sequence[_Placed], storeys: int) -> list[Heading]:
    """What is printed over each column from the table's upper border to the rule under so many storeys."""
    inner = [*table.levels[1:storeys], *table.parts]
    under: list[float] = []
    tops: list[float] = []
    bottoms: list[float] = []
    for column in range(table.columns):
        x = _middle(table, column)
        top, bottom = table.row_at(0, x), table.row_at(storeys, x)
        rows = [float(rule.at(x)[0]) for rule in inner if rule.start - 8 <= x <= rule.end + 8]
        under.append(max((y for y in rows if top + 10 < y < bottom - 10), default=top))
        tops.append(top)
        bottoms.append(bottom)
    found = []
    for column in range(table.columns):
        low = under[column]
        own = _text([w for w in words if w.column == column and low < w.row < bottoms[column]])
        group = ""
        if low > tops[column]:
            first, last = _span(table, column, under)
            group = _text([w for w in words if first <= w.column <= last and tops[column] < w.row < low])
        found.append(Heading(index, column, own, group))
    return found


def _span(table: Table, column: int, under: Sequence[float]) -> tuple[int, int]:
    """The columns that share a heading with this one: no upright rule between them reaches the border."""

    def parted(upright: int) -> bool:
        other = abs(under[upright - 1] - under[upright]) > 15
        return other or table.uprights[upright].start < under[upright] - 12

    first, last = column, column
    while first > 0 and not parted(first):
        first -= 1
    while last < table.columns - 1 and not parted(last + 1):
        last += 1
    return first, last


def _numbers(table: Table, words: Sequence[_Placed], storeys: int) -> list[int] | None:
    """The numbers printed under the headings, 0 where none was read; None where there is no row of them."""
    if storeys + 2 >= len(table.levels):
        return None
    middle = (table.left + table.right) / 2
    tops = [table.row_at(level, middle) for level in range(len(table.levels))]
    height = tops[storeys + 1] - tops[storeys]
    usual = float(np.median(np.diff(tops[storeys + 1 :])))
    if height > LOW * usual:
        return None
    numbers = []
    for column in range(table.columns):
        x = _middle(table, column)
        top, bottom = table.row_at(storeys, x), table.row_at(storeys + 1, x)
        text = _text([w for w in words if w.column == column and top < w.row < bottom])
        digits = "".join(c for c in text if c.isdigit())
        numbers.append(int(digits) if 0 < len(digits) <= 2 else 0)
    return numbers


def _middle(table: Table, column: int) -> float:
    y = table.row_at(0, (table.left + table.right) / 2)
    return (table.column_at(column, y) + table.column_at(column + 1, y)) / 2


def _text(words: Sequence[_Placed]) -> str:
    """Words in reading order, line by line."""
    lines: list[list[_Placed]] = []
    for item in sorted(words, key=lambda w: w.row):
        if lines and item.row - float(np.mean([w.row for w in lines[-1]])) < 0.6 * item.word.box.h:
            lines[-1].append(item)
        else:
            lines.append([item])
    return " ".join(w.word.text for line in lines for w in sorted(line, key=lambda w: w.word.box.x))


def fit_table(form: TableForm, heads: Sequence[Head]) -> TableFit:
    """Lay a form's columns over those of the page, in order.

    A dynamic programme over both: a printed column may be none of the form's, a column of the form may be
    missing.
    """
    printed = [heading for head in heads for heading in head.headings]
    columns = form.columns
    two = len(heads) > 1
    likeness = [[_likeness(heading, column, two) for column in columns] for heading in printed]
    missing = [0.02 if column.optional else 0.2 for column in columns]
    n, m = len(printed), len(columns)
    best = [[0.0] * (m + 1) for _ in range(n + 1)]
    step = [[0] * (m + 1) for _ in range(n + 1)]
    for i in range(n + 1):
        for j in range(m + 1):
            ways = []
            if i and j and likeness[i - 1][j - 1] > 0:
                ways.append((best[i - 1][j - 1] + likeness[i - 1][j - 1], 3))
            if i:
                ways.append((best[i - 1][j] - 0.1, 1))
            if j:
                ways.append((best[i][j - 1] - missing[j - 1], 2))
            if ways:
                best[i][j], step[i][j] = max(ways)
    pairs: list[tuple[int, int]] = []
    i, j = n, m
    while i or j:
        if step[i][j] == 3:
            pairs.append((i - 1, j - 1))
            i, j = i - 1, j - 1
        elif step[i][j] == 1:
            i -= 1
        else:
            j -= 1
    pairs.reverse()
    scores = {(i, j): likeness[i][j] for i, j in pairs}
    for i, j in _between(pairs, n, m, [not column.optional for column in columns]):
        scores[(i, j)] = UNREAD
    found = tuple(
        Found(columns[j], printed[i], round(min(1.0, score), 3), score)
        for (i, j), score in sorted(scores.items())
    )
    pages = tuple(_share(form, found, page) for page in range(1, form.pages + 1))
    return TableFit(form, found, _share(form, found, 0), pages, tuple(heads))


def _between(
    pairs: Sequence[tuple[int, int]], n: int, m: int, required: Sequence[bool]
) -> list[tuple[int, int]]:
    """Columns that follow from their neighbours: as many printed ones as the form has between two found."""
    more = []
    ends = [(-1, -1), *pairs, (n, m)]
    for (i0, j0), (i1, j1) in pairwise(ends):
        free = list(range(i0 + 1, i1))
        asked = list(range(j0 + 1, j1))
        needed = [j for j in asked if required[j]]
        chosen = asked if len(asked) == len(free) else needed if len(needed) == len(free) else []
        more += list(zip(free, chosen, strict=False)) if pairs else []
    return more


def _likeness(heading: Heading, column: Column, two: bool) -> float:
    """How much a printed column says to be this one of the form; 0 where it does not."""
    own, group = fold(heading.own), fold(heading.group)
    score = max((_alike(own, fold(text)) for text in column.text), default=0.0)
    if group:
        texts = [fold(text) for text in column.text]
        both = max(max(_alike(own + group, text), _alike(group + own, text)) for text in texts)
        shared = max((_alike(group, fold(text)) for text in column.group), default=0.0)
        score = max(score * (0.6 + 0.4 * shared) if column.group else 0.8 * score, both)
    elif column.group and len(column.text) > 1:
        score *= 0.97
    numbered = bool(column.number) and heading.number == column.number
    if score < ALIKE:
        if not numbered or own:
            return 0.0
        score = UNREAD
    if numbered:
        score += NUMBERED
    if two and column.page - 1 != heading.table:
        score -= OTHER_PAGE
    return max(0.0, score)


@cache
def _alike(read: str, wording: str) -> float:
    return fuzz.ratio(read, wording) / 100.0


def _share(form: TableForm, found: Sequence[Found], page: int) -> float:
    """How many of the columns that a form must have were read; of one page only, or of all (0)."""
    asked = [c for c in form.columns if c.field and not c.optional and page in {0, c.page}]
    read = [f for f in found if f.column in asked and f.score > UNREAD]
    return len(read) / len(asked) if asked else 0.0
