"""Typed text: even pitch, letters that sit a little high or low, strikes that are strong or weak."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw

from training.faces import FACES, font, letter_height
from training.ink import Ink, smooth_noise

RIBBONS = ((52, 44, 46), (66, 58, 58), (88, 56, 60), (40, 38, 40))
_OVER = 2


@dataclass(frozen=True, slots=True)
class Typewriter:
    """A machine with its faults. ``low`` holds the letters whose type bar sits wrong, in shares of an em."""

    path: Path
    colour: tuple[int, int, int]
    weight: float
    jitter: float
    weak: float
    low: dict[str, float]

    def write(self, text: str, x_height_px: float, rng: random.Random) -> Ink:
        """The text as one typed line; see ``training.ink.Writer.write``."""
        em = round(x_height_px * 0.85 * _OVER / letter_height(self.path))
        face = font(self.path, em)
        pitch = face.getlength("n")
        up, down = round(em * 1.3), round(em * 0.5)
        line = np.zeros((up + down, round(pitch * (len(text) + 1))), np.uint8)
        for place, letter in enumerate(text):
            if letter == " ":
                continue
            strike = Image.new("L", (line.shape[1], line.shape[0]), 0)
            at = (pitch * (place + 0.25) + rng.gauss(0, self.jitter) * em * 0.5,
                  up + (rng.gauss(0, self.jitter) + self.low.get(letter, 0.0)) * em)  # fmt: skip
            force = round(255 * min(1.0, max(0.35, rng.gauss(1 - self.weak, self.weak * 0.8))))
            left = max(0, int(at[0] - pitch))
            strike = Image.new("L", (round(pitch * 3), line.shape[0]), 0)
            ImageDraw.Draw(strike).text(
                (at[0] - left, at[1]),
                letter,
                font=face,
                fill=force,
                anchor="ls",
                stroke_width=self.weight * em,
            )
            area = line[:, left : left + strike.width]
            np.maximum(area, np.asarray(strike)[:, : area.shape[1]], out=area)
        noise = np.random.default_rng(rng.getrandbits(64))
        worn = np.clip(0.95 + 0.12 * smooth_noise(*line.shape, 3.0, noise), 0.3, 1.0)
        line = (cv2.GaussianBlur(line, (0, 0), 0.7) * worn).clip(0, 255).astype(np.uint8)
        size = (max(1, line.shape[1] // _OVER), max(1, line.shape[0] // _OVER))
        small = np.asarray(cv2.resize(line, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        return Ink(small, up // _OVER, self.colour)


def make_typewriter(seed: str) -> Typewriter:
    """The machine that a seed gives."""
    rng = random.Random(f"typewriter {seed}")
    letters = rng.sample("abcdeghiklmnoprstuvxy", 4)
    return Typewriter(
        path=FACES["typewriter"],
        colour=rng.choice(RIBBONS),
        weight=rng.uniform(0.014, 0.026),
        jitter=rng.uniform(0.004, 0.014),
        weak=rng.uniform(0.03, 0.16),
        low={letter: rng.gauss(0, 0.03) for letter in letters},
    )
