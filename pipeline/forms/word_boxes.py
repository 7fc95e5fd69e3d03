"""Boxes of printed words, set right where the engine drew them around more than the word."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from rapidfuzz import fuzz

from pipeline.elements import Box
from pipeline.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.recognise.tesseract import PrintedWord

_LABEL_END: Final = re.compile(
    r"(?<=[^\W\d])(?::|(?=[.…_·]{2})|(?=[.…_·]\d))|[.…_·]{2,}(?=[^.…_·])|(?<=[^\W\d])[.…_·](?=\d)"
)
"""Where a label ends inside of a word: at a colon, at leader dots, at a dot before a figure ("ngày.16")."""
_TIGHT: Final = 0.35
"""Least width of a letter in heights of a word: a box that is cut shorter was no word's."""
_HIGHEST: Final = 1.6
"""Greatest height of a printed word in heights of a usual one."""
_HIGH: Final = 1.3
_SINKS: Final = 0.5
"""Height of a word that a box may be drawn around too much of, and how far that sinks below the next one's
bottom, in heights of a usual word: a "g" has half of its letter's height under its row."""
_SURE: Final = 90.0
_LONG: Final = 3
_ENOUGH: Final = 8
"""Confidence and letters from which on a word surely is print, and how many of them tell its width."""
_LOOSE: Final = 1.05
_TOO_WIDE: Final = 1.45
"""Width of a word in those of its letters, and in that again from which on its box is too wide."""
_GLUED: Final = 2
_WIDER: Final = 1.25
"""Letters by which a label was read longer than it is, and its width in those of its letters, from which on
something else was read with it."""
_NARROW: Final = 0.45
"""Width of a dot or colon in widths of a letter."""


def is_print(word: PrintedWord) -> bool:
    """Whether a word surely is print: long enough, and read by the engine for print without doubt."""
    return word.confidence >= _SURE and len(word.text) >= _LONG


def separate(words: Sequence[PrintedWord]) -> list[PrintedWord]:
    """Words cut where an engine glued a label, its colon or its leader dots to what was written after it.

    A label up to its colon is as wide as its letters are in print elsewhere on the page: what is written
    after it may be twice as wide a letter, and shared out evenly the label would swallow its first figure.
    """
    parts: list[PrintedWord] = []
    printed = width_of_a_letter(words)
    for word in words:
        ends = [match.end() for match in _LABEL_END.finditer(word.text) if match.end() < len(word.text)]
        if not ends:
            parts.append(word)
            continue
        widths = _widths(word.text)
        scales = [word.box.w / sum(widths)] * len(widths)
        label = printed * sum(widths[: ends[0]])
        if word.text[ends[0] - 1] == ":" and 0 < label < word.box.w:
            rest = (word.box.w - label) / sum(widths[ends[0] :])
            scales = [printed] * ends[0] + [rest] * (len(widths) - ends[0])
        edges = [word.box.x, *(word.box.x + np.cumsum(np.multiply(widths, scales)))]
        for start, end in pairwise([0, *ends, len(word.text)]):
            left, right = round(edges[start]), round(edges[end])
            box = Box(left, word.box.y, max(1, right - left), word.box.h)
            parts.append(replace(word, text=word.text[start:end], box=box))
    return parts


def _widths(text: str) -> list[float]:
    """How wide each letter is, in widths of a usual one."""
    return [_NARROW if letter in ".:,…·'" else 1.0 for letter in text]


def width_of_a_letter(words: Sequence[PrintedWord]) -> float:
    """Columns of a usual letter in words that are surely print; 0 where there are too few of them."""
    sure = [
        word.box.w / sum(_widths(word.text))
        for word in words
        if is_print(word) and not _LABEL_END.search(word.text[:-1])
    ]
    return float(np.median(sure)) if len(sure) >= _ENOUGH else 0.0


def as_high(words: Sequence[PrintedWord], usual: float) -> list[PrintedWord]:
    """The words of a line, those whose boxes are far too high with the rows of the nearest that is not.

    The engine draws some boxes around more than the word; such a label would tell a wrong row. So would one
    that it did not read well and whose box, high as it is, sinks below its neighbour's.
    """
    normal = [word for word in words if word.box.h <= _HIGHEST * usual]
    level = []
    for word in words:
        box = word.box
        if box.h > _HIGH * usual:
            others = [other.box for other in normal if other is not word]
            near = min(others, key=lambda other: abs(other.x - box.x), default=box)
            sinks = word.confidence < _SURE and box.bottom > near.bottom + _SINKS * usual
            if sinks or box.h > _HIGHEST * usual:
                word = replace(word, box=Box(box.x, near.y, box.w, near.h))
        level.append(word)
    return level


def parted(words: Sequence[PrintedWord], usual: float, letter: float) -> list[PrintedWord]:
    """The words of a line, none much wider than its letters are, none reaching over the start of the next.

    The engine draws some boxes too wide: a label's would swallow the first word written after it. That may
    have been read as a word of its own, which may begin late, or not at all: the "1" of "15" and the "20" of
    "3 giờ 20" were lost with their labels.

    Args:
        words: from left to right.
        usual: height of a usual word.
        letter: columns of a letter in print on the page; 0 where nobody knows.
    """
    found = list(words)
    for i, word in enumerate(words):
        own = round(_LOOSE * letter * sum(_widths(word.text)))
        room = words[i + 1].box.x - word.box.x if i + 1 < len(words) else word.box.w + 1
        over = word.box.w > room >= _TIGHT * usual * len(word.text)
        wide = len(word.text) >= _LONG and word.text[1:].islower() and word.box.w > _TOO_WIDE * own
        if own and (over or wide):
            found[i] = replace(word, box=replace(word.box, w=min(room - 1, own) if over else own))
        elif over:
            found[i] = replace(word, box=replace(word.box, w=room - 1))
    return found


def label_box(words: Sequence[PrintedWord], wording: str, letter: float, end: float = np.inf) -> Box:
    """Box around the words of a label.

    With it goes the room of its last words where the engine passed those over: what is printed there would
    otherwise be taken for writing, and "Chức" alone is the "Chức" of "Chức vụ". Words were not passed over
    but glued where what was read is more like all of the wording than like its first words ("Nơictú:"); and
    none stand where the next word of the line begins. What was written right behind the label and read as the
    end of its last word ("tịch>/4ÊE" of "Quốc tịch") is no part of it.

    Args:
        words: from left to right.
        wording: what the label says.
        letter: columns of a letter in print on the page; 0 where nobody knows.
        end: column at which the next word of the line begins.
    """
    box = words[0].box.union(*(word.box for word in words))
    asked, read = wording.split(), fold("".join(word.text for word in words))
    missing = len(fold(wording)) - len(read)
    if len(words) < len(asked) and missing > 1 and fuzz.ratio(fold(words[-1].text), fold(asked[-1])) < 50.0:
        cut_off = fuzz.ratio(read, fold("".join(asked[: len(words)]))) >= fuzz.ratio(read, fold(wording))
        wide = replace(box, w=round(box.w * (1 + (missing + 1) / len(read))))
        return wide if cut_off and wide.right < end else box
    own = round(_LOOSE * letter * sum(_widths(wording)))
    return replace(box, w=own) if -missing >= _GLUED and box.w > _WIDER * own > 0 else box
