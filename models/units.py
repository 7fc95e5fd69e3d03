"""Units of a province: made, named, found by the name of an office; books moved from one to another.

The station has one top unit. A book finds the commune of its office at intake; where two communes bear the
name it stays with what both lie in, and an administrator moves it.
"""

from __future__ import annotations

import os.path
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from models.audit import note
from models.errors import BadUnit, NotFound
from models.people_tables import Team, Unit
from models.scope import STATION, Scope
from models.states import Level
from models.tables import Book, Task
from models.texts import typed_text
from pipeline.wording import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from models.store import Store

TOP: Final = "Toàn trạm"
LONGEST: Final = 120
_ORDER: Final = tuple(Level)
_OFFICE: Final = re.compile(r"^(ubnd|u[ỷy] ban nhân dân|ủy ban nhân dân)\s+")


@dataclass(frozen=True, slots=True)
class UnitView:
    """A unit as lists show it; ``depth`` counts from the top, which is 0."""

    unit_id: int
    name: str
    level: Level
    parent_id: int | None
    depth: int


def units(store: Store, scope: Scope = STATION) -> list[UnitView]:
    """The units of a part of the station, each followed by those within it, by name."""
    with store.read() as session:
        rows = session.scalars(select(Unit).where(*scope.of_units(Unit.id))).all()
    by_parent: dict[int | None, list[Unit]] = {}
    known = {row.id for row in rows}
    for row in sorted(rows, key=lambda row: row.name):
        by_parent.setdefault(row.parent_id if row.parent_id in known else None, []).append(row)
    found: list[UnitView] = []

    def add(parent: int | None) -> None:
        for row in by_parent.get(parent, []):
            found.append(UnitView(row.id, row.name, row.level, row.parent_id, row.path.count("/") - 2))
            add(row.id)

    add(None)
    return found


def add_unit(
    store: Store, name: str, level: Level, parent_id: int | None = None, by: int | None = None
) -> int:
    """Make a unit within another; without one, within the station's top. Returns its id.

    The first unit of a station that is made without one becomes its top.

    Raises:
        NotFound: for an unknown parent.
        BadUnit: when the name is empty, too long or taken there, or the level is not below the parent's.
    """
    shown = _good_name(name)
    with store.begin() as session:
        if parent_id is None:
            parent = session.scalar(select(Unit).where(Unit.parent_id.is_(None)))
        else:
            parent = _unit(session, parent_id)
        if parent is not None and _ORDER.index(level) <= _ORDER.index(parent.level):
            raise BadUnit(say("Đơn vị phải thuộc cấp dưới của đơn vị chứa nó."))
        _require_free(session, None if parent is None else parent.id, shown)
        unit = _add(session, shown, level, parent)
        note(session, "unit_added", "unit", unit.id, user_id=by, level=level.value, parent=unit.parent_id)
        return unit.id


def rename_unit(store: Store, unit_id: int, name: str, by: int | None = None) -> None:
    """Give a unit another name; books that come in later find it by that.

    Raises:
        NotFound: for an unknown unit.
        BadUnit: when the name is empty, too long or taken.
    """
    shown = _good_name(name)
    with store.begin() as session:
        unit = _unit(session, unit_id)
        if unit.name != shown:
            _require_free(session, unit.parent_id, shown)
            unit.name = shown
            note(session, "unit_renamed", "unit", unit_id, user_id=by)


def move_unit(store: Store, unit_id: int, parent_id: int, by: int | None = None) -> None:
    """Put a unit with all that lies in it within another one, as when a district's communes were found first.

    Raises:
        NotFound: for an unknown unit.
        BadUnit: when it is the top, or its level is not below that of its new parent.
    """
    with store.begin() as session:
        unit, parent = _unit(session, unit_id), _unit(session, parent_id)
        inside = parent.path.startswith(unit.path)
        if unit.parent_id is None or inside or _ORDER.index(unit.level) <= _ORDER.index(parent.level):
            raise BadUnit(say("Đơn vị phải thuộc cấp dưới của đơn vị chứa nó."))
        if parent_id == unit.parent_id:
            return
        _require_free(session, parent_id, unit.name)
        before, after = unit.path, f"{parent.path}{unit.id}/"
        for row in session.scalars(select(Unit).where(Unit.path.startswith(before))).all():
            row.path = after + row.path.removeprefix(before)
        unit.parent_id = parent_id
        note(session, "unit_moved", "unit", unit_id, user_id=by, parent=parent_id)


def add_team(store: Store, unit_id: int, name: str, by: int | None = None) -> int:
    """Make a team of a unit. Returns its id.

    Raises:
        NotFound: for an unknown unit.
        BadUnit: when the name is empty, too long or taken.
    """
    shown = _good_name(name)
    with store.begin() as session:
        _unit(session, unit_id)
        if session.scalar(select(Team.id).filter_by(unit_id=unit_id, name=shown)) is not None:
            raise BadUnit(say("Đơn vị này đã có tổ tên {name}.", name=shown))
        team = Team(unit_id=unit_id, name=shown)
        session.add(team)
        session.flush()
        note(session, "team_added", "team", team.id, user_id=by, unit=unit_id)
        return team.id


def move_book(store: Store, book_id: int, unit_id: int, by: int | None = None) -> None:
    """Put a book into another unit; whoever has fields of it in hand gives them back.

    Raises:
        NotFound: for an unknown book or unit.
    """
    with store.begin() as session:
        book = session.get(Book, book_id, with_for_update=True)
        if book is None:
            raise NotFound("book", book_id)
        _unit(session, unit_id)
        if book.unit_id == unit_id:
            return
        before, book.unit_id = book.unit_id, unit_id
        session.execute(
            update(Task)
            .where(Task.book_id == book_id)
            .values(unit_id=unit_id, lease_owner=None, lease_until=None)
        )
        note(session, "book_moved", "book", book_id, user_id=by, unit=unit_id, before=before)


def unit_of_office(session: Session, office: str) -> int:
    """The unit that books of an office belong to, in the caller's transaction; made where there is none.

    Where earlier books of the office are, so also after that unit was renamed or they were moved.
    """
    earlier = select(Book.unit_id).where(Book.office == office, Book.unit_id.is_not(None))
    known = session.scalar(earlier.order_by(Book.id.desc()).limit(1))
    if known is not None:
        return known
    top = _top(session)
    rows = session.scalars(select(Unit)).all()
    names = {row.id: _key(row.name) for row in rows}
    first, *around = [_key(part) for part in office.split(",")]
    named = [row for row in rows if names[row.id] in (first, _key(office))]
    for higher in around:  # "xã Tân Lợi, huyện Hớn Quản": which of the two communes of the name
        closer = [row for row in named if higher in {names[int(one)] for one in row.path.split("/") if one}]
        named = closer or named
    if len(named) == 1:
        return named[0].id
    if named:
        return _common(rows, named)
    return _add(session, typed_text(office)[:LONGEST] or TOP, Level.COMMUNE, top).id


def _top(session: Session) -> Unit:
    """The station's top unit, held until the transaction ends: who makes units does so one after another."""
    query = select(Unit).where(Unit.parent_id.is_(None)).with_for_update()
    top = session.scalar(query)
    if top is None:
        try:
            with session.begin_nested():
                top = _add(session, TOP, Level.PROVINCE, None)
        except IntegrityError:  # another process made it at this moment
            top = session.scalars(query).one()
    return top


def _common(rows: Sequence[Unit], named: Sequence[Unit]) -> int:
    """The unit furthest down that all of these lie in."""
    path = os.path.commonpath([row.path for row in named]) + "/"
    return next(row.id for row in rows if row.path == path)


def _key(name: str) -> str:
    """A name as it is compared: without capitals, the seat's title and doubled blanks."""
    plain = " ".join(unicodedata.normalize("NFC", name).casefold().split())
    return _OFFICE.sub("", plain)


def _add(session: Session, name: str, level: Level, parent: Unit | None) -> Unit:
    unit = Unit(name=name, level=level, parent_id=None if parent is None else parent.id, path="")
    session.add(unit)
    session.flush()
    unit.path = f"{'/' if parent is None else parent.path}{unit.id}/"
    session.flush()
    return unit


def _unit(session: Session, unit_id: int) -> Unit:
    unit = session.get(Unit, unit_id, with_for_update=True)
    if unit is None:
        raise NotFound("unit", unit_id)
    return unit


def _good_name(name: str) -> str:
    shown = typed_text(name)
    if not 0 < len(shown) <= LONGEST:
        raise BadUnit(say("Tên phải có từ 1 đến {most} ký tự.", most=LONGEST))
    return shown


def _require_free(session: Session, parent_id: int | None, name: str) -> None:
    taken = select(Unit.id).where(Unit.parent_id == parent_id, Unit.name == name)
    if session.scalar(taken) is not None:
        raise BadUnit(say("Ở đó đã có đơn vị tên {name}.", name=name))
