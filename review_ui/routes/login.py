"""Login, logout, and the answer to somebody who has tried too often."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from models.queue import release
from models.tables import utc_now
from models.users import LOCKED, MOST_FAILURES, authenticate, login_name
from pipeline.wording import say
from review_ui.guard import FormToken, store_of
from review_ui.rendering import page
from review_ui.sessions import Sessions
from review_ui.visits import visit_of

NAMES_REMEMBERED: Final = 1000

router = APIRouter()


class Failures:
    """Failed logins by the name that was typed, whether or not such an account exists.

    Models locks the account and does not tell; from here the person hears of it, and nobody learns which
    names there are.
    """

    def __init__(self) -> None:
        self._times: dict[str, list[datetime]] = {}
        self._lock = threading.Lock()

    def add(self, name: str) -> bool:
        """Count a failure. Returns whether that name has had too many of late."""
        now = utc_now()
        with self._lock:
            times = [at for at in self._times.pop(name, []) if now - at < LOCKED]
            self._times[name] = [*times, now][-2 * MOST_FAILURES :]
            while len(self._times) > NAMES_REMEMBERED:
                self._times.pop(next(iter(self._times)))
            return len(self._times[name]) >= MOST_FAILURES

    def clear(self, name: str) -> None:
        """Forget the failures of a name after a good login."""
        with self._lock:
            self._times.pop(name, None)


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
    failures: Failures = request.app.state.failures
    known = login_name(name)
    user = authenticate(store_of(request), name, password)
    if user is None:
        minutes = int(LOCKED / timedelta(minutes=1))
        if failures.add(known):
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
    failures.clear(known)
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
