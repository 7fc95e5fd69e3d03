"""A second look: labels that the engine for print did not find, looked for by the recogniser of handwriting.

On a line of print and tall writing the engine finds no height that suits both, and reads "Gui cú" for
"Ghi chú", or nothing. The recogniser reads both alike: each line in which a missing label may stand is read
whole, and the label is where its letters explain what stands there as well as anything does.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from pipeline.elements import Box
from pipeline.forms.fit import fit_form
from pipeline.forms.line_spots import SHORT, PageLines
from pipeline.forms.lines import visual_lines
from pipeline.forms.look_again import tells
from pipeline.recognise.tesseract import PrintedWord
from pipeline.text import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from pipeline.forms.fit import FormFit
    from pipeline.forms.form import Block, Label
    from pipeline.forms.line_spots import Found
    from pipeline.recognise.handwriting import LineRecogniser

NEAR: Final = 0.06
BEYOND: Final = 0.035
"""How far from its place a label is looked for, and how far beyond the rows of its block, in heights of the
page."""


def look_closely(
    image: NDArray[np.uint8],
    ink: NDArray[np.uint8],
    words: list[PrintedWord],
    fit: FormFit,
    recogniser: LineRecogniser,
    shown: Collection[Label] = (),
    told: Mapping[Label, int] = MappingProxyType({}),
) -> tuple[list[PrintedWord], FormFit]:
    """Look for missing labels in the lines of the page.

    Labels that a page may lack are looked for where a line is read anyway, where one begins with what may be
    print, behind a label from which they go on, and where one of their words was read.
    Headings of columns are looked for beside each other.

    Args:
        image: grey page without leaders, uint8 (rows, columns).
        ink: mask of its strokes.
        words: what was read on it.
        fit: the form as it fits so far.
        recogniser: reads the lines.
        shown: labels that another page of the book shows: this one has them, too.
        told: lines of ``fit`` in which labels must stand by what was read there.

    Returns:
        All words and the better fit: those given where nothing more was found.
    """
    if not fit.anchors:
        return words, fit
    lines = PageLines(image, ink, fit, recogniser)
    more = words
    for optional, find in ((False, lines.find), (True, lines.find_if_read)):
        for block, label in _missing(fit, shown, optional=optional):
            best: Found | None = None
            near = lines.between(*_rows(fit, block, label, image.shape[0]), beside=label.below)
            there = told.get(label)
            if there is None and optional:
                there = _line_told(fit, block, label, near)
            if there is not None:
                # Short words ("giờ") stand in the writing, too.
                long = [wording for wording in label.text if len(fold(wording)) > SHORT]
                best = lines.find(there, long, told=True)
            for line in near if optional else lines.few(near):
                found = find(line, label.text)
                if found is not None and (best is None or found.weight > best.weight):
                    best = found
                if best is not None and best.sure:
                    break
            if best is not None:
                more = [word for word in more if not _inside(word.box, best.box)] + _words(best)
    for line, label in _headings_missing(fit):
        head = lines.find(line, label.text, told=True)
        if head is not None:
            more = more + _words(head)
    if more is words:
        return words, fit
    again = fit_form(visual_lines(more), image.shape[0], fit.form)
    return (more, again) if tells(again) > tells(fit) else (words, fit)


def _missing(fit: FormFit, shown: Collection[Label], *, optional: bool) -> Iterator[tuple[Block, Label]]:
    """Labels that ask for something and were not found, with their blocks: those a page may lack, or not."""
    found = {id(anchor.label) for anchor in fit.anchors}
    for block in fit.form.blocks:
        for label in block.labels:
            lacking = label.optional and label not in shown
            if id(label) not in found and label.asked and not label.tick and lacking is optional:
                yield block, label


def _headings_missing(fit: FormFit) -> Iterator[tuple[int, Label]]:
    """Headings of columns not found beside one that was, each with the line on which that one stands."""
    found = {id(anchor.label): anchor.sighting.line for anchor in fit.anchors}
    for block in fit.form.blocks:
        heads = [label for label in block.labels if label.column]
        line = next((found[id(label)] for label in heads if id(label) in found), None)
        if line is not None:
            yield from ((line, label) for label in heads if id(label) not in found)


def _line_told(fit: FormFit, block: Block, label: Label, near: Sequence[int]) -> int | None:
    """The line in which a label that a page may lack stands, if it is there: something on it says so."""
    begun = _line_begun(fit, block, label)
    return begun if begun is not None else _line_hinted(fit, label, near)


def _line_begun(fit: FormFit, block: Block, label: Label) -> int | None:
    """The line of the label, found, from which one goes on: they share an entry in several gaps."""
    lines = {id(anchor.label): anchor.sighting.line for anchor in fit.anchors}
    place = next(i for i, other in enumerate(block.labels) if other is label)
    for before in reversed(block.labels[:place]):
        if not before.part:
            return None
        if id(before) in lines:
            return lines[id(before)]
    return None


def _line_hinted(fit: FormFit, label: Label, near: Sequence[int]) -> int | None:
    """The first of some lines in which a word of the label was read that belongs to no label found."""
    own = {fold(word) for wording in label.text for word in wording.split()}
    taken = {(a.sighting.line, i) for a in fit.anchors for i in range(a.sighting.first, a.sighting.last + 1)}
    words = {line.index: line.words for line in fit.lines}
    for line in near:
        read = words.get(line, ())
        if any(fold(word.text) in own and (line, i) not in taken for i, word in enumerate(read)):
            return line
    return None


def _rows(fit: FormFit, block: Block, label: Label, height: int) -> tuple[float, float, float]:
    """Rows between which a label stands: those of its block, whose order is free, else about its place.

    Its place, the third, is told by the label found that the form has nearest to it; what the form itself
    says counts as well where the printer put the block elsewhere.
    """
    own = [anchor for anchor in fit.anchors if anchor.block == block.name]
    near = min(own or fit.anchors, key=lambda anchor: abs(anchor.label.near - label.near))
    place = near.sighting.box.y + near.sighting.box.h / 2 + (label.near - near.label.near) * height
    if not own or block.anywhere:
        said = label.near * height
        return min(said, place) - NEAR * height, max(said, place) + NEAR * height, place
    found = [anchor.sighting.box for anchor in own]
    top, bottom = min(box.y for box in found), max(box.bottom for box in found)
    return min(top, place) - BEYOND * height, max(bottom, place) + BEYOND * height, place


def _words(found: Found) -> list[PrintedWord]:
    """The words of a wording, each as wide as its letters share in the box."""
    parts = found.wording.split()
    letter = found.box.w / (sum(len(part) for part in parts) + len(parts) - 1)
    words, left = [], float(found.box.x)
    for part in parts:
        right = left + letter * len(part)
        box = Box(round(left), found.box.y, round(right) - round(left), found.box.h)
        words.append(PrintedWord(part, box, 100.0))
        left = right + letter
    return words


def _inside(box: Box, outer: Box) -> bool:
    """Whether a box begins inside another one of the same line."""
    middle = outer.y + outer.h / 2
    level = abs(box.y + box.h / 2 - middle) <= outer.h
    return level and outer.x - 2 <= box.x < outer.right
