"""A second look for labels that the first reading of the page missed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from pipeline.elements import Box
from pipeline.forms.fit import fit_form
from pipeline.forms.lines import visual_lines
from pipeline.recognise.tesseract import PrintedWord, words_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.forms.fit import FormFit
    from pipeline.forms.form import Label

ENLARGED: Final = 1.5
BLOCK_MODE: Final = 6
"""Page segmentation mode "one block of text": what sparse text mode passed over, this one takes up."""
MOST_STRIPS: Final = 4
BESIDE: Final = 0.005
"""Part of the page's height between labels of a form that stand on one line."""


def look_again(
    image: NDArray[np.uint8], words: list[PrintedWord], fit: FormFit
) -> tuple[list[PrintedWord], FormFit]:
    """Read the strips of the page in which required labels are missing once more, larger.

    Args:
        image: grey page without leaders.
        words: what was read on it.
        fit: the form as it fits so far.

    Returns:
        All words and the better fit: the ones given where nothing is missing or nothing more was found.
    """
    strips = _strips(fit, image.shape[0])
    if not strips:
        return words, fit
    more = list(words)
    for top, bottom in strips:
        part = cv2.resize(image[top:bottom], None, fx=ENLARGED, fy=ENLARGED, interpolation=cv2.INTER_CUBIC)
        found = [_placed(word, top) for word in words_of(np.asarray(part, np.uint8), BLOCK_MODE)]
        more = [
            w for w in more if not top <= w.box.y + w.box.h / 2 < bottom or not _covered(w, found)
        ] + found
    again = fit_form(visual_lines(more), image.shape[0], fit.form)
    return (more, again) if again.share > fit.share else (words, fit)


def _strips(fit: FormFit, height: int) -> list[tuple[int, int]]:
    """Rows between the labels found before and after each missing one, merged, the first few."""
    found = {id(anchor.label): anchor.sighting.box for anchor in fit.anchors}
    labels = [label for block in fit.form.blocks if not block.anywhere for label in block.labels]
    numbers = [label for block in fit.form.blocks[:1] for label in block.labels]
    spans = []
    for group in (numbers, labels):
        for i, label in enumerate(group):
            if _required(label) and id(label) not in found:
                before = [found[id(other)].y for other in group[:i] if id(other) in found]
                after = [found[id(other)].bottom for other in group[i + 1 :] if id(other) in found]
                letter = max((box.h for box in found.values()), default=30)
                if group is numbers:
                    rows = [found[id(other)] for other in group if id(other) in found]
                    top = min((box.y for box in rows), default=0)
                    bottom = max((box.bottom for box in rows), default=height // 6)
                else:
                    top, bottom = max(before, default=0), min(after, default=height)
                top, bottom = min(top, bottom), max(top, bottom)
                spans.append((max(0, top - letter), min(height, bottom + letter)))
    spans += _beside(fit, height)
    merged: list[tuple[int, int]] = []
    for top, bottom in sorted(spans):
        if bottom - top > height // 3:
            continue
        if merged and top <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(bottom, merged[-1][1]))
        else:
            merged.append((top, bottom))
    return merged[:MOST_STRIPS]


def _beside(fit: FormFit, height: int) -> list[tuple[int, int]]:
    """Rows of labels found beside which a form expects one that may stand anywhere and was not found."""
    found = {id(anchor.label): anchor.sighting.box for anchor in fit.anchors}
    spans = []
    for block in fit.form.blocks[1:]:
        for label in block.labels if block.anywhere else ():
            if _required(label) and id(label) not in found:
                mates = [
                    found[id(o)]
                    for o in block.labels
                    if id(o) in found and abs(o.near - label.near) <= BESIDE
                ]
                spans += [(max(0, box.y - box.h), min(height, box.bottom + box.h)) for box in mates[:1]]
    return spans


def _required(label: Label) -> bool:
    return bool(label.asked) and not label.optional and not label.tick


def _placed(word: PrintedWord, top: int) -> PrintedWord:
    """A word of an enlarged strip in the page's own pixels."""
    box = word.box
    scaled = Box(
        round(box.x / ENLARGED),
        top + round(box.y / ENLARGED),
        round(box.w / ENLARGED),
        round(box.h / ENLARGED),
    )
    return PrintedWord(word.text, scaled, word.confidence)


def _covered(word: PrintedWord, found: list[PrintedWord]) -> bool:
    """Whether the second reading has a word at the same place."""
    x, y = word.box.x + word.box.w / 2, word.box.y + word.box.h / 2
    return any(o.box.x <= x <= o.box.right and o.box.y <= y <= o.box.bottom for o in found)
