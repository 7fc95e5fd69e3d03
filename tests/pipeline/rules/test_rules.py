"""Rules speak when a case contradicts itself, and are silent otherwise."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.fields.date_value import DateValue
from pipeline.fields.date_words import spell_date
from pipeline.reasons import describe
from pipeline.rules import Severity, check_case, check_sequence, rules
from pipeline.rules.checks import CHECKS
from pipeline.wording import use_language

GOOD = {
    "so": "12/2010",
    "quyenSo": "01/2010",
    "trangSo": "12",
    "ngayDangKy": "05.07.2010",
    "loaiDangKy": "Đúng hạn",
    "nksHoTen": "Nguyễn Thị Lan",
    "nksGioiTinh": "Nữ",
    "nksNgaySinh": "26.06.2010",
    "nksNgaySinhBangChu": "Ngày hai mươi sáu tháng sáu năm hai nghìn không trăm mười",
    "nksDanToc": "Kinh",
    "nksSoDinhDanh": "070310001234",
    "meHoTen": "Trần Thị Bình",
    "meNgaySinh": "1985",
    "meDanToc": "Kinh",
    "chaHoTen": "Nguyễn Văn Cường",
    "chaNgaySinh": "12/3/1980",
    "chaDanToc": "S'tiêng",
}


def broken(changes: dict[str, str] | None = None, year: int | None = 2010) -> dict[str, tuple[str, ...]]:
    """Rules that the good case breaks after some changes, with the fields that they name."""
    return {doubt.rule: doubt.fields for doubt in check_case(GOOD | (changes or {}), "KS", year)}


def test_a_good_case_raises_no_doubt() -> None:
    assert broken() == {}


@pytest.mark.parametrize(
    ("changes", "rule", "fields"),
    [
        ({"nksNgaySinh": "26.07.2010"}, "birth_words", ("nksNgaySinh", "nksNgaySinhBangChu")),
        ({"nksNgaySinh": "30/2/2010"}, "date_possible", ("nksNgaySinh",)),
        ({"meNgaySinh": "19b5"}, "date_possible", ("meNgaySinh",)),
        ({"meNgaySinh": "5005"}, "date_possible", ("meNgaySinh",)),
        ({"nksNgaySinh": "06.07.2010"}, "birth_before_registration", ("nksNgaySinh", "ngayDangKy")),
        ({"nksNgaySinh": "2011"}, "birth_before_registration", ("nksNgaySinh", "ngayDangKy")),
        ({"ngayDangKy": "05.07.2073"}, "registration_in_book", ("ngayDangKy",)),
        ({"ngayDangKy": "05.07.2001"}, "registration_in_book", ("ngayDangKy",)),
        ({"ngayDangKy": "07.2010"}, "registration_whole", ("ngayDangKy",)),
        ({"nksSoDinhDanh": "07031000123"}, "identity_form", ("nksSoDinhDanh",)),
        ({"so": "12/2011"}, "number_year", ("so", "ngayDangKy")),
        ({"so": "12"}, "number_form", ("so",)),
        ({"quyenSo": "01"}, "number_form", ("quyenSo",)),
        ({"so": " ... "}, "number_missing", ("so",)),
        ({"quyenSo": "01/2009"}, "volume_year", ("quyenSo",)),
        ({"trangSo": "mười"}, "page_number", ("trangSo",)),
        ({"loaiDangKy": "Quá hạn"}, "timely_registration", ("nksNgaySinh", "ngayDangKy", "loaiDangKy")),
        ({"meNgaySinh": "2001"}, "mother_age", ("meNgaySinh", "nksNgaySinh")),
        ({"meNgaySinh": "1940"}, "mother_age", ("meNgaySinh", "nksNgaySinh")),
        ({"chaNgaySinh": "12.3.2012"}, "father_age", ("chaNgaySinh", "nksNgaySinh")),
        ({"nksSoDinhDanh": "070210001234"}, "identity_sex", ("nksSoDinhDanh", "nksGioiTinh")),
        ({"nksSoDinhDanh": "070311001234"}, "identity_year", ("nksSoDinhDanh", "nksNgaySinh")),
        ({"nksGioiTinh": "Nam"}, "sex_and_name", ("nksGioiTinh", "nksHoTen")),
        ({"nksHoTen": "Phạm Thị Lan"}, "child_surname", ("nksHoTen", "chaHoTen", "meHoTen")),
        ({"nksDanToc": "Hoa"}, "child_ethnicity", ("nksDanToc", "chaDanToc", "meDanToc")),
        ({"nksDanToc": "Thổ"}, "ethnicity_listed", ("nksDanToc",)),
        ({"meDanToc": "Kính"}, "ethnicity_listed", ("meDanToc",)),
    ],
)
def test_a_contradiction_is_named_with_its_fields(
    changes: dict[str, str], rule: str, fields: tuple[str, ...]
) -> None:
    assert broken(changes)[rule] == fields


@pytest.mark.parametrize(
    "changes",
    [
        {"nksNgaySinh": "2010", "nksNgaySinhBangChu": ""},
        {"nksSoDinhDanh": ""},
        {"chaHoTen": "", "chaNgaySinh": "", "chaDanToc": ""},
        {"meNgaySinh": "không rõ"},
        {"nksDanToc": "Xtiêng"},
        {"nksHoTen": "Thị Lan"},
        {"nksHoTen": "Trần Thị Lan"},
        {"quyenSo": "01-TP/HT-2010-KS"},
        {"meNgaySinh": "20.6.1997"},
        {"loaiDangKy": ""},
    ],
)
def test_what_may_well_be_so_raises_no_doubt(changes: dict[str, str]) -> None:
    assert broken(changes) == {}


def test_fields_that_an_edition_lacks_are_passed_over() -> None:
    assert check_case({"so": "12/2010"}, "KS", 2010) == ()
    assert check_case({}, "KS", 2010) == ()


def test_without_the_year_of_the_book_its_rules_are_silent() -> None:
    assert broken({"quyenSo": "01/2009"}, year=None) == {}


@pytest.mark.parametrize(("days", "late"), [(0, False), (60, False), (61, True), (400, True)])
def test_sixty_days_are_on_time(days: int, late: bool) -> None:
    born = date(2010, 2, 1)
    day = born + timedelta(days=days)
    changes = {"nksNgaySinh": f"{born:%d.%m.%Y}", "ngayDangKy": f"{day:%d.%m.%Y}", "so": f"12/{day.year}"}
    said = broken(changes | {"nksNgaySinhBangChu": ""})
    assert ("late_registration" in said) is late


def test_other_registers_have_their_own_rules() -> None:
    death = {"nktNgaySinh": "1990", "nktNgayChet": "3.2.1985", "ngayDangKy": "1.1.1985"}
    assert {doubt.rule for doubt in check_case(death, "KT")} >= {
        "birth_before_death",
        "death_before_registration",
    }
    marriage = {"chongNgaySinh": "1995", "voNgaySinh": "1985", "ngayDangKy": "5.5.2010"}
    assert [doubt.rule for doubt in check_case(marriage, "KH")] == ["husband_age"]


@given(
    st.dates(date(1900, 1, 1), date(2024, 12, 31)),
    st.integers(0, 30_000),
    st.sampled_from(["nksNgaySinh", "ngayDangKy"]),
)
def test_dates_in_order_never_raise_the_doubt_of_order(born: date, days: int, cut: str) -> None:
    """Whatever parts of a right pair of dates are missing."""
    registered = min(born + timedelta(days=days), date(2099, 1, 1))
    case = {
        "nksNgaySinh": f"{born:%d.%m.}{born.year:04d}",
        "ngayDangKy": f"{registered:%d.%m.}{registered.year:04d}",
    }
    case[cut] = case[cut][-4:]
    assert "birth_before_registration" not in {doubt.rule for doubt in check_case(case, "KS")}


@given(st.dates(date(1900, 1, 1), date(2024, 12, 31)))
def test_the_right_words_never_raise_the_doubt_of_words(born: date) -> None:
    spoken = spell_date(DateValue(born.day, born.month, born.year))
    case = {"nksNgaySinh": f"{born.day}/{born.month}/{born.year}", "nksNgaySinhBangChu": spoken}
    assert check_case(case, "KS") == ()


@given(
    st.dictionaries(st.sampled_from(sorted(GOOD)), st.text(max_size=20)),
    st.sampled_from(["KS", "KH", "KT", "CN"]),
)
def test_any_text_is_checked_without_complaint(case: dict[str, str], register: str) -> None:
    for doubt in check_case(case, register, 2010):
        assert set(doubt.fields) <= set(case)


def test_every_rule_has_a_check_and_a_sentence_in_both_languages() -> None:
    assert len({rule.id for rule in rules()}) == len(rules())
    assert {rule.check for rule in rules()} == set(CHECKS)
    for rule in rules():
        vietnamese = describe(f"rule:{rule.id}")
        with use_language("en"):
            english = describe(f"rule:{rule.id}")
        assert vietnamese == rule.sentence
        assert english != vietnamese
    assert "rule:gone" in describe("rule:gone")


def test_a_doubt_carries_what_is_kept_and_what_is_said() -> None:
    (doubt,) = check_case({"so": "12"}, "KS")
    assert (doubt.code, doubt.severity) == ("rule:number_form", Severity.ERROR)
    assert "05/2010" in doubt.sentence


def test_gaps_and_repetitions_of_a_book() -> None:
    facts = check_sequence(
        ["01/2010", "02/2010", "Số 5/2010", "05/2010", "12a/2010", "", "01/2011", "02/2011"]
    )
    assert [(one.year, one.missing, one.repeated) for one in facts] == [(2010, (3, 4), (5,)), (2011, (), ())]
    assert check_sequence([]) == ()


def test_adoptions() -> None:
    case = {
        "cnHoTen": "Điểu Thị Mai", "cnGioiTinh": "Nữ", "cnNgaySinh": "12/06/2015", "ngayDangKy": "20/02/2017",
        "chaNuoiNgaySinh": "", "meNuoiNgaySinh": "10/01/1973", "quyetDinhNgay": "20/02/2017",
    }  # fmt: skip

    def broken(**changes: str) -> list[str]:
        return [doubt.rule for doubt in check_case(case | changes, "CN", 2017)]

    assert broken() == []
    assert broken(meNuoiNgaySinh="10/01/1999") == ["adopter_age_mother"]
    assert broken(chaNuoiNgaySinh="01/02/2003") == ["adopter_age_father"]
    assert broken(cnNgaySinh="12/06/1995") == ["adopted_age"]
    assert broken(cnGioiTinh="Nam") == ["adopted_sex_and_name"]
    assert broken(quyetDinhNgay="21/02/2017") == ["decision_before_registration"]
    assert "adopted_before_registration" in broken(cnNgaySinh="12/06/2018")
