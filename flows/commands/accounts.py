"""``hotich user``: accounts of the review site."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from flows.commands.terminal import fail, settings_or_fail, tell
from models.states import Role
from pipeline.wording import say


def add(
    name: Annotated[str, typer.Argument(help=say("Tên đăng nhập."))],
    role: Annotated[Role, typer.Option(help=say("Quyền: nhập, duyệt hoặc quản trị."))] = Role.KEYER,
    display_name: Annotated[str, typer.Option(help=say("Họ tên để hiển thị."))] = "",
) -> None:
    """Add an account; the password is asked for, or read from standard input when that is no terminal."""
    from models.errors import BadAccount
    from models.store import Store
    from models.users import add_user

    store = Store.open(settings_or_fail())  # the first account may be made before the station ever ran
    try:
        add_user(store, name, display_name or name, _new_password(), role)
    except BadAccount as error:
        fail(str(error))
    tell(say("Đã thêm tài khoản {name}.", name=name))


def password(name: Annotated[str, typer.Argument(help=say("Tên đăng nhập."))]) -> None:
    """Give an account a new password; this also lifts a lock."""
    from sqlalchemy import select

    from flows.commands.terminal import store_or_fail
    from models.errors import BadAccount
    from models.tables import User
    from models.users import login_name, set_password

    store = store_or_fail(settings_or_fail())
    with store.read() as session:
        user_id = session.scalar(select(User.id).filter_by(name=login_name(name)))
    if user_id is None:
        fail(say("Không có tài khoản {name}.", name=name))
    try:
        set_password(store, user_id, _new_password())
    except BadAccount as error:
        fail(str(error))
    tell(say("Đã đổi mật khẩu của {name}.", name=name))


def _new_password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    answer: str = typer.prompt(say("Mật khẩu mới"), hide_input=True, confirmation_prompt=say("Nhập lại"))
    return answer
