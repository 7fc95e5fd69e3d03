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
        ({"quyenSo": "0/2019"}, "number_form", ("quyenSo",)),
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
        ({"nksSoDinhDanh": "003310001234"}, "identity_place", ("nksSoDinhDanh",)),
        ({"nksNgaySinh": "26.06.2073"}, "date_in_future", ("nksNgaySinh",)),
        ({"meNgaySinh": "2073"}, "date_in_future", ("meNgaySinh",)),
        ({"chaNgaySinh": "1940"}, "parents_apart", ("chaNgaySinh", "meNgaySinh")),
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


PLACES = [
    # written, registered, not there yet, there no more
    ("Xã Bù Nho, huyện Bù Gia Mập, tỉnh Bình Phước", "05.07.2008", True, False),  # the district is of 2009
    ("Xã Bù Nho, huyện Bù Gia Mập, tỉnh Bình Phước", "05.07.2012", False, False),
    ("Xã Tân Lợi, huyện Bình Long, tỉnh Sông Bé", "05.07.2010", False, True),  # until 1996
    ("Xã Tân Lợi, huyện Bình Long, tỉnh Sông Bé", "05.07.1990", False, False),
    ("tỉnh Hà Tây", "05.07.2012", False, True),
    ("ấp 1, xã Lộc Thiện, huyện Lộc Ninh, tỉnh Bình Phước", "05.07.2012", False, False),
    ("Xã Lạ Lùng, huyện Không Có, tỉnh Bình Phước", "05.07.2012", False, False),  # no list has it
    ("Bình Long", "05.07.2012", False, False),
    ("Xã Bù Nho, huyện Bù Gia Mập, tỉnh Bình Phước", "không rõ", False, False),
    ("", "05.07.2012", False, False),
]


@pytest.mark.parametrize(("place", "day", "not_yet", "no_more"), PLACES)
def test_a_unit_was_there_when_it_was_written(place: str, day: str, not_yet: bool, no_more: bool) -> None:
    said = {doubt.rule: doubt.fields for doubt in check_case({"meNoiCuTru": place, "ngayDangKy": day}, "KS")}
    assert ("unit_not_yet" in said, "unit_no_more" in said) == (not_yet, no_more)
    # The doubt is the place's: the date beside it may well be right.
    assert {said[rule] for rule in ("unit_not_yet", "unit_no_more") if rule in said} <= {("meNoiCuTru",)}


def test_people_come_from_units_that_are_no_more() -> None:
    old = "Xã Tân Lợi, huyện Bình Long, tỉnh Sông Bé"
    assert check_case({"nksQueQuan": old, "ngayDangKy": "05.07.2010"}, "KS") == ()


def test_the_year_of_the_book_stands_in_for_a_date_that_is_not_there() -> None:
    young = {"meNoiCuTru": "Xã Bù Nho, huyện Bù Gia Mập, tỉnh Bình Phước"}
    assert [doubt.rule for doubt in check_case(young, "KS", 2005)] == ["unit_not_yet"]
    assert check_case(young, "KS", 2012) == ()


FATHER = {"chaNuoiSoGiayToTuyThan": "070085001234", "chaNuoiNgaySinh": "1986"}
MOTHER = {"meNuoiSoGiayToTuyThan": "070185001234", "meNuoiNgaySinh": "1986"}
LATE = {"nktNgayChet": "3.2.2016", "ngayDangKy": "20.2.2016", "loaiDangKy": "Đúng hạn"}
TIMELY = {"nktNgayChet": "3.2.2016", "ngayDangKy": "18.2.2016", "loaiDangKy": "Quá hạn"}


@pytest.mark.parametrize(
    ("register", "case", "rule"),
    [
        ("KH", {"voSoGiayToTuyThan": "070085001234"}, "identity_of_woman"),
        ("KH", {"chongSoGiayToTuyThan": "CCCD 070185001234"}, "identity_of_man"),
        ("KH", {"chongSoGiayToTuyThan": "070085001234", "chongNgaySinh": "1986"}, "identity_year_of_husband"),
        ("KH", {"voSoGiayToTuyThan": "070185001234", "voNgaySinh": "1986"}, "identity_year_of_wife"),
        ("KT", {"nktSoGiayToTuyThan": "070085001234", "nktGioiTinh": "Nữ"}, "identity_of_dead"),
        ("KT", {"nktSoGiayToTuyThan": "070085001234", "nktNgaySinh": "1986"}, "identity_year_of_dead"),
        ("CN", {"meNuoiSoGiayToTuyThan": "070085001234"}, "identity_of_woman"),
        ("CN", FATHER, "identity_year_of_adopter_father"),
        ("CN", MOTHER, "identity_year_of_adopter_mother"),
        ("KT", {"nktSoGiayToTuyThan": "003085001234"}, "identity_place"),
        ("KH", {"chongNgaySinh": "1950", "voNgaySinh": "1995"}, "spouses_apart"),
        ("KT", {"nktNgayChet": "3.2.2015", "gbtNgay": "1.2.2015"}, "death_notice_after_death"),
        ("KT", {"ngayDangKy": "3.2.2015", "gbtNgay": "4.2.2015"}, "death_notice_before_registration"),
        ("KT", LATE, "late_death"),
        ("KT", TIMELY, "timely_death"),
    ],
)  # fmt: skip
def test_what_other_registers_say_of_themselves(register: str, case: dict[str, str], rule: str) -> None:
    said = {doubt.rule: doubt.fields for doubt in check_case(case, register)}
    assert set(said) == {rule}
    assert set(said[rule]) <= set(case)


def test_numbers_of_abroad_and_older_cards_are_no_province() -> None:
    for number in ("201085001234", "285123456", "B1234567", ""):
        assert check_case({"chongSoGiayToTuyThan": number}, "KH") == ()
