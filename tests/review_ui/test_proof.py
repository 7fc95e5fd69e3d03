"""The report and the parked cases in the browser."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from typing import TYPE_CHECKING

import openpyxl
import pytest
from sqlalchemy import select

from models.approval import case_view
from models.reroute import set_policy
from models.states import By, CaseState
from models.tables import Event
from pipeline.policy import FieldPolicy
from tests.review_ui.test_review import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.store import Store
    from tests.review_ui.conftest import Browser

READY = 3  # the case of the book about which there was nothing to ask
PARK = {"reason": "ask_family", "whom": "Gia đình ông <b>Sơn</b>", "days": "5", "remark": "Hỏi tên mẹ"}


@pytest.mark.parametrize("by", list(By))
def test_the_report_is_a_table_in_every_way(person: Callable[[str], Browser], by: By) -> None:
    person("lan").decide("accept", seconds=4.0)
    answer = person("minh").get(f"/report?by={by.value}")
    assert answer.status_code == 200
    text = words(answer.text)
    assert "Tỷ lệ tự động" in text
    assert "Tất cả" in text


def test_the_report_is_downloaded_and_that_is_noted(store: Store, person: Callable[[str], Browser]) -> None:
    minh = person("minh")
    rows = list(csv.reader(StringIO(minh.get("/report.csv?by=office").content.decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["Nơi đăng ký", "Xã Tân Lợi", "Tất cả"]
    assert rows[1][4] == "4"
    book = openpyxl.load_workbook(BytesIO(minh.get("/report.xlsx?by=office").content))
    assert book.active is not None
    assert [cell.value for cell in book.active["A"]] == ["Nơi đăng ký", "Xã Tân Lợi", "Tất cả"]
    with store.read() as session:
        events = session.scalars(select(Event).filter_by(what="report_downloaded")).all()
    assert [event.detail for event in events] == [{"by": "office"}] * 2


def test_keyers_see_neither_and_nonsense_is_refused(person: Callable[[str], Browser]) -> None:
    lan, minh = person("lan"), person("minh")
    assert [lan.get(address).status_code for address in ("/report", "/report.csv", "/parked")] == [403] * 3
    assert lan.post(f"/parked/{READY}", PARK).status_code == 403
    assert minh.get("/report?by=nothing").status_code == 404
    assert minh.post("/parked/999", PARK).status_code == 404
    assert minh.post("/parked/999/back").status_code == 404
    assert minh.post(f"/parked/{READY}", PARK | {"days": "0"}).status_code == 422
    assert minh.post(f"/parked/{READY}", PARK | {"reason": "because"}).status_code == 422
    assert minh.post(f"/parked/{READY}", PARK | {"whom": "  "}).status_code == 422
    assert minh.post(f"/parked/{READY}/back").status_code == 409


def test_a_case_is_parked_listed_and_brought_back(store: Store, person: Callable[[str], Browser]) -> None:
    minh = person("minh")
    assert f'action="/parked/{READY}"' in minh.get(f"/approve/{READY}").text
    answer = minh.post(f"/parked/{READY}", PARK)
    assert answer.url.path == "/parked"
    text = words(answer.text)
    assert "Hỏi lại gia đình" in text
    assert "Hỏi tên mẹ" in text
    assert "<b>Sơn</b>" not in answer.text
    assert case_view(store, READY).state is CaseState.NEEDS_VERIFICATION
    shown = minh.get(f"/approve/{READY}").text
    assert "Đang chờ xác minh ở nơi khác." in shown
    assert 'id="park"' not in shown
    assert minh.post(f"/parked/{READY}", PARK).status_code == 409
    assert "Không có trường hợp nào đang chờ" in words(minh.post(f"/parked/{READY}/back").text)
    assert case_view(store, READY).state is CaseState.KEYED


def test_a_field_whose_kind_is_not_proven_says_how_many_checks_would_prove_it(
    store: Store, person: Callable[[str], Browser]
) -> None:
    set_policy(store, None, "meHoTen", FieldPolicy(target=0.0005))
    lan = person("lan")
    said = []
    while (state := lan.task())["task"] is not None:
        if "Chưa đủ mẫu đã kiểm tra" in state["html"]:
            said.append("lần kiểm tra không sai" in state["html"])
        lan.decide("accept")
    assert said
    assert all(said)
