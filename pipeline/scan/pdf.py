"""Pages of PDF files: pikepdf looks inside, poppler (pdf2image) draws at the resolution of the scan."""

from __future__ import annotations

import math
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import numpy as np
import pikepdf
from pdf2image import convert_from_path
from pdf2image.exceptions import PDFPageCountError, PDFPopplerTimeoutError, PDFSyntaxError

from pipeline.reasons import Reason
from pipeline.scan.images import ENOUGH_PIXELS, to_bgr
from pipeline.scan.refusal import Limits, refusal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

MOST_DPI: Final = 300
_LEAST_DPI: Final = 50
_POINTS: Final = 72.0
_A_SCAN: Final = 500_000  # pixels from which an image on a page is the scan, not a stamp or a letterhead
_SMALLEST_SIDE: Final = 200
_DEPTH: Final = 3  # forms within forms that are looked into


@contextmanager
def _opened(path: Path) -> Iterator[pikepdf.Pdf]:
    """The PDF; what fails inside becomes a refusal that names the file."""
    try:
        with pikepdf.open(path) as pdf:
            yield pdf
    except pikepdf.PasswordError:
        raise refusal(Reason.ENCRYPTED_PDF, path) from None
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, KeyError, AttributeError, OSError):
        raise refusal(Reason.UNREADABLE if _has_end(path) else Reason.TRUNCATED, path) from None


def _has_end(path: Path) -> bool:
    """Whether the mark that ends a PDF is there; repairing a cut file could lose pages unseen."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 4096))
        return b"%%EOF" in file.read()


def inspect_pdf(path: Path, limits: Limits) -> int:
    """Number of pages of a PDF, each of which can be drawn within the limits.

    Raises:
        ScanRefused: encrypted_pdf, truncated, unreadable, too_many_pages, too_large.
    """
    with _opened(path) as pdf:
        if not _has_end(path):
            raise refusal(Reason.TRUNCATED, path)
        pages = len(pdf.pages)
        if pages == 0:
            raise refusal(Reason.UNREADABLE, path)
        if pages > limits.max_pages:
            raise refusal(Reason.TOO_MANY_PAGES, path, str(pages))
        for page in pdf.pages:
            _resolution(page, path, limits)
        return pages


def _resolution(page: pikepdf.Page, path: Path, limits: Limits) -> float:
    """Dots per inch at which the page is drawn: that of the scan in it, at most ``MOST_DPI``.

    Raises:
        ScanRefused: too_large, for a scan or a sheet beyond the limits; too_small.
    """
    box = [float(value) for value in page.mediabox]
    unit = float(page.obj.get("/UserUnit", 1))
    width, height = (abs(box[2] - box[0]) * unit / _POINTS, abs(box[3] - box[1]) * unit / _POINTS)
    if width * height <= 0 or not math.isfinite(width * height):
        raise refusal(Reason.UNREADABLE, path)
    dpi = float(MOST_DPI)
    scans = list(_image_sizes(page.obj, _DEPTH))
    for across, down in scans:
        if across * down > limits.max_pixels:
            raise refusal(Reason.TOO_LARGE, path, f"{across} × {down}")
    large = [(across, down) for across, down in scans if across * down >= _A_SCAN]
    if large:
        # Turned scans lie across the sheet; a scan in strips has its full width only.
        dpi = max(min(max(size) / max(width, height), min(size) / min(width, height)) for size in large)
        dpi = max(dpi, *(size[0] / width for size in large)) if len(large) > 1 else dpi
    dpi = min(max(dpi, _LEAST_DPI), MOST_DPI, math.sqrt(ENOUGH_PIXELS / (width * height)))
    if dpi < _LEAST_DPI / 2:
        raise refusal(Reason.TOO_LARGE, path, f"{width:.0f} × {height:.0f} inch")
    if min(width, height) * dpi < _SMALLEST_SIDE:
        raise refusal(Reason.TOO_SMALL, path, f"{width * dpi:.0f} × {height * dpi:.0f}")
    return dpi


def _image_sizes(holder: pikepdf.Object, depth: int) -> Iterator[tuple[int, int]]:
    """Sizes in pixels of the images that a page or a form names, with their masks."""
    resources = holder.get("/Resources", None)
    drawn = resources.get("/XObject", None) if isinstance(resources, pikepdf.Dictionary) else None
    if not isinstance(drawn, pikepdf.Dictionary):
        return
    for item in drawn.values():
        if item.get("/Subtype") == "/Image":
            masks = [item.get(name) for name in ("/SMask", "/Mask")]
            for image in (item, *(mask for mask in masks if isinstance(mask, pikepdf.Stream))):
                yield int(image.get("/Width", 0)), int(image.get("/Height", 0))
        elif item.get("/Subtype") == "/Form" and depth > 0:
            yield from _image_sizes(item, depth - 1)


def open_pdf_page(path: Path, number: int, limits: Limits) -> NDArray[np.uint8]:
    """One page drawn as (height, width, 3) uint8 BGR.

    Raises:
        ScanRefused: where the page cannot be drawn within the limits and ``limits.seconds``.
        ValueError: where the file has no page of that number.
    """
    with _opened(path) as pdf:
        found = 1 <= number <= len(pdf.pages)
        dpi = _resolution(pdf.pages[number - 1], path, limits) if found else MOST_DPI
    if not found:
        raise ValueError("no such page")
    try:
        drawn = convert_from_path(
            path.absolute(), dpi=round(dpi), first_page=number, last_page=number, timeout=limits.seconds
        )
    except PDFPopplerTimeoutError:
        raise refusal(Reason.TOO_LARGE, path, f"> {limits.seconds} s") from None
    except (PDFPageCountError, PDFSyntaxError, OSError, ValueError):
        drawn = []
    if not drawn:
        raise refusal(Reason.UNREADABLE, path)
    with drawn[0] as image:
        return to_bgr(image)
