"""``python -m training.pages``: register pages with their truth, for developing, measuring and calibrating.

Writes ``p0001.jpg`` and ``p0001.json`` and so on. The same seed and options give the same bytes. Pages come
in made-up books: a few pages after another share office, print run and clerk, and count on.
"""

from __future__ import annotations

import datetime
import json
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from training.adoption import make_adoption
from training.adults import make_death, make_marriage
from training.book_pages import book_layout, make_book_entry, told
from training.damage import Damage, draw_damage, encode
from training.faces import HAND, NoUsableFont, usable_fonts
from training.fill import Manner
from training.ink import make_writer
from training.layout import Layout, layout_names, load_layout
from training.oddities import NONE, Oddities
from training.page import Hands, Rendered, render_page
from training.registration import BookFacts, Entry, make_book, make_entry, other_signer, workday
from training.typewriter import make_typewriter


@dataclass(frozen=True, slots=True)
class Options:
    """What pages to make; see ``main`` for each."""

    seed: int = 1
    edition: str = "both"
    fonts: Sequence[Path] = ()
    typed: float = 0.15
    dpi: tuple[int, ...] = (200, 300)
    max_skew: float = 2.0
    quality: tuple[int, int] = (40, 90)
    grey: float = 0.3
    photo: float = 0.05
    turned: float = 0.05
    blank: float = 0.02
    void: float = 0.02
    cover: float = 0.0
    closing: float = 0.0
    oddities: Oddities = NONE
    book_pages: int = 6
    type: str = "KS"
    deputy: float = 0.0


ENTRIES: dict[str, Callable[[random.Random, BookFacts, int, datetime.date], Entry]] = {
    "KS": make_entry,
    "KH": make_marriage,
    "KT": make_death,
    "CN": make_adoption,
}
"""How an entry of each register type is made up."""
YEARS = {"2010": (2010, 2015), "2011": (2011, 2021), "2015": (2016, 2020)}
"""First and last year of books of each edition."""


@dataclass(frozen=True, slots=True)
class Station:
    """One made-up book with everything that its pages share."""

    facts: BookFacts
    layout: Layout
    hands: Hands
    first: int
    opened: datetime.date
    deputy: BookFacts | None = None
    """The book as it is on days on which another signs."""
    away: float = 0.0
    """Share of such days."""

    def on(self, index: str) -> BookFacts:
        """The book on the day of a page; its own dice, so that all other pages stay."""
        absent = self.deputy is not None and random.Random(f"away {index}").random() < self.away
        return self.deputy if absent and self.deputy is not None else self.facts


def make_station(options: Options, number: int) -> Station:
    """The book of that number."""
    rng = random.Random(f"book {options.seed} {number}")
    # Print runs in turn, an edition after the other, so that a small set has them all.
    names = sorted(layout_names(options.edition, options.type), key=lambda name: name[::-1])
    layout = load_layout(names[number % len(names)])
    year = rng.randint(*YEARS[layout.edition])
    volume = rng.choice(["01", "01", "01", "02"])
    facts = make_book(rng, year, volume=volume, register_type=layout.type)
    typed = rng.random() < options.typed
    seed = f"{options.seed} {number}"
    pen = make_writer(rng.choice(options.fonts), seed)
    hands = Hands(
        clerk=make_typewriter(seed) if typed else pen,
        pen=pen,
        manner=Manner.of(rng, typed=typed),
        joint=rng.choice([" - ", ", ", " - "]),
    )
    dice = random.Random(f"deputy {seed}")
    return Station(
        facts, layout, hands, rng.randint(1, 180),
        datetime.date(year, rng.randint(1, 11), rng.randint(1, 28)),
        other_signer(dice, facts) if dice.random() < options.deputy else None, dice.uniform(0.1, 0.5),
    )  # fmt: skip


def make_page(options: Options, index: int) -> tuple[Rendered, bytes]:
    """Page ``index`` (from 0) of the set that the options describe, and its JPEG bytes."""
    book, place = divmod(index, options.book_pages)
    station = make_station(options, book)
    rng = random.Random(f"sheet {options.seed} {index}")
    draw = rng.random()
    kind = "blank" if draw < options.blank else "void" if draw < options.blank + options.void else "cases"
    # Eleven months at most, so that a book never runs into the next year.
    day = min(
        station.opened + datetime.timedelta(days=3 * place + rng.randint(0, 2)),
        datetime.date(station.facts.year, 12, 28),
    )
    make = ENTRIES[station.layout.type]
    facts = station.on(f"{options.seed} {index}")
    entry = None if kind == "blank" else make(rng, facts, station.first + place, workday(day))
    damage = draw_damage(
        rng, max_skew=options.max_skew, quality=options.quality, grey=options.grey, photo=options.photo,
        turned=options.turned,
    )  # fmt: skip
    dpi = rng.choice(options.dpi)
    other = _book_page(options, index)
    if other:
        return _make_book_page(other, station, damage, dpi, f"{options.seed} {index}")
    page = render_page(
        station.layout,
        facts,
        entry,
        station.hands,
        damage,
        dpi=dpi,
        seed=f"{options.seed} {index}",
        kind=kind,
        oddities=options.oddities,
    )
    return page, encode(page.picture, damage.quality, dpi)


def _book_page(options: Options, index: int) -> str:
    """Which page without a case this one is, "" for none; its own dice, so that all other pages stay."""
    draw = random.Random(f"book page {options.seed} {index}").random()
    kinds = ((options.cover, "cover"), (options.cover + options.closing, "closing_note"))
    return next((kind for share, kind in kinds if draw < share), "")


def _make_book_page(
    kind: str, station: Station, damage: Damage, dpi: int, seed: str
) -> tuple[Rendered, bytes]:
    """The cover or the closing note of a book."""
    rng = random.Random(f"{kind} {seed}")
    layout = book_layout(rng, kind, station.layout.edition, station.layout.type)
    entry = make_book_entry(rng, kind, layout, station.facts)
    page = render_page(layout, station.facts, entry, station.hands, damage, dpi=dpi, seed=seed, kind=kind)
    truth = {
        **page.truth, "type": station.layout.type, "edition": "", "book": told(layout, entry.texts)
    }  # fmt: skip
    return replace(page, truth=truth), encode(page.picture, damage.quality, dpi)


def in_book(page: Rendered, seed: int, number: int, year: int) -> Rendered:
    """A page with the book that it is from in its truth: what the name of its folder would tell a station."""
    return replace(page, truth={**page.truth, "in_book": {"id": f"{seed}-{number}", "year": year}})


def write_page(folder: Path, stem: str, page: Rendered, data: bytes) -> None:
    """Keep a page as ``stem.jpg`` with its truth, and where it stands, as ``stem.json``."""
    (folder / f"{stem}.jpg").write_bytes(data)
    truth = page.truth | ({"written": page.written} if page.written else {})
    text = re.sub(
        r"\[[\d\s,-]+\]", lambda box: "".join(box[0].split()), json.dumps(truth, ensure_ascii=False, indent=1)
    )
    (folder / f"{stem}.json").write_text(text + "\n", encoding="utf-8")


def main(
    out: Annotated[Path, typer.Option(help="Folder to write to.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same pages.")] = 1,
    count: Annotated[int, typer.Option(min=1, help="How many pages.")] = 12,
    edition: Annotated[
        str, typer.Option(help="2010, 2015, 2011 (adoptions) or both, which is all.")
    ] = "both",
    hand: Annotated[
        list[Path] | None, typer.Option(help="Handwriting fonts: files or folders; may be repeated.")
    ] = None,
    typed: Annotated[float, typer.Option(min=0, max=1, help="Share of books that are typed.")] = 0.15,
    dpi: Annotated[str, typer.Option(help="Resolutions, separated by commas.")] = "200,300",
    max_skew: Annotated[float, typer.Option(min=0, max=5, help="Largest skew in degrees.")] = 2.0,
    quality: Annotated[str, typer.Option(help="Lowest and highest JPEG quality.")] = "40,90",
    grey: Annotated[float, typer.Option(min=0, max=1, help="Share of grey scans.")] = 0.3,
    photo: Annotated[float, typer.Option(min=0, max=1, help="Share of phone photographs.")] = 0.05,
    turned: Annotated[
        float, typer.Option(min=0, max=1, help="Share of scans turned by 90, 180 or 270 degrees.")
    ] = 0.05,
    blank: Annotated[float, typer.Option(min=0, max=1, help="Share of blank forms.")] = 0.02,
    void: Annotated[float, typer.Option(min=0, max=1, help="Share of struck-out entries.")] = 0.02,
    cover: Annotated[float, typer.Option(min=0, max=1, help="Share of books' covers.")] = 0.01,
    closing: Annotated[float, typer.Option(min=0, max=1, help="Share of notes that close a year.")] = 0.01,
    rewritten: Annotated[
        float, typer.Option(min=0, max=1, help="Share of fields struck out and written anew.")
    ] = 0.005,
    ditto: Annotated[
        float, typer.Option(min=0, max=1, help="Share of ditto marks where one may stand.")
    ] = 0.02,
    leaning: Annotated[
        float, typer.Option(min=0, max=1, help="Share of fields that leave their line.")
    ] = 0.01,
    script: Annotated[float, typer.Option(min=0, max=1, help="Share of fields in another script.")] = 0.001,
    note: Annotated[
        float, typer.Option(min=0, max=1, help="Share of pages with a note in the margin.")
    ] = 0.02,
    deputy: Annotated[
        float, typer.Option(min=0, max=1, help="Share of books in which now and then another signs.")
    ] = 0.5,
    book_pages: Annotated[int, typer.Option(min=1, help="Pages that share a book.")] = 6,
    register_type: Annotated[
        str, typer.Option("--type", help="Register type: KS, KH, KT, CN, or all in turn.")
    ] = "KS",
) -> None:
    """Draw pages of made-up registers, each with its truth."""
    if register_type not in {*ENTRIES, "all"}:
        raise typer.BadParameter(f"--type is {', '.join(ENTRIES)} or all.")
    if edition not in {*YEARS, "both"}:
        raise typer.BadParameter(f"--edition is {', '.join(YEARS)} or both.")
    try:
        fonts, refused = usable_fonts(hand or [HAND])
    except NoUsableFont as error:
        raise typer.BadParameter(str(error)) from error
    for path, letters in refused.items():
        print(f"{path.name} is left out: it lacks {' '.join(sorted(letters))}")
    low, high = (int(part) for part in quality.split(","))
    options = Options(
        seed=seed, edition=edition, fonts=fonts, typed=typed, dpi=tuple(int(part) for part in dpi.split(",")),
        max_skew=max_skew, quality=(low, high), grey=grey, photo=photo, turned=turned, blank=blank, void=void,
        cover=cover, closing=closing, oddities=Oddities(rewritten, ditto, leaning, script, note),
        book_pages=book_pages, type=register_type, deputy=deputy,
    )  # fmt: skip
    out.mkdir(parents=True, exist_ok=True)
    for index in range(count):
        page, data = make_page(options, index)
        number = index // book_pages
        page = in_book(page, seed, number, make_station(options, number).facts.year)
        write_page(out, f"p{index + 1:04d}", page, data)
    print(f"{count} pages in {out}")


if __name__ == "__main__":
    typer.run(main)
