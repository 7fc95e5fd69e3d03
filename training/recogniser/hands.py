"""Who writes a training line: a pen, a typewriter or a printer, with habits wider than any page's."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from training.faces import FACES, HAND, font, letter_height, missing, usable_fonts
from training.fill import Hand
from training.ink import INKS, Ink, Writer, make_writer
from training.typewriter import make_typewriter


@dataclass(frozen=True, slots=True)
class Faces:
    """Font files by what they stand for; every one can draw what clerks write."""

    hand: tuple[Path, ...]
    typed: tuple[Path, ...]
    printed: tuple[Path, ...]

    @classmethod
    def found(
        cls, hand: Sequence[Path] = (), typed: Sequence[Path] = (), printed: Sequence[Path] = ()
    ) -> Faces:
        """Usable fonts among files and folders; the repository's own where none are given.

        Raises:
            training.faces.NoUsableFont: when what was given holds none.
        """
        return cls(
            tuple(usable_fonts(hand or [HAND])[0]),
            tuple(usable_fonts(typed or [FACES["typewriter"]])[0]),
            tuple(usable_fonts(printed or [FACES["serif"], FACES["slab"], FACES["sans"]])[0]),
        )


@dataclass(frozen=True, slots=True)
class Printer:
    """Set type: letters side by side, nothing moves."""

    path: Path
    colour: tuple[int, int, int]

    def write(self, text: str, x_height_px: float, rng: random.Random) -> Ink:
        """The text as one printed line; see ``training.ink.Writer.write``."""
        em = max(8, round(x_height_px * rng.uniform(0.95, 1.05) / letter_height(self.path)))
        face = font(self.path, em)
        wide, up, down = round(face.getlength(text)) + em, round(em * 1.3), round(em * 0.5)
        image = Image.new("L", (wide, up + down), 0)
        ImageDraw.Draw(image).text((em // 2, up), text, font=face, fill=255, anchor="ls")
        return Ink(np.asarray(image), up, self.colour)


@lru_cache(maxsize=20_000)
def _can_draw(path: Path, character: str) -> bool:
    return not missing(path, character)


def make_pen(faces: Faces, text: str, rng: random.Random) -> Writer:
    """A hand that can write the text, with slant, spaces, pen and marks of its own."""
    capitals = (
        any(len(word) > 4 and word.isupper() for word in text.replace("-", " ").split()) or text.isupper()
    )
    path = faces.hand[0]
    for path in rng.sample(faces.hand, len(faces.hand)):
        if all(_can_draw(path, c) for c in _rare(text)) and (plain_capitals(path) or not capitals):
            break
    writer = make_writer(path, str(rng.getrandbits(40)))
    if rng.random() < 0.4:
        return writer
    return replace(
        writer,
        slant=rng.gauss(0.05, 0.15),
        pen=rng.uniform(0.1, 0.26),
        wobble=rng.uniform(0.0, 0.035),
        wave=rng.uniform(0.0, 0.14),
        gap=rng.uniform(0.35, 1.4),
        tracking=rng.uniform(-0.05, 0.2),
        bounce=rng.uniform(0.0, 0.1),
        loose_marks=rng.random() < 0.55,
        mark_gap=rng.uniform(0.02, 0.4),
        mark_size=rng.uniform(0.45, 0.95),
        mark_shift=rng.gauss(0.1, 0.2),
    )


@lru_cache(maxsize=256)
def plain_capitals(path: Path) -> bool:
    """Whether a font's capitals can stand side by side: swashes reach far over their neighbours.

    Nobody writes a name in capitals with swashes.
    """
    face = font(path, 200)
    letters = "ABCDEGHIKLMNOPQRSTUVXY"
    boxes = [face.getbbox(letter, anchor="ls") for letter in letters]
    widths = [face.getlength(letter) for letter in letters]
    return sum((box[2] - box[0]) / max(1.0, w) for box, w in zip(boxes, widths, strict=True)) < 1.1 * len(
        letters
    )


def _rare(text: str) -> str:
    """Characters of a text that a font for clerks may lack, in a fixed order."""
    return "".join(sorted({c for c in text if not (c.isascii() and c.isalnum()) and c != " "}))


def make_hand(
    faces: Faces, text: str, rng: random.Random, *, typed: float = 0.16, printed: float = 0.06
) -> Hand:
    """A pen, or with the chances given a typewriter or a printer."""
    draw = rng.random()
    if draw < typed:
        machine = make_typewriter(str(rng.getrandbits(40)))
        path = rng.choice(faces.typed)
        return replace(machine, path=path, weight=rng.uniform(0.0, 0.03), weak=rng.uniform(0.02, 0.25))
    if draw < typed + printed:
        return Printer(rng.choice(faces.printed), rng.choice(INKS))
    return make_pen(faces, text, rng)
