"""One table form laid over one page, to see what of it is found there: for the person who writes the form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline import ink as inks
from pipeline.clean import clean
from pipeline.tables.cells import cut_cells
from pipeline.tables.headings import UNREAD
from pipeline.tables.opening import find_opening
from pipeline.tables.reading import FEW_FIELDS, why_no_case
from pipeline.tables.rows import is_struck, rows_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pipeline.elements import Box
    from pipeline.forms.table import Column, TableForm
    from pipeline.reasons import Reason
    from pipeline.tables.headings import Heading, TableFit
    from pipeline.tables.opening import Opening

TURNS = (0, 90, 270, 180)


@dataclass(frozen=True, slots=True)
class PrintedColumn:
    """A column as it is printed: what was read over it, the box of its head, and the form's column it is.

    ``column`` is None for one that the form lacks. ``score`` is how well its heading was read, 0 to 1;
    ``guessed``: only its number or its neighbours say which one it is.
    """

    heading: str
    box: Box
    column: Column | None
    score: float = 0.0
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class CheckedCell:
    """The place of a cell, and whether anything is written there."""

    key: str
    box: Box
    written: bool


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A row of the table: its box, its cells, whether it holds a case, and whether it was struck out."""

    box: Box
    cells: tuple[CheckedCell, ...]
    written: bool
    struck: bool


@dataclass(frozen=True)
class CheckedTable:
    """What of a table form was found on a page.

    ``image`` is the upright page, (rows, columns, 3) BGR uint8; all boxes are in its pixels. ``missing`` are
    the form's columns that every page should have and this one does not show. ``share`` is how much of the
    form's headings was read, 0 to 1; ``reason`` why no case would be made of the page, None where one would.
    """

    image: NDArray[np.uint8]
    columns: tuple[PrintedColumn, ...]
    missing: tuple[Column, ...]
    rows: tuple[CheckedRow, ...]
    share: float
    reason: Reason | None


def check_table(image: NDArray[np.uint8], form: TableForm) -> CheckedTable | None:
    """Lay a table form over a page; None where the page has no ruled table.

    Args:
        image: the page as scanned, (rows, columns, 3) BGR uint8.
        form: the form.

    Raises:
        TesseractMissing: when tesseract or its Vietnamese data is not installed.
    """
    page = clean(image, 0)
    opening = find_opening(image, page, inks.separate(page.grey), TURNS, forms=(form,))
    if opening is None or opening.fit is None:
        return None
    fit = opening.fit
    found = {column.column for column in fit.columns}
    return CheckedTable(
        opening.page.colour,
        _printed(opening, fit),
        tuple(column for column in form.columns if column not in found and not column.optional),
        _rows(opening, fit),
        fit.share,
        why_no_case(opening, fit),
    )


def _printed(opening: Opening, fit: TableFit) -> tuple[PrintedColumn, ...]:
    named = {(found.heading.table, found.heading.column): found for found in fit.columns}
    columns = []
    for index, (table, head) in enumerate(zip(opening.tables, fit.heads, strict=True)):
        top, bottom = table.levels[0], table.levels[head.first_row]
        for heading in head.headings:
            box = table.cell(heading.column, top, bottom)
            found = named.get((index, heading.column))
            if found is None:
                columns.append(PrintedColumn(_words(heading), box, None))
            else:
                guessed = found.score <= UNREAD
                columns.append(PrintedColumn(_words(heading), box, found.column, found.score, guessed))
    return tuple(columns)


def _words(heading: Heading) -> str:
    return " / ".join(text for text in (heading.group, heading.own) if text)


def _rows(opening: Opening, fit: TableFit) -> tuple[CheckedRow, ...]:
    tables = opening.tables
    rows = rows_of(tables, fit.heads)
    asked = [found for found in fit.columns if found.column.field]
    if not rows:
        return ()
    crops = cut_cells(opening.page, opening.ink, tables, rows, asked)
    checked = []
    for row, line in zip(rows, crops, strict=True):
        cells = tuple(
            CheckedCell(
                found.column.field,
                tables[found.heading.table].cell(
                    found.heading.column, row.tops[found.heading.table], row.bottoms[found.heading.table]
                ),
                bool(crop.lines),
            )
            for found, crop in zip(asked, line, strict=True)
        )
        written = sum(cell.written for cell in cells) > FEW_FIELDS
        struck = written and is_struck(row, tables, opening.ink)
        checked.append(CheckedRow(row.box(tables), cells, written, struck))
    return tuple(checked)
