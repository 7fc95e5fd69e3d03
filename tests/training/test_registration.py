"""Made-up entries are consistent with themselves, and dates are written as clerks write them."""

import datetime
import random
import re

import pytest

from training.dates import DateStyle, figures, parts, words
from training.faces import ALPHABET
from training.places import Unit
from training.registration import TICKS, make_book, make_entry, workday

PLAIN = DateStyle(
    separator="/", zeros=True, thousand="nghìn", four="tư", five="lăm", one="mốt", zero="linh", hundred=True,
    lunar_months=False, commas=True, day_word="Ngày",
)  # fmt: skip
SPOKEN = DateStyle(
    separator="-", zeros=False, thousand="ngàn", four="bốn", five="nhăm", one="một", zero="lẻ", hundred=False,
    lunar_months=True, commas=False, day_word="ngày",
)  # fmt: skip


@pytest.mark.parametrize(
    ("day", "plain", "spoken"),
    [
        (
            datetime.date(2010, 4, 15),
            "Ngày mười lăm, tháng tư, năm hai nghìn không trăm mười",
            "ngày mười lăm tháng tư năm hai ngàn mười",
        ),
        (
            datetime.date(1998, 12, 31),
            "Ngày ba mươi mốt, tháng mười hai, năm một nghìn chín trăm chín mươi tám",
            "ngày ba mươi một tháng chạp năm một ngàn chín trăm chín mươi tám",
        ),
        (
            datetime.date(2005, 1, 25),
            "Ngày hai mươi lăm, tháng một, năm hai nghìn không trăm linh năm",
            "ngày hai mươi nhăm tháng giêng năm hai ngàn lẻ năm",
        ),
        (
            datetime.date(2024, 10, 10),
            "Ngày mười, tháng mười, năm hai nghìn không trăm hai mươi tư",
            "ngày mười tháng mười năm hai ngàn hai mươi bốn",
        ),
        (
            datetime.date(2000, 11, 1),
            "Ngày một, tháng mười một, năm hai nghìn",
            "ngày một tháng mười một năm hai ngàn",
        ),
    ],
)
def test_dates_in_words(day: datetime.date, plain: str, spoken: str) -> None:
    assert words(day, PLAIN) == plain
    assert words(day, SPOKEN) == spoken


def test_dates_in_figures() -> None:
    day = datetime.date(2010, 3, 5)
    assert figures(day, PLAIN) == "05/03/2010"
    assert figures(day, SPOKEN) == "5-3-2010"
    assert parts(day, SPOKEN) == ("5", "3", "2010")


def test_offices_are_closed_on_weekends() -> None:
    week = [datetime.date(2010, 2, 1) + datetime.timedelta(days=n) for n in range(7)]
    assert [workday(day).day for day in week] == [1, 2, 3, 4, 5, 8, 8]


@pytest.mark.parametrize("seed", range(40))
def test_an_entry_is_consistent(seed: int) -> None:
    rng = random.Random(seed)
    book = make_book(rng, rng.choice([2010, 2013, 2016, 2019]))
    day = datetime.date(book.year, 6, 15)
    entry = make_entry(rng, book, 7, day)
    texts = entry.texts
    assert texts["loaiDangKy"] in TICKS
    born = datetime.datetime.strptime(
        "/".join(re.split(r"[/.-]", texts["nksNgaySinh"])), "%d/%m/%Y"
    ).date()  # naive on purpose: a day of birth has no time zone
    assert born <= day
    assert ((day - born).days <= 60) == (texts["loaiDangKy"] == "Đúng hạn")
    assert int(texts["meNgaySinh"]) <= born.year - 16
    if texts["chaNgaySinh"]:
        assert int(texts["chaNgaySinh"]) <= born.year - 16
    else:
        assert texts["chaDanToc"] == ""
    assert texts["nksNgaySinhBangChu"] == words(born, book.clerk.dates)
    if texts["nksSoDinhDanh"]:
        number = texts["nksSoDinhDanh"]
        assert len(number) == 12
        assert number[4:6] == f"{born.year % 100:02d}"
        assert int(number[3]) % 2 == (0 if texts["nksGioiTinh"] == "Nam" else 1)
    assert not "".join(texts.values()).strip(ALPHABET)


def test_late_entries_can_be_asked_for() -> None:
    rng = random.Random(3)
    book = make_book(rng, 2010)
    kinds = {
        make_entry(rng, book, n, datetime.date(2010, 5, 5), late=True).texts["loaiDangKy"] for n in range(9)
    }
    assert kinds == {"Quá hạn"}


def test_a_ward_has_no_commune_committee() -> None:
    ward = Unit("Tân Phú", "p", "thị xã Đồng Xoài", "Bình Phước")
    titles = {make_book(random.Random(n), 2012, office=ward).title for n in range(60)}
    assert "Phó Chủ tịch UBND phường" in titles
    assert not any("UBND xã" in title for title in titles)
