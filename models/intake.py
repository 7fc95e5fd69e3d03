"""What comes in: books, accepted scans with their pages, refused files.

Every step may be repeated. A scan is taken in the order copy, record; the caller removes the file from the
inbox last. Killed in between, the next run copies onto the same name or finds the record there.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from models.audit import note
from models.errors import DuplicateScan, ScanChanged
from models.files import whole
from models.states import ScanState
from models.tables import Book, Page, Refusal, Scan
from models.texts import kept_text
from models.units import unit_of_office
from pipeline.elements import RegisterType
from pipeline.wording import say

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

    from models.store import Store

YEARS: Final = range(1850, 2101)
BLOCK: Final = 1 << 20
_SUFFIX: Final = re.compile(r"\.[0-9a-z]{1,5}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


def register_book(store: Store, office: str, type: str, year: int, volume: str, folder: Path | str) -> int:  # noqa: A002 - the field's word
    """The book of that office, type, year and volume, made when it is not there yet. Returns its id.

    Raises:
        ValueError: for an unknown type, a year outside ``YEARS``, or a volume that is not a number.
    """
    if year not in YEARS or not re.fullmatch(r"[0-9]{1,4}", volume):
        raise ValueError(say("Năm mở sổ hoặc số quyển không hợp lệ: {code}", code=f"{type}.{year}.{volume}"))
    key: dict[str, Any] = {
        "office": " ".join(kept_text(office).split()),
        "type": RegisterType(type).value,
        "year": year,
        "volume": f"{int(volume):02d}",
    }
    with store.begin() as session:
        found = session.scalar(select(Book.id).filter_by(**key))
        if found is not None:
            return found
        unit_id = unit_of_office(session, key["office"])
        try:
            with session.begin_nested():
                book = Book(**key, folder=kept_text(str(folder)), unit_id=unit_id)
                session.add(book)
        except IntegrityError:  # another process registered it at this moment
            return session.scalars(select(Book.id).filter_by(**key)).one()
        note(session, "book_registered", "book", book.id, code=book.code)
        return book.id


def accept_scan(
    store: Store, book_id: int, path: Path, sha256: str, original_name: str, size: int, page_count: int
) -> int:
    """Keep a scan: its bytes under their hash, its row, its pages waiting. Returns the scan's id.

    ``path`` is where the bytes lie now; it is left there. Told again of the same file of the same book, the
    scan of the first time is returned.

    Raises:
        DuplicateScan: when the same bytes were accepted in another book or under another name.
        ScanChanged: when the bytes are no longer those of ``sha256``; nothing is kept then.
    """
    if not _SHA256.fullmatch(sha256) or page_count < 1:
        raise ValueError("a scan needs the SHA-256 of its bytes and at least one page")
    name = kept_text(original_name)
    suffix = path.suffix.lower() if _SUFFIX.fullmatch(path.suffix.lower()) else ""
    with store.read() as session:
        found = _accepted_before(session, book_id, sha256, name)
    if found is not None:
        return found
    _keep_bytes(path, store.settings.scan_path(sha256, suffix), sha256)
    with store.begin() as session:
        found = _accepted_before(session, book_id, sha256, name)
        if found is not None:
            return found
        scan = Scan(
            book_id=book_id,
            sha256=sha256,
            original_name=name,
            suffix=suffix,
            size=size,
            state=ScanState.ACCEPTED,
            page_count=page_count,
        )
        try:
            with session.begin_nested():
                session.add(scan)
        except IntegrityError as error:  # another process accepted it at this moment
            found = _accepted_before(session, book_id, sha256, name)
            if found is None:
                raise ValueError(f"there is no book {book_id}") from error
            return found
        session.add_all(
            Page(scan_id=scan.id, book_id=book_id, number=number) for number in range(1, page_count + 1)
        )
        note(session, "scan_accepted", "scan", scan.id, book_id=book_id, pages=page_count)
        return scan.id


def refuse(
    store: Store,
    book_id: int | None,
    original_name: str,
    sha256: str | None,
    reason: str,
    message: str,
    kept_path: Path,
) -> int:
    """Record a file that was not taken: the code of the reason, the sentence, and where it lies now."""
    with store.begin() as session:
        refusal = Refusal(
            book_id=book_id,
            original_name=kept_text(original_name),
            sha256=sha256,
            reason=str(reason),
            message=kept_text(message),
            kept_path=kept_text(store.settings.inside(kept_path)),
        )
        session.add(refusal)
        session.flush()
        note(session, "file_refused", "refusal", refusal.id, book_id=book_id, reason=str(reason))
        return refusal.id


def _accepted_before(session: Session, book_id: int, sha256: str, name: str) -> int | None:
    scan = session.scalar(select(Scan).filter_by(sha256=sha256))
    if scan is None:
        return None
    if scan.book_id != book_id or scan.original_name != name:
        raise DuplicateScan(scan.id)
    return scan.id


def _keep_bytes(source: Path, target: Path, sha256: str) -> None:
    if source == target or target.exists():
        return
    digest = hashlib.sha256()
    with source.open("rb") as reading, whole(target) as writing:
        while block := reading.read(BLOCK):
            digest.update(block)
            writing.write(block)
        if digest.hexdigest() != sha256:
            raise ScanChanged
