"""Numbers in words: every spelling leads back to one number."""

from __future__ import annotations

import pytest

from pipeline.fields import words


@pytest.mark.parametrize(
    ("spell", "numbers"),
    [
        (words.day_spellings, range(1, 32)),
        (words.month_spellings, range(1, 13)),
        (words.year_spellings, range(words.FIRST_YEAR, words.LAST_YEAR + 1)),
        (words.under_hundred, range(100)),
    ],
)
def test_no_spelling_stands_for_two_numbers(spell: object, numbers: range) -> None:
    assert callable(spell)
    met: dict[str, int] = {}
    for number in numbers:
        for text in spell(number):
            assert met.setdefault(text, number) == number


@pytest.mark.parametrize(
    ("year", "usual"),
    [
        (1948, "một nghìn chín trăm bốn mươi tám"),
        (1900, "một nghìn chín trăm"),
        (1905, "một nghìn chín trăm linh năm"),
        (1915, "một nghìn chín trăm mười lăm"),
        (1921, "một nghìn chín trăm hai mươi mốt"),
        (1954, "một nghìn chín trăm năm mươi tư"),
        (1975, "một nghìn chín trăm bảy mươi lăm"),
        (2000, "hai nghìn"),
        (2003, "hai nghìn không trăm linh ba"),
        (2010, "hai nghìn không trăm mười"),
        (2021, "hai nghìn không trăm hai mươi mốt"),
    ],
)
def test_the_first_spelling_is_the_usual_one(year: int, usual: str) -> None:
    assert words.year_spellings(year)[0] == usual


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("một ngàn chín trăm bảy lăm", 1975),
        ("một ngàn chín trăm tám nhăm", 1985),
        ("một nghìn chín trăm lẻ bốn", 1904),
        ("hai ngàn lẻ một", 2001),
        ("hai nghìn không trăm lẻ năm", 2005),
        ("hai ngàn không trăm lẽ chín", 2009),
        ("hai nghìn mười hai", 2012),
        ("hai không một không", 2010),
        ("một chín tám bốn", 1984),
        ("một nghìn chín trăm hăm mốt", 1921),
        ("một nghìn chín trăm bẩy mươi bẩy", 1977),
        ("một nghìn tám trăm chín mươi", 1890),
    ],
)
def test_spellings_of_clerks_are_known(text: str, year: int) -> None:
    assert words.years()[text] == year


def test_only_numbers_up_to_99_are_spelt_alone() -> None:
    with pytest.raises(ValueError, match="0 to 99"):
        words.under_hundred(100)
