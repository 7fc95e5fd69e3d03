"""One page of a register: printed form, filled in, aged and scanned, with its truth."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from training.damage import Damage, Page, Picture, capture, paper, spoil
from training.fill import Hand, Manner, fill_slot, slot_text, truth_of
from training.ink import Writer
from training.layout import Layout, Sign
from training.marks import STAMP_RED, signature, stamp, tick_mark, void_strokes
from training.oddities import NONE, Odd, Oddities, draw_oddities, write_note, write_odd
from training.registration import BookFacts, Entry
from training.sheet import lay, lay_all, print_form, sheet_size
from training.written import Piece, corners_of, pieces_of, written_json

PRINTERS_INK = (38, 34, 34)


@dataclass(frozen=True, slots=True)
class Hands:
    """Who writes on a page: the clerk (or a typewriter), and the pen that signs and ticks."""

    clerk: Hand
    pen: Writer
    manner: Manner
    joint: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A page's picture, uint8 (H, W, 3) B G R or (H, W), and its truth in the form of a truth file.

    ``written`` is where on the picture each field stands, by case (``training.written``).
    """

    picture: Picture
    truth: dict[str, Any]
    written: list[dict[str, Any]] = field(default_factory=list)


def render_page(
    layout: Layout,
    book: BookFacts,
    entry: Entry | None,
    hands: Hands,
    damage: Damage,
    *,
    dpi: int,
    seed: str,
    kind: str = "cases",
    stamped: float = 0.5,
    oddities: Oddities = NONE,
) -> Rendered:
    """Draw one page.

    Args:
        layout: The printed form.
        book: The book that the page belongs to.
        entry: What is written in; None leaves the form blank.
        hands: Who writes.
        damage: What became of the sheet.
        dpi: Pixels an inch of the scan.
        seed: Fixes everything that is left to chance.
        kind: "cases", "blank" or "void".
        stamped: Chance of a stamp.
        oddities: How often clerks did more than fill the form in.
    """
    rng = random.Random(f"page {seed}")
    px = dpi / 25.4
    h, w = sheet_size(px)
    sheet = paper(h, w, damage, px, rng)
    ink = np.ones((h, w, 3), np.float32)
    lay(ink, print_form(layout, px, rng), 0, 0, PRINTERS_INK, rng.uniform(0.82, 1.0))
    done: dict[str, str] = {}
    pieces: list[Piece] = []
    odd = Odd({}, {})
    if entry is not None:
        odd = draw_oddities(seed, layout, entry.texts, oddities if kind == "cases" else NONE)
        done, pieces = _write(ink, layout, odd, hands, px, rng, seed)
        _sign(ink, layout.signs, book, entry.texts, hands, px, rng)
        if layout.signs and rng.random() < stamped:
            _stamp(ink, layout.signs[-1], book, px, rng)
        if kind == "void":
            _strike_out(ink, hands, px, rng)
    if damage.show_through and entry is not None:
        sheet *= 1 - (1 - np.roll(ink[:, ::-1], round(4 * px), axis=0)) * damage.show_through
    sheet *= ink
    spoil(sheet, damage, px, rng)
    fields = truth_of(layout, odd.texts) if entry is not None and kind == "cases" else None
    if fields is not None:  # what no letter tells has no truth
        fields = {key: text for key, text in fields.items() if done.get(key) != "script"}
    truth: dict[str, Any] = {
        "type": layout.type,
        "edition": layout.edition,
        "kind": kind,
        "cases": [{"fields": fields}] if fields is not None else [],
    }
    if done:
        truth["odd"] = done
    scan = capture(sheet, damage, px, rng)
    moved = [piece.moved(scan.matrix) for piece in pieces]
    typed = not isinstance(hands.clerk, Writer)
    return Rendered(scan.picture, truth, written_json([(fields, moved, typed)] if fields is not None else []))


def _write(
    ink: Page, layout: Layout, odd: Odd, hands: Hands, px: float, rng: random.Random, seed: str
) -> tuple[dict[str, str], list[Piece]]:
    """Fill the form in; what was odd about it, by slot, and where on the sheet each field came to stand."""
    texts, dice = odd.texts, random.Random(f"odd strokes {seed}")
    done: dict[str, str] = {}
    pieces: list[Piece] = []
    for slot in layout.slots:
        text = slot_text(slot, texts, hands.joint)
        # Names under signatures are written by hand also where the entry is typed.
        who = hands.pen if slot.key.startswith("=") or slot.key == "nguoiThucHien" else hands.clerk
        kind = odd.slots.get(slot.key, "")
        placed = write_odd(ink, slot, kind, text, who, hands.manner, px, dice) if kind else None
        if placed is not None:
            done[slot.key] = kind
        else:
            placed = fill_slot(slot, text, who, hands.manner, px, rng)
            lay_all(ink, placed)
        if not slot.key.startswith("="):
            pieces += pieces_of(slot.key, placed)
    for tick in layout.ticks:
        if tick.label == texts["loaiDangKy"]:
            side = tick.side * px
            x, y = round((tick.x + tick.side / 2) * px - side), round((tick.y - tick.side / 2) * px - side)
            lay(ink, tick_mark(side, rng), x, y, hands.pen.colour)
            box = corners_of(tick.x * px, (tick.y - tick.side) * px, (tick.x + tick.side) * px, tick.y * px)
            pieces.append(Piece("loaiDangKy", box))
    if odd.note:
        write_note(ink, odd.note, layout, hands.pen, px, dice)
        done["note"] = odd.note
    return done, pieces


def _sign(
    ink: Page,
    signs: tuple[Sign, ...],
    book: BookFacts,
    texts: Mapping[str, str],
    hands: Hands,
    px: float,
    rng: random.Random,
) -> None:
    for sign in signs:
        if texts.get(sign.who):
            mask = signature(px, f"{book.office.commune} {texts[sign.who]}")
            x = round(sign.x * px + rng.gauss(0, 2) * px - mask.shape[1] / 2)
            lay(
                ink,
                mask,
                x,
                round(sign.y * px + rng.gauss(0, 0.8) * px - mask.shape[0] * 0.5),
                hands.pen.colour,
            )


def _stamp(ink: Page, sign: Sign, book: BookFacts, px: float, rng: random.Random) -> None:
    kind = {"xã": "XÃ", "p": "PHƯỜNG", "tt": "THỊ TRẤN"}[book.office.kind]
    mask = stamp(
        px,
        f"ỦY BAN NHÂN DÂN {kind} {book.office.commune.upper()}",
        f"* {book.office.district.upper()} *",
        rng,
    )
    x = (sign.x + rng.uniform(-22, -6)) * px - mask.shape[1] / 2
    y = (sign.y + rng.uniform(-8, 6)) * px - mask.shape[0] / 2
    lay(ink, mask, round(x), round(y), STAMP_RED, rng.uniform(0.6, 0.9))


def _strike_out(ink: Page, hands: Hands, px: float, rng: random.Random) -> None:
    h, w = ink.shape[:2]
    lay(ink, void_strokes(h, w, px, rng), 0, 0, hands.pen.colour)
    words = hands.pen.write(rng.choice(["Hủy bỏ", "HỦY BỎ", "Hủy"]), 5.0 * px, rng)
    lay(ink, words.mask, round(w * rng.uniform(0.35, 0.5)), round(h * rng.uniform(0.4, 0.55)), words.colour)
