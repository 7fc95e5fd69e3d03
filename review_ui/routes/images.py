"""Pictures of pages and fields, by id: personal data, so only after a login and private to the browser."""

from __future__ import annotations

from functools import partial, wraps
from typing import TYPE_CHECKING, Annotated, Final, ParamSpec

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import bindparam, select

from models.duties import Duty, may
from models.stages import CHECKS, WAY
from models.states import CaseState, FieldState
from models.tables import Case, Field, Page, User
from pipeline.cuts import View
from review_ui.guard import Anyone, missing, store_of
from review_ui.images import PageSize, Pictures

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence
    from pathlib import Path

    from pipeline.cuts import Box

KEPT: Final = {"Cache-Control": "private, max-age=3600"}
MOST_DOWN: Final = 4
CUT_ALONG: Final = 3  # fields: cutting one costs a sixth of opening the page again
MOST_TILES: Final = 200
OPEN_TO_KEYERS: Final = (CaseState.READ, CaseState.KEYED, CaseState.NEEDS_VERIFICATION)
AT_ONCE: Final = 4
P = ParamSpec("P")
_LANES: Final = CapacityLimiter(AT_ONCE)

router = APIRouter()


def apart(route: Callable[P, Response]) -> Callable[P, Awaitable[Response]]:
    """The route in threads for pictures only: opening a page takes long, and no decision waits behind it."""

    @wraps(route)
    async def served(*args: P.args, **kwargs: P.kwargs) -> Response:
        return await run_sync(partial(route, *args, **kwargs), limiter=_LANES)

    return served


@router.get("/crop/{field_id}")
@apart
def show_crop(request: Request, person: Anyone, field_id: int, view: View = View.CROP) -> Response:
    """A field on its page: the writing itself, or the lines around it with the field framed."""
    store = store_of(request)
    with store.read() as session:
        place = session.execute(_PLACE, {"field": field_id}).one_or_none()
    box = None if place is None else place.box
    if place is None or box is None or place.image_path is None or not may_see(person, [place.state]):
        raise missing(store, person, "field", field_id)

    def following() -> list[Box]:
        with store.read() as session:
            given = {"case": place.case_id, "after": place.position}
            return [_box(one) for one in session.scalars(_FOLLOWING, given) if one is not None]

    image, ahead = store.settings.outside(place.image_path), store.settings.cuts_path(place.page_id)
    try:
        data = pictures_of(request).cut(image, _box(box), view, following, ahead)
    except FileNotFoundError:
        raise missing(store, person, "field", field_id) from None
    return Response(data, media_type="image/jpeg", headers=KEPT)


@router.get("/page/{page_id}")
@apart
def show_page(request: Request, person: Anyone, page_id: int, size: PageSize = PageSize.FIT) -> Response:
    """A whole page: as wide as a screen, small, or in full."""
    path = _page_image(request, person, page_id)
    try:
        data = pictures_of(request).page(path, size)
    except FileNotFoundError:
        raise missing(store_of(request), person, "page", page_id) from None
    return Response(data, media_type="image/jpeg", headers=KEPT)


@router.get("/page/{page_id}/tile")
@apart
def show_tile(
    request: Request,
    person: Anyone,
    page_id: int,
    down: Annotated[int, Query(ge=0, le=MOST_DOWN)],
    x: Annotated[int, Query(ge=0, le=MOST_TILES)],
    y: Annotated[int, Query(ge=0, le=MOST_TILES)],
) -> Response:
    """A part of a page, made smaller by ``2 ** down``: what the viewer shows is sent, and no more."""
    path = _page_image(request, person, page_id)
    try:
        data = pictures_of(request).tile(path, down, x, y)
    except FileNotFoundError:
        raise missing(store_of(request), person, "page", page_id) from None
    return Response(data, media_type="image/jpeg", headers=KEPT)


# Single columns, not rows: a field comes with all the evidence of its reading.
_PLACE: Final = (
    select(Field.box, Field.position, Field.case_id, Case.state, Case.page_id, Page.image_path)
    .join(Case, Field.case_id == Case.id)
    .join(Page, Case.page_id == Page.id)
    .where(Field.id == bindparam("field"))
)
# Places of the fields of the case that are asked about next.
_FOLLOWING: Final = (
    select(Field.box)
    .where(
        Field.case_id == bindparam("case"),
        Field.state == FieldState.FLAGGED,
        Field.position > bindparam("after"),
    )
    .order_by(Field.position)
    .limit(CUT_ALONG)
)


def _box(kept: Sequence[int]) -> Box:
    left, top, width, height = kept
    return left, top, width, height


def _page_image(request: Request, person: User, page_id: int) -> Path:
    """The image of a page, if this person may see it."""
    store = store_of(request)
    with store.read() as session:
        row = session.get(Page, page_id)
        states = session.scalars(select(Case.state).filter_by(page_id=page_id)).all()
        kept = None if row is None or not may_see(person, states) else row.image_path
    if kept is None:
        raise missing(store, person, "page", page_id)
    return store.settings.outside(kept)


def may_see(person: User, cases: Iterable[CaseState]) -> bool:
    """Whether a person may look at the page of cases in these states: who keys sees those not checked yet."""
    looks_on = any(may(person, duty) for duty in (Duty.APPROVE, Duty.INSPECT, Duty.ADJUDICATE))
    checks = any(may(person, duty) for duty in CHECKS.values())
    states = (*OPEN_TO_KEYERS, *WAY) if checks else OPEN_TO_KEYERS
    return looks_on or any(case in states for case in cases)


def pictures_of(request: Request) -> Pictures:
    """The pictures of the site."""
    pictures: Pictures = request.app.state.pictures
    return pictures
