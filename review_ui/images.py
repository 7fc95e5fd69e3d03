"""Pictures for the screen, cut from the stored upright page images and kept in memory for a while.

Pages are about 2335 x 3400 pixels. What a screen gets is cut out and made smaller here: lines are slow and
PCs are old. A decoded page stays for the next fields of its case; encoded cuts stay for going back to them.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Final, Generic, TypeVar

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from numpy.typing import NDArray

PAGES_KEPT: Final = 3  # decoded, about 24 MB each
CUTS_KEPT: Final = 2000  # encoded, about 40 kB each: for forty people, some fields each
TILES_KEPT: Final = 600  # encoded, about 40 kB each
TILE: Final = 512  # pixels of a tile's side
PAGES_SENT_KEPT: Final = 50  # whole pages, encoded, about 300 kB each
QUALITY: Final = 82
CROP_WIDTH: Final = 1700  # pixels that a crop is sent with at most
STRIP_WIDTH: Final = 1300
LOWEST_LETTER: Final = 0.2  # of the field's height
FRAME_BGR: Final = (128, 92, 11)  # the accent colour of the site
LEAST_STRIP: Final = 0.055  # of the page's height: a strip shows the lines above and below

Box = tuple[int, int, int, int]
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class View(StrEnum):
    """What is cut out around a field."""

    CROP = "crop"  # the writing itself, with a little air
    STRIP = "strip"  # the whole width of the page with the lines around, the field framed


class PageSize(StrEnum):
    """How large a whole page is sent."""

    FIT = "fit"
    THUMB = "thumb"
    FULL = "full"


_WIDTHS: Final = {PageSize.FIT: 1300, PageSize.THUMB: 160}


class Recent(Generic[_Key, _Value]):
    """The values used last, safe across threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[_Key, _Value] = OrderedDict()
        self._lock = threading.Lock()

    def __contains__(self, key: _Key) -> bool:
        with self._lock:
            return key in self._kept

    def get(self, key: _Key, make: Callable[[], _Value]) -> _Value:
        """The value of a key, made when it is not there (perhaps twice, when two ask at once)."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        value = make()
        with self._lock:
            self._kept[key] = value
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return value


@dataclass(frozen=True, slots=True)
class Source:
    """A stored page image; ``stamp`` changes when the file does."""

    path: Path
    stamp: int

    @classmethod
    def of(cls, path: Path) -> Source:
        """The file as it is now.

        Raises:
            FileNotFoundError: when the image is not there.
        """
        return cls(path, path.stat().st_mtime_ns)


class Pictures:
    """Cuts and scaled pages as JPEG bytes."""

    def __init__(self) -> None:
        self._pages: Recent[Source, NDArray[np.uint8]] = Recent(PAGES_KEPT)
        self._cuts: Recent[tuple[Source, Box, View], bytes] = Recent(CUTS_KEPT)
        self._fits: Recent[tuple[Source, PageSize], bytes] = Recent(PAGES_SENT_KEPT)
        self._tiles: Recent[tuple[Source, int, int, int], bytes] = Recent(TILES_KEPT)
        self._opening = threading.Lock()

    def cut(self, path: Path, box: Box, view: View, likely: Iterable[Box] = ()) -> bytes:
        """JPEG of the region around ``box`` (x, y, w, h in pixels of the page image).

        Opening a page costs more than cutting it, and with many people at work it is soon forgotten again:
        what ``likely`` comes next from the same page is cut along with it.
        """
        source = Source.of(path)
        if (source, box, view) not in self._cuts:
            # One page at a time: both pictures of a field are asked for at once, and would open it twice.
            with self._opening:
                if (source, box, view) not in self._cuts:
                    page = self._page(source)
                    for each in dict.fromkeys((box, *likely)):
                        for name, make in _CUTS.items():
                            self._cuts.get((source, each, name), partial(_encoded, make, page, each))
        return self._cuts.get((source, box, view), lambda: encode(_CUTS[view](self._page(source), box)))

    def tile(self, path: Path, down: int, column: int, row: int) -> bytes:
        """JPEG of a part of the page made smaller by ``2 ** down``: the tile of that column and row.

        Raises:
            FileNotFoundError: when the page has no such tile.
        """
        source = Source.of(path)
        key = (source, down, column, row)
        return self._tiles.get(key, lambda: encode(tile(self._page(source), down, column, row)))

    def page(self, path: Path, size: PageSize) -> bytes:
        """JPEG of the whole page."""
        source = Source.of(path)
        if size is PageSize.FULL:
            return path.read_bytes()
        return self._fits.get((source, size), lambda: encode(narrowed(self._page(source), _WIDTHS[size])))

    def opened(self, path: Path) -> NDArray[np.uint8]:
        """The decoded page, uint8 (H, W, 3) BGR; not to be changed."""
        return self._page(Source.of(path))

    def _page(self, source: Source) -> NDArray[np.uint8]:
        return self._pages.get(source, lambda: decode(source.path))


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
    left, right = written(_region(image, x, y, x + w, y + h))
    air_x, air_y = max(12, round(h * 0.35)), max(10, round(h * 0.4))
    region = _region(image, x + left - air_x, y - air_y, x + right + air_x, y + h + air_y)
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
    region = _region(image, 0, top, width, y + h + around).copy()
    thick = max(2, width // 700)
    air = 3 * thick
    cv2.rectangle(region, (x - air, y - top - air), (x + w + air, y - top + h + air), FRAME_BGR, thick)
    return narrowed(region, STRIP_WIDTH)


def tile(image: NDArray[np.uint8], down: int, column: int, row: int) -> NDArray[np.uint8]:
    """One tile of the image made smaller by ``2 ** down``; at the edges it is what is left.

    Raises:
        FileNotFoundError: when the image does not reach so far.
    """
    side = TILE << down
    part = image[row * side : (row + 1) * side, column * side : (column + 1) * side]
    if not part.size:
        raise FileNotFoundError("no such tile")
    height, width = (-(-length // (1 << down)) for length in part.shape[:2])
    if not down:
        return part
    return cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def _encoded(
    make: Callable[[NDArray[np.uint8], Box], NDArray[np.uint8]], page: NDArray[np.uint8], box: Box
) -> bytes:
    return encode(make(page, box))


_CUTS: Final = {View.CROP: crop, View.STRIP: strip}


def _region(image: NDArray[np.uint8], left: int, top: int, right: int, bottom: int) -> NDArray[np.uint8]:
    """A part of the image, moved inside it; never empty."""
    height, width = image.shape[:2]
    left, top = min(max(0, left), width - 1), min(max(0, top), height - 1)
    return image[top : max(top + 1, min(bottom, height)), left : max(left + 1, min(right, width))]
