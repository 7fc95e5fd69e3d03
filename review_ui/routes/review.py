"""Review: one doubtful field after another. A page for the first, then calls that save and bring the next."""

from __future__ import annotations

import json
import time
from collections.abc import Collection
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from markupsafe import Markup
from pydantic import BaseModel, Field
from sqlalchemy import select
from starlette.background import BackgroundTask

from models.adjudication import send
from models.decisions import decide, undo
from models.effort import MOST_KEYS, note_effort
from models.errors import Conflict, NotFound
from models.needed import checks_missing
from models.queue import counts, lease_next, next_task, task_views, waiting
from models.shorthand import COMMON, abbreviations
from models.states import FIELD_ACTIONS, Action, TaskState
from models.store import Store
from models.tables import Decision, Task, User
from models.texts import LONGEST, typed_text
from models.views import TaskView
from pipeline.wording import say
from review_ui.guard import FormToken, HeaderToken, Keyer, missing, store_of
from review_ui.presenting import ask, choices_of
from review_ui.rendering import fragment, number, page
from review_ui.scoping import standing_here
from review_ui.visits import visit_of

AHEAD: Final = 2  # fields sent along, so that the next one is on the screen before the server answers
MOST_SECONDS: Final = 3600.0
MOST_COUNTED: Final = 5000  # fields left are counted so far: more are more than a day's work anyway

router = APIRouter()


class Decided(BaseModel):
    """A decision as the browser sends it."""

    task: int
    version: int
    action: Action
    text: str | None = None
    seconds: Annotated[float, Field(ge=0, le=MOST_SECONDS)] | None = None
    keys: Annotated[int, Field(ge=0, le=MOST_KEYS)] | None = None
    has: Annotated[list[int], Field(max_length=2 * AHEAD)] = []
    """Tasks that the browser was sent ahead already, and so need not be sent again."""


@router.get("/review")
def show_review(request: Request, person: Keyer) -> Response:
    """The review page with this person's next field."""
    return _page(request, person)


@router.post("/review", dependencies=[FormToken])
def decide_by_form(
    request: Request,
    person: Keyer,
    task: Annotated[int, Form()] = 0,
    version: Annotated[int, Form()] = 0,
    action: Annotated[str, Form()] = "",
    candidate: Annotated[int, Form()] = 0,
    text: Annotated[str, Form()] = "",
) -> Response:
    """The same decisions from a plain form, for a browser that runs no script."""
    store = store_of(request)
    if action == "undo":
        undo(store, person.id)
        return RedirectResponse("/review", 303)
    current = next_task(store, person.id)
    if current is None or current.task_id != task:
        return _page(request, person, 409, str(Conflict()))
    decided = _from_form(current, version, action, candidate, text)
    if decided is None:
        return _page(request, person, 422, say("Ô chữ đang trống. Hãy chọn để trống hoặc không đọc được."))
    status, sentence = _decide(store, person, decided)
    return _page(request, person, status, sentence) if sentence else RedirectResponse("/review", 303)


@router.post("/api/decide", dependencies=[HeaderToken])
def decide_and_go_on(request: Request, person: Keyer, decided: Decided) -> JSONResponse:
    """Save a decision and give the next field, whatever became of the decision."""
    begun = time.perf_counter()
    status, sentence = _decide(store_of(request), person, decided)
    saved = time.perf_counter()
    state = desk_state(request, person, decided.has) | {"sentence": sentence}
    timing = _timing(decide=saved - begun, next=time.perf_counter() - saved)
    note = None
    if status == 200 and decided.keys is not None:
        note = BackgroundTask(note_effort, store_of(request), decided.task, person.id, decided.keys)
    return JSONResponse(state, status, timing, background=note)


@router.post("/api/next", dependencies=[HeaderToken])
def go_on(request: Request, person: Keyer) -> JSONResponse:
    """The field that this person has in hand, or the next one."""
    begun = time.perf_counter()
    state = desk_state(request, person)
    return JSONResponse(state, headers=_timing(next=time.perf_counter() - begun))


@router.post("/api/undo", dependencies=[HeaderToken])
def take_back(request: Request, person: Keyer) -> JSONResponse:
    """Take this person's last decision back and show its field again."""
    task_id = undo(store_of(request), person.id)
    sentence = (
        say("Không còn gì để quay lại: trường hợp đã được duyệt hoặc người khác đã sửa.")
        if task_id is None
        else say("Đã quay lại mục vừa làm.")
    )
    return JSONResponse(desk_state(request, person) | {"sentence": sentence})


def _page(request: Request, person: User, status: int = 200, notice: str = "") -> Response:
    state = desk_state(request, person)
    return page(
        request,
        "review.html",
        status,
        desk=Markup(state["html"]),  # noqa: S704 - made by our own template, with escaping on
        ahead=[item | {"html": Markup(item["html"])} for item in state["ahead"]],  # noqa: S704 - likewise
        left=state["left"],
        longest=LONGEST,
        common=json.dumps(dict(COMMON), ensure_ascii=False),
        own=json.dumps(abbreviations(store_of(request), person.id), ensure_ascii=False),
        lease=store_of(request).settings.lease_seconds,
        notice=notice,
    )


def desk_state(request: Request, person: User, has: Collection[int] = ()) -> dict[str, Any]:
    """What the screen shows now: the field in hand as markup, those after it, and how many wait.

    Of those after it, what the browser ``has`` is only named.
    """
    store, csrf, standing = store_of(request), visit_of(request).login.csrf, standing_here(request)
    task_ids = lease_next(store, person.id, AHEAD, standing=standing)
    if not task_ids:
        html = fragment("_rest.html", csrf=csrf, leased=counts(store, standing.scope).leased)
        return {"task": None, "version": None, "html": html, "ahead": [], "left": ""}
    shown = [task_ids[0], *(task_id for task_id in task_ids[1:] if task_id not in has)]
    views = task_views(store, shown)
    markup = {
        item.task_id: fragment("_ask.html", csrf=csrf, ask=ask(item, checks_missing(store, item)))
        for item in views
    }
    return {
        "task": task_ids[0],
        "version": views[0].version,
        "html": markup[task_ids[0]],
        "ahead": [{"task": task_id, "html": markup.get(task_id)} for task_id in task_ids[1:]],
        "left": _left(waiting(store, MOST_COUNTED + 1, standing.scope)),
    }


def _timing(**seconds: float) -> dict[str, str]:
    """How long the parts of an answer took, in milliseconds, as browsers show it beside the request."""
    return {"Server-Timing": ", ".join(f"{name};dur={1000 * spent:.1f}" for name, spent in seconds.items())}


def _left(count: int) -> str:
    if count > MOST_COUNTED:
        return say("Còn hơn {count} mục", count=number(MOST_COUNTED))
    return say("Còn {count} mục", count=number(count))


def _from_form(current: TaskView, version: int, action: str, candidate: int, text: str) -> Decided | None:
    """What a plain form means, or None where it says nothing."""
    words: str | None = typed_text(text[: LONGEST + 1]) if len(text) <= LONGEST else text
    choices = {choice.number: choice.text for choice in choices_of(current.field)}
    if candidate in choices:
        chosen, words = Action.TAKE_CANDIDATE, choices[candidate]
    elif action in {Action.BLANK, Action.ILLEGIBLE}:
        chosen, words = Action(action), None
    elif action in {Action.UNCERTAIN, Action.SEND}:
        chosen = Action(action)
    elif not words:
        return None
    else:
        chosen = Action.ACCEPT if words == current.field.verbatim else Action.CORRECT
    return Decided(task=current.task_id, version=version, action=chosen, text=words)


def _decide(store: Store, person: User, decided: Decided) -> tuple[int, str]:
    """Save a decision. Returns the status of the answer and what the person is told, "" where all is well."""
    if decided.action not in (*FIELD_ACTIONS, Action.SEND):
        return 422, say("Không có thao tác này.")
    if decided.text is not None and len(decided.text) > LONGEST:
        return 422, say("Chữ quá dài: mỗi mục nhận nhiều nhất {most} ký tự.", most=LONGEST)
    try:
        if decided.action is Action.SEND:
            send(store, decided.task, person.id, decided.text, decided.seconds, decided.version)
        else:
            decide(
                store, decided.task, person.id, decided.action, decided.text, decided.seconds, decided.version
            )
    except NotFound:
        return 404, missing(store, person, "task", decided.task).sentence
    except Conflict as conflict:
        if _sent_before(store, person, decided):
            return 200, ""
        return 409, str(conflict)
    except ValueError:
        return 422, say("Chưa lưu được mục vừa rồi: hãy xem lại chữ đã gõ.")
    return 200, ""


def _sent_before(store: Store, person: User, decided: Decided) -> bool:
    """Whether this very decision is kept already: the network broke after it arrived, and it came again."""
    with store.read() as session:
        task = session.get(Task, decided.task)
        if task is None or task.state is not TaskState.DONE:
            return False
        last = session.scalar(
            select(Decision).filter_by(field_id=task.field_id).order_by(Decision.id.desc()).limit(1)
        )
        if last is None or last.user_id != person.id:
            return False
        if decided.action is Action.SEND:
            return last.action is Action.SEND
        return last.action == decided.action and (
            decided.text is None or last.after.get("verbatim") == typed_text(decided.text)
        )
