"""A sheet of paper as layers of ink over it, and the printed form on it."""

from __future__ import annotations

import random

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from training.faces import font
from training.fill import Placed
from training.layout import PAGE_HEIGHT, PAGE_WIDTH, Layout, SlotLine, Words, face_path

Picture = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.uint8]


def sheet_size(px: float) -> tuple[int, int]:
    """Height and width in pixels of an A4 sheet at ``px`` pixels a millimetre."""
    return round(PAGE_HEIGHT * px), round(PAGE_WIDTH * px)


def print_form(layout: Layout, px: float, rng: random.Random) -> Mask:
    """The printer's ink: words, leaders, lines and boxes as a mask uint8 (H, W)."""
    h, w = sheet_size(px)
    image = Image.new("L", (w, h), 0)
    draw = ImageDraw.Draw(image)
    for words in layout.words:
        print_words(image, draw, words, px)
    dot, step = rng.uniform(0.11, 0.19), rng.uniform(0.85, 1.5)
    thin = max(1, round(rng.uniform(0.12, 0.25) * px))
    mask = np.asarray(image).copy()
    for slot in layout.slots:
        for line in slot.lines:
            _leader(mask, line, px, dot, step, thin)
    for s in layout.strokes:
        cv2.line(
            mask, (round(s.x0 * px), round(s.y0 * px)), (round(s.x1 * px), round(s.y1 * px)), 235, thin + 1
        )
    for tick in layout.ticks:
        corner = (round(tick.x * px), round((tick.y - tick.side) * px))
        cv2.rectangle(mask, corner, (corner[0] + round(tick.side * px), round(tick.y * px)), 240, thin)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), 0.45), dtype=np.uint8)


def print_words(image: Image.Image, draw: ImageDraw.ImageDraw, words: Words, px: float) -> None:
    """Print words on a sheet, ``px`` pixels a millimetre."""
    path = face_path(words.face, bold=words.bold)
    face = font(path, round(words.size * px))
    # A face without a bold file is thickened.
    weight = 0.018 * words.size * px if words.bold and path == face_path(words.face, bold=False) else 0
    at = (words.x * px, words.y * px)
    if not words.italic:
        draw.text(at, words.text, font=face, fill=255, anchor="ls", stroke_width=weight)
        return
    high = round(words.size * px * 2)
    part = Image.new("L", (round(words.width * px) + high, high), 0)
    ImageDraw.Draw(part).text((high // 3, high * 2 // 3), words.text, font=face, fill=255, anchor="ls")
    slanted = part.transform(
        part.size, Image.Transform.AFFINE, (1, 0.2, -0.2 * high * 2 / 3, 0, 1, 0), Image.Resampling.BILINEAR
    )
    corner = (round(at[0]) - high // 3, round(at[1]) - high * 2 // 3)
    image.paste(255, corner, slanted)


def _leader(mask: Mask, line: SlotLine, px: float, dot: float, step: float, thin: int) -> None:
    y = line.y * px
    if line.leader == "rule":
        cv2.line(
            mask,
            (round(line.x0 * px), round(y + 0.3 * px)),
            (round(line.x1 * px), round(y + 0.3 * px)),
            190,
            thin,
        )
    elif line.leader == "dots":
        for x in np.arange(line.x0, line.x1, step):
            centre = (round(float(x) * px * 16), round((y - dot * px) * 16))
            cv2.circle(mask, centre, max(8, round(dot * px * 16)), 225, -1, cv2.LINE_AA, 4)


def lay(
    page: npt.NDArray[np.float32],
    mask: Mask,
    x: int,
    y: int,
    colour: tuple[int, int, int],
    force: float = 1.0,
) -> None:
    """Lay ink over the page in place, as light passes both: page float32 (H, W, 3) 0..1, colour B G R.

    What lies outside of the page is lost.
    """
    h, w = page.shape[:2]
    top, left = max(0, y), max(0, x)
    bottom, right = min(h, y + mask.shape[0]), min(w, x + mask.shape[1])
    if top >= bottom or left >= right:
        return
    cover = mask[top - y : bottom - y, left - x : right - x, None].astype(np.float32) * (force / 255)
    light = np.array(colour, np.float32) / 255
    page[top:bottom, left:right] *= 1 - cover * (1 - light)


def lay_all(page: npt.NDArray[np.float32], placed: list[Placed]) -> None:
    """Lay every written line over the page in place."""
    for item in placed:
        lay(page, item.ink.mask, item.x, item.y, item.ink.colour)
