"""Tesseract loaded into this process: the program's own words, without starting it for every picture.

Of a page's 0.8 s the program spends 0.15 s on its tables and as much again on its picture and its own start,
each time anew. The library takes the pixels as they lie in memory. This module alone knows its C interface
(``tesseract/capi.h`` of version 5).
"""

from __future__ import annotations

import atexit
import ctypes
import os
import threading
import time
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from pipeline.wording import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

NAMES: Final = ("libtesseract.so.5", "libtesseract.5.dylib", "libtesseract-5.dll")
"""What version 5 is called on the systems that have it."""
SILENT: Final = 6
"""The picture library's level at which it writes nothing to the terminal (L_SEVERITY_NONE)."""
WORDS: Final = 3
"""The level at which the library's iterator goes from word to word (RIL_WORD)."""
_POINTER: Final = ctypes.c_void_p
_NUMBER: Final = ctypes.c_int
_TEXT: Final = ctypes.c_char_p
_GIVES_UP: Final = ctypes.CFUNCTYPE(ctypes.c_bool, _POINTER, _NUMBER)
"""Asked before every word whether the picture is given up."""
_INTERFACE: Final[dict[str, tuple[object, tuple[object, ...]]]] = {
    "TessBaseAPICreate": (_POINTER, ()),
    "TessBaseAPISetVariable": (_NUMBER, (_POINTER, _TEXT, _TEXT)),
    "TessBaseAPIInit3": (_NUMBER, (_POINTER, _TEXT, _TEXT)),
    "TessBaseAPISetPageSegMode": (None, (_POINTER, _NUMBER)),
    "TessBaseAPISetImage": (None, (_POINTER, _POINTER, _NUMBER, _NUMBER, _NUMBER, _NUMBER)),
    "TessBaseAPIRecognize": (_NUMBER, (_POINTER, _POINTER)),
    "TessBaseAPIGetIterator": (_POINTER, (_POINTER,)),
    "TessBaseAPIClear": (None, (_POINTER,)),
    "TessBaseAPIDelete": (None, (_POINTER,)),
    "TessResultIteratorNext": (_NUMBER, (_POINTER, _NUMBER)),
    "TessResultIteratorGetUTF8Text": (_POINTER, (_POINTER, _NUMBER)),
    "TessResultIteratorConfidence": (ctypes.c_float, (_POINTER, _NUMBER)),
    "TessResultIteratorGetPageIterator": (_POINTER, (_POINTER,)),
    "TessPageIteratorBoundingBox": (_NUMBER, (_POINTER, _NUMBER, *[ctypes.POINTER(_NUMBER)] * 4)),
    "TessResultIteratorDelete": (None, (_POINTER,)),
    "TessDeleteText": (None, (_POINTER,)),
    "TessMonitorCreate": (_POINTER, ()),
    "TessMonitorDelete": (None, (_POINTER,)),
    "TessMonitorSetCancelFunc": (None, (_POINTER, _GIVES_UP)),
}
"""Result and arguments of every function that is called here."""


class WordsNotRead(Exception):
    """The engine gave up or died: what stands on the picture is not known, which is not to say nothing."""


class FoundWord(NamedTuple):
    """A word, the columns and rows from its first to the one after its last, its confidence of 100."""

    text: str
    left: int
    top: int
    right: int
    bottom: int
    confidence: float


class Library:
    """The engine with one language loaded; threads take turns. Costs about 30 MB and 0.2 s once a process."""

    def __init__(self, functions: ctypes.CDLL, engine: int) -> None:
        self._functions = functions
        self._engine = engine
        self._turn = threading.Lock()
        atexit.register(functions.TessBaseAPIDelete, engine)

    def words(self, image: NDArray[np.uint8], mode: int, seconds: float) -> list[FoundWord]:
        """What stands on a picture, in the order in which it is read.

        The words are asked for one by one. The program's table of them (TSV) takes four times as long, for
        columns that nobody needs: 24 ms of a page.

        Args:
            image: (rows, columns) grey or (rows, columns, 3) uint8.
            mode: page segmentation mode.
            seconds: CPU time after which the picture is given up. A machine that is busy, asleep or stopped
                for a while loses no words.

        Returns:
            The words; none where the engine refused the picture.

        Raises:
            WordsNotRead: when it was given up.
        """
        pixels = np.ascontiguousarray(image)
        rows, columns = pixels.shape[:2]
        depth = pixels[0, 0].size
        call = self._functions
        with self._turn:
            until = time.thread_time() + seconds
            given_up = _GIVES_UP(lambda _this, _words: time.thread_time() > until)
            monitor = call.TessMonitorCreate()
            try:
                call.TessMonitorSetCancelFunc(monitor, given_up)
                call.TessBaseAPISetPageSegMode(self._engine, mode)
                call.TessBaseAPISetImage(
                    self._engine, pixels.ctypes.data, columns, rows, depth, depth * columns
                )
                if call.TessBaseAPIRecognize(self._engine, monitor) != 0:
                    if given_up(None, 0):
                        raise WordsNotRead(too_slow(seconds))
                    return []
                return self._found()
            finally:
                call.TessMonitorDelete(monitor)
                call.TessBaseAPIClear(self._engine)

    def _found(self) -> list[FoundWord]:
        call, found = self._functions, list[FoundWord]()
        word = call.TessBaseAPIGetIterator(self._engine)
        if not word:
            return []
        place = call.TessResultIteratorGetPageIterator(word)
        left, top, right, bottom = (_NUMBER() for _ in range(4))
        box = [ctypes.byref(side) for side in (left, top, right, bottom)]
        try:
            more = True
            while more:
                text = call.TessResultIteratorGetUTF8Text(word, WORDS)
                if text:
                    read = ctypes.string_at(text).decode("utf-8", "replace")
                    call.TessDeleteText(text)
                    call.TessPageIteratorBoundingBox(place, WORDS, *box)
                    confidence = float(call.TessResultIteratorConfidence(word, WORDS))
                    found.append(
                        FoundWord(read, left.value, top.value, right.value, bottom.value, confidence)
                    )
                more = bool(call.TessResultIteratorNext(word, WORDS))
        finally:
            call.TessResultIteratorDelete(word)
        return found


def too_slow(seconds: float) -> str:
    """What is said of a picture that was given up after so many seconds."""
    return say("Tesseract chưa đọc xong ảnh sau {seconds} giây nên đã dừng lại.", seconds=f"{seconds:g}")


@cache
def library(language: str) -> Library | None:
    """The library with a language, loaded once a process; None where either is not there.

    Args:
        language: name of the data, like ``vie``.
    """
    functions = _functions()
    if functions is None:
        return None
    engine = functions.TessBaseAPICreate()
    # Before it is started, so that it does not tell the terminal what it cannot find.
    functions.TessBaseAPISetVariable(engine, b"debug_file", os.devnull.encode())
    if functions.TessBaseAPIInit3(engine, None, language.encode()) != 0:
        functions.TessBaseAPIDelete(engine)
        return None
    functions.TessBaseAPISetVariable(engine, b"tessedit_do_invert", b"0")
    return Library(functions, engine)


def _functions() -> ctypes.CDLL | None:
    """The library's functions with their types; None where it, or one of them, is missing."""
    # One page at a time is one core's work; it is looked at when the library is loaded.
    os.environ["OMP_THREAD_LIMIT"] = "1"
    for name in NAMES:
        try:
            functions = ctypes.CDLL(name)
            for called, (result, arguments) in _INTERFACE.items():
                function = getattr(functions, called)
                function.restype, function.argtypes = result, list(arguments)
        except (OSError, AttributeError):
            continue
        quiet = getattr(functions, "setMsgSeverity", None)  # of the picture library under it
        if quiet is not None:
            quiet(SILENT)
        return functions
    return None
