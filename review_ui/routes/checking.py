"""Checks before approval: a whole case beside its page, by somebody who has not worked on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, Field
from sqlalchemy import select

from models.checking import Check, count_checks, keep_case, next_check, pass_case, read_differently, undo_pass
from models.errors import Conflict, ModelsError, NotFound
from models.states import Action
from models.tables import User
from models.texts import LONGEST
from pipeline.wording import say
from review_ui.guard import Checker, FormToken, HeaderToken, missing, store_of
from review_ui.presenting import said_reason, sheet
from review_ui.rendering import page
from review_ui.whole import decided, said_role

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.store import Store

MOST_SECONDS: Final = 36_000.0

router = APIRouter()


class OfCase(BaseModel):
    """A case as the browser names it."""

    case: int


class Said(OfCase):
    """What a checker reads in a field."""

    field: int
    version: int
    action: Action
    text: Annotated[str, Field(max_length=20 * LONGEST)] = ""


class Passed(OfCase):
    """A case that a checker lets pass as shown."""

    version: int
    seconds: Annotated[float, Field(ge=0, le=MOST_SECONDS)] | None = None


@router.get("/check")
def show_case(request: Request, person: Checker, said: str = "") -> Response:
    """The case in hand, or the next one."""
    return _page(request, person, _told(said))


@router.post("/check", dependencies=[FormToken])
def pass_by_form(
    request: Request,
    person: Checker,
    case: Annotated[int, Form()],
    version: Annotated[int, Form()],
) -> Response:
    """The same from a plain form, for a browser that runs no script."""
    store = store_of(request)
    status, sentence = _try(store, person, case, lambda: pass_case(store, case, person.id, version))
    if status == 200:
        return RedirectResponse("/check?said=passed", 303)
    return _page(request, person, sentence, status, good=False)


@router.post("/api/check/say", dependencies=[HeaderToken])
def say_differently(request: Request, person: Checker, said: Said) -> JSONResponse:
    """Keep what is read in a field, at once."""
    store = store_of(request)
    if len(said.text) > LONGEST:
        sentence = say("Chữ quá dài: mỗi mục nhận nhiều nhất {most} ký tự.", most=LONGEST)
        return JSONResponse({"sentence": sentence}, 422)
    differs = False

    def keep() -> None:
        nonlocal differs
        differs = read_differently(
            store, said.case, person.id, said.field, said.version, said.action, said.text
        )

    status, sentence = _try(store, person, said.case, keep)
    return JSONResponse({"differs": differs, "sentence": sentence}, status)


@router.post("/api/check/pass", dependencies=[HeaderToken])
def pass_on(request: Request, person: Checker, passed: Passed) -> JSONResponse:
    """The case is checked; the page asks for the next one."""
    store = store_of(request)
    status, sentence = _try(
        store,
        person,
        passed.case,
        lambda: pass_case(store, passed.case, person.id, passed.version, passed.seconds),
    )
    return JSONResponse({"sentence": sentence}, status)


@router.post("/api/check/keep", dependencies=[HeaderToken])
def keep(request: Request, person: Checker, of: OfCase) -> JSONResponse:
    """Work keeps a case in hand."""
    store = store_of(request)
    status, sentence = _try(store, person, of.case, lambda: keep_case(store, of.case, person.id))
    return JSONResponse({"sentence": sentence}, status)


@router.post("/api/check/undo", dependencies=[HeaderToken])
def take_back(request: Request, person: Checker) -> JSONResponse:
    """Take this person's last passing back; its case is in hand again."""
    return JSONResponse({"back": undo_pass(store_of(request), person.id) is not None})


def _try(store: Store, person: User, case_id: int, act: Callable[[], object]) -> tuple[int, str]:
    """The status of an answer and what the person is told, "" where all is well."""
    try:
        act()
    except NotFound:
        return 404, missing(store, person, "case", case_id).sentence
    except Conflict:
        return 409, _told("lost")
    except ModelsError as refusal:
        return 409, str(refusal)
    except ValueError:
        return 422, say("Chưa lưu được mục vừa rồi: hãy xem lại chữ đã gõ.")
    return 200, ""


def _told(said: str) -> str:
    """What the page says when it comes up, by the word in its address."""
    sentences = {
        "passed": say("Đã kiểm tra."),
        "lost": say("Trường hợp vừa rồi đã đổi hoặc hết thời gian giữ; chữ ghi khác đã lưu vẫn còn."),
        "back": say("Đã quay lại trường hợp vừa kiểm tra."),
        "none": say("Không còn gì để quay lại: trường hợp đã có người khác xử lý."),
    }
    return sentences.get(said, "")


def _page(request: Request, person: User, sentence: str, status: int = 200, *, good: bool = True) -> Response:
    store = store_of(request)
    check = next_check(store, person.id)
    if check is None:
        return page(request, "check.html", status, check=None, sentence=sentence, good=good)
    with store.read() as session:
        roles = dict(session.execute(select(User.id, User.role)).tuples().all())
    return page(
        request,
        "check.html",
        status,
        check=check,
        sheet=sheet(check.case),
        decided=decided(check.case, {user_id: said_role(role) for user_id, role in roles.items()}),
        said=_said(check),
        reason=said_reason(check.case.state_reason),
        versions={field.key: field.version for field in check.case.fields},
        lease=store.settings.lease_seconds,
        longest=LONGEST,
        remaining=count_checks(store, person),
        sentence=sentence,
        good=good,
    )


def _said(check: Check) -> dict[int, str]:
    """By field id, what this person reads differently, in words."""
    words = {Action.BLANK: say("Để trống"), Action.ILLEGIBLE: say("Không đọc được")}
    return {
        field_id: text if action is Action.CORRECT else words[action]
        for field_id, (action, text) in check.said.items()
    }
