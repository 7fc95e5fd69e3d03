from __future__ import annotations

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from models.errors import DuplicateScan, ScanChanged
from models.intake import accept_scan, refuse, register_book
from models.states import PageState, ScanState
from models.store import Store
from models.tables import Book, Event, Page, Refusal, Scan
from pipeline.wording import use_language
from tests.models import made

if TYPE_CHECKING:
    from collections.abc import Callable


def sha_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_a_book_is_registered_once(store: Store) -> None:
    first = register_book(store, "Xã  Tân Lợi", "KS", 2010, "1", "folder")
    assert register_book(store, "Xã Tân Lợi", "KS", 2010, "01", "another") == first
    assert register_book(store, "Xã Tân Lợi", "KS", 2010, "02", "folder") != first
    assert register_book(store, "Xã Tân Hưng", "KS", 2010, "01", "folder") != first
    with store.read() as session:
        book = session.get_one(Book, first)
    assert (book.code, book.quyen_so) == ("KS.2010.01", "01/2010")


@pytest.mark.parametrize(
    ("type_", "year", "volume"),
    [("XX", 2010, "01"), ("KS", 201, "01"), ("KS", 2010, ""), ("KS", 2010, "1a"), ("KS", 9999, "01")],
)
def test_what_is_no_book_is_refused(store: Store, type_: str, year: int, volume: str) -> None:
    with pytest.raises(ValueError, match=r"hợp lệ|RegisterType"):
        register_book(store, "Xã Tân Lợi", type_, year, volume, "folder")


def test_an_accepted_scan_is_kept_whole_with_its_pages_waiting(store: Store) -> None:
    book_id = made.book(store)
    scan_id = made.scan(store, book_id, pages=3, name="Sổ 2010.PDF", content=b"bytes")
    with store.read() as session:
        scan = session.get_one(Scan, scan_id)
        pages = session.scalars(select(Page).order_by(Page.number)).all()
    assert (scan.state, scan.suffix, scan.size, scan.original_name) == (
        ScanState.ACCEPTED, ".pdf", 5, "Sổ 2010.PDF",
    )  # fmt: skip
    assert [(page.number, page.state, page.attempts) for page in pages] == [
        (number, PageState.WAITING, 0) for number in (1, 2, 3)
    ]
    assert store.settings.scan_path(scan.sha256, scan.suffix).read_bytes() == b"bytes"
    assert made.files(store.settings.store) == [f"{scan.sha256}.pdf"]
    assert made.files(store.settings.inbox) == ["Sổ 2010.PDF"]  # taken away by whoever brought it


def test_the_same_file_again_is_the_same_scan(store: Store) -> None:
    book_id = made.book(store)
    scan_id = made.scan(store, book_id, pages=2, content=b"bytes")
    assert made.scan(store, book_id, pages=2, content=b"bytes") == scan_id
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(Page)) == 2


def test_the_same_bytes_elsewhere_are_a_duplicate(store: Store) -> None:
    book_id = made.book(store)
    scan_id = made.scan(store, book_id, name="001.jpg", content=b"bytes")
    for other_book, name in ((book_id, "002.jpg"), (made.book(store, "02"), "001.jpg")):
        with pytest.raises(DuplicateScan) as duplicate:
            made.scan(store, other_book, name=name, content=b"bytes")
        assert duplicate.value.existing_scan_id == scan_id
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(Scan)) == 1


def test_intake_cut_off_after_the_copy_goes_on(store: Store) -> None:
    data = b"bytes"
    (store.settings.scan_path(sha_of(data), ".jpg")).write_bytes(data)
    (store.settings.store / "left.part").write_bytes(b"half")
    scan_id = made.scan(store, made.book(store), content=data)
    with store.read() as session:
        assert session.get_one(Scan, scan_id).sha256 == sha_of(data)


def test_a_scan_already_in_the_store_is_not_copied(store: Store) -> None:
    data = b"bytes"
    path = store.settings.scan_path(sha_of(data), ".jpg")
    path.write_bytes(data)
    accept_scan(store, made.book(store), path, sha_of(data), "001.jpg", len(data), 1)
    assert made.files(store.settings.store) == [path.name]


def test_a_file_that_changes_while_it_is_taken_waits(store: Store) -> None:
    book_id = made.book(store)
    path = store.settings.inbox / "001.jpg"
    path.write_bytes(b"longer than what was looked at")
    with pytest.raises(ScanChanged):
        accept_scan(store, book_id, path, sha_of(b"longer"), "001.jpg", 6, 1)
    assert issubclass(ScanChanged, OSError)
    assert made.files(store.settings.store) == []
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(Scan)) == 0


@pytest.mark.parametrize(
    ("name", "suffix"), [("a", ""), ("a.jp\ng", ""), ("a.JPEG", ".jpeg"), ("a.b.tif", ".tif")]
)
def test_only_plain_endings_reach_the_store(store: Store, name: str, suffix: str) -> None:
    made.scan(store, made.book(store), name=name, content=b"bytes")
    assert made.files(store.settings.store) == [sha_of(b"bytes") + suffix]


def test_a_broken_file_name_can_be_kept(store: Store) -> None:
    scan_id = made.scan(store, made.book(store), name="trang \udcff 1\x07.jpg")
    with store.read() as session:
        assert session.get_one(Scan, scan_id).original_name == "trang   1 .jpg"


@pytest.mark.parametrize(("sha256", "pages"), [("abc", 1), ("0" * 64, 0)])
def test_a_scan_without_hash_or_pages_is_a_mistake(store: Store, sha256: str, pages: int) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        accept_scan(store, 1, Path("x.jpg"), sha256, "x.jpg", 1, pages)


def test_a_scan_of_no_book_is_a_mistake(store: Store) -> None:
    with pytest.raises(ValueError, match="no book 77"):
        made.scan(store, 77)


def test_two_stations_taking_one_file_at_once_make_one_scan(
    store: Store, open_again: Callable[[], Store]
) -> None:
    book_id = made.book(store)
    stores = [store, open_again(), open_again(), open_again()]
    path = store.settings.inbox / "001.jpg"
    path.write_bytes(b"bytes")
    gate = threading.Barrier(4)

    def accept(each: Store) -> int:
        gate.wait()
        return accept_scan(each, book_id, path, sha_of(b"bytes"), "001.jpg", 5, 2)

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(accept, stores))) == 1
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(Page)) == 2


def test_a_refusal_is_kept_with_its_reason(store: Store) -> None:
    kept = store.settings.rejected / "bad.jpg"
    refusal_id = refuse(store, None, "bad.jpg", None, "truncated", "Tệp bad.jpg bị cụt.", kept)
    with store.read() as session:
        refusal = session.get_one(Refusal, refusal_id)
        event = session.scalars(select(Event)).one()
    assert (refusal.reason, refusal.message, refusal.kept_path) == (
        "truncated", "Tệp bad.jpg bị cụt.", "rejected/bad.jpg",
    )  # fmt: skip
    assert (event.what, event.object_id, event.detail) == (
        "file_refused", refusal_id, {"book_id": None, "reason": "truncated"},
    )  # fmt: skip


def test_messages_speak_the_language_in_force() -> None:
    assert "Tệp giống hệt bản quét số 7" in str(DuplicateScan(7))
    with use_language("en"):
        assert "7" in str(DuplicateScan(7))
        assert "Tệp" not in str(DuplicateScan(7))
