"""Scans made on the spot: small pages with something to see on each side."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pikepdf
import pytest
from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def drawn_page(width: int = 300, height: int = 400) -> Image.Image:
    """A white page: its upper left quarter red, its lower right quarter blue."""
    page = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(page)
    pen.rectangle((0, 0, width // 2 - 1, height // 2 - 1), fill=(200, 0, 0))
    pen.rectangle((width // 2, height // 2, width, height), fill=(0, 0, 200))
    return page


def encoded(image: Image.Image, form: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def pdf_of(images: list[Image.Image], dpi: int = 150) -> bytes:
    buffer = io.BytesIO()
    images[0].save(buffer, "PDF", save_all=True, append_images=images[1:], resolution=dpi)
    return buffer.getvalue()


def empty_pdf(pages: int, size: tuple[float, float] = (595, 842)) -> pikepdf.Pdf:
    pdf = pikepdf.new()
    for _ in range(pages):
        pdf.add_blank_page(page_size=size)
    return pdf


def colours(page: np.ndarray[Any, np.dtype[np.uint8]]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Colours (BGR) in the middle of the upper left and the lower right quarter."""
    height, width = page.shape[:2]
    upper, lower = page[height // 4, width // 4], page[3 * height // 4, 3 * width // 4]
    return tuple(int(value) for value in upper), tuple(int(value) for value in lower)


@pytest.fixture
def put(tmp_path: Path) -> Callable[[bytes, str], Path]:
    def make(data: bytes, name: str = "trang 01.jpg") -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return make
