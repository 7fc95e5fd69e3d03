"""Administration of accounts: role, unit, team, shift, password, on and off; within the own unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from models.errors import ModelsError, NotFound
from models.people import (
    Place,
    account,
    accounts,
    add_account,
    place_account,
    rename_account,
    switch_account,
    teams,
)
from models.shifts import Shift, parse_shifts
from models.states import Role
from models.tables import User
from models.units import units
from models.users import LONGEST_PASSWORD, SHORTEST_PASSWORD, set_password
from pipeline.wording import say
from review_ui.guard import Administrator, AdministratorOnly, FormToken, missing, store_of
from review_ui.rendering import page
from review_ui.scoping import scope_here, unit_here
from review_ui.sessions import Sessions

MOST_LISTED: Final = 500

router = APIRouter()


def said_role(role: Role) -> str:
    """A role in words."""
    words = {
        Role.SCANNER: "Trạm quét",
        Role.KEYER: "Biên mục",
        Role.CHECKER_1: "Kiểm tra 1",
        Role.CHECKER_2: "Kiểm tra 2",
        Role.ADJUDICATOR: "Phân xử",
        Role.APPROVER: "Duyệt",
        Role.INSPECTOR: "Thanh tra, chỉ xem",
        Role.ADMINISTRATOR: "Quản trị",
    }
    return say(words[role])


def said_shift(shifts: Sequence[Shift], number: int | None) -> str:
    """A shift with its hours; "" for none."""
    hours = next((shift.hours for shift in shifts if shift.number == number), "")
    return say("Ca {number} ({hours})", number=number, hours=hours) if hours else ""


@router.get("/people", dependencies=[AdministratorOnly])
def show_people(request: Request, q: str = "") -> Response:
    """The accounts of the administrator's unit."""
    store = store_of(request)
    shifts = parse_shifts(store.settings.shifts)
    found = accounts(store, scope_here(request), q[:100], MOST_LISTED + 1)
    rows = [
        {"account": one, "role": said_role(one.role), "shift": said_shift(shifts, one.shift)}
        for one in found[:MOST_LISTED]
    ]
    return page(request, "people.html", rows=rows, words=q[:100], more=len(found) > MOST_LISTED)


@router.get("/people/new")
def show_new(request: Request, person: Administrator) -> Response:
    """The form for a new account."""
    return _form(request, person, None)


@router.post("/people/new", dependencies=[FormToken])
def add_person(
    request: Request,
    person: Administrator,
    role: Annotated[Role, Form()],
    name: Annotated[str, Form(max_length=300)] = "",
    display_name: Annotated[str, Form(max_length=300)] = "",
    password: Annotated[str, Form()] = "",
    unit_id: Annotated[int, Form()] = 0,
    team_id: Annotated[int, Form()] = 0,
    shift: Annotated[int, Form()] = 0,
    leads_team: Annotated[str, Form()] = "",
) -> Response:
    """Make an account."""
    unit = unit_here(request, unit_id)
    place = Place(role, unit, team_id or None, shift or None, bool(leads_team))
    try:
        add_account(store_of(request), name, display_name, password, place, person.id)
    except NotFound:
        raise missing(store_of(request), person, "unit", unit_id) from None
    except ModelsError as refusal:
        return _form(request, person, None, str(refusal), 422, name, display_name, place)
    return RedirectResponse("/people", 303)


@router.get("/people/{account_id}")
def show_person(request: Request, person: Administrator, account_id: int, said: str = "") -> Response:
    """An account with the forms that change it."""
    done = say("Đã lưu.") if said else ""
    return _form(request, person, account_id, done=done)


@router.post("/people/{account_id}", dependencies=[FormToken])
def change_person(
    request: Request,
    person: Administrator,
    account_id: int,
    role: Annotated[Role, Form()],
    display_name: Annotated[str, Form(max_length=300)] = "",
    unit_id: Annotated[int, Form()] = 0,
    team_id: Annotated[int, Form()] = 0,
    shift: Annotated[int, Form()] = 0,
    leads_team: Annotated[str, Form()] = "",
) -> Response:
    """Give an account another place, or another name to be shown by."""
    store = store_of(request)
    unit = unit_here(request, unit_id)
    place = Place(role, unit, team_id or None, shift or None, bool(leads_team))
    try:
        place_account(store, account_id, place, person.id)
        rename_account(store, account_id, display_name, person.id)
        _look_again(request, account_id)
    except NotFound as gone:
        raise missing(store, person, gone.kind, gone.row_id) from None
    except ModelsError as refusal:
        return _form(request, person, account_id, str(refusal), 422)
    return RedirectResponse(f"/people/{account_id}?said=kept", 303)


@router.post("/people/{account_id}/password", dependencies=[FormToken])
def change_password(
    request: Request, person: Administrator, account_id: int, password: Annotated[str, Form()] = ""
) -> Response:
    """Give an account a new password, which ends its sessions and lifts a lock."""
    try:
        set_password(store_of(request), account_id, password, person.id)
        _look_again(request, account_id)
    except NotFound:
        raise missing(store_of(request), person, "account", account_id) from None
    except ModelsError as refusal:
        return _form(request, person, account_id, str(refusal), 422)
    if account_id == person.id:
        return RedirectResponse("/login", 303)
    return RedirectResponse(f"/people/{account_id}?said=kept", 303)


@router.post("/people/{account_id}/switch", dependencies=[FormToken])
def switch_person(
    request: Request, person: Administrator, account_id: int, active: Annotated[str, Form()] = ""
) -> Response:
    """Switch an account off, or on again."""
    try:
        switch_account(store_of(request), account_id, person.id, active=bool(active))
        _look_again(request, account_id)
    except NotFound:
        raise missing(store_of(request), person, "account", account_id) from None
    except ModelsError as refusal:
        return _form(request, person, account_id, str(refusal), 422)
    return RedirectResponse(f"/people/{account_id}?said=kept", 303)


def _look_again(request: Request, account_id: int) -> None:
    sessions: Sessions = request.app.state.sessions
    sessions.look_again(account_id)


def _form(
    request: Request,
    person: User,
    account_id: int | None,
    sentence: str = "",
    status: int = 200,
    name: str = "",
    display_name: str = "",
    place: Place | None = None,
    done: str = "",
) -> Response:
    store, scope = store_of(request), scope_here(request)
    known: Any = None
    if account_id is not None:
        try:
            known = account(store, account_id)
        except NotFound:
            raise missing(store, person, "account", account_id) from None
        name, display_name = known.name, known.display_name
    return page(
        request,
        "person.html",
        status,
        account=known,
        own=account_id == person.id,
        place=known or place or Place(Role.KEYER, person.unit_id),
        name=name,
        display_name=display_name,
        roles=[(role.value, said_role(role)) for role in Role],
        units=units(store, scope),
        whole=scope.everything,
        teams=teams(store, scope),
        shifts=[(one.number, one.hours) for one in parse_shifts(store.settings.shifts)],
        least=SHORTEST_PASSWORD,
        most=LONGEST_PASSWORD,
        sentence=sentence,
        done=done,
    )
