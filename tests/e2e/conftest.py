"""A real site, and people at real browsers: Debian's Chromium, headless."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from models.store import Store
from review_ui.app import create_app
from tests.review_ui.station import PASSWORD, make_station

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from models.settings import Settings

SCREEN: ViewportSize = {"width": 1366, "height": 768}
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip
START_SECONDS = 60


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "these tests need a Chromium; ./test installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, headless=True, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return make_station(tmp_path_factory.mktemp("template") / "station")


@pytest.fixture
def lease_seconds() -> int:
    return 300


@pytest.fixture
def settings(template: Settings, tmp_path: Path, lease_seconds: int) -> Settings:
    home = tmp_path / "station"
    shutil.copytree(template.home, home)
    changed = {"home": home, "review_port": _free_port(), "lease_seconds": lease_seconds}
    return template.model_copy(update=changed)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = Store.open(settings)
    yield opened
    opened.close()


@pytest.fixture
def site(settings: Settings) -> Iterator[str]:
    """The site, served from a thread: a process of its own takes seconds to start. Gives its address."""
    config = uvicorn.Config(create_app(settings), port=settings.review_port, log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        _wait_for(settings, thread.is_alive)
        yield _address(settings)
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def site_of_a_station(settings: Settings) -> Iterator[str]:
    """The site as a station starts it, in a process of its own. Gives its address."""
    environment = os.environ | {
        "HOTICH_HOME": str(settings.home),
        "HOTICH_REVIEW_PORT": str(settings.review_port),
    }
    with subprocess.Popen([sys.executable, "-m", "review_ui"], env=environment) as process:
        try:
            _wait_for(settings, lambda: process.poll() is None)
            yield _address(settings)
        finally:
            process.terminate()


@pytest.fixture
def person(chromium: Browser, site: str) -> Iterator[Callable[[str], Page]]:
    """A new browser window in which that person has logged in, by the keyboard alone."""
    with ExitStack() as opened:
        errors: list[str] = []

        def logged_in(name: str) -> Page:
            context = chromium.new_context(viewport=SCREEN, locale="vi-VN", base_url=site)
            opened.callback(context.close)
            page = context.new_page()
            page.set_default_timeout(15_000)
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.goto("/login")
            page.keyboard.type(name)
            page.keyboard.press("Tab")
            page.keyboard.type(PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_selector(".cards")
            ready(page)
            return page

        yield logged_in
        assert errors == []


def ready(page: Page) -> None:
    """Wait for a page and its scripts: faster than any person, a test would press keys that nobody hears."""
    page.wait_for_load_state("load")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _address(settings: Settings) -> str:
    return f"http://127.0.0.1:{settings.review_port}"


def _wait_for(settings: Settings, alive: Callable[[], bool]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert alive(), "the site ended at its start"
        try:
            if httpx.get(f"{_address(settings)}/health", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the site does not answer")
