"""Lines, photographs and pages drawn on the spot, so that what stands where is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image, ImageDraw

from pipeline.clean import PAGE_WIDTH
from training.faces import FACES, HAND, font

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

PRINT = FACES["serif"]
PEN = HAND / "mali.ttf"
PAPER, INK = 245, 30
PAGE_HEIGHT = 2339


def line_of(text: str, face: Path = PEN, size: int = 44, pad: int = 8) -> Picture:
    """A text as a grey line image, cut about as high as its writing."""
    writing = font(face, size)
    left, top, right, bottom = (round(v) for v in writing.getbbox(text, anchor="ls"))
    image = Image.new("L", (right - left + 2 * pad, bottom - top + 2 * pad), PAPER)
    ImageDraw.Draw(image).text((pad - left, pad - top), text, font=writing, fill=INK, anchor="ls")
    return np.asarray(image, np.uint8)


class Sheet:
    """A grey page at the working size to print and write on; rows and columns in pixels."""

    def __init__(self, height: int = PAGE_HEIGHT, width: int = PAGE_WIDTH) -> None:
        self.image = Image.new("L", (width, height), PAPER)
        self.pen = ImageDraw.Draw(self.image)

    def write(
        self, text: str, x: int, baseline: int, face: Path = PRINT, size: int = 32
    ) -> tuple[int, int, int, int]:
        """Write a text; the box of its ink: left, top, width, height."""
        writing = font(face, size)
        self.pen.text((x, baseline), text, font=writing, fill=INK, anchor="ls")
        left, top, right, bottom = (round(v) for v in writing.getbbox(text, anchor="ls"))
        return x + left, baseline + top, right - left, bottom - top

    def dots(self, x0: int, x1: int, row: int, step: int = 9, side: int = 3) -> None:
        """A dotted leader."""
        for x in range(x0, x1, step):
            self.pen.ellipse((x, row - side, x + side, row), fill=INK)

    def rule(self, x0: int, x1: int, row: int, thick: int = 2) -> None:
        """A ruled line."""
        self.pen.line((x0, row, x1, row), fill=INK, width=thick)

    @property
    def grey(self) -> Picture:
        """(rows, columns) uint8."""
        return np.asarray(self.image, np.uint8)

    @property
    def colour(self) -> Picture:
        """(rows, columns, 3) BGR uint8."""
        return np.asarray(cv2.cvtColor(self.grey, cv2.COLOR_GRAY2BGR), np.uint8)


def letter_page() -> Sheet:
    """A page of printed text that is no register."""
    sheet = Sheet()
    text = "Kính gửi bà con trong ấp, hôm nay trời mưa to nên buổi họp chuyển sang chiều thứ bảy tuần sau"
    for i, row in enumerate(range(300, 2000, 62)):
        words = text.split()
        start = i % len(words)
        sheet.write(" ".join((words[start:] + words[:start])[:14]), 160, row)
    return sheet
