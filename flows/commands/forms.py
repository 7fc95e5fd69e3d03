"""``hotich form``: a draft of a form file from a scanned page, and a look at what a form finds on pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.terminal import fail, settings_or_fail, tell, warn
from pipeline.wording import say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from pipeline.forms import Form
    from pipeline.forms.checking import CheckedPage
    from pipeline.forms.table import TableForm
    from pipeline.tables.checking import CheckedTable
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
    from pipeline.recognise.tesseract import TesseractMissing
    from pipeline.recognise.tesseract_library import WordsNotRead

    settings_or_fail()
    if register_type and register_type not in set(RegisterType):
        fail(say("Loại sổ phải là một trong: {types}.", types=", ".join(RegisterType)))
    image = _page(scan, page)
    try:
        opening = _opening_of(image)
        if opening is not None:
            _new_table(opening, register_type, edition, out)
            return
        proposal = propose(image)
    except WordsNotRead as why:
        fail(_not_read(scan.name, page, why))
    except TesseractMissing as why:
        fail(str(why))
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
    from pipeline.forms.formfile import FormError, read_form
    from pipeline.forms.table import is_table_file, read_table

    settings_or_fail(own_forms=False)
    try:
        if is_table_file(form):
            table = read_table(form)
            tell(say("Mẫu bảng {name}: {columns} cột, viết đúng.", name=form.name,
                     columns=len(table.columns)))  # fmt: skip
            _over_pages(scans or [], out, lambda *page: _check_table(table, *page))
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
    _over_pages(scans or [], out, lambda *page: _check_form(found, *page))


def _over_pages(
    scans: Sequence[Path], out: Path, check: Callable[[NDArray[np.uint8], str, int, Path], bool]
) -> None:
    """Check every page of the scans; ``check`` says whether it drew the picture whose path it was given."""
    from pipeline.recognise.tesseract import TesseractMissing
    from pipeline.recognise.tesseract_library import WordsNotRead
    from pipeline.scan import ScanRefused, inspect

    refused = False
    for scan in scans:
        try:
            count = inspect(scan).page_count
        except ScanRefused as why:
            warn(why.message)
            refused = True
            continue
        for number in range(1, count + 1):
            out.mkdir(parents=True, exist_ok=True)
            picture = out / f"{scan.stem}-{number}.jpg"
            try:
                drawn = check(_page(scan, number), scan.name, number, picture)
            except WordsNotRead as why:
                warn(_not_read(scan.name, number, why))
                drawn = False
            except TesseractMissing as why:
                fail(str(why))
            if drawn:
                tell(say("Ảnh đã vẽ: {path}", path=picture))
            else:
                refused = True
    if refused:
        raise typer.Exit(1)


def _not_read(scan: str, number: int, why: Exception) -> str:
    """The sentence for a page that the engine for print gave up."""
    return say(
        "{file}, trang {number}: {why} Hãy thử lại, hoặc quét lại trang ấy rõ hơn.",
        file=scan, number=number, why=why,
    )  # fmt: skip


def _check_form(form: Form, image: NDArray[np.uint8], scan: str, number: int, picture: Path) -> bool:
    from flows.form_picture import draw
    from pipeline.forms.checking import check_page

    page = check_page(image, form)
    _show(form, page, scan, number)
    draw(page, picture)
    return True


def _check_table(form: TableForm, image: NDArray[np.uint8], scan: str, number: int, picture: Path) -> bool:
    from flows.table_picture import draw_table
    from pipeline.tables.checking import check_table

    page = check_table(image, form)
    if page is None:
        warn(
            say(
                "{file}, trang {number}: không tìm thấy bảng kẻ nào. Hãy quét lại thẳng và rõ đường kẻ; "
                "trang mỗi tờ một trường hợp thì dùng mẫu nhãn.",
                file=scan, number=number,
            )
        )  # fmt: skip
        return False
    _show_table(page, scan, number)
    draw_table(page, picture)
    return True


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


def _show_table(page: CheckedTable, scan: str, number: int) -> None:
    from rich.console import Console
    from rich.table import Table

    from pipeline.reasons import describe

    title = say("{file}, trang {number}: tìm thấy {share} của mẫu", file=scan, number=number,
                share=f"{page.share:.0%}")  # fmt: skip
    table = Table(say("Cột"), say("Đầu cột in trên trang"), say("Cột của mẫu"), say("Đọc đúng"), say("Mục"),
                  title=title)  # fmt: skip
    for place, printed in enumerate(page.columns, start=1):
        column = printed.column
        read = say("đoán theo cột bên") if printed.guessed else f"{printed.score:.0%}"
        table.add_row(
            str(place),
            printed.heading or "-",
            column.text[0] if column else say("KHÔNG CÓ TRONG MẪU"),
            read if column else "",
            column.field if column else "",
        )
    for column in page.missing:
        table.add_row("", say("KHÔNG THẤY"), column.text[0], "", column.field)
    Console().print(table)
    rows = page.rows
    tell(
        say(
            "{rows} dòng: {written} có chữ, {struck} bị gạch hủy, {empty} trống.",
            rows=len(rows),
            written=sum(row.written and not row.struck for row in rows),
            struck=sum(row.struck for row in rows),
            empty=sum(not row.written for row in rows),
        )
    )
    if page.reason is not None:
        warn(describe(page.reason))
