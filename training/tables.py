"""``python -m training.tables``: pages of older books as ruled tables, several cases each, with their truth.

Writes ``p0001.jpg`` and ``p0001.json`` and so on, like ``python -m training.pages``; the same seed and
options give the same bytes. The layouts are examples (``training/layouts/tables``): no layout before 2006 is
documented.
"""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from training.damage import draw_damage, encode
from training.faces import HAND, NoUsableFont, usable_fonts
from training.fill import Manner
from training.ink import make_writer
from training.page import Hands, Rendered
from training.pages import ENTRIES, Options, in_book, write_page
from training.places import home_unit
from training.registration import BookFacts, make_book, workday
from training.table_layout import TableLayout, load_table, table_names
from training.table_rows import Row, TableManner, render_table
from training.table_sheet import Press
from training.typewriter import make_typewriter

YEARS = {"1976": (1978, 1998), "1999": (1999, 2005)}


@dataclass(frozen=True, slots=True)
class TableBook:
    """One made-up book with everything that its sheets share."""

    facts: BookFacts
    layout: TableLayout
    hands: Hands
    manner: TableManner
    press: Press
    rows: int
    first: int
    opened: datetime.date


def make_table_book(options: Options, number: int) -> TableBook:
    """The book of that number."""
    rng = random.Random(f"table book {options.seed} {number}")
    names = table_names(options.edition, options.type)
    layout = load_table(names[number % len(names)])
    year = rng.randint(*YEARS[layout.edition])
    facts = make_book(rng, year, office=home_unit(rng, year), register_type=layout.type)
    facts = replace(facts, clerk=replace(facts.clerk, number_with_year=False))
    typed = rng.random() < options.typed
    seed = f"table {options.seed} {number}"
    pen = make_writer(rng.choice(options.fonts), seed)
    hands = Hands(
        clerk=make_typewriter(seed) if typed else pen,
        pen=pen,
        manner=Manner.of(rng, typed=typed),
        joint=" - ",
    )
    return TableBook(
        facts, layout, hands, TableManner.of(rng, typed=typed), Press.of(rng), rng.randint(*layout.rows),
        rng.randint(1, 300), datetime.date(year, rng.randint(1, 9), rng.randint(1, 28)),
    )  # fmt: skip


def make_table(
    options: Options, index: int, *, empty: float = 0.3, half: float = 0.0
) -> tuple[Rendered, bytes]:
    """Sheet ``index`` (from 0) of the set that the options describe, and its JPEG bytes.

    Args:
        options: what sheets to make; ``void`` is the share of sheets with a struck-out row.
        index: which of them.
        empty: share of sheets that are not written full, or with a row left empty.
        half: share of openings of which only one page was scanned.
    """
    number, place = divmod(index, options.book_pages)
    book = make_table_book(options, number)
    rng = random.Random(f"table sheet {options.seed} {index}")
    make = ENTRIES[book.layout.type]
    day = book.opened + datetime.timedelta(days=4 * place)
    entries: list[Row] = []
    for k in range(book.rows):
        day += datetime.timedelta(days=rng.choice((0, 0, 1, 2)))
        registered = workday(min(day, datetime.date(book.facts.year, 12, 28)))
        entries.append(Row(make(rng, book.facts, book.first + place * book.rows + k, registered)))
    draw = rng.random()
    if draw < options.blank:
        entries = [Row(None)] * book.rows
    elif draw < options.blank + empty:
        keep = rng.randint(1, book.rows - 1)
        gap = rng.randrange(book.rows) if rng.random() < 0.4 else None
        entries = [row if k < keep and k != gap else Row(None) for k, row in enumerate(entries)]
    written = [k for k, row in enumerate(entries) if row.entry is not None]
    if written and rng.random() < options.void:
        k = rng.choice(written)
        entries[k] = replace(entries[k], struck=True)
    damage = draw_damage(
        rng, max_skew=options.max_skew, quality=options.quality, grey=options.grey, photo=options.photo,
        turned=options.turned,
    )  # fmt: skip
    dpi = rng.choice(options.dpi)
    only = rng.randrange(2) if book.layout.pages == 2 and rng.random() < half else None
    page = render_table(
        book.layout,
        entries,
        book.hands,
        book.manner,
        book.press,
        damage,
        dpi=dpi,
        seed=f"{options.seed} {index}",
        year=f"NĂM {book.facts.year}",
        only_page=only,
    )
    return page, encode(page.picture, damage.quality, dpi)


def main(
    out: Annotated[Path, typer.Option(help="Folder to write to.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same sheets.")] = 1,
    count: Annotated[int, typer.Option(min=1, help="How many sheets.")] = 6,
    edition: Annotated[str, typer.Option(help="1976, 1999 or both.")] = "both",
    hand: Annotated[
        list[Path] | None, typer.Option(help="Handwriting fonts: files or folders; may be repeated.")
    ] = None,
    typed: Annotated[float, typer.Option(min=0, max=1, help="Share of books that are typed.")] = 0.15,
    dpi: Annotated[str, typer.Option(help="Resolutions, separated by commas.")] = "200,300",
    max_skew: Annotated[float, typer.Option(min=0, max=5, help="Largest skew in degrees.")] = 2.0,
    quality: Annotated[str, typer.Option(help="Lowest and highest JPEG quality.")] = "40,90",
    grey: Annotated[float, typer.Option(min=0, max=1, help="Share of grey scans.")] = 0.3,
    turned: Annotated[
        float, typer.Option(min=0, max=1, help="Share of scans turned by 90, 180 or 270 degrees.")
    ] = 0.05,
    blank: Annotated[float, typer.Option(min=0, max=1, help="Share of sheets nobody wrote on.")] = 0.02,
    void: Annotated[float, typer.Option(min=0, max=1, help="Share of sheets with a struck-out row.")] = 0.1,
    empty: Annotated[float, typer.Option(min=0, max=1, help="Share of sheets with empty rows.")] = 0.3,
    half: Annotated[
        float, typer.Option(min=0, max=1, help="Share of openings of which one page was scanned.")
    ] = 0.0,
    book_pages: Annotated[int, typer.Option(min=1, help="Sheets that share a book.")] = 3,
    register_type: Annotated[
        str, typer.Option("--type", help="Register type: KS, KH, KT, or all in turn.")
    ] = "all",
) -> None:
    """Draw sheets of made-up older books, each with its truth."""
    if not table_names(edition, register_type):
        raise typer.BadParameter("--type is KS, KH, KT or all, --edition is 1976, 1999 or both.")
    try:
        fonts, refused = usable_fonts(hand or [HAND])
    except NoUsableFont as error:
        raise typer.BadParameter(str(error)) from error
    for path, letters in refused.items():
        print(f"{path.name} is left out: it lacks {' '.join(sorted(letters))}")
    low, high = (int(part) for part in quality.split(","))
    options = Options(
        seed=seed, edition=edition, fonts=fonts, typed=typed, dpi=tuple(int(part) for part in dpi.split(",")),
        max_skew=max_skew, quality=(low, high), grey=grey, photo=0.0, turned=turned, blank=blank, void=void,
        book_pages=book_pages, type=register_type,
    )  # fmt: skip
    out.mkdir(parents=True, exist_ok=True)
    for index in range(count):
        page, data = make_table(options, index, empty=empty, half=half)
        number = index // book_pages
        page = in_book(page, seed, number, make_table_book(options, number).facts.year)
        write_page(out, f"p{index + 1:04d}", page, data)
    print(f"{count} sheets in {out}")


if __name__ == "__main__":
    typer.run(main)
