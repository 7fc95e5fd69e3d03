"""Every page under axe-core (the file beside this one): nothing serious or critical, in both languages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from models.approval import cases_ready
from models.tables import User
from tests.e2e.serving import ready
from tests.models.made import decide_all

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from models.store import Store

AXE = Path(__file__).parent / "axe" / "axe.min.js"
GRAVE = ("serious", "critical")
PAGES = (
    "/", "/review", "/sheet", "/sheet/place", "/mine", "/check", "/adjudicate", "/approve", "/approve/book/1",
    "/case/1/history", "/export", "/attention", "/scanning", "/report", "/parked", "/figures", "/people",
    "/people/new", "/people/1", "/units", "/units/1", "/units/2", "/nowhere",
)  # fmt: skip


def findings(page: Page) -> list[str]:
    """What axe finds on a page as it is now, serious or worse: the rule, and the first element."""
    # As an evaluated text: the site's policy lets no script of another's into a page.
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(
        "axe.run(document, {resultTypes: ['violations']}).then((all) => all.violations)"
    )
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found if one.get("impact") in GRAVE]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_page_has_a_serious_finding(person: Callable[[str], Page], language: str) -> None:
    page = person("quan")
    page.goto(f"/?lang={language}")
    seen = {}
    for address in PAGES:
        page.goto(address)
        ready(page)
        seen[address] = findings(page)
    assert seen == {address: [] for address in PAGES}


def test_what_opens_on_a_page_has_no_serious_finding(person: Callable[[str], Page]) -> None:
    page = person("lan")
    page.goto("/review")
    expect(page.locator("#text")).to_be_focused()
    seen = {}
    for key in ("F9", "F10", "F6", "Escape", "F1"):
        page.keyboard.press(key)
        page.wait_for_timeout(300)
        seen[key] = findings(page)
    assert seen == {key: [] for key in seen}


def test_approval_and_login_have_no_serious_finding(store: Store, person: Callable[[str], Page]) -> None:
    page = person("minh")
    with store.read() as session:
        people = {one.name: one.id for one in session.query(User)}
    decide_all(store, people["lan"])
    (first, *_) = cases_ready(store, people["minh"])
    page.goto(f"/approve/{first.case_id}")
    ready(page)
    assert findings(page) == []
    page.keyboard.press("F4")
    assert findings(page) == []
    page.context.clear_cookies()
    page.goto("/login")
    assert findings(page) == []


def test_focus_is_always_seen(person: Callable[[str], Page]) -> None:
    page = person("lan")
    page.goto("/review")
    expect(page.locator("#text")).to_be_focused()
    ready(page)
    for _ in range(12):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """(() => { const s = getComputedStyle(document.activeElement);
               return document.activeElement === document.body || s.outlineStyle !== "none"; })()"""
        )
        assert seen, page.evaluate("document.activeElement.outerHTML.slice(0, 120)")
