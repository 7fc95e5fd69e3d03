from __future__ import annotations

import time

import pytest
from sqlalchemy import func, select

from models.errors import NotFound, NotReady
from models.ledger import (
    claim_pages,
    fail_page,
    keep_alive,
    pages_for_attention,
    progress,
    read_again,
    record_page,
    waiting_pages,
)
from models.states import CaseState, FieldState, PageState, ScanState, TaskState
from models.store import Store
from models.tables import Book, Case, Event, Field, Page, Scan, Task
from pipeline.elements import PageKind
from tests.models import made


def put(store: Store, page_id: int, owner: str, cases: int = 1, image: bytes = b"") -> bool:
    path = store.settings.page_path(page_id)
    path.write_bytes(image or b"image %d" % page_id)
    entries = [made.case(index, flagged=("nksHoTen",), so=f"{5 + index}/2010") for index in range(cases)]
    return record_page(store, page_id, owner, made.reading(*entries), path, 1.5)


def page(store: Store, page_id: int) -> Page:
    with store.read() as session:
        return session.get_one(Page, page_id)


def test_pages_are_claimed_in_order_and_once(store: Store) -> None:
    book_id = made.book(store)
    made.scan(store, book_id, pages=3, name="a.pdf")
    made.scan(store, book_id, pages=2, name="b.jpg")
    other = made.book(store, "02")
    made.scan(store, other, pages=1, name="c.jpg")
    waiting = waiting_pages(store, book_id, 10)
    first = claim_pages(store, book_id, "one", 2)
    second = claim_pages(store, book_id, "two", 10)
    assert [item.page_id for item in (*first, *second)] == waiting
    assert [item.number for item in (*first, *second)] == [1, 2, 3, 1, 2]
    assert [item.suffix for item in second] == [".pdf", ".jpg", ".jpg"]
    assert first[0].scan_path.read_bytes() == b"%d a.pdf" % book_id
    assert (first[0].book_type, first[0].attempts) == ("KS", 1)
    assert claim_pages(store, book_id, "three", 10) == []
    assert waiting_pages(store, book_id, 10) == []


def test_a_lease_that_ran_out_goes_to_the_next(store: Store) -> None:
    book_id = made.book(store)
    made.scan(store, book_id)
    (lost,) = claim_pages(store, book_id, "one", 1, lease_seconds=0)
    time.sleep(0.01)
    (again,) = claim_pages(store, book_id, "two", 1)
    assert (again.page_id, again.attempts) == (lost.page_id, 2)
    assert not put(store, lost.page_id, "one")  # cut off, back too late
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 0
    assert put(store, again.page_id, "two")
    assert not put(store, again.page_id, "two")  # twice is once
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 1


def test_work_done_late_counts_while_nobody_else_has_the_page(store: Store) -> None:
    book_id = made.book(store)
    made.scan(store, book_id)
    (claimed,) = claim_pages(store, book_id, "one", 1, lease_seconds=0)
    time.sleep(0.01)
    assert put(store, claimed.page_id, "one")


def test_a_sign_of_life_keeps_the_lease(store: Store) -> None:
    book_id = made.book(store)
    made.scan(store, book_id, pages=2)
    one, two = (item.page_id for item in claim_pages(store, book_id, "one", 2, lease_seconds=0))
    assert keep_alive(store, "one", [one], 60) == 1
    time.sleep(0.01)
    assert waiting_pages(store, book_id, 9) == [two]
    claim_pages(store, book_id, "two", 1)
    assert keep_alive(store, "one", [one, two], 60) == 1
    assert keep_alive(store, "one", [], 60) == 0


def test_everything_of_a_page_is_written(store: Store) -> None:
    book_id = made.book(store)
    scan_id = made.scan(store, book_id)
    (claimed,) = claim_pages(store, book_id, "one", 1)
    assert put(store, claimed.page_id, "one", cases=2)
    with store.read() as session:
        row = session.get_one(Page, claimed.page_id)
        cases = session.scalars(select(Case).order_by(Case.index)).all()
        fields = cases[0].fields
        task = session.scalars(select(Task).order_by(Task.id)).first()
        assert task is not None
        assert session.get_one(Scan, scan_id).state is ScanState.READ
        assert session.get_one(Book, book_id).edition == "2010"
    assert (row.state, row.kind, row.edition, row.lease_owner) == (PageState.READ, "cases", "2010", None)
    assert (row.image_path, row.cpu_seconds, row.width) == (f"pages/{row.id}.jpg", 1.5, 1000)
    assert (row.reader_version, len(row.sha256 or "")) == ("test", 64)
    assert [(case.index, case.so, case.state) for case in cases] == [
        (0, "05/2010", CaseState.READ), (1, "06/2010", CaseState.READ),
    ]  # fmt: skip
    assert [item.key for item in fields] == [key for key, *_ in made.ENTRY]
    name = fields[4]
    assert (name.state, name.verbatim, name.machine_verbatim) == (
        FieldState.FLAGGED, "Điểu Thị Mận", "Điểu Thị Mận",
    )  # fmt: skip
    assert (name.box, name.reasons, name.candidates) == (
        [10, 20, 300, 40], ["low_probability"], [["Điểu Thị Mận", 0.0]],
    )  # fmt: skip
    assert (task.field_id, task.state, task.priority) == (name.id, TaskState.OPEN, 4099)


def test_a_case_with_nothing_to_ask_is_keyed_by_the_machine(store: Store) -> None:
    made.book_of(store, made.case(), made.case(flagged=("so",), so="6/2010"))
    with store.read() as session:
        cases = session.scalars(select(Case).order_by(Case.id)).all()
        assert session.scalar(select(func.count()).select_from(Task)) == 1
    assert [case.state for case in cases] == [CaseState.KEYED, CaseState.READ]
    assert cases[0].keyed_by is None


def test_numbers_that_no_database_takes_do_not_lose_a_page(store: Store) -> None:
    odd = made.field("nksHoTen", "Lan\x00\ud800", made.FLAGGED)
    object.__setattr__(odd, "evidence", {"margin": float("nan"), "likelihood": float("-inf")})
    entry = made.case()
    object.__setattr__(entry, "fields", (odd,))
    made.book_of(store, entry)
    with store.read() as session:
        field = session.scalars(select(Field)).one()
    assert field.evidence == {"margin": None, "likelihood": None}
    assert field.verbatim == "Lan  "


@pytest.mark.parametrize("kind", [PageKind.BLANK, PageKind.VOID, PageKind.UNKNOWN])
def test_pages_without_cases_make_none(store: Store, kind: PageKind) -> None:
    book_id = made.book(store)
    made.scan(store, book_id)
    read = made.reading(made.case(), kind=kind, reasons=(f"page_{kind.value}",))
    (page_id,) = made.read_all(store, book_id, read)
    assert progress(store, book_id).cases == 0
    assert page(store, page_id).kind == kind.value
    notices = pages_for_attention(store)
    if kind is PageKind.BLANK:
        assert notices == []
    else:
        assert [(item.page_id, item.reasons) for item in notices] == [(page_id, (f"page_{kind.value}",))]
        assert pages_for_attention(store, book_id + 1) == []


def test_a_page_of_cases_with_a_doubt_of_its_own_is_told(store: Store) -> None:
    book_id = made.book(store)
    made.scan(store, book_id, pages=2)
    _, torn = made.read_all(
        store,
        book_id,
        made.reading(made.case()),
        made.reading(made.case(so="06/2010"), reasons=("row_void",)),
    )
    assert [(item.page_id, item.reasons) for item in pages_for_attention(store)] == [(torn, ("row_void",))]


def test_the_same_page_image_makes_cases_once(store: Store) -> None:
    book_id = made.book(store)
    made.scan(store, book_id, pages=2)
    first, second = claim_pages(store, book_id, "one", 2)
    assert put(store, second.page_id, "one", image=b"the same")
    assert put(store, first.page_id, "one", image=b"the same")
    assert progress(store, book_id).cases == 1
    (notice,) = pages_for_attention(store, book_id)
    assert (notice.page_id, notice.duplicate_of) == (first.page_id, second.page_id)
    assert notice.reasons == ("duplicate_page",)


def test_the_same_page_image_in_another_book_is_another_page(store: Store) -> None:
    for volume in ("01", "02"):
        book_id = made.book(store, volume)
        made.scan(store, book_id)
        (claimed,) = claim_pages(store, book_id, "one", 1)
        assert put(store, claimed.page_id, "one", image=b"the same")
        assert progress(store, book_id).cases == 1


def test_a_hash_of_the_image_may_be_given(store: Store) -> None:
    book_id = made.book(store)
    made.scan(store, book_id)
    (claimed,) = claim_pages(store, book_id, "one", 1)
    path = store.settings.page_path(claimed.page_id)  # no file needed then
    assert record_page(store, claimed.page_id, "one", made.reading(), path, 1.0, sha256="a" * 64)
    assert page(store, claimed.page_id).sha256 == "a" * 64


def test_a_page_that_kills_its_worker_is_given_up(store: Store) -> None:
    book_id = made.book(store)
    scan_id = made.scan(store, book_id, pages=2)
    for attempt in range(store.settings.max_attempts):
        (claimed,) = claim_pages(store, book_id, f"run {attempt}", 1, lease_seconds=0)
        assert claimed.number == 1
        time.sleep(0.01)
    (claimed,) = claim_pages(store, book_id, "next", 5)
    assert claimed.number == 2
    (notice,) = pages_for_attention(store, book_id)
    assert (notice.number, notice.state, notice.reasons) == (1, PageState.FAILED, ("page_failed",))
    with store.read() as session:
        event = session.scalars(select(Event).filter_by(what="page_failed")).one()
        assert session.get_one(Scan, scan_id).state is ScanState.ACCEPTED
    assert (event.object_id, event.detail) == (notice.page_id, {"reason": "page_failed", "attempts": 3})
    assert put(store, claimed.page_id, "next")
    with store.read() as session:
        assert session.get_one(Scan, scan_id).state is ScanState.READ


def test_a_failure_is_tried_again_until_it_is_final(store: Store) -> None:
    book_id = made.book(store)
    made.scan(store, book_id)
    (claimed,) = claim_pages(store, book_id, "one", 1)
    assert not fail_page(store, claimed.page_id, "two", "unreadable")
    assert fail_page(store, claimed.page_id, "one", "unreadable")
    assert not fail_page(store, claimed.page_id, "one", "unreadable")
    assert page(store, claimed.page_id).state is PageState.WAITING
    claim_pages(store, book_id, "one", 1)
    assert fail_page(store, claimed.page_id, "one", "unreadable", final=True)
    row = page(store, claimed.page_id)
    assert (row.state, row.reasons) == (PageState.FAILED, ["unreadable", "page_failed"])
    assert claim_pages(store, book_id, "one", 1) == []


def test_attempts_run_out(store: Store) -> None:
    book_id = made.book(store)
    made.scan(store, book_id)
    for _ in range(store.settings.max_attempts):
        (claimed,) = claim_pages(store, book_id, "one", 1)
        assert fail_page(store, claimed.page_id, "one", "unreadable")
    assert page(store, claimed.page_id).state is PageState.FAILED


def test_a_failed_page_can_be_read_again(store: Store) -> None:
    book_id = made.book(store)
    scan_id = made.scan(store, book_id)
    (claimed,) = claim_pages(store, book_id, "one", 1)
    with pytest.raises(NotReady):
        read_again(store, claimed.page_id, None)
    fail_page(store, claimed.page_id, "one", "unreadable", final=True)
    read_again(store, claimed.page_id, None)
    with store.read() as session:
        assert session.get_one(Scan, scan_id).state is ScanState.ACCEPTED
    (again,) = claim_pages(store, book_id, "two", 1)
    assert again.attempts == 1
    assert put(store, again.page_id, "two")
    with pytest.raises(NotReady):
        read_again(store, again.page_id, None)
    with pytest.raises(NotFound):
        read_again(store, 999, None)


def test_an_unknown_page_is_no_lost_lease(store: Store) -> None:
    with pytest.raises(NotFound):
        record_page(store, 999, "one", made.reading(), store.settings.page_path(999), 1.0, sha256="a" * 64)


def test_progress_counts_what_there_is(store: Store) -> None:
    book_id = made.book(store)
    made.scan(store, book_id, pages=4)
    made.read_all(
        store, book_id, made.reading(made.case(flagged=("so", "meHoTen"), nksDanToc="")), made.reading()
    )
    (failing,) = claim_pages(store, book_id, "reader", 1)
    fail_page(store, failing.page_id, "reader", "unreadable", final=True)
    made.decide_all(store, made.person(store, "lan"))
    found = progress(store, book_id)
    assert (found.scans, found.pages_total, found.pages_read, found.pages_failed) == (1, 4, 2, 1)
    assert (found.cases, found.fields_accepted, found.fields_blank) == (1, len(made.ENTRY) - 3, 1)
    assert (found.fields_flagged, found.fields_decided, found.refused) == (0, 2, 0)
    assert found.pages_open == 1
    assert progress(store, book_id + 1).pages_total == 0
