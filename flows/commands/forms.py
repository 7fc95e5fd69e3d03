"""``hotich form``: a draft of a form file from a scanned page, and a look at what a form finds on pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.terminal import fail, settings_or_fail, tell, warn
from pipeline.wording import say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pipeline.forms import Form
    from pipeline.forms.checking import CheckedPage
    from pipeline.tables.opening import Opening


def new(
    scan: Annotated[
        Path, typer.Argument(help=say("Tệp ảnh hoặc PDF của một trang sổ, tốt nhất là trang trắng."))
    ],
    page: Annotated[int, typer.Option(min=1, help=say("Trang thứ mấy của tệp."))] = 1,
    register_type: Annotated[
        str, typer.Option("--type", help=say("Loại sổ: KS, KH, KT, CN; không ghi thì máy đoán."))
    ] = "",
    edition: Annotated[str, typer.Option(help=say("Tên ấn bản, chữ không dấu và số."))] = "rieng",
    out: Annotated[
        Path | None, typer.Option(help=say("Tệp mẫu sẽ ghi; không ghi thì đặt tên theo loại sổ và ấn bản."))
    ] = None,
) -> None:
    """Write the draft of a form file that a person completes."""
    from pipeline.elements import RegisterType
    from pipeline.forms.draft import draft_of
    from pipeline.forms.formfile import FormError, form_of
    from pipeline.forms.proposing import propose

    settings_or_fail()
    if register_type and register_type not in set(RegisterType):
        fail(say("Loại sổ phải là một trong: {types}.", types=", ".join(RegisterType)))
    image = _page(scan, page)
    opening = _opening_of(image)
    if opening is not None:
        _new_table(opening, register_type, edition, out)
        return
    proposal = propose(image)
    kind = register_type or proposal.register_type
    if not kind or len(proposal.labels) < 2:
        fail(say("Không tìm thấy nhãn in nào trên trang; hãy thử một bản quét rõ hơn hoặc trang chưa viết."))
    path = out or Path(f"{kind}-{edition}.toml")
    name = say("Mẫu {type} {edition}", type=kind, edition=edition)
    text = draft_of(proposal, kind, edition, name)
    try:
        form_of(text, path.name)
    except FormError as error:
        fail(str(error))
    _keep_draft(path, text)
    tell(
        say(
            "Đã ghi {count} nhãn vào {path}. Hãy mở tệp, ghi tên mục (field) cho các nhãn, "
            "rồi chạy “hotich form check {path}” với vài trang sổ.",
            count=len(proposal.labels), path=path,
        )
    )  # fmt: skip


def check(
    form: Annotated[Path, typer.Argument(help=say("Tệp mẫu cần kiểm tra."))],
    scans: Annotated[
        list[Path] | None, typer.Argument(help=say("Tệp ảnh hoặc PDF của các trang sổ."))
    ] = None,
    out: Annotated[Path, typer.Option(help=say("Thư mục đặt ảnh đã vẽ."))] = Path("form-check"),
) -> None:
    """Say whether a form file is right, and draw it over pages."""
    from flows.form_picture import draw
    from pipeline.forms.checking import check_page
    from pipeline.forms.formfile import FormError, read_form
    from pipeline.forms.table import is_table_file, read_table
    from pipeline.scan import ScanRefused, inspect

    settings_or_fail(own_forms=False)
    try:
        if is_table_file(form):
            columns = len(read_table(form).columns)
            tell(say("Mẫu bảng {name}: {columns} cột, viết đúng.", name=form.name, columns=columns))
            return
        found = read_form(form)
    except FormError as error:
        fail(str(error))
    fields = found.fields()
    tell(
        say(
            "{name}: {labels} nhãn, {fields} mục.",
            name=found.name, labels=len(found.labels), fields=len(fields),
        )
    )  # fmt: skip
    if not fields:
        warn(say("Mẫu chưa có mục nào: hãy ghi field và title cho các nhãn có người viết vào."))
    refused = False
    for scan in scans or []:
        try:
            count = inspect(scan).page_count
        except ScanRefused as why:
            warn(why.message)
            refused = True
            continue
        for number in range(1, count + 1):
            page = check_page(_page(scan, number), found)
            _show(found, page, scan.name, number)
            out.mkdir(parents=True, exist_ok=True)
            picture = out / f"{scan.stem}-{number}.jpg"
            draw(page, picture)
            tell(say("Ảnh đã vẽ: {path}", path=picture))
    if refused:
        raise typer.Exit(1)


def _opening_of(image: NDArray[np.uint8]) -> Opening | None:
    """The ruled tables of a page of several cases, whose form is a file of another kind; else None."""
    from pipeline import ink as inks
    from pipeline.clean import clean
    from pipeline.tables import find_opening, is_surely_table

    page = clean(image, 0)
    opening = find_opening(image, page, inks.separate(page.grey), (0, 90, 270, 180))
    return opening if opening is not None and is_surely_table(opening) else None


def _new_table(opening: Opening, register_type: str, edition: str, out: Path | None) -> None:
    """Write the draft of a table form."""
    import tomllib

    from pipeline.forms.formfile import FormError
    from pipeline.forms.table import table_of
    from pipeline.tables.draft import draft_of_opening

    kind = register_type or (opening.fit.form.type if opening.fit is not None else "")
    path = out or Path(f"{kind}-{edition}.toml")
    text = draft_of_opening(opening, kind, edition, say("Mẫu {type} {edition}", type=kind, edition=edition))
    if not text:
        fail(say("Không tìm thấy nhãn in nào trên trang; hãy thử một bản quét rõ hơn hoặc trang chưa viết."))
    try:
        table = table_of(tomllib.loads(text), text, path.name)
    except FormError as error:
        fail(str(error))
    _keep_draft(path, text)
    tell(
        say(
            "Đã ghi {count} cột vào {path}. Hãy mở tệp, ghi tên mục (field) cho các cột, "
            "rồi chạy “hotich form check {path}”.",
            count=len(table.columns), path=path,
        )
    )  # fmt: skip


def _keep_draft(path: Path, text: str) -> None:
    if path.exists():
        fail(say("Tệp {path} đã có; hãy chọn tên khác bằng --out.", path=path))
    path.write_text(text, encoding="utf-8")


def _page(scan: Path, number: int) -> NDArray[np.uint8]:
    """A page of a scan; fails with a sentence where there is none."""
    from pipeline.scan import ScanRefused, open_page

    try:
        return open_page(scan, number)
    except ScanRefused as why:
        fail(why.message)


def _show(form: Form, page: CheckedPage, scan: str, number: int) -> None:
    from rich.console import Console
    from rich.table import Table

    title = say("{file}, trang {number}: tìm thấy {share} của mẫu", file=scan, number=number,
                share=f"{page.share:.0%}")  # fmt: skip
    table = Table(say("Khối"), say("Nhãn"), say("Đọc đúng"), say("Mục"), say("Đã viết"), title=title)
    written = {field.key: field.written for field in page.fields}
    seen = {id(found.label): found for found in page.found}
    missing = {id(label) for label in page.missing}
    for block in form.blocks:
        for label in block.labels:
            found = seen.get(id(label))
            if found is None and id(label) not in missing:
                continue
            keys = [asked.field for asked in label.asked]
            marks = [say("có") if written.get(key) else say("trống") for key in keys if key in written]
            table.add_row(
                block.name,
                found.wording if found else label.text[0],
                f"{found.score:.0%}" if found else say("KHÔNG THẤY"),
                ", ".join(keys),
                ", ".join(marks),
            )
    Console().print(table)
