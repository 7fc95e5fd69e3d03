"""What surrounds every request: who asks, in which language, and the headers that every answer carries."""

from __future__ import annotations

from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from anyio.to_thread import run_sync
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from models.logins import LONGEST_SESSION
from pipeline.wording import LANGUAGES, say, set_language
from review_ui.sessions import COOKIE, Login, Sessions, stale

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from models.tables import User

LANGUAGE_COOKIE: Final = "hotich_language"
YEAR_SECONDS: Final = 365 * 24 * 3600
LARGEST_BODY: Final = 64 * 1024  # bytes; the longest text that a field takes is far below
POLICY: Final = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


@dataclass
class Visit:
    """One request's session, account and language. ``write`` asks for the cookie to be set anew."""

    login: Login
    person: User | None
    language: str
    expired: bool  # a session cookie came along but is good no more
    write: bool = False
    forget: bool = False


def visit_of(request: Request) -> Visit:
    """The visit that the middleware attached to a request."""
    visit = request.state.visit
    assert isinstance(visit, Visit)  # noqa: S101 - the middleware wraps every route
    return visit


class Visits:
    """ASGI middleware: attaches a ``Visit``, speaks its language, sets cookies and security headers."""

    def __init__(
        self,
        app: ASGIApp,
        sessions: Sessions,
        language: str,
        failure: Callable[[Request, Exception], Response],
    ) -> None:
        self._app, self._sessions, self._language, self._failure = app, sessions, language, failure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        visit, chosen = await self._visit(scope, headers)
        scope.setdefault("state", {})["visit"] = visit
        set_language(visit.language)

        begun = False

        async def answer(message: Message) -> None:
            nonlocal begun
            begun = True
            if message["type"] == "http.response.start":
                self._dress(MutableHeaders(scope=message), scope, visit, chosen=chosen)
            await send(message)

        refusal = _too_large(scope, headers)
        try:
            await (refusal or self._app)(scope, receive, answer)
        except Exception as error:
            if begun:
                raise
            # Answered here, so that no server above prints an error whose words are personal data.
            await self._failure(Request(scope), error)(scope, receive, answer)

    async def _visit(self, scope: Scope, headers: dict[bytes, str]) -> tuple[Visit, bool]:
        cookies = {name: morsel.value for name, morsel in SimpleCookie(headers.get(b"cookie", "")).items()}
        # The site's own files are the same for everybody.
        cookie = None if scope["path"].startswith("/static/") else cookies.get(COOKIE)
        login = self._sessions.read(cookie)
        person = None
        if login is not None:
            known = self._sessions.knows(login)
            person = await run_sync(self._sessions.person, login) if known is None else known[0]
            if person is None and login.user_id is not None:
                login = None
        asked = parse_qs(scope["query_string"].decode("latin-1")).get("lang", [""])[-1]
        kept = cookies.get(_language_cookie(person)) or cookies.get(LANGUAGE_COOKIE, "")
        language = next((name for name in (asked, kept, self._language) if name in LANGUAGES), LANGUAGES[0])
        visit = Visit(login or Login.fresh(), person, language, expired=bool(cookie) and login is None)
        return visit, asked in LANGUAGES

    def _dress(self, headers: MutableHeaders, scope: Scope, visit: Visit, *, chosen: bool) -> None:
        for name, value in HEADERS.items():
            headers[name] = value
        headers.setdefault("Cache-Control", _caching(scope))
        secure = "; Secure" if scope["scheme"] == "https" else ""
        common = f"; Path=/; SameSite=Strict; HttpOnly{secure}"
        if visit.forget:
            headers.append("Set-Cookie", f"{COOKIE}=; Max-Age=0{common}")
        elif visit.write or (visit.person is not None and stale(visit.login)):
            cookie, age = self._sessions.write(visit.login), int(LONGEST_SESSION.total_seconds())
            headers.append("Set-Cookie", f"{COOKIE}={cookie}; Max-Age={age}{common}")
        if chosen:
            name = _language_cookie(visit.person)
            headers.append("Set-Cookie", f"{name}={visit.language}; Max-Age={YEAR_SECONDS}{common}")


def _language_cookie(person: User | None) -> str:
    """Four people share a PC in a shift: each keeps a language of their own on it."""
    return LANGUAGE_COOKIE if person is None else f"{LANGUAGE_COOKIE}_{person.id}"


def _caching(scope: Scope) -> str:
    """Pages are personal and never kept; the site's own files are, long where the address has a version."""
    if not scope["path"].startswith("/static/"):
        return "no-store"
    return f"public, max-age={YEAR_SECONDS}, immutable" if scope["query_string"] else "public, max-age=86400"


def _too_large(scope: Scope, headers: dict[bytes, str]) -> ASGIApp | None:
    """An answer that refuses a body of unknown or excessive size, or None where the body may be read."""
    if scope["method"] in {"GET", "HEAD", "OPTIONS"}:
        return None
    length = headers.get(b"content-length", "")
    if not length.isdigit():
        return PlainTextResponse(say("Yêu cầu không ghi độ dài."), 411)
    if int(length) > LARGEST_BODY:
        return PlainTextResponse(say("Nội dung gửi lên quá dài."), 413)
    return None
