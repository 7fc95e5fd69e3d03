from __future__ import annotations

import hashlib
import json
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import openpyxl
import pikepdf
import pytest
from PIL import Image
from sqlalchemy import select, update

from models.errors import NoTemplate, NotFound, NothingToExport
from models.export import export_book
from models.export.pdf import case_pdf
from models.registry import load_approved
from models.states import Role
from models.store import Store
from models.tables import Book, Case, Event, Export, Page
from tests.models import made
from tests.models.test_ministry import HEADERS


def page_image(path: Path, size: tuple[int, int] = (1240, 1754), seed: int = 1) -> None:
    """A page as scans are: grain, shades, dark strokes, a red stamp."""
    chance = np.random.default_rng(seed)
    width, height = size
    pixels = np.full((height, width, 3), (236, 240, 225), dtype=np.float32)
    pixels += chance.normal(0, 4, (height, width, 1))
    for _ in range(400):
        x, y = chance.integers(0, width - 60), chance.integers(0, height - 12)
        pixels[y : y + 3, x : x + 50] = (40, 30, 90)
    pixels[height // 2 : height // 2 + 80, width // 2 : width // 2 + 80] = (200, 30, 40)
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(path, quality=92)


def approved(store: Store, *numbers: str, **texts: str) -> int:
    """A book of approved cases with real page images. Returns its id."""
    book_id = made.book_of(store, *(made.case(0, so=number, **texts) for number in numbers))  # type: ignore[arg-type]
    with store.read() as session:
        for page in session.scalars(select(Page)):
            page_image(store.settings.page_path(page.id), (620, 877), page.id)
    made.decide_all(store, made.person(store, "keyer"))  # numbers that do not run on are asked about
    made.approve_all(store, book_id, made.person(store, "chief", Role.APPROVER))
    return book_id


def image_in(pdf: pikepdf.Pdf) -> Image.Image:
    """The one image of the one page."""
    (image,) = pdf.pages[0].get_images().values()
    assert isinstance(image, pikepdf.Stream)
    return pikepdf.PdfImage(image).as_pil_image()


def unpack(path: Path) -> tuple[list[str], openpyxl.Workbook, zipfile.ZipFile, dict[str, object]]:
    with zipfile.ZipFile(path) as package:
        names = package.namelist()
        workbook = openpyxl.load_workbook(BytesIO(package.read(names[0])))
        pdfs = zipfile.ZipFile(BytesIO(package.read(names[1])))
        manifest = json.loads(package.read("manifest.json"))
    return names, workbook, pdfs, manifest


def test_a_book_goes_out_as_workbook_pdfs_and_manifest(store: Store) -> None:
    book_id = approved(store, "10/2010", "9/2010")
    path = export_book(store, book_id, None)
    names, workbook, pdfs, manifest = unpack(path)
    assert path.parent == store.settings.exports
    assert names == ["Xã Tân Lợi-KS.2010.01.xlsx", "KS.2010.01.zip", "manifest.json"]
    assert pdfs.namelist() == ["KS.2010.01.2010-02-03.09.pdf", "KS.2010.01.2010-02-03.10.pdf"]
    sheet = workbook["DL Import"]
    assert [cell.value for cell in sheet[1]] == HEADERS
    assert [cell.value for cell in sheet["A"]] == ["STT", 1, 2]
    assert [cell.value for cell in sheet["B"]] == ["so ", "09/2010", "10/2010"]
    with zipfile.ZipFile(path) as package:
        content = {name: package.read(name) for name in names[:2]}
    content |= {f"KS.2010.01.zip/{name}": pdfs.read(name) for name in pdfs.namelist()}
    assert manifest["files"] == [
        {"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in content.items()
    ]
    assert (manifest["book"], manifest["cases"], manifest["left_out"]) == ("KS.2010.01", 2, [])


def test_every_cell_of_data_is_text(sqlite_store: Store) -> None:
    book_id = approved(sqlite_store, "05/2010", nksHoTen="=1+1")
    _, workbook, _, _ = unpack(export_book(sqlite_store, book_id, None))
    number, *cells = workbook["DL Import"][2]
    assert number.value == 1
    assert {cell.number_format for cell in cells} == {"@"}
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    by_header = dict(zip(HEADERS[1:], [cell.value for cell in cells], strict=True))
    assert by_header["nksHoTen "] == "=1+1"
    assert by_header["nksNgaySinh "] == "01.2010"
    assert by_header["ghiChu"] is None  # blank stays blank


def test_the_same_cases_give_the_same_bytes(sqlite_store: Store) -> None:
    book_id = approved(sqlite_store, "05/2010")
    lan = made.person(sqlite_store, "lan")
    first = export_book(sqlite_store, book_id, lan)
    content = first.read_bytes()
    first.unlink()
    assert export_book(sqlite_store, book_id, lan) == first
    assert first.read_bytes() == content
    assert made.files(sqlite_store.settings.exports) == [first.name]
    with sqlite_store.read() as session:
        exports = session.scalars(select(Export)).all()
        event = session.scalars(select(Event).filter_by(what="book_exported")).first()
    assert {(item.sha256, item.cases, item.created_by) for item in exports} == {
        (hashlib.sha256(content).hexdigest(), 1, lan)
    }
    assert event is not None
    assert sqlite_store.settings.outside(exports[0].path) == first


def test_loading_first_changes_nothing_in_the_package(sqlite_store: Store) -> None:
    book_id = approved(sqlite_store, "05/2010")
    before = export_book(sqlite_store, book_id, None).read_bytes()
    load_approved(sqlite_store)
    assert export_book(sqlite_store, book_id, None).read_bytes() == before


def test_only_approved_cases_go_out_and_each_key_once(sqlite_store: Store) -> None:
    book_id = approved(sqlite_store, "05/2010", "6/2010", "005/2010", "không rõ")
    made.scan(sqlite_store, book_id, name="later.jpg")
    made.read_all(sqlite_store, book_id, made.reading(made.case(so="7/2010")))
    _, workbook, pdfs, manifest = unpack(export_book(sqlite_store, book_id, None))
    assert [cell.value for cell in workbook["DL Import"]["B"]] == ["so ", "05/2010", "06/2010"]
    assert len(pdfs.namelist()) == 2
    assert manifest["left_out"] == [
        {"case": 3, "reason": "duplicate_key"}, {"case": 4, "reason": "number_missing"},
    ]  # fmt: skip


def test_a_date_that_is_not_whole_gives_a_placeholder(sqlite_store: Store) -> None:
    book_id = approved(sqlite_store, "05/2010", "05/2011", ngayDangKy="2010")
    _, workbook, pdfs, _ = unpack(export_book(sqlite_store, book_id, None))
    assert pdfs.namelist() == ["KS.2010.01.0000-00-00.05.pdf", "KS.2010.01.0000-00-00.05-2.pdf"]
    assert [cell.value for cell in workbook["DL Import"]["E"]] == ["ngayDangKy ", "2010", "2010"]


def test_an_office_cannot_lead_out_of_the_folder(sqlite_store: Store) -> None:
    book_id = approved(sqlite_store, "05/2010")
    with sqlite_store.begin() as session:
        session.get_one(Book, book_id).office = "../..\\x:y"
    path = export_book(sqlite_store, book_id, None)
    assert path.parent == sqlite_store.settings.exports
    assert unpack(path)[0][0] == "_.._x_y-KS.2010.01.xlsx"


def test_a_book_without_an_office_has_its_code_for_a_name(sqlite_store: Store, tmp_path: Path) -> None:
    book_id = approved(sqlite_store, "05/2010")
    with sqlite_store.begin() as session:
        session.get_one(Book, book_id).office = ""
    path = export_book(sqlite_store, book_id, None, tmp_path / "elsewhere")
    assert path.parent == tmp_path / "elsewhere"
    assert unpack(path)[0][0] == "KS.2010.01.xlsx"


def test_where_there_is_nothing_to_export(sqlite_store: Store) -> None:
    book_id = made.book_of(sqlite_store, made.case())
    with pytest.raises(NothingToExport):
        export_book(sqlite_store, book_id, None)
    with pytest.raises(NotFound):
        export_book(sqlite_store, 77, None)
    made.approve_all(sqlite_store, book_id, made.person(sqlite_store, "chief", Role.APPROVER))
    sqlite_store.settings.page_path(1).unlink()
    with pytest.raises(NotFound):
        export_book(sqlite_store, book_id, None)
    assert made.files(sqlite_store.settings.exports) == []
    with sqlite_store.begin() as session:
        session.execute(update(Book).values(type="KH"))
    with pytest.raises(NoTemplate, match="KH"):
        export_book(sqlite_store, book_id, None)
    assert not load_approved(sqlite_store).loaded


def test_cases_that_share_a_page_show_only_themselves(sqlite_store: Store) -> None:
    book_id = made.book(sqlite_store)
    made.scan(sqlite_store, book_id)
    made.read_all(sqlite_store, book_id, made.reading(made.case(0), made.case(1, so="6/2010")))
    page_image(sqlite_store.settings.page_path(1), (1000, 1400))
    with sqlite_store.begin() as session:
        for case in session.scalars(select(Case)):
            case.box = [0, 700 * case.index, 1000, 700]
    made.approve_all(sqlite_store, book_id, made.person(sqlite_store, "chief", Role.APPROVER))
    _, _, pdfs, _ = unpack(export_book(sqlite_store, book_id, None))
    for name in pdfs.namelist():
        with pikepdf.open(BytesIO(pdfs.read(name))) as pdf:
            width, height = (float(side) for side in pdf.pages[0].MediaBox[2:])
            assert width > height


@pytest.mark.parametrize("size", [(2480, 3508), (1240, 1754)])
def test_a_pdf_is_about_a_hundred_kilobytes_in_colour(tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "page.jpg"
    page_image(path, size)
    pdf = case_pdf(path, 100_000)
    assert 60_000 < len(pdf) < 103_000
    assert case_pdf(path, 100_000) == pdf
    with pikepdf.open(BytesIO(pdf)) as opened:
        page = opened.pages[0]
        assert len(opened.pages) == 1
        assert [round(float(side)) for side in page.MediaBox] == [0, 0, 595, 842]
        image = image_in(opened)
        assert opened.docinfo == {}
    assert image.mode == "RGB"
    assert max(image.size) >= 1240
    red, green, _ = image.getpixel((image.width // 2 + 20, image.height // 2 + 20))  # type: ignore[misc]
    assert red > green + 80  # the stamp is still red


def test_a_page_that_cannot_be_so_small_stays_legible(tmp_path: Path) -> None:
    path = tmp_path / "page.jpg"
    page_image(path)
    pdf = case_pdf(path, 20_000)
    with pikepdf.open(BytesIO(pdf)) as opened:
        assert max(image_in(opened).size) >= 1240


def test_a_small_image_is_not_blown_up(tmp_path: Path) -> None:
    path = tmp_path / "page.jpg"
    page_image(path, (310, 438))
    with pikepdf.open(BytesIO(case_pdf(path, 100_000))) as opened:
        assert image_in(opened).size == (310, 438)
