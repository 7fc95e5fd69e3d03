"""From a scan file to page images: JPEG, PNG, TIFF, WebP and PDF, judged by content and read to the end.

What cannot be read is refused with a ``ScanRefused`` whose text names the file and the remedy; nothing is
guessed from a file's suffix, and nothing is read beyond the ``Limits``.
"""

from __future__ import annotations

import hashlib
import stat
from typing import TYPE_CHECKING, Final

from pipeline.reasons import Reason
from pipeline.scan.images import inspect_image, open_image
from pipeline.scan.pdf import inspect_pdf, open_pdf_page
from pipeline.scan.refusal import Limits, ScanFacts, ScanRefused, is_fair, refusal, shown_name
from pipeline.scan.sniff import sniff

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Limits", "ScanFacts", "ScanRefused", "inspect", "open_page", "sha256_of", "shown_name"]

DEFAULT_LIMITS: Final = Limits()


def inspect(path: Path, limits: Limits = DEFAULT_LIMITS) -> ScanFacts:
    """What a scan file holds, after checks that its pages can be read.

    Raises:
        ScanRefused: with the code of the first thing that is wrong: symlink, bad_name, unreadable, empty,
            too_large, not_an_image, unsupported, truncated, encrypted_pdf, too_many_pages, too_small.
    """
    form = _format_of(path, limits)
    pages = inspect_pdf(path, limits) if form == "pdf" else inspect_image(path, form, limits)
    return ScanFacts(pages, form, path.stat().st_size)


def _format_of(path: Path, limits: Limits) -> str:
    """The format by content, after the checks that need no decoding."""
    if path.is_symlink():
        raise refusal(Reason.SYMLINK, path)
    if not all(is_fair(letter) for letter in path.name):
        raise refusal(Reason.BAD_NAME, path)
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            raise refusal(Reason.NOT_AN_IMAGE, path)
        if facts.st_size == 0:
            raise refusal(Reason.EMPTY, path)
        if facts.st_size > limits.max_bytes:
            raise refusal(Reason.TOO_LARGE, path, f"{facts.st_size / 1e6:.0f} MB")
        form, other = sniff(path)
    except OSError:
        raise refusal(Reason.UNREADABLE, path) from None
    if not form:
        raise refusal(Reason.UNSUPPORTED if other else Reason.NOT_AN_IMAGE, path, other)
    return form


def open_page(path: Path, number: int, limits: Limits = DEFAULT_LIMITS) -> NDArray[np.uint8]:
    """One page of a scan file, from number 1, as (height, width, 3) uint8 BGR.

    EXIF orientation is applied; transparent parts are white; a page of a PDF is drawn at the resolution of
    the scan in it. Very large pages come reduced to at most 40 million pixels.

    Raises:
        ScanRefused: where the page cannot be read.
        ValueError: where the file has no page of that number.
    """
    form = _format_of(path, limits)
    if form == "pdf":
        return open_pdf_page(path, number, limits)
    return open_image(path, form, number, limits)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
