"""The report as people read it: headings and cells in the language in force, as CSV and as a workbook."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Final

from openpyxl import Workbook

from models.report import ALL
from models.states import By
from pipeline.policy import Asking
from pipeline.wording import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from models.report import Line

_POOLS: Final = {
    "name": "Họ tên",
    "figures": "Ngày và số bằng chữ số",
    "words": "Ngày bằng chữ",
    "place": "Nơi chốn, ghi chú",
    "choice": "Danh mục",
    "tick": "Ô đánh dấu",
    "blank": "Mục để trống",
}
_FIRST: Final = {
    By.MONTH: "Tháng",
    By.WEEK: "Tuần",
    By.DAY: "Ngày",
    By.OFFICE: "Nơi đăng ký",
    By.KIND: "Loại mục",
    By.BOOK: "Sổ",
}


def headings(by: By) -> list[str]:
    """Headings of the report's columns."""
    return [
        said_by(by),
        say("Số mục"),
        say("Không cần người"),
        say("Tỷ lệ tự động"),
        say("Số trường hợp"),
        say("Trường hợp không cần người"),
        say("Mẫu đã kiểm tra"),
        say("Mẫu sai"),
        say("Lỗi nhiều nhất (90 %)"),
        say("Giây mỗi mục"),
        say("Giờ người tiết kiệm"),
    ]


def said_pool(pool: str) -> str:
    """A group of kinds of field in words."""
    return say(_POOLS[pool]) if pool in _POOLS else pool


def said_by(by: By) -> str:
    """What a line of the report stands for, in words."""
    return say(_FIRST[by])


def said_asking(asking: Asking) -> str:
    """When people are asked about a field, in words."""
    words = {
        Asking.WHERE_DOUBTFUL: "Khi chưa chắc",
        Asking.ALWAYS: "Luôn luôn",
        Asking.NEVER: "Không bao giờ",
    }
    return say(words[asking])


def cells(line: Line, by: By) -> list[str | int | float | None]:
    """A line as numbers, with its name in words; None where there is nothing to say."""
    name = say("Tất cả") if line.name == ALL else said_pool(line.name) if by is By.KIND else line.name
    by_kind = by is By.KIND and line.name != ALL
    return [
        name,
        line.fields,
        line.through,
        round(line.automation, 4),
        None if by_kind or not line.cases else line.cases,
        None if by_kind or not line.cases else line.cases_through,
        line.checked,
        line.wrong,
        None if line.bound is None else round(line.bound, 5),
        None if line.seconds is None else round(line.seconds, 1),
        None if line.saved_hours is None else round(line.saved_hours, 2),
    ]


def shown(line: Line, by: By) -> list[str]:
    """A line as a table on a screen shows it."""
    name, *counts = cells(line, by)
    percent = {2: line.automation, 7: line.bound}
    texts = ["" if count is None else str(count) for count in counts]
    for place, share in percent.items():
        texts[place] = "" if share is None else f"{share:.2%}"
    return [str(name), *texts]


def as_csv(lines: Sequence[Line], by: By) -> bytes:
    """The report as CSV in UTF-8, with the mark by which spreadsheets know it."""
    return table_as_csv(headings(by), (cells(line, by) for line in lines))


def table_as_csv(first: Sequence[str], rows: Iterable[Sequence[str | int | float | None]]) -> bytes:
    """Headings and rows as CSV. A text that a spreadsheet would take for a formula stays a text."""
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(first)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _plain(cell: str | int | float | None) -> str | int | float | None:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@")) else cell


def as_workbook(lines: Sequence[Line], by: By) -> bytes:
    """The report as a workbook of one sheet."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101 - a new workbook has a sheet
    sheet.title = say("Báo cáo")
    sheet.append(headings(by))
    for line in lines:
        sheet.append(cells(line, by))
    for row in sheet.iter_rows(min_row=2):
        row[3].number_format = "0.0%"
        row[8].number_format = "0.00%"
    data = BytesIO()
    book.save(data)
    return data.getvalue()
