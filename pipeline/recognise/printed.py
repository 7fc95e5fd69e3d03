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
    found: list[PrintedWord] = []
    for line in lines:
        inside = [
            word
            for word in words
            if line.x <= word.box.x + word.box.w / 2 <= line.right
            and line.y <= word.box.y + word.box.h / 2 <= line.bottom
        ]
        found += sorted(inside, key=lambda word: word.box.x)
    text = tidy(" ".join(word.text for word in found))
    if not text:
        return None
    weights = [len(word.text) for word in found]
    return Printed(text, float(np.average([word.confidence for word in found], weights=weights)))
