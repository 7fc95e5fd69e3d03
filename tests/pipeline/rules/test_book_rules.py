"""What a case and the one before it in its book must not say of each other."""

from __future__ import annotations

import pytest

from pipeline.reasons import describe
from pipeline.rules import book_rules, total_rules
from pipeline.rules.book import CHECKS, TOTAL_CHECKS, check_neighbours, check_total
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


@pytest.mark.parametrize(
    ("total", "numbers", "rules"),
    [
        (3, ["1/2010", "2/2010", "3/2010"], []),
        (3, ["1/2010", "3/2010"], []),  # one was struck out and is counted
        (2, ["1/2010", "3/2010"], []),  # or it is not
        (3, ["201/2010", "202/2010", "203/2010"], []),  # the second volume of a year
        (3, ["1/2010", "", "mười"], []),  # numbers that nobody could read are cases all the same
        (4, ["1/2010", "2/2010", "3/2010"], ["closing_total"]),
        (57, ["1/2010", "2/2010"], ["closing_total"]),
    ],
)
def test_a_closing_note_tells_how_many_cases_there_are(
    total: int, numbers: list[str], rules: list[str]
) -> None:
    found = check_total(total, numbers, "KS")
    assert [doubt.rule for doubt in found] == rules
    assert {doubt.fields for doubt in found} <= {("so",)}
    assert check_total(total, numbers, "XX") == ()


def test_totals_are_told_in_both_languages() -> None:
    for rule in total_rules():
        assert rule.check in TOTAL_CHECKS
        with use_language("en"):
            assert describe(f"rule:{rule.id}") != rule.sentence
        assert describe(f"rule:{rule.id}") == rule.sentence
