"""Accounts as an administrator sees and changes them: role, unit, team, shift, switched on or off.

Who changes what is in the audit trail. Nobody changes their own role or unit, or switches themselves off, so
that whoever administers a station cannot lock themselves out of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import or_, select, update

from models.audit import note
from models.errors import BadAccount, NotFound
from models.people_tables import Team, Unit
from models.scope import STATION, Scope
from models.shifts import shift_of
from models.states import Role, TaskState
from models.tables import Task, User
from models.texts import typed_text
from models.users import add_user
from pipeline.wording import say

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from models.settings import Settings
    from models.store import Store


@dataclass(frozen=True, slots=True)
class Account:
    """An account with the names of where it belongs; "" where it belongs to none."""

    user_id: int
    name: str
    display_name: str
    role: Role
    active: bool
    unit_id: int | None
    unit: str
    team_id: int | None
    team: str
    shift: int | None
    leads_team: bool
    last_login: datetime | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody works: ``unit_id`` None is the whole station, ``shift`` None no set hours."""

    role: Role
    unit_id: int | None = None
    team_id: int | None = None
    shift: int | None = None
    leads_team: bool = False


def accounts(store: Store, scope: Scope = STATION, words: str = "", limit: int = 500) -> list[Account]:
    """The accounts of a part of the station, by unit and name, those whose name holds ``words``."""
    query = (
        select(User, Unit.name, Team.name)
        .outerjoin(Unit, User.unit_id == Unit.id)
        .outerjoin(Team, User.team_id == Team.id)
        .where(*scope.of_units(User.unit_id))
        .order_by(Unit.path, User.name)
        .limit(limit)
    )
    if words.strip():
        like = words.strip()
        query = query.where(
            or_(
                User.name.icontains(like, autoescape=True), User.display_name.icontains(like, autoescape=True)
            )
        )
    with store.read() as session:
        return [_account(user, unit, team) for user, unit, team in session.execute(query)]


def account(store: Store, user_id: int) -> Account:
    """One account.

    Raises:
        NotFound: for an unknown account.
    """
    with store.read() as session:
        user = session.get(User, user_id)
        if user is None:
            raise NotFound("account", user_id)
        unit = None if user.unit_id is None else session.get(Unit, user.unit_id)
        team = None if user.team_id is None else session.get(Team, user.team_id)
        return _account(user, unit.name if unit else None, team.name if team else None)


def add_account(
    store: Store, name: str, display_name: str, password: str, place: Place, by: int | None = None
) -> int:
    """Make an account in its place. Returns its id.

    Raises:
        NotFound: for an unknown unit.
        BadAccount: as ``add_user`` and ``place_account``; nothing is made then.
    """
    with store.read() as session:
        _require_place(session, store.settings, place)
    user_id = add_user(store, name, display_name, password, place.role, place.unit_id, by)
    place_account(store, user_id, place, by)
    return user_id


def place_account(store: Store, user_id: int, place: Place, by: int | None = None) -> None:
    """Give an account its role, unit, team and shift; with another role or unit it gives back what it has.

    Raises:
        NotFound: for an unknown account or unit.
        BadAccount: for a team of another unit, an unknown shift, or one's own role or unit.
    """
    with store.begin() as session:
        user = _locked(session, user_id)
        _require_place(session, store.settings, place)
        if by == user_id and (user.role, user.unit_id) != (place.role, place.unit_id):
            raise BadAccount(
                say("Không ai tự đổi quyền hay đơn vị của mình. Hãy nhờ một quản trị viên khác.")
            )
        before = {name: getattr(user, name) for name in Place.__slots__}
        after = {name: getattr(place, name) for name in Place.__slots__}
        changed = {name: value for name, value in after.items() if before[name] != value}
        if not changed:
            return
        for name, value in changed.items():
            setattr(user, name, value)
        if {"role", "unit_id"} & changed.keys():
            _give_back(session, user_id)
        told = {name: _told(value) for name, value in changed.items()}
        told |= {f"{name}_before": _told(before[name]) for name in changed}
        note(session, "account_changed", "account", user_id, user_id=by, **told)


def rename_account(store: Store, user_id: int, display_name: str, by: int | None = None) -> None:
    """Give an account another name to be shown by.

    Raises:
        NotFound: for an unknown account.
    """
    with store.begin() as session:
        user = _locked(session, user_id)
        shown = typed_text(display_name) or user.name
        if shown != user.display_name:
            user.display_name = shown
            note(session, "account_renamed", "account", user_id, user_id=by)


def switch_account(store: Store, user_id: int, by: int | None = None, *, active: bool) -> None:
    """Switch an account off, which ends its sessions and gives back what it holds, or on again.

    Raises:
        NotFound: for an unknown account.
        BadAccount: for one's own.
    """
    with store.begin() as session:
        user = _locked(session, user_id)
        if by == user_id:
            raise BadAccount(say("Không ai tự khóa tài khoản của mình. Hãy nhờ một quản trị viên khác."))
        if user.active != active:
            user.active = active
            if not active:
                _give_back(session, user_id)
            note(session, "account_switched", "account", user_id, user_id=by, active=active)


def teams(store: Store, scope: Scope = STATION) -> list[tuple[Team, str]]:
    """Teams of a part of the station with the names of their units, by these."""
    query = select(Team, Unit.name).join(Unit, Team.unit_id == Unit.id).where(*scope.of_units(Team.unit_id))
    with store.read() as session:
        return list(session.execute(query.order_by(Unit.path, Team.name)).tuples())


def _require_place(session: Session, settings: Settings, place: Place) -> None:
    if place.unit_id is not None and session.get(Unit, place.unit_id) is None:
        raise NotFound("unit", place.unit_id)
    if place.team_id is not None:
        team = session.get(Team, place.team_id)
        if team is None or team.unit_id != place.unit_id:
            raise BadAccount(say("Tổ này không thuộc đơn vị đã chọn."))
    elif place.leads_team:
        raise BadAccount(say("Tổ trưởng phải thuộc một tổ."))
    if place.shift is not None and shift_of(settings, place.shift) is None:
        raise BadAccount(say("Không có ca số {shift}.", shift=place.shift))


def _give_back(session: Session, user_id: int) -> None:
    session.execute(
        update(Task)
        .where(Task.lease_owner == user_id, Task.state == TaskState.OPEN)
        .values(lease_owner=None, lease_until=None)
    )


def _told(value: Role | int | bool | None) -> str | int | bool | None:
    return value.value if isinstance(value, Role) else value


def _locked(session: Session, user_id: int) -> User:
    user = session.get(User, user_id, with_for_update=True)
    if user is None:
        raise NotFound("account", user_id)
    return user


def _account(user: User, unit: str | None, team: str | None) -> Account:
    return Account(
        user_id=user.id,
        name=user.name,
        display_name=user.display_name,
        role=user.role,
        active=user.active,
        unit_id=user.unit_id,
        unit=unit or "",
        team_id=user.team_id,
        team=team or "",
        shift=user.shift,
        leads_team=user.leads_team,
        last_login=user.last_login,
    )
