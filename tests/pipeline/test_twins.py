"""What a page says twice corrects itself, contradicts itself, or says nothing."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.elements import Candidate, Reading
from pipeline.fields import agrees, parse_date
from pipeline.fields.date_value import DateValue
from pipeline.fields.date_words import spell_date
from pipeline.twins import NO_WORSE, SPELT, agree, cross_read, names_alone, reconcile

WORDS = "ngày hai mươi bảy tháng mười hai năm hai nghìn không trăm linh chín"


def reading(*candidates: tuple[str, float]) -> Reading:
    """A reading of some candidates, best first."""
    return Reading(candidates[0][0], tuple(Candidate(text, log) for text, log in candidates), "recogniser")


BLANK = Reading("")


def test_a_date_that_both_tell_is_left_as_it_is() -> None:
    figures, words = reading(("27/12/2009", -0.1), ("27/12/2008", -3.0)), reading((WORDS, -0.2))
    a, b, said = reconcile(figures, words)
    assert (a, b, said) == (figures, words, 1.0)


def test_words_correct_figures() -> None:
    a, b, said = reconcile(
        reading(("21/12/2009", -0.4), ("27/12/2009", -1.2), ("27/12/2008", -4.0)), reading((WORDS, -0.1))
    )
    assert (a.text, b.text, said) == ("27/12/2009", WORDS, 1.0)
    # The text that lost stays on offer, after the one that won.
    assert [c.text for c in a.candidates] == ["27/12/2009", "21/12/2009", "27/12/2008"]


def test_figures_correct_words() -> None:
    wrong = WORDS.replace("bảy", "tám")
    a, b, said = reconcile(reading(("27/12/2009", -0.05)), reading((wrong, -0.6), (WORDS, -0.9)))
    assert (a.text, b.text, said) == ("27/12/2009", WORDS, 1.0)


def test_words_misread_by_a_letter_still_tell_the_date() -> None:
    misread = WORDS.replace("mươi bảy", "mưoi bẩy").replace("nghìn", "nghin")
    a, b, said = reconcile(reading(("21/12/2009", -0.4), ("27/12/2009", -1.2)), reading((misread, -0.1)))
    assert (a.text, said) == ("27/12/2009", 1.0)
    assert b.text == misread  # what stands there is kept as it was read


@pytest.mark.parametrize(("behind", "spelt"), [(SPELT - 1, True), (SPELT + 1, False)])
def test_words_spelt_as_their_date_is_lead_where_they_are_likely(behind: float, spelt: bool) -> None:
    misread = WORDS.replace("mươi bảy", "mượi bảy")
    words = reading((misread, -0.1), (WORDS, -0.1 - behind))
    _, b, said = reconcile(reading(("27/12/2009", -0.1)), words)
    assert (b.text, said) == (WORDS if spelt else misread, 1.0)


def test_dates_that_differ_contradict_each_other() -> None:
    figures, words = reading(("28/11/2009", -0.05)), reading((WORDS, -0.1))
    assert reconcile(figures, words) == (figures, words, -1.0)


def test_a_far_fetched_agreement_is_none() -> None:
    figures = reading(("28/11/2009", -0.01), ("27/12/2009", -NO_WORSE - 1))
    assert reconcile(figures, reading((WORDS, -0.01)))[2] == -1.0
    figures = reading(("28/11/2009", -0.01), ("27/12/2009", -NO_WORSE + 1))
    assert reconcile(figures, reading((WORDS, -0.01)))[2] == 1.0


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        (BLANK, reading((WORDS, -0.1))),
        (reading(("27/12/2009", -0.1)), BLANK),
        (reading(("2009", -0.1)), reading((WORDS, -0.1))),
        (reading(("31/02/2009", -0.1)), reading((WORDS, -0.1))),
        (reading(("27/12/2009", -0.1)), reading(("không rõ", -0.1))),
    ],
)
def test_where_one_says_no_certain_date_nothing_follows(figures: Reading, words: Reading) -> None:
    assert reconcile(figures, words) == (figures, words, 0.0)


def test_readings_that_agree_are_led_by_what_both_may_be() -> None:
    a, b, said = agree(
        reading(("Bùi Trúc Hường", -0.3), ("Bùi Trúc Hương", -1.4)),
        reading(("Bùi Trúc Hương", -0.2), ("Bùi Trục Hương", -2.0)),
        6.0,
    )
    assert (a.text, b.text, said) == ("Bùi Trúc Hương", "Bùi Trúc Hương", 1.0)


def test_case_and_tone_place_make_no_difference_and_are_kept() -> None:
    a, b, said = agree(reading(("LÊ THỊ HOÀ", -0.1)), reading(("Lê thị Hòa", -0.1)), 6.0)
    assert (a.text, b.text, said) == ("LÊ THỊ HOÀ", "Lê thị Hòa", 1.0)


def test_a_common_text_too_far_behind_is_no_agreement() -> None:
    a, b = reading(("Thị Mơ", -0.1), ("Thị Mỡ", -9.0)), reading(("Thị Mỡ", -0.1))
    assert agree(a, b, 6.0) == (a, b, -1.0)
    assert agree(a, b, 12.0)[2] == 1.0
    assert agree(a, BLANK, 6.0) == (a, BLANK, 0.0)
    assert agree(BLANK, b, 6.0) == (BLANK, b, 0.0)


@pytest.mark.parametrize(
    ("relation", "key"),
    [("Mẹ ruột", "meHoTen"), ("mẹ", "meHoTen"), ("Cha đẻ", "chaHoTen"), ("BỐ", "chaHoTen")],
)
def test_the_declarant_is_the_parent_that_the_relation_names(relation: str, key: str) -> None:
    readings = {
        "chaHoTen": reading(("Điểu Đoi", -0.4), ("Điểu Đơi", -0.9)),
        "meHoTen": reading(("Điểu Đoi", -0.4), ("Điểu Đơi", -0.9)),
        "nycHoTen": reading(("Điểu Đơi", -0.1), ("Điểu Đối", -2.0)),
        "nycQuanHe": reading((relation, -0.1)),
    }
    found, agreement = cross_read(readings)
    other = "chaHoTen" if key == "meHoTen" else "meHoTen"
    assert found[key].text == "Điểu Đơi"
    assert found[other].text == "Điểu Đoi"
    assert agreement == {"nycHoTen": 1.0, key: 1.0}


@pytest.mark.parametrize("relation", ["Mẹ nuôi", "Bà nội", "Anh họ", "", "Cha nuôi"])
def test_another_declarant_says_nothing_of_the_parents(relation: str) -> None:
    readings = {
        "chaHoTen": reading(("Điểu Đoi", -0.4), ("Điểu Đơi", -0.9)),
        "meHoTen": reading(("Thị Mơ", -0.4)),
        "nycHoTen": reading(("Điểu Đơi", -0.1)),
        "nycQuanHe": reading((relation, -0.1)),
    }
    assert cross_read(readings) == (readings, {})


def test_one_home_of_both_parents_helps_and_two_homes_are_no_contradiction() -> None:
    home, other = "ấp 3, xã Tân Lợi", "ấp 5, xã Tân Lợi"
    same = {"meNoiCuTru": reading((home, -0.1)), "chaNoiCuTru": reading((other, -0.5), (home, -1.0))}
    found, agreement = cross_read(same)
    assert found["chaNoiCuTru"].text == home
    assert agreement == {"meNoiCuTru": 1.0, "chaNoiCuTru": 1.0}
    apart = {"meNoiCuTru": reading((home, -0.01)), "chaNoiCuTru": reading((other, -0.01), (home, -5.0))}
    assert cross_read(apart) == (apart, {"meNoiCuTru": 0.0, "chaNoiCuTru": 0.0})


def test_nothing_is_made_of_nothing() -> None:
    assert cross_read({}) == ({}, {})
    assert cross_read({"nksNgaySinh": BLANK}) == ({"nksNgaySinh": BLANK}, {})


def test_what_reconciling_chooses_does_agree() -> None:
    a, b, _ = reconcile(
        reading(("21/12/2009", -0.4), ("27/12/2009", -1.2)),
        reading((WORDS.replace("bảy", "tám"), -3), (WORDS, -4)),
    )
    assert agrees(a.text, b.text)
    assert parse_date(a.text).export() == "27.12.2009"


@given(
    st.dates(date(1930, 1, 1), date(2024, 12, 31)),
    st.data(),
)
def test_either_writing_of_a_date_mends_one_figure_or_letter_of_the_other(
    day: date, data: st.DataObject
) -> None:
    """A figure misread, the right one on offer: the words lead; and the figures, where a word is."""
    figures, words = f"{day:%d/%m/}{day.year}", spell_date(DateValue(day.day, day.month, day.year))
    place = data.draw(st.sampled_from([i for i, c in enumerate(figures) if c.isdigit()]))
    other = data.draw(st.sampled_from([c for c in "0123456789" if c != figures[place]]))
    misread = figures[:place] + other + figures[place + 1 :]
    a, b, said = reconcile(reading((misread, -0.4), (figures, -1.2)), reading((words, -0.1)))
    assert (a.text, b.text, said) == (figures, words, 1.0)
    spoilt = day.replace(day=1 if day.day != 1 else 2)
    wrong = spell_date(DateValue(spoilt.day, spoilt.month, spoilt.year))
    a, b, said = reconcile(reading((figures, -0.1)), reading((wrong, -0.4), (words, -1.2)))
    assert (a.text, b.text, said) == (figures, words, 1.0)


@pytest.mark.parametrize(
    ("signed", "named", "alone"),
    [
        ("Hà Xuân Thắng Nguyễn Hoài Hạnh", {"nycHoTen": "Hà Xuân Thắng"}, "Nguyễn Hoài Hạnh"),
        ("Y Đhăm Khuôn Đào Phương Hồng", {"voHoTen": "H' Bông", "chongHoTen": "Y Đhăm Kbuôr"},
         "Đào Phương Hồng"),
        ("ĐOÀN NHƯ HIỀN Hồ Minh Cảnh", {"voHoTen": "Đoàn Như Hiền"}, "Hồ Minh Cảnh"),
        ("Hồ Minh Cảnh Đoàn Như Hiền", {"nycHoTen": "Đoàn Như Hiền"}, "Hồ Minh Cảnh"),
        # The same person, one word left, or another name: as it was read.
        ("Hà Xuân Thắng", {"nycHoTen": "Hà Xuân Thắng"}, "Hà Xuân Thắng"),
        ("Hà Xuân Thắng Hạnh", {"nycHoTen": "Hà Xuân Thắng"}, "Hà Xuân Thắng Hạnh"),
        ("Hồ Bảo Long Thiên Ân", {"nycHoTen": "Lê Trúc Hằng"}, "Hồ Bảo Long Thiên Ân"),
        ("", {"nycHoTen": "Lê Trúc Hằng"}, ""),
    ],
)  # fmt: skip
def test_a_name_under_a_signature_loses_its_neighbours(
    signed: str, named: dict[str, str], alone: str
) -> None:
    page = {key: reading((text, -0.1)) for key, text in named.items()}
    page["nguoiThucHien"] = Reading(signed, (Candidate(signed, -0.1), Candidate(f"{signed}x", -3.0)))
    found = names_alone(page)
    assert set(found) == ({"nguoiThucHien"} if alone != signed else set())
    if found:
        assert found["nguoiThucHien"].text == alone
        assert found["nguoiThucHien"].candidates[0] == Candidate(alone, -0.1)
