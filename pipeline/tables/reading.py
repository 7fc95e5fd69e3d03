"""A page with tables -> its cases: one for each row in which something is written and not struck out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from pipeline.assemble import assemble
from pipeline.ditto import is_ditto, resolve_column
from pipeline.elements import Box, Candidate, Case, FieldState, PageKind, PageReading
from pipeline.forms.anchors import Anchor
from pipeline.forms.fit import FormFit
from pipeline.forms.lines import Sighting
from pipeline.read_fields import read_crops
from pipeline.reasons import Reason
from pipeline.tables.cells import cut_cells
from pipeline.tables.dittos import with_dittos
from pipeline.tables.headings import ONE_PAGE, UNREAD
from pipeline.tables.opening import LEAST_SHARE
from pipeline.tables.rows import is_struck, rows_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.elements import Field
    from pipeline.read_fields import CropReading
    from pipeline.recognise.handwriting import LineRecogniser
    from pipeline.tables.headings import Found, TableFit
    from pipeline.tables.opening import Opening

FEW_FIELDS: Final = 2
"""A row with no more cells written than this (a number and a date ahead) holds no case."""
NUMBER: Final = "so"
_NOWHERE: Final = Box(0, 0, 1, 1)


def read_opening(
    opening: Opening,
    recogniser: LineRecogniser,
    year: int | None,
    said: Mapping[str, tuple[str, ...]] | None = None,
) -> PageReading:
    """Read the cases of a page with tables.

    Args:
        opening: the page, its tables and their form.
        recogniser: the loaded network.
        year: year of the book where it is known.
        said: texts that other pages of the book have in fields that repeat, by field key.

    Returns:
        The cases in the order of their rows. No case is made of a page whose headings do not tell a form, of
        one page of two, of an empty row or of a struck-out one; the page's reasons say so.
    """
    fit = opening.fit
    why = why_no_case(opening, fit)
    if fit is None or why is not None:
        return _page(opening, PageKind.UNKNOWN, (), (why or Reason.TABLE_UNKNOWN,))
    tables = opening.tables
    rows = rows_of(tables, fit.heads)
    if not rows:
        return _page(opening, PageKind.UNKNOWN, (), (Reason.TABLE_UNKNOWN,))
    columns = [found for found in fit.columns if found.column.field]
    crops = cut_cells(opening.page, opening.ink, tables, rows, columns)
    written = [sum(bool(crop.lines) for crop in row) > FEW_FIELDS for row in crops]
    struck = [full and is_struck(row, tables, opening.ink) for row, full in zip(rows, written, strict=True)]
    chosen = [k for k, full in enumerate(written) if full and not struck[k]]
    readings = read_crops([crop for k in chosen for crop in crops[k]], (), recogniser, said)
    size = len(columns)
    by_row = with_dittos([readings[i * size : (i + 1) * size] for i in range(len(chosen))], recogniser)
    cases = _cases(by_row, [rows[k].box(tables) for k in chosen], fit, year)
    reasons = (Reason.ROW_VOID,) if any(struck) else ()
    kind = PageKind.CASES if cases else PageKind.VOID if reasons else PageKind.BLANK
    return _page(opening, kind, cases, reasons or ((Reason.PAGE_BLANK,) if not cases else ()))


def why_no_case(opening: Opening, fit: TableFit | None) -> Reason | None:
    """Why no case can be made of a page, whatever is written on it; None where nothing hinders."""
    if fit is None:
        return Reason.TABLE_UNKNOWN
    one_of_two = len(opening.tables) == 1 and fit.form.pages == 2
    if one_of_two and max(fit.pages) >= LEAST_SHARE and min(fit.pages) < ONE_PAGE:
        return Reason.HALF_SPREAD
    if fit.share < LEAST_SHARE or not any(found.column.field == NUMBER for found in fit.columns):
        return Reason.TABLE_UNKNOWN
    return None


def _page(
    opening: Opening, kind: PageKind, cases: tuple[Case, ...], reasons: Sequence[Reason]
) -> PageReading:
    page, fit = opening.page, opening.fit
    known = fit is not None and Reason.TABLE_UNKNOWN not in reasons
    share = {"form": f"{fit.share:.3f}"} if fit is not None and cases else {}
    return PageReading(
        kind=kind,
        type=fit.form.type if fit is not None and known else "",
        edition=fit.form.edition if fit is not None and known else "",
        cases=cases,
        turned=page.turned,
        skew_degrees=page.skew_degrees,
        width=page.width,
        height=page.height,
        reasons=tuple(reason.value for reason in reasons),
        provenance={"reader": version("hotich"), **share},
    )


@dataclass(frozen=True, slots=True)
class _Cell:
    """What was read in a cell, and the text that it means: another one where it says ditto."""

    item: CropReading
    text: str


def _cases(
    rows: Sequence[Sequence[CropReading]], boxes: Sequence[Box], fit: TableFit, year: int | None
) -> tuple[Case, ...]:
    """A case for each row, ditto marks looked up in the rows over it."""
    laid = _as_fit(fit)
    columns = [resolve_column([item.reading.text for item in column]) for column in zip(*rows, strict=True)]
    meant = list(zip(*columns, strict=True))
    doubtful = {found.column.field for found in fit.columns if found.score <= UNREAD}
    cases = []
    for index, (items, texts) in enumerate(zip(rows, meant, strict=True)):
        cells = [_Cell(item, text) for item, text in zip(items, texts, strict=True)]
        case = assemble([_looked_up(cell) for cell in cells], laid, year)
        by_key = {cell.item.crop.label.field: cell for cell in cells}
        fields = tuple(_told(field, by_key.get(field.key), doubtful) for field in case.fields)
        cases.append(Case(index, fields, boxes[index]))
    return tuple(cases)


def _looked_up(cell: _Cell) -> CropReading:
    """A cell as if what its ditto mark means were written there, so that the rules see the value."""
    reading = cell.item.reading
    if not is_ditto(reading.text):
        return cell.item
    candidates = (Candidate(cell.text, 0.0),) if cell.text else ()
    return replace(cell.item, reading=replace(reading, text=cell.text, candidates=candidates))


def _told(field: Field, cell: _Cell | None, doubtful: set[str]) -> Field:
    """A field with what its table leaves in doubt: a ditto mark, a column whose heading was not read."""
    reasons = list(field.reasons)
    changed = field
    if cell is not None and is_ditto(cell.item.reading.text):
        reading = cell.item.reading
        changed = replace(changed, verbatim=reading.text, candidates=reading.candidates)
        reasons = [Reason.DITTO.value]
    if field.key in doubtful and cell is not None:
        reasons = [Reason.FORM_DOUBTFUL.value, *reasons]
    if reasons == list(field.reasons):
        return field
    return replace(changed, state=FieldState.FLAGGED, reasons=tuple(dict.fromkeys(reasons)))


def _as_fit(fit: TableFit) -> FormFit:
    """The table's columns as the labels of a form that was laid over the page."""
    form = fit.form.as_form()
    anchors = tuple(_anchor(found) for found in fit.columns if found.column.field)
    return FormFit(form, anchors, fit.share, (), ())


def _anchor(found: Found) -> Anchor:
    heading = found.heading
    box_less = Sighting(found.column.text[0], 0, heading.column, heading.column, _NOWHERE, found.score)
    return Anchor(found.column.label, "bảng", box_less)
