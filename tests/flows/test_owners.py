from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from flows.owners import is_dead, recover, this_owner
from models.intake import accept_scan, register_book
from models.leases import books_with_work, give_back, lease_owners
from models.ledger import claim_pages
from pipeline.scan import sha256_of
from tests.flows import files

if TYPE_CHECKING:
    from models.store import Store

OWNER_OF_CHILD = "from flows.owners import this_owner; print(this_owner())"


def book_of(store: Store, pages: int) -> int:
    book_id = register_book(store, "Xã Tân Lợi", "KS", 2010, "01", "KS.2010.01")
    path = files.pdf(store.settings.home / "book.pdf", pages)
    accept_scan(store, book_id, path, sha256_of(path), path.name, path.stat().st_size, pages)
    return book_id


def ended_owner() -> str:
    """The owner that a process was which has ended by now."""
    done = subprocess.run([sys.executable, "-c", OWNER_OF_CHILD], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_this_process_lives_and_an_ended_one_is_dead() -> None:
    assert not is_dead(this_owner())
    assert is_dead(ended_owner())


def test_a_process_number_that_was_given_again_is_not_the_same_owner() -> None:
    machine, _, began = this_owner().rpartition("/")
    assert is_dead(f"{machine}/{float(began) - 100:.2f}")


def test_nothing_is_known_of_another_machine() -> None:
    assert not is_dead("may-khac/1/1.00")
    assert not is_dead("anything else")


def test_pages_of_an_ended_process_wait_again_at_once(store: Store) -> None:
    book_id = book_of(store, 5)
    claim_pages(store, book_id, ended_owner(), 2)
    living = claim_pages(store, book_id, this_owner(), 2)
    assert recover(store) == 2
    assert lease_owners(store) == [this_owner()]
    again = claim_pages(store, book_id, this_owner(), 10)
    assert sorted(page.attempts for page in again) == [1, 2, 2]  # the attempts that may have killed it count
    assert not {page.page_id for page in again} & {page.page_id for page in living}


def test_pages_given_back_have_lost_no_attempt(store: Store) -> None:
    book_id = book_of(store, 3)
    pages = claim_pages(store, book_id, this_owner(), 3)
    assert give_back(store, "somebody else", [page.page_id for page in pages]) == 0
    assert give_back(store, this_owner(), [pages[0].page_id]) == 1
    assert [page.attempts for page in claim_pages(store, book_id, this_owner(), 3)] == [1]


def test_books_with_work_tells_of_leases(store: Store) -> None:
    assert books_with_work(store) == {}
    book_id = book_of(store, 2)
    assert books_with_work(store) == {book_id: False}
    claim_pages(store, book_id, this_owner(), 1)
    assert books_with_work(store) == {book_id: True}
    claim_pages(store, book_id, this_owner(), 1)
    assert books_with_work(store) == {}
