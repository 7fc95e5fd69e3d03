"""One field in several gaps, two fields in one gap."""

from __future__ import annotations

import math

import pytest

from pipeline.cut import FieldCrop
from pipeline.elements import Box, Candidate, Reading
from pipeline.forms.form import Label
from pipeline.gaps import is_no_hour, name_and_title, of_parts, time_and_date
from pipeline.read_fields import CropReading

EVIDENCE = {"margin": 3.0, "share": 0.8, "fits": 1.0, "lines": 1.0}


def part(name: str, *texts: str, fits: float = 1.0) -> CropReading:
    """One gap of a date as it was read, its likeliest text first."""
    label = Label(("x",), "ngayDangKy", part=name)
    candidates = tuple(Candidate(text, math.log(0.8 / 4**i)) for i, text in enumerate(texts))
    evidence = {**EVIDENCE, "fits": fits, "margin": 3.0 if name != "month" else 1.0} if texts else {}
    reading = Reading(texts[0] if texts else "", candidates, "recogniser", evidence)
    return CropReading(FieldCrop(label, Box(0, 0, 9, 9), (), (), (), 0), reading)


def test_day_month_and_year_are_put_together_in_order() -> None:
    reading = of_parts([part("year", "2010"), part("day", "05"), part("month", "01")])
    assert reading.text == "05/01/2010"
    assert reading.candidates[0].text == "05/01/2010"
    assert reading.candidates[0].log_probability == pytest.approx(3 * math.log(0.8))


def test_a_doubt_in_one_gap_is_a_candidate_of_the_whole() -> None:
    reading = of_parts([part("day", "05", "06"), part("month", "01", "07"), part("year", "2010")])
    texts = [c.text for c in reading.candidates]
    assert texts[0] == "05/01/2010"
    assert set(texts[1:]) == {"06/01/2010", "05/07/2010"}
    assert [c.log_probability for c in reading.candidates] == sorted(
        (c.log_probability for c in reading.candidates), reverse=True
    )


def test_the_whole_is_as_sure_as_its_least_sure_gap() -> None:
    reading = of_parts([part("day", "05"), part("month", "01"), part("year", "2010", fits=0.3)])
    assert reading.evidence["margin"] == 1.0
    assert reading.evidence["fits"] == 0.3
    assert reading.evidence["lines"] == 3


def test_a_gap_left_empty_leaves_the_rest_and_a_doubt() -> None:
    reading = of_parts([part("day"), part("month", "01"), part("year", "2010")])
    assert reading.text == "01/2010"
    assert reading.evidence["fits"] <= 0.4
    assert of_parts([part("day"), part("month"), part("year")]).text == ""
    assert of_parts([part("year", "2010")]).text == "2010"


def test_hours_and_minutes_are_told_with_the_printed_words() -> None:
    assert of_parts([part("minute", "05"), part("hour", "4")]).text == "4 giờ 05 phút"
    assert of_parts([part("hour", "4")]).text == "4 giờ"
    assert of_parts([part("hour", "4h20"), part("minute")]).text == "4h20"


def reading(text: str) -> Reading:
    return Reading(text, (Candidate(text, -0.2),), "recogniser", EVIDENCE)


@pytest.mark.parametrize(
    ("text", "name", "title"),
    [
        ("Đinh Hữu Khánh - Chủ tịch", "Đinh Hữu Khánh", "Chủ tịch"),
        ("Đinh Hữu Khánh, Phó Chủ tịch UBND xã", "Đinh Hữu Khánh", "Phó Chủ tịch UBND xã"),
        ("Đinh Hữu Khánh Chủ tịch", "Đinh Hữu Khánh", "Chủ tịch"),
        ("Đinh Hữu Khánh,P. Chủ tịch", "Đinh Hữu Khánh", "P. Chủ tịch"),
        ("Đinh Hữu Khánh,Phó Chủ tịch", "Đinh Hữu Khánh", "Phó Chủ tịch"),
        ("Đinh Hữu Khánh – Trưởng trạm bơm", "Đinh Hữu Khánh", "Trưởng trạm bơm"),
        ("Đinh Hữu Khánh", "Đinh Hữu Khánh", ""),
        ("", "", ""),
    ],
)
def test_a_name_and_the_title_after_it(text: str, name: str, title: str) -> None:
    first, second = name_and_title(reading(text) if text else Reading(""))
    assert (first.text, second.text) == (name, title)
    assert all(item.candidates[0].text == item.text for item in (first, second) if item.candidates)
    # Both stand or fall with the one line they were read on.
    assert first.evidence == second.evidence


@pytest.mark.parametrize(
    ("text", "time", "date"),
    [
        ("0h20' ngày 25/9/2000", "0h20'", "25/9/2000"),
        ("4 giờ 05 phút, ngày 3.12.2010", "4 giờ 05 phút", "3.12.2010"),
        ("25/9/2000", "", "25/9/2000"),
        ("13 giờ 10 phút - 0605.2013", "13 giờ 10 phút", "0605.2013"),
        ("4 giờ 05", "4 giờ 05", ""),
        ("không rõ", "không rõ", ""),
        ("0 giờ 00 phút, 01, 03, 2011", "0 giờ 00 phút", "01.03.2011"),  # typed dots read as commas
    ],
)
def test_an_hour_and_the_date_after_it(text: str, time: str, date: str) -> None:
    first, second = time_and_date(reading(text))
    assert (first.text, second.text) == (time, date)


@pytest.mark.parametrize("text", ["0h20'", "24 giờ", "4 giờ 05 phút", "23:59", "7 giờ sáng", "không rõ", ""])
def test_what_a_clock_shows(text: str) -> None:
    assert not is_no_hour(text)


@pytest.mark.parametrize(
    "text", ["30 giờ 2012 phút", "25h10'", "4 giờ 60 phút", "30/10/2012", "phút", "giờ phút,"]
)
def test_what_no_clock_shows(text: str) -> None:
    assert is_no_hour(text)


def test_a_printed_word_read_with_the_writing_parts_two_gaps() -> None:
    """Where the label "năm" was not found, its word and the year were read with the month."""
    assert of_parts([part("day", "08"), part("month", "07 n năm 2011")]).text == "08/07/2011"
    assert of_parts([part("day", "08 tháng 07"), part("year", "2011")]).text == "08/07/2011"
    assert of_parts([part("day", "08"), part("month", "07"), part("year", "2011")]).text == "08/07/2011"


@pytest.mark.parametrize(
    ("text", "office", "day"),
    [
        ("Bệnh viện đa khoa xã Phú Sơn cấp ngày 18/09/2016", "Bệnh viện đa khoa xã Phú Sơn", "18/09/2016"),
        ("UBND xã Tân Lợi Cấp ngày 8/9/2016", "UBND xã Tân Lợi", "8/9/2016"),
        ("UBND xã Tân Lợi", "UBND xã Tân Lợi", ""),
        ("UBND xã Tân Lợi số 1206/2016", "UBND xã Tân Lợi số 1206/2016", ""),
        ("Trạm y tế xã Lộc An, 18.9.2016", "Trạm y tế xã Lộc An", "18.9.2016"),
    ],
)
def test_an_office_and_its_date_of_issue_in_one_gap(text: str, office: str, day: str) -> None:
    first, second = time_and_date(Reading(text, (Candidate(text, -0.1),), "recogniser", EVIDENCE))
    assert (first.text, second.text) == (office, day)
