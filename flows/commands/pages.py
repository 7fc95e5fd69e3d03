"""``hotich read``: pages from files, with neither database nor Prefect."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.terminal import settings_or_fail, tell, warn
from pipeline.wording import say

if TYPE_CHECKING:
    from pipeline.elements import PageReading


def read(
    files: Annotated[list[Path], typer.Argument(help=say("Tệp ảnh hoặc PDF."))],
    as_json: Annotated[bool, typer.Option("--json", help=say("In JSON, mỗi trang một dòng."))] = False,
    truth: Annotated[
        bool, typer.Option("--truth", help=say("In JSON dạng tệp đáp án, để sửa tay rồi dùng khi chấm."))
    ] = False,
) -> None:
    """Read every page of every file: a table each, or with ``--json`` a line with one JSON object each."""
    from flows.intake import limits_of
    from pipeline.read import Reader
    from pipeline.report import page_json
    from pipeline.scan import ScanRefused, inspect, open_page

    limits = limits_of(settings_or_fail())
    reader: Reader | None = None
    refused = False
    for file in files:
        try:
            pages = inspect(file, limits).page_count
            reader = reader or Reader.load(threads=1)
            for number in range(1, pages + 1):
                reading = reader.read(open_page(file, number, limits)).reading
                if truth:
                    tell(json.dumps(_truth_of(reading), ensure_ascii=False))
                elif as_json:
                    tell(json.dumps(page_json(reading, file.name, number), ensure_ascii=False))
                else:
                    _show(reading, file.name, number)
        except ScanRefused as why:
            warn(why.message)
            refused = True
    if refused:
        raise typer.Exit(1)


def _truth_of(reading: PageReading) -> dict[str, object]:
    """What was read in the form of a truth file: to be corrected by hand, then scored against."""
    cases = [{"fields": {field.key: field.verbatim for field in case.fields}} for case in reading.cases]
    return {"type": reading.type, "edition": reading.edition, "cases": cases}


def _show(reading: PageReading, file: str, number: int) -> None:
    from rich.console import Console
    from rich.table import Table

    from pipeline.forms import label_of
    from pipeline.reasons import describe

    title = say("{file}, trang {number}: mẫu {form}", file=file, number=number, form=_form_of(reading))
    reasons = " ".join(describe(code) for code in reading.reasons)
    table = Table(say("Mục"), say("Ghi trong sổ"), say("Tin cậy"), say("Vì sao cần xem"), title=title)
    for case in reading.cases:
        for field in case.fields:
            why = " ".join(describe(code) for code in field.reasons)
            label = label_of(reading.type, reading.edition, field.key)
            table.add_row(label, field.verbatim, f"{field.probability:.0%}", why)
    console = Console()
    if reasons:
        console.print(f"{file}: {reasons}", markup=False)
    if reading.cases or not reasons:
        console.print(table)


def _form_of(reading: PageReading) -> str:
    return f"{reading.type} {reading.edition}".strip() or say("chưa rõ")
