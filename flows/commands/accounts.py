"""``hotich user``: accounts of the review site."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.terminal import fail, settings_or_fail, store_or_fail, tell
from flows.commands.units import team_or_fail, unit_or_fail
from models.states import Role
from pipeline.wording import say

if TYPE_CHECKING:
    from models.people import Place
    from models.store import Store


UnitOption = Annotated[str, typer.Option(help=say("Đơn vị: số hoặc tên; để trống là toàn trạm."))]
TeamOption = Annotated[str, typer.Option(help=say("Tổ của đơn vị đó."))]
ShiftOption = Annotated[int, typer.Option(help=say("Ca thứ mấy trong ngày; 0 là không chia ca."))]
LeadsOption = Annotated[bool, typer.Option("--leads", help=say("Là tổ trưởng."))]


def add(
    name: Annotated[str, typer.Argument(help=say("Tên đăng nhập."))],
    role: Annotated[Role, typer.Option(help=say("Quyền: nhập, duyệt hoặc quản trị."))] = Role.KEYER,
    display_name: Annotated[str, typer.Option(help=say("Họ tên để hiển thị."))] = "",
    unit: UnitOption = "",
    team: TeamOption = "",
    shift: ShiftOption = 0,
    leads: LeadsOption = False,
) -> None:
    """Add an account; the password is asked for, or read from standard input when that is no terminal."""
    from models.errors import ModelsError
    from models.people import add_account
    from models.store import Store

    store = Store.open(settings_or_fail())  # the first account may be made before the station ever ran
    place = _place(store, role, unit, team, shift, leads=leads)
    try:
        add_account(store, name, display_name or name, _new_password(), place)
    except ModelsError as error:
        fail(str(error))
    tell(say("Đã thêm tài khoản {name}.", name=name))


def place(
    name: Annotated[str, typer.Argument(help=say("Tên đăng nhập."))],
    role: Annotated[Role, typer.Option(help=say("Quyền: nhập, duyệt hoặc quản trị."))],
    unit: UnitOption = "",
    team: TeamOption = "",
    shift: ShiftOption = 0,
    leads: LeadsOption = False,
) -> None:
    """Give an account its role, unit, team and shift anew."""
    from models.errors import ModelsError
    from models.people import place_account

    store = store_or_fail(settings_or_fail())
    try:
        place_account(store, _account(store, name), _place(store, role, unit, team, shift, leads=leads))
    except ModelsError as error:
        fail(str(error))
    tell(say("Đã đổi chỗ làm của {name}.", name=name))


def off(name: Annotated[str, typer.Argument(help=say("Tên đăng nhập."))]) -> None:
    """Switch an account off."""
    from models.people import switch_account

    store = store_or_fail(settings_or_fail())
    switch_account(store, _account(store, name), active=False)
    tell(say("Đã khóa tài khoản {name}.", name=name))


def on(name: Annotated[str, typer.Argument(help=say("Tên đăng nhập."))]) -> None:
    """Switch an account on again."""
    from models.people import switch_account

    store = store_or_fail(settings_or_fail())
    switch_account(store, _account(store, name), active=True)
    tell(say("Đã mở tài khoản {name}.", name=name))


def list_() -> None:
    """Print the accounts."""
    from rich.console import Console
    from rich.table import Table

    from models.people import accounts

    table = Table(
        say("Tên đăng nhập"), say("Quyền"), say("Đơn vị"), say("Tổ"), say("Ca"), say("Trạng thái"),
        collapse_padding=True,
    )  # fmt: skip
    for one in accounts(store_or_fail(settings_or_fail()), limit=100_000):
        table.add_row(
            one.name, one.role.value, one.unit or say("Toàn trạm"), one.team,
            "" if one.shift is None else str(one.shift), "" if one.active else say("đã khóa"),
        )  # fmt: skip
    Console().print(table)


def password(name: Annotated[str, typer.Argument(help=say("Tên đăng nhập."))]) -> None:
    """Give an account a new password; this also lifts a lock."""
    from models.errors import BadAccount
    from models.users import set_password

    store = store_or_fail(settings_or_fail())
    user_id = _account(store, name)
    try:
        set_password(store, user_id, _new_password())
    except BadAccount as error:
        fail(str(error))
    tell(say("Đã đổi mật khẩu của {name}.", name=name))


def _account(store: Store, name: str) -> int:
    from sqlalchemy import select

    from models.tables import User
    from models.users import login_name

    with store.read() as session:
        user_id = session.scalar(select(User.id).filter_by(name=login_name(name)))
    if user_id is None:
        fail(say("Không có tài khoản {name}.", name=name))
    return user_id


def _place(store: Store, role: Role, unit: str, team: str, shift: int, *, leads: bool) -> Place:
    from models.people import Place

    unit_id = unit_or_fail(store, unit) if unit else None
    team_id = team_or_fail(store, team, unit_id) if team else None
    return Place(role, unit_id, team_id, shift or None, leads)


def _new_password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    answer: str = typer.prompt(say("Mật khẩu mới"), hide_input=True, confirmation_prompt=say("Nhập lại"))
    return answer
