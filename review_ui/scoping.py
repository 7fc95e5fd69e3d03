"""The part of the station in which the person at the screen works, and the check before every route.

An id in an address, a form or a call is named after what it is of: ``case_id``, ``task``. Whatever is asked
for by such a name is held against the person's unit here, before the route runs, so that no route can forget
it: what belongs to another unit is not found, as if it were not there, and the attempt is noted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from anyio.to_thread import run_sync
from fastapi import Request

from models.scope import KINDS, STATION, Scope, Standing, standing_of_person, within
from review_ui.guard import missing, person_of, store_of
from review_ui.visits import visit_of

if TYPE_CHECKING:
    from models.tables import User

KIND_OF: Final[Mapping[str, str]] = {name: kind for kind in KINDS for name in (kind, f"{kind}_id")}
"""What ids are called, and what they are ids of."""
FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")


def standing_here(request: Request) -> Standing:
    """Where and when the person at the screen works; for people of the whole station nothing is asked.

    Raises:
        NeedsLogin: when nobody is logged in.
    """
    person = person_of(request)
    if person.unit_id is None:
        return Standing(STATION, person.shift)
    kept: Standing | None = getattr(request.state, "standing", None)
    if kept is None:
        with store_of(request).read() as session:
            kept = standing_of_person(session, person)
        request.state.standing = kept
    return kept


def scope_here(request: Request) -> Scope:
    """The part of the station that the person at the screen sees."""
    return standing_here(request).scope


def unit_here(request: Request, unit_id: int) -> int | None:
    """The unit that a form names, None (0 in the form) for the whole station.

    Raises:
        Refused: when somebody of a unit names the whole station.
    """
    if not unit_id and not scope_here(request).everything:
        raise missing(store_of(request), person_of(request), "unit", unit_id)
    return unit_id or None


async def check_ids(request: Request) -> None:
    """Refuse a request that names something of another unit.

    Raises:
        Refused: with status 404.
    """
    person = visit_of(request).person
    if person is None or person.unit_id is None:
        return
    found = [*_named(dict(request.path_params)), *_named(dict(request.query_params))]
    found += _named(await _body(request))
    if found:
        await run_sync(_check, request, person, list(dict.fromkeys(found)))


def _check(request: Request, person: User, found: list[tuple[str, int]]) -> None:
    store, scope = store_of(request), scope_here(request)
    if scope.everything:
        return
    with store.read() as session:
        outside = [one for one in found if not within(session, scope, *one)]
    if outside:
        raise missing(store, person, *outside[0])


async def _body(request: Request) -> object:
    """What came along; nothing where it is neither a form nor JSON, for then no route reads it."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method in {"GET", "HEAD"} or not kind:
        return None
    if kind in FORMS:
        form = await request.form()
        return {name: form.getlist(name) for name in form}
    try:
        return await request.json()
    except ValueError:
        return None


def _named(value: object, kind: str | None = None) -> Iterator[tuple[str, int]]:
    """Every id within a value, with what it is an id of."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from _named(one, KIND_OF.get(str(name)))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _named(one, kind)
    elif kind is not None:
        number = _number(value)
        if number is not None:
            yield kind, number


def _number(value: object) -> int | None:
    """The id that a route would understand by this; None where it would understand none."""
    if isinstance(value, str | int | float):
        with suppress(ValueError, OverflowError):  # "7", 7 and 7.0 are all taken for seven
            return int(value) if isinstance(value, int) else int(float(value))
    return None
