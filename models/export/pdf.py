"""One case as a PDF: the colour image of its page, about 100 kB for an A4 sheet, no signature, no dates.

The guidance on digitising registers asks for colour and about that size and sets no resolution. The image is
first made as coarse as handwriting bears (about 150 dots an inch), then as low in quality as the size asks.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Final

import pikepdf
from PIL import Image

A4_POINTS: Final = (595, 842)
LONG_SIDE: Final = 1754  # pixels of an A4 sheet's long side at 150 dots an inch
SHORTEST_LONG_SIDE: Final = 1240  # below this, small handwriting stops being legible
SHRINK: Final = 0.85
QUALITIES: Final = (25, 85)


def case_pdf(image_path: Path, target_bytes: int, box: tuple[int, int, int, int] | None = None) -> bytes:
    """The PDF of a page image, or of the part of it that a case takes.

    Args:
        image_path: the upright page image, in colour.
        target_bytes: size aimed at for an A4 sheet; a double page may have twice, a part of a page its share.
        box: left, top, width, height in pixels of the image; None for all of it.
    """
    with Image.open(image_path) as opened:
        image = opened.convert("RGB")
    target = target_bytes * (2 if image.width > image.height else 1)
    if box is not None:
        left, top, width, height = box
        target = max(target // 4, target * (width * height) // (image.width * image.height))
        image = image.crop((left, top, left + width, top + height))
    jpeg, size = _jpeg_of_size(image, target)
    return _wrap(jpeg, size)


def _jpeg_of_size(image: Image.Image, target: int) -> tuple[bytes, tuple[int, int]]:
    """The best JPEG of at most ``target`` bytes, or the smallest that is still legible."""
    side = min(LONG_SIDE, max(image.size))
    while True:
        scaled = image.copy()
        scaled.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
        best = _best_quality(scaled, target)
        if best is not None:
            return best, scaled.size
        smaller = int(side * SHRINK)
        if smaller < SHORTEST_LONG_SIDE:
            return _encode(scaled, QUALITIES[0]), scaled.size
        side = smaller


def _best_quality(image: Image.Image, target: int) -> bytes | None:
    low, high = QUALITIES
    best: bytes | None = None
    while low <= high:
        middle = (low + high) // 2
        jpeg = _encode(image, middle)
        if len(jpeg) <= target:
            best, low = jpeg, middle + 1
        else:
            high = middle - 1
    return best


def _encode(image: Image.Image, quality: int) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=quality, optimize=True)
    return buffer.getvalue()


def _wrap(jpeg: bytes, size: tuple[int, int]) -> bytes:
    """A PDF of one page that shows the JPEG as it is, with an A4 sheet's long side."""
    points = max(A4_POINTS) / max(size)
    width, height = size[0] * points, size[1] * points
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(width, height))
        page.Resources = pikepdf.Dictionary(
            XObject=pikepdf.Dictionary(
                Page=pikepdf.Stream(
                    pdf,
                    jpeg,
                    Type=pikepdf.Name.XObject,
                    Subtype=pikepdf.Name.Image,
                    Width=size[0],
                    Height=size[1],
                    ColorSpace=pikepdf.Name.DeviceRGB,
                    BitsPerComponent=8,
                    Filter=pikepdf.Name.DCTDecode,
                )
            )
        )
        page.Contents = pikepdf.Stream(pdf, f"q {width:.3f} 0 0 {height:.3f} 0 0 cm /Page Do Q".encode())
        buffer = BytesIO()
        pdf.save(buffer, deterministic_id=True)
        return buffer.getvalue()
