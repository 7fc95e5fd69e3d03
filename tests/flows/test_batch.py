"""Batches with real processes and a real database; one of them is killed with -9 in the middle."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from flows.batch import PEAK_KEY
from flows.intake import take
from flows.sample import SAMPLE
from models.ledger import claim_pages
from models.states import FieldState, PageState, ScanState
from models.tables import Case, Field, Page, Scan, Task
from pipeline.cuts import View, kept_cut
from pipeline.reasons import Reason
from tests.flows.batch_process import read_book
from tests.flows.files import drop_pages

if TYPE_CHECKING:
    from models.store import Store


def pages_of(store: Store) -> list[Page]:
    with store.read() as session:
        return list(session.scalars(select(Page).order_by(Page.id)))


@pytest.fixture
def book_id(store: Store) -> int:
    """A book of four pages of the sample."""
    taken = take(store, drop_pages(store.settings.inbox, SAMPLE, 4))
    assert taken.book_id is not None
    assert len(taken.scan_ids) == 4
    return taken.book_id


def cut_ahead(store: Store, page_id: int) -> list[bool]:
    """For each field of a page that a person is asked about, whether its pictures lie ready."""
    since = store.settings.page_path(page_id).stat().st_mtime_ns
    doubtful = (
        select(Field.box)
        .join(Case)
        .where(Case.page_id == page_id, Field.state == FieldState.FLAGGED, Field.box.is_not(None))
    )
    with store.read() as session:
        boxes = [(box[0], box[1], box[2], box[3]) for box in session.scalars(doubtful) if box is not None]
    path = store.settings.cuts_path(page_id)
    return [all(kept_cut(path, box, view, since) for view in View) for box in boxes]


def test_a_batch_reads_what_waits_and_a_second_one_finds_nothing(store: Store, book_id: int) -> None:
    result = read_book(store, book_id)
    assert (result.read, result.failed, result.lost) == (4, 0, 0)
    ready: list[bool] = []
    for page in pages_of(store):
        assert (page.state, page.attempts, page.lease_owner) == (PageState.READ, 1, None)
        assert store.settings.page_path(page.id).exists()
        ready.extend(cut_ahead(store, page.id))
        assert int(page.provenance[PEAK_KEY]) < 1536
    assert ready
    assert all(ready)
    with store.read() as session:
        assert session.scalars(select(Case)).all()
        assert {scan.state for scan in session.scalars(select(Scan))} == {ScanState.READ}
    assert read_book(store, book_id).read == 0


def test_a_batch_killed_in_the_middle_loses_no_page_and_reads_none_twice(store: Store, book_id: int) -> None:
    environment = {**os.environ, "HOTICH_HOME": str(store.settings.home), "HOTICH_PROCESSES": "2"}
    command = [sys.executable, "-m", "tests.flows.batch_process", str(book_id)]
    with subprocess.Popen(command, env=environment) as batch:
        while sum(page.state is PageState.READ for page in pages_of(store)) < 1:
            assert batch.poll() is None
            time.sleep(0.02)
        batch.kill()
    before = {page.id: page for page in pages_of(store)}
    done = {page_id for page_id, page in before.items() if page.state is PageState.READ}
    held = {page_id for page_id, page in before.items() if page.state is PageState.READING}
    assert done
    assert held
    assert read_book(store, book_id).read == len(before) - len(done)
    for page in pages_of(store):
        assert page.state is PageState.READ
        if page.id in done:
            assert page.read_at == before[page.id].read_at
        assert page.attempts == (2 if page.id in held else 1)
    with store.read() as session:
        cases = [(case.page_id, case.index) for case in session.scalars(select(Case))]
        assert len(cases) == len(set(cases))
        tasks = list(session.scalars(select(Task.field_id)))
        assert len(tasks) == len(set(tasks))


def test_a_batch_that_cannot_write_gives_its_pages_back(store: Store, book_id: int) -> None:
    store.settings.pages.rmdir()
    with pytest.raises(FileNotFoundError):
        read_book(store, book_id)
    assert {(page.state, page.attempts) for page in pages_of(store)} == {(PageState.WAITING, 0)}
    store.settings.prepare()
    assert read_book(store, book_id).read == 4


def test_pages_held_by_another_run_are_left_to_it(store: Store, book_id: int) -> None:
    other = claim_pages(store, book_id, "may-khac/1/1.00", 3)
    assert read_book(store, book_id).read == 1
    waiting = [page.id for page in pages_of(store) if page.state is PageState.READING]
    assert waiting == [page.page_id for page in other]


def test_a_page_whose_scan_has_gone_fails_visibly_and_the_others_are_read(store: Store, book_id: int) -> None:
    first = pages_of(store)[0]
    with store.read() as session:
        scan = session.get_one(Scan, first.scan_id)
        store.settings.scan_path(scan.sha256, scan.suffix).unlink()
    assert read_book(store, book_id).read == 3
    page = pages_of(store)[0]
    assert page.state is PageState.FAILED
    assert page.reasons == [Reason.UNREADABLE, Reason.PAGE_FAILED]
