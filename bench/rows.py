"""The evidence of fields whose truth is known, kept in a file: what probabilities are fitted and measured on.

One line of JSON for each page, so that reading may stop and go on. No text of a field is kept, only what
speaks for it and whether it was right.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import cv2

from bench.book_reader import BookReader
from bench.pages import Sheet, sheets
from pipeline.elements import FieldKind
from pipeline.fields.same import same_content
from pipeline.forms import load_form
from pipeline.policy import family_of
from pipeline.read import Reader
from pipeline.reasons import Reason

BY_PROBABILITY: Final = frozenset(
    {Reason.LOW_PROBABILITY.value, Reason.NOT_PROVEN.value, Reason.ENGINES_DISAGREE.value}
)
"""Reasons that follow from the probability itself; any other asks a person for its own sake."""


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field: what kind it is, whether it was exactly right, and what spoke for that.

    ``blank`` says that nothing was read. ``asked`` says that a person is asked whatever the probability is.
    """

    key: str
    kind: FieldKind
    blank: bool
    right: bool
    asked: bool
    evidence: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PageRow:
    """The fields of one page, with its set and book, and the family that it was taken for."""

    page: str
    source: str
    book: str
    family: str
    fields: tuple[FieldRow, ...]

    @property
    def typed(self) -> bool:
        """Whether the page was taken for typed."""
        return self.family.endswith(".typed")


@cache
def _reader() -> Reader:
    return Reader.load(threads=1)


def row_of(sheet: Sheet, source: str = "", book: BookReader | None = None) -> PageRow:
    """Read a page and hold it against its truth.

    A field that was not found at all counts as asked about: somebody has to fill it in. Fields of a case that
    is none, as on a page that was struck out, are wrong.

    Args:
        sheet: the page.
        source: the set that it is from.
        book: what reads the pages of its book in turn; None for a page alone.
    """
    reading = (book or BookReader(_reader())).read(sheet)
    truth = sheet.truth
    form = load_form(truth.type, truth.edition) if truth.cases else None
    kinds: dict[str, FieldKind] = {}
    if form is not None:
        kinds = {key: label.kind for key, label in form.fields().items()}
        kinds |= {label.then: kinds.get(label.then, label.kind) for label in form.labels if label.then}
    fields: list[FieldRow] = []
    typed = False
    for index, told in enumerate(truth.cases):
        case = reading.cases[index] if index < len(reading.cases) else None
        for key, text in told.items():
            found = case.get(key) if case else None
            if found is None or found.box is None:
                if key in kinds:
                    fields.append(FieldRow(key, kinds[key], True, False, True))
                continue
            typed = typed or found.evidence.get("typed", 0.0) > 0.5
            fields.append(
                FieldRow(
                    key,
                    found.kind,
                    not found.verbatim,
                    same_content(found.kind, found.verbatim, text),
                    not BY_PROBABILITY.issuperset(found.reasons),
                    dict(found.evidence),
                )
            )
    for case in reading.cases[len(truth.cases) :]:
        fields += [
            FieldRow(
                item.key,
                item.kind,
                not item.verbatim,
                False,
                not BY_PROBABILITY.issuperset(item.reasons),
                dict(item.evidence),
            )
            for item in case.fields
            if item.box is not None and item.verbatim
        ]
    family = family_of(reading.type or truth.type, reading.edition or truth.edition, typed=typed)
    return PageRow(_name(sheet), source, _book(sheet), family, tuple(fields))


def _book(sheet: Sheet) -> str:
    """A short key of the book that a page is from.

    Where its truth does not tell: its folder, number of volume and signer.
    """
    told = sheet.truth.cases[0] if sheet.truth.cases else {}
    own = sheet.truth.book or "|".join([told.get("quyenSo", ""), told.get("nguoiKy", "")])
    said = "|".join([str(sheet.path.parent), sheet.truth.type, own])
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def keep(folder: Path, rows: Path, processes: int = 1) -> None:
    """Read every page of a folder that has a truth file and is not among the rows yet, and add it to them.

    A book's rows are added when all of it is read, so that reading may stop and go on: a book is read from
    its first page on, since what it told of itself is kept nowhere.
    """
    known = {(row.source, row.page) for row in load([rows])} if rows.is_file() else set()
    books: dict[str, list[Sheet]] = {}
    for sheet in sheets(folder):
        books.setdefault(_book(sheet), []).append(sheet)
    missing = {
        book: found
        for book, found in books.items()
        if any((str(folder), _name(sheet)) not in known for sheet in found)
    }
    sources = [str(folder)] * len(missing)
    pool = ProcessPoolExecutor(processes, get_context("spawn")) if processes > 1 else nullcontext()
    with pool as workers, rows.open("a", encoding="utf-8") as out:
        read = (
            workers.map(_read_book, missing.values(), sources)
            if workers
            else map(_read_book, missing.values(), sources)
        )
        for found in read:
            for row in found:
                if (str(folder), row["page"]) not in known:
                    out.write(json.dumps(row, ensure_ascii=False) + "\n")
            out.flush()


def _read_book(found: Sequence[Sheet], source: str) -> list[dict[str, Any]]:
    """The rows of the pages of one book, in their order."""
    os.environ["OMP_THREAD_LIMIT"] = "1"
    cv2.setNumThreads(1)
    book = BookReader(_reader())
    return [asdict(row_of(sheet, source, book)) for sheet in found]


def _name(sheet: Sheet) -> str:
    return f"{sheet.path.name}#{sheet.number}"


def load(files: Sequence[Path]) -> list[PageRow]:
    """The pages of some files of rows."""
    return [row for path in files for row in _lines(path)]


def _lines(path: Path) -> Iterator[PageRow]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            data = json.loads(line)
            fields = tuple(
                FieldRow(
                    one["key"],
                    FieldKind(one["kind"]),
                    one["blank"],
                    one["right"],
                    one["asked"],
                    one["evidence"],
                )
                for one in data["fields"]
            )
            yield PageRow(data["page"], data["source"], data["book"], data["family"], fields)
