"""Approval: a second person compares a keyed case with its page, and lets it through or sends it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select

from models.approval import RETURNABLE, ReadyCase, approve, case_view, cases_ready, send_back
from models.book_states import BookState, books_to_approve
from models.duties import Duty, may
from models.errors import Conflict, ModelsError, NotFound
from models.parking import MAY_BE_PARKED
from models.scope import Scope
from models.stages import approvable
from models.states import Action, CaseState, Outside
from models.store import Store
from models.tables import Book, Case, User
from models.views import CaseView
from models.whole_books import note_seen
from pipeline.reasons import Reason
from pipeline.wording import say
from review_ui.guard import Approver, CaseReader, FormToken, missing, store_of
from review_ui.presenting import said_case_state, said_reason, sheet
from review_ui.rendering import page
from review_ui.routes.proof import said_outside
from review_ui.routes.whole_books import said_gaps
from review_ui.scoping import scope_here
from review_ui.whole import Decided, decided

REASON_LETTERS: Final = 500

router = APIRouter()


@dataclass(frozen=True, slots=True)
class BookRow:
    """A book that is not wholly approved; ``first`` is the first case that this person may approve."""

    state: BookState
    own: int
    first: int | None
    gaps: str


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A case before or after the one shown."""

    case_id: int
    page_id: int


@router.get("/approve")
def show_books(request: Request, person: CaseReader, done: str = "") -> Response:
    """Books with cases that wait, and cases that need verification."""
    store = store_of(request)
    sentence = say("Đã duyệt xong những trường hợp bạn được duyệt.") if done else ""
    scope = scope_here(request)
    books = _books(cases_ready(store, person.id, scope=scope), books_to_approve(store, scope))
    return page(request, "approve_list.html", books=books, verify=_to_verify(store, scope), sentence=sentence)


@router.get("/approve/{case_id}")
def show_case(request: Request, person: CaseReader, case_id: int, said: str = "", look: str = "") -> Response:
    """A case beside its page; ``look`` says that it was drawn for the approval of its book."""
    if look and may(person, Duty.APPROVE):
        _note_seen(request, person, case_id)
    sentences = {"approved": say("Đã duyệt."), "returned": say("Đã trả lại để soát lại.")}
    return _case(request, person, case_id, done=sentences.get(said, ""))


@router.post("/approve/{case_id}", dependencies=[FormToken])
def decide_case(
    request: Request,
    person: Approver,
    case_id: int,
    version: Annotated[int, Form()],
    action: Annotated[str, Form()],
    reason: Annotated[str, Form()] = "",
    keys: Annotated[tuple[str, ...], Form()] = (),
) -> Response:
    """Approve the case as shown, or send it back with a reason; then the next one."""
    store = store_of(request)
    following = _following(store, person, case_id)
    try:
        if action == Action.APPROVE:
            approve(store, case_id, person.id, version)
        elif action == Action.RETURN:
            if not reason.strip() or len(reason) > REASON_LETTERS:
                return _case(request, person, case_id, say("Hãy ghi lý do trả lại, ngắn gọn."), 422)
            if case_view(store, case_id).version != version:
                raise Conflict
            send_back(store, case_id, person.id, reason, keys)
        else:
            return _case(request, person, case_id, say("Không có thao tác này."), 422)
    except NotFound:
        raise missing(store, person, "case", case_id) from None
    except ValueError:
        return _case(request, person, case_id, say("Không có mục này trong trường hợp."), 422)
    except ModelsError as refusal:
        return _case(request, person, case_id, str(refusal), 409)
    if following is None:
        return RedirectResponse("/approve?done=1", 303)
    said = "approved" if action == Action.APPROVE else "returned"
    return RedirectResponse(f"/approve/{following.case_id}?said={said}", 303)


def _note_seen(request: Request, person: User, case_id: int) -> None:
    store = store_of(request)
    with store.read() as session:
        version = session.scalar(select(Case.version).where(Case.id == case_id))
    if version is not None:
        note_seen(store, case_id, person.id, version)


def _case(
    request: Request, person: User, case_id: int, sentence: str = "", status: int = 200, done: str = ""
) -> Response:
    store = store_of(request)
    try:
        case = case_view(store, case_id)
    except NotFound:
        raise missing(store, person, "case", case_id) from None
    before, following, remaining, own = _around(store, person, case)
    looks_on = not may(person, Duty.APPROVE)
    return page(
        request,
        "approve.html",
        status,
        sheet=sheet(case),
        decided=_decided(store, case),
        own=own,
        looks_on=looks_on,
        book_id=case.book_id,
        may_approve=case.state in approvable(store.settings) and not looks_on,
        may_return=case.state in RETURNABLE and not looks_on,
        outside=[] if looks_on else _outside(case),
        state_sentence=said_case_state(case.state),
        reason=said_reason(case.state_reason),
        before=before,
        following=following,
        remaining=remaining,
        sentence=sentence,
        done=done,
    )


def _outside(case: CaseView) -> list[tuple[str, str]]:
    """Reasons for which the case may be parked now, with their words."""
    parked = case.state_reason == Reason.PARKED
    if case.state not in MAY_BE_PARKED or parked:
        return []
    return [(reason.value, said_outside(reason)) for reason in Outside]


def _books(ready: list[ReadyCase], states: list[BookState]) -> list[BookRow]:
    books: dict[int, list[ReadyCase]] = {}
    for case in ready:
        books.setdefault(case.book_id, []).append(case)
    return [
        BookRow(
            state=state,
            own=sum(case.own for case in books.get(state.book_id, [])),
            first=next((case.case_id for case in books.get(state.book_id, []) if not case.own), None),
            gaps=said_gaps(state.missing),
        )
        for state in states
    ]


def _to_verify(store: Store, scope: Scope) -> list[dict[str, object]]:
    query = (
        select(Case, Book)
        .join(Book, Case.book_id == Book.id)
        .where(Case.state == CaseState.NEEDS_VERIFICATION, *scope.of_books(Case.book_id))
        .order_by(Case.book_id, Case.id)
    )
    with store.read() as session:
        return [
            {
                "case_id": case.id,
                "code": book.code,
                "office": book.office,
                "so": case.so,
                "reason": said_reason(case.state_reason),
            }
            for case, book in session.execute(query)
        ]


def _around(
    store: Store, person: User, case: CaseView
) -> tuple[Neighbour | None, Neighbour | None, int, bool]:
    """The cases of the book before and after this one that this person may approve, and their number."""
    ready = cases_ready(store, person.id, case.book_id)
    own = any(item.own for item in ready if item.case_id == case.case_id)
    with store.read() as session:
        pages = dict(
            session.execute(select(Case.id, Case.page_id).where(Case.book_id == case.book_id)).tuples().all()
        )
    mine = [
        Neighbour(item.case_id, pages[item.case_id])
        for item in ready
        if not item.own and item.case_id != case.case_id
    ]
    place = (case.page_id, case.case_id)
    before = [item for item in mine if (item.page_id, item.case_id) < place]
    after = [item for item in mine if (item.page_id, item.case_id) > place]
    here = any(item.case_id == case.case_id and not item.own for item in ready)
    return (before[-1] if before else None), (after[0] if after else None), len(mine) + here, own


def _following(store: Store, person: User, case_id: int) -> Neighbour | None:
    """Where to go on after this case: the next of the book, else the first that was left for later."""
    try:
        case = case_view(store, case_id)
    except NotFound:
        return None
    before, following, _, _ = _around(store, person, case)
    return following or before


def _decided(store: Store, case: CaseView) -> dict[str, Decided]:
    """By field key, who decided it last."""
    with store.read() as session:
        names = dict(session.execute(select(User.id, User.display_name)).tuples().all())
    return decided(case, names)
