"""The evidence of fields whose truth is known, kept in a file: what probabilities are fitted and measured on.

One line of JSON for each page, so that reading may stop and go on. No text of a field is kept, only what
speaks for it and whether it was right.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

import cv2

from bench.pages import Sheet, sheets
from pipeline.elements import FieldKind
from pipeline.fields.same import same_content
from pipeline.forms import load_form
from pipeline.policy import family_of
from pipeline.read import Reader
from pipeline.reasons import Reason
from pipeline.scan import open_page

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


def row_of(sheet: Sheet, source: str = "") -> PageRow:
    """Read a page and hold it against its truth.

    A field that was not found at all counts as asked about: somebody has to fill it in.
    """
    reading = _reader().read(open_page(sheet.path, sheet.number)).reading
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
    family = family_of(reading.type or truth.type, reading.edition or truth.edition, typed=typed)
    return PageRow(f"{sheet.path.name}#{sheet.number}", source, _book(sheet), family, tuple(fields))


def _book(sheet: Sheet) -> str:
    """A short key of the book that a page is from: its folder, number of volume and signer."""
    told = sheet.truth.cases[0] if sheet.truth.cases else {}
    said = "|".join(
        [str(sheet.path.parent), sheet.truth.type, told.get("quyenSo", ""), told.get("nguoiKy", "")]
    )
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def keep(folder: Path, rows: Path) -> None:
    """Read every page of a folder that has a truth file and is not among the rows yet, and add it to them."""
    cv2.setNumThreads(1)
    known = {(row.source, row.page) for row in load([rows])} if rows.is_file() else set()
    with rows.open("a", encoding="utf-8") as out:
        for sheet in sheets(folder):
            if (str(folder), f"{sheet.path.name}#{sheet.number}") in known:
                continue
            out.write(json.dumps(asdict(row_of(sheet, str(folder))), ensure_ascii=False) + "\n")
            out.flush()


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
