"""A made-up birth register, drawn: pages with handwriting, and what a reader would say of them."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from models.intake import accept_scan, register_book
from models.ledger import claim_pages, fail_page, record_page
from pipeline.elements import Box, Candidate, Case, Field, FieldKind, FieldState, PageKind, PageReading
from pipeline.fields import normalise
from pipeline.forms import label_of, load_form

if TYPE_CHECKING:
    from models.store import Store

ROOT = Path(__file__).parents[2]
PRINT = ROOT / "training/fonts/print/Tinos-Regular.ttf"
HANDS = tuple(ROOT / f"training/fonts/hand/{name}.ttf" for name in ("dancing-script", "charm", "mali"))
OFFICE = "Xã Tân Lợi"
EDITION = "2015"
WIDTH, HEIGHT = 2335, 3300  # about A4 at 280 dots an inch
INK, PENCIL = (28, 36, 92), (40, 36, 34)

# Each line of the page: field keys with the share of the line that each takes.
LINES: tuple[tuple[tuple[str, float], ...], ...] = (
    (("so", 0.4), ("quyenSo", 0.6)),
    (("ngayDangKy", 0.6), ("loaiDangKy", 0.4)),
    (("nksHoTen", 1.0),),
    (("nksNgaySinh", 1.0),),
    (("nksNgaySinhBangChu", 1.0),),
    (("nksGioiTinh", 0.3), ("nksDanToc", 0.35), ("nksQuocTich", 0.35)),
    (("nksNoiSinh", 1.0),),
    (("nksQueQuan", 1.0),),
    (("nksSoDinhDanh", 1.0),),
    (("meHoTen", 1.0),),
    (("meNgaySinh", 0.3), ("meDanToc", 0.35), ("meQuocTich", 0.35)),
    (("meNoiCuTru", 1.0),),
    (("chaHoTen", 1.0),),
    (("chaNgaySinh", 0.3), ("chaDanToc", 0.35), ("chaQuocTich", 0.35)),
    (("chaNoiCuTru", 1.0),),
    (("nycHoTen", 1.0),),
    (("nycQuanHe", 0.4), ("nycSoGiayToTuyThan", 0.6)),
    (("nguoiKy", 0.6), ("chucVuNguoiKy", 0.4)),
    (("nguoiThucHien", 1.0),),
)


@dataclass(frozen=True)
class Doubt:
    """What the reader made of a field: its candidates, best first, and why it asks."""

    candidates: tuple[str, ...]
    reasons: tuple[str, ...] = ("low_probability",)


@dataclass(frozen=True)
class Entry:
    """One case: what stands in the book, and of which fields the reader is unsure."""

    texts: dict[str, str]
    doubts: dict[str, Doubt] = field(default_factory=dict)


def entry(number: int, doubts: dict[str, Doubt] | None = None, **texts: str) -> Entry:
    common = {
        "so": f"{number:02d}/2016", "quyenSo": "01/2016", "ngayDangKy": "12/3/2016", "loaiDangKy": "Đúng hạn",
        "nksHoTen": "Điểu Thị Mận", "nksNgaySinh": "26/02/2016",
        "nksNgaySinhBangChu": "Ngày hai mươi sáu, tháng hai, năm hai nghìn không trăm mười sáu",
        "nksGioiTinh": "Nữ", "nksDanToc": "S'tiêng", "nksQuocTich": "Việt Nam",
        "nksNoiSinh": "Trạm y tế xã Tân Lợi, huyện Hớn Quản, tỉnh Bình Phước",
        "nksQueQuan": "xã Tân Lợi, huyện Hớn Quản, tỉnh Bình Phước", "nksSoDinhDanh": "",
        "meHoTen": "Thị Bé", "meNgaySinh": "1991", "meDanToc": "S'tiêng", "meQuocTich": "Việt Nam",
        "meNoiCuTru": "ấp Sóc Trào A, xã Tân Lợi, huyện Hớn Quản",
        "chaHoTen": "Điểu Sơn", "chaNgaySinh": "1988", "chaDanToc": "S'tiêng", "chaQuocTich": "Việt Nam",
        "chaNoiCuTru": "ấp Sóc Trào A, xã Tân Lợi, huyện Hớn Quản",
        "nycHoTen": "Điểu Sơn", "nycQuanHe": "Cha", "nycSoGiayToTuyThan": "CMND 900000017",
        "nguoiKy": "Hoàng Minh Quý", "chucVuNguoiKy": "Phó Chủ tịch", "nguoiThucHien": "Lương Thị Thảo",
    }  # fmt: skip
    return Entry({**common, **texts}, doubts or {})


BOOK: tuple[Entry, ...] = (
    # One field, and its first reading has one wrong mark.
    entry(1, {"nksHoTen": Doubt(("Điểu Thị Mân", "Điểu Thị Mận", "Điểu Thị Mẫn"))}),
    # Two fields: the second candidate is right; the date in digits goes against the words.
    entry(
        2,
        {
            "meHoTen": Doubt(("Nguyễn Thị Hương", "Nguyễn Thị Hường", "Nguyễn Thị Hướng")),
            "nksNgaySinh": Doubt(("5/1/2016", "3/1/2016", "8/1/2016"), ("rule:birth_words", "not_proven")),
        },
        nksHoTen="Nguyễn Hoàng Phúc", nksGioiTinh="Nam", nksDanToc="Kinh", nksNgaySinh="3/1/2016",
        nksNgaySinhBangChu="Ngày ba tháng một năm hai nghìn không trăm mười sáu",
        meHoTen="Nguyễn Thị Hường", meDanToc="Kinh", chaHoTen="Nguyễn Văn Thạnh", chaDanToc="Kinh",
        nycHoTen="Nguyễn Văn Thạnh",
    ),
    # Nothing to ask.
    entry(3, nksHoTen="Lâm Sà Rây", nksDanToc="Khơ Me", meHoTen="Thị Sóc Kha", meDanToc="Khơ Me",
          chaHoTen="Lâm Sóc", chaDanToc="Khơ Me", nycHoTen="Lâm Sóc"),
    # Three fields, one of them blank in the book, one with a box that was not found.
    entry(
        4,
        {
            "nksQueQuan": Doubt(("Đoài Phương, Ba Vì, Hà Tây",), ("not_in_lexicon",)),
            "nksSoDinhDanh": Doubt(("1",), ("crop_doubtful",)),
            "chaHoTen": Doubt(("Trần Văn Lộc", "Trần Văn Lực"), ("label_not_found",)),
        },
        nksHoTen="Trần Ngọc Khánh An", nksDanToc="Kinh", nksQueQuan="Đoài Phương, Ba Vì, Hà Tây",
        meHoTen="Bùi Thị Ngọc Ánh", meDanToc="Kinh", chaHoTen="Trần Văn Lộc", chaDanToc="Kinh",
        nycHoTen="Bùi Thị Ngọc Ánh", nycQuanHe="Mẹ",
    ),
)  # fmt: skip


def draw(item: Entry, number: int) -> tuple[Image.Image, dict[str, Box]]:
    """The page of an entry and where each of its fields stands."""
    chance = random.Random(number)
    page = Image.new("RGB", (WIDTH, HEIGHT), (247, 244, 234))
    pen = ImageDraw.Draw(page)
    pen.text((WIDTH / 2, 170), "SỔ ĐĂNG KÝ KHAI SINH", PENCIL, _font(PRINT, 76), anchor="mm")
    boxes: dict[str, Box] = {}
    for row, line in enumerate(LINES):
        base, left = 330 + row * 138, 200.0
        for key, share in line:
            right = left + share * (WIDTH - 400)
            label = f"{label_of('KS', EDITION, key)}:"
            start = left + pen.textlength(label, _font(PRINT, 44)) + 18
            pen.text((left, base), label, PENCIL, _font(PRINT, 44), anchor="ls")
            for dot in range(round(start), round(right) - 20, 13):
                pen.ellipse((dot, base + 3, dot + 3, base + 6), PENCIL)
            _write(pen, item.texts.get(key, ""), (start, base), right - 24 - start, number, chance)
            boxes[key] = Box(round(start), base - 76, round(right - 20 - start), 104)
            left = right
    return page, boxes


def reading_of(item: Entry, boxes: dict[str, Box]) -> PageReading:
    """What the reader says of the page."""
    fields = [
        _field(item, label.field, label.kind, boxes)
        for block in load_form("KS", EDITION).blocks
        for label in block.labels
        if label.field
    ]
    once = {one.key: one for one in fields}
    return PageReading(
        kind=PageKind.CASES,
        type="KS",
        edition=EDITION,
        cases=(Case(0, tuple(once.values()), Box(0, 0, WIDTH, HEIGHT)),),
        width=WIDTH,
        height=HEIGHT,
        provenance={"version": "drawn"},
    )


def fill(store: Store, entries: tuple[Entry, ...] = BOOK) -> int:
    """Take in a book of these entries, read through, and one page that nobody could read. Returns its id."""
    book_id = register_book(store, OFFICE, "KS", 2016, "01", f"{OFFICE}-KS.2016.01")
    for number, item in enumerate(entries, start=1):
        page, boxes = draw(item, number)
        _take_in(store, book_id, number, page, reading_of(item, boxes))
    _take_in(store, book_id, len(entries) + 1, Image.new("RGB", (400, 560), (240, 238, 230)), None)
    return book_id


def _take_in(store: Store, book_id: int, number: int, page: Image.Image, reading: PageReading | None) -> None:
    path = store.settings.inbox / f"{number:03d}.jpg"
    page.save(path, quality=88)
    data = path.read_bytes()
    accept_scan(store, book_id, path, hashlib.sha256(data).hexdigest(), path.name, len(data), 1)
    (claimed,) = claim_pages(store, book_id, "drawn", 1)
    if reading is None:
        assert fail_page(store, claimed.page_id, "drawn", "page_blurred", final=True)
        return
    kept = store.settings.page_path(claimed.page_id)
    kept.write_bytes(data)
    assert record_page(store, claimed.page_id, "drawn", reading, kept, 1.0)


def _field(item: Entry, key: str, kind: FieldKind, boxes: dict[str, Box]) -> Field:
    doubt = item.doubts.get(key)
    if key not in boxes:
        return Field(key, kind, "", "", 1.0, FieldState.BLANK)
    text = item.texts[key] if doubt is None else doubt.candidates[0]
    state = FieldState.FLAGGED if doubt else FieldState.ACCEPTED if text else FieldState.BLANK
    unplaced = doubt is not None and "label_not_found" in doubt.reasons
    return Field(
        key=key,
        kind=kind,
        verbatim=text,
        value=normalise(kind, text),
        probability=0.6 if doubt else 0.995,
        state=state,
        reasons=doubt.reasons if doubt else (),
        box=None if unplaced else boxes[key],
        candidates=tuple(
            Candidate(one, -float(rank)) for rank, one in enumerate(doubt.candidates if doubt else (text,))
        ),
    )


def _write(
    pen: ImageDraw.ImageDraw,
    text: str,
    at: tuple[float, float],
    room: float,
    number: int,
    chance: random.Random,
) -> None:
    path, size = HANDS[number % len(HANDS)], 76
    while size > 30 and pen.textlength(text, _font(path, size)) > room:
        size -= 2
    x, base = at[0] + chance.uniform(4, 22), at[1] + chance.uniform(-6, 2)
    pen.text((x, base), text, INK, _font(path, size), anchor="ls")


def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)
