from __future__ import annotations

import os
import shutil
import time
import unicodedata
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from flows.intake import Taken, take
from flows.refusals import keep_refused
from models.intake import accept_scan, refuse, register_book
from models.settings import Settings
from models.store import Store
from models.tables import Book, Page, Refusal, Scan
from pipeline.reasons import Reason
from pipeline.scan import sha256_of
from tests.flows import files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def book(settings: Settings) -> Path:
    folder = settings.inbox / "Xã Tân Lợi-KS.2010.01"
    folder.mkdir()
    return folder


def refusals(store: Store) -> list[Refusal]:
    with store.read() as session:
        return list(session.scalars(select(Refusal).order_by(Refusal.id)))


def scan_names(store: Store) -> list[str]:
    with store.read() as session:
        return list(session.scalars(select(Scan.original_name).order_by(Scan.id)))


def test_a_book_is_taken_whole_in_the_order_of_its_numbers(store: Store, book: Path) -> None:
    for number in (10, 9, 1):
        files.jpeg(book / f"{number}.jpg", number)
    files.pdf(book / "11.pdf", 3)
    (book / "_READY").touch()
    taken = take(store, book)
    assert taken == Taken(1, (1, 2, 3, 4))
    assert scan_names(store) == ["1.jpg", "9.jpg", "10.jpg", "11.pdf"]
    assert not book.exists()
    with store.read() as session:
        row = session.scalars(select(Book)).one()
        assert (row.office, row.type, row.year, row.volume) == ("Xã Tân Lợi", "KS", 2010, "01")
        assert session.scalar(select(func.count()).select_from(Page)) == 6
        for scan in session.scalars(select(Scan)):
            assert sha256_of(store.settings.scan_path(scan.sha256, scan.suffix)) == scan.sha256


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: path.write_bytes(b""), Reason.EMPTY),
        (lambda path: path.write_bytes(b"day khong phai anh" * 99), Reason.NOT_AN_IMAGE),
        (files.truncated_jpeg, Reason.TRUNCATED),
        (lambda path: files.pdf(path, 2, password="bi mat"), Reason.ENCRYPTED_PDF),
        (lambda path: files.pdf(path, 500), Reason.TOO_MANY_PAGES),
        (files.bomb_png, Reason.TOO_LARGE),
        (lambda path: path.symlink_to("/etc/hostname"), Reason.SYMLINK),
        (lambda path: path.symlink_to("1.jpg"), Reason.SYMLINK),
        (lambda path: os.mkfifo(path), Reason.NOT_AN_IMAGE),
        (lambda path: path.mkdir(), Reason.NESTED_FOLDER),
    ],
)
def test_a_bad_file_is_kept_aside_with_a_sentence_and_stops_nothing(
    store: Store, book: Path, make: Callable[[Path], object], reason: Reason
) -> None:
    files.jpeg(book / "1.jpg", 1)
    make(book / "2 trang hai.bin")
    files.jpeg(book / "3.jpg", 3)
    assert take(store, book) == Taken(1, (1, 2), refused=1)
    assert scan_names(store) == ["1.jpg", "3.jpg"]
    assert not book.exists()
    (refusal,) = refusals(store)
    assert (refusal.reason, refusal.book_id, refusal.original_name) == (reason, 1, "2 trang hai.bin")
    kept = store.settings.outside(refusal.kept_path)
    assert kept.parent == store.settings.rejected / book.name
    assert kept.is_symlink() or kept.exists()
    sentence = kept.with_name(f"{kept.name}.txt").read_text("utf-8").strip()
    assert sentence == refusal.message
    assert "2 trang hai.bin" in sentence
    assert "hãy" in sentence  # the remedy
    assert "\n" not in sentence


def test_a_name_with_control_characters_is_refused_and_kept_under_a_plain_one(
    store: Store, book: Path
) -> None:
    files.jpeg(book / "trang\x07 1\n.jpg", 1)
    files.jpeg(book / os.fsdecode(b"trang \xff.jpg"), 2)
    assert take(store, book) == Taken(1, (), refused=2)
    kept = sorted(path.name for path in (store.settings.rejected / book.name).glob("*.jpg"))
    assert kept == ["trang _.jpg", "trang_ 1_.jpg"]
    assert {refusal.reason for refusal in refusals(store)} == {Reason.BAD_NAME}
    assert all(refusal.message.isprintable() for refusal in refusals(store))


def test_names_with_marks_and_blanks_are_taken_composed(store: Store, book: Path) -> None:
    name = "Sổ khai sinh – tờ số 5 (quét lại).jpg"
    files.jpeg(book / unicodedata.normalize("NFD", name), 1)
    assert take(store, book) == Taken(1, (1,))
    assert scan_names(store) == [name]


def test_an_exact_copy_is_refused(store: Store, book: Path) -> None:
    files.jpeg(book / "1.jpg", 1)
    shutil.copyfile(book / "1.jpg", book / "2.jpg")
    assert take(store, book) == Taken(1, (1,), refused=1)
    assert refusals(store)[0].reason == Reason.DUPLICATE


def test_the_same_file_dropped_a_second_time_is_refused(store: Store, book: Path) -> None:
    original = files.jpeg(store.settings.home / "1.jpg", 1)
    shutil.copyfile(original, book / "1.jpg")
    take(store, book)
    time.sleep(0.02)  # the file system's clock ticks in steps of some milliseconds
    book.mkdir()
    shutil.copyfile(original, book / "1.jpg")
    assert take(store, book) == Taken(1, (), refused=1)
    assert refusals(store)[0].reason == Reason.DUPLICATE


def test_an_intake_killed_before_the_file_was_removed_goes_on(store: Store, book: Path) -> None:
    path = files.jpeg(book / "1.jpg", 1)
    book_id = register_book(store, "Xã Tân Lợi", "KS", 2010, "01", book.name)
    accept_scan(store, book_id, path, sha256_of(path), path.name, path.stat().st_size, 1)
    assert take(store, book) == Taken(book_id, (1,))
    assert refusals(store) == []
    assert not book.exists()
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(Page)) == 1


def test_a_refusal_killed_before_the_file_was_moved_goes_on(store: Store, book: Path) -> None:
    (book / "1.jpg").touch()
    book_id = register_book(store, "Xã Tân Lợi", "KS", 2010, "01", book.name)
    target = store.settings.rejected / book.name / "1.jpg"
    refuse(store, book_id, "1.jpg", None, Reason.EMPTY, "…", target)
    take(store, book)
    assert target.exists()
    assert len(refusals(store)) == 1


def test_refused_files_of_one_name_are_all_kept(store: Store, book: Path) -> None:
    for size in (3, 2, 1):
        book.mkdir(exist_ok=True)
        (book / "1.jpg").write_bytes(b"x" * size)
        take(store, book)
        time.sleep(0.02)
    kept = {path.name: path.stat().st_size for path in (store.settings.rejected / book.name).glob("*.jpg")}
    assert kept == {"1.jpg": 3, "1 (2).jpg": 2, "1 (3).jpg": 1}
    assert len(refusals(store)) == 3


def test_what_is_half_copied_stays_for_the_next_time(store: Store, book: Path) -> None:
    files.jpeg(book / "1.jpg", 1)
    (book / "2.jpg.part").write_bytes(b"half")
    assert take(store, book) == Taken(1, (1,))
    assert [path.name for path in book.iterdir()] == ["2.jpg.part"]


def test_a_folder_that_is_no_book_is_refused_whole(store: Store, settings: Settings) -> None:
    folder = settings.inbox / "quét hôm nay"
    folder.mkdir()
    files.jpeg(folder / "1.jpg")
    assert take(store, folder) == Taken(None, (), refused=1)
    assert (settings.rejected / "quét hôm nay" / "1.jpg").exists()
    sentence = (settings.rejected / "quét hôm nay.txt").read_text("utf-8")
    assert "quét hôm nay" in sentence
    assert "Xã Tân Lợi-KS.2010.01" in sentence
    assert refusals(store)[0].reason == Reason.FOLDER_NAME


def test_a_book_without_office_needs_a_default_one(tmp_path: Path) -> None:
    for office, taken in (("", Taken(None, (), refused=1)), ("Xã Tân Lợi", Taken(1, (1,)))):
        store = Store.open(Settings(home=tmp_path / f"station{office}", office=office))
        folder = store.settings.inbox / "KS.2010.01"
        folder.mkdir()
        files.jpeg(folder / "1.jpg")
        assert take(store, folder) == taken
        store.close()


def test_things_that_do_not_belong_into_the_inbox_are_refused(store: Store, settings: Settings) -> None:
    stray = files.jpeg(settings.inbox / "trang.jpg")
    link = settings.inbox / "KS.2010.01"
    link.symlink_to(settings.home)
    assert take(store, stray) == Taken(None, (), refused=1)
    assert take(store, link) == Taken(None, (), refused=1)
    assert [refusal.reason for refusal in refusals(store)] == [Reason.NO_BOOK_FOLDER, Reason.SYMLINK]
    assert not any(settings.inbox.iterdir())
    assert settings.home.exists()


def test_a_long_name_can_be_refused(store: Store, book: Path) -> None:
    (book / ("ầ" * 83 + ".jpg")).touch()
    take(store, book)
    (refusal,) = refusals(store)
    assert store.settings.outside(refusal.kept_path).exists()


def test_keeping_a_refused_file_says_where_it_lies(store: Store, settings: Settings) -> None:
    stray = files.jpeg(settings.inbox / "trang.jpg")
    kept = keep_refused(store, stray, Reason.NO_BOOK_FOLDER, "Một câu.")
    assert kept == settings.rejected / "trang.jpg"
    assert (settings.rejected / "trang.jpg.txt").read_text("utf-8") == "Một câu.\n"
