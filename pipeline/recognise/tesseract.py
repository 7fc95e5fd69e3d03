"""Tesseract for what is printed: words of a page with their boxes and confidences.

The library is used where it can be loaded, else the program, which finds the same words. This module alone
knows the program: what it prints becomes ``PrintedWord``, what is missing of it becomes one exception with
a remedy, and a picture that it did not finish becomes another: no page goes on as if it were empty.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pytesseract
from PIL import Image

from pipeline.elements import Box
from pipeline.recognise.tesseract_library import WordsNotRead, library, too_slow
from pipeline.resizing import enlarged, resized
from pipeline.wording import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.recognise.tesseract_library import FoundWord

LANGUAGE: Final = "vie"
SECONDS_A_PAGE: Final = 60.0
"""After so much CPU time a picture is given up (a page takes one); wall time where the program reads it."""
SPARSE: Final = 11
"""Page segmentation mode "sparse text": a filled form has no columns or paragraphs to find."""
BLOCK: Final = 6
"""Page segmentation mode "one block of text": what sparse text mode passed over, this one takes up."""
COLUMN: Final = 4
"""Page segmentation mode "one column of text of variable sizes": lines that were put under one another."""
REDUCED: Final = 0.6
"""Part of the working size at which whole pages are read. 88 pages showed 2,754 labels at it and 2,753 at the
full size, in 77 % of the time."""


class TesseractMissing(Exception):
    """The program or its Vietnamese data is not installed; the message names the package."""


@dataclass(frozen=True, slots=True)
class PrintedWord:
    """One word, its box in pixels of the image that was read, and Tesseract's confidence, 0 to 100."""

    text: str
    box: Box
    confidence: float


def words_of(image: NDArray[np.uint8], mode: int = SPARSE, scale: float = 1.0) -> list[PrintedWord]:
    """Words that Tesseract finds, in the order in which it reads.

    Args:
        image: grey (rows, columns) or BGR uint8, upright.
        mode: page segmentation mode of Tesseract.
        scale: of the size at which it is read; boxes are in pixels of the image as it is given.

    Returns:
        The words; none where nothing stands or the picture is none that Tesseract takes (3 rows of 40,000).

    Raises:
        TesseractMissing: when the program or the language is not there.
        WordsNotRead: when Tesseract did not finish in ``SECONDS_A_PAGE`` or died.
    """
    sized = enlarged(image, scale) if scale > 1.0 else resized(image, scale)
    engine = library(LANGUAGE)
    if engine is None:
        words = words_by_program(sized, mode)
    else:
        found = engine.words(sized, mode, SECONDS_A_PAGE)
        words = [_word(word) for word in found if word.text.strip()]
    return words if scale == 1.0 else [replace(word, box=_shrunk(word.box, scale)) for word in words]


def _shrunk(box: Box, scale: float) -> Box:
    """A box of an image drawn at a scale, in the image's own pixels."""
    return Box(*(round(side / scale) for side in (box.x, box.y, box.w, box.h)))


def _word(found: FoundWord) -> PrintedWord:
    """A word with its confidence in whole numbers of what the program prints, as pytesseract gives it."""
    box = Box(found.left, found.top, found.right - found.left, found.bottom - found.top)
    return PrintedWord(found.text.strip(), box, float(math.floor(round(found.confidence, 6))))


def words_by_program(image: NDArray[np.uint8], mode: int = SPARSE) -> list[PrintedWord]:
    """The same from the program, which starts anew for every picture."""
    # One page at a time is one core's work: the pool above decides how many pages run side by side.
    os.environ["OMP_THREAD_LIMIT"] = "1"
    picture = Image.fromarray(image)
    picture.format = "PPM"  # handed over uncompressed: squeezing a page into PNG costs as much as a line
    try:
        table = pytesseract.image_to_data(
            picture,
            lang=LANGUAGE,
            config=f"--psm {mode} -c tessedit_do_invert=0",
            timeout=SECONDS_A_PAGE,
            output_type=pytesseract.Output.DICT,
        )
    except pytesseract.TesseractNotFoundError as error:
        raise TesseractMissing(
            say("Máy này chưa có chương trình tesseract: hãy cài gói tesseract-ocr rồi chạy lại.")
        ) from error
    except pytesseract.TesseractError as error:
        if "language" in str(error).casefold() or "traineddata" in str(error):
            raise TesseractMissing(
                say("Tesseract thiếu dữ liệu tiếng Việt: hãy cài gói tesseract-ocr-vie rồi chạy lại.")
            ) from error
        if int(error.status) < 0:  # ended by a signal
            raise WordsNotRead(say("Tesseract dừng đột ngột khi đang đọc ảnh.")) from error
        return []
    except UnicodeDecodeError as error:  # pytesseract's word for a garbled death
        raise WordsNotRead(say("Tesseract dừng đột ngột khi đang đọc ảnh.")) from error
    except RuntimeError as error:  # and for a time-out
        raise WordsNotRead(too_slow(SECONDS_A_PAGE)) from error
    return [
        PrintedWord(text.strip(), Box(left, top, width, height), float(confidence))
        for text, left, top, width, height, confidence in zip(
            table["text"],
            table["left"],
            table["top"],
            table["width"],
            table["height"],
            table["conf"],
            strict=True,
        )
        if text.strip()
    ]
