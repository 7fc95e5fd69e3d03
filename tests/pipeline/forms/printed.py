"""A printed page of births, what the engine for print reads on it, and how the form fits what was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.forms import load_form
from pipeline.forms.fit import FormFit, fit_form
from pipeline.forms.lines import visual_lines
from pipeline.recognise.tesseract import PrintedWord, words_of
from tests.pipeline.drawn import Sheet
from tests.pipeline.forms.words import BIRTH_2010, HEIGHT

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

TOP, PITCH = 240, 70


@dataclass(frozen=True)
class Printed:
    """The page, grey, uint8 (rows, columns), and its words."""

    image: NDArray[np.uint8]
    words: list[PrintedWord]

    def without(self, *lines: int) -> list[PrintedWord]:
        """The words, less those of some lines, as if the engine had passed over them."""
        rows = [TOP + line * PITCH for line in lines]
        return [w for w in self.words if all(abs(w.box.bottom - row) > 40 for row in rows)]


def print_page(lines: Sequence[Sequence[str]] = BIRTH_2010) -> Printed:
    """Print the labels of a page, those of births of 2010 if nothing else is said, and read them."""
    sheet = Sheet(HEIGHT)
    for row, texts in enumerate(lines):
        for place, text in enumerate(texts):
            sheet.write(text, 150 + 560 * place, TOP + row * PITCH, size=36)
    return Printed(sheet.grey, words_of(sheet.grey))


def fit_of(words: list[PrintedWord], register: str = "KS") -> FormFit:
    """How the form of 2010 fits some words."""
    return fit_form(visual_lines(words), HEIGHT, load_form(register, "2010"))


def fields(fit: FormFit) -> set[str]:
    """The fields whose labels were found."""
    return {a.label.field for a in fit.anchors if a.label.field}
