from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.casekey import CaseKey, case_key
from models.tables import Book
from tests.models.made import field

BOOK = Book(office="Xã Tân Lợi", type="KS", year=2010, volume="01")


def key(so: str, registered: str = "") -> CaseKey | None:
    return case_key(BOOK, [field("so", so), field("ngayDangKy", registered)])


@pytest.mark.parametrize(
    ("so", "registered", "expected"),
    [
        ("05/2010", "", "05/2010"),
        ("5/2010", "", "05/2010"),
        ("005", "", "05/2010"),
        ("5", "03.02.2011", "05/2011"),  # carried into the next year
        ("12/", "03.02.2010", "12/2010"),  # the year was lost
        ("5/10", "", "05/2010"),
        ("5/11", "", "05/2011"),
        ("123", "", "123/2010"),
        ("12a", "", "12A/2010"),
        (" 7 / 2010 ", "", "07/2010"),
        ("05/2010/KS", "", "05/2010"),
    ],
)
def test_the_number_is_the_same_however_it_is_written(so: str, registered: str, expected: str) -> None:
    found = key(so, registered)
    assert found is not None
    assert found.so == expected
    assert found.year == int(expected[-4:])
    assert (found.office, found.type, found.quyen_so) == ("Xã Tân Lợi", "KS", "01/2010")


@pytest.mark.parametrize("so", ["", "không rõ", "0", "00/2010", "5/85", "5-6", "1234567", "/2010"])
def test_no_number_is_made_up(so: str) -> None:
    assert key(so) is None


def test_a_case_without_the_field_has_no_key() -> None:
    assert case_key(BOOK, []) is None


@given(number=st.integers(1, 99999), year=st.integers(1900, 2099), zeros=st.integers(0, 1))
def test_different_numbers_have_different_keys(number: int, year: int, zeros: int) -> None:
    found = key(f"{'0' * zeros}{number}/{year}")
    assert found is not None
    assert int(found.number) == number
    assert found.year == year
    assert found != key(f"{number + 1}/{year}")
