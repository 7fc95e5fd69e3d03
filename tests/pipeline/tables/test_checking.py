"""A table form laid over a page: which headings are found, which are not, and where cells are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.elements import FieldKind
from pipeline.forms import all_tables
from pipeline.forms.table import Column, TableForm
from pipeline.reasons import Reason
from pipeline.tables.checking import CheckedTable, check_table
from tests.pipeline.tables.conftest import drawn


def form_of(edition: str) -> TableForm:
    return next(form for form in all_tables() if (form.type, form.edition) == ("KS", edition))


def checked(form: TableForm, only_page: int | None = None) -> CheckedTable:
    page = check_table(drawn("birth-1999-a", only_page, 1.5)[0], form)
    assert page is not None
    return page


@pytest.fixture(scope="module")
def whole() -> CheckedTable:
    return checked(form_of("1999"))


def test_every_heading_of_the_right_form_is_found_in_its_order(whole: CheckedTable) -> None:
    found = [printed.column for printed in whole.columns if printed.column is not None]
    asked = [column for column in form_of("1999").columns if column.field and not column.optional]
    assert whole.missing == ()
    assert whole.reason is None
    assert whole.share > 0.9
    assert [column for column in found if column in asked] == asked
    lefts = [printed.box.x for printed in whole.columns]
    assert lefts == sorted(lefts)


def test_rows_tell_written_struck_and_empty_ones_and_cells_lie_under_their_heads(
    whole: CheckedTable,
) -> None:
    states = [(row.written, row.struck) for row in whole.rows]
    assert states == [(True, False), (True, False), (True, True), (False, False), (True, False)]
    heads = {printed.column.field: printed.box for printed in whole.columns if printed.column}
    for row in whole.rows:
        for cell in row.cells:
            head = heads[cell.key]
            middle = cell.box.x + cell.box.w / 2
            assert head.x < middle < head.right
            assert cell.box.y > head.y
            assert row.box.y - 3 <= cell.box.y <= cell.box.bottom <= row.box.bottom + 3
    assert not any(cell.written for cell in whole.rows[3].cells)
    keys = {cell.key for cell in whole.rows[0].cells if cell.written}
    assert {"so", "nksHoTen", "chaHoTen", "meHoTen"} <= keys


def test_a_column_that_is_not_printed_and_one_that_the_form_lacks_are_told() -> None:
    form = form_of("1999")
    religion = Column(("Tôn giáo của người được khai sinh",), "tonGiao", FieldKind.TEXT, "Tôn giáo")
    without = tuple(column for column in form.columns if column.field != "nksDanToc")
    page = checked(replace(form, columns=(*without, religion)))
    assert religion in page.missing
    strange = [printed.heading for printed in page.columns if printed.column is None]
    assert any("Dân tộc" in heading for heading in strange)


def test_half_of_an_opening_says_why_no_case_is_made() -> None:
    assert checked(form_of("1999"), only_page=1).reason is Reason.HALF_SPREAD


def test_a_page_without_rules_is_no_table() -> None:
    assert check_table(np.full((2339, 1654, 3), 245, np.uint8), form_of("1999")) is None
