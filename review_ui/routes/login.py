"""Login, logout, and the answer to somebody who has tried too often."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from models.queue import release
from models.users import LOCKED, MOST_FAILURES, authenticate, failed_too_often
from pipeline.wording import say
from review_ui.guard import FormToken, store_of
from review_ui.rendering import page
from review_ui.sessions import Sessions
from review_ui.visits import visit_of

router = APIRouter()


@router.get("/login")
def show_login(request: Request, next: str = "/") -> Response:  # noqa: A002 - the word in the address
    """The login form."""
    visit = visit_of(request)
    if visit.person is not None:
        return RedirectResponse(inside(next), 303)
    sentence = say("Phiên làm việc đã hết. Hãy đăng nhập lại.") if visit.expired else ""
    return _form(request, next, sentence)


@router.post("/login", dependencies=[FormToken])
def log_in(
    request: Request,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002 - the word in the form
) -> Response:
    """Begin a session for the account, or say that it was refused."""
    user = authenticate(store_of(request), name, password)
    if user is None:
        minutes = int(LOCKED / timedelta(minutes=1))
        if failed_too_often(store_of(request), name):
            sentence = say(
                "Đăng nhập sai quá nhiều lần: tài khoản bị khóa {minutes} phút. Hãy chờ, hoặc báo quản trị.",
                minutes=minutes,
            )
            return _form(request, next, sentence, name, 429)
        sentence = say(
            "Tên đăng nhập hoặc mật khẩu không đúng. Sai {most} lần liền thì bị khóa {minutes} phút.",
            most=MOST_FAILURES,
            minutes=minutes,
        )
        return _form(request, next, sentence, name, 401)
    visit = visit_of(request)
    visit.login = visit.login.of(user)  # a new session: nothing from before the login is carried over
    visit.write = True
    return RedirectResponse(inside(next), 303)


@router.post("/logout", dependencies=[FormToken])
def log_out(request: Request) -> Response:
    """End the session, give back what was in hand, and have the browser forget the pictures."""
    visit = visit_of(request)
    if visit.person is not None:
        release(store_of(request), visit.person.id)
        sessions: Sessions = request.app.state.sessions
        sessions.end(visit.login)
    visit.forget = True
    return RedirectResponse("/login", 303, headers={"Clear-Site-Data": '"cache", "storage"'})


def inside(address: str) -> str:
    """The address if it is one of this site, else the front page."""
    good = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if good else "/"


def _form(request: Request, next_page: str, sentence: str, name: str = "", status: int = 200) -> Response:
    visit_of(request).write = True  # so that the form's token belongs to a session
    return page(request, "login.html", status, sentence=sentence, next=inside(next_page), name=name[:64])
