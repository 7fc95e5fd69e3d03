"""What a book's pages say again and again, and how much it takes to be believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.book_facts import said_in_book
from models.states import Action
from tests.models import made

if TYPE_CHECKING:
    from models.store import Store


def said(store: Store, book_id: int) -> dict[str, tuple[str, ...]]:
    with store.read() as session:
        return said_in_book(session, book_id)


def test_what_three_pages_read_alike_is_offered_to_the_next(store: Store) -> None:
    pages = [made.case(so=f"0{n}/2010", quyenSo="01/2010" if n < 4 else "07/2010") for n in range(1, 6)]
    book_id = made.book_of(store, *pages)
    assert said(store, book_id) == {"quyenSo": ("01/2010",)}


def test_two_pages_are_not_enough(store: Store) -> None:
    assert said(store, made.book_of(store, made.case(so="01/2010"), made.case(so="02/2010"))) == {}


def test_what_a_person_confirmed_counts_at_once_and_alone(store: Store) -> None:
    cases = [made.case(so=f"0{n}/2010", quyenSo="07/2010") for n in range(1, 5)]
    book_id = made.book_of(store, *cases, made.case(so="05/2010", flagged=("quyenSo",)))
    made.decide_all(store, made.person(store, "an"), Action.ACCEPT)
    assert said(store, book_id) == {"quyenSo": ("01/2010",)}


def test_other_books_say_nothing_here(store: Store) -> None:
    made.book_of(store, *(made.case(so=f"0{n}/2010") for n in range(1, 5)), volume="01")
    assert said(store, made.book(store, "02")) == {}
