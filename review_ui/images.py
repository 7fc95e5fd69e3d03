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

from pipeline.cuts import View, cut, decode, encode, kept_cut, narrowed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from pipeline.cuts import Box

PAGES_KEPT: Final = 3  # decoded, about 24 MB each
CUTS_KEPT: Final = 2000  # encoded, about 40 kB each: for forty people, some fields each
TILES_KEPT: Final = 600  # encoded, about 40 kB each
TILE: Final = 512  # pixels of a tile's side
PAGES_SENT_KEPT: Final = 50  # whole pages, encoded, about 300 kB each
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


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

    def cut(
        self, path: Path, box: Box, view: View, likely: Callable[[], Iterable[Box]], ahead: Path
    ) -> bytes:
        """JPEG of the region around ``box`` (x, y, w, h in pixels of the page image).

        Mostly it was cut when the page was read, and lies in the file ``ahead``. Else the page is opened, and
        as that costs more than cutting, what is ``likely`` to come next from it is looked up and cut along.
        """
        source = Source.of(path)
        key = source, box, view
        if key not in self._cuts:
            kept = kept_cut(ahead, box, view, source.stamp)
            if kept is not None:
                return kept
        if key not in self._cuts:
            # One page at a time: both pictures of a field are asked for at once, and would open it twice.
            with self._opening:
                if key not in self._cuts:
                    page = self._page(source)
                    for each in dict.fromkeys((box, *likely())):
                        for one in View:
                            if kept_cut(ahead, each, one, source.stamp) is None:
                                self._cuts.get((source, each, one), partial(cut, page, each, one))
        return self._cuts.get(key, lambda: cut(self._page(source), box, view))

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
