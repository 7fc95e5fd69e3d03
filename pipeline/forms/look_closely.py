"""A third look: labels that the engine for print misread beside handwriting, each cut out and read alone.

On a line of print and tall writing the engine finds no height that suits both, and reads "Gui cú" for
"Ghi chú", "uo" for "do". Where a word stands at the start of a line or after a gap, is somewhat like a label
that is missing, and as wide as that label is in print, it is cut out without the writing after it and read as
one line by itself. What is then read as the label is the label, by the same measure as everywhere. A label
that goes on from one found on the same line ("... giờ ... phút, ngày ..."), and one that may stand where
labels begin, is looked for at whatever stands there, as high as print is; the first of them behind every gap
of that line, too, for the engine may have read nothing that begins where it does.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from rapidfuzz import fuzz

from pipeline.elements import Box
from pipeline.forms.fit import fit_form
from pipeline.forms.lines import all_sightings, fold, visual_lines, width_of_a_letter
from pipeline.forms.look_again import BESIDE, placed, told
from pipeline.recognise.tesseract import LINE, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from pipeline.forms.fit import FormFit
    from pipeline.forms.form import Block, Label
    from pipeline.forms.lines import VisualLine
    from pipeline.recognise.tesseract import PrintedWord

LIKE: Final = 50.0
"""Likeness from which on what was read may be a label."""
GAP: Final = 3.0
"""Heights of a letter that are free before a label inside of a line."""
NEAR: Final = 0.06
BEYOND: Final = 0.035
"""How far from its place a label is looked for, and how far beyond the rows of its block, in heights of the
page."""
WIDE: Final = (0.75, 1.3)
"""How wide a label may be, by the usual width of a letter on the page."""
SPACE: Final = 0.5
"""How much narrower than a letter a blank is."""
FREE: Final = 0.2
"""Heights of a letter without ink that end a label."""
MOST: Final = 6
"""Places that are read so on one page."""
MOST_BEHIND: Final = 8
"""Places behind a label where the one that goes on from it is looked for, whatever the engine read there."""
WORDS: Final = 0.3
"""Heights of a letter between two words at the least."""
SHORT: Final = 2
"""Letters of a label of which one misread leaves no likeness."""
TALL: Final = 1.5
"""Heights of a letter that what is like no label is high at the most."""
SCALE: Final = 1.5
AIR: Final = 0.35
"""Heights of a letter around a label that are cut out with it."""


def look_closely(
    image: NDArray[np.uint8], ink: NDArray[np.uint8], words: list[PrintedWord], fit: FormFit
) -> tuple[list[PrintedWord], FormFit]:
    """Read what may be a missing label by itself.

    Args:
        image: grey page without leaders, uint8 (rows, columns).
        ink: mask of its strokes.
        words: what was read on it.
        fit: the form as it fits so far.

    Returns:
        All words and the better fit: those given where nothing more was found.
    """
    letter = width_of_a_letter(words)
    heights = [anchor.sighting.box.h for anchor in fit.anchors]
    if not letter or not heights:
        return words, fit
    high = float(np.median(heights))
    more, looks = list(words), 0
    seen: set[tuple[int, int]] = set()
    known: set[str] = set()

    def is_label(start: Box, wording: str) -> bool:
        nonlocal more, looks
        box = _label_box(ink, start, letter * (len(wording) - SPACE * wording.count(" ")), high)
        if box is None:
            return False
        looks += 1
        found = _read(image, box, round(AIR * high))
        if not all_sightings(visual_lines(found), [wording]):
            return False
        seen.add((start.x, start.y))
        known.add(wording)
        more = [word for word in more if not _inside(word.box, box)] + found
        return True

    for line, first, wording in _places(fit, image.shape[0], high):
        start = line.words[first].box
        if looks == MOST:
            break
        if (start.x, start.y) not in seen:
            is_label(start, wording)
    for label, begun in _unfinished(fit):
        if known & {*label.text}:
            continue
        looks = 0
        for start in _starts(ink, begun, high):
            if looks == MOST_BEHIND or is_label(start, label.text[0]):
                break
    if not seen:
        return words, fit
    again = fit_form(visual_lines(more), image.shape[0], fit.form)
    return (more, again) if told(again) > told(fit) else (words, fit)


def _places(fit: FormFit, height: int, high: float) -> Iterator[tuple[VisualLine, int, str]]:
    """Where a missing label may stand: the line, its first word there, and the wording it is like."""
    found = {id(anchor.label) for anchor in fit.anchors}
    taken = {
        (anchor.sighting.line, word)
        for anchor in fit.anchors
        for word in range(anchor.sighting.first, anchor.sighting.last + 1)
    }
    lefts = [anchor.sighting.box.x for anchor in fit.anchors if anchor.sighting.first == 0]
    margin = float(np.median(lefts)) if lefts else np.inf
    for block in fit.form.blocks:
        for label in block.labels:
            if id(label) in found or not label.asked or label.tick or label.below:
                continue
            top, bottom = _rows(fit, block, label, height)
            begun = _begun(fit, block, label)
            for line in fit.lines:
                if not top < line.middle < bottom:
                    continue
                for first, word in enumerate(line.words):
                    free = first == 0 or word.box.x - line.words[first - 1].box.right > GAP * high
                    if free and (line.index, first) not in taken:
                        wording = _like(line.words[first : first + 2], label)
                        if not wording and word.box.h < TALL * high:
                            own = _is_short(word, label) or _goes_on(word, begun, high)
                            wording = label.text[0] if own or abs(word.box.x - margin) < high else ""
                        if wording:
                            yield line, first, wording


def _unfinished(fit: FormFit) -> Iterator[tuple[Label, Box]]:
    """Missing labels that stand behind one that was found, each with the box of that one."""
    found = {id(anchor.label) for anchor in fit.anchors}
    for block in fit.form.blocks:
        for label in block.labels:
            if id(label) not in found and label.asked and not (label.tick or label.below or label.optional):
                begun = _begun(fit, block, label)
                if begun is not None:
                    yield label, begun


def _starts(ink: NDArray[np.uint8], begun: Box, high: float) -> Iterator[Box]:
    """Where something begins behind a gap on the line of a label, as far as the page goes."""
    middle, gap = begun.y + begun.h / 2, max(3, round(WORDS * high))
    band = ink[max(0, round(middle - 0.7 * high)) : round(middle + 0.7 * high), begun.right :]
    inked = np.flatnonzero((band > 0).any(axis=0))
    for before, column in pairwise(inked.tolist()):
        if column - before > gap:
            yield Box(begun.right + column, begun.y, 1, begun.h)


def _rows(fit: FormFit, block: Block, label: Label, height: int) -> tuple[float, float]:
    """Rows between which a label stands: those of its block, whose order is free, else about its place."""
    found = [a.sighting.box for a in fit.anchors if a.block == block.name]
    if not found or block.anywhere:
        return (label.near - NEAR) * height, (label.near + NEAR) * height
    top, bottom = min(box.y for box in found), max(box.bottom for box in found)
    return top - BEYOND * height, bottom + BEYOND * height


def _begun(fit: FormFit, block: Block, label: Label) -> Box | None:
    """The box of the label before one, found, that stands on its line in every print; None else.

    They share an entry in several gaps ("... giờ ... phút, ngày ..."), or the form has both in one place.
    """
    place = next(i for i, other in enumerate(block.labels) if other is label)
    before = block.labels[place - 1] if place else None
    if before is None or not (before.part or abs(before.near - label.near) <= BESIDE):
        return None
    return next((anchor.sighting.box for anchor in fit.anchors if anchor.label is before), None)


def _goes_on(word: PrintedWord, begun: Box | None, high: float) -> bool:
    """Whether a word stands on the line of a label and behind it."""
    if begun is None:
        return False
    box = word.box
    level = abs(box.y + box.h / 2 - begun.y - begun.h / 2) < 0.5 * high
    return level and box.x > begun.right


def _is_short(word: PrintedWord, label: Label) -> bool:
    """Whether a word is as short as a label: "S0N" is like nothing, and was "Số:"."""
    letters = len(fold(label.text[0]))
    return letters <= SHORT and len(word.text) <= letters + 2


def _like(words: Sequence[PrintedWord], label: Label) -> str:
    """The wording of a label that some words are most like, "" where they are like none."""
    starts = [fold("".join(word.text for word in words[:count])) for count in range(1, len(words) + 1)]
    likeness = {wording: max(fuzz.ratio(start, fold(wording)) for start in starts) for wording in label.text}
    best = max(likeness, key=likeness.__getitem__, default="")
    return best if likeness.get(best, 0.0) >= LIKE else ""


def _label_box(ink: NDArray[np.uint8], start: Box, wide: float, high: float) -> Box | None:
    """The box from a word's start to the widest gap after a label about so wide; None where there is none."""
    middle = start.y + start.h / 2
    top, bottom = max(0, round(middle - 0.7 * high)), round(middle + 0.7 * high)
    low, most = (round(share * wide) for share in WIDE)
    free = max(3, round(FREE * high))
    columns = np.asarray((ink[top:bottom, start.x : start.x + most + 3 * free] > 0).any(axis=0))
    best, widest = 0, free - 1
    end = max(1, low)
    while end < min(most + free, len(columns) - free):
        inked = np.flatnonzero(columns[end:])
        gap = int(inked[0]) if len(inked) else len(columns) - end
        if gap > widest:  # the widest: between the label's own words there is one as well
            best, widest = end, gap
        end += gap + 1
    return Box(start.x, top, best, bottom - top) if best else None


def _read(image: NDArray[np.uint8], box: Box, air: int) -> list[PrintedWord]:
    """The words of a part of the page, read as one line, where they stand on the page."""
    x, y = max(0, box.x - air), max(0, box.y - air)
    part = image[y : box.bottom + air, x : box.right + air // 2]
    paper = cv2.copyMakeBorder(part, air, air, air, air, cv2.BORDER_REPLICATE)
    return [placed(word, x - air, y - air) for word in words_of(np.asarray(paper, np.uint8), LINE, SCALE)]


def _inside(box: Box, outer: Box) -> bool:
    """Whether a box begins inside another one of the same line."""
    middle = box.y + box.h / 2
    return outer.x - 2 <= box.x < outer.right and outer.y <= middle <= outer.bottom
