"""The whole way of a case in the browser: corrected, approved by another, exported, found in the workbook."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from models.registry import load_approved
from tests.e2e.serving import ready

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.store import Store

TYPED = "Điểu Thị Mến"


@pytest.fixture
def site(site_of_a_station: str) -> str:
    return site_of_a_station


def test_correct_approve_export(store: Store, person: Callable[[str], Page], tmp_path: Path) -> None:
    lan = person("lan")
    lan.keyboard.press("Enter")
    expect(lan.locator("#text")).to_be_focused()
    ready(lan)
    lan.keyboard.press("Control+A")
    lan.keyboard.type(TYPED)
    lan.keyboard.press("Enter")  # a correction of the first case
    expect(lan.locator("#label")).to_have_text("Ngày, tháng, năm sinh")
    lan.keyboard.press("Alt+2")  # the second candidate, which goes with the words
    expect(lan.locator("#label")).to_have_text("Họ, chữ đệm, tên mẹ")
    lan.keyboard.press("2")
    expect(lan.locator("#label")).to_have_text("Quê quán")
    lan.keyboard.press("Enter")
    expect(lan.locator("#label")).to_have_text("Số định danh cá nhân")
    lan.keyboard.press("F2")  # nothing stands there in the book
    expect(lan.locator("#label")).to_have_text("Họ, chữ đệm, tên cha")
    lan.keyboard.press("Enter")
    expect(lan.locator("[data-rest]")).to_contain_text("Hết mục chờ soát")
    lan.get_by_text("Đăng xuất").click()
    expect(lan.locator("#name")).to_be_visible()

    minh = person("minh")
    minh.goto("/approve")
    minh.get_by_text("Bắt đầu duyệt").click()
    expect(minh.locator("#rows")).to_contain_text(TYPED)
    expect(minh.locator("#rows")).to_contain_text("Lan")
    ready(minh)
    minh.keyboard.press("ArrowDown")
    expect(minh.locator(".frame")).to_be_visible()
    for left in (3, 2, 1):
        minh.keyboard.press("Enter")
        expect(minh.locator(".left")).to_have_text(f"Còn {left} trường hợp")
        ready(minh)
    minh.keyboard.press("Enter")
    expect(minh.locator(".notice")).to_contain_text("Đã duyệt xong")

    assert len(load_approved(store).loaded) == 4
    minh.goto("/export")
    minh.get_by_text("Xuất gói").click()
    with minh.expect_download() as download:
        minh.get_by_text("Tải về", exact=True).click()
    path = tmp_path / "package.zip"
    download.value.save_as(path)
    with zipfile.ZipFile(path) as package:
        workbook = load_workbook(io.BytesIO(package.read("Xã Tân Lợi-KS.2016.01.xlsx")))
        with zipfile.ZipFile(io.BytesIO(package.read("KS.2016.01.zip"))) as pdfs:
            assert len(pdfs.namelist()) == 4
    header, *rows = [[cell.value for cell in row] for row in workbook["DL Import"].iter_rows()]
    names = [str(name).split()[0] for name in header]
    entries = [dict(zip(names, row, strict=True)) for row in rows]
    assert [entry["nksHoTen"] for entry in entries] == [
        TYPED, "Nguyễn Hoàng Phúc", "Lâm Sà Rây", "Trần Ngọc Khánh An",
    ]  # fmt: skip
    assert entries[1]["nksNgaySinh"] == "03.01.2016"
    assert entries[1]["meHoTen"] == "Nguyễn Thị Hường"
    assert not entries[3]["nksSoDinhDanh"]


def test_sending_back_by_keys(person: Callable[[str], Page]) -> None:
    minh = person("minh")
    minh.goto("/approve/3")
    for _ in range(4):
        minh.keyboard.press("ArrowDown")
    minh.keyboard.press("Space")
    expect(minh.locator(".row.wrong")).to_contain_text("Lâm Sà Rây")
    minh.keyboard.press("F4")
    expect(minh.locator("#marked")).to_contain_text("Họ, chữ đệm, tên người được khai sinh")
    minh.keyboard.type("Sổ ghi khác")
    minh.keyboard.press("Enter")
    expect(minh.locator("h1")).to_have_text("Duyệt")
    lan = person("lan")
    lan.keyboard.press("Enter")
    expect(lan.locator(".case h2")).to_contain_text("Số 03/2016")
    expect(lan.locator(".why")).to_contain_text("Sổ ghi khác")
    expect(lan.locator("#text")).to_have_value("Lâm Sà Rây")
