"""Units: made, named and moved by an administrator, their teams, and which books belong to them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import func, select

from models.errors import ModelsError, NotFound
from models.people_tables import Team, Unit
from models.scope import scope_of_unit
from models.states import Level
from models.tables import Book, User
from models.units import add_team, add_unit, move_book, move_unit, rename_unit, units
from pipeline.wording import say
from review_ui.guard import Administrator, AdministratorOnly, FormToken, missing, store_of
from review_ui.rendering import page
from review_ui.scoping import scope_here, unit_here

router = APIRouter()


def said_level(level: Level) -> str:
    """A level in words."""
    words = {Level.PROVINCE: "Tỉnh", Level.DISTRICT: "Huyện", Level.COMMUNE: "Xã"}
    return say(words[level])


@router.get("/units", dependencies=[AdministratorOnly])
def show_units(request: Request) -> Response:
    """The units of the administrator's part of the station, with how many people and books each has."""
    return _list(request)


@router.post("/units", dependencies=[FormToken])
def make_unit(
    request: Request,
    person: Administrator,
    level: Annotated[Level, Form()],
    name: Annotated[str, Form(max_length=500)] = "",
    unit_id: Annotated[int, Form()] = 0,
) -> Response:
    """Make a unit within another."""
    above = unit_here(request, unit_id)
    try:
        add_unit(store_of(request), name, level, above, person.id)
    except NotFound:
        raise missing(store_of(request), person, "unit", unit_id) from None
    except ModelsError as refusal:
        return _list(request, str(refusal), 422)
    return RedirectResponse("/units", 303)


@router.get("/units/{unit_id}")
def show_unit(request: Request, person: Administrator, unit_id: int, said: str = "") -> Response:
    """A unit with its teams and books."""
    return _one(request, person, unit_id, done=say("Đã lưu.") if said else "")


@router.post("/units/{unit_id}", dependencies=[FormToken])
def change_unit(
    request: Request,
    person: Administrator,
    unit_id: int,
    name: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Give a unit another name."""
    try:
        rename_unit(store_of(request), unit_id, name, person.id)
    except NotFound:
        raise missing(store_of(request), person, "unit", unit_id) from None
    except ModelsError as refusal:
        return _one(request, person, unit_id, str(refusal), 422)
    return RedirectResponse(f"/units/{unit_id}?said=kept", 303)


@router.post("/units/{unit_id}/within", dependencies=[FormToken])
def put_within(
    request: Request, person: Administrator, unit_id: int, unit: Annotated[int, Form()] = 0
) -> Response:
    """Put a unit within another one."""
    try:
        move_unit(store_of(request), unit_id, unit, person.id)
    except NotFound as gone:
        raise missing(store_of(request), person, "unit", gone.row_id) from None
    except ModelsError as refusal:
        return _one(request, person, unit_id, str(refusal), 422)
    return RedirectResponse(f"/units/{unit_id}?said=kept", 303)


@router.post("/units/{unit_id}/team", dependencies=[FormToken])
def make_team(
    request: Request,
    person: Administrator,
    unit_id: int,
    name: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Make a team of a unit."""
    try:
        add_team(store_of(request), unit_id, name, person.id)
    except NotFound:
        raise missing(store_of(request), person, "unit", unit_id) from None
    except ModelsError as refusal:
        return _one(request, person, unit_id, str(refusal), 422)
    return RedirectResponse(f"/units/{unit_id}?said=kept", 303)


@router.post("/units/{unit_id}/book", dependencies=[FormToken])
def take_book(
    request: Request,
    person: Administrator,
    unit_id: int,
    book_id: Annotated[int, Form()],
    unit: Annotated[int, Form()],
) -> Response:
    """Move a book of this unit into another one."""
    try:
        move_book(store_of(request), book_id, unit, person.id)
    except NotFound as gone:
        raise missing(store_of(request), person, gone.kind, gone.row_id) from None
    return RedirectResponse(f"/units/{unit_id}?said=kept", 303)


def _list(request: Request, sentence: str = "", status: int = 200) -> Response:
    store, scope = store_of(request), scope_here(request)
    with store.read() as session:
        people = dict(
            session.execute(select(User.unit_id, func.count()).group_by(User.unit_id)).tuples().all()
        )
        books = dict(
            session.execute(select(Book.unit_id, func.count()).group_by(Book.unit_id)).tuples().all()
        )
    rows = [
        {
            "unit": one,
            "level": said_level(one.level),
            "people": people.get(one.unit_id, 0),
            "books": books.get(one.unit_id, 0),
        }
        for one in units(store, scope)
    ]
    levels = [(level.value, said_level(level)) for level in Level]
    return page(request, "units.html", status, rows=rows, levels=levels, sentence=sentence)


def _one(
    request: Request, person: User, unit_id: int, sentence: str = "", status: int = 200, done: str = ""
) -> Response:
    store, scope = store_of(request), scope_here(request)
    with store.read() as session:
        unit = session.get(Unit, unit_id)
        if unit is None:
            raise missing(store, person, "unit", unit_id)
        teams = session.scalars(select(Team).filter_by(unit_id=unit_id).order_by(Team.name)).all()
        books = session.scalars(
            select(Book).filter_by(unit_id=unit_id).order_by(Book.office, Book.type, Book.year, Book.volume)
        ).all()
        inside = scope_of_unit(session, unit_id)
    within = {one.unit_id for one in units(store, inside)}
    others = units(store, scope)
    return page(
        request,
        "unit.html",
        status,
        unit=unit,
        level=said_level(unit.level),
        teams=teams,
        books=books,
        above=[] if unit.parent_id is None else [one for one in others if one.unit_id not in within],
        others=others,
        sentence=sentence,
        done=done,
    )
