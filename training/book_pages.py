"""Pages of a book that hold no case: its cover, and the note that closes a year, each with its truth."""

from __future__ import annotations

import datetime
import random
from typing import TYPE_CHECKING, Final

from training.dates import figures
from training.layout import Layout, load_layout
from training.registration import BookFacts, Entry

if TYPE_CHECKING:
    from collections.abc import Mapping

EVENTS: Final = {"KS": "khai sinh", "KH": "kết hôn", "KT": "khai tử", "CN": "nuôi con nuôi"}
"""What the books of a type register."""
LAYOUTS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "cover": {
        "2010": ("book/cover-a", "book/cover-c"),
        "2011": ("book/cover-a", "book/cover-c"),
        "2015": ("book/cover-b", "book/cover-c"),
    },
    "closing_note": {
        "2010": ("book/closing-a",),
        "2011": ("book/closing-a",),
        "2015": ("book/closing-b",),
    },
}
TOLD: Final = (
    "quyenSo",
    "nam",
    "ngayMo",
    "ngayKhoa",
    "soTrang",
    "tongSo",
    "suaChua",
    "trangTrong",
)  # fmt: skip
"""Fields of these pages that are read."""


def book_layout(rng: random.Random, kind: str, edition: str, register_type: str) -> Layout:
    """A printed cover or closing note of a book, inside or outside."""
    return load_layout(rng.choice(LAYOUTS[kind][edition]), EVENTS[register_type])


def make_book_entry(rng: random.Random, kind: str, layout: Layout, book: BookFacts) -> Entry:
    """What is written on the cover or into the closing note of a book.

    An open book's cover says nothing of its end; most officials write the volume as on every page.
    """
    style = book.clerk.dates
    opened = datetime.date(book.year, 1, rng.randint(2, 12))
    closed = datetime.date(book.year, 12, 31)
    cases = rng.randint(40, 260)
    pages = rng.choice([100, 200, cases + rng.randint(0, 6), cases])
    corrected, blank = rng.choice([0, 0, 0, 1, 2, 3, 5]), rng.choice([0, 0, 0, 1, 2])
    word = rng.choice(["", "", " trường hợp"]) if layout.name == "book/closing-a" else ""
    zero = rng.choice(["0", "không", "00"])

    def count(number: int) -> str:
        return f"{number:02d}{word}" if number else zero

    kind_of_office = {"xã": "xã", "p": "phường", "tt": "thị trấn"}[book.office.kind]
    office = f"{kind_of_office} {book.office.commune}, {book.office.district}, tỉnh {book.office.province}"
    texts = {
        "noiDangKy": f"UBND {office}" if kind == "cover" else office,
        "quyenSo": book.clerk.volume,
        "nam": f"{book.year}",
        "ngayMo": figures(opened, style),
        "ngayKhoa": figures(closed, style) if kind == "closing_note" or rng.random() < 0.6 else "",
        "soTrang": f"{pages}",
        "denTrang": f"{pages}",
        "tongSo": f"{cases}{word}",
        "suaChua": count(corrected),
        "trangTrong": count(blank).replace("trường hợp", "trang"),
        "nguoiKy": book.signer,
        "nguoiThucHien": book.clerk.name,
    }
    return Entry(texts, closed if kind == "closing_note" else opened)


def told(layout: Layout, texts: Mapping[str, str]) -> dict[str, str]:
    """The verbatim texts that stand on such a page, by key, as far as they are to be read."""
    return {key: texts[key] for key in TOLD if key in layout.asked() and texts[key]}
