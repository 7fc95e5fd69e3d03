"""Handwriting: text -> a mask of ink, in one writer's hand.

A writer is a font and the habits that make a hand: slant, wave, pen, spaces, and marks set loosely over their
vowels, where real Vietnamese handwriting varies most. Habits are fixed by a seed; what differs from word to
word comes from the page's own random numbers.
"""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from training.faces import font, letter_height, missing
from training.vowels import MARKS, draw_marks

Mask = npt.NDArray[np.uint8]
_OVER = 3  # letters are drawn so many times larger, then reduced: thin pens stay smooth

# Blue and blue-black ball pens, black pen: colour that the ink leaves on white paper, B G R.
INKS = (
    (140, 56, 38), (120, 48, 44), (96, 40, 34), (165, 75, 40), (150, 62, 52), (110, 62, 60),
    (58, 50, 48), (44, 40, 40),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ink:
    """A written line: mask uint8 (H, W), 255 where the ink is full; its baseline row; its colour B G R."""

    mask: Mask
    baseline: int
    colour: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Writer:
    """A hand. Lengths are shares of the x-height."""

    path: Path
    colour: tuple[int, int, int]
    pen: float
    slant: float
    wobble: float
    wave: float
    gap: float
    tracking: float
    size: float
    bounce: float
    loose_marks: bool
    mark_gap: float
    mark_size: float
    mark_shift: float

    def write(self, text: str, x_height_px: float, rng: random.Random) -> Ink:
        """The text as one line of ink whose small letters are about ``x_height_px`` pixels high."""
        tall = x_height_px * self.size * _OVER
        face = font(self.path, round(tall / letter_height(self.path)))
        parts: list[tuple[float, float, Mask]] = []
        left = 0.0
        for word in text.split(" "):
            if not word:
                continue
            mask, base = self._word(word, face, tall, rng)
            stretch = rng.uniform(0.96, 1.05)
            size = (round(mask.shape[1] * stretch), round(mask.shape[0] * rng.uniform(0.97, 1.03)))
            mask = np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
            columns = np.flatnonzero(mask.max(axis=0) > 40)
            if len(columns):
                mask = mask[:, columns[0] : columns[-1] + 1]
                parts.append((left, base + rng.gauss(0, self.bounce) * tall, mask))
                wide = 1.7 if word.isupper() and len(word) > 1 else 1.0  # capitals stand further apart
                left += mask.shape[1] + tall * self.gap * wide * rng.uniform(0.8, 1.3)
        return self._finish(parts, tall, rng)

    def _word(
        self, word: str, face: ImageFont.FreeTypeFont, tall: float, rng: random.Random
    ) -> tuple[Mask, float]:
        up, down = round(tall * 3.4), round(tall * 2.4)
        wide = round(face.getlength(word) * (1 + max(0.0, self.tracking)) + tall * (4 + 0.3 * len(word)))
        image = Image.new("L", (wide, up + down), 0)
        draw = ImageDraw.Draw(image)
        x = tall * 1.5
        if not self.loose_marks:
            draw.text((x, up), word, font=face, fill=255, anchor="ls")
            return np.asarray(image), float(up)
        for letter in word:
            parts = unicodedata.normalize("NFD", letter)
            marks = {MARKS[c] for c in parts[1:] if c in MARKS}
            base = parts[0] if marks else letter
            if base == "i" and marks - {"nặng"} and not missing(self.path, "ı"):
                base = "ı"  # a tone mark takes the place of the dot
            lift = rng.gauss(0, 0.015) * tall
            draw.text((x, up + lift), base, font=face, fill=255, anchor="ls")
            if marks:
                box = face.getbbox(base, anchor="ls")
                draw_marks(
                    draw,
                    marks,
                    (x + box[0], x + box[2], up + lift + box[1], up + lift),
                    tall,
                    pen=max(2.0, stroke_width(self.path) * tall),
                    habits=(self.mark_gap, self.mark_size, self.mark_shift + mark_lean(self.path)),
                    rng=rng,
                )
            x += face.getlength(base) + tall * self.tracking * rng.uniform(0.4, 1.6)
        return np.asarray(image), float(up)

    def _finish(self, parts: list[tuple[float, float, Mask]], tall: float, rng: random.Random) -> Ink:
        """Words on one line, then the hand's slant, wave and tremor in one warp, then the pen's width."""
        margin = round(tall * 1.2)
        up = round(max((b for _, b, _ in parts), default=tall)) + margin
        down = round(max((m.shape[0] - b for _, b, m in parts), default=tall)) + margin
        wide = round(max((x + m.shape[1] for x, _, m in parts), default=tall)) + 2 * margin
        line = np.zeros((up + down, wide), np.uint8)
        for x, base, mask in parts:
            top, left = round(up - base), round(x) + margin
            area = line[top : top + mask.shape[0], left : left + mask.shape[1]]
            np.maximum(area, mask[: area.shape[0], : area.shape[1]], out=area)
        line = self._pen(line, tall)
        h, w = line.shape
        noise = np.random.default_rng(rng.getrandbits(64))
        yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
        slant = self.slant + rng.gauss(0, 0.02)
        wave, length = self.wave * tall, tall * rng.uniform(16, 40)
        mx = xx + slant * (yy - up)
        my = yy + wave * np.sin(xx / length + rng.uniform(0, 6.28)) + (xx - w / 2) * rng.gauss(0, 0.002)
        for cell, share in ((0.8, 0.5), (3.0, 1.0)):
            force = self.wobble * share * tall
            mx += smooth_noise(h, w, cell * tall, noise) * force
            my += smooth_noise(h, w, cell * tall, noise) * force * 0.8
        warped = cv2.remap(line, mx.astype(np.float32), my.astype(np.float32), cv2.INTER_LINEAR)
        size = (max(1, w // _OVER), max(1, h // _OVER))
        line = _uneven(cv2.resize(warped, size, interpolation=cv2.INTER_AREA), tall / _OVER, noise)
        columns, rows = np.flatnonzero(line.max(axis=0) > 30), np.flatnonzero(line.max(axis=1) > 30)
        if not len(columns):
            return Ink(np.zeros((1, 1), np.uint8), 0, self.colour)
        top = int(rows[0])
        cut = line[top : rows[-1] + 1, columns[0] : columns[-1] + 1]
        return Ink(np.ascontiguousarray(cut), round(up / _OVER) - top, self.colour)

    def _pen(self, line: Mask, tall: float) -> Mask:
        """Bring the font's own stroke towards the pen's width."""
        want, have = max(2.0, self.pen * tall), stroke_width(self.path) * tall
        change = round(np.clip(want - have, -0.35 * have, want))
        if abs(change) < 1:
            return line
        brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (abs(change) + 1, abs(change) + 1))
        return np.asarray(cv2.dilate(line, brush) if change > 0 else cv2.erode(line, brush), dtype=np.uint8)


@lru_cache(maxsize=256)
def stroke_width(path: Path) -> float:
    """Width of a font's own strokes, as a share of its letters' height (``letter_height``)."""
    image = Image.new("L", (1400, 400), 0)
    ImageDraw.Draw(image).text((100, 260), "nhoailuc", font=font(path, 200), fill=255, anchor="ls")
    inside = cv2.distanceTransform((np.asarray(image) > 127).astype(np.uint8), cv2.DIST_L2, 5)
    ridge = inside[inside > 0.6]
    return 2.5 * float(np.percentile(ridge, 75)) / (200 * letter_height(path))


@lru_cache(maxsize=256)
def mark_lean(path: Path) -> float:
    """How far right of a letter's middle a font sets the marks over it, as a share of its letters' height."""
    shapes = []
    for letter in ("o", "ô"):
        image = Image.new("L", (600, 600), 0)
        ImageDraw.Draw(image).text((200, 400), letter, font=font(path, 200), fill=255, anchor="ls")
        shapes.append(np.asarray(image) > 127)
    bare, marked = shapes
    mark = np.flatnonzero((marked & ~bare)[: int(np.flatnonzero(bare.any(axis=1))[0])].any(axis=0))
    body = np.flatnonzero(bare.any(axis=0))
    if not len(mark):
        return 0.0
    shift = float(mark[0] + mark[-1] - body[0] - body[-1]) / 2 / (200 * letter_height(path))
    return min(0.6, max(-0.3, shift))


def _uneven(line: npt.NDArray[Any], tall: float, noise: np.random.Generator) -> Mask:
    """Ball-pen ink is not even: it thins along a stroke."""
    h, w = line.shape[:2]
    flow = smooth_noise(h, w, max(3.0, tall * 0.5), noise)
    grain = smooth_noise(h, w, 2.0, noise)
    inked = np.clip(line * np.clip(0.93 + 0.1 * flow + 0.06 * grain, 0.4, 1.0), 0, 255)
    return np.asarray(inked, dtype=np.uint8)


def smooth_noise(h: int, w: int, cell: float, noise: np.random.Generator) -> npt.NDArray[np.float32]:
    """Normal noise (h, w) float32, smooth over about ``cell`` pixels."""
    step = max(1, round(cell))
    grid = noise.standard_normal((h // step + 3, w // step + 3)).astype(np.float32)
    return np.asarray(cv2.resize(grid, (w, h), interpolation=cv2.INTER_CUBIC), dtype=np.float32)


def make_writer(path: Path, seed: str) -> Writer:
    """The hand that a seed gives a font."""
    rng = random.Random(f"writer {seed} {path.name}")
    loose = rng.random() < 0.4
    return Writer(
        path=path,
        colour=rng.choice(INKS),
        pen=rng.uniform(0.14, 0.2),
        slant=rng.uniform(-0.04, 0.16),
        wobble=rng.uniform(0.008, 0.022),
        wave=rng.uniform(0.0, 0.07),
        gap=rng.uniform(0.55, 1.0),
        tracking=rng.uniform(-0.02, 0.1),
        size=rng.uniform(0.94, 1.12),
        bounce=rng.uniform(0.02, 0.06),
        loose_marks=loose,
        mark_gap=rng.uniform(0.12, 0.32),
        mark_size=rng.uniform(0.55, 0.8),
        mark_shift=rng.gauss(0.08, 0.12),
    )
