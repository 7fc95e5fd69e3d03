"""Who gets in, who is kept out, and how a session ends."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from models.logins import LONGEST_SESSION
from models.queue import counts
from models.station_key import KEY_BYTES, station_key
from models.tables import Event, User, utc_now
from models.users import LOCKED, set_password
from review_ui import sessions
from review_ui.sessions import COOKIE
from tests.review_ui.station import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI

    from models.settings import Settings
    from models.store import Store
    from tests.review_ui.conftest import Browser

PAGES = ["/", "/review", "/approve", "/approve/1", "/export", "/export/file/1", "/attention"]


@pytest.mark.parametrize("address", PAGES)
def test_nobody_sees_a_page_without_login(browser: Callable[[], Browser], address: str) -> None:
    answer = browser().get(address, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/login?next={address}"


@pytest.mark.parametrize("address", ["/crop/1", "/page/1"])
def test_nobody_sees_a_picture_without_login(browser: Callable[[], Browser], address: str) -> None:
    assert browser().get(address).status_code == 401


def test_login_leads_where_one_wanted_to_go(browser: Callable[[], Browser]) -> None:
    one = browser()
    one.get("/review")
    answer = one.post("/login", {"name": "LAN ", "password": PASSWORD, "next": "/review"})
    assert answer.url.path == "/review"
    assert "Lan" in answer.text


@pytest.mark.parametrize(
    "address", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"]
)
def test_login_leads_nowhere_else(browser: Callable[[], Browser], address: str) -> None:
    one = browser()
    one.get("/login")
    answer = one.post(
        "/login", {"name": "lan", "password": PASSWORD, "next": address}, follow_redirects=False
    )
    assert answer.headers["location"] == "/"


def test_wrong_password_is_refused_without_telling_which_was_wrong(browser: Callable[[], Browser]) -> None:
    wrong_password = browser().log_in("lan", "không phải")
    wrong_name = browser().log_in("nobody", PASSWORD)
    assert wrong_password.status_code == wrong_name.status_code == 401
    assert _alert(wrong_password.text) == _alert(wrong_name.text) != ""


def test_ten_failures_lock_the_account_and_say_so(browser: Callable[[], Browser]) -> None:
    one = browser()
    answers = [one.log_in("lan", "không phải") for _ in range(10)]
    assert [answer.status_code for answer in answers] == [401] * 9 + [429]
    assert str(int(LOCKED / timedelta(minutes=1))) in _alert(answers[-1].text)
    assert one.log_in("lan").status_code == 429  # also with the right password
    assert browser().log_in("hoa").status_code == 200


def test_cookie_is_signed_and_closed_to_scripts_and_other_sites(person: Callable[[str], Browser]) -> None:
    one = person("lan")
    cookie = one.client.cookies[COOKIE]
    one.client.cookies.set(COOKIE, ("a" if cookie[0] != "a" else "b") + cookie[1:])
    assert one.get("/", follow_redirects=False).status_code == 303


def test_session_cookie_flags(browser: Callable[[], Browser]) -> None:
    one = browser()
    one.get("/login")
    answer = one.post("/login", {"name": "lan", "password": PASSWORD}, follow_redirects=False)
    header = next(item for item in answer.headers.get_list("set-cookie") if item.startswith(COOKIE))
    assert "HttpOnly" in header
    assert "SameSite=Strict" in header
    assert "lan" not in header.lower().split("=", 1)[1].split(";")[0]


def test_login_begins_a_new_session(browser: Callable[[], Browser]) -> None:
    one = browser()
    one.get("/login")
    before, token = one.client.cookies[COOKIE], one.token
    one.post("/login", {"name": "lan", "password": PASSWORD})
    assert one.client.cookies[COOKIE] != before
    assert one.token != token


def test_logout_ends_the_session_for_good_and_gives_tasks_back(
    app: FastAPI,
    settings: Settings,
    store: Store,
    browser: Callable[[], Browser],
    person: Callable[[str], Browser],
) -> None:
    one = person("lan")
    one.get("/review")
    assert counts(store).leased == 3  # the field in hand, and two that follow
    cookie = one.client.cookies[COOKIE]
    answer = one.post("/logout", follow_redirects=False)
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert counts(store).leased == 0
    thief = browser()
    thief.client.cookies.set(COOKIE, cookie)
    assert thief.get("/", follow_redirects=False).status_code == 303
    # Also after a restart of the site.
    again = sessions.Sessions(store)
    login = again.read(cookie)
    assert login is not None
    assert again.person(login) is None


def test_session_ends_after_a_pause(
    person: Callable[[str], Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = person("lan")
    later = utc_now() + sessions.PAUSE + timedelta(seconds=1)
    monkeypatch.setattr(sessions, "utc_now", lambda: later)
    answer = one.get("/review")
    assert answer.url.path == "/login"
    assert "Phiên làm việc đã hết" in _alert(answer.text)
    assert one.call("/api/next").status_code == 401


def test_work_keeps_the_session_alive_but_no_longer_than_a_shift(
    person: Callable[[str], Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = person("lan")
    begun = utc_now()
    for minutes in range(30, int(LONGEST_SESSION / timedelta(minutes=1)), 30):
        monkeypatch.setattr(sessions, "utc_now", lambda now=begun + timedelta(minutes=minutes): now)
        assert one.get("/", follow_redirects=False).status_code == 200, minutes
    monkeypatch.setattr(sessions, "utc_now", lambda: begun + LONGEST_SESSION + timedelta(seconds=5))
    assert one.get("/", follow_redirects=False).status_code == 303


def test_new_password_ends_every_session(store: Store, person: Callable[[str], Browser]) -> None:
    one = person("lan")
    with store.read() as session:
        user_id = session.scalars(select(User.id).filter_by(name="lan")).one()
    set_password(store, user_id, "một mật khẩu khác")
    assert one.get("/", follow_redirects=False).status_code == 303


def test_closed_account_is_out_at_once(store: Store, person: Callable[[str], Browser]) -> None:
    one = person("lan")
    with store.begin() as session:
        session.scalars(select(User).filter_by(name="lan")).one().active = False
    assert one.get("/", follow_redirects=False).status_code == 303


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("lan", {"/", "/review"}),
        ("minh", {"/", "/review", "/approve", "/export"}),
        ("quan", {"/", "/review", "/approve", "/export", "/attention"}),
    ],
)
def test_each_role_sees_only_its_pages(
    store: Store, person: Callable[[str], Browser], name: str, allowed: set[str]
) -> None:
    one = person(name)
    links = set(re.findall(r'href="(/[a-z]*)"', one.get("/").text))
    for address in ("/", "/review", "/approve", "/export", "/attention"):
        answer = one.get(address)
        assert answer.status_code == (200 if address in allowed else 403), address
        assert (address in links) == (address in allowed), address
    with store.read() as session:
        refused = session.scalars(select(Event).filter_by(what="page_refused")).all()
    assert len(refused) == 5 - len(allowed)


def test_session_key_is_closed_to_others(
    settings: Settings, app: FastAPI, browser: Callable[[], Browser]
) -> None:
    key = settings.secrets / "session.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert station_key(settings) == key.read_bytes()
    assert len(key.read_bytes()) == KEY_BYTES


def _alert(html: str) -> str:
    found = re.search(r'role="alert">([^<]*)<', html)
    return found[1] if found else ""
