"""A ruled page as the draft of a table form: a column for each heading, for a person to name its field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.elements import FieldKind
from pipeline.forms.draft import quoted
from pipeline.forms.library import all_tables
from pipeline.text import fold
from pipeline.wording import say

if TYPE_CHECKING:
    from pipeline.forms.table import Column
    from pipeline.tables.headings import Heading
    from pipeline.tables.opening import Opening

BELIEVED: Final = 0.8
"""Score from which on a heading is taken to be a known one, whose spelling is taken and kind is guessed."""


def draft_of_opening(opening: Opening, register_type: str, edition: str, name: str) -> str:
    """The text of a table form file, with field names still to be written; "" where no heading was found.

    Args:
        opening: the tables of a page (``find_opening``), best of a page that nobody has filled in.
        register_type: KS, KH, KT or CN.
        edition: the name that the edition is to have.
        name: what the form is called.
    """
    if opening.fit is None:
        return ""
    headings = [heading for head in opening.fit.heads for heading in head.headings]
    if not any(fold(heading.own) for heading in headings):
        return ""
    known = {
        (found.heading.table, found.heading.column): found.column
        for found in opening.fit.columns
        if found.score >= BELIEVED
    }
    rows = [
        "# " + say("Bản nháp do máy đề xuất từ một trang bảng. Việc còn lại của người:"),
        "# " + say("1. Sửa lời của từng đề mục cho đúng chữ in; cột ký tên thì không ghi field."),
        "# " + say("2. Ở cột có người viết vào: bỏ dấu # trước field và title, ghi tên mục và tên hiện ra."),
        "# " + say("3. Kiểm tra bằng “hotich form check”, rồi đặt tệp vào thư mục forms của trạm."),
        f"type = {quoted(register_type)}",
        f"edition = {quoted(edition)}",
        f"name = {quoted(name)}",
    ]
    text = "\n".join(rows) + "\n"
    tables = sorted({heading.table for heading in headings})
    for place, heading in enumerate(headings, start=1):
        column = known.get((heading.table, heading.column))
        text += _entry(heading, column, tables.index(heading.table) + 1, place)
    return text


def _entry(heading: Heading, known: Column | None, page: int, place: int) -> str:
    wording = (
        known.text[0] if known is not None else heading.own or say("cột {number}", number=heading.column + 1)
    )
    rows = ["", "[[column]]", f"text = [{quoted(wording)}]"]
    if fold(heading.group):
        rows.append(f"group = [{quoted(heading.group)}]")
    keys = dict.fromkeys(
        column.field
        for form in all_tables()
        for column in form.columns
        if column.field and known is not None and set(column.text) & set(known.text)
    )
    remark = say("ví dụ {keys}", keys=", ".join(keys)) if keys else say("tên mục")
    rows.append(f'# field = "…"  # {remark}')
    rows.append(f"# title = {quoted(wording)}")
    if known is not None and known.kind is not FieldKind.TEXT:
        rows.append(f"kind = {quoted(known.kind)}  # " + say("đoán theo lời nhãn"))
    else:
        rows.append('# kind = "text"  # ' + say("xem các loại mục trong docs/forms.md"))
    if heading.number == place:  # one read wrongly would name a wrong column
        rows.append(f"number = {heading.number}")
    if page > 1:
        rows.append(f"page = {page}")
    return "\n".join(rows) + "\n"
