"""``hotich report``, ``hotich policy``, ``hotich refit``: what is proven here, and what is asked about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.terminal import fail, settings_or_fail, store_or_fail, tell
from models.states import By
from pipeline.policy import Asking
from pipeline.wording import say

if TYPE_CHECKING:
    from models.store import Store


def report(
    by: Annotated[By, typer.Option(help=say("Mỗi dòng của báo cáo là gì."))] = By.MONTH,
    csv: Annotated[Path | None, typer.Option(help=say("Ghi báo cáo ra tệp CSV."))] = None,
    xlsx: Annotated[Path | None, typer.Option(help=say("Ghi báo cáo ra tệp Excel."))] = None,
) -> None:
    """Print what went through without a person, how wrong that may be and what it saves, or write it down."""
    from rich.console import Console
    from rich.table import Table

    from models.report import report as lines_of
    from models.report_files import as_csv, as_workbook, headings, shown

    store = store_or_fail(settings_or_fail())
    lines = lines_of(store, by)
    for path, data in ((csv, as_csv), (xlsx, as_workbook)):
        if path is not None:
            try:
                path.write_bytes(data(lines, by))
            except OSError:
                fail(say("Không ghi được tệp {path}.", path=path))
            tell(say("Đã ghi: {path}", path=path))
    table = Table(*headings(by), collapse_padding=True)
    for line in lines:
        table.add_row(*shown(line, by))
    Console().print(table)
    _tell_watchlist(store)


def show() -> None:
    """Print what holds for each field that something was set for, and what is not proven yet."""
    from rich.console import Console
    from rich.table import Table

    from models.policies import DEFAULT, station_policy
    from models.report_files import said_asking

    store = store_or_fail(settings_or_fail())
    with store.read() as session:
        policy = station_policy(session)
    table = Table(say("Mục"), say("Lỗi nhiều nhất"), say("Khi nào hỏi người"), say("Hai người nhập"))
    for key, own in ((DEFAULT, policy.default), *sorted(policy.fields.items())):
        name = key or say("(mọi mục khác)")
        table.add_row(
            name, f"{own.target:.2%}", said_asking(own.asking), say("Có") if own.second_keying else ""
        )
    Console().print(table)
    _tell_watchlist(store)


def set_(
    field: Annotated[str, typer.Argument(help=say("Khóa của mục, ví dụ meHoTen; “-” là mọi mục khác."))],
    by: Annotated[str, typer.Option(help=say("Tên đăng nhập của người quản trị."))],
    target: Annotated[float | None, typer.Option(help=say("Tỷ lệ lỗi nhiều nhất, ví dụ 0.005."))] = None,
    asking: Annotated[Asking | None, typer.Option(help=say("Khi nào hỏi người."))] = None,
    people: Annotated[
        int | None,
        typer.Option(min=1, max=2, help=say("Mấy người nhập: 1 hay 2, người sau không thấy người trước.")),
    ] = None,
    reset: Annotated[bool, typer.Option("--reset", help=say("Bỏ quy định riêng của mục này."))] = False,
) -> None:
    """Set what holds for a field; cases that are not approved yet are decided anew."""
    from dataclasses import replace

    from models.errors import ModelsError
    from models.policies import DEFAULT, station_policy
    from models.reroute import set_policy

    store = store_or_fail(settings_or_fail())
    key = DEFAULT if field == "-" else field
    with store.read() as session:
        policy = station_policy(session)
    now = policy.default if key == DEFAULT else policy.of(key)
    wanted = replace(
        now,
        target=now.target if target is None else target,
        asking=now.asking if asking is None else asking,
        second_keying=now.second_keying if people is None else people > 1,
    )
    try:
        moved = set_policy(store, _account(store, by), key, None if reset else wanted)
    except ModelsError as error:
        fail(str(error))
    except ValueError:
        fail(
            say(
                "Không đặt được quy định này: không có mục {field}, tỷ lệ lỗi ngoài giới hạn, "
                "hoặc mục bắt buộc phải có người xem khi chưa chắc.",
                field=field,
            )
        )
    tell(say("Đã đặt. {moved} mục đổi trạng thái.", moved=moved))


def take_up(
    by: Annotated[str, typer.Option(help=say("Tên đăng nhập của người quản trị."))],
) -> None:
    """Derive thresholds from all checks so far; the station does so by itself after every few hundred."""
    from models.reroute import take_up as take

    store = store_or_fail(settings_or_fail())
    moved = take(store, _account(store, by))
    if moved is None:
        tell(say("Chưa có kết quả kiểm tra mới."))
    else:
        tell(say("Đã tính lại ngưỡng. {moved} mục đổi trạng thái.", moved=moved))


def refit(
    rows: Annotated[
        Path | None, typer.Option(help=say("Ghi bằng chứng của các mục đã kiểm tra ra tệp này."))
    ] = None,
    use: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help=say("Dùng tệp đã khớp này cho trạm."))
    ] = None,
    by: Annotated[str, typer.Option(help=say("Tên đăng nhập của người quản trị."))] = "",
) -> None:
    """Write what people have said of readings for a new fit, or take a fitted file into use."""
    from models.refit import use_fitted, write_rows

    store = store_or_fail(settings_or_fail())
    if (rows is None) == (use is None):
        fail(say("Hãy dùng một trong hai: --rows TỆP để ghi ra, --use TỆP để dùng tệp đã khớp."))
    if rows is not None:
        try:
            pages = write_rows(store, rows)
        except OSError:
            fail(say("Không ghi được tệp {path}.", path=rows))
        tell(say("Đã ghi bằng chứng của {pages} trang: {path}", pages=pages, path=rows))
        tell(say("Khớp lại: python -m training.calibration --rows {path} --out confidence.json", path=rows))
        return
    assert use is not None  # noqa: S101 - one of the two is there
    try:
        moved = use_fitted(store, use, _account(store, by))
    except (OSError, ValueError):
        fail(say("Tệp {path} không dùng được: không phải tệp do phiên bản này khớp ra.", path=use))
    tell(say("Đã dùng. {moved} mục đổi trạng thái.", moved=moved))


def _account(store: Store, name: str) -> int:
    from sqlalchemy import select

    from models.states import Role
    from models.tables import User
    from models.users import login_name

    with store.read() as session:
        user = session.scalar(select(User).filter_by(name=login_name(name)))
    if user is None:
        fail(say("Không có tài khoản {name}.", name=name))
    if user.role is not Role.ADMINISTRATOR:
        fail(say("Tài khoản này không có quyền làm việc đó."))
    return user.id


def _tell_watchlist(store: Store) -> None:
    from models.watchlist import sentences, watchlist

    for sentence in sentences(watchlist(store)):
        tell(sentence)
