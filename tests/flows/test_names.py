from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.names import BookName, book_name, is_in_passing, safe_name
from pipeline.elements import RegisterType

BIRTH_2010 = BookName("Xã Tân Lợi", RegisterType.BIRTH, 2010, "01")


@pytest.mark.parametrize(
    ("folder", "book"),
    [
        ("Xã Tân Lợi-KS.2010.01", BIRTH_2010),
        (unicodedata.normalize("NFD", "Xã Tân Lợi-KS.2010.01"), BIRTH_2010),
        ("  Xã  Tân Lợi - ks.2010.1 ", BIRTH_2010),
        ("KS.2010.01", BookName("", RegisterType.BIRTH, 2010, "01")),
        ("Phường 1-Quận 3-KH.1999.12", BookName("Phường 1-Quận 3", RegisterType.MARRIAGE, 1999, "12")),
        ("UBND xã A-KT.2015.003", BookName("UBND xã A", RegisterType.DEATH, 2015, "03")),
        ("CN.2011.01", BookName("", RegisterType.ADOPTION, 2011, "01")),
    ],
)
def test_a_folder_named_as_a_book_is_that_book(folder: str, book: BookName) -> None:
    assert book_name(folder) == book


@pytest.mark.parametrize(
    "folder",
    ["", "quét hôm nay", "KS.2010", "KS-2010-01", "XX.2010.01", "KS.10.01", "KS.9999.01", "KS.2010.01.2"],
)  # fmt: skip
def test_another_folder_is_no_book(folder: str) -> None:
    assert book_name(folder) is None


@pytest.mark.parametrize(
    "name",
    [".DS_Store", "._KS.2010.01.001.jpg", "~$bìa.docx", "trang 1.jpg.part", "a.TMP", "b.crdownload", "c.jpg~",
     "Thumbs.db", "desktop.ini", "_READY", ".khai sinh\n.jpg"],
)  # fmt: skip
def test_what_is_only_in_passing_is_left_alone(name: str) -> None:
    assert is_in_passing(name)


@pytest.mark.parametrize(
    "name", ["KS.2010.01.001.jpg", "trang 1.PDF", "part.jpg", "ready.jpg", "Giấy khai sinh"]
)
def test_a_scan_is_not_in_passing(name: str) -> None:
    assert not is_in_passing(name)


@given(st.text(min_size=1, max_size=300))
def test_any_name_can_be_kept(name: str) -> None:
    kept = safe_name(name)
    assert len(f"{kept} (12).txt".encode()) <= 255
    assert not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in kept)


def test_a_long_name_keeps_its_suffix() -> None:
    assert safe_name("ầ" * 200 + ".jpg").endswith("ầ.jpg")
