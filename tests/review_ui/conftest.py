"""A station with a made-up book and three accounts, copied for every test; browsers that talk to its site."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from httpx import ASGITransport, AsyncClient, Response
from sqlalchemy import select

from models.settings import Settings
from models.states import Role
from models.store import Store
from models.tables import User
from review_ui.app import create_app
from review_ui.sessions import COOKIE, Login
from tests.review_ui.station import PASSWORD, make_station

if TYPE_CHECKING:
    from fastapi import FastAPI

TOKEN = re.compile(r'<meta name="csrf" content="([^"]+)">')


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_station(tmp_path_factory.mktemp("template") / "station").home


@pytest.fixture
def settings(template: Path, tmp_path: Path) -> Settings:
    home = tmp_path / "station"
    shutil.copytree(template, home)
    return Settings(home=home)


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    return create_app(settings)


@pytest.fixture
def store(app: FastAPI) -> Store:
    kept: Store = app.state.store
    return kept


class Browser:
    """One person's browser: cookies, and the token of the page it saw last."""

    def __init__(self, app: FastAPI, portal: BlockingPortal) -> None:
        self._portal = portal
        self.client = AsyncClient(
            transport=ASGITransport(app), base_url="http://station.test", follow_redirects=True
        )
        self.token = ""

    def get(self, address: str, **more: Any) -> Response:
        return self._send("GET", address, **more)

    def post(self, address: str, fields: dict[str, Any] | None = None, **more: Any) -> Response:
        return self._send("POST", address, data={"csrf": self.token, **(fields or {})}, **more)

    def call(self, address: str, **body: Any) -> Response:
        """What the script does."""
        return self._send("POST", address, json=body, headers={"X-CSRF-Token": self.token})

    def close(self) -> None:
        self._portal.call(self.client.aclose)

    def log_in(self, name: str, password: str = PASSWORD) -> Response:
        self.get("/login")
        return self.post("/login", {"name": name, "password": password})

    def task(self) -> dict[str, Any]:
        """What is in hand."""
        answer: dict[str, Any] = self.call("/api/next").json()
        return answer

    def decide(self, action: str, text: str | None = None, **more: Any) -> Response:
        """Decide what is in hand."""
        state = self.task()
        body = {"task": state["task"], "version": state["version"], "action": action, "text": text, **more}
        return self.call("/api/decide", **body)

    def _send(self, method: str, address: str, **more: Any) -> Response:
        answer = self._portal.call(partial(self.client.request, method, address, **more))
        found = TOKEN.search(answer.text)
        if found:
            self.token = found[1]
        return answer


@pytest.fixture(scope="session")
def portal() -> Iterator[BlockingPortal]:
    with start_blocking_portal() as opened:
        yield opened


@pytest.fixture
def browser(app: FastAPI, portal: BlockingPortal) -> Iterator[Callable[[], Browser]]:
    """New browsers, each with nobody logged in."""
    yield from browsers(app, portal)


def browsers(app: FastAPI, portal: BlockingPortal) -> Iterator[Callable[[], Browser]]:
    """What makes browsers that talk to a site; they and the site's database are closed afterwards."""
    opened: list[Browser] = []

    def one() -> Browser:
        opened.append(Browser(app, portal))
        return opened[-1]

    yield one
    for each in opened:
        each.close()
    app.state.store.close()


@pytest.fixture
def person(app: FastAPI, browser: Callable[[], Browser]) -> Callable[[str], Browser]:
    """A new browser with that person logged in."""

    def logged_in(name: str) -> Browser:
        # By a cookie of the site's own making: hashing the password in every test would cost half their time.
        with app.state.store.read() as session:
            login = Login.fresh().of(session.scalars(select(User).filter_by(name=name)).one())
        one = browser()
        one.client.cookies.set(COOKIE, app.state.sessions.write(login))
        one.token = login.csrf
        return one

    return logged_in


@pytest.fixture
def role(app: FastAPI, store: Store, person: Callable[[str], Browser]) -> Callable[..., Browser]:
    """Lan's browser after she was given a role, and whatever else an account has."""

    def given(role: Role, **more: int | bool) -> Browser:
        with store.begin() as session:
            lan = session.scalars(select(User).filter_by(name="lan")).one()
            lan.role = role
            for name, value in more.items():
                setattr(lan, name, value)
        app.state.sessions.look_again(lan.id)
        return person("lan")

    return given
