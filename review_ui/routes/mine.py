"""A person's own page: what they did, in how many seconds and keys, and their abbreviations."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from models.effort import figures_by_kind, figures_of
from models.errors import BadShorthand
from models.figures import agreement_of
from models.shorthand import COMMON, abbreviations, drop_abbreviation, keep_abbreviation
from models.tables import User, utc_now
from review_ui.guard import FormToken, Keyer, store_of
from review_ui.presenting import said_kind
from review_ui.rendering import page
from review_ui.routes.figures import said_agreement

WEEK: Final = timedelta(days=7)

router = APIRouter()


@router.get("/mine")
def show_mine(request: Request, person: Keyer) -> Response:
    """The figures of this person, shown to nobody else, and their abbreviations."""
    return _page(request, person)


@router.post("/mine/shorthand", dependencies=[FormToken])
def change_shorthand(
    request: Request,
    person: Keyer,
    short: Annotated[str, Form()] = "",
    text: Annotated[str, Form()] = "",
    drop: Annotated[str, Form()] = "",
) -> Response:
    """Keep an abbreviation, or drop one."""
    store = store_of(request)
    if drop:
        drop_abbreviation(store, person.id, drop)
        return RedirectResponse("/mine", 303)
    try:
        keep_abbreviation(store, person.id, short, text)
    except (BadShorthand, ValueError) as error:
        return _page(request, person, 422, str(error), short, text)
    return RedirectResponse("/mine", 303)


def _page(
    request: Request, person: User, status: int = 200, sentence: str = "", short: str = "", text: str = ""
) -> Response:
    store, now = store_of(request), utc_now()
    midnight = now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    week = figures_by_kind(store, person.id, now - WEEK)
    return page(
        request,
        "mine.html",
        status,
        today=figures_of(store, person.id, midnight),
        week=figures_of(store, person.id, now - WEEK),
        agreement=said_agreement(agreement_of(store, person.id, now - WEEK, now)),
        kinds=[(said_kind(one.name), one) for one in week],
        own=abbreviations(store, person.id),
        common=COMMON,
        sentence=sentence,
        short=short,
        text=text,
    )
