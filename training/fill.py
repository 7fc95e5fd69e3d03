"""Filling a printed form in: where each written line comes to lie, and what the truth then is."""

from __future__ import annotations

import math
import random
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np

from training.ink import Ink
from training.layout import Layout, Slot, SlotLine


class Hand(Protocol):
    """Whoever or whatever writes: a writer or a typewriter."""

    def write(self, text: str, x_height_px: float, rng: random.Random) -> Ink:
        """The text as one line of ink."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Ink on the page: left and top of its mask in pixels."""

    ink: Ink
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Manner:
    """How somebody fills a form in; lengths in mm."""

    x_height: float
    lift: float
    unsteady: float
    slope: float
    indent: float

    @classmethod
    def of(cls, rng: random.Random, *, typed: bool) -> Manner:
        """A person's manner; a machine's is steadier."""
        if typed:
            return cls(2.05, rng.uniform(0.2, 0.9), 0.15, 0.001, rng.uniform(0.5, 2.0))
        return cls(
            rng.uniform(2.0, 2.5), rng.uniform(-0.1, 0.9), rng.uniform(0.2, 0.55), rng.uniform(0.001, 0.006),
            rng.uniform(0.5, 3.0),
        )  # fmt: skip


def truth_of(layout: Layout, texts: Mapping[str, str]) -> dict[str, str]:
    """Truth of one filled page: verbatim text of every field that the form asks for, "" where left blank.

    A date written into three gaps is its parts joined by "/"; an hour and its minutes are "4 giờ 05 phút".
    """
    truth = {}
    gaps = {slot.key.split(".")[0] for slot in layout.slots if "." in slot.key}
    for key in layout.asked():
        if key in gaps and f"{key}.hour" in texts:
            truth[key] = texts[key] and f"{texts[f'{key}.hour']} giờ {texts[f'{key}.minute']} phút"
        elif key in gaps:
            found = [texts[f"{key}.{part}"] for part in ("day", "month", "year")]
            truth[key] = "/".join(found) if any(found) else ""
        else:
            truth[key] = texts[key]
    return {key: unicodedata.normalize("NFC", text) for key, text in truth.items()}


def slot_text(slot: Slot, texts: Mapping[str, str], joint: str) -> str:
    """What is written into a slot; two fields in one slot are joined as the clerk joins them."""
    found = [texts.get(key, "") for key in slot.key.lstrip("=").split("&")]
    return joint.join(text for text in found if text)


def fill_slot(
    slot: Slot, text: str, hand: Hand, manner: Manner, px: float, rng: random.Random
) -> list[Placed]:
    """Write a text into a slot, over as many of its lines as it needs.

    Args:
        slot: Where, mm.
        text: What; nothing is written for "".
        hand: Who writes.
        manner: How.
        px: Pixels in a millimetre.
        rng: What differs from field to field.
    """
    if not text:
        return []
    x_height = manner.x_height * px * rng.uniform(0.95, 1.05)
    whole = hand.write(text, x_height, rng)
    indent = 0.3 if slot.lines[0].x1 - slot.lines[0].x0 < 25 else manner.indent * rng.uniform(0.4, 1.4)
    room = [line.x1 - line.x0 - (indent if place == 0 else 0.5) for place, line in enumerate(slot.lines)]
    width = whole.mask.shape[1] / px
    if len(slot.lines) == 1 or width <= room[0] * 1.03:
        return [place_line(whole, slot.lines[0], indent, room[0], manner, px, rng)]
    pieces = _break(text, width, room)
    return [
        place_line(
            hand.write(piece, x_height, rng), line, indent if place == 0 else 0.5, space, manner, px, rng
        )
        for place, (piece, line, space) in enumerate(zip(pieces, slot.lines, room, strict=False))
    ]


def _break(text: str, width: float, room: list[float]) -> list[str]:
    """Words over the lines: each takes what fits at its share of the whole width, the last takes the rest."""
    words, pieces = text.split(" "), []
    for place, space in enumerate(room):
        if place == len(room) - 1:
            pieces.append(" ".join(words))
            break
        take = 0
        while take < len(words) and len(" ".join(words[: take + 1])) / len(text) * width <= space:
            take += 1
        take = max(1, take)
        pieces.append(" ".join(words[:take]))
        words = words[take:]
    return [piece for piece in pieces if piece]


def place_line(
    ink: Ink, line: SlotLine, indent: float, room: float, manner: Manner, px: float, rng: random.Random
) -> Placed:
    """One written line on its slot, squeezed where it has no room, lifted and tilted as hands do."""
    share = room * px / ink.mask.shape[1]
    if share < 1:  # narrow the writing as a clerk does who runs out of room
        high = min(1.0, share * 1.5)
        size = (max(1, round(ink.mask.shape[1] * share)), max(1, round(ink.mask.shape[0] * high)))
        mask = cv2.resize(ink.mask, size, interpolation=cv2.INTER_AREA)
        ink = Ink(np.asarray(mask, dtype=np.uint8), round(ink.baseline * high), ink.colour)
    ink = _tilted(ink, rng.gauss(0, manner.slope))
    lift = manner.lift + rng.gauss(0, manner.unsteady)
    return Placed(ink, round((line.x0 + indent) * px), round((line.y - lift) * px) - ink.baseline)


def _tilted(ink: Ink, slope: float) -> Ink:
    """The line climbs (negative slope) or falls from its left end on."""
    h, w = ink.mask.shape
    change = math.ceil(abs(slope) * w)
    if change < 1:
        return ink
    top = change if slope < 0 else 0
    move = np.array([[1, 0, 0], [slope, 1, top]], np.float32)
    mask = cv2.warpAffine(ink.mask, move, (w, h + change), flags=cv2.INTER_LINEAR)
    return Ink(np.asarray(mask, dtype=np.uint8), ink.baseline + top, ink.colour)
