"""A real site, and people at real browsers: Debian's Chromium, headless."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from models.store import Store
from tests.e2e.serving import SCREEN, address_of, free_port, log_in, open_browser, serving, wait_for
from tests.review_ui.station import make_station

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from models.settings import Settings


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = open_browser(playwright)
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
    changed = {"home": home, "review_port": free_port(), "lease_seconds": lease_seconds}
    return template.model_copy(update=changed)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = Store.open(settings)
    yield opened
    opened.close()


@pytest.fixture
def site(settings: Settings) -> Iterator[str]:
    with serving(settings) as address:
        yield address


@pytest.fixture
def site_of_a_station(settings: Settings) -> Iterator[str]:
    """The site as a station starts it, in a process of its own. Gives its address."""
    environment = os.environ | {
        "HOTICH_HOME": str(settings.home),
        "HOTICH_REVIEW_PORT": str(settings.review_port),
    }
    with subprocess.Popen([sys.executable, "-m", "review_ui"], env=environment) as process:
        try:
            wait_for(settings, lambda: process.poll() is None)
            yield address_of(settings)
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
            page.on("request", lambda asked: None if _own(asked.url, site) else errors.append(asked.url))
            page.on("console", lambda said: errors.append(said.text) if "Policy" in said.text else None)
            log_in(page, name)
            return page

        yield logged_in
        assert errors == []


def _own(address: str, site: str) -> bool:
    """Whether an address is the site's own: no page calls any other."""
    return address.startswith((f"{site}/", "data:", f"blob:{site}/"))
