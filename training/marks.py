"""What lies over the writing: signatures, round red stamps, ticks, strokes through a void entry."""

from __future__ import annotations

import math
import random

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from training.faces import FACES, font
from training.ink import smooth_noise

Mask = npt.NDArray[np.uint8]
STAMP_RED = (60, 50, 205)


def path_mask(points: list[tuple[float, float]], pen: float, size: tuple[int, int]) -> Mask:
    """A smooth pen path through points (x, y) as a mask uint8 of ``size`` (H, W)."""
    mask = np.zeros(size, np.uint8)
    smooth = _catmull(points)
    spots = np.round(np.array(smooth) * 16).astype(np.int32)
    cv2.polylines(mask, [spots.reshape(-1, 1, 2)], False, 255, max(1, round(pen)), cv2.LINE_AA, 4)
    return mask


def _catmull(points: list[tuple[float, float]], steps: int = 10) -> list[tuple[float, float]]:
    """Catmull-Rom curve through the points."""
    full = [points[0], *points, points[-1]]
    curve = []
    for a, b, c, d in zip(full, full[1:], full[2:], full[3:], strict=False):
        for i in range(steps):
            t = i / steps
            x, y = (_between(p, q, r, s, t) for p, q, r, s in zip(a, b, c, d, strict=True))
            curve.append((x, y))
    return [*curve, points[-1]]


def _between(p: float, q: float, r: float, s: float, t: float) -> float:
    """Catmull-Rom value between q and r."""
    return 0.5 * (2 * q + (r - p) * t + (2 * p - 5 * q + 4 * r - s) * t**2 + (3 * q - p - 3 * r + s) * t**3)


def signature(px: float, seed: str) -> Mask:
    """Somebody's signature, always the same for a seed: about 35 by 14 mm."""
    rng = random.Random(f"signature {seed}")
    h, w = 20 * px, 42 * px
    lean, narrow = rng.uniform(0.0, 0.6), rng.uniform(0.5, 1.3)
    points: list[tuple[float, float]] = []
    x = 6 * px
    for place in range(rng.randint(3, 8)):
        tall = rng.uniform(4, 9) if place == 0 or rng.random() < 0.25 else rng.uniform(1.0, 3.5)
        deep = rng.uniform(3, 6) if rng.random() < 0.2 else rng.uniform(-0.5, 0.8)
        wide = rng.uniform(1.2, 3.4) * narrow
        bend = rng.uniform(-1.2, 0.6) * wide  # a loop where negative
        points.append((x, h * 0.6 + deep * px))
        points.append((x + (wide * 0.6 + lean * tall * 0.5) * px, h * 0.6 - tall * px))
        points.append((x + (wide * 0.5 + bend) * px, h * 0.6 - tall * 0.5 * px))
        x += wide * px
    end = rng.random()
    if end < 0.4:  # a flourish under the name
        points += [
            (x + 5 * px, h * 0.55),
            (x - 3 * px, h * 0.72),
            (x - 14 * px, h * 0.78),
            (x + 7 * px, h * 0.74),
        ]
    elif end < 0.75:
        points += [(x + 2 * px, h * 0.62), (x + rng.uniform(7, 13) * px, h * rng.uniform(0.3, 0.6))]
    mask = path_mask(points, rng.uniform(0.28, 0.42) * px, (round(h), round(w)))
    if end > 0.6:
        y = h * rng.uniform(0.45, 0.6)
        dash = path_mask(
            [(x - 9 * px, y + px), (x - 2 * px, y), (x + 4 * px, y - px)], 0.32 * px, mask.shape[:2]
        )
        mask = np.maximum(mask, dash)
    return mask


def stamp(px: float, above: str, below: str, rng: random.Random) -> Mask:
    """A round stamp of 34 mm: two rings, a star, the office around it; inked unevenly, turned a little."""
    size = round(36 * px)
    centre, r = size / 2, 17 * px
    mask = np.zeros((size, size), np.uint8)
    for radius, thick in ((r, 0.55), (r * 0.93, 0.2), (r * 0.62, 0.25)):
        cv2.circle(
            mask, (round(centre), round(centre)), round(radius), 255, max(1, round(thick * px)), cv2.LINE_AA
        )
    star = [
        (centre + r * k * math.sin(i * math.pi / 5), centre - r * k * math.cos(i * math.pi / 5))
        for i, k in zip(range(10), [0.3, 0.12] * 5, strict=True)
    ]
    cv2.fillPoly(mask, [np.round(np.array(star)).astype(np.int32)], 255, cv2.LINE_AA)
    _around(mask, above, r * 0.77, px, top=True)
    _around(mask, below, r * 0.77, px, top=False)
    turn = cv2.getRotationMatrix2D((centre, centre), rng.uniform(-25, 25), 1.0)
    mask = np.asarray(cv2.warpAffine(mask, turn, (size, size)), dtype=np.uint8)
    noise = np.random.default_rng(rng.getrandbits(64))
    flow = 0.8 + 0.28 * smooth_noise(size, size, 6 * px, noise) + 0.22 * smooth_noise(size, size, 2.5, noise)
    return np.asarray((cv2.GaussianBlur(mask, (0, 0), 0.6) * flow.clip(0.1, 1)).clip(0, 255), dtype=np.uint8)


def _around(mask: Mask, text: str, radius: float, px: float, *, top: bool) -> None:
    """Letters on a circle, heads outwards on top and inwards below."""
    face = font(FACES["sans"], round(3.0 * px))
    cell, centre = round(5 * px), mask.shape[0] / 2
    widths = [face.getlength(letter) * 1.08 for letter in text]
    angle = -sum(widths) / radius / 2
    for letter, width in zip(text, widths, strict=True):
        angle += width / radius / 2
        image = Image.new("L", (cell, cell), 0)
        ImageDraw.Draw(image).text((cell / 2, cell / 2), letter, font=face, fill=255, anchor="mm")
        turned = np.asarray(
            image.rotate(-math.degrees(angle) if top else math.degrees(angle), Image.Resampling.BILINEAR)
        )
        x = centre + radius * math.sin(angle) - cell / 2
        y = centre - (radius if top else -radius) * math.cos(angle) - cell / 2
        area = mask[round(y) : round(y) + cell, round(x) : round(x) + cell]
        np.maximum(area, turned[: area.shape[0], : area.shape[1]], out=area)
        angle += width / radius / 2


def tick_mark(side: float, rng: random.Random) -> Mask:
    """A cross or a hook drawn by pen over a box of ``side`` pixels; the mask is twice as wide and high."""
    size = round(side * 2)

    def near(x: float, y: float) -> tuple[float, float]:
        return (x + rng.gauss(0, 0.04)) * size, (y + rng.gauss(0, 0.04)) * size

    pen = max(2.0, side * 0.13)
    if rng.random() < 0.6:
        one = path_mask([near(0.27, 0.27), near(0.52, 0.5), near(0.76, 0.76)], pen, (size, size))
        return np.maximum(
            one, path_mask([near(0.76, 0.25), near(0.5, 0.52), near(0.26, 0.77)], pen, (size, size))
        )
    return path_mask([near(0.27, 0.5), near(0.45, 0.74), near(0.85, 0.16)], pen, (size, size))


def void_strokes(h: int, w: int, px: float, rng: random.Random) -> Mask:
    """The strokes by which an entry is struck out: a large cross, a diagonal, or a zigzag."""

    def near(x: float, y: float) -> tuple[float, float]:
        return (x + rng.gauss(0, 0.02)) * w, (y + rng.gauss(0, 0.015)) * h

    pen = rng.uniform(0.5, 0.8) * px
    down = path_mask([near(0.14, 0.16), near(0.5, 0.47), near(0.87, 0.8)], pen, (h, w))
    kind = rng.random()
    if kind < 0.6:
        return np.maximum(down, path_mask([near(0.86, 0.17), near(0.5, 0.5), near(0.15, 0.81)], pen, (h, w)))
    if kind < 0.8:
        return np.maximum(down, path_mask([near(0.18, 0.2), near(0.53, 0.5), near(0.9, 0.84)], pen, (h, w)))
    zigzag = [near(0.5 + (0.35 if i % 2 else -0.35) * side, 0.15 + 0.65 * (i + side * 0.12) / 7)
              for i in range(8) for side in (0.8, 1.0, 0.8)]  # fmt: skip
    return path_mask(zigzag, pen, (h, w))
