"""The ``hotich`` command: a thin face of what the rooms do.

Texts are Vietnamese, or English with ``--language en`` or ``HOTICH_LANGUAGE=en``. Errors are one sentence on
standard error and an exit code: 1 when something was refused or failed, 2 for a command not understood.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from flows.commands import accounts, bench, books, demo, forms, pages, proof, show, station, units
from pipeline.wording import LANGUAGES, say, set_language


def build_app() -> typer.Typer:
    """The command with its subcommands, in the language in force."""
    app = typer.Typer(
        name="hotich",
        help=say("Số hóa sổ hộ tịch: đọc trang, soát xét, duyệt, xuất."),
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_options)
    app.command("station", help=say("Chạy trạm: nhận tệp, đọc, trang soát xét."))(station.station)
    app.command("demo", help=say("Chạy thử toàn bộ quy trình trên sổ mẫu."))(demo.demo)
    app.command("read", help=say("Đọc trang từ tệp, không cần trạm."))(pages.read)
    app.command("status", help=say("Xem tiến độ từng quyển sổ."))(books.status)
    app.command("export", help=say("Xuất các trường hợp đã duyệt của một quyển sổ."))(books.export)
    app.command("settings", help=say("Xem mọi thiết lập với giá trị và ý nghĩa."))(show.settings)
    app.command("report", help=say("Xem tỷ lệ tự động, lỗi nhiều nhất, giờ người tiết kiệm."))(proof.report)
    app.command("refit", help=say("Khớp lại độ tin cậy theo kết quả soát xét của trạm."))(proof.refit)
    policy = typer.Typer(help=say("Quy định mục nào cần người xem."), no_args_is_help=True)
    policy.command("show", help=say("Xem quy định và những gì chưa chứng minh được."))(proof.show)
    policy.command("set", help=say("Đặt quy định cho một mục."))(proof.set_)
    policy.command("take-up", help=say("Tính lại ngưỡng từ các lần kiểm tra."))(proof.take_up)
    app.add_typer(policy, name="policy")
    user = typer.Typer(help=say("Quản lý tài khoản."), no_args_is_help=True)
    user.command("add", help=say("Thêm tài khoản."))(accounts.add)
    user.command("password", help=say("Đặt lại mật khẩu."))(accounts.password)
    user.command("list", help=say("Xem các tài khoản."))(accounts.list_)
    user.command("place", help=say("Đổi quyền, đơn vị, tổ, ca."))(accounts.place)
    user.command("off", help=say("Khóa tài khoản."))(accounts.off)
    user.command("on", help=say("Mở lại tài khoản."))(accounts.on)
    app.add_typer(user, name="user")
    unit = typer.Typer(help=say("Quản lý đơn vị và tổ."), no_args_is_help=True)
    unit.command("add", help=say("Thêm đơn vị."))(units.add)
    unit.command("list", help=say("Xem các đơn vị."))(units.list_)
    unit.command("rename", help=say("Đổi tên đơn vị."))(units.rename)
    unit.command("move", help=say("Chuyển đơn vị vào trong đơn vị khác."))(units.move)
    unit.command("team", help=say("Thêm tổ của đơn vị."))(units.team)
    app.add_typer(unit, name="unit")
    form = typer.Typer(help=say("Viết và kiểm tra mẫu sổ."), no_args_is_help=True)
    form.command("new", help=say("Đề xuất tệp mẫu từ một trang sổ."))(forms.new)
    form.command("check", help=say("Kiểm tra tệp mẫu và vẽ mẫu lên các trang."))(forms.check)
    app.add_typer(form, name="form")
    measure = typer.Typer(help=say("Đo chất lượng đọc."), no_args_is_help=True)
    measure.command("pages", help=say("Chấm điểm một thư mục trang có tệp đáp án."))(bench.pages)
    measure.command("lines", help=say("Chấm điểm một thư mục dòng chữ có labels.tsv."))(bench.lines)
    measure.command("confidence", help=say("Đo phần tự chấp nhận và phần sai trong đó."))(bench.confidence)
    measure.command("beside", help=say("So với các chương trình khác trên cùng dòng chữ và trang."))(
        bench.beside
    )
    app.add_typer(measure, name="bench")
    return app


def _options(
    language: Annotated[
        str | None, typer.Option(help=say("Ngôn ngữ: {names}.", names=", ".join(LANGUAGES)))
    ] = None,
) -> None:
    if language is not None and language not in LANGUAGES:
        raise typer.BadParameter(say("Ngôn ngữ phải là một trong: {names}.", names=", ".join(LANGUAGES)))


def wanted_language(arguments: list[str]) -> str | None:
    """The language asked for, known before the command is built: its help is written in it."""
    for place, argument in enumerate(arguments):
        if argument == "--language" and place + 1 < len(arguments):
            return arguments[place + 1]
        if argument.startswith("--language="):
            return argument.partition("=")[2]
    return os.environ.get("HOTICH_LANGUAGE")


def main() -> None:
    """Run the command line."""
    language = wanted_language(sys.argv[1:])
    if language in LANGUAGES:
        set_language(language)
        os.environ["HOTICH_LANGUAGE"] = language
    build_app()()


if __name__ == "__main__":
    main()
