"""``hotich bench pages DIR``: score a folder of pages with truth files.

Beside each scan lies its truth: ``p001.jpg`` and ``p001.json``, or ``p001-2.json`` for page 2 of a scan with
several; a ``truth`` folder inside or beside the folder does as well. Tesseract reads the same pages in the
same run, for the cost: it reads printed labels and no handwriting.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2
import pytesseract
from PIL import Image
from rich.console import Console
from rich.table import Table

from bench.costs import MIB, Books, Costs, MemoryWatch
from bench.score import Board
from pipeline.forms import load_form
from pipeline.read import Reader
from pipeline.report import Truth, read_truth
from pipeline.scan import ScanRefused, inspect, open_page
from pipeline.wording import say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pipeline.elements import PageReading

SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".pdf"})


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of a scan with its truth."""

    path: Path
    number: int
    truth: Truth


@dataclass
class Result:
    """What a run over a folder found."""

    board: Board = field(default_factory=Board)
    pages: int = 0
    wrong_kind: list[str] = field(default_factory=list)
    wrong_fields: list[str] = field(default_factory=list)
    our_seconds: float = 0.0
    tesseract_seconds: float = 0.0
    refused: list[str] = field(default_factory=list)
    costs: Costs = field(default_factory=Costs)


def sheets(folder: Path) -> list[Sheet]:
    """Every page with a truth file, by file name and number.

    Raises:
        ValueError: for a truth file that is none.
    """
    places = [folder, folder / "truth", folder.parent / "truth"]
    found = []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in SUFFIXES or not path.is_file():
            continue
        for place in places:
            single = place / f"{path.stem}.json"
            if single.is_file():
                found.append(Sheet(path, 1, _truth(single)))
                break
            numbered = (
                (p, p.stem.removeprefix(f"{path.stem}-")) for p in place.glob(f"{escape(path.stem)}-*.json")
            )
            several = sorted((int(number), p) for p, number in numbered if number.isdecimal())
            if several:
                found += [Sheet(path, number, _truth(p)) for number, p in several]
                break
    return found


def _truth(path: Path) -> Truth:
    """A truth file whose form is known.

    Raises:
        ValueError: for any other.
    """
    truth = read_truth(path)
    if truth.cases:
        try:
            load_form(truth.type, truth.edition)
        except KeyError as error:
            form = f"{truth.type} {truth.edition}"
            raise ValueError(
                say("Tệp đáp án {name} nêu mẫu sổ chưa biết: {form}.", name=path.name, form=form)
            ) from error
    return truth


def score(folder: Path, *, beside_tesseract: bool = True, book: int = 0) -> Result:
    """Read and score every page of a folder that has a truth file.

    Args:
        folder: the pages.
        beside_tesseract: time Tesseract on the same pages.
        book: pages that share a book, in the order of their files; 0 reads every page for itself.

    Raises:
        ValueError: for a truth file that is none.
    """
    os.environ["OMP_THREAD_LIMIT"] = "1"
    cv2.setNumThreads(1)
    reader = Reader.load(threads=1)
    result = Result()
    books, watch = Books(book), MemoryWatch()
    for sheet in sheets(folder):
        try:
            if sheet.number > inspect(sheet.path).page_count:
                result.refused.append(
                    say("Tệp {name} không có trang {page}.", name=sheet.path.name, page=sheet.number)
                )
                continue
            image = open_page(sheet.path, sheet.number)
        except ScanRefused as why:
            result.refused.append(why.message)
            continue
        with watch:
            page = reader.read(image, books.prior(sheet.truth.type))
        theirs = tesseract_seconds(image) if beside_tesseract else 0.0
        result.pages += 1
        result.our_seconds += page.cpu_seconds
        result.tesseract_seconds += theirs
        result.costs.add(books.place(page), page.cpu_seconds, theirs)
        result.costs.peak = watch.peak
        _count(result, sheet, page.reading)
    return result


def read_by_tesseract(image: NDArray[np.uint8]) -> tuple[str, float]:
    """What ``tesseract -l vie`` reads on the page as it was scanned, and the CPU seconds that it takes."""
    before = os.times()
    text = str(pytesseract.image_to_string(Image.fromarray(image[:, :, ::-1]), lang="vie"))
    after = os.times()
    seconds = (after.children_user + after.children_system) - (before.children_user + before.children_system)
    return text, seconds


def tesseract_seconds(image: NDArray[np.uint8]) -> float:
    """CPU seconds that ``tesseract -l vie`` takes for the page as it was scanned."""
    return read_by_tesseract(image)[1]


def _count(result: Result, sheet: Sheet, reading: PageReading) -> None:
    name = f"{sheet.path.name}#{sheet.number}"
    if reading.kind.value != sheet.truth.kind or (reading.cases and reading.edition != sheet.truth.edition):
        result.wrong_kind.append(f"{name}: {sheet.truth.kind} → {reading.kind.value} {reading.edition}")
    if not sheet.truth.cases:
        return
    form = load_form(sheet.truth.type, sheet.truth.edition)
    kinds = {key: label.kind for key, label in form.fields().items()}
    kinds |= {label.then: kinds.get(label.then, label.kind) for label in form.labels if label.then}
    for index, truth in enumerate(sheet.truth.cases):
        case = reading.cases[index] if index < len(reading.cases) else None
        for key, text in truth.items():
            if key not in kinds:
                continue
            read = case.get(key) if case else None
            kind = kinds[key]
            state, chance = (read.state, read.probability) if read else (None, 0.0)
            right = False
            for group in ("", f"kind {kind.value}", f"edition {sheet.truth.edition}"):
                right = result.board.of(group).add(kind, read.verbatim if read else "", text, state, chance)
            if not right:
                result.wrong_fields.append(f"{name} {key} {state.value if state else '-'} {chance:.3f}")


def main(folder: Path, book: int = 0) -> None:
    """Score a folder and print the tables."""
    console = Console(width=max(100, Console().width))
    try:
        result = score(folder, book=book)
    except ValueError as why:
        console.print(str(why), markup=False)
        raise SystemExit(2) from why
    for message in result.refused:
        console.print(message, markup=False)
    if not result.pages:
        console.print(say("Không có trang nào kèm tệp đáp án trong {folder}.", folder=folder), markup=False)
        raise SystemExit(2)
    console.print(_table(result.board))
    for line in result.wrong_kind:
        console.print(say("Sai loại trang: {page}", page=line), markup=False)
    ours, theirs = result.our_seconds / result.pages, result.tesseract_seconds / result.pages
    console.print(
        say(
            "{pages} trang; CPU mỗi trang: hotich {ours:.2f} giây, tesseract -l vie {theirs:.2f} giây, "
            "tỉ số {ratio:.2f}",
            pages=result.pages,
            ours=ours,
            theirs=theirs,
            ratio=ours / max(0.001, theirs),
        )
    )
    if book:
        console.print(result.costs.table())
    peak = result.costs.peak // MIB
    console.print(say("Bộ nhớ nhiều nhất, kể cả tesseract: {peak} MiB", peak=peak), markup=False)


def _table(board: Board) -> Table:
    table = Table(
        say("Nhóm"),
        say("Mục"),
        say("Đúng"),
        say("Đúng từng ký tự"),
        "CER",
        say("Tự chấp nhận"),
        say("Sai trong số đó"),
        "Brier",
    )
    for group in [*board.names("edition "), *board.names("kind "), ""]:
        tally = board.of(group)
        table.add_row(
            group or say("Tất cả"),
            str(tally.fields),
            f"{tally.share_right:.1%}",
            f"{tally.letter_for_letter / max(1, tally.fields):.1%}",
            f"{tally.character_error:.2%}",
            f"{tally.share_accepted:.1%}",
            f"{tally.accepted_wrong} ({tally.error_among_accepted:.2%})",
            f"{tally.squared / max(1, tally.fields):.3f}",
        )
    return table
