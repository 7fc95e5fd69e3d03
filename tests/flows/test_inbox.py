from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.inbox import Inbox

if TYPE_CHECKING:
    from pathlib import Path


class Clock:
    """Time that passes when the test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def inbox(tmp_path: Path, clock: Clock) -> Inbox:
    return Inbox(tmp_path, quiet_seconds=20, clock=clock)


def test_a_book_is_taken_when_it_has_been_quiet_long_enough(
    tmp_path: Path, inbox: Inbox, clock: Clock
) -> None:
    book = tmp_path / "KS.2010.01"
    book.mkdir()
    (book / "1.jpg").write_bytes(b"one")
    assert inbox.settled() == []
    clock.now += 19
    assert inbox.settled() == []
    clock.now += 1
    assert inbox.settled() == [book]


def test_a_file_that_still_grows_makes_its_book_wait(tmp_path: Path, inbox: Inbox, clock: Clock) -> None:
    book = tmp_path / "KS.2010.01"
    book.mkdir()
    for _ in range(5):
        with (book / "1.jpg").open("ab") as file:
            file.write(b"more")
        assert inbox.settled() == []
        clock.now += 15
    assert inbox.settled() == []
    clock.now += 20
    assert inbox.settled() == [book]


def test_a_half_copied_file_is_a_sign_of_work_too(tmp_path: Path, inbox: Inbox, clock: Clock) -> None:
    book = tmp_path / "KS.2010.01"
    book.mkdir()
    (book / "1.jpg").write_bytes(b"one")
    inbox.settled()
    clock.now += 15
    (book / "2.jpg.part").write_bytes(b"half")
    inbox.settled()
    clock.now += 15
    assert inbox.settled() == []
    (book / "2.jpg.part").rename(book / "2.jpg")
    inbox.settled()
    clock.now += 20
    assert inbox.settled() == [book]


def test_the_mark_ends_the_waiting_but_not_at_first_sight(tmp_path: Path, inbox: Inbox, clock: Clock) -> None:
    book = tmp_path / "KS.2010.01"
    book.mkdir()
    (book / "1.jpg").write_bytes(b"one")
    (book / "_READY").touch()
    assert inbox.settled() == []
    with (book / "1.jpg").open("ab") as file:
        file.write(b"more")
    clock.now += 2
    assert inbox.settled() == []
    clock.now += 2
    assert inbox.settled() == [book]


def test_an_empty_folder_and_one_with_nothing_of_ours_stay(
    tmp_path: Path, inbox: Inbox, clock: Clock
) -> None:
    (tmp_path / "KS.2010.01").mkdir()
    (tmp_path / "KS.2011.01").mkdir()
    (tmp_path / "KS.2011.01" / "Thumbs.db").touch()
    (tmp_path / ".cache").mkdir()
    inbox.settled()
    clock.now += 100
    assert inbox.settled() == []


def test_a_file_outside_any_book_waits_too(tmp_path: Path, inbox: Inbox, clock: Clock) -> None:
    stray = tmp_path / "trang.jpg"
    stray.write_bytes(b"x")
    link = tmp_path / "sổ"
    link.symlink_to(tmp_path / "nowhere")
    assert inbox.settled() == []
    clock.now += 20
    assert inbox.settled() == [link, stray]


def test_an_entry_to_look_at_anew_waits_again(tmp_path: Path, inbox: Inbox, clock: Clock) -> None:
    stray = tmp_path / "trang.jpg"
    stray.write_bytes(b"x")
    inbox.settled()
    clock.now += 20
    inbox.look_anew(stray)
    assert inbox.settled() == []
    clock.now += 20
    assert inbox.settled() == [stray]
