"""One form laid over one page, to see what of it is found there: for the person who writes the form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipeline import ink as inks
from pipeline.clean import clean
from pipeline.cut import cut_fields
from pipeline.forms.fit import FormFit, fit_form
from pipeline.forms.lines import visual_lines
from pipeline.forms.look_again import look_again
from pipeline.page_kind import is_noise
from pipeline.recognise.tesseract import words_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pipeline.elements import Box
    from pipeline.forms.form import Form, Label

TURNS: Final = (0, 180, 90, 270)
SURE: Final = 0.7
"""A form found this well needs no look at the page turned around."""


@dataclass(frozen=True, slots=True)
class FoundLabel:
    """A label of the form as it was read on the page: its wording, its box, how well it was read, 0 to 1."""

    label: Label
    wording: str
    box: Box
    score: float


@dataclass(frozen=True, slots=True)
class FoundField:
    """A field, where its writing was cut, and whether anything is written there."""

    key: str
    title: str
    boxes: tuple[Box, ...]
    written: bool


@dataclass(frozen=True)
class CheckedPage:
    """What of a form was found on a page.

    ``image`` is the upright page, (rows, columns, 3) BGR uint8; all boxes are in its pixels. ``missing`` are
    the labels that every page of the form should have. ``share`` is how much of the form was found, 0 to 1.
    """

    image: NDArray[np.uint8]
    found: tuple[FoundLabel, ...]
    missing: tuple[Label, ...]
    fields: tuple[FoundField, ...]
    share: float


def check_page(image: NDArray[np.uint8], form: Form) -> CheckedPage:
    """Lay a form over a page, whatever the page is.

    Args:
        image: the page as scanned, (rows, columns, 3) BGR uint8.
        form: the form.

    Raises:
        TesseractMissing: when tesseract or its Vietnamese data is not installed.
    """
    best: CheckedPage | None = None
    for turned in TURNS:
        page = _laid(image, turned, form)
        if best is None or page.share > best.share:
            best = page
        if best.share >= SURE:
            break
    if best is None:
        raise AssertionError("four turns were looked at")
    return best


def _laid(image: NDArray[np.uint8], turned: int, form: Form) -> CheckedPage:
    page = clean(image, turned)
    ink = inks.separate(page.grey)
    bare = inks.paint_over(page.grey, ink.furniture)
    words = [] if is_noise(ink) else words_of(bare)
    _, fit = look_again(bare, words, fit_form(visual_lines(words), page.height, form))
    crops = cut_fields(page, ink, fit)
    fields = tuple(
        FoundField(
            crop.label.field, crop.label.title, crop.line_boxes or (crop.box,), bool(crop.lines or crop.tick)
        )
        for crop in crops
    )
    return CheckedPage(page.colour, _found(fit), _missing(fit), fields, fit.share)


def _found(fit: FormFit) -> tuple[FoundLabel, ...]:
    return tuple(
        FoundLabel(anchor.label, anchor.sighting.wording, anchor.sighting.box, anchor.sighting.score)
        for anchor in fit.anchors
    )


def _missing(fit: FormFit) -> tuple[Label, ...]:
    found = {id(anchor.label) for anchor in fit.anchors}
    return tuple(
        label
        for label in fit.form.labels
        if id(label) not in found and not (label.optional or label.heading or label.several or label.tick)
    )
