"""Cases of a book held against each other when its pages are recorded."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from models.ledger import claim_pages, record_page
from models.queue import next_task
from models.states import Action, CaseState, FieldState
from models.store import Store
from models.tables import Case, Field
from pipeline.elements import BookFacts, PageKind, PageReading
from tests.models import made


def doubts(store: Store) -> list[tuple[str, list[str], list[str]]]:
    """Of each case: its state, reasons of its number, reasons of its date."""
    with store.read() as session:
        found = []
        for case in session.scalars(select(Case).order_by(Case.id)):
            fields = {field.key: field for field in case.fields}
            found.append((case.state.value, fields["so"].reasons, fields["ngayDangKy"].reasons))
        return found


def test_numbers_that_run_on_raise_no_doubt(store: Store) -> None:
    made.book_of(store, *(made.case(so=f"{number}/2010") for number in range(8, 12)))
    assert doubts(store) == [("keyed", [], [])] * 4


def test_a_gap_is_asked_about_on_both_sides_and_changes_nothing(store: Store) -> None:
    made.book_of(store, *(made.case(so=f"{number}/2010") for number in (1, 2, 4)))
    gap = ["rule:number_follows"]
    assert doubts(store) == [("keyed", [], []), ("read", gap, []), ("read", gap, [])]
    with store.read() as session:
        fields = session.scalars(select(Field).filter_by(key="so").order_by(Field.id)).all()
        assert [(one.verbatim, one.state) for one in fields] == [
            ("1/2010", FieldState.ACCEPTED), ("2/2010", FieldState.FLAGGED), ("4/2010", FieldState.FLAGGED),
        ]  # fmt: skip


def test_pages_are_held_against_each_other_in_whatever_order_they_are_read(store: Store) -> None:
    book_id = made.book(store)
    made.scan(store, book_id, pages=3)
    claimed = claim_pages(store, book_id, "reader", 3)
    numbers = {1: "1/2010", 2: "5/2010", 3: "3/2010"}
    for place in (2, 0, 1):
        page = claimed[place]
        path = store.settings.page_path(page.page_id)
        path.write_bytes(b"page %d" % page.page_id)
        reading = made.reading(made.case(so=numbers[page.number]))
        assert record_page(store, page.page_id, "reader", reading, path, 1.0)
        if place == 0:  # the page between is not read yet: nothing is said of a gap
            assert [state for state, *_ in doubts(store)] == ["keyed", "keyed"]
    assert [number for _, number, _ in doubts(store)] == [["rule:number_follows"]] * 3


def test_a_void_page_between_explains_a_gap_but_not_a_date_that_goes_back(store: Store) -> None:
    book_id = made.book(store)
    made.scan(store, book_id, pages=3)
    made.read_all(
        store,
        book_id,
        made.reading(made.case(so="1/2010", ngayDangKy="05.02.2010")),
        made.reading(kind=PageKind.VOID, reasons=("page_void",)),
        made.reading(made.case(so="3/2010", ngayDangKy="04.02.2010")),
    )
    assert doubts(store) == [("read", [], ["rule:dates_forward"])] * 2


def test_the_same_number_far_apart_is_asked_about_twice(store: Store) -> None:
    made.book_of(store, *(made.case(so=f"{number}/2010") for number in (1, 2, 3, 1)))
    found = doubts(store)
    assert found[0] == ("read", ["rule:number_twice"], [])
    assert found[3][1] == ["rule:number_follows", "rule:number_twice"]


def test_what_a_person_decided_is_not_doubted_again(store: Store) -> None:
    book_id = made.book(store)
    made.scan(store, book_id, pages=2)
    made.read_all(store, book_id, made.reading(made.case(flagged=("so",), so="1/2010")))
    lan = made.person(store, "lan")
    made.decide_all(store, lan, Action.ACCEPT)
    made.read_all(store, book_id, made.reading(made.case(so="4/2010")))
    first, second = doubts(store)
    assert first[:2] == ("keyed", ["low_probability"])
    assert second[:2] == ("read", ["rule:number_follows"])
    task = next_task(store, lan)
    assert task is not None
    assert task.field.verbatim == "4/2010"


def test_a_rare_thing_stops_a_case_that_would_pass_unseen(store: Store) -> None:
    """A mother of ten years: possible, and no case passes without a person while a rule objects."""
    young = made.case(so="1/2010", nksHoTen="Điểu Văn Mận")  # Văn and Nữ seldom go together
    made.book_of(store, young, made.case(so="2/2010"))
    with store.read() as session:
        first, second = session.scalars(select(Case).order_by(Case.id)).all()
        assert (first.state, second.state) == (CaseState.READ, CaseState.KEYED)
        asked = [field for field in first.fields if field.state is FieldState.FLAGGED]
        assert [field.reasons for field in asked] == [["rule:sex_and_name"]]


def closing(total: int | None, year: int | None = 2010, closed: str = "") -> PageReading:
    note = made.reading(kind=PageKind.CLOSING_NOTE, reasons=("page_closing_note",))
    return replace(note, book=BookFacts(type="KS", year=year, closed=closed, cases=total))


@pytest.mark.parametrize(
    ("total", "doubted"),
    [
        (3, False),
        (4, True),
        (2, True),
        (None, False),  # the note was not read surely
    ],
)
def test_the_total_of_a_closing_note_is_held_against_the_cases_of_its_year(
    store: Store, total: int | None, doubted: bool
) -> None:
    book_id = made.book(store)
    made.scan(store, book_id, pages=4)
    made.read_all(store, book_id, *(made.reading(made.case(so=f"{n}/2010")) for n in (1, 2, 3)))
    assert doubts(store) == [("keyed", [], [])] * 3
    made.read_all(store, book_id, closing(total))
    told = ["rule:closing_total"] if doubted else []
    assert [reasons for _, reasons, _ in doubts(store)] == [[], [], told]
    with store.read() as session:
        assert {one.verbatim for one in session.scalars(select(Field).filter_by(key="so"))} == {
            "1/2010", "2/2010", "3/2010",
        }  # fmt: skip


def test_a_total_says_nothing_before_every_page_is_read(store: Store) -> None:
    book_id = made.book(store)
    made.scan(store, book_id, pages=3)
    made.read_all(store, book_id, made.reading(made.case(so="1/2010")), closing(2))
    assert doubts(store) == [("keyed", [], [])]
    made.read_all(store, book_id, made.reading(made.case(so="2/2010")))
    assert doubts(store) == [("keyed", [], [])] * 2


def test_struck_out_entries_may_count_or_not_and_other_years_do_not(store: Store) -> None:
    book_id = made.book(store)
    made.scan(store, book_id, pages=5)
    void = made.reading(kind=PageKind.VOID, reasons=("page_void",))
    last_year = made.case(so="1/2011", ngayDangKy="03.02.2011")
    made.read_all(
        store,
        book_id,
        made.reading(made.case(so="1/2010")),
        void,
        made.reading(made.case(so="3/2010")),
        closing(3, None, "31.12.2010"),
        made.reading(last_year),
    )
    assert not any("rule:closing_total" in number for _, number, _ in doubts(store))
