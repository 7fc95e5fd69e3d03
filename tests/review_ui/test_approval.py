"""Approval in the browser: what is shown, what is let through, and that nobody approves their own work."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from models.approval import case_view
from models.states import CaseState, FieldState
from models.tables import Case, Decision, Task
from tests.review_ui.test_review import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.store import Store
    from tests.review_ui.conftest import Browser

READY = 3  # the case of the book about which there was nothing to ask


def keyed(one: Browser) -> None:
    """Everything that waits is accepted by this person."""
    while one.task()["task"] is not None:
        one.decide("accept")


def test_list_and_case(person: Callable[[str], Browser]) -> None:
    minh = person("minh")
    html = minh.get("/approve").text
    assert f'href="/approve/{READY}"' in html
    text = words(minh.get(f"/approve/{READY}").text)
    assert "Số 03/2016" in text
    assert "Lâm Sà Rây" in text
    assert "Máy" in text


def test_approving_goes_on_to_the_next_until_none_is_left(
    store: Store, person: Callable[[str], Browser]
) -> None:
    keyed(person("lan"))
    minh = person("minh")
    page = minh.get("/approve/1")
    for case_id in (1, 2, 3, 4):
        assert page.url.path == f"/approve/{case_id}"
        page = minh.post(f"/approve/{case_id}", {"action": "approve", "version": _version(page.text)})
        assert page.status_code == 200
        assert case_view(store, case_id).state is CaseState.APPROVED
    assert page.url.path == "/approve"
    assert "Đã duyệt xong" in page.text
    assert "Không có trường hợp nào chờ duyệt" in page.text


def test_case_shows_who_decided_what(person: Callable[[str], Browser]) -> None:
    lan = person("lan")
    lan.decide("correct", "Điểu Thị Mến")
    text = words(person("minh").get("/approve/1").text)
    assert "Lan sửa Điểu Thị Mân" in text


def test_nobody_approves_what_they_keyed(store: Store, person: Callable[[str], Browser]) -> None:
    minh = person("minh")
    minh.decide("accept")
    html = minh.get("/approve/1").text
    assert "không tự duyệt được" in html
    assert 'id="approve-form"' not in html
    answer = minh.post("/approve/1", {"action": "approve", "version": str(case_view(store, 1).version)})
    assert answer.status_code == 409
    assert "người đã nhập không tự duyệt" in answer.text
    assert case_view(store, 1).state is CaseState.KEYED
    assert "1" in words(minh.get("/approve").text)


def test_case_that_still_has_doubts_is_not_approved(store: Store, person: Callable[[str], Browser]) -> None:
    minh = person("minh")
    html = minh.get("/approve/2").text
    assert "còn mục đang chờ soát" in html
    answer = minh.post("/approve/2", {"action": "approve", "version": str(case_view(store, 2).version)})
    assert answer.status_code == 409
    assert case_view(store, 2).state is CaseState.READ


def test_case_that_changed_meanwhile_is_shown_again(store: Store, person: Callable[[str], Browser]) -> None:
    minh = person("minh")
    version = case_view(store, READY).version
    for action in ("approve", "return"):
        answer = minh.post(
            f"/approve/{READY}", {"action": action, "version": str(version - 1), "reason": "xem lại"}
        )
        assert answer.status_code == 409
        assert "Hãy xem lại" in answer.text
    assert case_view(store, READY).state is CaseState.KEYED


def test_sending_back_asks_about_the_marked_fields_with_a_reason(
    store: Store, person: Callable[[str], Browser]
) -> None:
    minh = person("minh")
    version = str(case_view(store, READY).version)
    bare = minh.post(f"/approve/{READY}", {"action": "return", "version": version, "reason": "  "})
    assert bare.status_code == 422
    answer = minh.post(
        f"/approve/{READY}",
        {"action": "return", "version": version, "reason": "Sổ ghi khác", "keys": ["nksHoTen", "nksDanToc"]},
    )
    assert answer.status_code == 200
    case = case_view(store, READY)
    assert case.state is CaseState.READ
    assert {field.key for field in case.fields if field.state is FieldState.FLAGGED} == {
        "nksHoTen",
        "nksDanToc",
    }
    lan = person("lan")
    assert "Số 03/2016" in words(lan.task()["html"])  # what came back is asked about first
    with store.read() as session:
        assert session.scalars(select(Decision)).one().after["reason"] == "Sổ ghi khác"
        assert len(session.scalars(select(Task).filter_by(case_id=READY)).all()) == 2


def test_unknown_field_or_action_is_refused(store: Store, person: Callable[[str], Browser]) -> None:
    minh = person("minh")
    version = str(case_view(store, READY).version)
    forged = {"action": "return", "version": version, "reason": "xem lại", "keys": ["nope"]}
    assert minh.post(f"/approve/{READY}", forged).status_code == 422
    assert minh.post(f"/approve/{READY}", {"action": "burn", "version": version}).status_code == 422
    assert minh.post("/approve/9999", {"action": "approve", "version": "1"}).status_code == 404
    assert minh.post(f"/approve/{READY}", {"action": "approve"}).status_code == 422
    assert case_view(store, READY).state is CaseState.KEYED


def test_uncertain_case_is_listed_and_can_be_sent_back(
    store: Store, person: Callable[[str], Browser]
) -> None:
    person("lan").decide("uncertain", "Điểu Thị M")
    minh = person("minh")
    html = minh.get("/approve").text
    assert "Cần xác minh" in words(html)
    assert 'href="/approve/1"' in html
    page = minh.get("/approve/1").text
    assert 'id="approve-form"' not in page
    minh.post("/approve/1", {"action": "return", "version": _version(page), "reason": "đã hỏi lại gia đình"})
    assert case_view(store, 1).state is CaseState.READ


@pytest.mark.parametrize("name", ["minh", "quan"])
def test_reason_given_by_a_person_is_escaped(
    store: Store, person: Callable[[str], Browser], name: str
) -> None:
    one = person(name)
    version = str(case_view(store, READY).version)
    one.post(
        f"/approve/{READY}",
        {"action": "return", "version": version, "reason": "<script>x</script>", "keys": ["so"]},
    )
    html = one.get(f"/approve/{READY}").text
    assert "<script>x" not in html
    assert "<script>x</script>" in unescape(html)


def test_a_keyer_may_not_approve_by_a_forged_form(store: Store, person: Callable[[str], Browser]) -> None:
    lan = person("lan")
    answer = lan.post(f"/approve/{READY}", {"action": "approve", "version": "1"})
    assert answer.status_code == 403
    with store.read() as session:
        assert session.get_one(Case, READY).state is CaseState.KEYED


def _version(html: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', html)
    assert found
    return found[1]
