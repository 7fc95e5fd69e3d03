"""What clerks do besides filling a form in.

They strike a word out and write it anew, put ditto marks, write into the margin, lean off the line, or write
in another script.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from training.damage import Page
from training.fill import Hand, Manner, Placed, fill_slot
from training.ink import Ink
from training.layout import Layout, Slot
from training.marks import Mask, path_mask
from training.sheet import lay, lay_all

DITTOS: Final = ("-nt-", "nt", "như trên", "Như trên", "-nt-")
REFERRED: Final = {
    "chaDanToc": "meDanToc", "chaQuocTich": "meQuocTich", "chaNoiCuTru": "meNoiCuTru",
    "meDanToc": "nksDanToc", "meQuocTich": "nksQuocTich",
}  # fmt: skip
"""Fields in which a ditto may stand, each with one that says the same more often than not."""
NOTES: Final = (
    "Đã cấp bản sao", "Đã cải chính họ, xem số 12", "Cấp lại bản chính", "Xem trang sau", "Trích lục 02 bản",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Oddities:
    """How often each occurs: shares of the fields that may have it, of pages for ``note``."""

    rewritten: float = 0.0
    ditto: float = 0.0
    leaning: float = 0.0
    script: float = 0.0
    note: float = 0.0


NONE: Final = Oddities()
INK: Final = (110, 60, 52)


@dataclass(frozen=True, slots=True)
class Odd:
    """What is odd on one page: the kind of oddity by slot, the texts as they are then written, the note."""

    slots: Mapping[str, str]
    texts: Mapping[str, str]
    note: str = ""


def draw_oddities(seed: str, layout: Layout, texts: Mapping[str, str], shares: Oddities) -> Odd:
    """Which fields of a page are odd, by dice of their own: a page without any stays what it was."""
    rng = random.Random(f"odd {seed}")
    slots: dict[str, str] = {}
    changed = dict(texts)
    plain = [s.key for s in layout.slots if not set(s.key) & set("=.&") and s.key not in {"so", "quyenSo"}]
    for key in plain:
        dice = {name: rng.random() for name in ("ditto", "rewritten", "script", "leaning")}
        if not texts.get(key):
            continue
        if dice["ditto"] < shares.ditto and texts.get(REFERRED.get(key, ""), "") == texts[key]:
            slots[key], changed[key] = "ditto", rng.choice(DITTOS)
        elif dice["rewritten"] < shares.rewritten:
            slots[key] = "rewritten"
        elif dice["script"] < shares.script and key not in {"nguoiThucHien"}:
            slots[key] = "script"
        elif dice["leaning"] < shares.leaning:
            slots[key] = "leaning"
    note = rng.choice(NOTES) if rng.random() < shares.note else ""
    return Odd(slots, changed, note)


def write_odd(
    ink: Page, slot: Slot, kind: str, text: str, hand: Hand, manner: Manner, px: float,
    rng: random.Random,
) -> list[Placed] | None:  # fmt: skip
    """Write one odd field; its lines, none of signs that are no text. None where it has no room for that."""
    if kind == "ditto":
        placed = fill_slot(slot, text, hand, manner, px, rng)
        lay_all(ink, placed)
        return placed
    if kind == "leaning":
        steep = replace(manner, slope=rng.choice([-1, 1]) * rng.uniform(0.015, 0.03), unsteady=0.0)
        placed = fill_slot(slot, text, hand, steep, px, _Same(rng))
        lay_all(ink, placed)
        return placed
    if kind == "script":
        wide = min(len(text), round((slot.lines[0].x1 - slot.lines[0].x0) / manner.x_height / 2) - 2)
        if wide < 2:
            return None
        signs = other_script(wide, manner.x_height * px, rng)
        line = slot.lines[0]
        lay(ink, signs, round((line.x0 + 2) * px), round(line.y * px) - signs.shape[0], INK)
        return []
    return _rewritten(ink, slot, text, hand, manner, px, rng)


class _Same(random.Random):
    """Dice that lean as far as they may: gauss gives its deviation."""

    def __init__(self, rng: random.Random) -> None:
        super().__init__(rng.getrandbits(32))

    def gauss(self, mu: float = 0.0, sigma: float = 1.0) -> float:
        """The mean and one deviation."""
        return mu + sigma


def _rewritten(
    ink: Page, slot: Slot, text: str, hand: Hand, manner: Manner, px: float, rng: random.Random
) -> list[Placed] | None:
    """A wrong text, struck out, and the right one beside it, or on the line below."""
    wrong = _wrong(text, rng)
    first = slot.lines[0]
    spoilt = hand.write(wrong, manner.x_height * px, rng)
    width = spoilt.mask.shape[1] / px
    room = first.x1 - first.x0 - width - 2.0
    asked = hand.write(text, manner.x_height * px, random.Random(1)).mask.shape[1] / px
    if room > asked * 0.85:
        anew = Slot(slot.key, (replace(first, x0=first.x0 + width + 2.0),))
    elif len(slot.lines) > 1 and width < first.x1 - first.x0:
        anew = Slot(slot.key, slot.lines[1:])
    else:
        return None
    struck = _struck(spoilt, px, rng)
    y = round((first.y - manner.lift) * px) - spoilt.baseline
    lay(ink, struck, round((first.x0 + 0.5) * px), y, spoilt.colour)
    placed = fill_slot(anew, text, hand, manner, px, rng)
    lay_all(ink, placed)
    return placed


def _wrong(text: str, rng: random.Random) -> str:
    """Something like the text, at most two words of it, with a letter or figure wrong."""
    words = text.split()[: rng.choice([1, 2])]
    letters = list(" ".join(words))
    for place, letter in enumerate(letters):
        if letter.isdigit():
            letters[place] = str((int(letter) + rng.randint(1, 9)) % 10)
            break
    else:
        letters = [*letters, rng.choice("anghi")]
    return "".join(letters)


def _struck(ink: Ink, px: float, rng: random.Random) -> Mask:
    """Writing with a line or two drawn through it."""
    h, w = ink.mask.shape
    mask = ink.mask.copy()
    columns = np.flatnonzero(mask.max(axis=0) > 60)
    left, right = (int(columns[0]), int(columns[-1])) if len(columns) else (0, w)
    middle = ink.baseline - 0.9 * px
    for lift in (0.0,) if rng.random() < 0.6 else (-0.5 * px, 0.6 * px):
        ends = [left - 0.6 * px, (left + right) / 2, right + 0.6 * px]
        points = [(x, middle + lift + rng.gauss(0, 0.15) * px) for x in ends]
        np.maximum(mask, path_mask(points, max(1.5, 0.3 * px), (h, w)), out=mask)
    return mask


def other_script(signs: int, x_height: float, rng: random.Random) -> Mask:
    """A row of signs of no alphabet that is known here: short strokes in squares, or loops under a bar."""
    side = round(1.9 * x_height)
    mask = np.zeros((round(side * 1.25), round(side * 1.12 * signs) + side), np.uint8)
    loops = rng.random() < 0.4
    pen = max(2, round(0.11 * x_height))
    for place in range(signs):
        x0 = round(place * side * 1.12 + 0.2 * side)

        def at(x: float, y: float, x0: int = x0) -> tuple[int, int]:
            return x0 + round(x * side * 0.9), round((0.08 + y) * side)

        if loops:
            for _ in range(rng.randint(2, 3)):
                radius = max(3, round(side * rng.uniform(0.12, 0.2)))
                centre = at(rng.uniform(0.2, 0.8), rng.uniform(0.3, 0.9))
                cv2.ellipse(
                    mask,
                    centre,
                    (radius, round(radius * 1.3)),
                    rng.uniform(-30, 30),
                    30,
                    330,
                    255,
                    pen,
                    cv2.LINE_AA,
                )
            cv2.line(mask, at(0.1, 0.15), at(0.9, 0.12), 255, pen, cv2.LINE_AA)
            continue
        for _ in range(rng.randint(4, 8)):
            x, y = rng.uniform(0.05, 0.8), rng.uniform(0.05, 0.85)
            way = rng.choice([(0.5, 0.02), (0.02, 0.5), (0.3, 0.35), (-0.3, 0.35), (0.85 - x, 0.03)])
            end = (min(0.95, max(0.05, x + way[0])), min(1.0, y + way[1]))
            cv2.line(mask, at(x, y), at(*end), 255, pen, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), 0.5), np.uint8)


def write_note(ink: Page, note: str, layout: Layout, hand: Hand, px: float, rng: random.Random) -> None:
    """A note up the left margin of the page, where no field is."""
    left = min(words.x for words in layout.words)
    line = hand.write(note, 1.8 * px, rng)
    upright = np.rot90(line.mask)
    x = max(2.0, (left - upright.shape[1] / px) / 2 - 1.0)
    lay(ink, np.ascontiguousarray(upright), round(x * px), round(rng.uniform(70, 150) * px), line.colour)
