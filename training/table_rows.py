"""Cases written into the rows of a printed table: wrapped in cells, with ditto marks and struck-out rows."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from training.damage import Damage, Page, capture, paper, spoil
from training.fill import Hand, Manner, Placed, place_line
from training.ink import Ink, Writer
from training.layout import SlotLine
from training.marks import path_mask, signature
from training.page import PRINTERS_INK, Hands, Rendered
from training.registration import Entry
from training.sheet import lay, lay_all
from training.table_layout import TableLayout
from training.table_sheet import Opening, Press, beside, cell_of, print_table, row_tops
from training.written import Piece, pieces_of, written_json

DITTOS = ("nt", "-nt-", "- nt -", '"', '"')
REPEATED = frozenset(
    {"nksDanToc", "nksQuocTich", "meNoiCuTru", "ngayDangKy", "chongDanToc", "voDanToc", "nktDanToc",
     "nksNoiSinh", "nktNoiCuTru", "chongNoiCuTru", "voNoiCuTru"}
)  # fmt: skip
"""Fields under which clerks write a ditto mark."""


@dataclass(frozen=True, slots=True)
class TableManner:
    """How somebody fills a table in.

    ``pitch`` is the distance of two lines in a cell in mm; ``ditto`` is the mark for a repeated value, "" for
    somebody who writes it out; ``high`` begins at the cell's top, not in its middle.
    """

    manner: Manner
    pitch: float
    ditto: str
    high: bool

    @classmethod
    def of(cls, rng: random.Random, *, typed: bool) -> TableManner:
        """A person's manner; cells are narrow, so that writing is smaller than on a form of a page a case."""
        x_height = rng.uniform(1.65, 1.85) if typed else rng.uniform(1.55, 1.95)
        own = replace(
            Manner.of(rng, typed=typed), x_height=x_height, lift=0.0, indent=rng.uniform(0.8, 1.6),
            unsteady=rng.uniform(0.1, 0.3),
        )  # fmt: skip
        pitch = x_height * rng.uniform(2.9, 3.5)
        return cls(own, pitch, rng.choice(DITTOS) if rng.random() < 0.35 else "", rng.random() < 0.6)


@dataclass(frozen=True, slots=True)
class Row:
    """What stands in one row: None for an empty one. ``struck``: crossed out after it was written."""

    entry: Entry | None
    struck: bool = False


def render_table(
    layout: TableLayout,
    rows: Sequence[Row],
    hands: Hands,
    manner: TableManner,
    press: Press,
    damage: Damage,
    *,
    dpi: int,
    seed: str,
    year: str = "",
    only_page: int | None = None,
) -> Rendered:
    """Draw one sheet or opening of a table.

    Args:
        layout: the printed table.
        rows: its rows, top to bottom; as many as the sheet has room for.
        hands: who writes.
        manner: how they fill a table in.
        press: the print run.
        damage: what became of the sheet.
        dpi: pixels an inch of the scan.
        seed: fixes everything that is left to chance.
        year: printed behind the title, "" for none.
        only_page: only this page of an opening was scanned (0 left, 1 right); None for all of it.
    """
    rng = random.Random(f"table {seed}")
    px = dpi / 25.4
    written = _texts(layout, rows, manner, rng)
    tops = row_tops(layout, len(rows))
    sheets, pieces = [], []
    for page in range(layout.pages):
        if only_page not in {None, page}:
            continue
        h, w = round(layout.page_height * px), round(layout.page_width * px)
        sheet = paper(h, w, damage, px, rng)
        ink = np.ones((h, w, 3), np.float32)
        lay(
            ink,
            print_table(layout, page, len(rows), year, press, px, rng),
            0,
            0,
            PRINTERS_INK,
            rng.uniform(0.82, 1.0),
        )
        for k, texts in enumerate(written):
            if texts is not None:
                own = _write_row(ink, layout, page, (tops, k), texts, hands, manner, px, rng)
                pieces += [(page, k, piece) for piece in own]
                if rows[k].struck:
                    _strike(ink, layout, page, (tops[k], tops[k + 1]), hands.pen, px, rng)
        if damage.show_through:
            sheet *= 1 - (1 - np.roll(ink[:, ::-1], round(4 * px), axis=0)) * damage.show_through
        sheet *= ink
        sheets.append(sheet)
    right = np.eye(3)
    if len(sheets) == 1:
        whole = sheets[0]
    else:
        opening, (h, w) = Opening.of(rng), sheets[0].shape[:2]
        whole = beside(sheets[0], sheets[1], opening, px)
        right[:2] = opening.move(h, w, px)
        right[0, 2] += w
    spoil(whole, damage, px, rng)
    cases = [
        {"fields": {key: unicodedata.normalize("NFC", texts[key]) for key in layout.asked()}, "row": k}
        for k, texts in enumerate(written)
        if texts is not None and not rows[k].struck
    ]
    struck = any(row.struck for row in rows)
    kind = "cases" if cases else "void" if struck else "blank"
    truth: dict[str, Any] = {"type": layout.type, "edition": layout.edition, "kind": kind, "cases": cases}
    if only_page is not None and layout.pages > 1:
        truth |= {"kind": "unknown", "cases": []}
    scan = capture(whole, damage, px, rng)
    moved = [(k, piece.moved(scan.matrix @ (right if page else np.eye(3)))) for page, k, piece in pieces]
    typed = not isinstance(hands.clerk, Writer)
    places = written_json(
        [(case["fields"], [p for k, p in moved if k == case["row"]], typed) for case in truth["cases"]]
    )
    return Rendered(scan.picture, truth, places)


def _texts(
    layout: TableLayout, rows: Sequence[Row], manner: TableManner, rng: random.Random
) -> list[dict[str, str] | None]:
    """What is written in each row, with ditto marks under values that are repeated; None for an empty row."""
    found: list[dict[str, str] | None] = []
    above: Mapping[str, str] = {}
    for row in rows:
        if row.entry is None:
            found.append(None)
            above = {}
            continue
        texts = {key: row.entry.texts[key] for key in layout.asked()}
        same = {key for key in REPEATED & texts.keys() if texts[key] and above.get(key) == texts[key]}
        above = dict(texts)
        if manner.ditto:
            texts |= {key: manner.ditto for key in sorted(same) if rng.random() < 0.7}
        found.append(texts)
    return found


def _write_row(
    ink: Page,
    layout: TableLayout,
    page: int,
    row: tuple[list[float], int],
    texts: Mapping[str, str],
    hands: Hands,
    manner: TableManner,
    px: float,
    rng: random.Random,
) -> list[Piece]:
    """Write a case into its row; where on the page's sheet each field came to stand."""
    pieces: list[Piece] = []
    for column in layout.on_page(page):
        cell = cell_of(column, *row)
        if not column.field:
            mask = signature(px * 0.7, f"{rng.random()}")
            x = (cell[0] + cell[2]) / 2 * px - mask.shape[1] / 2
            lay(
                ink, mask, round(x), round((cell[1] + cell[3]) / 2 * px - mask.shape[0] / 2), hands.pen.colour
            )
            continue
        placed = fill_cell(texts[column.field], cell, hands.clerk, manner, px, rng)
        lay_all(ink, placed)
        pieces += pieces_of(column.field, placed)
    return pieces


def fill_cell(
    text: str,
    cell: tuple[float, float, float, float],
    hand: Hand,
    manner: TableManner,
    px: float,
    rng: random.Random,
) -> list[Placed]:
    """Write a text into a cell, over as many lines as it needs.

    Args:
        text: what; nothing is written for "".
        cell: left, top, right, bottom in mm.
        hand: who writes.
        manner: how.
        px: pixels a millimetre.
        rng: what differs from cell to cell.
    """
    if not text:
        return []
    x0, y0, x1, y1 = cell
    room, height = x1 - x0 - manner.manner.indent - 1.0, y1 - y0
    x_height, pitch = manner.manner.x_height * rng.uniform(0.95, 1.05), manner.pitch
    if text == '"':
        first = (x0, y0, x1, min(y1, y0 + 1.3 * pitch)) if manner.high else cell
        return [_ditto_strokes(first, x_height, hand, px, rng)]
    lines = [text]
    for _ in range(6):
        width = hand.write(text, x_height * px, random.Random(text)).mask.shape[1] / px
        lines = _wrapped(text, width, room)
        if len(lines) * pitch <= height - 0.15 * pitch:
            break
        x_height, pitch = x_height * 0.9, pitch * 0.9
    free = max(0.0, height - len(lines) * pitch)
    begin = y0 + (min(free, 1.0) if manner.high else free / 2)
    begin += rng.uniform(-0.1, 0.1) * min(free, pitch)
    small = replace(manner.manner, x_height=x_height)
    placed = []
    for k, line in enumerate(lines):
        baseline = begin + (k + 0.72) * pitch
        slot = SlotLine(x0, x1 - 0.5, baseline, "")
        indent = small.indent * rng.uniform(0.6, 1.4)
        placed.append(place_line(hand.write(line, x_height * px, rng), slot, indent, room, small, px, rng))
    return placed


def _wrapped(text: str, width: float, room: float) -> list[str]:
    """Words over lines, each as full as it may be."""
    if width <= room:
        return [text]
    lines: list[str] = []
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and len(joined) / len(text) * width > room:
            lines.append(word)
        elif lines:
            lines[-1] = joined
        else:
            lines.append(word)
    return lines


def _ditto_strokes(
    cell: tuple[float, float, float, float], x_height: float, hand: Hand, px: float, rng: random.Random
) -> Placed:
    """Two short strokes in the middle of a cell: the same as above."""
    tall, colour = x_height * px, hand.write("a", x_height * px, rng).colour
    size = (max(4, round(1.6 * tall)), max(4, round(1.5 * tall)))
    mask = np.zeros(size, np.uint8)
    for x in (0.35, 0.75):
        at = x * tall + rng.gauss(0, 0.04) * tall
        points = [(at + 0.16 * tall, 0.25 * tall), (at + 0.08 * tall, 0.7 * tall), (at, 1.15 * tall)]
        mask = np.maximum(mask, path_mask(points, 0.17 * tall, size))
    x0, y0, x1, y1 = cell
    left, top = (x0 + x1) / 2 * px - size[1] / 2, (y0 + y1) / 2 * px - size[0] / 2
    return Placed(Ink(mask, size[0], colour), round(left), round(top))


def _strike(
    ink: Page,
    layout: TableLayout,
    page: int,
    row: tuple[float, float],
    pen: Writer,
    px: float,
    rng: random.Random,
) -> None:
    """A row crossed out: a long stroke through it, a diagonal, or a cross."""
    columns = layout.on_page(page)
    left, right = columns[0].x0 + rng.uniform(1, 6), columns[-1].x1 - rng.uniform(1, 6)
    top, bottom = row
    high = bottom - top
    middle = (top + bottom) / 2 + rng.uniform(-0.1, 0.1) * high
    ways = {
        "line": [(middle + rng.uniform(0.05, 0.15) * high, middle - rng.uniform(0.05, 0.15) * high)],
        "diagonal": [(bottom - 0.12 * high, top + 0.12 * high)],
        "cross": [(bottom - 0.12 * high, top + 0.12 * high), (top + 0.12 * high, bottom - 0.12 * high)],
    }
    thick = rng.uniform(0.35, 0.55) * px
    for start, end in ways[rng.choice(sorted(ways))]:
        points = [
            ((left + (right - left) * t) * px, (start + (end - start) * t + rng.gauss(0, 0.12)) * px)
            for t in (0.0, 0.25, 0.5, 0.75, 1.0)
        ]
        lay(ink, path_mask(points, thick, ink.shape[:2]), 0, 0, pen.colour)
