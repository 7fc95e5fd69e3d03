"""Dates in figures and words, as registers hold them, and the promise that nothing is made up."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.fields.date import agrees, parse_date
from pipeline.fields.date_value import DateValue, Precision, Remark
from pipeline.fields.date_words import closest_date_words, parse_date_words, spell_date, spellings

DATES = st.dates(date(1850, 1, 1), date(2099, 12, 31))


@st.composite
def partial_dates(draw: st.DrawFn) -> DateValue:
    """A certain date with its day, or its day and month, perhaps left out."""
    day = draw(DATES)
    parts = draw(st.sampled_from(list(Precision)[:3]))
    month = None if parts is Precision.YEAR else day.month
    return DateValue(day.day if parts is Precision.DAY else None, month, day.year, "digits")


@pytest.mark.parametrize(
    ("text", "export"),
    [
        ("26/6/1948", "26.06.1948"),
        ("27.9.2003", "27.09.2003"),
        ("04/12/1991", "04.12.1991"),
        ("1944", "1944"),
        ("12-3-2010", "12.03.2010"),
        ("ngày 5 tháng 3 năm 2010", "05.03.2010"),
        ("Ngày 05 tháng 3 năm 2010.", "05.03.2010"),
        ("05 tháng 3 năm 2010", "05.03.2010"),
        ("0h20' ngày 25/9/2000", "25.09.2000"),
        ("lúc 8 giờ 15 phút, ngày 12/3/2010", "12.03.2010"),
        ("01 . 02 . 1999", "01.02.1999"),
        ("12 3 2010", "12.03.2010"),
        ("18 01.2012", "18.01.2012"),
        ("18.01/2012", "18.01.2012"),
        ("6/1948", "06.1948"),
        ("tháng 6 năm 1948", "06.1948"),
        ("…/6/1948", "06.1948"),
        ("--/--/1948", "1948"),
        ("00/00/1948", "1948"),
        ("ngày … tháng … năm 1975", "1975"),
        ("năm 1944", "1944"),
        ("sinh năm 1944", "1944"),
        ("SN: 1944", "1944"),
        ("không nhớ ngày tháng, năm 1944", "1944"),
        ("29/2/2000", "29.02.2000"),
        ("ngày 05 tháng ba năm 2010", "05.03.2010"),
    ],
)
def test_figures_of_registers(text: str, export: str) -> None:
    assert parse_date(text).export() == export


@pytest.mark.parametrize(
    ("text", "export"),
    [
        ("Ngày hai mươi sáu, tháng sáu, năm một ngàn chín trăm bốn mươi tám", "26.06.1948"),
        ("ngày năm tháng năm năm hai nghìn không trăm lẻ năm", "05.05.2005"),
        ("(Mùng ba tháng giêng năm hai ngàn)", "03.01.2000"),
        ("Mồng một, tháng chạp, năm một nghìn chín trăm bảy lăm", "01.12.1975"),
        ("ngày hăm mốt tháng tư năm một nghìn chín trăm chín mươi mốt", "21.04.1991"),
        ("ba mươi mốt tháng mười hai năm hai không một không", "31.12.2010"),
        ("tháng mười năm hai nghìn năm", "10.2005"),
        ("tháng mười hai nghìn mười", "10.2010"),
        ("NGÀY MƯỜI LĂM THÁNG TÁM NĂM MỘT NGHÌN CHÍN TRĂM TÁM MƯƠI", "15.08.1980"),
        ("năm một nghìn chín trăm bốn mươi tám", "1948"),
        ("Bằng chữ: ngày hai tháng chín năm một nghìn chín trăm bốn mươi lăm", "02.09.1945"),
    ],
)
def test_words_of_registers(text: str, export: str) -> None:
    assert parse_date(text).export() == export
    assert parse_date(text).source == "words"


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("", Remark.BLANK),
        ("……………", Remark.BLANK),
        ("không rõ", Remark.UNKNOWN),
        ("Không nhớ ngày tháng", Remark.UNKNOWN),
        ("không rõ ngày tháng năm sinh", Remark.UNKNOWN),
        ("?", Remark.UNKNOWN),
        ("5/3/10", Remark.SHORT_YEAR),
        ("năm chín mươi lăm", Remark.SHORT_YEAR),
        ("30/2/2010", Remark.IMPOSSIBLE),
        ("29/2/2001", Remark.IMPOSSIBLE),
        ("31.4.2010", Remark.IMPOSSIBLE),
        ("12/13/2000", Remark.IMPOSSIBLE),
        ("5005", Remark.IMPOSSIBLE),
        ("Ngày ba mươi mốt tháng hai năm hai nghìn", Remark.IMPOSSIBLE),
        ("45 tuổi", Remark.AGE),
        ("khoảng 1944", Remark.APPROXIMATE),
        ("năm Mậu Tý", Remark.NOT_UNDERSTOOD),
        ("12/../2010", Remark.NOT_UNDERSTOOD),
        ("0/02/2013", Remark.NOT_UNDERSTOOD),  # a figure was lost; what is not known is written 00
        ("3/0/2013", Remark.NOT_UNDERSTOOD),
        ("26/6", Remark.NOT_UNDERSTOOD),
        ("285123456", Remark.NOT_UNDERSTOOD),
        ("xã Tân Lợi", Remark.NOT_UNDERSTOOD),
        ("ngày hai tháng năm", Remark.NOT_UNDERSTOOD),
    ],
)
def test_what_is_no_certain_date_gives_no_value(text: str, remark: Remark) -> None:
    value = parse_date(text)
    assert value.remark is remark
    assert value.export() == ""


def test_a_lunar_date_is_kept_apart() -> None:
    for text in ("15/8/1950 âm lịch", "30/2/1950 (ÂL)", "ngày rằm"):
        assert parse_date(text).export() == ""
    assert parse_date("15/8/1950 âm lịch").calendar == "lunar"
    assert parse_date("30/2/1950 (ÂL)").remark is Remark.NOTHING
    assert parse_date("15/8/1950 (dương lịch)").export() == "15.08.1950"


def test_words_in_brackets_check_the_figures() -> None:
    words = "(Ngày hai mươi sáu tháng sáu năm một nghìn chín trăm bốn mươi tám)"
    assert parse_date(f"26/6/1948 {words}").export() == "26.06.1948"
    assert parse_date(f"26/6/1949 {words}").export() == ""


@given(partial_dates())
def test_every_spelling_of_a_date_is_read_back(value: DateValue) -> None:
    for text in spellings(value, 60):
        assert parse_date_words(text).same_parts(value), text


@given(partial_dates())
def test_the_usual_spelling_in_any_dress_is_read_back(value: DateValue) -> None:
    text = spell_date(value)
    for dressed in (text, text.upper(), text.replace(" tháng", ", tháng"), f"({text}).", f"  {text}  "):
        assert parse_date(dressed).export() == value.export()


@given(DATES, st.sampled_from(["/", "-", ".", " / ", " - "]), st.booleans())
def test_figures_are_read_back(day: date, mark: str, padded: bool) -> None:
    parts = (f"{day:%d}", f"{day:%m}") if padded else (str(day.day), str(day.month))
    value = parse_date(mark.join([*parts, f"{day.year:04d}"]))
    assert (value.day, value.month, value.year) == (day.day, day.month, day.year)


@given(DATES, st.sampled_from(["/", "-", ".", " "]), st.sampled_from(["/", ".", " "]))
def test_a_mark_that_was_not_seen_changes_no_date(day: date, first: str, second: str) -> None:
    text = f"{day.day}{first}{day.month}{second}{day.year:04d}"
    assert parse_date(text).export() == f"{day:%d.%m.}{day.year:04d}"


@given(DATES, st.sampled_from(["/", "-", "."]))
def test_figures_to_words_and_back_and_words_to_figures_and_back(day: date, mark: str) -> None:
    figures = f"{day:%d}{mark}{day:%m}{mark}{day.year:04d}"
    words = spell_date(parse_date(figures))
    assert parse_date(words).same_parts(parse_date(figures))
    again = mark.join(parse_date(words).export().split("."))
    assert again == figures
    assert spell_date(parse_date(again)) == words


@given(partial_dates())
def test_the_export_form_reads_as_itself(value: DateValue) -> None:
    assert parse_date(value.export()).export() == value.export()


@given(DATES, DATES)
def test_figures_and_words_agree_exactly_when_they_are_one_date(one: date, other: date) -> None:
    spoken = spell_date(DateValue(other.day, other.month, other.year))
    assert agrees(f"{one.day}/{one.month}/{one.year}", spoken) is (one == other)


@pytest.mark.parametrize(
    ("digits", "spoken", "expected"),
    [
        ("1948", "năm một nghìn chín trăm bốn mươi tám", True),
        ("26/6/1948", "năm một nghìn chín trăm bốn mươi tám", None),
        ("26/6/1949", "năm một nghìn chín trăm bốn mươi tám", False),
        ("26/6/48", "Ngày hai mươi sáu tháng sáu năm một nghìn chín trăm bốn mươi tám", True),
        ("", "năm hai nghìn", None),
        ("26/6/1948", "", None),
        ("26/6/1948", "không đọc được", None),
    ],
)
def test_agreement_is_not_claimed_where_one_says_less(
    digits: str, spoken: str, expected: bool | None
) -> None:
    assert agrees(digits, spoken) is expected


@given(st.text(max_size=40))
def test_any_text_is_parsed_without_complaint(text: str) -> None:
    value = parse_date(text)
    assert value.export() == "" or value.certain


@given(
    st.lists(
        st.sampled_from(["ngày", "tháng", "năm", "hai", "ba", "mươi", "tám", "nghìn", "không", "5", "2010"]),
        max_size=14,
    )
)
def test_any_heap_of_number_words_is_parsed_without_complaint(spoken: list[str]) -> None:
    text = " ".join(spoken)
    assert parse_date_words(text).export() == "" or parse_date_words(text).certain
    assert all(match.value.certain for match in closest_date_words(text))


@given(DATES, st.data())
def test_words_with_one_wrong_letter_are_near_their_date(day: date, data: st.DataObject) -> None:
    """One letter of the usual spelling misread: the date is among the nearest, at distance 1 at most."""
    value = DateValue(day.day, day.month, day.year)
    text = spell_date(value).casefold()
    place = data.draw(st.sampled_from([index for index, letter in enumerate(text) if letter != " "]))
    wrong = data.draw(st.sampled_from("aăâàảeêiouưmnlkbt"))
    near = closest_date_words(text[:place] + wrong + text[place + 1 :], count=9)
    assert any(match.value.same_parts(value) and match.distance <= 1 for match in near)


@pytest.mark.parametrize(
    ("text", "export", "distance"),
    [
        ("Ngày hai mươi sáu tháng sáu năm một ngan chín trăm bốn mươi tám", "26.06.1948", 1),
        ("ngày hai mươi sáu thang sáu năm một ngàn chín trămbốn mươi tấm", "26.06.1948", 3),
        ("ngày nằm tháng năm năm hai nghìn khong trăm lẻ năn", "05.05.2005", 3),
        ("ngày mười lãm tháng tám năm một nghìn chín trăm tám mươi", "15.08.1980", 1),
    ],
)
def test_misread_words_are_repaired(text: str, export: str, distance: int) -> None:
    nearest = closest_date_words(text)[0]
    assert (nearest.value.export(), nearest.distance) == (export, distance)


def test_nothing_is_near_other_text() -> None:
    assert closest_date_words("Bệnh viện đa khoa tỉnh Bình Phước") == ()
    assert closest_date_words("") == ()


def test_only_a_certain_date_can_be_spelt() -> None:
    with pytest.raises(ValueError, match="certain"):
        spell_date(parse_date("30/2/2010"))
