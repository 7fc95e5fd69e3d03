"""The history of a case: every decision with who by role, when, before and after; and its reversal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from models.approval import case_view
from models.duties import Duty, may
from models.errors import ModelsError, NotFound
from models.reversal import OF_FIELDS, Entry, history, reverse
from models.stages import approvable
from models.states import Action, FieldState, Source
from pipeline.forms import label_of
from pipeline.wording import say
from review_ui.guard import FormToken, LooksBack, Reverser, missing, store_of
from review_ui.presenting import said_action, said_case_state, said_reason, title_of
from review_ui.rendering import page
from review_ui.whole import said_as, said_role

if TYPE_CHECKING:
    from datetime import datetime

    from models.tables import User
    from models.views import CaseView

REASON_LETTERS: Final = 500

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Line:
    """A decision as the page tells it."""

    number: int
    decision_id: int
    at: datetime
    who: str
    did: str
    label: str
    before: str
    after: str
    reason: str
    undone_by: int | None
    undoes: int | None
    first: tuple[int, ...]
    may_reverse: bool


@router.get("/case/{case_id}/history")
def show_history(
    request: Request, person: LooksBack, case_id: int, decision: int = 0, said: str = ""
) -> Response:
    """What was decided on a case, newest first; ``decision`` names one that is about to be reversed."""
    done = say("Đã đảo lại; trường hợp được mở lại.") if said == "reversed" else ""
    return _page(request, person, case_id, chosen=decision, done=done)


@router.post("/case/{case_id}/history", dependencies=[FormToken])
def reverse_decision(
    request: Request,
    person: Reverser,
    case_id: int,
    decision: Annotated[int, Form()],
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Reverse a decision of this case, with a reason."""
    store = store_of(request)
    try:
        known = {entry.decision_id for entry in history(store, case_id)}
    except NotFound:
        raise missing(store, person, "case", case_id) from None
    if decision not in known:
        raise missing(store, person, "decision", decision)
    if not reason.strip() or len(reason) > REASON_LETTERS:
        sentence = say("Hãy ghi lý do đảo lại, ngắn gọn.")
        return _page(request, person, case_id, 422, chosen=decision, sentence=sentence)
    try:
        reverse(store, decision, person.id, reason)
    except ModelsError as refusal:
        return _page(request, person, case_id, 409, sentence=str(refusal))
    except ValueError:
        sentence = say("Quyết định này không đảo lại ở đây được.")
        return _page(request, person, case_id, 422, sentence=sentence)
    return RedirectResponse(f"/case/{case_id}/history?said=reversed", 303)


def _page(
    request: Request,
    person: User,
    case_id: int,
    status: int = 200,
    *,
    chosen: int = 0,
    sentence: str = "",
    done: str = "",
) -> Response:
    store = store_of(request)
    try:
        case = case_view(store, case_id)
        entries = history(store, case_id)
    except NotFound:
        raise missing(store, person, "case", case_id) from None
    lines = [_line(person, case, entry) for entry in reversed(entries)]
    return page(
        request,
        "history.html",
        status,
        case_id=case_id,
        title=title_of(case),
        state=said_case_state(case.state, ready=case.state in approvable(store.settings)),
        reason=said_reason(case.state_reason),
        lines=lines,
        chosen=next(
            (line for line in lines if line.decision_id == chosen and line.may_reverse and not line.first),
            None,
        ),
        looks_only=not any(may(person, duty) for duty in (Duty.APPROVE, Duty.ADJUDICATE)),
        sentence=sentence,
        done=done,
    )


def _line(person: User, case: CaseView, entry: Entry) -> Line:
    whole = not entry.key
    allowed = may(person, Duty.APPROVE) or (may(person, Duty.ADJUDICATE) and entry.action in OF_FIELDS)
    before, after = _told(entry.before), _told(entry.after)
    if entry.action is Action.DIFFER:
        before, after = before, _read(entry.after)
    return Line(
        number=entry.number,
        decision_id=entry.decision_id,
        at=entry.at,
        who=said_role(entry.role),
        did=_did(entry),
        label=say("Cả trường hợp") if whole else label_of(case.type, case.edition, entry.key),
        before=before,
        after=after,
        reason=entry.reason,
        undone_by=entry.undone_by,
        undoes=entry.undoes,
        first=entry.first,
        may_reverse=entry.reversible and allowed,
    )


def _did(entry: Entry) -> str:
    """What was done, in words, with the step where that says more."""
    words = said_action(entry.action)
    step = ""
    if entry.action is Action.CHECK_CASE:
        step = said_as(Source.CHECK_1 if entry.after.get("stage") == 1 else Source.CHECK_2)
    elif entry.action is Action.DIFFER:
        step = said_as(Source(entry.after["source"]))
    return f"{words} ({step})" if step else words


def _told(kept: dict[str, Any]) -> str:
    """A field as it was, in words: its text, or what its state says; "" for whole cases."""
    if "verbatim" not in kept:
        return ""
    if kept.get("state") == FieldState.ILLEGIBLE:
        return say("Không đọc được")
    return str(kept["verbatim"]) or say("Để trống")


def _read(kept: dict[str, Any]) -> str:
    """What a checker read."""
    if kept.get("did") == Action.ILLEGIBLE:
        return say("Không đọc được")
    return str(kept.get("said", "")) or say("Để trống")
