"""The site of a station served from this process, a browser, and a person who has logged in."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import uvicorn
from playwright.sync_api import Browser, Page, Playwright, ViewportSize, expect

from review_ui.app import create_app
from tests.review_ui.station import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from models.settings import Settings

SCREEN: ViewportSize = {"width": 1366, "height": 768}
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip
START_SECONDS = 60


def open_browser(playwright: Playwright) -> Browser:
    """Debian's Chromium, headless."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "these tests need a Chromium; ./test installs it"
    return playwright.chromium.launch(executable_path=program, headless=True, args=list(QUIET))


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """The site, served from a thread: a process of its own takes seconds to start. Gives its address."""
    config = uvicorn.Config(create_app(settings), port=settings.review_port, log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_for(settings, thread.is_alive)
        yield address_of(settings)
    finally:
        server.should_exit = True
        thread.join()


def log_in(page: Page, name: str) -> None:
    """Log in by the keyboard alone."""
    page.goto("/login")
    ready(page)
    expect(page.locator("#name")).to_be_focused()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    expect(page.locator("#name")).to_have_value(name)
    expect(page.locator("#password")).to_have_value(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".cards, [role=alert]")
    assert page.locator("[role=alert]").all_inner_texts() == []
    ready(page)


def ready(page: Page) -> None:
    """Wait for a page, its scripts and its first picture: before it, keys pressed may reach nobody.

    Chromium may drop input until it has drawn a page once, which a busy machine does late; the second frame
    comes after the first was drawn.
    """
    page.wait_for_load_state("load")
    page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def address_of(settings: Settings) -> str:
    """Where the site of these settings answers."""
    return f"http://127.0.0.1:{settings.review_port}"


def wait_for(settings: Settings, alive: Callable[[], bool]) -> None:
    """Wait until the site answers."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert alive(), "the site ended at its start"
        try:
            if httpx.get(f"{address_of(settings)}/health", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the site does not answer")
