"""Forged requests, forged ids, headers, sizes, and errors that must not tell what somebody typed."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, text

from models.tables import Decision, Event
from models.texts import LONGEST
from review_ui.visits import LARGEST_BODY

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.store import Store
    from tests.review_ui.conftest import Browser

TYPED = "Điểu Thị Mận"
FORMS = ["/login", "/logout", "/review", "/approve/1", "/export/1", "/attention/1"]


@pytest.mark.parametrize("address", FORMS)
def test_form_without_the_token_is_refused(
    store: Store, person: Callable[[str], Browser], address: str
) -> None:
    one = person("quan")
    for token in ("", "forged", "giả mạo"):
        assert one.post(address, {"csrf": token, "version": "1", "action": "approve"}).status_code == 403
    with store.read() as session:
        assert session.scalars(select(Decision)).all() == []


@pytest.mark.parametrize("address", ["/api/decide", "/api/next", "/api/undo"])
def test_call_without_the_token_is_refused(person: Callable[[str], Browser], address: str) -> None:
    one = person("lan")
    one.token = "forged"
    body = {"task": 1, "version": 1, "action": "accept"}
    assert one.call(address, **body).status_code == 403


def test_token_of_another_session_is_refused(person: Callable[[str], Browser]) -> None:
    lan, hoa = person("lan"), person("hoa")
    lan.token = hoa.token
    assert lan.call("/api/next").status_code == 403


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("/crop/9999", "field"),
        ("/page/9999", "page"),
        ("/approve/9999", "case"),
        ("/export/file/9999", "export"),
    ],
)
def test_forged_id_is_not_found_and_noted(
    store: Store, person: Callable[[str], Browser], address: str, kind: str
) -> None:
    assert person("quan").get(address).status_code == 404
    with store.read() as session:
        event = session.scalars(select(Event).filter_by(what="unknown_id")).one()
    assert (event.object_type, event.object_id) == (kind, 9999)
    assert event.user_id is not None


def test_forged_task_is_not_found_and_noted(store: Store, person: Callable[[str], Browser]) -> None:
    answer = person("lan").call("/api/decide", task=9999, version=1, action="accept")
    assert answer.status_code == 404
    assert answer.json()["task"] is not None  # work goes on
    with store.read() as session:
        assert session.scalars(select(Event).filter_by(what="unknown_id")).one().object_id == 9999


@pytest.mark.parametrize("address", ["/crop/abc", "/page/-", "/approve/x", "/nowhere", "/crop/1?view=other"])
def test_address_that_is_none(person: Callable[[str], Browser], address: str) -> None:
    assert person("quan").get(address).status_code == 404


@pytest.mark.parametrize(
    "address", ["/", "/login", "/review", "/approve", "/nowhere", "/static/style.css", "/page/1"]
)
def test_every_answer_has_the_security_headers(person: Callable[[str], Browser], address: str) -> None:
    headers = person("quan").get(address).headers
    assert headers["content-security-policy"].startswith("default-src 'self'")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    ("address", "caching"),
    [
        ("/", "no-store"),
        ("/review", "no-store"),
        ("/approve/1", "no-store"),
        ("/page/1", "private, max-age=3600"),
        ("/static/style.css?v=1", "public, max-age=31536000, immutable"),
    ],
)
def test_personal_pages_are_never_kept(person: Callable[[str], Browser], address: str, caching: str) -> None:
    assert person("quan").get(address).headers["cache-control"] == caching


def test_no_page_has_script_or_style_of_its_own(person: Callable[[str], Browser]) -> None:
    one = person("quan")
    for address in ("/login", "/", "/review", "/approve", "/approve/1", "/export", "/attention"):
        html = one.get(address).text
        assert "<style" not in html
        assert " style=" not in html
        assert " onclick" not in html
        scripts = re.findall(r"<script[^>]*>(.*?)</script>", html)
        assert scripts == [""] * html.count("<script src=")
        assert "//" not in html.replace("&#39;", "")  # nothing from another address


def test_body_that_is_too_large_is_refused(person: Callable[[str], Browser]) -> None:
    answer = person("lan").call("/api/decide", task=1, version=1, action="correct", text="x" * LARGEST_BODY)
    assert answer.status_code == 413


def test_ten_thousand_characters_are_refused_with_a_sentence(
    store: Store, person: Callable[[str], Browser]
) -> None:
    answer = person("lan").decide("correct", "Ậ" * 10_000)
    assert answer.status_code == 422
    assert str(LONGEST) in answer.json()["sentence"]
    with store.read() as session:
        assert session.scalars(select(Decision)).all() == []


def test_failure_tells_neither_the_person_nor_the_log_what_was_typed(
    store: Store, person: Callable[[str], Browser], caplog: pytest.LogCaptureFixture
) -> None:
    one = person("lan")
    with store.begin() as session:  # a database that takes no change: its error carries the values
        session.execute(
            text("CREATE TRIGGER full BEFORE UPDATE ON field BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        )
    with caplog.at_level(logging.DEBUG):
        answer = one.decide("correct", TYPED)
    assert answer.status_code == 500
    assert answer.json()["sentence"]
    assert answer.headers["x-frame-options"] == "DENY"
    assert "IntegrityError" in caplog.text
    assert TYPED not in caplog.text + answer.text


def test_pages_are_compressed_and_pictures_are_not(person: Callable[[str], Browser]) -> None:
    one = person("quan")
    assert one.get("/review").headers["content-encoding"] == "gzip"
    assert "content-encoding" not in one.get("/page/1").headers
