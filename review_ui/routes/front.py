"""The front page: what waits for this person."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy import func, select

from models.adjudication import count_disputes
from models.checking import count_checks
from models.duties import Duty, may
from models.queue import counts
from models.stages import approvable
from models.states import FIELD_ACTIONS, CaseState
from models.store import Store
from models.tables import Decision, Refusal, User, utc_now
from review_ui.guard import Anyone, store_of
from review_ui.rendering import page
from review_ui.routes.attention import noticed_pages

router = APIRouter()


@router.get("/")
def show_front(request: Request, person: Anyone) -> Response:
    """Counts of what waits, as doors to the pages of this person's role."""
    store = store_of(request)
    waiting = counts(store)
    cases = waiting.cases
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
        attention=_attention(store) if may(person, Duty.ATTEND) else 0,
        today=_decided_today(store, person),
    )


@router.get("/health")
def tell_health() -> JSONResponse:
    """Whether the site is up, for whoever started it."""
    return JSONResponse({"status": "ok"})


def _attention(store: Store) -> int:
    with store.read() as session:
        refused = session.scalar(select(func.count()).select_from(Refusal)) or 0
    return len(noticed_pages(store)) + refused


def _decided_today(store: Store, person: User) -> int:
    midnight = utc_now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    with store.read() as session:
        query = select(func.count()).where(
            Decision.user_id == person.id, Decision.at >= midnight, Decision.action.in_(FIELD_ACTIONS)
        )
        return session.scalar(query) or 0
