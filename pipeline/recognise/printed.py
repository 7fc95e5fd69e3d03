"""What the engine for print read inside a field: the second opinion on typed pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline.recognise.decode import Printed, tidy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.elements import Box
    from pipeline.recognise.tesseract import PrintedWord


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


def _together(words: Sequence[PrintedWord]) -> Printed:
    """Words as one text, as they were read."""
    weights = [len(word.text) for word in words]
    if not sum(weights):
        return Printed("", 0.0)
    sure = np.average([word.confidence for word in words], weights=weights)
    return Printed(" ".join(word.text for word in words), float(sure))
