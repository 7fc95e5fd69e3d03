"""The history of a case in the browser: who by role, before and after, and reversal with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from models.approval import approve, case_view
from models.registry import load_approved
from models.settings import Settings
from models.states import CaseState, Role
from models.tables import Decision, Event, User
from tests.review_ui.test_review import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.store import Store
    from tests.review_ui.conftest import Browser


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"sample_share": 0.0})


def approved(store: Store, person: Callable[[str], Browser]) -> tuple[int, int]:
    """The first case, corrected by Lan and approved by Minh. Returns the ids of the two decisions."""
    person("lan").decide("correct", "Điểu Thị Mến")
    with store.read() as session:
        minh = session.scalars(select(User.id).filter_by(name="minh")).one()
    approve(store, 1, minh, case_view(store, 1).version)
    with store.read() as session:
        keyed, let = session.scalars(select(Decision.id).order_by(Decision.id))
    return keyed, let


def test_history_and_reversal(store: Store, person: Callable[[str], Browser]) -> None:
    keyed, let = approved(store, person)
    minh = person("minh")
    text = words(minh.get("/case/1/history").text)
    assert "Người nhập sửa Họ, chữ đệm, tên người được khai sinh Điểu Thị Mân Điểu Thị Mến" in text
    assert "Đảo 2 trước" in text
    assert "Lan" not in text
    early = minh.post("/case/1/history", {"decision": str(keyed), "reason": "xem lại sổ"})
    assert (early.status_code, "mới nhất trước: 2." in early.text) == (409, True)
    assert minh.post("/case/1/history", {"decision": str(let), "reason": " "}).status_code == 422
    assert 'name="reason"' in minh.get(f"/case/1/history?decision={let}").text
    done = minh.post("/case/1/history", {"decision": str(let), "reason": "<i>xem lại sổ</i>"})
    assert "Đã đảo lại" in done.text
    assert "&lt;i&gt;xem lại sổ&lt;/i&gt;" in done.text
    assert case_view(store, 1).state is CaseState.KEYED
    minh.post("/case/1/history", {"decision": str(keyed), "reason": "xem lại sổ"})
    assert case_view(store, 1).state is CaseState.READ
    assert "Đã bị 4 đảo lại" in words(minh.get("/case/1/history").text)
    assert "xem lại sổ" in person("hoa").task()["html"]  # it comes before anything new


def test_what_is_loaded_is_refused_with_the_remedy(store: Store, person: Callable[[str], Browser]) -> None:
    _, let = approved(store, person)
    load_approved(store)
    answer = person("minh").post("/case/1/history", {"decision": str(let), "reason": "muộn"})
    assert answer.status_code == 409
    assert "Hãy đính chính trong phần mềm hộ tịch theo sổ giấy" in answer.text
    assert case_view(store, 1).state is CaseState.LOADED


def test_who_looks_on_changes_nothing(store: Store, person: Callable[[str], Browser]) -> None:
    _, let = approved(store, person)
    with store.begin() as session:
        session.scalars(select(User).filter_by(name="hoa")).one().role = Role.INSPECTOR
    hoa = person("hoa")
    page = hoa.get("/case/1/history")
    assert page.status_code == 200
    assert "?decision=" not in page.text
    refused = hoa.post("/case/1/history", {"decision": str(let), "reason": "thử"})
    assert (refused.status_code, case_view(store, 1).state) == (403, CaseState.APPROVED)
    assert person("sau").post("/case/1/history", {"decision": str(let), "reason": "x"}).status_code == 409
    assert person("lan").get("/case/1/history").status_code == 403


def test_forged_ids_are_not_found_and_noted(store: Store, person: Callable[[str], Browser]) -> None:
    _, let = approved(store, person)
    minh = person("minh")
    assert minh.get("/case/999/history").status_code == 404
    assert minh.post("/case/2/history", {"decision": str(let), "reason": "x"}).status_code == 404
    assert minh.post("/case/999/history", {"decision": str(let), "reason": "x"}).status_code == 404
    with store.read() as session:
        assert len(session.scalars(select(Event).filter_by(what="unknown_id")).all()) == 3
