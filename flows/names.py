"""Names in the inbox: which folder is which book, which files are only in passing, how refused ones are kept.

A book's folder is named like its files will be, ``[<office>-]<TYPE>.<year>.<volume>``:
"Xã Tân Lợi-KS.2010.01" or, where the station has a default office, "KS.2010.01". Vietnamese marks may come
composed (NFC) or decomposed (NFD, as macOS writes them); both are the same name.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from models.intake import YEARS
from pipeline.elements import RegisterType
from pipeline.scan.refusal import is_fair

READY: Final = "_READY"
LONGEST_SUFFIX: Final = 8
NAME_BYTES: Final = 200  # a file name may have 255 bytes; room is left for " (2)" and ".txt"

_BOOK: Final = re.compile(
    rf"(?:(?P<office>.+)- ?)?(?P<type>{'|'.join(RegisterType)})"
    r"\.(?P<year>[0-9]{4})\.(?P<volume>[0-9]{1,4})",
    re.IGNORECASE,
)
_IN_PASSING: Final = re.compile(
    r"\..*|~\$.*|.*~|.*\.(tmp|temp|part|partial|filepart|crdownload|download|swp|lock)"
    r"|thumbs\.db|desktop\.ini|_ready",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class BookName:
    """What the name of a book's folder says. ``office`` is "" where the folder does not say it."""

    office: str
    type: RegisterType
    year: int
    volume: str


def book_name(folder: str) -> BookName | None:
    """The book that a folder of this name holds, or None when it is no book's name."""
    found = _BOOK.fullmatch(" ".join(unicodedata.normalize("NFC", folder).split()))
    if found is None or int(found["year"]) not in YEARS:
        return None
    return BookName(
        office=(found["office"] or "").strip(" -_"),
        type=RegisterType(found["type"].upper()),
        year=int(found["year"]),
        volume=f"{int(found['volume']):02d}",
    )


def is_in_passing(name: str) -> bool:
    """Whether a file of this name is none of ours: hidden, half copied, a file manager's, or ``_READY``."""
    return _IN_PASSING.fullmatch(name) is not None


def safe_name(name: str) -> str:
    """A name under which a refused file can be kept: of fair characters, and short enough to add to."""
    plain = "".join(letter if is_fair(letter) else "_" for letter in name)
    stem, suffix = split_suffix(plain)
    while len(f"{stem}{suffix}".encode()) > NAME_BYTES:
        stem = stem[:-1]
    return f"{stem}{suffix}"


def split_suffix(name: str) -> tuple[str, str]:
    """Stem and suffix of a file's name; what is long or stands first is no suffix."""
    stem, dot, suffix = name.rpartition(".")
    return (stem, f"{dot}{suffix}") if stem and len(suffix) <= LONGEST_SUFFIX else (name, "")
