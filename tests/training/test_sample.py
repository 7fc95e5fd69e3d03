"""The committed sample: complete, as its plan says, and with the faults that it must have."""

import datetime
import hashlib
import json
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pdf2image import pdfinfo_from_path
from PIL import Image

from training.fill import truth_of
from training.layout import load_layout
from training.sample import BOOKS, DPI, SAMPLE, Book, draw, entries_of, expected, truth_name

TRUTH = SAMPLE / "truth"


def committed() -> list[dict[str, Any]]:
    found = json.loads((TRUTH / "expected.json").read_text(encoding="utf-8"))["files"]
    assert isinstance(found, list)
    return found


def test_expected_lists_every_file() -> None:
    listed = {(item["book"], item["file"]) for item in committed()}
    there = {(book.folder, path.name) for book in BOOKS for path in (SAMPLE / book.folder).iterdir()}
    assert listed == there
    assert committed() == [item for book in BOOKS for item in expected(book)]
    truths = {page["truth"] for item in committed() for page in item["pages"]} | {"expected.json"}
    assert truths == {path.name for path in TRUTH.iterdir()}


def test_the_sample_is_large_enough_and_small_enough() -> None:
    pages = [page for item in committed() for page in item["pages"]]
    assert len([page for page in pages if page["truth"].startswith("KS.2010")]) >= 16
    assert len([page for page in pages if page["truth"].startswith("KS.2016")]) >= 8
    assert sum(path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file()) < 8_000_000
    assert {page["end"] for page in pages} == {"read", "blank", "void"}
    assert {item["end"] for item in committed()} == {"read", "blank", "void", "refused", "duplicate"}


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.seed)
def test_truth_files_are_what_the_plan_gives(book: Book) -> None:
    layout, entries = load_layout(book.layout), entries_of(book)
    for sheet in book.sheets:
        found = json.loads((TRUTH / truth_name(sheet.stem)).read_text(encoding="utf-8"))
        assert (found["type"], found["edition"], found["kind"]) == ("KS", layout.edition, sheet.kind)
        if sheet.kind == "cases":
            assert found["cases"] == [{"fields": truth_of(layout, entries[sheet.number].texts)}]
        else:
            assert found["cases"] == []


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.seed)
def test_numbers_count_on_and_days_are_in_order(book: Book) -> None:
    entries = entries_of(book)
    assert [entries[n].texts["so"] for n in entries] == [
        f"{n:02d}/{book.year}" for n in range(1, len(entries) + 1)
    ]
    days = [entry.registered for entry in entries.values()]
    assert days == sorted(days)
    assert all(day.year == book.year and day.weekday() < 5 for day in days)
    assert days[0] < datetime.date(book.year, 2, 1)


def test_several_hands_and_a_typewriter() -> None:
    for book in BOOKS:
        assert any(sheet.typed for sheet in book.sheets)
        assert len({sheet.hand for sheet in book.sheets if not sheet.typed}) >= 3


def test_a_sheet_is_drawn_again_as_it_was_kept() -> None:
    book = BOOKS[0]
    sheet = next(sheet for sheet in book.sheets if sheet.damage.grey and "/" not in sheet.stem)
    picture = draw(book, sheet).picture
    with Image.open(SAMPLE / book.folder / f"{sheet.stem}.jpg") as kept:
        assert kept.size == (picture.shape[1], picture.shape[0])
        small = [image.convert("L").resize((210, 297)) for image in (kept, Image.fromarray(picture))]
    differences = [abs(a - b) for a, b in zip(small[0].tobytes(), small[1].tobytes(), strict=True)]
    assert sum(differences) / len(differences) < 2
    assert max(differences) < 60


def test_the_truncated_file_cannot_be_decoded() -> None:
    item = next(item for item in committed() if item["end"] == "refused")
    assert item["reason"] == "truncated"
    with Image.open(SAMPLE / item["book"] / item["file"]) as image, pytest.raises(OSError, match="truncated"):
        image.load()


def test_the_duplicate_is_the_same_file() -> None:
    item = next(item for item in committed() if item["end"] == "duplicate")
    folder = SAMPLE / item["book"]
    sums = [hashlib.sha256((folder / item[key]).read_bytes()).hexdigest() for key in ("file", "duplicate_of")]
    assert sums[0] == sums[1]
    everything = [hashlib.sha256(path.read_bytes()).hexdigest() for path in SAMPLE.rglob("KS*.[jp]*[gf]")]
    assert len(everything) == len(set(everything)) + 1


def test_the_other_images_decode_fully() -> None:
    for item in committed():
        path: Path = SAMPLE / item["book"] / item["file"]
        if item["end"] != "refused" and path.suffix == ".jpg":
            with Image.open(path) as image:
                image.load()
                assert image.info["dpi"] == (DPI, DPI)


def test_the_pdf_holds_its_pages_as_jpeg() -> None:
    item = next(item for item in committed() if item["file"].endswith(".pdf"))
    path = SAMPLE / item["book"] / item["file"]
    assert int(pdfinfo_from_path(path)["Pages"]) == len(item["pages"]) == 3
    with pikepdf.open(path) as pdf:
        for page in pdf.pages:
            (image,) = page.get_images().values()
            assert image.Filter == pikepdf.Name.DCTDecode
