"""A third look for labels that were missed: the engine for print reads their rows once more, larger."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline.forms.fit import fit_form
from pipeline.forms.lines import visual_lines
from pipeline.recognise.tesseract import BLOCK, SPARSE, PrintedWord, words_of
from pipeline.text import fold

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from pipeline.elements import Box
    from pipeline.forms.fit import FormFit
    from pipeline.forms.form import Label

LOOKS: Final = ((BLOCK, 1.5), (SPARSE, 1.5))
"""Modes of the engine for print and sizes, in turn: enlarged, writing is least often joined to a label."""
MOST_STRIPS: Final = 4
CUT: Final = 2
"""Rows from a strip's edge within which a word was cut through."""
LEAST_STEPS: Final = 6
"""Distances of lines that must be known before the room for one more is judged."""
FREE_LINE: Final = 0.7
"""Part of a line's pitch that must be free beside the lines that the field above may take."""
SHORTEST: Final = 3
"""A wording of fewer letters is looked for between the labels around it even where a page may lack it."""
BESIDE: Final = 0.005
"""Part of the page's height between labels of a form that stand on one line."""


def look_again(
    image: NDArray[np.uint8],
    words: list[PrintedWord],
    fit: FormFit,
    shown: Collection[Label] = (),
) -> tuple[list[PrintedWord], FormFit]:
    """Read the strips of the page in which labels are missing once more, larger: as a block, or word by word.

    Args:
        image: grey page without leaders.
        words: what was read on it.
        fit: the form as it fits so far.
        shown: labels that another page of the book shows: this one has them, too.

    Returns:
        All words and the better fit: the ones given where nothing is missing or nothing more was found.
    """
    strips = _strips(fit, image.shape[0], shown)
    if not strips:
        return words, fit
    best = words, fit
    for mode, scale in LOOKS:
        more = list(best[0])
        for top, bottom in strips:
            part = np.ascontiguousarray(image[top:bottom])
            found = [_placed(word, top) for word in words_of(part, mode, scale)]
            # What the strip's edge cuts through is read worse than before.
            found = [word for word in found if top + CUT < word.box.y and word.box.bottom < bottom - CUT]
            inside = [word for word in more if top <= word.box.y and word.box.bottom <= bottom]
            replaced = {id(word) for word in inside if _covered(word, found)}
            more = [word for word in more if id(word) not in replaced] + found
        again = fit_form(visual_lines(more), image.shape[0], fit.form)
        if tells(again) > tells(best[1]):
            best = more, again
        if tells(best[1]) > tells(fit) and not _lacks_numbers(best[1]):
            break
    return best


def is_whole(fit: FormFit, height: int) -> bool:
    """Whether nothing is left to look for on a page of so many rows."""
    return not _strips(fit, height)


def tells(fit: FormFit) -> tuple[float, int]:
    """What a fit tells: its share, and how many labels it holds, those that a page may lack among them."""
    return fit.share, len(fit.anchors)


def _lacks_numbers(fit: FormFit) -> bool:
    """Whether the labels of the case's own numbers are still missing: without them it is nobody's."""
    found = {id(anchor.label) for anchor in fit.anchors}
    return any(_required(label) and id(label) not in found for label in fit.form.blocks[0].labels)


def _strips(fit: FormFit, height: int, shown: Collection[Label] = ()) -> list[tuple[int, int]]:
    """Rows between the labels found before and after each missing one, merged, the first few."""
    found = {id(anchor.label): anchor.sighting.box for anchor in fit.anchors}
    labels = [label for block in fit.form.blocks if not block.anywhere for label in block.labels]
    numbers = [label for block in fit.form.blocks[:1] for label in block.labels]
    spans = []
    for group in (numbers, labels):
        for i, label in enumerate(group):
            if _required(label, shown) and id(label) not in found:
                before = [found[id(other)].y for other in group[:i] if id(other) in found]
                after = [found[id(other)].bottom for other in group[i + 1 :] if id(other) in found]
                letter = max((box.h for box in found.values()), default=30)
                if group is numbers:
                    rows = [found[id(other)] for other in group if id(other) in found]
                    top = min((box.y for box in rows), default=None)
                    bottom = max((box.bottom for box in rows), default=None)
                    if top is None or bottom is None:
                        top, bottom = _under_title(fit, height)
                else:
                    top, bottom = max(before, default=0), min(after, default=height)
                top, bottom = min(top, bottom), max(top, bottom)
                spans.append((max(0, top - letter), min(height, bottom + letter)))
    spans += _between(fit, height) + _beside(fit, height, shown) + _free_lines(fit, height)
    merged: list[tuple[int, int]] = []
    for top, bottom in sorted(spans):
        if bottom - top > height // 3:
            continue
        if merged and top <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(bottom, merged[-1][1]))
        else:
            merged.append((top, bottom))
    return merged[:MOST_STRIPS]


def _under_title(fit: FormFit, height: int) -> tuple[int, int]:
    """Rows between the title and the first label that asks for anything: where the numbers stand."""
    first = min((a.sighting.box.y for a in fit.anchors if a.label.asked), default=height // 6)
    over = [a.sighting.box.bottom for a in fit.anchors if a.sighting.box.bottom < first]
    return max(over, default=0), first


def _free_lines(fit: FormFit, height: int) -> list[tuple[int, int]]:
    """Rows where a form may have a label that this page showed none of, though there is room for a line.

    A print run without that label leaves no such room.
    """
    found = {id(a.label): a.sighting.box for a in fit.anchors if not a.label.tick}
    rows = sorted({box.bottom for box in found.values()})
    letter = float(np.median([box.h for box in found.values()])) if found else 30.0
    steps = [b - a for a, b in pairwise(rows) if b - a > 1.1 * letter]
    if len(steps) < LEAST_STEPS:
        return []
    pitch = float(np.percentile(steps, 25))
    spans = []
    for block in fit.form.blocks:
        for i, label in enumerate(block.labels):
            if block.anywhere or not (label.optional and label.field) or id(label) in found or label.tick:
                continue
            before = [(found[id(o)].bottom, o.lines) for o in block.labels[:i] if id(o) in found]
            after = [box.y for box in found.values() if before and box.y > max(before)[0]]
            if not before or not after:
                continue
            (upper, lines), lower = max(before), min(after)
            if lower + letter - upper > (lines + FREE_LINE) * pitch:
                spans.append((round(upper), min(height, round(lower))))
    return spans


def _between(fit: FormFit, height: int) -> list[tuple[int, int]]:
    """Rows from the label before a short one not found to the label after it, where both were.

    The recogniser tells a word of two letters ("do") from writing no better than the engine does at first.
    """
    found = {id(a.label): a.sighting.box for a in fit.anchors}
    spans = []
    for block in fit.form.blocks:
        for before, label, after in zip(block.labels, block.labels[1:], block.labels[2:], strict=False):
            short = label.asked and min(len(fold(wording)) for wording in label.text) < SHORTEST
            if short and id(label) not in found and id(before) in found and id(after) in found:
                boxes = found[id(before)], found[id(after)]
                letter = max(box.h for box in boxes)
                top, bottom = min(box.y for box in boxes), max(box.bottom for box in boxes)
                spans.append((max(0, top - letter), min(height, bottom + letter)))
    return spans


def _beside(fit: FormFit, height: int, shown: Collection[Label]) -> list[tuple[int, int]]:
    """Rows of labels found beside which a form expects one that may stand anywhere and was not found."""
    rows = [mates[0] for _, mates in _missing_anywhere(fit, shown) if mates]
    return [(max(0, box.y - box.h), min(height, box.bottom + box.h)) for box in rows]


def beside_missing(fit: FormFit) -> list[Box]:
    """Boxes of labels that were found where another one beside them was not, though it may stand anywhere.

    That is the foot of a page: a stamp that lies over a signature often lies over its heading too.
    """
    return [box for _, mates in _missing_anywhere(fit, fit.form.labels) for box in mates]


def _missing_anywhere(fit: FormFit, shown: Collection[Label]) -> list[tuple[Label, list[Box]]]:
    """Labels not found that may stand anywhere, each with the boxes of those found that stand in its line."""
    found = {id(anchor.label): anchor.sighting.box for anchor in fit.anchors}
    return [
        (label, [found[id(o)] for o in block.labels if id(o) in found and abs(o.near - label.near) <= BESIDE])
        for block in fit.form.blocks[1:]
        if block.anywhere
        for label in block.labels
        if _required(label, shown) and id(label) not in found
    ]


def _required(label: Label, shown: Collection[Label] = ()) -> bool:
    return bool(label.asked) and not label.tick and (not label.optional or label in shown)


def _placed(word: PrintedWord, top: int) -> PrintedWord:
    """A word of a strip of the page that begins at a row, where it stands on the page."""
    return replace(word, box=replace(word.box, y=top + word.box.y))


def _covered(word: PrintedWord, found: list[PrintedWord]) -> bool:
    """Whether the second reading has a word at the same place, or inside of what the first took for one."""
    return any(_holds(other.box, word.box) or _holds(word.box, other.box) for other in found)


def _holds(box: Box, other: Box) -> bool:
    """Whether a box holds another's middle."""
    x, y = other.x + other.w / 2, other.y + other.h / 2
    return box.x <= x <= box.right and box.y <= y <= box.bottom
