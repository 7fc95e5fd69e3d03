"""``hotich unit``: units of a province, and the teams of a unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.terminal import fail, settings_or_fail, store_or_fail, tell
from models.states import Level
from pipeline.wording import say

if TYPE_CHECKING:
    from models.store import Store


def add(
    name: Annotated[str, typer.Argument(help=say("Tên đơn vị."))],
    level: Annotated[Level, typer.Option(help=say("Cấp: tỉnh, huyện hay xã."))] = Level.COMMUNE,
    under: Annotated[str, typer.Option(help=say("Đơn vị chứa nó; để trống là thuộc đơn vị trên cùng."))] = "",
) -> None:
    """Add a unit."""
    from models.errors import ModelsError
    from models.store import Store
    from models.units import add_unit

    store = Store.open(settings_or_fail())  # units may be made before the station ever ran
    parent = unit_or_fail(store, under) if under else None
    try:
        number = add_unit(store, name, level, parent)
    except ModelsError as error:
        fail(str(error))
    tell(say("Đã thêm đơn vị số {number}: {name}.", number=number, name=name))


def list_() -> None:
    """Print the units, those within another one below it."""
    from models.units import units

    for one in units(store_or_fail(settings_or_fail())):
        tell(f"{one.unit_id:>4}  {'  ' * one.depth}{one.name}")


def rename(
    unit: Annotated[str, typer.Argument(help=say("Số hoặc tên của đơn vị."))],
    name: Annotated[str, typer.Argument(help=say("Tên mới."))],
) -> None:
    """Give a unit another name."""
    from models.errors import ModelsError
    from models.units import rename_unit

    store = store_or_fail(settings_or_fail())
    try:
        rename_unit(store, unit_or_fail(store, unit), name)
    except ModelsError as error:
        fail(str(error))
    tell(say("Đã đổi tên đơn vị thành {name}.", name=name))


def move(
    unit: Annotated[str, typer.Argument(help=say("Số hoặc tên của đơn vị."))],
    under: Annotated[str, typer.Option(help=say("Số hoặc tên của đơn vị chứa nó từ nay."))],
) -> None:
    """Put a unit within another one."""
    from models.errors import ModelsError
    from models.units import move_unit

    store = store_or_fail(settings_or_fail())
    try:
        move_unit(store, unit_or_fail(store, unit), unit_or_fail(store, under))
    except ModelsError as error:
        fail(str(error))
    tell(say("Đã chuyển đơn vị {name}.", name=unit))


def team(
    name: Annotated[str, typer.Argument(help=say("Tên tổ."))],
    unit: Annotated[str, typer.Option(help=say("Số hoặc tên của đơn vị."))],
) -> None:
    """Add a team to a unit."""
    from models.errors import ModelsError
    from models.units import add_team

    store = store_or_fail(settings_or_fail())
    try:
        add_team(store, unit_or_fail(store, unit), name)
    except ModelsError as error:
        fail(str(error))
    tell(say("Đã thêm tổ {name}.", name=name))


def unit_or_fail(store: Store, text: str) -> int:
    """The unit of that number or name."""
    from models.units import units

    known = units(store)
    found = [one for one in known if text in {str(one.unit_id), one.name}]
    if not found:
        fail(say("Không có đơn vị {name}. Xem “hotich unit list”.", name=text))
    if len(found) > 1:
        numbers = ", ".join(str(one.unit_id) for one in found)
        fail(say("Có nhiều đơn vị tên {name}; hãy ghi số: {numbers}.", name=text, numbers=numbers))
    return found[0].unit_id


def team_or_fail(store: Store, text: str, unit_id: int | None) -> int:
    """The team of that name in a unit."""
    from models.people import teams

    found = [one.id for one, _ in teams(store) if one.name == text and one.unit_id == unit_id]
    if not found:
        fail(say("Đơn vị này không có tổ {name}.", name=text))
    return found[0]
