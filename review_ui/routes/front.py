"""The front page: what waits for this person."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy import func, select

from models.adjudication import count_disputes
from models.checking import count_checks
from models.duties import Duty, may
from models.people_tables import Team, Unit
from models.queue import counts
from models.scope import Scope
from models.shifts import parse_shifts, shift_of
from models.stages import approvable
from models.states import FIELD_ACTIONS, Action, CaseState, PageState
from models.store import Store
from models.tables import Decision, Page, Refusal, User, utc_now
from review_ui.guard import Anyone, store_of
from review_ui.rendering import page
from review_ui.routes.attention import noticed_pages
from review_ui.routes.people import said_shift
from review_ui.scoping import scope_here

router = APIRouter()


@router.get("/")
def show_front(request: Request, person: Anyone) -> Response:
    """Counts of what waits, as doors to the pages of this person's role."""
    store = store_of(request)
    scope = scope_here(request)
    waiting = counts(store, scope)
    cases = waiting.cases
    looks_after_pages = any(may(person, duty) for duty in (Duty.ATTEND, Duty.INSPECT))
    shift = shift_of(store.settings, person.shift)
    return page(
        request,
        "front.html",
        counts=waiting,
        ready=sum(cases.get(state, 0) for state in approvable(store.settings)),
        to_check=count_checks(store, person),
        disputes=count_disputes(store, person.id) if may(person, Duty.ADJUDICATE) else (0, 0),
        verify=cases.get(CaseState.NEEDS_VERIFICATION, 0),
        approved=cases.get(CaseState.APPROVED, 0) + cases.get(CaseState.LOADED, 0),
        loaded=cases.get(CaseState.LOADED, 0),
        attention=_attention(store, scope) if looks_after_pages else 0,
        pages=_pages_waiting(store, scope) if may(person, Duty.ATTEND) else 0,
        today=_decided_today(store, person),
        place=_place(store, person),
        overtime="" if shift is None or shift.ends(utc_now()) else shift.hours,
    )


@router.get("/health")
def tell_health() -> JSONResponse:
    """Whether the site is up, for whoever started it."""
    return JSONResponse({"status": "ok"})


def _attention(store: Store, scope: Scope) -> int:
    with store.read() as session:
        of_books = scope.of_books(Refusal.book_id)
        refused = session.scalar(select(func.count()).select_from(Refusal).where(*of_books)) or 0
    return len(noticed_pages(store, scope)) + refused


def _pages_waiting(store: Store, scope: Scope) -> int:
    waiting = Page.state.in_((PageState.WAITING, PageState.READING))
    with store.read() as session:
        query = select(func.count()).select_from(Page).where(waiting, *scope.of_books(Page.book_id))
        return session.scalar(query) or 0


def _place(store: Store, person: User) -> list[str]:
    """Unit, team and shift of a person in words; nothing for people of the whole station."""
    with store.read() as session:
        unit = None if person.unit_id is None else session.get_one(Unit, person.unit_id)
        team = None if person.team_id is None else session.get_one(Team, person.team_id)
    shift = said_shift(parse_shifts(store.settings.shifts), person.shift)
    return [*(one.name for one in (unit, team) if one), *([shift] if shift else [])]


def _decided_today(store: Store, person: User) -> int:
    midnight = utc_now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    with store.read() as session:
        query = select(func.count()).where(
            # Blind checks count too: a number that stood still would tell which tasks they were.
            Decision.user_id == person.id,
            Decision.at >= midnight,
            Decision.action.in_([*FIELD_ACTIONS, Action.CHECK]),
        )
        return session.scalar(query) or 0
