"""``hotich bench beside``: this program beside others, in one run over the same lines and pages.

Lines are read by this program (best path, and as fields are read), by Tesseract ``vie`` (one line a picture)
and by asterocr, which is put into an environment of its own when it is asked for. Pages are read by this
program, the first ones of a book and those after them apart, and by Tesseract as a whole. The tables come out
as Markdown, so that the README shows what the command printed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import venv
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2
import pytesseract
from PIL import Image
from rich.console import Console

from bench.lines import LineScore, grey_line, labelled
from bench.pages import read_by_tesseract, sheets
from bench.score import same_content
from pipeline.elements import FieldKind
from pipeline.read import BookPrior, Reader
from pipeline.recognise import ctc
from pipeline.recognise.decode import decode
from pipeline.recognise.handwriting import LineRecogniser
from pipeline.scan import open_page
from pipeline.text import bare_key
from pipeline.wording import say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


ASTEROCR: Final = "asterocr==1.0.2"
ENVIRONMENT: Final = Path.home() / ".cache" / "hotich" / ASTEROCR.replace("==", "-")
ONE_LINE: Final = "--psm 7"


@dataclass
class PageScore:
    """Pages read in one way, and what Tesseract made of the same pages."""

    pages: int = 0
    fields: int = 0
    right: int = 0
    seconds: float = 0.0
    found_by_tesseract: int = 0
    tesseract_seconds: float = 0.0


def score_lines(folder: Path, *, others: bool = True) -> dict[str, LineScore]:
    """Read a folder of lines with every engine.

    Raises:
        ValueError: where labels.tsv is missing, or names a file that is not there.
        subprocess.CalledProcessError: when asterocr cannot be installed or does not run.
    """
    os.environ["OMP_THREAD_LIMIT"] = "1"
    cv2.setNumThreads(1)
    rows = labelled(folder)
    recogniser = LineRecogniser.load(threads=1)
    scores: dict[str, LineScore] = {}
    best_path, as_field = say("hotich, đường đi tốt nhất"), say("hotich, như đọc một mục")
    scores[best_path] = _timed(rows, lambda path: _read(recogniser, path, None))
    scores[as_field] = _timed(rows, lambda path: _read(recogniser, path, FieldKind.TEXT))
    if others:
        scores["Tesseract vie"] = _timed(
            rows, lambda path: str(pytesseract.image_to_string(Image.open(path), lang="vie", config=ONE_LINE))
        )
        scores["asterocr 1.0.2"] = _asterocr(rows)
    return scores


def _read(recogniser: LineRecogniser, path: Path, kind: FieldKind | None) -> str:
    (matrix,) = recogniser.log_probabilities([grey_line(path)])
    if kind is None:
        return ctc.greedy(matrix, recogniser.charset)
    return decode(kind, [matrix], recogniser.charset).text


def _timed(rows: Sequence[tuple[Path, str]], read: Callable[[Path], str]) -> LineScore:
    score = LineScore()
    read(rows[0][0])  # what is loaded once is no line's cost
    for path, truth in rows:
        started = _cpu_seconds()
        text = read(path)
        score.seconds += _cpu_seconds() - started
        score.add(" ".join(text.split()), truth)
    return score


def _asterocr(rows: Sequence[tuple[Path, str]]) -> LineScore:
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists():
        venv.create(ENVIRONMENT, with_pip=True)
        subprocess.run(  # noqa: S603 - the Python of the environment just made
            [python, "-m", "pip", "install", "-qq", ASTEROCR], check=True
        )
    script = Path(__file__).with_name("asterocr_lines.py")
    asked = "".join(f"{path.resolve()}\n" for path, _ in rows)
    done = subprocess.run(  # noqa: S603 - our own script in that environment
        [python, script], input=asked, capture_output=True, text=True, check=True
    )
    score = LineScore()
    answers = [line for line in done.stdout.splitlines() if line.startswith("{")]
    for answer, (_, truth) in zip(answers, rows, strict=True):
        found = json.loads(answer)
        score.seconds += found["seconds"]
        score.add(found["text"], truth)
    return score


def score_pages(folder: Path) -> dict[str, PageScore]:
    """Read a folder of pages as one book after the other, beside Tesseract."""
    os.environ["OMP_THREAD_LIMIT"] = "1"
    cv2.setNumThreads(1)
    reader = Reader.load(threads=1)
    first, later = say("đầu sổ"), say("trang sau của sổ")
    scores = {first: PageScore(), later: PageScore()}
    prior = BookPrior()
    for sheet in sheets(folder):
        image = open_page(sheet.path, sheet.number)
        page = reader.read(image, prior)
        prior = replace(prior, known=page.known)
        score = scores[later if page.reading.provenance.get("labels") == "known" else first]
        score.pages += 1
        score.seconds += page.cpu_seconds
        printed, seconds = read_by_tesseract(image)
        score.tesseract_seconds += seconds
        text_of_page = f" {bare_key(printed)} "
        kinds = {item.key: item.kind for case in page.reading.cases for item in case.fields}
        for index, truth in enumerate(sheet.truth.cases):
            case = page.reading.cases[index] if index < len(page.reading.cases) else None
            for key, text in truth.items():
                kind = kinds.get(key, FieldKind.TEXT)
                if not text or kind is FieldKind.REGISTRATION_KIND:
                    continue  # nothing is written there
                read = case.get(key) if case else None
                score.fields += 1
                score.right += same_content(kind, read.verbatim if read else "", text)
                score.found_by_tesseract += f" {bare_key(text)} " in text_of_page
    return {name: score for name, score in scores.items() if score.pages}


def _cpu_seconds() -> float:
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


def line_table(name: str, scores: dict[str, LineScore]) -> str:
    """The Markdown table of a folder of lines."""
    rows = [
        f"| {engine} | {s.edits_bare / max(1, s.characters_bare):.1%} | {s.right_bare / max(1, s.lines):.1%} "
        f"| {1000 * s.seconds / max(1, s.lines):.0f} |"
        for engine, s in scores.items()
    ]
    count = next(iter(scores.values())).lines
    head = say("| {name}: {count} dòng | CER | đúng cả dòng | ms CPU |", name=name, count=count)
    return "\n".join([head, "|---|---|---|---|", *rows])


def page_table(scores: dict[str, PageScore]) -> str:
    """The Markdown table of pages."""
    rows = [
        f"| {place} | {s.pages} | {s.right / max(1, s.fields):.1%} | {s.seconds / s.pages:.2f} "
        f"| {s.found_by_tesseract / max(1, s.fields):.1%} | {s.tesseract_seconds / s.pages:.2f} "
        f"| {s.seconds / max(0.001, s.tesseract_seconds):.2f} |"
        for place, s in scores.items()
    ]
    head = say(
        "| trang | số | mục hotich đọc đúng | giây CPU | mục có trong chữ Tesseract đọc | giây CPU | tỉ số |"
    )
    return "\n".join([head, "|---|---|---|---|---|---|---|", *rows])


def main(lines: Sequence[Path], pages: Sequence[Path]) -> None:
    """Score folders of lines and of pages and print the tables."""
    console = Console(width=200)
    try:
        for folder in lines:
            console.print(line_table(folder.name, score_lines(folder)), markup=False, highlight=False)
            console.print()
        for folder in pages:
            console.print(page_table(score_pages(folder)), markup=False, highlight=False)
    except (ValueError, subprocess.CalledProcessError, OSError) as why:
        console.print(str(why), markup=False)
        raise SystemExit(2) from why
    sys.stdout.flush()
