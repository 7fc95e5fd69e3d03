"""Tesseract for what is printed: words of a page with their boxes and confidences.

This module alone knows the tesseract program: what it prints becomes ``PrintedWord``, what goes wrong with it
becomes one exception with a remedy, and a page it takes too long over becomes a page without words.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pytesseract
from PIL import Image

from pipeline.elements import Box
from pipeline.wording import say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LANGUAGE: Final = "vie"
SECONDS_A_PAGE: Final = 60.0
SPARSE: Final = 11
"""Page segmentation mode "sparse text": a filled form has no columns or paragraphs to find."""


class TesseractMissing(Exception):
    """The program or its Vietnamese data is not installed; the message names the package."""


@dataclass(frozen=True, slots=True)
class PrintedWord:
    """One word, its box in pixels of the image that was read, and Tesseract's confidence, 0 to 100."""

    text: str
    box: Box
    confidence: float


def words_of(image: NDArray[np.uint8], mode: int = SPARSE) -> list[PrintedWord]:
    """Words that Tesseract finds, in the order in which it reads.

    Args:
        image: grey (rows, columns) or BGR uint8, upright.
        mode: page segmentation mode of Tesseract.

    Returns:
        The words; none where Tesseract gave up within ``SECONDS_A_PAGE``.

    Raises:
        TesseractMissing: when the program or the language is not there.
    """
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
        return []
    except (RuntimeError, UnicodeDecodeError):  # pytesseract's words for a time-out and for a garbled death
        return []
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
