"""Transactions that need what the other holds: neither a decision nor a failed book ends in an error."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

from sqlalchemy import select

from models.book_quality import Stratum, send_stratum_back
from models.routing import pool_of
from models.states import FieldState
from models.store import again_after_deadlock
from models.tables import Case, Field
from tests.models import made

if TYPE_CHECKING:
    from models.store import Store


def test_a_book_goes_back_while_somebody_decides_in_one_of_its_cases(store: Store) -> None:
    book_id = made.book_of(store, *(made.case(so=f"{number}/2010") for number in range(1, 5)))
    with store.read() as session:
        names = session.scalars(select(Field).where(Field.key == "meHoTen").order_by(Field.id)).all()
    stratum = Stratum(book_id, pool_of(names[0]), None)

    def fail() -> int:
        with store.begin() as session:
            return send_stratum_back(session, stratum)

    with ThreadPoolExecutor(1) as other:
        with store.begin() as session:
            session.get_one(Case, names[-1].case_id, with_for_update=True)
            failed = other.submit(fail)
            time.sleep(0.5)  # it waits for this case by now, where it may hold none of its fields
            session.get_one(Field, names[-1].id).version += 1
        assert failed.result(timeout=60) >= len(names)
    with store.read() as session:
        last = session.get_one(Field, names[-1].id)
    assert (last.state, last.version) == (FieldState.FLAGGED, names[-1].version + 2)


def test_what_the_database_ends_for_anothers_sake_is_done_again(store: Store) -> None:
    made.book_of(store, made.case(so="1/2010"), made.case(so="2/2010"))
    gate = threading.Barrier(2)

    @again_after_deadlock
    def change(first: int, second: int) -> None:
        with store.begin() as session:
            session.get_one(Case, first, with_for_update=True).version += 1
            session.flush()
            with suppress(threading.BrokenBarrierError):  # SQLite has one writer at a time
                gate.wait(timeout=1)
            session.get_one(Case, second, with_for_update=True).version += 1

    with ThreadPoolExecutor(2) as people:
        for done in [people.submit(change, 1, 2), people.submit(change, 2, 1)]:
            done.result(timeout=60)
    with store.read() as session:
        assert [case.version for case in session.scalars(select(Case))] == [3, 3]
