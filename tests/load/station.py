"""A station with as many doubtful fields as reviewers get through, on either database."""

from __future__ import annotations

import hashlib
import shutil
from typing import TYPE_CHECKING

from models.intake import accept_scan, register_book
from models.ledger import claim_pages, record_page
from models.store import Store
from models.users import add_user
from pipeline.cuts import cut_ahead, decode
from tests.review_ui.drawn import EDITION, OFFICE, Doubt, Entry, draw, entry, reading_of
from tests.review_ui.station import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from models.settings import Settings
    from pipeline.elements import Box

BATCH = 50
PAGES_DRAWN = 6  # pictures are shared: what costs the server is opening them, not what they show
DOUBTS = {
    "nksHoTen": Doubt(("Điểu Thị Mân", "Điểu Thị Mận", "Điểu Thị Mẫn")),
    "nksNgaySinh": Doubt(("26/02/2016", "25/02/2016"), ("rule:birth_words",)),
    "nksQueQuan": Doubt(("xã Tân Lợi, huyện Hớn Quản, tỉnh Bình Phước",), ("not_in_lexicon",)),
    "meHoTen": Doubt(("Thị Bé", "Thị Bê")),
}


def names(people: int) -> list[str]:
    """Names of the accounts."""
    return [f"person{number}" for number in range(1, people + 1)]


def fill(settings: Settings, people: int, fields: int) -> None:
    """Make accounts and at least so many doubtful fields, four in each case, a case a page."""
    store = Store.open(settings)
    for name in names(people):
        add_user(store, name, name, PASSWORD, "keyer")
    cases = -(-fields // len(DOUBTS))
    drawings = _drawings(settings.home / "drawn")
    book_id = register_book(store, OFFICE, "KS", 2016, "01", f"{OFFICE}-KS.2016.01")
    for first in range(0, cases, BATCH):
        count = min(BATCH, cases - first)
        _take_in(store, book_id, first, count, drawings)
    store.close()


def _drawings(folder: Path) -> Sequence[tuple[Path, Entry, dict[str, Box]]]:
    folder.mkdir(parents=True)
    drawings = []
    for number in range(1, PAGES_DRAWN + 1):
        item = entry(number, DOUBTS)
        page, boxes = draw(item, number)
        path = folder / f"{number}.jpg"
        page.save(path, quality=88)
        cut_ahead(
            decode(path), reading_of(item, boxes), path.with_suffix(".zip")
        )  # as whoever reads a page does
        drawings.append((path, item, boxes))
    return drawings


def _take_in(
    store: Store,
    book_id: int,
    first: int,
    count: int,
    drawings: Sequence[tuple[Path, Entry, dict[str, Box]]],
) -> None:
    scan = store.settings.inbox / f"{first}.pdf"
    scan.write_bytes(b"scan %d" % first)
    digest = hashlib.sha256(scan.read_bytes()).hexdigest()
    accept_scan(store, book_id, scan, digest, scan.name, scan.stat().st_size, count)
    for page in claim_pages(store, book_id, "drawn", count):
        path, item, boxes = drawings[page.page_id % len(drawings)]
        kept = store.settings.page_path(page.page_id)
        # A byte more after the picture's end: the same picture twice would be a page that was scanned twice.
        kept.write_bytes(path.read_bytes() + str(page.page_id).encode())
        shutil.copyfile(path.with_suffix(".zip"), store.settings.cuts_path(page.page_id))
        texts = item.texts | {"so": f"{page.page_id:05d}/2016"}
        reading = reading_of(Entry(texts, item.doubts), boxes)
        assert reading.edition == EDITION
        assert record_page(store, page.page_id, "drawn", reading, kept, 1.0)
