"""Vietnamese first, English by a switch, kept for each person at a shared PC."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from models.settings import Settings
from review_ui.app import create_app
from tests.review_ui.conftest import Browser
from tests.review_ui.test_review import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from anyio.from_thread import BlockingPortal


def heading(html: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", html)
    return found[1] if found else ""


def test_switch_is_kept_for_the_person_and_not_for_the_next(browser: Callable[[], Browser]) -> None:
    pc = browser()
    pc.log_in("lan")
    assert heading(pc.get("/").text) == "Chào Lan"
    assert heading(pc.get("/?lang=en").text) == "Hello Lan"
    assert heading(pc.get("/").text) == "Hello Lan"
    assert '<html lang="en">' in pc.get("/review").text
    assert "fields left" in pc.task()["left"]  # what the script asks for speaks it too
    pc.post("/logout")
    pc.log_in("hoa")
    assert heading(pc.get("/").text) == "Chào Hoa"
    pc.post("/logout")
    pc.log_in("lan")
    assert heading(pc.get("/").text) == "Hello Lan"


def test_unknown_language_changes_nothing(person: Callable[[str], Browser]) -> None:
    one = person("lan")
    for asked in ("fr", "", "en/../vi", "VI"):
        assert heading(one.get("/", params={"lang": asked}).text) == "Chào Lan"


def test_station_may_speak_english_from_the_start(settings: Settings, portal: BlockingPortal) -> None:
    english = Settings(home=settings.home, language="en")
    app = create_app(english)
    one = Browser(app, portal)
    assert "Log in" in words(one.get("/login").text)
    one.close()
    app.state.store.close()


def test_english_pages_have_no_vietnamese_sentences(person: Callable[[str], Browser]) -> None:
    one = person("quan")
    for address in ("/approve", "/export", "/attention"):
        text = words(one.get(address, params={"lang": "en"}).text)
        rest = re.sub(r"Xã Tân Lợi|Quân|Tiếng Việt", "", text)
        assert not re.search(r"[ạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹđ]", rest.lower()), text
