"""The Ministry's sheet, held letter for letter, and a case as a row of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from models.casekey import CaseKey
from models.ministry import BIRTH, load_sheet
from models.ministry_rows import MinistryRow, ministry_row
from models.states import FieldState
from models.tables import Field
from tests.models import made

# The header row as the Ministry's template has it, written down a second time on purpose.
HEADERS = [
    "STT", "so ", "quyenSo ", "trangSo ", "ngayDangKy ", "loaiDangKy \ni=[1,2,3,4,5,6]", "noiDangKy",
    "nguoiKy", "chucVuNguoiKy", "nguoiThucHien", "ghiChu", "nksSoDinhDanh", "nksHoTen ", "nksGioiTinh",
    "nksNgaySinh ",
    "nksNgaySinhBangChu", "nksNoiSinh", "nksNoiSinhDVHC", "nksQueQuan", "nksDanToc ", "nksQuocTich ",
    "nksQuocTichStr", "nksQuocTichKhac", "nksQuocTichKhacStr", "nksLoaiKhaiSinh\ni=[1,2,3,4,5]", "nksMatTich",
    "nksMatTichNgayGhiChuTuyenBo", "nksMatTichCanCuTuyenBo", "nksMatTichNgayGhiChuHuyTuyenBo",
    "nksMatTichCanCuHuyTuyenBo", "nksHanCheNangLucHanhVi", "nksHanCheNangLucHanhViNgayGhiChuTuyenBo",
    "nksHanCheNangLucHanhViCanCuTuyenBo", "nksHanCheNangLucHanhViNgayGhiChuHuyTuyenBo",
    "nksHanCheNangLucHanhViNgayCanCuHuyTuyenBo", "meSoDinhDanhCaNhan", "meHoTen ", "meNgaySinh ", "meDanToc ",
    "meQuocTich ", "meQuocTichStr", "meQuocTichKhac", "meQuocTichKhacStr", "meLoaiCuTru ", "meNoiCuTru",
    "meLoaiGiayToTuyThan\ni=[1,2,3,4,5,6,7,8]", "meSoGiayToTuyThan", "chaSoDinhDanhCaNhan", "chaHoTen ",
    "chaNgaySinh ", "chaDanToc ", "chaQuocTich ", "chaQuocTichStr", "chaQuocTichKhac", "chaQuocTichKhacStr",
    "chaLoaiCuTru ", "chaNoiCuTru", "chaLoaiGiayToTuyThan\ni=[1,2,3,4,5,6,7,8]", "chaSoGiayToTuyThan",
    "nycHoTen", "nycQuanHe", "nycLoaiGiayToTuyThan", "nycGiayToKhac", "nycSoGiayToTuyThan",
    "nycNgayCapGiayToTuyThan", "nycNoiCapGiayToTuyThan", "soDangKyNuocNgoai", "ngayDangKyNuocNgoai",
    "cqNuocNgoaiDaDangKy", "qgNuocNgoaiDaDangKy",
]  # fmt: skip
KEY = CaseKey("Xã Tân Lợi", "KS", "01/2010", 2010, "05/2010")


def row(**changes: str | FieldState) -> MinistryRow:
    """The row of the made-up case; a text replaces what a field says, a state its state (and blanks it)."""
    fields = []
    for key, kind, verbatim, value in made.ENTRY:
        change = changes.pop(key, None)
        state = FieldState.ACCEPTED
        if isinstance(change, FieldState):
            state, verbatim, value = change, "", ""
        elif change is not None:
            verbatim = value = change
        fields.append(Field(key=key, kind=kind.value, verbatim=verbatim, value=value, state=state))
    fields += [
        Field(key=key, kind="text", verbatim=str(text), value=str(text), state=FieldState.ACCEPTED)
        for key, text in changes.items()
    ]
    return ministry_row(BIRTH, KEY, fields)


def test_the_headers_are_those_of_the_template() -> None:
    assert BIRTH.title == "DL Import"
    assert [column.header for column in BIRTH.columns] == HEADERS
    assert len(HEADERS) == 70


def test_a_row_has_every_column_but_its_number() -> None:
    texts = row().texts
    assert list(texts) == [header.split()[0] for header in HEADERS[1:]]
    filled = {name: text for name, text in texts.items() if text}
    assert filled == {
        "so": "05/2010",
        "quyenSo": "01/2010",
        "ngayDangKy": "03.02.2010",
        "loaiDangKy": "1",
        "noiDangKy": "Xã Tân Lợi",
        "nksHoTen": "Điểu Thị Mận",
        "nksGioiTinh": "2",
        "nksNgaySinh": "01.2010",
        "nksDanToc": "Xtiêng",
        "nksLoaiKhaiSinh": "1",
        "meHoTen": "Thị Bé",
        "meLoaiCuTru": "1",
        "meNoiCuTru": "thường trú ấp 2, xã Tân Lợi",
        "chaHoTen": "Điểu Sơn",
        "nycLoaiGiayToTuyThan": "1",
        "nycSoGiayToTuyThan": "285000000",
    }
    assert row().gaps == ()


@pytest.mark.parametrize(
    ("sex", "code"), [("Nam", "1"), ("Nữ", "2"), ("Không xác định", "3"), (FieldState.BLANK, "")]
)
def test_codes_of_sex(sex: str | FieldState, code: str) -> None:
    assert row(nksGioiTinh=sex).texts["nksGioiTinh"] == code


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("Đúng hạn", "1"),
        ("Đăng ký lại", "2"),
        ("Ghi vào sổ", "3"),
        ("Quá hạn", "4"),
        ("Cấp bản chính Giấy khai sinh", "5"),
        ("Không xác định", "6"),
        (FieldState.ABSENT, ""),
    ],
)
def test_codes_of_the_kind_of_registration(kind: str | FieldState, code: str) -> None:
    assert row(loaiDangKy=kind).texts["loaiDangKy"] == code


def test_a_value_without_a_code_is_left_out_and_told() -> None:
    found = row(loaiDangKy="Chẳng rõ")
    assert found.texts["loaiDangKy"] == ""
    assert found.gaps == (("loaiDangKy", "no_code"),)


def test_text_without_a_value_is_left_out_and_told() -> None:
    fields = [
        Field(key="nksNgaySinh", kind="date", verbatim="không rõ", value="", state=FieldState.CORRECTED)
    ]
    found = ministry_row(BIRTH, KEY, fields)
    assert found.texts["nksNgaySinh"] == ""
    assert found.gaps == (("nksNgaySinh", "no_value"),)


@pytest.mark.parametrize(
    ("mother", "father", "code"),
    [
        ("Thị Bé", "Điểu Sơn", "1"),
        (FieldState.BLANK, "Điểu Sơn", "2"),
        ("Thị Bé", FieldState.BLANK_BY_PERSON, "3"),
        (FieldState.BLANK, FieldState.BLANK, ""),  # neither known, or abandoned: the book does not say which
        ("Thị Bé", FieldState.ILLEGIBLE, ""),
        ("Thị Bé", FieldState.ABSENT, ""),
    ],
)
def test_which_parents_stand_in_the_book(
    mother: str | FieldState, father: str | FieldState, code: str
) -> None:
    assert row(meHoTen=mother, chaHoTen=father).texts["nksLoaiKhaiSinh"] == code


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("Thường trú: ấp 2", "1"),
        ("tạm trú ấp 2", "2"),
        ("ấp 2, xã Tân Lợi", ""),
        ("thường trú ấp 1, tạm trú ấp 2", ""),
        (FieldState.BLANK, ""),
    ],
)
def test_residence_is_of_a_kind_only_where_the_book_says_so(place: str | FieldState, code: str) -> None:
    assert row(meNoiCuTru=place).texts["meLoaiCuTru"] == code


@pytest.mark.parametrize(
    ("paper", "code"),
    [
        ("Chứng minh nhân dân 285000000", "1"),
        ("Hộ chiếu B1234567", "2"),
        ("CCCD 070123456789", "4"),
        ("Giấy CM quân đội nhân dân số 12", "5"),
        ("Chứng minh công an nhân dân 7", "7"),
        ("285000000", ""),
    ],
)
def test_papers_are_of_a_kind_only_where_the_book_says_so(paper: str, code: str) -> None:
    assert row(nycSoGiayToTuyThan=paper).texts["nycLoaiGiayToTuyThan"] == code


def test_the_number_on_the_page_gives_way_to_the_key() -> None:
    texts = row(so="5", quyenSo="1/2010", noiDangKy="elsewhere").texts
    assert (texts["so"], texts["quyenSo"], texts["noiDangKy"]) == ("05/2010", "01/2010", "Xã Tân Lợi")


def test_a_data_file_that_contradicts_itself_is_refused(tmp_path: Path) -> None:
    sheet = {
        "sheet": "x",
        "codes": {},
        "columns": [{"header": "a ", "rule": "mentioned", "field": "a", "codes": "b"}],
    }
    path = tmp_path / "sheet.json"
    path.write_text(json.dumps(sheet), encoding="utf-8")
    with pytest.raises(ValueError, match=r"column a .* codes b"):
        load_sheet(path)


def test_a_date_in_words_is_exported_in_words() -> None:
    words = Field(
        key="nksNgaySinhBangChu",
        kind="date_words",
        verbatim="ngày năm tháng một năm hai nghìn mười",
        value="05.01.2010",
        state=FieldState.ACCEPTED,
    )
    assert ministry_row(BIRTH, KEY, [words]).texts["nksNgaySinhBangChu"] == words.verbatim
