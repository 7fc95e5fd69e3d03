"""Export page, front page and the operator's list."""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import TYPE_CHECKING

from openpyxl import load_workbook
from sqlalchemy import select

from models.approval import case_view
from models.intake import refuse
from models.registry import load_approved
from models.states import PageState
from models.tables import Event, Export, Page
from tests.review_ui.test_review import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.store import Store
    from tests.review_ui.conftest import Browser

READY = 3


def approved(store: Store, minh: Browser) -> None:
    version = str(case_view(store, READY).version)
    assert minh.post(f"/approve/{READY}", {"action": "approve", "version": version}).status_code == 200


def test_export_is_made_listed_and_downloaded(store: Store, person: Callable[[str], Browser]) -> None:
    minh = person("minh")
    approved(store, minh)
    load_approved(store)
    assert "Xuất gói" in minh.get("/export").text
    page = minh.post("/export/1")
    assert page.status_code == 200
    with store.read() as session:
        export = session.scalars(select(Export)).one()
    assert export.sha256 in page.text
    answer = minh.get(f"/export/file/{export.id}")
    assert answer.headers["content-type"] == "application/zip"
    assert "attachment" in answer.headers["content-disposition"]
    assert hashlib.sha256(answer.content).hexdigest() == export.sha256
    with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
        workbook = load_workbook(io.BytesIO(package.read("Xã Tân Lợi-KS.2016.01.xlsx")))
        values = [cell.value for row in workbook["DL Import"].iter_rows() for cell in row]
        assert "Lâm Sà Rây" in values
    with store.read() as session:
        assert session.scalars(select(Event).filter_by(what="export_downloaded")).one().object_id == export.id


def test_nothing_to_export_is_said(person: Callable[[str], Browser]) -> None:
    minh = person("minh")
    assert "Xuất gói" not in minh.get("/export").text
    assert minh.post("/export/1").status_code == 409
    assert minh.post("/export/9999").status_code == 404


def test_package_that_is_gone_is_not_found(store: Store, person: Callable[[str], Browser]) -> None:
    minh = person("minh")
    approved(store, minh)
    minh.post("/export/1")
    for path in store.settings.exports.iterdir():
        path.unlink()
    assert minh.get("/export/file/1").status_code == 404


def test_case_without_its_page_image_cannot_go_out_and_says_why(
    store: Store, person: Callable[[str], Browser]
) -> None:
    minh = person("minh")
    approved(store, minh)
    store.settings.page_path(READY).unlink()
    answer = minh.post("/export/1")
    assert answer.status_code == 409
    assert "ảnh của trang" in words(answer.text)


def test_front_page_counts_what_waits(store: Store, person: Callable[[str], Browser]) -> None:
    lan = person("lan")
    lan.decide("accept")
    text = words(lan.get("/").text)
    assert "5 mục chờ soát" in text
    assert "Bạn đã quyết định 1 mục hôm nay" in text
    assert "trường hợp chờ duyệt" not in text
    text = words(person("quan").get("/").text)
    assert "2 trường hợp chờ duyệt" in text
    assert "1 trang, tệp cần chú ý" in text


def test_attention_lists_pages_and_refusals_and_reads_again(
    store: Store, person: Callable[[str], Browser]
) -> None:
    kept = store.settings.rejected / "hỏng.jpg"
    refuse(store, 1, "hỏng <1>.jpg", None, "truncated", "Tệp bị cụt. Hãy quét lại.", kept)
    quan = person("quan")
    text = words(quan.get("/attention").text)
    assert "Đọc không xong" in text
    assert "Ảnh bị mờ nhòe" in text
    assert "hỏng <1>.jpg" in text
    assert "Hãy quét lại" in text
    with store.read() as session:
        failed = session.scalars(select(Page).filter_by(state=PageState.FAILED)).one()
    assert quan.post(f"/attention/{failed.id}").status_code == 200
    with store.read() as session:
        assert session.get_one(Page, failed.id).state is PageState.WAITING
    assert quan.post(f"/attention/{failed.id}").status_code == 409
    assert quan.post("/attention/9999").status_code == 404


def test_health_tells_nothing_but_that_it_is_up(browser: Callable[[], Browser]) -> None:
    assert browser().get("/health").json() == {"status": "ok"}
