"""``hotich bench pages DIR``: score a folder of pages with truth files.

Beside each scan lies its truth: ``p001.jpg`` and ``p001.json``, or ``p001-2.json`` for page 2 of a scan with
several; a ``truth`` folder inside or beside the folder does as well. Where the truth also tells how and where
each field was written (``written``, as ``training.pages`` does), typed and handwritten fields are told apart
and boxes are checked. Tesseract reads the same pages in the same run, for the cost: it reads printed labels
and no handwriting.
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

from bench.boxes import are_found, is_known
from bench.page_tables import field_table, page_table
from bench.score import BY_HAND, TYPED, Board, FormCount
from pipeline.clean import clean
from pipeline.forms import load_form
from pipeline.read import Reader
from pipeline.report import Truth, read_truth
from pipeline.scan import ScanRefused, inspect, open_page
from pipeline.twins import DATES
from pipeline.wording import say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pipeline.elements import FieldKind, PageReading
    from pipeline.forms import Form

SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".pdf"})


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of a scan with its truth."""

    path: Path
    number: int
    truth: Truth


@dataclass
class Result:
    """What a run over a folder found; ``forms`` is by type and edition."""

    board: Board = field(default_factory=Board)
    forms: dict[str, FormCount] = field(default_factory=dict)
    pages: int = 0
    wrong_kind: list[str] = field(default_factory=list)
    wrong_fields: list[str] = field(default_factory=list)
    missed_boxes: list[str] = field(default_factory=list)
    our_seconds: float = 0.0
    tesseract_seconds: float = 0.0
    refused: list[str] = field(default_factory=list)


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


def score(folder: Path, *, beside_tesseract: bool = True) -> Result:
    """Read and score every page of a folder that has a truth file.

    Raises:
        ValueError: for a truth file that is none.
    """
    os.environ["OMP_THREAD_LIMIT"] = "1"
    cv2.setNumThreads(1)
    reader = Reader.load(threads=1)
    result = Result()
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
        page = reader.read(image)
        result.pages += 1
        result.our_seconds += page.cpu_seconds
        if beside_tesseract:
            result.tesseract_seconds += tesseract_seconds(image)
        _count_page(result, sheet, page.reading, image)
        _count_fields(result, sheet, page.reading)
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


def _count_page(result: Result, sheet: Sheet, reading: PageReading, image: NDArray[np.uint8]) -> None:
    """Whether the page was known, and its cases and boxes found."""
    name, truth = f"{sheet.path.name}#{sheet.number}", sheet.truth
    count = result.forms.setdefault(_form_name(truth), FormCount())
    count.pages += 1
    if is_known(truth, reading):
        count.known += 1
    else:
        told = f"{reading.kind.value} {reading.type} {reading.edition}".rstrip()
        result.wrong_kind.append(f"{name}: {truth.kind} {_form_name(truth)} → {told}")
    if truth.written:
        missed = are_found(truth, reading, clean(image, reading.turned).from_scan)
        count.boxed += 1
        count.whole += not missed
        if missed:
            result.missed_boxes.append(f"{name}: {', '.join(missed)}")


def _form_name(truth: Truth) -> str:
    return f"{truth.type} {truth.edition}".strip()


def _count_fields(result: Result, sheet: Sheet, reading: PageReading) -> None:
    """Every field of every case that the page's form asks for."""
    truth, form_name = sheet.truth, _form_name(sheet.truth)
    if not truth.cases:
        return
    kinds = kinds_of(load_form(truth.type, truth.edition))
    for index, texts in enumerate(truth.cases):
        case = reading.cases[index] if index < len(reading.cases) else None
        right: dict[str, bool] = {}
        for key in texts.keys() & kinds.keys():
            kind, read = kinds[key], case.get(key) if case else None
            manner = "" if not truth.written else TYPED if key in truth.written[index].typed else BY_HAND
            state, chance = (read.state, read.probability) if read else (None, 0.0)
            for group in ("", f"kind {kind.value}", f"form {form_name}"):
                for name in {group, f"{group}{manner}"}:
                    tally = result.board.of(name)
                    right[key] = tally.add(kind, read.verbatim if read else "", texts[key], state, chance)
            if not right[key]:
                page = f"{sheet.path.name}#{sheet.number}"
                result.wrong_fields.append(f"{page} {key} {state.value if state else '-'} {chance:.3f}")
        for pair in DATES:
            if all(texts.get(key) for key in pair):
                result.forms[form_name].dates += 1
                result.forms[form_name].dates_right += all(right.get(key, False) for key in pair)


def kinds_of(form: Form) -> dict[str, FieldKind]:
    """The kind of every field that a form asks for."""
    kinds = {key: label.kind for key, label in form.fields().items()}
    return kinds | {label.then: kinds.get(label.then, label.kind) for label in form.labels if label.then}


def main(folder: Path) -> None:
    """Score a folder and print the tables."""
    console = Console(width=max(100, Console().width))
    try:
        result = score(folder)
    except ValueError as why:
        console.print(str(why), markup=False)
        raise SystemExit(2) from why
    for message in result.refused:
        console.print(message, markup=False)
    if not result.pages:
        console.print(say("Không có trang nào kèm tệp đáp án trong {folder}.", folder=folder), markup=False)
        raise SystemExit(2)
    console.print(field_table(result.board))
    console.print(page_table(result.forms))
    for line in result.wrong_kind:
        console.print(say("Sai loại trang: {page}", page=line), markup=False)
    for line in result.missed_boxes:
        console.print(say("Không tìm thấy đủ ca và khung: {page}", page=line), markup=False)
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
