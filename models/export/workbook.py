"""The Ministry's import workbook: headers letter for letter, every cell of data as text.

As text, because a spreadsheet that sees "05/2010" makes a date of it, and an identity number loses its zeros.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Final

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from models.export.archive import zip_bytes

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from models.ministry import MinistrySheet

TEXT_FORMAT: Final = "@"
_CORE: Final = "docProps/core.xml"


def workbook_bytes(sheet: MinistrySheet, rows: Sequence[Mapping[str, str]], stamp: datetime) -> bytes:
    """The workbook with one row per case, in order.

    Args:
        sheet: headers and title.
        rows: texts by column name; "" leaves the cell blank, in text format all the same.
        stamp: the time that the file says it was made; the same rows and stamp give the same bytes.
    """
    book = Workbook()
    page: Worksheet = book.worksheets[0]
    page.title = sheet.title
    for position, column in enumerate(sheet.columns, start=1):
        _write_text(page, 1, position, column.header)
    for number, row in enumerate(rows, start=1):
        for position, column in enumerate(sheet.columns, start=1):
            if column.rule == "row_number":
                page.cell(number + 1, position, number)
            else:
                _write_text(page, number + 1, position, row[column.name])
    page.freeze_panes = "A2"
    buffer = BytesIO()
    book.save(buffer)
    return _dated(buffer, stamp)


def _write_text(page: Worksheet, row: int, column: int, text: str) -> None:
    cell = page.cell(row, column)
    cell.number_format = TEXT_FORMAT
    if text:
        cell.value = ILLEGAL_CHARACTERS_RE.sub(" ", text)
        cell.data_type = "s"  # else a text that starts with "=" would be a formula


def _dated(workbook: BytesIO, stamp: datetime) -> bytes:
    """The same workbook with one date throughout in place of the moment of writing."""
    when = stamp.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    with zipfile.ZipFile(workbook) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[_CORE] = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", when.encode(), parts[_CORE])
    return zip_bytes(parts, compress=True)
