"""What became of the sample: each file against what should have, each field against the truth."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from bench.score import Tally
from flows.batch import PEAK_KEY
from models.overview import MACHINE_STATES
from models.states import FieldState, PageState
from models.tables import Book, Case, Field, Page, Refusal, Scan
from pipeline.elements import FieldKind, PageKind
from pipeline.elements import FieldState as MachineState
from pipeline.reasons import Reason
from pipeline.report import read_truth

if TYPE_CHECKING:
    from models.store import Store

SAMPLE: Final = Path(__file__).parent.parent / "training" / "sample"
_ENDS: Final = {PageKind.CASES: "read", PageKind.BLANK: "blank", PageKind.VOID: "void"}


@dataclass(frozen=True, slots=True)
class ExpectedFile:
    """A file of the sample: its book's folder, how it must end; of each page the end and the truth file."""

    folder: str
    name: str
    end: str
    reason: str
    pages: tuple[tuple[int, str, str], ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was made of the sample. ``wrong_ends`` names what did not end as it should; "" says nothing is."""

    files: int
    scans: int
    pages: int
    cases: int
    fields: Mapping[FieldState, int]
    refused: tuple[tuple[str, str], ...]  # name of the file, code of the reason
    tally: Tally  # the fields of the truth, held against what the machine had read
    cpu_seconds: float
    peak_mib: int
    wrong_ends: tuple[str, ...]


def expected_files(sample: Path = SAMPLE) -> tuple[ExpectedFile, ...]:
    """What must become of each file of the sample."""
    files = json.loads((sample / "truth" / "expected.json").read_text("utf-8"))["files"]
    return tuple(
        ExpectedFile(
            folder=item["book"],
            name=unicodedata.normalize("NFC", item["file"]),
            end=item["end"],
            reason=Reason.DUPLICATE if item["end"] == "duplicate" else item.get("reason", ""),
            pages=tuple((page["page"], page["end"], page.get("truth", "")) for page in item["pages"]),
        )
        for item in files
    )


def judge(store: Store, sample: Path = SAMPLE) -> Outcome:
    """Compare what the database holds with what the sample's truth says."""
    expected = expected_files(sample)
    with store.read() as session:
        pages = {
            (book.folder, scan.original_name, page.number): page
            for page, scan, book in session.execute(
                select(Page, Scan, Book)
                .join(Scan, Page.scan_id == Scan.id)
                .join(Book, Page.book_id == Book.id)
            ).tuples()
        }
        refusals = {
            (folder, refusal.original_name): refusal.reason
            for refusal, folder in session.execute(
                select(Refusal, Book.folder).join(Book, Refusal.book_id == Book.id)
            ).tuples()
        }
        fields: dict[int, list[dict[str, Field]]] = {}
        for case in session.scalars(select(Case).order_by(Case.page_id, Case.index)):
            fields.setdefault(case.page_id, []).append({field.key: field for field in case.fields})
    tally = Tally()
    for file in expected:
        for number, _, truth in file.pages:
            page = pages.get((file.folder, file.name, number))
            if truth and page is not None:
                _compare(tally, sample / "truth" / truth, fields.get(page.id, []))
    states = [field.state for cases in fields.values() for case in cases for field in case.values()]
    read = [page for page in pages.values() if page.cpu_seconds is not None]
    return Outcome(
        files=len(expected),
        scans=len({page.scan_id for page in pages.values()}),
        pages=len(pages),
        cases=sum(len(cases) for cases in fields.values()),
        fields={state: states.count(state) for state in FieldState},
        refused=tuple((name, reason) for (_, name), reason in sorted(refusals.items())),
        tally=tally,
        cpu_seconds=sum(page.cpu_seconds or 0.0 for page in read) / max(1, len(read)),
        peak_mib=max((int(page.provenance.get(PEAK_KEY, 0)) for page in read), default=0),
        wrong_ends=tuple(_wrong_ends(expected, pages, refusals)),
    )


def _compare(tally: Tally, truth: Path, cases: list[dict[str, Field]]) -> None:
    """Count each field of a truth file, by the rule of ``hotich bench pages``."""
    for place, case in enumerate(read_truth(truth).cases):
        if place >= len(cases):
            tally.fields += len(case)  # a page that was not read has none right, not even the blank ones
            continue
        for key, verbatim in case.items():
            field = cases[place].get(key)
            if field is None:
                tally.add(FieldKind.TEXT, "", verbatim, None, 0.0)
            else:
                state = MachineState(field.state) if field.state in MACHINE_STATES else None
                read = field.machine_verbatim
                tally.add(FieldKind(field.kind), read, verbatim, state, field.probability)


def _wrong_ends(
    expected: tuple[ExpectedFile, ...],
    pages: Mapping[tuple[str, str, int], Page],
    refusals: Mapping[tuple[str, str], str],
) -> Iterator[str]:
    for file in expected:
        reason = refusals.get((file.folder, file.name), "")
        if reason != file.reason:
            yield f"{file.name}: {reason or 'accepted'}, not {file.reason or 'accepted'}"
        for number, end, _ in file.pages:
            page = pages.get((file.folder, file.name, number))
            found = "missing" if page is None else _end_of(page)
            if found != end:
                yield f"{file.name}/{number}: {found}, not {end}"
    known = {(file.folder, file.name, number) for file in expected for number, _, _ in file.pages}
    for key in sorted(pages.keys() - known):
        yield f"{key[1]}/{key[2]}: not expected"


def _end_of(page: Page) -> str:
    if page.state is not PageState.READ:
        return page.state.value
    if page.duplicate_of is not None:
        return Reason.DUPLICATE_PAGE.value
    kind = PageKind(page.kind or PageKind.UNKNOWN)
    return _ENDS.get(kind, kind.value)
