"""Made-up marriages and deaths are consistent, and their pages are found to be what they are."""

from __future__ import annotations

import datetime
import random
import re
from dataclasses import replace

import cv2
import numpy as np
import pytest

from pipeline import ink as inks
from pipeline.clean import clean
from pipeline.forms import all_forms
from pipeline.forms.fit import fit_page
from pipeline.recognise.tesseract import words_of
from pipeline.rules import check_case
from training.adoption import make_adoption
from training.adults import make_death, make_marriage
from training.faces import ALPHABET, HAND
from training.layout import layout_names, load_layout
from training.pages import ENTRIES, Options, make_page, make_station
from training.registration import make_book

NEW = [*layout_names(register_type="KH"), *layout_names(register_type="KT")]
PAGES = Options(
    seed=21, fonts=sorted(HAND.glob("*.ttf")), dpi=(150,), book_pages=1, turned=0, blank=0, void=0, photo=0,
    typed=0.5,
)  # fmt: skip


def day_of(text: str) -> datetime.date:
    """The day that a date in figures means."""
    day, month, year = (int(part) for part in re.split(r"[/.-]", text))
    return datetime.date(year, month, day)


@pytest.mark.parametrize("seed", range(20))
def test_a_marriage_is_consistent(seed: int) -> None:
    rng = random.Random(seed)
    book = make_book(rng, rng.choice([2010, 2014, 2017, 2020]), register_type="KH")
    registered = datetime.date(book.year, 5, 18)
    texts = make_marriage(rng, book, 7, registered).texts
    for who, least in (("chong", 19), ("vo", 18)):
        born = day_of(texts[f"{who}NgaySinh"])
        assert registered.year - born.year >= least
        assert texts[f"{who}HoTen"] and texts[f"{who}DanToc"] and texts[f"{who}NoiCuTru"]
    again = texts["loaiDangKy"] == "Đăng ký lại"
    if texts["ngayXacLapQuanHeHonNhan"]:
        assert (day_of(texts["ngayXacLapQuanHeHonNhan"]) < registered) == again
    assert texts["quyenSo"].endswith((str(book.year), "KH")) or texts["quyenSo"].isdigit()
    assert not "".join(texts.values()).strip(ALPHABET)


@pytest.mark.parametrize("seed", range(20))
def test_a_death_is_consistent(seed: int) -> None:
    rng = random.Random(seed)
    book = make_book(rng, rng.choice([2010, 2014, 2017, 2020]), register_type="KT")
    registered = datetime.date(book.year, 5, 18)
    texts = make_death(rng, book, 7, registered).texts
    died = day_of(texts["nktNgayChet"])
    assert died <= registered
    assert ((registered - died).days <= 15) == (texts["loaiDangKy"] == "Đúng hạn")
    born = texts["nktNgaySinh"]
    assert (datetime.date(int(born), 1, 1) if born.isdigit() else day_of(born)) <= died
    assert bool(texts["nktGioPhutChet"]) == bool(texts["nktGioPhutChet.hour"])
    assert bool(texts["gbtSo"]) == bool(texts["gbtNgay"]) == bool(texts["gbtCoQuanCap"])
    sexes = {"Vợ": "Nam", "Chồng": "Nữ"}
    assert texts["nktGioiTinh"] == sexes.get(texts["nycQuanHe"], texts["nktGioiTinh"])
    assert not "".join(texts.values()).strip(ALPHABET)


@pytest.mark.parametrize("seed", range(30))
def test_an_adoption_is_consistent(seed: int) -> None:
    rng = random.Random(seed)
    book = make_book(rng, rng.choice([2011, 2014, 2017, 2021]), register_type="CN")
    registered = datetime.date(book.year, 5, 18)
    texts = make_adoption(rng, book, 7, registered).texts
    born = day_of(texts["cnNgaySinh"])
    assert 0 <= (registered - born).days < 17 * 366
    written = {who: bool(texts[f"{who}HoTen"]) for who in ("chaNuoi", "meNuoi", "ongGiao", "baGiao")}
    for who, there in written.items():
        # A column is empty from top to bottom, or says who the person is.
        assert bool(texts[f"{who}NgaySinh"]) == bool(texts[f"{who}NoiCuTru"]) == there
        if there and who.endswith("Nuoi"):
            assert born.year - day_of(texts[f"{who}NgaySinh"]).year >= 19
    assert written["chaNuoi"] or written["meNuoi"]
    assert (written["ongGiao"] or written["baGiao"]) == (not texts["csndTen"]) == bool(texts["benGiaoQuanHe"])
    # How a clerk writes numbers is another matter.
    people = {key: text for key, text in texts.items() if key not in {"so", "quyenSo"}}
    assert check_case(people, "CN", book.year) == ()


def test_pages_of_a_type_and_of_all_types() -> None:
    names = {make_station(replace(PAGES, type="all"), number).layout.type for number in range(14)}
    assert names == set(ENTRIES)
    assert {make_station(PAGES, number).layout.type for number in range(6)} == {"KS"}
    page, _ = make_page(replace(PAGES, type="KT", dpi=(60,)), 0)
    assert page.truth["type"] == "KT"
    assert page.truth["cases"][0]["fields"]["nktHoTen"]


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("register", ["KH", "KT"])
def test_a_drawn_page_is_found_to_be_of_its_register_and_edition(register: str, number: int) -> None:
    options = replace(PAGES, type=register)
    layout = make_station(options, number).layout
    _, data = make_page(options, number)
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    sheet = clean(np.asarray(picture, np.uint8))
    ink = inks.separate(sheet.grey)
    fit = fit_page(words_of(inks.paint_over(sheet.grey, ink.furniture)), sheet.height, all_forms())
    assert fit is not None
    assert (fit.form.type, fit.form.edition) == (layout.type, layout.edition)
    found = {a.label.field for a in fit.anchors} | {a.label.then for a in fit.anchors}
    assert len(found & set(layout.asked())) >= 0.85 * len(layout.asked())


def test_layouts_leave_room_where_spouses_and_officials_sign() -> None:
    for name in NEW:
        layout = load_layout(name)
        assert {sign.who for sign in layout.signs} <= set(layout.asked())
        assert layout.signs[-1].who == "nguoiThucHien"
