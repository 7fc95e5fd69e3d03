"""What the engine for print read inside a field: the second opinion on typed pages."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline.elements import Box
from pipeline.recognise.decode import Printed, tidy
from pipeline.recognise.tesseract import COLUMN, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.recognise.tesseract import PrintedWord

SIZE: Final = 0.7
"""Part of the working size at which cut lines are read: as many are right as at the full size."""
PAPER: Final = 245
APART: Final = 24
"""Rows and columns of paper around each line."""


def printed_in(words: Sequence[PrintedWord], lines: Sequence[Box]) -> Printed | None:
    """The words whose middle lies in a field's lines, in reading order; None where there are none.

    Args:
        words: words of the page, its labels' included: they lie outside of the fields' boxes.
        lines: boxes of the field's lines, top to bottom.
    """
    by_line = [
        sorted(
            (
                word
                for word in words
                if line.x <= word.box.x + word.box.w / 2 <= line.right
                and line.y <= word.box.y + word.box.h / 2 <= line.bottom
            ),
            key=lambda word: word.box.x,
        )
        for line in lines
    ]
    whole = _together([word for found in by_line for word in found])
    text = tidy(whole.text)
    if not text:
        return None
    return Printed(text, whole.confidence, tuple(_together(found) for found in by_line))


def words_of_lines(lines: Sequence[NDArray[np.uint8]], boxes: Sequence[Box]) -> list[PrintedWord]:
    """What the engine for print reads on lines that were cut out of a page, put under one another.

    That takes two fifths of the time of the whole page and is read better: nothing else is near.

    Args:
        lines: grey (rows, columns) uint8.
        boxes: where each stands on the page; the words' boxes refer to it.

    Raises:
        TesseractMissing: when tesseract or its Vietnamese data is not installed.
    """
    if not lines:
        return []
    tops = np.cumsum([APART, *(line.shape[0] + APART for line in lines)]).tolist()
    sheet = np.full((tops[-1], max(line.shape[1] for line in lines) + 2 * APART), PAPER, np.uint8)
    for line, top in zip(lines, tops, strict=False):
        sheet[top : top + line.shape[0], APART : APART + line.shape[1]] = line
    found = []
    for word in words_of(sheet, COLUMN, SIZE):
        number = bisect_right(tops, word.box.y + word.box.h / 2) - 1
        if 0 <= number < len(lines):
            x, y = word.box.x + boxes[number].x - APART, word.box.y + boxes[number].y - tops[number]
            found.append(replace(word, box=replace(word.box, x=x, y=y)))
    return found


def _together(words: Sequence[PrintedWord]) -> Printed:
    """Words as one text, as they were read."""
    weights = [len(word.text) for word in words]
    if not sum(weights):
        return Printed("", 0.0)
    sure = np.average([word.confidence for word in words], weights=weights)
    return Printed(" ".join(word.text for word in words), float(sure))
