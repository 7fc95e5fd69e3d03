"""The values of the other kinds of field, and what holds for all kinds."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.elements import FieldKind
from pipeline.fields import normalise, plausible
from pipeline.fields.identity import facts_of, parse_paper
from pipeline.fields.name import is_name, name_parts
from pipeline.fields.number import series_of
from pipeline.fields.place import parse_place


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Nguyễn thị Lan", "Nguyễn Thị Lan"),
        ("NGUYỄN THỊ LAN", "Nguyễn Thị Lan"),
        ("nguyễn thị lan ....", "Nguyễn Thị Lan"),
        ("Điểu K’Re", "Điểu K'Re"),
        ("ĐIỂU K'RE", "Điểu K'Re"),
        ("H' Nay Niê", "H' Nay Niê"),
        ("Y Bhăm Êban", "Y Bhăm Êban"),
        ("y bhăm", "Y Bhăm"),
        ("y BHĂM", "Y Bhăm"),
        ("Nguyễn Văn A (đã chết)", "Nguyễn Văn A"),
        ("Hoà", "Hoà"),
        ("……", ""),
        ("", ""),
    ],
)
def test_names_keep_their_letters(text: str, value: str) -> None:
    assert normalise(FieldKind.NAME, text) == value


def test_parts_of_names() -> None:
    assert name_parts("Nguyễn Thị Ngọc Lan") == ("Nguyễn", "Thị Ngọc", "Lan")
    assert name_parts("Thị Nở") == ("Thị", "", "Nở")
    assert name_parts("Rết") == ("", "", "Rết")
    assert name_parts("") == ("", "", "")
    assert is_name("Điểu K'Re")
    assert not is_name("Điểu")
    assert not is_name("Nguyễn 12")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12/2010", "12/2010"),
        ("Số: 12/2010", "12/2010"),
        ("....05..../2010", "05/2010"),
        ("Quyển số 01 / 2010", "01/2010"),
        ("01-TP/HT-2015-KS", "01/2015"),
        ("01 STP/HT-2006", "01/2006"),
        ("12a/2010", "12a/2010"),
        ("45", "45"),
        ("128/QĐ-UBND", "128/QĐ-UBND"),
        ("12/10", "12/10"),
        ("Nguyễn", ""),
        ("12 tháng 3", ""),
        ("", ""),
    ],
)
def test_numbers(text: str, value: str) -> None:
    assert normalise(FieldKind.NUMBER, text) == value


def test_the_key_of_a_number_ignores_leading_zeros_only() -> None:
    assert series_of("05/2010") == series_of("Số 5/2010") == ("5", 2010)
    assert series_of("12/10") is None
    assert series_of("12") is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("070 210 000 123", "070210000123"),
        ("070.210.000.123", "070210000123"),
        ("CMND số 285123456", "285123456"),
        ("CMND: 285 123 456 do CA Bình Phước cấp ngày 12/3/2008", "285123456"),
        ("Hộ chiếu B1234567", "B1234567"),
        ("28512345", ""),
        ("0702100001234", ""),
        ("12/3/2008", ""),
        ("", ""),
    ],
)
def test_identity_numbers(text: str, value: str) -> None:
    assert normalise(FieldKind.IDENTITY, text) == value


def test_a_paper_is_told_apart() -> None:
    paper = parse_paper("Giấy CMND số 285 123 456 do CA Bình Phước cấp ngày 12/3/2008")
    assert (paper.kind, paper.number, paper.issued_on, paper.issued_by) == (
        "1",
        "285123456",
        "12.03.2008",
        "CA Bình Phước",
    )
    assert parse_paper("CCCD 070210000123").kind == "4"
    assert parse_paper("B1234567").kind == "2"
    assert parse_paper("285123456").kind == ""


@pytest.mark.parametrize(
    ("number", "sex", "year"),
    [
        ("070048000001", "Nam", 1948),
        ("070185000001", "Nữ", 1985),
        ("070210000001", "Nam", 2010),
        ("070310000001", "Nữ", 2010),
        ("070499000001", "Nam", 2199),
    ],
)
def test_what_a_personal_number_says(number: str, sex: str, year: int) -> None:
    facts = facts_of(number)
    assert facts is not None
    assert (facts.place, facts.sex, facts.year) == ("070", sex, year)
    assert facts_of("285123456") is None


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "xã Tân Lợi huyện Hớn Quản tỉnh Bình Phước",
            ("", "", "xã Tân Lợi", "huyện Hớn Quản", "tỉnh Bình Phước"),
        ),
        ("Ấp 3, Lộc Hưng, Lộc Ninh, Bình Phước", ("", "Ấp 3", "Lộc Hưng", "Lộc Ninh", "Bình Phước")),
        (
            "TT. Lộc Ninh, H. Lộc Ninh, T. Bình Phước",
            ("", "", "TT. Lộc Ninh", "H. Lộc Ninh", "T. Bình Phước"),
        ),
        ("P.5, Q.3, TP HCM", ("", "", "P.5", "Q.3", "TP HCM")),
        (
            "Trạm y tế xã Tân Lợi, Hớn Quản, Bình Phước",
            ("Trạm y tế", "", "xã Tân Lợi", "Hớn Quản", "Bình Phước"),
        ),
        ("TP Đồng Xoài, tỉnh Bình Phước", ("", "", "", "TP Đồng Xoài", "tỉnh Bình Phước")),
        ("TP. Hồ Chí Minh", ("", "", "", "", "TP. Hồ Chí Minh")),
        ("Bình Long - Sông Bé", ("", "", "", "Bình Long", "Sông Bé")),
        ("tổ 5, ấp Sóc Lớn, Lộc Khánh, Lộc Ninh", ("tổ 5", "ấp Sóc Lớn", "Lộc Khánh", "Lộc Ninh", "")),
        ("12/5 đường Lê Lợi, An Lộc, Bình Long", ("12/5 đường Lê Lợi", "", "An Lộc", "Bình Long", "")),
        ("Hà Sơn Bình", ("", "", "", "", "Hà Sơn Bình")),
        ("", ("", "", "", "", "")),
    ],
)
def test_places_are_split_as_written(text: str, parts: tuple[str, ...]) -> None:
    value = parse_place(text)
    assert (value.detail, value.hamlet, value.commune, value.district, value.province) == parts
    assert value.parts() == tuple(part for part in parts if part)


def test_a_place_is_not_rewritten() -> None:
    assert normalise(FieldKind.PLACE, "P. Tân Phú ,TX.Đồng Xoài,Bình Phước ....") == (
        "P. Tân Phú, TX.Đồng Xoài, Bình Phước"
    )


@given(st.sampled_from(FieldKind), st.text(max_size=60))
def test_any_text_of_any_kind_has_a_value_and_a_fit(kind: FieldKind, text: str) -> None:
    value = normalise(kind, text)
    assert value == value.strip()
    assert 0.0 <= plausible(kind, text) <= 1.0


@given(st.sampled_from(FieldKind), st.text(alphabet="aăđêôưSNLộ.'/-12 ", max_size=30))
@example(FieldKind.NAME, "LL1a")
def test_a_value_is_its_own_value(kind: FieldKind, text: str) -> None:
    value = normalise(kind, text)
    assert normalise(kind, value) == value


@pytest.mark.parametrize("kind", FieldKind)
def test_blank_fits_every_kind_and_gives_no_value(kind: FieldKind) -> None:
    assert plausible(kind, " ..... ") == 1.0
    assert normalise(kind, "") == ""


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (FieldKind.DATE, "26/6/1948", "26/b/1948"),
        (FieldKind.DATE_WORDS, "năm hai nghìn", "năm hại nghin"),
        (FieldKind.YEAR, "1948", "194"),
        (FieldKind.NUMBER, "12/2010", "l2/2o1o"),
        (FieldKind.IDENTITY, "285123456", "28512345"),
        (FieldKind.ETHNICITY, "S'tiêng", "S'tiếng"),
        (FieldKind.SEX, "Nữ", "Nứ"),
        (FieldKind.NAME, "Nguyễn Thị Lan", "Nguyễn 7hị Lan"),
        (FieldKind.OFFICE, "Chủ tịch", "Chủ tịnh"),
        (FieldKind.PLACE, "xã Tân Lợi", "/./"),
    ],
)
def test_what_fits_its_kind_is_more_plausible(kind: FieldKind, good: str, bad: str) -> None:
    assert plausible(kind, good) == 1.0
    assert plausible(kind, good) > plausible(kind, bad)
