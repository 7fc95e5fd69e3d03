"""Pages of image files, through Pillow: checked to the last byte, turned upright by EXIF, in 8-bit colour."""

from __future__ import annotations

import struct
import warnings
import zlib
from contextlib import contextmanager, suppress
from itertools import count
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from PIL import Image, ImageOps

from pipeline.reasons import Reason
from pipeline.scan.refusal import Limits, ScanRefused, refusal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

# More than a page's writing needs (A3 at 400 dpi has 31 million): such pages are halved, for memory's sake.
ENOUGH_PIXELS: Final = 40_000_000
_SMALLEST_SIDE: Final = 200
_PREVIEW: Final = 1  # bit of a TIFF's NewSubfileType
_SUBFILE, _STRIPS, _STRIP_BYTES, _TILES, _TILE_BYTES = 254, 273, 279, 324, 325
_BROKEN: Final = (OSError, SyntaxError, ValueError, TypeError, EOFError, KeyError, struct.error, zlib.error)
_CUT: Final = ("truncated", "unexpected end", "not enough data")


@contextmanager
def _opened(path: Path, form: str, limits: Limits) -> Iterator[Image.Image]:
    """The image before any pixel is decoded; what fails inside becomes a refusal that names the file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # remarks on odd metadata, and sizes that are judged here
            with Image.open(path, formats=[form.upper()]) as image:
                _check_size(image, path, limits)
                yield image
    except ScanRefused:
        raise
    except (Image.DecompressionBombError, MemoryError):
        raise refusal(Reason.TOO_LARGE, path, "> 178 Mpx") from None
    except _BROKEN as problem:
        cut = any(sign in str(problem).lower() for sign in _CUT) or not _has_end(path, form)
        raise refusal(Reason.TRUNCATED if cut else Reason.UNREADABLE, path) from None


def _check_size(image: Image.Image, path: Path, limits: Limits) -> None:
    width, height = image.size
    if width * height > limits.max_pixels:
        raise refusal(Reason.TOO_LARGE, path, f"{width} × {height}")
    if min(width, height) < _SMALLEST_SIDE:
        raise refusal(Reason.TOO_SMALL, path, f"{width} × {height}")


def _has_end(path: Path, form: str) -> bool:
    """Whether a file that could not be decoded goes to its end at least, by the marks of its format."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
        file.seek(max(0, size - 65_536))
        tail = file.read()
    if form == "jpeg":  # phones write more behind the mark
        return b"\xff\xd9" in tail
    if form == "png":
        return b"IEND" in tail
    if form == "webp":
        return int.from_bytes(head[4:8], "little") + 8 <= size
    first_directory = int.from_bytes(head[4:8], "little" if head[:2] == b"II" else "big")
    return first_directory < size


def inspect_image(path: Path, form: str, limits: Limits) -> int:
    """Number of pages of an image file that can be read to its end.

    A JPEG, PNG or WebP is decoded; of a TIFF, whose pages are decoded one by one later, the places of the
    data are compared with the size of the file.

    Raises:
        ScanRefused: truncated, unreadable, too_large, too_small, too_many_pages.
    """
    with _opened(path, form, limits) as image:
        if form != "tiff":
            image.draft("L", (image.width // 8, image.height // 8))  # JPEG: every byte read, few pixels made
            image.load()
            return 1
        pages = 0
        for _ in _tiff_pages(image):
            pages += 1
            if pages > limits.max_pages:
                raise refusal(Reason.TOO_MANY_PAGES, path, f"> {limits.max_pages}")
            _check_size(image, path, limits)
            if _data_end(image) > path.stat().st_size:
                raise refusal(Reason.TRUNCATED, path)
        return pages


def _tiff_pages(image: Image.Image) -> Iterator[int]:
    """Set the image to each of its pages in turn, previews left out. A directory met twice is the end."""
    for frame in count():
        try:
            image.seek(frame)
        except EOFError:
            return
        if not (_tag(image, _SUBFILE) & _PREVIEW).any():
            yield frame


def _tag(image: Image.Image, tag: int) -> NDArray[np.int64]:
    """Numbers of a TIFF's tag; none where the page has no such tag."""
    return np.atleast_1d(np.asarray(getattr(image, "tag_v2", {}).get(tag, ()), np.int64))


def _data_end(image: Image.Image) -> int:
    """Where the data of a TIFF's page end, in bytes from the beginning of the file."""
    end = 0
    for places, sizes in ((_STRIPS, _STRIP_BYTES), (_TILES, _TILE_BYTES)):
        starts, lengths = _tag(image, places), _tag(image, sizes)
        if len(starts) and len(starts) == len(lengths):
            end = max(end, int((starts + lengths).max()))
    return end


def open_image(path: Path, form: str, number: int, limits: Limits) -> NDArray[np.uint8]:
    """One page as (height, width, 3) uint8 BGR, EXIF orientation applied, transparent parts white.

    Pages of more than ``ENOUGH_PIXELS`` come at half their size, or a quarter.

    Raises:
        ScanRefused: where the page cannot be decoded.
        ValueError: where the file has no page of that number.
    """
    with _opened(path, form, limits) as image:
        found = number == 1
        if form == "tiff":
            found = any(index == number for index, _ in enumerate(_tiff_pages(image), start=1))
        if found:
            _check_size(image, path, limits)
            shrink = _shrink(image.width * image.height)
            if shrink > 1:
                image.draft(None, (image.width // shrink, image.height // shrink))
            image.load()
            return to_bgr(_upright(_reduced(image)))
    raise ValueError("no such page")


def _shrink(pixels: int) -> int:
    return 1 if pixels <= ENOUGH_PIXELS else 2 if pixels <= 4 * ENOUGH_PIXELS else 4


def _reduced(image: Image.Image) -> Image.Image:
    """The image at half or a quarter of its size, where it has more pixels than are needed."""
    shrink = _shrink(image.width * image.height)
    if shrink == 1:
        return image
    plain = {"1": "L", "P": "RGB", "I;16": "I", "I;16B": "I"}.get(image.mode, image.mode)
    return image.convert(plain).reduce(shrink)


def _upright(image: Image.Image) -> Image.Image:
    """The image turned, in place, as its EXIF orientation says; as it is where that cannot be read."""
    with suppress(*_BROKEN):
        ImageOps.exif_transpose(image, in_place=True)
    return image


def to_bgr(image: Image.Image) -> NDArray[np.uint8]:
    """Any Pillow image as (height, width, 3) uint8 BGR: 1 and 16 bits, palettes, CMYK, alpha over white."""
    if image.mode.startswith("I") or image.mode == "F":
        grey = np.asarray(image, np.float32)
        scale = 65535.0 if image.mode.startswith("I;16") or grey.max(initial=0.0) > 255 else 255.0
        return np.asarray(cv2.cvtColor(_to_bytes(grey / scale * 255.0), cv2.COLOR_GRAY2BGR), np.uint8)
    if image.mode in {"1", "L"}:
        return np.asarray(cv2.cvtColor(np.asarray(image.convert("L")), cv2.COLOR_GRAY2BGR), np.uint8)
    if image.mode in {"LA", "PA", "RGBA", "RGBa", "La"} or "transparency" in image.info:
        drawn = image.convert("RGBA")
        paper = Image.new("RGBA", drawn.size, "white")
        image = Image.alpha_composite(paper, drawn)
    plain = image if image.mode == "RGB" else image.convert("RGB")
    return np.asarray(cv2.cvtColor(np.asarray(plain), cv2.COLOR_RGB2BGR), np.uint8)


def _to_bytes(grey: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.clip(np.rint(grey), 0, 255).astype(np.uint8)
