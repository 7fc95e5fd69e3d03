"""``python -m training.sample``: the two made-up books that show the whole way of a page.

Writes one inbox folder a book, and beside them ``truth/`` with one truth file a page and ``expected.json``:
the state in which each file must end. The plan below is the sample: which sheet, whose hand, what happened.
"""

from __future__ import annotations

import datetime
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import Annotated, Any

import pikepdf
import typer
from PIL import Image

from training.damage import Damage, encode
from training.faces import HAND
from training.fill import Manner
from training.ink import make_writer
from training.layout import load_layout
from training.page import Hands, Rendered, render_page
from training.places import Unit
from training.registration import BookFacts, Entry, make_book, make_entry, workday
from training.typewriter import make_typewriter

SAMPLE = Path(__file__).parent / "sample"
OFFICE = Unit("Tân Lợi", "xã", "huyện Hớn Quản", "Bình Phước")
DPI = 200
TRUNCATED_SHARE = 0.55  # of its bytes that a truncated file keeps


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its file's stem, its number in the book (0 for a blank form), who wrote it, its damage."""

    stem: str
    number: int
    hand: str
    damage: Damage
    kind: str = "cases"
    stamped: float = 0.0
    typed: bool = False
    late: bool = False


@dataclass(frozen=True, slots=True)
class Book:
    """One book of the sample. ``pdfs`` gather sheets by their stems into files."""

    folder: str
    year: int
    layout: str
    opened: datetime.date
    seed: str
    sheets: tuple[Sheet, ...]
    pdfs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    truncated: dict[str, str] = field(default_factory=dict)  # file -> stem of the sheet that it half holds
    copies: dict[str, str] = field(default_factory=dict)  # file -> file that it copies


_PLAIN = Damage(tone=0.2, quality=60, grain=1.0, blur=0.45)
_AGED = replace(_PLAIN, tone=0.55, stains=2, quality=58)

BOOKS = (
    Book(
        folder="Xã Tân Lợi-KS.2010.01",
        year=2010,
        layout="birth-2010-a",
        opened=datetime.date(2010, 1, 5),
        seed="Tân Lợi 2010",
        sheets=(
            Sheet("KS.2010.01.001", 1, "charm", _PLAIN, stamped=1.0),
            Sheet("KS.2010.01.002", 2, "charm", replace(_PLAIN, skew=1.3)),
            Sheet("KS.2010.01.003", 3, "charm", replace(_AGED, stains=3), late=True),
            Sheet("KS.2010.01.004", 4, "charm", replace(_PLAIN, show_through=0.09, skew=-0.7), stamped=1.0),
            Sheet("KS.2010.01.005", 5, "dancing-script", replace(_PLAIN, skew=-2.6)),
            Sheet("KS.2010.01.006", 6, "dancing-script", replace(_AGED, fold=True)),
            Sheet("KS.2010.01.007", 7, "dancing-script", replace(_PLAIN, turned=180, skew=0.6)),
            Sheet("KS.2010.01.008", 8, "dancing-script", replace(_PLAIN, skew=0.4), kind="void"),
            Sheet("KS.2010.01.009", 9, "dancing-script", replace(_PLAIN, holes=True), stamped=1.0),
            Sheet("KS.2010.01.010", 10, "oooh-baby", replace(_PLAIN, grey=True, quality=52), typed=True),
            Sheet("KS.2010.01.011", 11, "oooh-baby", replace(_PLAIN, faded=0.15, skew=-1.1), typed=True),
            Sheet("KS.2010.01.012-014/1", 12, "oooh-baby", replace(_PLAIN, skew=0.5)),
            Sheet("KS.2010.01.012-014/2", 13, "oooh-baby", replace(_AGED, light=0.1)),
            Sheet("KS.2010.01.012-014/3", 14, "oooh-baby", replace(_PLAIN, grey=True, skew=-0.4)),
            Sheet("KS.2010.01.015 quét lại", 15, "oooh-baby", replace(_PLAIN, skew=1.8, show_through=0.06)),
            Sheet("KS.2010.01.016", 16, "fuzzy-bubbles", replace(_PLAIN, tone=0.4), stamped=1.0),
            Sheet("KS.2010.01.017", 17, "fuzzy-bubbles", replace(_PLAIN, photo=True)),
            Sheet("KS.2010.01.018", 0, "fuzzy-bubbles", replace(_PLAIN, tone=0.3, stains=1), kind="blank"),
        ),
        pdfs={"KS.2010.01.012-014.pdf": tuple(f"KS.2010.01.012-014/{page}" for page in (1, 2, 3))},
        truncated={"KS.2010.01.015.jpg": "KS.2010.01.015 quét lại"},
        copies={"KS.2010.01.019.jpg": "KS.2010.01.002.jpg"},
    ),
    Book(
        folder="Xã Tân Lợi-KS.2016.01",
        year=2016,
        layout="birth-2015-b",
        opened=datetime.date(2016, 1, 6),
        seed="Tân Lợi 2016",
        sheets=(
            Sheet("KS.2016.01.001", 1, "playwrite-vn", _PLAIN, stamped=1.0),
            Sheet("KS.2016.01.002", 2, "playwrite-vn", replace(_PLAIN, skew=0.9)),
            Sheet("KS.2016.01.003", 3, "playwrite-vn", replace(_PLAIN, grey=True, quality=52)),
            Sheet("KS.2016.01.004", 4, "moon-dance", replace(_AGED, skew=-1.4), stamped=1.0),
            Sheet("KS.2016.01.005", 5, "moon-dance", replace(_PLAIN, show_through=0.05), late=True),
            Sheet("KS.2016.01.006", 6, "moon-dance", replace(_PLAIN, skew=3.2)),
            Sheet("KS.2016.01.007", 7, "mali", replace(_PLAIN, light=0.1), typed=True, stamped=1.0),
            Sheet("KS.2016.01.008", 8, "mali", replace(_PLAIN, grey=True, faded=0.1)),
            Sheet("KS.2016.01.009", 9, "mali", replace(_AGED, skew=-0.5), stamped=1.0),
        ),
    ),
)  # fmt: skip


def facts_of(book: Book, hand: str) -> BookFacts:
    """The book's officials with the clerk whose hand it is; every number is written with its year."""
    facts = make_book(random.Random(f"sample {book.seed}"), book.year, office=OFFICE)
    clerk = make_book(random.Random(f"sample {book.seed} {hand}"), book.year, office=OFFICE).clerk
    return replace(
        facts,
        clerk=replace(
            clerk, number_with_year=True, number_digits=2, volume=f"01/{book.year}", country="Việt Nam"
        ),
    )


def entries_of(book: Book) -> dict[int, Entry]:
    """The book's entries by number, their days of registration in order."""
    entries, day = {}, book.opened
    for sheet in book.sheets:
        if sheet.number:
            rng = random.Random(f"sample {book.seed} {sheet.number}")
            day = workday(day)
            entries[sheet.number] = make_entry(
                rng, facts_of(book, sheet.hand), sheet.number, day, late=sheet.late
            )
            day += datetime.timedelta(days=rng.randint(0, 5))
    return entries


def draw(book: Book, sheet: Sheet) -> Rendered:
    """One sheet's picture with its truth."""
    rng = random.Random(f"sample {book.seed} {sheet.hand}")
    pen = make_writer(HAND / f"{sheet.hand}.ttf", f"sample {book.seed}")
    clerk = make_typewriter(book.seed) if sheet.typed else pen
    hands = Hands(clerk, pen, Manner.of(rng, typed=sheet.typed), " - ")
    entry = entries_of(book).get(sheet.number)
    return render_page(
        load_layout(book.layout), facts_of(book, sheet.hand), entry, hands, sheet.damage,
        dpi=DPI, seed=f"sample {sheet.stem}", kind=sheet.kind, stamped=sheet.stamped,
    )  # fmt: skip


def truth_name(stem: str) -> str:
    """Name of a sheet's truth file: page n of a PDF is ``stem-n.json``."""
    return f"{stem.replace('/', '-')}.json"


def expected(book: Book) -> Iterator[dict[str, Any]]:
    """What must become of each file of a book.

    ``end`` is read, blank or void for a file of one page, read for a PDF, refused (with a ``reason`` code) or
    duplicate (with the file that it repeats); ``pages`` names each page's own end and its truth file.
    """
    ends = {"cases": "read", "blank": "blank", "void": "void"}
    gathered = {stem for stems in book.pdfs.values() for stem in stems}
    sheets = {sheet.stem: sheet for sheet in book.sheets}
    files = {f"{stem}.jpg": (stem,) for stem in sheets if stem not in gathered} | book.pdfs
    for name, stems in sorted(files.items()):
        pages = [
            {"page": place + 1, "end": ends[sheets[stem].kind], "truth": truth_name(stem)}
            for place, stem in enumerate(stems)
        ]
        yield {
            "book": book.folder,
            "file": name,
            "end": pages[0]["end"] if len(pages) == 1 else "read",
            "pages": pages,
        }
    for name in book.truncated:
        yield {"book": book.folder, "file": name, "end": "refused", "reason": "truncated", "pages": []}
    for name, original in book.copies.items():
        yield {"book": book.folder, "file": name, "end": "duplicate", "duplicate_of": original, "pages": []}


def write_book(book: Book, out: Path) -> None:
    """Draw a book and keep its files under ``out``."""
    folder, truth = out / book.folder, out / "truth"
    folder.mkdir(parents=True, exist_ok=True)
    truth.mkdir(parents=True, exist_ok=True)
    images: dict[str, bytes] = {}
    for sheet in book.sheets:
        page = draw(book, sheet)
        images[sheet.stem] = encode(page.picture, sheet.damage.quality, DPI)
        text = json.dumps(page.truth, ensure_ascii=False, indent=1)
        (truth / truth_name(sheet.stem)).write_text(text + "\n", encoding="utf-8")
    gathered = {stem for stems in book.pdfs.values() for stem in stems}
    for stem, data in images.items():
        if stem not in gathered:
            (folder / f"{stem}.jpg").write_bytes(data)
    for name, stems in book.pdfs.items():
        (folder / name).write_bytes(pdf_of([images[stem] for stem in stems]))
    for name, stem in book.truncated.items():
        (folder / name).write_bytes(images[stem][: int(len(images[stem]) * TRUNCATED_SHARE)])
    for name, original in book.copies.items():
        (folder / name).write_bytes((folder / original).read_bytes())


def pdf_of(jpegs: list[bytes]) -> bytes:
    """A PDF of scanned pages, each JPEG kept as it is."""
    pdf = pikepdf.new()
    for data in jpegs:
        with Image.open(BytesIO(data)) as image:
            width, height, mode = image.width, image.height, image.mode
        picture = pikepdf.Stream(
            pdf, data, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=width, Height=height,
            ColorSpace=pikepdf.Name.DeviceGray if mode == "L" else pikepdf.Name.DeviceRGB, BitsPerComponent=8,
            Filter=pikepdf.Name.DCTDecode,
        )  # fmt: skip
        size = (width * 72 / DPI, height * 72 / DPI)
        page = pdf.add_blank_page(page_size=size)
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Scan=picture))
        page.obj.Contents = pikepdf.Stream(
            pdf, f"q {size[0]:.3f} 0 0 {size[1]:.3f} 0 0 cm /Scan Do Q".encode()
        )
    out = BytesIO()
    pdf.save(out, deterministic_id=True)
    return out.getvalue()


def main(out: Annotated[Path, typer.Option(help="Folder to write to.")] = SAMPLE) -> None:
    """Draw the sample books with their truth and what must become of each file."""
    for book in BOOKS:
        write_book(book, out)
        print(f"{book.folder}: {len(book.sheets)} pages")
    files = [item for book in BOOKS for item in expected(book)]
    text = json.dumps({"files": files}, ensure_ascii=False, indent=1)
    (out / "truth" / "expected.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
