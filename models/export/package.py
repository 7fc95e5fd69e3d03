"""The package of a book: workbook, zip of PDFs, manifest, in one zip for the download.

Only approved and loaded cases go out, each key once. The same cases give the same bytes, and the package is
named by them, so that exporting twice leaves one file and an earlier package is never written over.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from models.audit import note
from models.casekey import CaseKey, case_key
from models.errors import NoTemplate, NotFound, NothingToExport
from models.export.archive import zip_bytes
from models.export.pdf import case_pdf
from models.export.workbook import workbook_bytes
from models.files import whole
from models.ministry import BIRTH
from models.ministry_rows import MinistryRow, ministry_row
from models.states import CaseState
from models.tables import Book, Case, Export
from pipeline.elements import RegisterType
from pipeline.reasons import Reason

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models.store import Store

EXPORTED: Final = (CaseState.LOADED, CaseState.APPROVED)
LONGEST_NAME: Final = 80  # letters of an office in a file name
_UNSAFE: Final = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
_FULL_DATE: Final = re.compile(r"([0-9]{2})\.([0-9]{2})\.([0-9]{4})")


@dataclass(frozen=True, slots=True)
class ExportedCase:
    """A case on its way out."""

    case_id: int
    page_id: int
    key: CaseKey
    row: MinistryRow
    image: Path
    box: tuple[int, int, int, int] | None
    approved_at: datetime


@dataclass(frozen=True, slots=True)
class ExportedBook:
    """A book on its way out; ``left_out`` are approved cases that cannot go, by the code of why."""

    code: str
    office: str
    cases: tuple[ExportedCase, ...]
    left_out: tuple[tuple[int, str], ...]

    @property
    def stem(self) -> str:
        """Name of the workbook without its ending, "Xã Tân Lợi-KS.2010.01"."""
        office = _UNSAFE.sub("_", self.office).strip(" .")[:LONGEST_NAME]
        return f"{office}-{self.code}" if office else self.code


def export_book(store: Store, book_id: int, user_id: int | None, folder: Path | None = None) -> Path:
    """Write the package of a book into ``folder`` (the station's own by default). Returns the zip's path.

    It holds ``<office>-KS.2010.01.xlsx``, ``KS.2010.01.zip`` with one PDF per case, and ``manifest.json``
    with the SHA-256 of each. ``user_id`` is who asked for it; None for the command line.

    Raises:
        NotFound: for an unknown book, or a page whose image is gone.
        NothingToExport: when no case of the book is approved, or its type has no import sheet (NoTemplate).
    """
    with store.read() as session:
        book = _gather(store, session, book_id)
    if not book.cases:
        raise NothingToExport(book_id)
    package = package_bytes(book, store.settings.pdf_bytes, store.settings.unknown_date)
    sha256 = hashlib.sha256(package).hexdigest()
    target = (folder or store.settings.exports) / f"{book.stem}.{sha256[:12]}.zip"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        with whole(target) as file:
            file.write(package)
    with store.begin() as session:
        session.add(
            Export(
                book_id=book_id,
                created_by=user_id,
                path=store.settings.inside(target),
                sha256=sha256,
                cases=len(book.cases),
            )
        )
        note(
            session, "book_exported", "book", book_id, user_id=user_id, cases=len(book.cases), sha256=sha256
        )  # fmt: skip
    return target


def package_bytes(book: ExportedBook, pdf_bytes: int, unknown_date: str) -> bytes:
    """The whole package."""
    pdfs: dict[str, bytes] = {}
    for case in book.cases:
        name = _free_name(pdf_name(book.code, case, unknown_date), pdfs)
        if not case.image.is_file():
            raise NotFound("page image", case.page_id)
        pdfs[name] = case_pdf(case.image, pdf_bytes, case.box)
    stamp = max(case.approved_at for case in book.cases)
    files = {
        f"{book.stem}.xlsx": workbook_bytes(BIRTH, [case.row.texts for case in book.cases], stamp),
        f"{book.code}.zip": zip_bytes(pdfs),
    }
    manifest = manifest_of(book, stamp, {**files, **{f"{book.code}.zip/{n}": c for n, c in pdfs.items()}})
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    return zip_bytes({**files, "manifest.json": text.encode()})


def manifest_of(book: ExportedBook, stamp: datetime, files: dict[str, bytes]) -> dict[str, Any]:
    """What the package says of itself: its files with their SHA-256, what had to be left out, and why."""
    return {
        "book": book.code,
        "office": book.office,
        "approved_until": stamp.astimezone(UTC).isoformat(timespec="seconds"),
        "cases": len(book.cases),
        "files": [
            {"name": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in files.items()
        ],
        "left_out": [{"case": case_id, "reason": reason} for case_id, reason in book.left_out],
        "gaps": [
            {"case": case.case_id, "column": column, "reason": reason}
            for case in book.cases
            for column, reason in case.row.gaps
        ],
    }


def pdf_name(code: str, case: ExportedCase, unknown_date: str) -> str:
    """Name of a case's PDF, "KS.2010.01.2010-02-03.05.pdf"; without a whole date, with the placeholder."""
    date = _FULL_DATE.fullmatch(case.row.texts["ngayDangKy"])
    day = f"{date[3]}-{date[2]}-{date[1]}" if date else unknown_date
    return f"{code}.{day}.{case.key.number}.pdf"


def _free_name(name: str, taken: dict[str, bytes]) -> str:
    """Two years' series in one book may give one name where dates are unknown: then count."""
    stem = name.removesuffix(".pdf")
    count = 1
    while name in taken:
        count += 1
        name = f"{stem}-{count}.pdf"
    return name


def _gather(store: Store, session: Session, book_id: int) -> ExportedBook:
    book = session.get(Book, book_id)
    if book is None:
        raise NotFound("book", book_id)
    if book.type != RegisterType.BIRTH.value:
        raise NoTemplate(book_id, book.type)
    cases = session.scalars(select(Case).where(Case.book_id == book_id, Case.state.in_(EXPORTED))).all()
    out: dict[CaseKey, ExportedCase] = {}
    left_out: list[tuple[int, str]] = []
    # Loaded before approved: of two cases with one key, the registry's is the one.
    for case in sorted(cases, key=lambda case: (EXPORTED.index(case.state), case.id)):
        key = case_key(book, case.fields)
        if key is None:
            left_out.append((case.id, Reason.NUMBER_MISSING.value))
        elif key in out:
            left_out.append((case.id, Reason.DUPLICATE_KEY.value))
        else:
            out[key] = _exported(store, session, case, key)
    ordered = tuple(out[key] for key in sorted(out, key=_in_order))
    return ExportedBook(book.code, book.office, ordered, tuple(left_out))


def _exported(store: Store, session: Session, case: Case, key: CaseKey) -> ExportedCase:
    page = case.page
    alone = session.scalar(select(Case.id).where(Case.page_id == page.id, Case.id != case.id)) is None
    box = None if alone or case.box is None else case.box
    return ExportedCase(
        case_id=case.id,
        page_id=page.id,
        key=key,
        row=ministry_row(BIRTH, key, case.fields),
        image=store.settings.outside(page.image_path or ""),
        box=None if box is None else (box[0], box[1], box[2], box[3]),
        approved_at=case.approved_at or datetime.min.replace(tzinfo=UTC),
    )


def _in_order(key: CaseKey) -> tuple[int, int, str]:
    digits = re.match(r"[0-9]+", key.number)
    return key.year, int(digits[0]) if digits else 0, key.number
