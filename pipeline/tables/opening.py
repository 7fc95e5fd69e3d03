"""Is a page a table, which one, and which way up: rules first, then what is printed in its head."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline import ink as inks
from pipeline.clean import clean
from pipeline.forms import all_tables
from pipeline.recognise.tesseract import PrintedWord, words_of
from pipeline.tables.grid import LEAST_COLUMNS, find_tables, may_be_table
from pipeline.tables.headings import fit_table, head_of
from pipeline.tables.strokes import without_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.clean import CleanPage
    from pipeline.forms.table import TableForm
    from pipeline.ink import Ink
    from pipeline.tables.grid import Table
    from pipeline.tables.headings import TableFit
    from pipeline.tables.strokes import TableInk

SURE: Final = 0.75
"""A page on which so much of a form's headings was read needs no look the other way up."""
LEAST_SHARE: Final = 0.5
"""A table on which less of a form's headings was read is not that form."""
STRANGER: Final = 0.2
"""A table is of another register when that one's form shows so much more of itself."""
MANY_COLUMNS: Final = 8
"""Columns that no form of a page a case has."""
HINT: Final = 0.05
"""What the edition or the year of its book says for a form."""
HEAD_LEVELS: Final = 4
"""Level rules from its upper border on between which the head of a table ends."""
DEEPEST: Final = 0.3
"""Part of the page's height that a head takes at most."""
PALE: Final = 8
"""Contrast of pale rules, of 255: too little for writing."""
FACING: Final = 2
"""Tables of two facing pages."""


@dataclass(frozen=True)
class Opening:
    """A page with tables, turned upright: its tables, its ink, and the form that fits best, if any does."""

    page: CleanPage
    tables: tuple[Table, ...]
    ink: TableInk
    fit: TableFit | None

    @property
    def share(self) -> float:
        """How much of a form's headings was read, of the page of it that is better read."""
        return max((*self.fit.pages, self.fit.share)) if self.fit is not None else 0.0


def is_known_table(opening: Opening) -> bool:
    """Whether a page has the headings of a known table form."""
    return opening.share >= LEAST_SHARE


def is_surely_table(opening: Opening) -> bool:
    """Whether a page is hardly a form of a page a case, whatever its headings say: its rules alone tell."""
    return is_known_table(opening) or sum(table.columns for table in opening.tables) >= MANY_COLUMNS


def find_opening(
    image: NDArray[np.uint8],
    first: CleanPage,
    ink: Ink,
    turns: Sequence[int],
    register_type: str = "",
    edition: str = "",
    year: int | None = None,
    forms: Sequence[TableForm] | None = None,
) -> Opening | None:
    """The tables of a page, upright; None where it has none.

    Args:
        image: the page as scanned.
        first: the page turned the first of the ways.
        ink: its strokes and furniture.
        turns: ways to turn it, the likeliest first.
        register_type: type of the book, "" where it is not known.
        edition: edition of the book, "" where it is not known.
        year: year of the book, where it is known.
        forms: the table forms to lay over it; all known ones by default.
    """
    upright, sideways = _has_columns(np.asarray(ink.strokes | ink.furniture, np.uint8))
    if not upright and first.width > first.height:
        upright, _ = _has_columns(_with_pale(first, ink))
    best: Opening | None = None
    for turned in turns:
        # Rules cross the same way upside down: only a turn that shows enough columns is worth a look.
        if not (sideways if (turned - first.turned) % 180 else upright):
            continue
        page = first if turned == first.turned else clean(image, turned)
        strokes = ink if turned == first.turned else inks.separate(page.grey)
        found = _look(page, strokes, all_tables() if forms is None else forms, register_type, edition, year)
        if found is not None and (best is None or found.share > best.share):
            best = found
        if best is not None and best.share >= SURE:
            break
    return best


def _has_columns(ink: NDArray[np.uint8]) -> tuple[bool, bool]:
    """Whether there is a table upright, and whether there is one on its side."""
    if not may_be_table(ink):
        return False, False
    ways = (find_tables(ink), find_tables(np.ascontiguousarray(np.rot90(ink))))
    upright, sideways = (any(table.columns >= LEAST_COLUMNS for table in tables) for tables in ways)
    return upright, sideways


def _look(
    page: CleanPage,
    ink: Ink,
    forms: Sequence[TableForm],
    register_type: str,
    edition: str,
    year: int | None,
) -> Opening | None:
    tables = _tables(page, ink)
    if not tables or max(table.columns for table in tables) < LEAST_COLUMNS:
        return None
    apart = without_rules(page.grey, ink, tables)
    words = _words(page, apart, tables)
    heads = [head_of(index, table, words, forms) for index, table in enumerate(tables)]
    fits = [fit_table(form, heads) for form in forms]

    def worth(fit: TableFit) -> float:
        span = fit.form.years
        fits_year = year is not None and span is not None and span[0] <= year <= span[1]
        return fit.worth + HINT * ((fit.form.edition == edition) + fits_year)

    best = max(fits, key=worth, default=None)
    if register_type and best is not None and best.form.type != register_type:
        own = max((fit for fit in fits if fit.form.type == register_type), key=worth, default=None)
        best = None if own is None or worth(best) > worth(own) + STRANGER else own
    return Opening(page, tuple(tables), apart, best)


def _tables(page: CleanPage, ink: Ink) -> list[Table]:
    """The tables of a page; where one of two facing ones or both are missing, their rules may be pale."""
    every = np.asarray(ink.strokes | ink.furniture, np.uint8)
    tables = find_tables(every)
    if page.width <= page.height or len(tables) == FACING:
        return tables
    more = find_tables(_with_pale(page, ink))
    return more if len(more) > len(tables) else tables


def _with_pale(page: CleanPage, ink: Ink) -> NDArray[np.uint8]:
    return np.asarray(ink.strokes | ink.furniture | inks.binarise(page.grey, PALE), np.uint8)


def _words(page: CleanPage, ink: TableInk, tables: Sequence[Table]) -> list[PrintedWord]:
    """What is printed in the heads of the tables."""
    tops, bottoms = [], []
    for table in tables:
        middle = (table.left + table.right) / 2
        tops.append(table.row_at(0, middle))
        bottoms.append(table.row_at(min(HEAD_LEVELS - 1, len(table.levels) - 1), middle))
    top = max(0, int(min(tops)) - 30)
    bottom = min(page.height, int(max(bottoms)) + 30, top + round(DEEPEST * page.height))
    words = words_of(np.ascontiguousarray(ink.bare[top:bottom]))
    return [replace(word, box=replace(word.box, y=word.box.y + top)) for word in words]
