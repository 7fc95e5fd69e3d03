"""What lies ready in the inbox becomes scans of a book, or is refused with a sentence that says what to do.

Taking a file is: hash it, look inside, let ``models.intake`` copy and record it, remove it from the inbox. It
goes last, so a station killed in between finds it again and the record of it, and ends what was begun.
"""

from __future__ import annotations

import logging
import re
import stat
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from flows.names import READY, BookName, book_name, is_in_passing
from flows.refusals import dropped_at, keep_refused
from models.errors import DuplicateScan, ScanChanged
from models.intake import accept_scan, register_book
from models.tables import Scan
from pipeline.reasons import Reason
from pipeline.scan import Limits, ScanRefused, inspect, sha256_of, shown_name
from pipeline.wording import say

if TYPE_CHECKING:
    from pathlib import Path

    from models.settings import Settings
    from models.store import Store

log = logging.getLogger("hotich.inbox")

EXAMPLE: Final = "Xã Tân Lợi-KS.2010.01"


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of an entry of the inbox: the book, if it was one's folder, its scans, how many refused."""

    book_id: int | None
    scan_ids: tuple[int, ...] = ()
    refused: int = 0


def limits_of(settings: Settings) -> Limits:
    """The limits that a scan file must keep."""
    return Limits(
        max_pages=settings.max_pages_per_file, max_pixels=settings.max_pixels, max_bytes=settings.max_bytes
    )


def take(store: Store, entry: Path) -> Taken:
    """Take one settled entry of the inbox: a book's folder, or something that should not be there.

    Raises:
        OSError: when something could neither be read nor moved; what was taken until then is kept.
    """
    if not stat.S_ISDIR(entry.lstat().st_mode):
        keep_refused(store, entry, *_why_not_here(entry))
        return Taken(None, refused=1)
    name = book_name(entry.name)
    if name is None or not (name.office or store.settings.office):
        keep_refused(store, entry, Reason.FOLDER_NAME, _how_to_name(entry, name))
        return Taken(None, refused=1)
    office = name.office or store.settings.office
    book_id = register_book(store, office, name.type, name.year, name.volume, entry.name)
    scan_ids: list[int] = []
    refused = 0
    for path in sorted(entry.iterdir(), key=_by_number):
        if is_in_passing(path.name):
            continue
        try:
            scan_ids.append(_take_file(store, book_id, path))
        except ScanRefused as why:
            keep_refused(store, path, why.code, why.message, book_id=book_id)
            refused += 1
        except ScanChanged:
            log.info("book %d: a file is still being written", book_id)
    _leave(entry)
    return Taken(book_id, tuple(scan_ids), refused)


def _take_file(store: Store, book_id: int, path: Path) -> int:
    """The id of the scan that the file became.

    Raises:
        ScanRefused: when it is to be kept aside.
        ScanChanged: when it changed while it was looked at.
    """
    if stat.S_ISDIR(path.lstat().st_mode):
        sentence = "{name} là thư mục con; hãy đặt các tệp quét trực tiếp trong thư mục sổ."
        raise ScanRefused(Reason.NESTED_FOLDER, say(sentence, name=shown_name(path)))
    facts = inspect(path, limits_of(store.settings))
    sha256 = sha256_of(path)
    try:
        _raise_if_dropped_again(store, path, sha256)
        scan_id = accept_scan(store, book_id, path, sha256, path.name, facts.size, facts.page_count)
    except DuplicateScan as duplicate:
        sentence = (
            "Tệp {name} giống hệt bản quét số {scan_id} đã nhận; không cần quét lại, có thể xóa tệp này."
        )
        message = say(sentence, name=shown_name(path), scan_id=duplicate.existing_scan_id)
        raise ScanRefused(Reason.DUPLICATE, message) from duplicate
    path.unlink()
    log.info("book %d: scan %d accepted, %d pages", book_id, scan_id, facts.page_count)
    return scan_id


def _raise_if_dropped_again(store: Store, path: Path, sha256: str) -> None:
    # Accepting the same file of the same book again is how an interrupted intake goes on, so the ledger takes
    # it silently. A file that came after its twin was accepted is no such thing, and the person hears of it.
    with store.read() as session:
        twin = session.scalar(select(Scan).filter_by(sha256=sha256))
    if twin is not None and dropped_at(path) > twin.received_at:
        raise DuplicateScan(twin.id)


def _why_not_here(entry: Path) -> tuple[Reason, str]:
    """Why something that is no folder is refused at the top of the inbox."""
    if entry.is_symlink():
        reason, sentence = Reason.SYMLINK, "{name} là liên kết; hãy chép chính thư mục sổ vào thư mục nhận."
    else:
        reason = Reason.NO_BOOK_FOLDER
        sentence = "Tệp {name} nằm ngoài thư mục sổ; hãy đặt tệp vào một thư mục tên như “{example}”."
    return reason, say(sentence, name=shown_name(entry), example=EXAMPLE)


def _how_to_name(folder: Path, name: BookName | None) -> str:
    sentence = (
        "Thư mục {name} chưa đúng tên sổ; hãy đổi thành “<nơi đăng ký>-<loại>.<năm>.<quyển>”, "
        "ví dụ “{example}”, rồi đưa lại."
        if name is None
        else "Tên thư mục {name} không ghi nơi đăng ký; hãy đổi thành tên như “{example}” "
        "hoặc đặt HOTICH_OFFICE, rồi đưa lại."
    )
    return say(sentence, name=shown_name(folder), example=EXAMPLE)


def _by_number(path: Path) -> list[tuple[int, str]]:
    """Order of names in which 2.jpg comes before 10.jpg: the order of the pages of a book."""
    name = unicodedata.normalize("NFC", path.name).casefold()
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name)]


def _leave(folder: Path) -> None:
    """Remove the mark, and the folder when it is empty; a file still being copied keeps it there."""
    (folder / READY).unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()
