"""Is there a case on this page at all: a blank page, a struck-out entry, two pages in one, or one to read."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from pipeline.clean import A4_RATIO
from pipeline.connected import count_connected
from pipeline.resizing import resized
from pipeline.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.clean import CleanPage
    from pipeline.cut import FieldCrop
    from pipeline.forms.fit import FormFit
    from pipeline.ink import Ink

SMALL: Final = 600
"""Columns at which strokes over the whole page are looked for."""
LONGEST: Final = 0.33
"""Part of the page's height that a cancelling stroke covers at least."""
ZIGZAG: Final = 0.35
"""Part of the page's width that a stroke of a zigzag covers; on 352 pages with a case none covered 0.2."""
FEW_FIELDS: Final = 2
"""A form with no more fields written than this (a number printed ahead) holds no case."""
COLON: Final = 100
"""Ink of so few pixels in a field is the colon of its label, or dust: a word has some hundreds."""
LITTLE_INK: Final = 0.0015
"""Share of inked pixels under which a sheet without a form is blank paper."""
DARK: Final = 70
"""Brightness, 0 to 255, that no paper is under, not even brown paper in shadow."""
CROWDED: Final = 0.2
"""Share of inked pixels that no page of a register reaches."""
WELL_READ: Final = 0.85
LONG_WORDING: Final = 6
LABELS_TWICE: Final = 2
"""Labels seen twice from which on there are two pages: 10 and more on spreads, none on 300 single pages."""
LABELS_LOST: Final = 2
SHAPE: Final = 1.15
"""A sheet so many times longer or shorter than an A4 page is none, or not all of one."""
SCATTERED: Final = 0.002
"""Strokes a pixel that no page of a register reaches: six times the densest one seen."""


def is_noise(ink: Ink) -> bool:
    """Whether there is more ink, or in more pieces, than a register has: looking for print takes minutes."""
    pieces = count_connected(ink.strokes)
    inked = cv2.countNonZero(ink.strokes) + cv2.countNonZero(ink.furniture)
    return inked > CROWDED * ink.strokes.size or pieces > SCATTERED * ink.strokes.size


def is_struck_out(ink: Ink) -> bool:
    """Whether long slanting strokes cancel the entry (NĐ 158/2005, Điều 68: crossed out, never erased).

    A diagonal covers much of the page's height; the strokes of a zigzag are flat, but go both ways.
    """
    small = resized(ink.strokes, SMALL / ink.strokes.shape[1])
    _, mask = cv2.threshold(small, 40, 255, cv2.THRESH_BINARY)
    diagonal, flat = LONGEST * mask.shape[0], ZIGZAG * SMALL
    least = min(diagonal, flat)
    lines = cv2.HoughLinesP(mask, 1, np.pi / 360, int(0.5 * least), minLineLength=least, maxLineGap=6)
    if lines is None:
        return False
    x0, y0, x1, y1 = lines.reshape(-1, 4).astype(float).T
    length = np.hypot(x1 - x0, y1 - y0)
    slant = (np.degrees(np.arctan2(y1 - y0, x1 - x0)) + 90.0) % 180.0 - 90.0
    if np.any((length >= diagonal) & (np.abs(slant) > 20.0) & (np.abs(slant) < 80.0)):
        return True
    rising, falling = ((slant * way > 6.0) & (slant * way < 45.0) & (length >= flat) for way in (-1, 1))
    return bool(rising.any() and falling.any())


def is_blank_form(crops: Sequence[FieldCrop]) -> bool:
    """Whether nobody filled the form in."""
    written = {crop.label.field for crop in crops if crop.lines and crop.ink > COLON}
    return len(written) <= FEW_FIELDS


def is_two_pages(fit: FormFit) -> bool:
    """Whether labels that a form has once stand on the page twice: two pages, or one and part of another.

    Their lines run into each other, so that a case made of them would be a mixture of two.
    """
    often = Counter(text for label in fit.form.labels for text in {fold(text) for text in label.text})
    seen = [(fold(s.wording), s) for s in fit.unused if s.score >= WELL_READ]
    seen = [(text, s) for text, s in seen if often[text] == 1 and len(text) >= LONG_WORDING]
    found = {id(anchor.label): anchor.label for anchor in fit.anchors if not anchor.label.several}
    own = [{fold(text) for text in label.text} for label in found.values()]
    twice = sum(any(text in texts for text, _ in seen) for texts in own)
    # Two labels may be like the same words: with "Họ, chữ đệm, tên" the mother's and the father's begin.
    places = {(s.line, s.first) for text, s in seen if any(text in texts for texts in own)}
    return min(twice, len(places)) >= LABELS_TWICE


def is_part_of_a_page(page: CleanPage, fit: FormFit) -> bool:
    """Whether a sheet lacks labels of its form and the shape of a page: torn, or not all in the picture."""
    if 1 / SHAPE < page.height / page.width / A4_RATIO < SHAPE:
        return False
    found = {id(anchor.label) for anchor in fit.anchors}
    asked = [label for label in fit.form.labels if label.field and not (label.optional or label.tick)]
    return sum(id(label) not in found for label in asked) >= LABELS_LOST


def is_dark(page: CleanPage) -> bool:
    """Whether a picture without a form shows no paper: a closed lid or no light, not a blank sheet."""
    return float(np.median(page.colour[::8, ::8])) < DARK


def is_blank_paper(ink: Ink) -> bool:
    """Whether a sheet on which no form was found bears next to no ink inside its margins."""
    height, width = ink.strokes.shape
    inner = ink.strokes[height // 20 : -height // 20, width // 20 : -width // 20]
    return float((inner > 0).mean()) < LITTLE_INK
