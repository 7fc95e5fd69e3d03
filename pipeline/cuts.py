"""What a screen shows of a field: the writing itself, and the lines around it.

Opening a page of 2335 x 3400 pixels to cut a field out of it takes longer than cutting it. Whoever has the
page open anyway, having just read it, cuts what people will be asked about and keeps it in one file a page.
The file can be thrown away at any time: what is missing is cut from the page image again.
"""

from __future__ import annotations

import os
import zipfile
from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from pipeline.elements import FieldState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from pipeline import elements
    from pipeline.elements import PageReading

QUALITY: Final = 82
CROP_WIDTH: Final = 1700  # pixels that a crop is sent with at most
STRIP_WIDTH: Final = 1300
LOWEST_LETTER: Final = 0.2  # of the field's height
FRAME_BGR: Final = (128, 92, 11)  # the accent colour of the site
LEAST_STRIP: Final = 0.055  # of the page's height: a strip shows the lines above and below
IN_WORDS: Final = "BangChu"  # the field that repeats a date in words carries this after the date's key

Box = tuple[int, int, int, int]


class View(StrEnum):
    """What is cut out around a field."""

    CROP = "crop"  # the writing itself, with a little air
    STRIP = "strip"  # the whole width of the page with the lines around, the field framed


def twin_of(key: str) -> str:
    """The field that repeats a date in words, or the one in digits that such a field repeats."""
    return key.removesuffix(IN_WORDS) if key.endswith(IN_WORDS) else key + IN_WORDS


def cut_ahead(image: NDArray[np.uint8], reading: PageReading, path: Path) -> int:
    """Cut what people will be asked about on a page, and keep it at ``path``. Returns how many pictures.

    Args:
        image: the upright page, uint8 (H, W, 3) BGR, in whose pixels the boxes of ``reading`` are.
        reading: what was read on it.
        path: the file; it is absent or whole at any moment.
    """
    wanted: dict[tuple[Box, View], None] = {}
    for case in reading.cases:
        boxes = {field.key: field.box for field in case.fields}
        for field in case.fields:
            if field.state is not FieldState.FLAGGED or field.box is None:
                continue
            wanted |= {(_pixels(field.box), view): None for view in View}
            twin = boxes.get(twin_of(field.key))
            if twin is not None:  # shown beside it
                wanted[_pixels(twin), View.CROP] = None
    if not wanted:
        path.unlink(missing_ok=True)
        return 0
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as kept:
        for box, view in wanted:
            kept.writestr(_name(box, view), cut(image, box, view))
    part.replace(path)
    return len(wanted)


def kept_cut(path: Path, box: Box, view: View, since: int) -> bytes | None:
    """A picture that was cut ahead, as JPEG; None where it was not, or before ``since`` (ns of the clock)."""
    with suppress(OSError, KeyError, zipfile.BadZipFile):
        if path.stat().st_mtime_ns >= since:
            with zipfile.ZipFile(path) as kept:
                return kept.read(_name(box, view))
    return None


def _pixels(box: elements.Box) -> Box:
    return box.x, box.y, box.w, box.h


def _name(box: Box, view: View) -> str:
    return f"{'_'.join(map(str, box))}.{view.value}.jpg"


def cut(image: NDArray[np.uint8], box: Box, view: View) -> bytes:
    """JPEG of what a view shows of a box (x, y, w, h in pixels of the page image)."""
    return encode(_VIEWS[view](image, box))


def decode(path: Path) -> NDArray[np.uint8]:
    """Image of a file, uint8 (H, W, 3) BGR.

    Raises:
        FileNotFoundError: when it is no image that can be opened.
    """
    image = cv2.imdecode(np.fromfile(path, dtype=np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise FileNotFoundError(path.name)
    return image.astype(np.uint8, copy=False)


def encode(image: NDArray[np.uint8]) -> bytes:
    """JPEG bytes of an image."""
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return data.tobytes()


def narrowed(image: NDArray[np.uint8], width: int) -> NDArray[np.uint8]:
    """The image made smaller so that it is at most ``width`` pixels wide."""
    if image.shape[1] <= width:
        return image
    height = max(1, round(image.shape[0] * width / image.shape[1]))
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def crop(image: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    """The field itself with air around it: marks above and tails below often leave the box."""
    x, y, w, h = box
    left, right = written(region_of(image, x, y, x + w, y + h))
    air_x, air_y = max(12, round(h * 0.35)), max(10, round(h * 0.4))
    region = region_of(image, x + left - air_x, y - air_y, x + right + air_x, y + h + air_y)
    return narrowed(region, CROP_WIDTH)


def written(field: NDArray[np.uint8]) -> tuple[int, int]:
    """From which column to which column a field has writing, so that the empty rest of a line takes no room.

    Dots and thin rules of the form are lower than letters. Half the width stays at least, and all of it where
    no letters are found; the strip around the field shows the rest in any case.
    """
    height, width = field.shape[:2]
    grey = cv2.cvtColor(field, cv2.COLOR_BGR2GRAY)
    _, ink = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    parts = stats[1:]
    letters = parts[
        (parts[:, cv2.CC_STAT_HEIGHT] >= LOWEST_LETTER * height) & (parts[:, cv2.CC_STAT_WIDTH] < width * 0.9)
    ]
    # Letters that touch a rule are one with it: nobody knows where they are, so nothing is cut off.
    joined = (parts[:, cv2.CC_STAT_WIDTH] >= width * 0.9) & (
        parts[:, cv2.CC_STAT_HEIGHT] >= LOWEST_LETTER * height
    )
    if not len(letters) or joined.any():
        return 0, width
    left = int(letters[:, cv2.CC_STAT_LEFT].min())
    right = int((letters[:, cv2.CC_STAT_LEFT] + letters[:, cv2.CC_STAT_WIDTH]).max())
    missing = max(0, width // 2 - (right - left))
    right = min(width, right + missing)
    return max(0, min(left, right - width // 2)), right


def strip(image: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    """The whole width of the page around the field, its box framed."""
    x, y, w, h = box
    height, width = image.shape[:2]
    around = max(h, round(height * LEAST_STRIP))
    top = max(0, y - around)
    region = region_of(image, 0, top, width, y + h + around).copy()
    thick = max(2, width // 700)
    air = 3 * thick
    cv2.rectangle(region, (x - air, y - top - air), (x + w + air, y - top + h + air), FRAME_BGR, thick)
    return narrowed(region, STRIP_WIDTH)


_VIEWS: Final[Mapping[View, Callable[[NDArray[np.uint8], Box], NDArray[np.uint8]]]] = {
    View.CROP: crop,
    View.STRIP: strip,
}


def region_of(image: NDArray[np.uint8], left: int, top: int, right: int, bottom: int) -> NDArray[np.uint8]:
    """A part of the image, moved inside it; never empty."""
    height, width = image.shape[:2]
    left, top = min(max(0, left), width - 1), min(max(0, top), height - 1)
    return image[top : max(top + 1, min(bottom, height)), left : max(left + 1, min(right, width))]
