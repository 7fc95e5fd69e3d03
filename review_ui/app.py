"""The review site as an application: its pages, what surrounds every request, and how refusals are told."""

from __future__ import annotations

import gc
import logging
import sys
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from anyio.to_thread import current_default_thread_limiter
from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from models.settings import Settings
from models.store import Store
from pipeline.forms import use_own_forms
from pipeline.wording import say
from review_ui.compression import Compression
from review_ui.guard import NeedsLogin, Refused
from review_ui.images import Pictures
from review_ui.rendering import STATIC, page
from review_ui.routes import (
    adjudication,
    approval,
    attention,
    checking,
    exports,
    fields,
    figures,
    front,
    history,
    images,
    login,
    mine,
    people,
    proof,
    review,
    scanning,
    sheets,
    units,
    whole_books,
)
from review_ui.scoping import check_ids
from review_ui.sessions import Sessions
from review_ui.visits import Visits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import APIRouter

THREADS: Final = 8
"""Requests at work at once: one interpreter serves them no faster in forty threads, only all of them late."""
_log: Final = logging.getLogger(__name__)
SWITCH_SECONDS: Final = 0.0005
# Each is asked in turn whether a path is its own, so what a field on the screen asks for stands first.
ROUTERS: Final[Sequence[APIRouter]] = tuple(
    module.router
    for module in (
        images, review, fields, sheets, front, login, mine, checking, adjudication, approval, history,
        exports, attention, proof, scanning, people, units, figures, whole_books,
    )
)  # fmt: skip


def create_app(settings: Settings | None = None) -> FastAPI:
    """The site of a station: with ``settings``, or with those of the environment."""
    settings = settings or Settings()
    use_own_forms(settings.forms)
    store = Store.open(settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        current_default_thread_limiter().total_tokens = THREADS
        # A thread back from the database waits for the interpreter by this, thirty times a decision: where
        # another thread draws a page meanwhile, five milliseconds each time (Python's own) are a long wait.
        sys.setswitchinterval(SWITCH_SECONDS)
        gc.collect()
        gc.freeze()  # forms, lexicons and libraries stay: looking through them for waste would halt everybody
        yield
        store.close()

    app = FastAPI(
        title="hotich",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=lifespan,
        dependencies=[Depends(check_ids)],
    )
    sessions = Sessions(store)
    app.state.store = store
    app.state.sessions = sessions
    app.state.pictures = Pictures()
    app.state.rereader = fields.Rereader()
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC))
    app.add_middleware(Visits, sessions=sessions, language=store.settings.language, failure=_tell_failure)
    app.add_middleware(Compression)
    app.add_exception_handler(NeedsLogin, _ask_for_login)
    app.add_exception_handler(Refused, _tell_refusal)
    app.add_exception_handler(HTTPException, _tell_http)
    app.add_exception_handler(RequestValidationError, _tell_invalid)
    return app


def _ask_for_login(request: Request, _error: Exception) -> Response:
    if _wants_page(request):
        after = request.url.path if request.method == "GET" else "/"
        return RedirectResponse(f"/login?next={after}", 303)
    return JSONResponse({"sentence": say("Hãy đăng nhập.")}, 401)


def _tell_refusal(request: Request, error: Exception) -> Response:
    if not isinstance(error, Refused):
        raise error
    return _tell(request, error.status, error.sentence)


def _tell_http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    known = {404: say("Không có trang này."), 405: say("Không có thao tác này.")}
    return _tell(request, status, known.get(status, say("Không làm được việc này.")))


def _tell_invalid(request: Request, _error: Exception) -> Response:
    # An address with something that is no id is an address that does not exist.
    status = 404 if request.method == "GET" else 422
    return _tell(request, status, say("Nội dung gửi lên không đúng."))


def _tell_failure(request: Request, error: Exception) -> Response:
    # An error's words may carry what somebody typed; where it happened does not.
    frames = "".join(traceback.format_tb(error.__traceback__))
    _log.error("%s %s failed: %s\n%s", request.method, request.url.path, type(error).__name__, frames)
    return _tell(request, 500, say("Máy chủ gặp lỗi. Hãy thử lại; nếu còn lỗi, báo người quản trị."))


def _tell(request: Request, status: int, sentence: str) -> Response:
    if _wants_page(request):
        return page(request, "message.html", status, sentence=sentence)
    return JSONResponse({"sentence": sentence}, status)


def _wants_page(request: Request) -> bool:
    return not request.url.path.startswith(("/api/", "/crop/", "/page/", "/static/"))
