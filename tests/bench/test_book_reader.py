"""Pages of a book read in turn: what one page told is there for the next, and nothing of the truth is."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bench.book_reader import BookReader
from bench.pages import Sheet
from bench.rows import keep, load, row_of
from pipeline.read import Reader
from pipeline.repeated import ALIKE
from pipeline.report import Truth, read_truth
from tests.pipeline.conftest import SAMPLE
from training.faces import HAND
from training.pages import Options, in_book, make_page, make_station, write_page

FOLDER = SAMPLE / "Xã Tân Lợi-KS.2010.01"
STEMS = ("KS.2010.01.001", "KS.2010.01.002", "KS.2010.01.003", "KS.2010.01.004")


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader.load()


@pytest.fixture(scope="module")
def sheets() -> list[Sheet]:
    return [Sheet(FOLDER / f"{stem}.jpg", 1, read_truth(SAMPLE / "truth" / f"{stem}.json")) for stem in STEMS]


def test_later_pages_are_read_with_what_earlier_ones_said(reader: Reader, sheets: list[Sheet]) -> None:
    book = BookReader(reader)
    rows = [row_of(sheet, "set", book) for sheet in sheets]
    volume = [next(field for field in row.fields if field.key == "quyenSo") for row in rows]
    assert [field.evidence["said"] for field in volume[:ALIKE]] == [0.0] * ALIKE
    assert volume[ALIKE].evidence["said"] == 1.0
    assert book.edition == "2010"
    assert book.known is not None
    assert {key for key, texts in book.read_texts.items() if texts} <= {
        "quyenSo", "nguoiKy", "chucVuNguoiKy", "nguoiThucHien",
    }  # fmt: skip


def test_no_truth_reaches_the_reader(reader: Reader, sheets: list[Sheet]) -> None:
    """With any other truth than the type and the year of the book, the same is read."""
    told, blind = BookReader(reader), BookReader(reader)
    for sheet in sheets[:2]:
        other = replace(sheet, truth=Truth("blank", sheet.truth.type, "", (), year=sheet.truth.year))
        assert told.read(sheet).cases == blind.read(other).cases


def test_a_book_is_kept_when_all_of_it_is_read_and_read_once(tmp_path: Path) -> None:
    options = Options(seed=5, fonts=sorted(HAND.glob("*.ttf")), dpi=(100,), book_pages=2, turned=0, typed=1.0)
    for index in range(2):
        page, data = make_page(options, index)
        write_page(tmp_path, f"p{index}", in_book(page, 5, 0, 2011), data)
    rows = tmp_path / "rows.jsonl"
    keep(tmp_path, rows, processes=2)
    first = rows.read_text(encoding="utf-8")
    assert [row.page for row in load([rows])] == ["p0.jpg#1", "p1.jpg#1"]
    assert len({row.book for row in load([rows])}) == 1
    rows.write_text(first.splitlines(keepends=True)[0], encoding="utf-8")  # stopped in the middle of the book
    keep(tmp_path, rows)
    assert [row.page for row in load([rows])] == ["p0.jpg#1", "p1.jpg#1"]
    again = rows.read_text(encoding="utf-8")
    assert [json.loads(line) for line in again.splitlines()] == [
        json.loads(line) for line in first.splitlines()
    ]


def test_a_page_that_is_no_case_but_was_read_as_one_is_wrong(reader: Reader, sheets: list[Sheet]) -> None:
    void = replace(sheets[0], truth=Truth("void", "KS", "2010", ()))
    row = row_of(void, "set", BookReader(reader))
    assert len(row.fields) > 15
    assert not any(field.right for field in row.fields)


def test_another_signs_in_some_books_and_all_other_pages_stay() -> None:
    plain = Options(seed=3, fonts=sorted(HAND.glob("*.ttf")), dpi=(75,), book_pages=8)
    both = replace(plain, deputy=1.0)
    station = make_station(both, 0)
    assert station.deputy is not None
    assert station.deputy.signer != station.facts.signer
    assert replace(station.deputy, signer=station.facts.signer, title=station.facts.title) == station.facts
    signers = {station.on(f"3 {index}").signer for index in range(40)}
    assert signers == {station.facts.signer, station.deputy.signer}
    assert make_station(plain, 0).facts == station.facts
    assert make_station(plain, 0).on("3 1") == station.facts
