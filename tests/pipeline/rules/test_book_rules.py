"""What a case and the one before it in its book must not say of each other."""

from __future__ import annotations

import pytest

from pipeline.reasons import describe
from pipeline.rules import book_rules
from pipeline.rules.book import CHECKS, check_neighbours
from pipeline.wording import use_language


def case(so: str, day: str = "") -> dict[str, str]:
    return {"so": so, "ngayDangKy": day}


def broken(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return [doubt.rule for doubt in check_neighbours(before, after, "KS")]


@pytest.mark.parametrize(
    ("before", "after", "rules"),
    [
        ("12/2010", "13/2010", []),
        ("12/2010", "Số 13/2010", []),
        ("12/2010", "12a/2010", []),
        ("12a/2010", "13/2010", []),
        ("57/2010", "01/2011", []),
        ("12/2010", "", []),
        ("12/2010", "mười ba", []),
        ("12/2011", "13/2010", []),  # which year is wrong the rule of the case itself tells
        ("12/2010", "12/2010", ["number_twice"]),
        ("12/2010", "012/2010", ["number_twice"]),
        ("12/2010", "14/2010", ["number_follows"]),
        ("12/2010", "11/2010", ["number_follows"]),
        ("57/2010", "02/2011", ["number_follows"]),
    ],
)
def test_numbers_run_on(before: str, after: str, rules: list[str]) -> None:
    assert broken(case(before), case(after)) == rules


@pytest.mark.parametrize(
    ("before", "after", "rules"),
    [
        ("03.02.2010", "03.02.2010", []),
        ("03.02.2010", "04.02.2010", []),
        ("03.02.2010", "02.2010", []),  # it may be the third or later
        ("03.02.2010", "không rõ", []),
        ("03.02.2010", "02.02.2010", ["dates_forward"]),
        ("03.02.2010", "2009", ["dates_forward"]),
    ],
)
def test_dates_do_not_go_back(before: str, after: str, rules: list[str]) -> None:
    assert broken(case("", before), case("", after)) == rules


def test_the_doubt_names_the_field_of_both_and_is_told_in_both_languages() -> None:
    (doubt,) = check_neighbours(case("12/2010"), case("14/2010"), "KS")
    assert (doubt.code, doubt.fields) == ("rule:number_follows", ("so",))
    assert check_neighbours(case("12/2010"), case("14/2010"), "XX") == ()
    for rule in book_rules():
        assert rule.check in CHECKS
        with use_language("en"):
            assert describe(f"rule:{rule.id}") != rule.sentence
        assert describe(f"rule:{rule.id}") == rule.sentence
