"""The checkers' page: what it shows, what is kept as it is typed, and a case that changed or went away."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from models.approval import case_view, send_back
from models.keying_tables import CaseHold, Difference
from models.settings import Settings
from models.states import Action, CaseState
from models.tables import Decision, Event, User, utc_now
from tests.review_ui.test_review import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from httpx import Response

    from models.store import Store
    from tests.review_ui.conftest import Browser

READY = 3  # the case of the book about which there was nothing to ask


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"checks": 2, "sample_share": 0.0})


def row(html: str, key: str) -> tuple[int, int]:
    """Id and version of a field as the page has them."""
    found = re.search(rf'data-name="{key}" data-field="(\d+)" data-version="(\d+)"', html)
    assert found
    return int(found[1]), int(found[2])


def say(one: Browser, html: str, key: str, text: str, action: str = "correct") -> Response:
    field, version = row(html, key)
    return one.call("/api/check/say", case=READY, field=field, version=version, action=action, text=text)


def passed(one: Browser, html: str) -> Response:
    found = re.search(r'data-case="(\d+)" data-version="(\d+)"', html)
    assert found
    return one.call("/api/check/pass", case=int(found[1]), version=int(found[2]), seconds=12.5)


def test_a_checker_sees_the_case_by_role_and_passes_it(
    store: Store, person: Callable[[str], Browser]
) -> None:
    lan = person("lan")
    lan.decide("accept")
    ba = person("ba")
    page = ba.get("/check")
    text = words(page.text)
    assert "Số 01/2016" in text
    assert "Người nhập" in text
    assert "Lan" not in text
    assert passed(ba, page.text).status_code == 200
    assert case_view(store, 1).state is CaseState.CHECKED
    assert "Đã kiểm tra." in ba.get("/check?said=passed").text
    with store.read() as session:
        last = session.scalars(select(Decision).order_by(Decision.id.desc())).first()
    assert last is not None
    assert (last.action, last.seconds, last.field_id) == (Action.CHECK_CASE, 12.5, None)
    picture = f"/page/{case_view(store, 1).page_id}"
    assert person("tu").get(picture).status_code == 200  # the second checker may look at it


def test_what_is_typed_is_kept_at_once_and_shown_again(
    store: Store, person: Callable[[str], Browser]
) -> None:
    ba = person("ba")
    html = ba.get("/check").text
    assert say(ba, html, "nksHoTen", "<b>Lâm Sà Rấy</b>").json() == {"differs": True, "sentence": ""}
    assert say(ba, html, "meHoTen", "", "blank").json()["differs"]
    again = ba.get("/check").text
    assert "&lt;b&gt;Lâm Sà Rấy&lt;/b&gt;" in again
    assert not say(ba, html, "meHoTen", "Thị Sóc Kha").json()["differs"]
    assert say(ba, html, "nksHoTen", "dài" * 1000).status_code == 422
    assert passed(ba, again).status_code == 200
    assert case_view(store, READY).state is CaseState.READ
    with store.read() as session:
        (one,) = session.scalars(select(Difference).where(Difference.withdrawn_at.is_(None)))
    assert (one.first_text, one.other_text) == ("Lâm Sà Rây", "<b>Lâm Sà Rấy</b>")
    assert ba.call("/api/check/undo").json() == {"back": True}
    assert "Lâm Sà Rấy" in ba.get("/check").text
    assert ba.call("/api/check/undo").json() == {"back": False}


def test_a_case_that_went_away_is_told_in_one_sentence(
    store: Store, person: Callable[[str], Browser]
) -> None:
    ba = person("ba")
    html = ba.get("/check").text
    with store.begin() as session:
        session.scalars(select(CaseHold)).one().until = utc_now() - timedelta(seconds=1)
        session.scalars(select(User).filter_by(name="hoa")).one().role = session.scalars(
            select(User.role).filter_by(name="ba")
        ).one()
    assert "Số 03/2016" in words(person("hoa").get("/check").text)
    for answer in (passed(ba, html), say(ba, html, "so", "x"), ba.call("/api/check/keep", case=READY)):
        assert answer.status_code == 409
        assert "hết thời gian giữ" in answer.json()["sentence"]
    assert "hết thời gian giữ" in ba.get("/check?said=lost").text


def test_a_case_withdrawn_or_passed_in_another_tab(store: Store, person: Callable[[str], Browser]) -> None:
    ba = person("ba")
    html = ba.get("/check").text
    with store.read() as session:
        minh = session.scalars(select(User.id).filter_by(name="minh")).one()
    send_back(store, READY, minh, "xem lại", ["so"])
    assert passed(ba, html).status_code == 409
    assert "Không còn trường hợp nào" in ba.get("/check").text
    person("lan").decide("accept")
    first = ba.get("/check").text
    second = ba.get("/check").text
    assert passed(ba, first).status_code == 200
    assert passed(ba, second).status_code == 409
    assert case_view(store, READY).state is CaseState.CHECKED


def test_without_script_the_form_does_the_same(store: Store, person: Callable[[str], Browser]) -> None:
    ba = person("ba")
    html = ba.get("/check").text
    version = re.search(r'name="version" value="(\d+)"', html)
    assert version
    assert ba.post("/check", {"case": str(READY), "version": "99"}).status_code == 409
    done = ba.post("/check", {"case": str(READY), "version": version[1]})
    assert "Đã kiểm tra." in done.text
    assert case_view(store, READY).state is CaseState.CHECKED


def test_logging_out_gives_the_case_back(store: Store, person: Callable[[str], Browser]) -> None:
    ba = person("ba")
    ba.get("/check")
    ba.post("/logout")
    with store.read() as session:
        assert session.scalars(select(CaseHold)).one().until <= utc_now()


def test_others_and_forged_ids_are_refused(store: Store, person: Callable[[str], Browser]) -> None:
    assert person("lan").get("/check").status_code == 403
    assert person("lan").call("/api/check/pass", case=READY, version=1).status_code == 403
    ba = person("ba")
    html = ba.get("/check").text
    foreign = case_view(store, 1).fields[0]
    answer = ba.call(
        "/api/check/say",
        case=READY, field=foreign.field_id, version=foreign.version, action="blank",
    )  # fmt: skip
    assert answer.status_code == 404
    assert ba.call("/api/check/pass", case=9999, version=1).status_code == 404
    field, version = row(html, "so")
    body = {"case": READY, "field": field, "version": version, "action": "approve"}
    assert ba.call("/api/check/say", **body).status_code == 422
    ba.token = "forged"
    assert ba.call("/api/check/keep", case=READY).status_code == 403
    with store.read() as session:
        assert len(session.scalars(select(Event).filter_by(what="unknown_id")).all()) == 2
