"""Closed lists: variants to the Ministry's spelling, and what stays open for a person."""

from __future__ import annotations

import pytest

from pipeline.elements import FieldKind
from pipeline.fields import normalise
from pipeline.fields.choice import LISTS, choose, code_of
from pipeline.lexicons import choices

# The 54 groups in the spelling of the Ministry's software.
GROUPS = """Kinh, Ba Na, Bố Y, Brâu, Bru Vân Kiều, Chăm, Chơ Ro, Chu Ru, Chứt, Co, Cống, Cơ Ho, Cơ Lao, Cơ
Tu, Dao, Ê Đê, Gia Rai, Giáy, Giẻ-Triêng, Hà Nhì, Hoa, Hrê, Kháng, Khơ Me, Khơ mú, La Chí, La
Ha, La Hủ, Lào, Lô Lô, Lự, Mạ, Mảng, Mnông, Mông, Mường, Ngái, Nùng, Ơ Đu, Pà Thẻn, Phù Lá, Pu
Péo, RaGlay, Rơ Măm, Sán Chay, Sán Dìu, Si La, Tà Ôi, Tày, Thái, Thổ, Xinh Mun, Xơ Đăng, Xtiêng"""


def test_the_list_holds_the_54_groups_and_two_more() -> None:
    wanted = {name.strip() for name in " ".join(GROUPS.split()).split(",")}
    assert len(wanted) == 54
    assert {choice.value for choice in choices("ethnicity")} == wanted | {"Khác", "Người nước ngoài"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Kinh", "Kinh"),
        ("KINH", "Kinh"),
        ("S'tiêng", "Xtiêng"),
        ("S' Tiêng", "Xtiêng"),
        ("Stiêng", "Xtiêng"),
        ("Xa-điêng", "Xtiêng"),
        ("Khmer", "Khơ Me"),
        ("Khơ-me", "Khơ Me"),
        ("Khơme", "Khơ Me"),
        ("Việt gốc Miên", "Khơ Me"),
        ("M'Nông", "Mnông"),
        ("Biat", "Mnông"),
        ("H'Mông", "Mông"),
        ("Mèo", "Mông"),
        ("Ê-đê", "Ê Đê"),
        ("Êđê", "Ê Đê"),
        ("Ra-đê", "Ê Đê"),
        ("Triều Châu", "Hoa"),
        ("Hán", "Hoa"),
        ("Pa Dí", "Tày"),
        ("Phàn Sinh", "Nùng"),
        ("Châu-ro", "Chơ Ro"),
        ("Châu Mạ", "Mạ"),
        ("Kơ Ho", "Cơ Ho"),
        ("Ra-glai", "RaGlay"),
        ("Cao Lan", "Sán Chay"),
    ],
)
def test_variants_lead_to_the_ministrys_spelling(text: str, value: str) -> None:
    assert normalise(FieldKind.ETHNICITY, text) == value


@pytest.mark.parametrize("text", ["Thổ", "Mán", "Miên", "Trại", "Chil", "Xá Lá Vàng"])
def test_what_stands_for_several_groups_is_left_to_a_person(text: str) -> None:
    chosen = choose(FieldKind.ETHNICITY, text)
    assert chosen.value == ""
    assert len(chosen.options) > 1


def test_a_mark_makes_a_difference() -> None:
    assert normalise(FieldKind.ETHNICITY, "Tày") == "Tày"
    assert normalise(FieldKind.ETHNICITY, "Tây") == ""


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (FieldKind.SEX, "nam", "Nam"),
        (FieldKind.SEX, "NỮ.", "Nữ"),
        (FieldKind.SEX, "Gái", "Nữ"),
        (FieldKind.SEX, "Nan", ""),
        (FieldKind.NATIONALITY, "VN", "Việt Nam"),
        (FieldKind.NATIONALITY, "Việt nam", "Việt Nam"),
        (FieldKind.NATIONALITY, "Căm-pu-chia", "Campuchia"),
        (FieldKind.NATIONALITY, "Mỹ", "Hoa Kỳ"),
        (FieldKind.REGISTRATION_KIND, "đăng ký đúng hạn", "Đúng hạn"),
        (FieldKind.REGISTRATION_KIND, "Trễ hạn", "Quá hạn"),
        (FieldKind.OFFICE, "P. Chủ tịch", "Phó Chủ tịch"),
        (FieldKind.OFFICE, "PCT UBND xã", "Phó Chủ tịch UBND xã"),
        (FieldKind.OFFICE, "đội trưởng", "Đội trưởng"),
        (FieldKind.RELATION, "cha ruột", "Cha"),
        (FieldKind.RELATION, "bạn của mẹ", "Bạn của mẹ"),
        (FieldKind.RELATION, "......", ""),
    ],
)
def test_other_lists(kind: FieldKind, text: str, value: str) -> None:
    assert normalise(kind, text) == value


def test_codes_of_the_import_sheet() -> None:
    sexes = {text: code_of(FieldKind.SEX, text) for text in ("Nam", "Nữ", "Không xác định")}
    assert sexes == {"Nam": "1", "Nữ": "2", "Không xác định": "3"}
    kinds = [choice.code for choice in choices("registration_kind") if choice.code]
    assert sorted(kinds) == ["1", "2", "3", "4", "5", "6"]
    assert code_of(FieldKind.REGISTRATION_KIND, "Quá hạn") == "4"
    assert code_of(FieldKind.ETHNICITY, "Kinh") == ""


def test_only_ethnic_groups_are_ambiguous() -> None:
    """In the other lists no spelling is given to two values."""
    for kind, name in LISTS.items():
        if kind is not FieldKind.ETHNICITY:
            for choice in choices(name):
                for spelling in (choice.value, *choice.variants):
                    assert choose(kind, spelling).value == choice.value, spelling
