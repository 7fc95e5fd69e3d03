"""Adjudication: a field with two values, the crop, who by role; one key for each value, or a third typed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from markupsafe import Markup
from sqlalchemy import select
from starlette.background import BackgroundTask

from models.adjudication import (
    Dispute,
    adjudicate,
    count_disputes,
    disputes,
    lease_disputes,
    undo_adjudication,
)
from models.effort import note_effort
from models.errors import Conflict, ModelsError, NotFound
from models.shorthand import COMMON, abbreviations
from models.states import FIELD_ACTIONS, Action, Role, Source, TaskState
from models.tables import Decision, Task, User
from models.texts import LONGEST, typed_text
from models.views import USUAL
from pipeline.reasons import Reason, describe
from pipeline.wording import say
from review_ui.guard import Adjudicator, FormToken, HeaderToken, missing, store_of
from review_ui.presenting import Ask, Piece, ask, pieces_of
from review_ui.rendering import fragment, number, page
from review_ui.routes.review import AHEAD, Decided
from review_ui.visits import visit_of
from review_ui.whole import said_as, said_role, said_source

if TYPE_CHECKING:
    from collections.abc import Collection

    from models.adjudication import Said
    from models.store import Store

router = APIRouter()

NOTHING: Final = {Action.BLANK: "Để trống trong sổ", Action.ILLEGIBLE: "Không đọc được"}


@dataclass(frozen=True, slots=True)
class Value:
    """A value with the key that takes it; ``action`` is "" for a text, else what the key says instead."""

    number: int
    text: str
    action: str
    pieces: tuple[Piece, ...]
    who: str


@router.get("/adjudicate")
def show_dispute(request: Request, person: Adjudicator) -> Response:
    """The page with this person's next field."""
    return _page(request, person)


@router.post("/adjudicate", dependencies=[FormToken])
def settle_by_form(
    request: Request,
    person: Adjudicator,
    task: Annotated[int, Form()] = 0,
    version: Annotated[int, Form()] = 0,
    action: Annotated[str, Form()] = "",
    candidate: Annotated[int, Form()] = 0,
    text: Annotated[str, Form()] = "",
) -> Response:
    """The same from a plain form, for a browser that runs no script."""
    store = store_of(request)
    if action == "undo":
        undo_adjudication(store, person.id)
        return RedirectResponse("/adjudicate", 303)
    current = next(iter(disputes(store, lease_disputes(store, person.id, 0))), None)
    if current is None or current.task.task_id != task:
        return _page(request, person, 409, str(Conflict()))
    taken = next((value for value in values_of(current) if value.number == candidate), None)
    if taken is not None:
        chosen, words = Action(taken.action or Action.CORRECT), taken.text
    elif action in set(FIELD_ACTIONS):
        chosen, words = Action(action), text
    else:
        chosen, words = Action.CORRECT, text
    if chosen is Action.CORRECT and not words.strip():
        return _page(request, person, 422, _empty())
    decided = Decided(task=task, version=version, action=chosen, text=words[: LONGEST + 1])
    status, sentence = _settle(store, person, decided)
    return _page(request, person, status, sentence) if sentence else RedirectResponse("/adjudicate", 303)


@router.post("/api/adjudicate/decide", dependencies=[HeaderToken])
def settle_and_go_on(request: Request, person: Adjudicator, decided: Decided) -> JSONResponse:
    """Settle a field and give the next one, whatever became of it."""
    store = store_of(request)
    status, sentence = _settle(store, person, decided)
    note = None
    if status == 200 and decided.keys is not None:
        note = BackgroundTask(note_effort, store, decided.task, person.id, decided.keys)
    state = desk_state(request, person, decided.has) | {"sentence": sentence}
    return JSONResponse(state, status, background=note)


@router.post("/api/adjudicate/next", dependencies=[HeaderToken])
def go_on(request: Request, person: Adjudicator) -> JSONResponse:
    """The field in hand, or the next one."""
    return JSONResponse(desk_state(request, person))


@router.post("/api/adjudicate/undo", dependencies=[HeaderToken])
def take_back(request: Request, person: Adjudicator) -> JSONResponse:
    """Take this person's last adjudication back and show its field again."""
    sentence = (
        say("Không còn gì để quay lại: trường hợp đã có người khác xử lý.")
        if undo_adjudication(store_of(request), person.id) is None
        else say("Đã quay lại mục vừa làm.")
    )
    return JSONResponse(desk_state(request, person) | {"sentence": sentence})


def desk_state(request: Request, person: User, has: Collection[int] = ()) -> dict[str, Any]:
    """What the screen shows now: the field in hand as markup, those after it, and how many wait."""
    store, csrf = store_of(request), visit_of(request).login.csrf
    task_ids = lease_disputes(store, person.id, AHEAD)
    waiting, mine = count_disputes(store, person.id)
    if not task_ids:
        html = fragment("_undisputed.html", csrf=csrf, others=waiting - mine, leased=mine)
        return {"task": None, "version": None, "html": html, "ahead": [], "left": ""}
    shown = disputes(store, [task_ids[0], *(one for one in task_ids[1:] if one not in has)])
    markup = {one.task.task_id: _markup(one, csrf) for one in shown}
    return {
        "task": task_ids[0],
        "version": shown[0].task.version,
        "html": markup[task_ids[0]],
        "ahead": [{"task": task_id, "html": markup.get(task_id)} for task_id in task_ids[1:]],
        "left": say("Còn {count} mục", count=number(mine)),
    }


def values_of(dispute: Dispute) -> list[Value]:
    """The values of a field, each with its number, what differs in it marked, and who said it."""
    texts = [one.text for one in dispute.values if one.text]
    return [
        Value(
            number=place,
            text=one.text,
            action=_action(one),
            pieces=_pieces(one, texts),
            who=_who(one),
        )
        for place, one in enumerate(dispute.values, start=1)
    ]


def _markup(dispute: Dispute, csrf: str) -> str:
    shown: Ask = ask(dispute.task)
    why = [said_source(source) for source in dispute.sources]
    usual = {describe(reason) for reason in (Reason.CHECK_DIFFERS, *USUAL)}
    told = dict.fromkeys((*why, *(one for one in shown.reasons if one not in usual)))
    return fragment("_dispute.html", csrf=csrf, ask=shown, values=values_of(dispute), why=" ".join(told))


def _who(one: Said) -> str:
    """By role, and at which step where the role does not say it."""
    usual = {Source.CHECK_1: Role.CHECKER_1, Source.CHECK_2: Role.CHECKER_2}
    step = "" if one.source in usual and usual[one.source] is one.role else said_as(one.source)
    return ", ".join(filter(None, (said_role(one.role), step)))


def _action(one: Said) -> str:
    if one.illegible:
        return Action.ILLEGIBLE.value
    return "" if one.text else Action.BLANK.value


def _pieces(one: Said, texts: list[str]) -> tuple[Piece, ...]:
    if not one.text:
        return (Piece(say(NOTHING[Action(_action(one))]), differs=False),)
    other = next((text for text in texts if text != one.text), one.text)
    return pieces_of(other, one.text)


def _page(request: Request, person: User, status: int = 200, notice: str = "") -> Response:
    state = desk_state(request, person)
    store = store_of(request)
    return page(
        request,
        "adjudicate.html",
        status,
        desk=Markup(state["html"]),  # noqa: S704 - made by our own template, with escaping on
        ahead=[item | {"html": Markup(item["html"])} for item in state["ahead"]],  # noqa: S704 - likewise
        left=state["left"],
        longest=LONGEST,
        common=json.dumps(dict(COMMON), ensure_ascii=False),
        own=json.dumps(abbreviations(store, person.id), ensure_ascii=False),
        lease=store.settings.lease_seconds,
        notice=notice,
    )


def _empty() -> str:
    return say("Hãy chọn một giá trị bằng phím số, hoặc gõ chữ đúng. Trong sổ để trống thì bấm F2.")


def _settle(store: Store, person: User, decided: Decided) -> tuple[int, str]:
    """Settle a field. Returns the status of the answer and what the person is told, "" where all is well."""
    if decided.text is not None and len(decided.text) > LONGEST:
        return 422, say("Chữ quá dài: mỗi mục nhận nhiều nhất {most} ký tự.", most=LONGEST)
    try:
        adjudicate(
            store, decided.task, person.id, decided.action, decided.text, decided.seconds, decided.version
        )
    except NotFound:
        return 404, missing(store, person, "task", decided.task).sentence
    except Conflict as conflict:
        return (200, "") if _sent_before(store, person, decided) else (409, str(conflict))
    except ModelsError as refusal:
        return 409, str(refusal)
    except ValueError:
        return 422, _empty()
    return 200, ""


def _sent_before(store: Store, person: User, decided: Decided) -> bool:
    """Whether this very answer is kept already: the network broke after it arrived, and it came again."""
    with store.read() as session:
        task = session.get(Task, decided.task)
        if task is None or task.state is not TaskState.DONE:
            return False
        query = select(Decision).filter_by(field_id=task.field_id).order_by(Decision.id.desc()).limit(1)
        last = session.scalar(query)
        if last is None or last.user_id != person.id or last.action is not Action.ADJUDICATE:
            return False
        return decided.text is None or last.after.get("verbatim") == typed_text(decided.text)
