"""Marriages and deaths: their fields are the Ministry's, and their pages are told from all others."""

from __future__ import annotations

import pytest

from pipeline.elements import FieldKind
from pipeline.forms import Block, Form, Label, all_forms, label_of, load_form
from pipeline.forms.fit import OWN_EDITION, FormFit, fit_form, fit_page
from pipeline.forms.lines import sightings, visual_lines
from tests.pipeline.forms.words import BIRTH_2010, DEATH_2010, HEIGHT, LETTER, misread, page_of, words_at

EVERY_REGISTER = {
    "so",
    "quyenSo",
    "trangSo",
    "ngayDangKy",
    "loaiDangKy",
    "nguoiKy",
    "chucVuNguoiKy",
    "nguoiThucHien",
    "ghiChu",
}
ADULT = {"HoTen", "NgaySinh", "DanToc", "QuocTich", "NoiCuTru", "SoGiayToTuyThan"}
# Columns of the Ministry's software that a form may ask for (domain facts 1.3).
COLUMNS = {
    "KH": {f"{who}{what}" for who in ("chong", "vo") for what in ADULT} | {"ngayXacLapQuanHeHonNhan"},
    "KT": {f"nkt{what}" for what in ADULT}
    | {"nktGioiTinh", "nktNgayChet", "nktGioPhutChet", "nktNoiChet", "nktNguyenNhanChet"}
    | {"gbtSo", "gbtNgay", "gbtCoQuanCap", "nycHoTen", "nycQuanHe", "nycSoGiayToTuyThan"},
}

MARRIAGE_2010 = [
    ["SỔ ĐĂNG KÝ KẾT HÔN"],
    ["Số: 12", "Quyển số: 01/2010"],
    ["Họ và tên chồng: Điểu Đơi"],
    ["Ngày, tháng, năm sinh: 27/12/1986"],
    ["Dân tộc: S'tiêng", "Quốc tịch: Việt Nam"],
    ["Nơi thường trú/tạm trú: Lộc Ninh"],
    ["Số Giấy CMND/Hộ chiếu/Giấy tờ hợp lệ thay thế: 285123456"],
    ["Họ và tên vợ: Thị Hạnh"],
    ["Ngày, tháng, năm sinh: 1988"],
    ["Dân tộc: Kinh", "Quốc tịch: Việt Nam"],
    ["Nơi thường trú/tạm trú: Lộc Ninh"],
    ["Số Giấy CMND/Hộ chiếu/Giấy tờ hợp lệ thay thế: 285654321"],
    ["Đăng ký ngày 05 tháng 01 năm 2010"],
    ["Người ký giấy chứng nhận kết hôn: Đinh Hữu Khánh", "", "Chức vụ: Chủ tịch"],
    ["Chồng", "Vợ", "Cán bộ tư pháp hộ tịch"],
    ["Ghi chú:"],
]
MARRIAGE_2015 = [
    ["Số: 09/2016", "Quyển số: 01/2016"],
    ["Ngày, tháng, năm đăng ký: 12/3/2016"],
    ["Vợ"],
    ["Họ, chữ đệm, tên: Điểu Thị Mận"],
    ["Ngày, tháng, năm sinh: 26/02/1990"],
    ["Dân tộc: S'tiêng", "Quốc tịch: Việt Nam"],
    ["Nơi cư trú: ấp Sóc Trào"],
    ["Giấy tờ tùy thân: CMND 285123456"],
    ["Chồng"],
    ["Họ, chữ đệm, tên: Điểu Sơn"],
    ["Ngày, tháng, năm sinh: 1988"],
    ["Dân tộc: Mông", "Quốc tịch: Việt Nam"],
    ["Nơi cư trú: ấp Sóc Trào"],
    ["Giấy tờ tùy thân: CMND 285654321"],
    ["Ngày xác lập quan hệ hôn nhân: 12/3/2016"],
    ["Người ký Giấy chứng nhận kết hôn: Đinh Hữu Khánh", "", "Chức vụ: Chủ tịch"],
    ["Vợ", "Chồng", "Người thực hiện"],
    ["Kết hôn lần đầu", "Đăng ký lại", "Ghi chú kết hôn"],
    ["Ghi chú:"],
]
ADOPTION = [
    ["SỔ ĐĂNG KÝ NUÔI CON NUÔI"],
    ["Số: 05", "Quyển số: 01/2012"],
    ["Ngày, tháng, năm đăng ký: 12/3/2012"],
    ["CON NUÔI"],
    ["Họ và tên: Điểu Đơi", "", "Giới tính: Nam"],
    ["Ngày, tháng, năm sinh: 26/02/2010", "Dân tộc: Kinh", "Quốc tịch: Việt Nam"],
    ["Nơi thường trú: Lộc Ninh"],
    ["CHA, MẸ NUÔI", "ÔNG", "", "BÀ"],
    ["Họ và tên", "Điểu Sơn", "", "Thị Hạnh"],
    ["Ngày, tháng, năm sinh", "1976", "", "1978"],
    ["Dân tộc", "Kinh", "", "Kinh"],
    ["Quốc tịch", "Việt Nam", "", "Việt Nam"],
    ["Nơi thường trú", "Lộc Ninh", "", "Lộc Ninh"],
    ["Số CMND/Hộ chiếu", "285123456", "", "285654321"],
    ["BÊN GIAO CON NUÔI", "ÔNG", "", "BÀ"],
    ["Họ và tên", "", "", "Thị Mận"],
    ["Ngày, tháng, năm sinh", "", "", "1990"],
    ["Dân tộc", "", "", "Kinh"],
    ["Quốc tịch", "", "", "Việt Nam"],
    ["Nơi thường trú", "", "", "Lộc Ninh"],
    ["Số CMND/Hộ chiếu", "", "", "285654322"],
    ["Quan hệ với trẻ được nhận làm con nuôi: Mẹ đẻ"],
    ["Cơ sở nuôi dưỡng:"],
    ["Họ và tên, chức vụ người đại diện:"],
    ["Giấy chứng nhận nuôi con nuôi số: 05", "ngày 12/3/2012"],
    ["Họ và tên, chức vụ người ký: Đinh Hữu Khánh"],
    ["Người giao con nuôi", "Người nhận con nuôi", "Người thực hiện"],
    ["Ghi chú:"],
]
PAGES = {
    ("KS", "2010"): BIRTH_2010,
    ("KH", "2010"): MARRIAGE_2010,
    ("KH", "2015"): MARRIAGE_2015,
    ("KT", "2010"): DEATH_2010,
    ("CN", "2011"): ADOPTION,
}
EACH = pytest.mark.parametrize("form", PAGES, ids="-".join)


def fitted(lines: list[list[str]], book: str = "") -> FormFit | None:
    return fit_page(page_of(lines), HEIGHT, all_forms(), book)


def rows(lines: list[list[str]]) -> dict[str, int]:
    fit = fitted(lines)
    assert fit is not None
    return {a.label.field + a.label.part: a.sighting.line for a in fit.anchors if a.label.field}


@pytest.mark.parametrize("register", ["KH", "KT"])
@pytest.mark.parametrize("edition", ["2010", "2015"])
def test_fields_are_the_ministry_s_columns(register: str, edition: str) -> None:
    form = load_form(register, edition)
    keys = set(form.fields())
    assert keys <= COLUMNS[register] | EVERY_REGISTER
    assert keys >= COLUMNS[register] - {"ngayXacLapQuanHeHonNhan"}
    assert ("loaiDangKy" in keys) == (edition == "2015")
    assert all(label_of(register, edition, key) != key for key in keys)
    kinds = {key: label.kind for key, label in form.fields().items()}
    assert {kinds[key] for key in keys if key.endswith("HoTen")} == {FieldKind.NAME}
    assert {kinds[key] for key in keys if key.endswith(("NgaySinh", "NgayChet"))} == {FieldKind.DATE}


@EACH
def test_each_register_and_edition_is_told_from_all_others(form: tuple[str, str]) -> None:
    fit = fitted(PAGES[form])
    assert fit is not None
    assert (fit.form.type, fit.form.edition) == form
    assert fit.share > 0.95


@EACH
def test_a_poorly_read_page_keeps_its_register(form: tuple[str, str]) -> None:
    fit = fit_page(misread(page_of(PAGES[form]), 0.06, 5), HEIGHT, all_forms())
    assert fit is not None
    assert (fit.form.type, fit.form.edition) == form


@EACH
@pytest.mark.parametrize("book", ["KS", "KH", "KT", "CN"])
def test_a_page_of_another_register_is_none_of_the_book_s(form: tuple[str, str], book: str) -> None:
    """Half of the labels are the same: they must not make a birth of a marriage."""
    fit = fitted(PAGES[form], book)
    assert (fit is not None) == (form[0] == book)


def test_husband_and_wife_are_told_apart() -> None:
    old, new = rows(MARRIAGE_2010), rows(MARRIAGE_2015)
    assert [old[key] for key in ("chongHoTen", "chongDanToc", "voHoTen", "voDanToc")] == [2, 4, 7, 9]
    assert [new[key] for key in ("voHoTen", "voDanToc", "chongHoTen", "chongDanToc")] == [3, 5, 9, 11]


def test_who_adopts_and_who_gives_are_told_apart() -> None:
    fit = fitted(ADOPTION)
    assert fit is not None
    found = {a.label.columns or a.label.field: a.sighting.line for a in fit.anchors}
    assert [found[key] for key in ("cnHoTen", "cnDanToc")] == [4, 5]
    assert found["chaNuoiHoTen", "meNuoiHoTen"] == 8
    assert found["ongGiaoHoTen", "baGiaoHoTen"] == 15
    assert found["chaNuoiNoiCuTru", "meNuoiNoiCuTru"] == 12
    headings = [(a.block, a.label.column, a.sighting.line) for a in fit.anchors if a.label.column]
    assert headings == [
        ("cha mẹ nuôi", 1, 7),
        ("cha mẹ nuôi", 2, 7),
        ("bên giao", 1, 14),
        ("bên giao", 2, 14),
    ]


def test_hour_minute_and_day_of_death_have_gaps_of_their_own() -> None:
    found = rows(DEATH_2010)
    assert found["nktGioPhutChethour"] == found["nktGioPhutChetminute"] == found["nktNgayChet"] == 7
    assert (found["gbtSo"], found["gbtNgay"]) == (10, 10)


def test_print_that_the_engine_passed_over_at_a_label_s_end_is_part_of_the_label() -> None:
    (title,) = sightings(visual_lines(words_at("Chức", 150, 300)), ["Chức vụ"])
    assert title.box.x == 150
    assert title.box.right >= 150 + LETTER * len("Chức vụ")
    words = words_at("tháng, năm đăng ký", 150, 300)
    (day,) = sightings(visual_lines(words), ["Ngày, tháng, năm đăng ký"])
    assert day.box.right == words[-1].box.right


def test_the_book_s_edition_decides_where_two_fit_and_forces_none() -> None:
    both = tuple(block for block in load_form("KH", "2015").blocks if block.name in {"vợ", "chồng"})
    more = Label(("Số",), "so", title="Số", kind=FieldKind.NUMBER)
    other = load_form("KH", "2010").blocks[-2:]
    forms = [
        Form("KH", "plain", "n", both),
        Form("KH", "more", "n", (Block("số", (more,), anywhere=True), *both)),
        Form("KH", "other", "n", (*both, *other)),
    ]
    page = page_of(MARRIAGE_2015[2:14])
    shares = [fit_form(visual_lines(page), HEIGHT, form).share for form in forms]
    assert shares[0] - OWN_EDITION < shares[1] < shares[0]
    assert shares[2] < shares[0] - OWN_EDITION
    for edition, found in (("", "plain"), ("plain", "plain"), ("more", "more"), ("other", "plain")):
        fit = fit_page(page, HEIGHT, forms, "KH", edition)
        assert fit is not None
        assert fit.form.edition == found, edition
    for edition in ("2010", "2015"):
        fit = fit_page(page_of(MARRIAGE_2015), HEIGHT, all_forms(), "KH", edition)
        assert fit is not None
        assert fit.form.edition == "2015"


def test_a_word_of_the_writing_is_no_heading() -> None:
    """ "Chơn Thành" is a district: the engine reads "Chồng" in it, and the place would end before it."""
    page = [
        ["Nơi thường trú/tạm trú: Minh Lập, huyện Chồng Thành"] if "Lộc" in row[0] else row
        for row in MARRIAGE_2010
    ]
    fit = fit_page(page_of(page), HEIGHT, all_forms())
    assert fit is not None
    assert not [anchor for anchor in fit.anchors if anchor.label.heading]
