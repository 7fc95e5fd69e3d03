"""Which form a page is, and which of its labels is which, however the printer moved them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.forms import all_forms, load_form
from pipeline.forms.fit import LEAST_SHARE, FormFit, fit_form, fit_page
from pipeline.forms.lines import visual_lines
from pipeline.recognise.tesseract import PrintedWord
from tests.pipeline.forms.words import BIRTH_2010, DEATH_2010, HEIGHT, misread, page_of

BIRTH_2015 = [
    ["SỔ ĐĂNG KÝ KHAI SINH"],
    ["Số: 09/2016", "Quyển số: 01/2016"],
    ["Ngày, tháng, năm đăng ký: 12/3/2016"],
    ["Họ, chữ đệm, tên: Điểu Thị Mận", "", "Giới tính: Nữ"],
    ["Ngày, tháng, năm sinh: 26/02/2016"],
    ["Ghi bằng chữ: Ngày hai mươi sáu tháng hai"],
    ["Nơi sinh: Trạm y tế xã"],
    ["Dân tộc: S'tiêng", "Quốc tịch: Việt Nam"],
    ["Quê quán: Lộc Ninh"],
    ["Số định danh cá nhân: 070316000123"],
    ["Họ, chữ đệm, tên mẹ: Thị Bé"],
    ["Năm sinh: 1991", "Dân tộc: S'tiêng", "Quốc tịch: Việt Nam"],
    ["Nơi cư trú: ấp Sóc Trào"],
    ["Họ, chữ đệm, tên cha: Điểu Sơn"],
    ["Năm sinh: 1988", "Dân tộc: Mông", "Quốc tịch: Việt Nam"],
    ["Nơi cư trú: ấp Sóc Trào"],
    ["Họ, chữ đệm, tên người đi khai sinh: Thị Bé"],
    ["Giấy tờ tùy thân: CMND 285123456"],
    ["Họ, chữ đệm, tên, chức vụ người ký Giấy khai sinh: Đinh Hữu Khánh"],
    ["Người đi khai sinh", "", "Người thực hiện"],
    ["Đúng hạn", "Quá hạn", "Đăng ký lại"],
    ["Ghi chú:"],
]


def fitted(words: list[PrintedWord]) -> FormFit:
    fit = fit_page(words, HEIGHT, all_forms())
    assert fit is not None
    return fit


def row_of(fit: FormFit, key: str, part: str = "") -> int:
    """Line of the page on which a field's label was found."""
    (anchor,) = [a for a in fit.anchors if a.label.field == key and a.label.part == part]
    return anchor.sighting.line


def rows(fit: FormFit) -> dict[str, int]:
    return {
        a.label.field + a.label.part + a.label.tick: a.sighting.line for a in fit.anchors if a.label.field
    }


def test_each_edition_is_told_from_the_other() -> None:
    assert fitted(page_of(BIRTH_2010)).form.edition == "2010"
    assert fitted(page_of(BIRTH_2015)).form.edition == "2015"


def test_every_label_is_found_on_its_own_line() -> None:
    fit = fitted(page_of(BIRTH_2010))
    assert fit.share == 1.0
    assert rows(fit) == {
        "so": 1, "quyenSo": 1, "nksHoTen": 2, "nksGioiTinh": 2, "nksNgaySinh": 3, "nksNgaySinhBangChu": 4,
        "nksNoiSinh": 6, "nksDanToc": 7, "nksQuocTich": 7, "nksQueQuan": 8, "chaHoTen": 9, "chaDanToc": 10,
        "chaQuocTich": 10, "meHoTen": 11, "meDanToc": 12, "meQuocTich": 12, "nycHoTen": 13, "nycQuanHe": 14,
        "ngayDangKyday": 15, "ngayDangKymonth": 15, "ngayDangKyyear": 15, "nguoiKy": 16,
        "chucVuNguoiKy": 16, "nguoiThucHien": 17, "ghiChu": 19,
    }  # fmt: skip


def test_mother_and_father_are_told_apart_by_the_edition() -> None:
    fit = fitted(page_of(BIRTH_2015))
    assert (row_of(fit, "meHoTen"), row_of(fit, "meDanToc"), row_of(fit, "meNoiCuTru")) == (10, 11, 12)
    assert (row_of(fit, "chaHoTen"), row_of(fit, "chaDanToc"), row_of(fit, "chaNoiCuTru")) == (13, 14, 15)
    assert row_of(fit, "nksDanToc") == 7


def test_labels_inside_a_block_may_stand_in_any_order() -> None:
    lines = BIRTH_2010.copy()
    lines[3], lines[6], lines[7], lines[8] = lines[8], lines[7], lines[3], lines[6]
    fit = fitted(page_of(lines))
    assert fit.form.edition == "2010"
    assert fit.share == 1.0
    assert (row_of(fit, "nksQueQuan"), row_of(fit, "nksNgaySinh"), row_of(fit, "nksDanToc")) == (3, 7, 6)
    assert row_of(fit, "chaDanToc") == 10


@pytest.mark.parametrize(("top", "pitch"), [(120, 50), (300, 80), (420, 92)])
def test_spacing_and_margins_do_not_matter(top: int, pitch: int) -> None:
    fit = fitted(page_of(BIRTH_2010, top, pitch))
    assert rows(fit) == rows(fitted(page_of(BIRTH_2010)))


@pytest.mark.parametrize("seed", range(4))
def test_a_poorly_read_page_keeps_its_form_and_its_blocks(seed: int) -> None:
    right = rows(fitted(page_of(BIRTH_2010)))
    fit = fitted(misread(page_of(BIRTH_2010), 0.06, seed))
    assert fit.form.edition == "2010"
    found = rows(fit)
    assert len(found) >= 0.8 * len(right)
    # What is found is found at its place: a label that is lost is not taken from another block.
    assert {key: line for key, line in found.items() if right.get(key) != line} == {}


@pytest.mark.parametrize("lost", [9, 11])
def test_a_lost_block_title_does_not_shift_the_labels_below(lost: int) -> None:
    """Without the father's or the mother's name label one "Dân tộc" too many is left to choose from."""
    lines = [line if i != lost else ["vết mực"] for i, line in enumerate(BIRTH_2010)]
    fit = fitted(page_of(lines))
    found = rows(fit)
    assert found["nksDanToc"] == 7
    assert found["nycHoTen"] == 13
    assert {"chaHoTen", "meHoTen"} - found.keys() == {"chaHoTen" if lost == 9 else "meHoTen"}


def test_a_father_s_label_read_in_part_is_not_the_child_s() -> None:
    lines = [line.copy() for line in BIRTH_2010]
    lines[2] = ["vết mực", "", "Giới tính: Nữ"]
    lines[9] = ["Họ và tên cra: Điểu Đơi"]
    found = rows(fitted(page_of(lines)))
    assert "nksHoTen" not in found
    assert found["nksGioiTinh"] == 2


def test_values_that_look_like_labels_stay_values() -> None:
    lines = [line.copy() for line in BIRTH_2010]
    lines[11] = ["Họ và tên mẹ: Phạm Thị Chà"]
    lines[13] = ["Họ và tên người đi khai sinh: Quan Thị Mẹ"]
    assert rows(fitted(page_of(lines))) == rows(fitted(page_of(BIRTH_2010)))


def test_what_no_label_took_is_known_as_print() -> None:
    fit = fitted(page_of([*BIRTH_2010, ["Người ký giấy khai sinh"]]))
    assert "Người ký giấy khai sinh" in {s.wording for s in fit.unused}
    used = {(a.sighting.line, a.sighting.first) for a in fit.anchors}
    assert not used & {(s.line, s.first) for s in fit.unused}


@pytest.mark.parametrize(
    "lines",
    [
        [["Kính gửi Ủy ban nhân dân xã Tân Lợi"], ["Tôi tên là Điểu Đơi, sinh năm 1970, quê quán Lộc Ninh"],
         ["nay làm đơn này xin xác nhận tôi hiện cư trú tại địa phương"], ["Xin chân thành cảm ơn"]],
        [["BẢN ĐỒ HÀNH CHÍNH HUYỆN HỚN QUẢN"], ["Tân Khai", "An Lộc", "Lộc Ninh"], ["Tỉ lệ 1 : 50 000"]],
        [["Họ và tên:"], ["Số:"]],
        [],
    ],
    ids=["letter", "map", "two labels", "nothing"],
)  # fmt: skip
def test_a_page_of_another_kind_has_no_form(lines: list[list[str]]) -> None:
    assert fit_page(page_of(lines), HEIGHT, all_forms()) is None
    assert fit_page(page_of(BIRTH_2010), HEIGHT, []) is None


def test_the_share_is_what_was_found_of_what_must_be_there() -> None:
    form = load_form("KS", "2010")
    whole = fit_form(visual_lines(page_of(BIRTH_2010)), HEIGHT, form)
    half = fit_form(visual_lines(page_of(BIRTH_2010[:13])), HEIGHT, form)
    none = fit_form([], HEIGHT, form)
    assert 0.0 == none.share < LEAST_SHARE < half.share < whole.share == 1.0
    assert none.anchors == ()


def test_the_same_page_fits_the_same_way() -> None:
    words = misread(page_of(BIRTH_2015), 0.1, 9)
    first, again = fitted(words), fitted(list(reversed(words)))
    assert first.anchors == again.anchors
    assert first.share == again.share


def test_a_name_is_not_taken_for_the_number_of_the_page() -> None:
    """Far from the foot of the page "Trang số" must be read well to be one."""
    words = page_of(
        [
            ["Họ và tên: TĂNG SÔ CHANH" if "Họ và tên mẹ" in text else text for text in line]
            for line in BIRTH_2010
        ]
    )
    assert "trangSo" not in rows(fitted(words))
    there = page_of([*BIRTH_2010, ["Trang số: 12"]])
    assert "trangSo" in rows(fitted(there))


def test_a_label_s_box_that_took_in_tall_writing_gets_the_row_of_its_line() -> None:
    """Else the field before it runs on through the label."""
    words = page_of(BIRTH_2015)
    usual = {a.label.field: a.sighting.box for a in fitted(words).anchors if a.label.field}
    asked, beside = usual["nksQuocTich"], usual["nksDanToc"]
    tall = [
        replace(word, box=replace(word.box, y=word.box.y - 26, h=word.box.h + 22))
        if word.box.y == asked.y and asked.x <= word.box.x < asked.right
        else word
        for word in words
    ]
    (found,) = [a.sighting.box for a in fitted(tall).anchors if a.label.field == "nksQuocTich"]
    assert (found.x, found.y, found.h) == (asked.x, beside.y, beside.h)


def test_a_name_right_behind_a_label_is_no_print() -> None:
    """ "Nguyễn Quang" is like "Nguyên quán"; the name was left out of its field."""
    lines = [[text.replace("Điểu Đơi", "Nguyễn Quang Tiến") for text in row] for row in BIRTH_2010]
    words = [replace(w, text="Quan" if w.text == "Quang" else w.text) for w in page_of(lines)]
    form = load_form("KS", "2010")
    assert any("Nguyên quán" in label.text for label in form.labels)
    fit = fit_form(visual_lines(words), HEIGHT, form)
    (father,) = [a.sighting for a in fit.anchors if a.label.field == "chaHoTen"]
    assert not [seen for seen in fit.unused if seen.line == father.line]


def test_a_name_is_not_taken_for_the_volume() -> None:
    """ "Quyên" a third of the way down, where the volume's own label was misread."""
    lines = [
        [text.replace("Quyển số", "Ơuyáu").replace("Thị Hạnh", "Thị Quyên") for text in row]
        for row in BIRTH_2010
    ]
    assert "quyenSo" in rows(fitted(page_of(BIRTH_2010)))
    assert "quyenSo" not in rows(fitted(page_of(lines)))


def test_the_number_of_a_case_is_where_numbers_stand() -> None:
    """Its label was read as "sơ.", and "sáu" in the date in words as "Số/"."""
    words = page_of(BIRTH_2010)
    top, date = (min(w.box.y for w in words if w.text == text) for text in ("Quyển", "chữ):"))
    misread = {("Số:", top): "sơ.", ("hai", date): "Số/"}
    poor = [replace(w, text=misread.get((w.text, w.box.y), w.text)) for w in words]
    assert {w.text for w in poor} >= {"sơ.", "Số/"}
    fit = fit_form(visual_lines(poor), HEIGHT, load_form("KS", "2010"))
    (number,) = [a.sighting.box for a in fit.anchors if a.label.field == "so"]
    assert number.y == top


def test_a_title_behind_its_label_is_no_heading_under_which_people_sign() -> None:
    """ "Chủ tịch", read together with what stands under it, was taken for "Cán bộ hộ tịch"."""
    lines = [
        [text.replace("Chủ tịch", "Cán bộ hộ tịch").replace("Cán bộ tư pháp hộ tịch", "") for text in line]
        for line in DEATH_2010
    ]
    found = rows(fitted(page_of(lines)))
    assert "chucVuNguoiKy" in found
    assert "nguoiThucHien" not in found


def test_an_hour_written_out_by_hand_has_no_labels_in_it() -> None:
    """Print that has a "giờ" for the hour has a "phút" for the minutes."""
    printed = rows(fitted(page_of(DEATH_2010)))
    assert {"nktGioPhutChethour", "nktGioPhutChetminute", "nktNgayChet"} <= printed.keys()
    (hour,) = [i for i, line in enumerate(DEATH_2010) if line[0].startswith("Đã chết vào lúc")]
    written = [*DEATH_2010[:hour], ["Chết lúc: 9", "giờ 20, 25/9/2010"], *DEATH_2010[hour + 1 :]]
    found = rows(fitted(page_of(written)))
    assert "nktGioPhutChethour" in found
    assert "nktGioPhutChetminute" not in found


def test_a_note_holds_no_heading_under_which_people_sign() -> None:
    lines = [
        ["SỔ ĐĂNG KÝ KẾT HÔN"],
        ["Số: 12", "Quyển số: 01/2016"],
        ["Ngày, tháng, năm đăng ký: 12/3/2016"],
        ["Họ, chữ đệm, tên vợ: Thị Mận"],
        ["Ngày, tháng, năm sinh: 26/02/1996"],
        ["Dân tộc: Kinh", "Quốc tịch: Lào"],
        ["Nơi cư trú: Lộc Ninh"],
        ["Họ, chữ đệm, tên chồng: Điểu Sơn"],
        ["Ngày, tháng, năm sinh: 26/02/1995"],
        ["Dân tộc: Kinh", "Quốc tịch: Lào"],
        ["Nơi cư trú: Lộc Ninh"],
        ["", "Người thực hiện"],
        ["Ghi chú: Cấp (VỞ đã"],
    ]
    fit = fitted(page_of(lines, pitch=120))
    assert fit.form.type == "KH"
    note = row_of(fit, "ghiChu")
    assert [a.label.text[0] for a in fit.anchors if a.sighting.line == note] == ["Ghi chú"]


def test_a_piece_of_a_label_s_wording_is_no_label() -> None:
    """The "tên" of "Họ và tên, chức vụ người đại diện" was pale."""
    lines = [
        ["SỔ ĐĂNG KÝ NUÔI CON NUÔI"],
        ["Số: 12", "Quyển số: 01/2021"],
        ["Quan hệ với trẻ được nhận làm con nuôi: Chú"],
        ["Cơ sở nuôi dưỡng: Trung tâm Bảo trợ xã hội"],
        ["Họ và h n, chức vụ người đại diện: Đào Thị Tuyết"],
        ["Giấy chứng nhận nuôi con nuôi số: 91", "ngày 06/01/2021"],
        ["Họ và tên, chức vụ người ký: Phạm Công Thành"],
    ]
    fit = fit_form(visual_lines(page_of(lines)), HEIGHT, load_form("CN", "2011"))
    found = rows(fit)
    assert found["csndDaiDien"] == 4
    assert "csndChucVu" not in found
