"""People of a unit: every route of the site is walked with what belongs to another one."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import TYPE_CHECKING, Any, get_args, get_origin
from urllib.parse import urlencode

import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel
from sqlalchemy import func, select
from starlette.routing import BaseRoute, Mount

from models.duties import Duty, may
from models.people_tables import Unit
from models.states import Role
from models.tables import Decision, Event, Task, User
from models.units import move_book
from review_ui.scoping import KIND_OF
from tests.review_ui import elsewhere

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fastapi import FastAPI
    from httpx import Response

    from models.store import Store
    from tests.review_ui.conftest import Browser

# Whole numbers that are ids of nothing.
NO_IDS = {
    "version", "candidate", "keys", "box", "days", "down", "x", "y", "shift", "back", "done",
    "has",  # tasks that need not be sent again: nothing is read by it
}  # fmt: skip
OTHER_PARTS = {"kind": "place"}  # parts of addresses that are words


def numbers(name: str, kind: Any) -> Iterator[str]:
    """Names under which a parameter carries whole numbers."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for inner, field in kind.model_fields.items():
            yield from numbers(inner, field.annotation)
    elif get_origin(kind) is not None:
        for one in get_args(kind):
            yield from numbers(name, one)
    elif kind is int:
        yield name


def example(name: str, kind: Any, ids: dict[str, int]) -> Any:
    """A value of that type with these ids wherever an id stands."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {inner: example(inner, field.annotation, ids) for inner, field in kind.model_fields.items()}
    if get_origin(kind) in {list, tuple}:
        return [example(name, get_args(kind)[0], ids)]
    if get_origin(kind) is not None:
        return example(name, get_args(kind)[0], ids)
    return ids.get(name, 1 if kind in (int, float) else "x")


def routes_of(app: FastAPI) -> list[tuple[str, APIRoute]]:
    found: list[APIRoute] = []
    waiting: list[BaseRoute] = list(app.routes)
    while waiting:
        one = waiting.pop()
        if isinstance(one, APIRoute):
            found.append(one)
        elif not isinstance(one, Mount):  # static files are no routes of anybody's data
            waiting += one.original_router.routes  # type: ignore[attr-defined]
    assert len(found) > 20
    return [(route.path, route) for route in found]


def taken(route: APIRoute) -> list[Any]:
    """Everything that a route takes, of its dependencies too."""
    found: list[Any] = []
    waiting = [route.dependant]
    while waiting:
        one = waiting.pop()
        found += [*one.path_params, *one.query_params, *one.body_params]
        waiting += one.dependencies
    return found


def kinds(route: APIRoute) -> set[str]:
    """Names of the ids that a route takes."""
    found = {name for one in taken(route) for name in numbers(one.name, one.field_info.annotation)}
    assert found <= KIND_OF.keys() | NO_IDS, f"{route.path}: what is an id here, and of what?"
    return found & KIND_OF.keys()


def ask(one: Browser, path: str, route: APIRoute, ids: dict[str, int]) -> Response:
    """Use a route with these ids, as a browser would."""
    address = path.format_map(ids | OTHER_PARTS)
    if "GET" in (route.methods or ()):
        asked = {param.name: ids[param.name] for param in route.dependant.query_params if param.name in ids}
        return one.get(f"{address}?{urlencode(asked)}")
    body = {param.name: example(param.name, param.field_info.annotation, ids) for param in taken(route)}
    models = [param for param in route.dependant.body_params if isinstance(body[param.name], dict)]
    if models:
        return one.call(address, **body[models[0].name])
    return one.post(address, {name: value for name, value in body.items() if name != "csrf"})


def text_of(answer: Response) -> str:
    """What an answer says; of a workbook or package, all its parts."""
    if not answer.content.startswith(b"PK"):
        return answer.text if "image" not in answer.headers["content-type"] else ""
    with zipfile.ZipFile(BytesIO(answer.content)) as package:
        return "".join(package.read(name).decode("utf-8", "replace") for name in package.namelist())


def events(store: Store) -> list[tuple[str, int | None]]:
    with store.read() as session:
        found = session.scalars(select(Event).where(Event.what == "unknown_id").order_by(Event.id))
        return [(event.object_type, event.object_id) for event in found]


def test_whatever_another_unit_has_is_not_found_on_any_route(
    app: FastAPI, store: Store, person: Callable[[str], Browser]
) -> None:
    other, own = elsewhere.fill(store)
    quan = person("quan")
    quan.get("/")
    with store.read() as session:
        before = session.scalar(select(func.count()).select_from(Decision))
    asked = 0
    for path, route in routes_of(app):
        for name in kinds(route):
            kind = KIND_OF[name]
            ids = {called: (other if called == name else own).get(of, 1) for called, of in KIND_OF.items()}
            answer = ask(quan, path, route, ids)
            assert answer.status_code == 404, (path, name)
            assert events(store)[-1] == (kind, other[kind]), (path, name)
            assert not any(secret in text_of(answer) for secret in elsewhere.SECRETS)
            asked += 1
    assert asked == len(events(store)) >= 12
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(Decision)) == before
        assert session.scalars(select(Task.lease_owner).where(Task.lease_owner.is_not(None))).all() == []


@pytest.mark.parametrize("by", ["month", "office", "book"])
def test_no_list_tells_of_another_unit(
    app: FastAPI, store: Store, person: Callable[[str], Browser], by: str
) -> None:
    elsewhere.fill(store)
    with store.begin() as session:
        session.scalars(select(User).filter_by(name="hoa")).one().role = Role.ADMINISTRATOR
    told: set[str] = set()
    quan, hoa = person("quan"), person("hoa")
    for path, route in routes_of(app):
        if "GET" not in (route.methods or ()) or kinds(route):
            continue
        address = path.format_map(OTHER_PARTS)
        address += "" if address.startswith("/figures") else f"?by={by}"
        answer = quan.get(address)
        assert answer.status_code == 200, path
        assert [secret for secret in elsewhere.SECRETS if secret in text_of(answer)] == [], path
        # The same for somebody of the whole station, so that this test could fail.
        told.update(secret for secret in elsewhere.SECRETS if secret in text_of(hoa.get(address)))
        if any(secret in text_of(hoa.get(address)) for secret in elsewhere.SECRETS):
            told.add(path)
    assert {"/approve", "/parked", "/export", "/attention"} <= told
    assert {elsewhere.OFFICE, "rieng.pdf", "gia đình bà Xa"} <= told


def test_nobody_gets_fields_of_another_unit(
    app: FastAPI, store: Store, person: Callable[[str], Browser]
) -> None:
    other, _ = elsewhere.fill(store)
    lan = person("lan")
    seen = []
    while (state := lan.task())["task"] is not None:
        seen.append(state["task"])
        assert lan.decide("accept").status_code == 200
        assert len(seen) < 100
    assert other["task"] not in seen
    assert len(seen) > 5
    html = lan.get("/").text
    assert "<b>0</b>" in html  # what waits is counted in the unit
    with store.begin() as session:
        moved = session.scalars(select(User).filter_by(name="lan")).one()
        moved.unit_id = other["unit"]
    app.state.sessions.look_again(moved.id)
    assert lan.task()["task"] == other["task"]
    # What she did before, where she is no longer, is not hers to take back.
    assert lan.call("/api/undo").json()["task"] == other["task"]
    with store.read() as session:
        assert [one.action for one in session.scalars(select(Decision)) if one.action == "undo"] == []


def test_a_book_moved_under_somebodys_hands_is_told_and_work_goes_on(
    store: Store, person: Callable[[str], Browser]
) -> None:
    other, own = elsewhere.fill(store)
    lan = person("lan")
    held = lan.task()
    move_book(store, own["book"], other["unit"])
    answer = lan.call("/api/decide", task=held["task"], version=held["version"], action="accept")
    assert answer.status_code == 404
    assert answer.json()["sentence"]
    assert lan.task()["task"] is None


def test_the_stations_top_is_the_whole_station(store: Store, person: Callable[[str], Browser]) -> None:
    elsewhere.fill(store)
    with store.begin() as session:
        top = session.scalars(select(Unit).where(Unit.parent_id.is_(None))).one()
        quan = session.scalars(select(User).filter_by(name="quan")).one()
        quan.unit_id = top.id
        assert may(quan, Duty.ADMINISTER)
    assert elsewhere.OFFICE in person("quan").get("/export").text
