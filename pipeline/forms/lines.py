"""Printed words -> visual lines -> places where a printed label may stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from rapidfuzz import fuzz, process

from pipeline.elements import Box
from pipeline.forms.word_boxes import as_high, is_print, label_box, parted, separate, width_of_a_letter
from pipeline.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.recognise.tesseract import PrintedWord

LONGEST_LABEL: Final = 18
"""Words of the longest wording that is looked for."""
_WORD_SPACE: Final = 1.2
"""Widest space between words of one text in heights of a word."""
_LOWEST: Final = 0.4
"""Least height of a word in heights of a usual one: the marks of letters are read as words of their own at
times, and one that stands between two words of a label would part it."""
_NEARLY: Final = 0.9
"""From this score on a longer wording stands at a place, and not one that is but the start of it."""
_FAIRLY: Final = 0.8
_SHORT: Final = 3
"""The same for a wording of so few letters that is but the end of a longer one."""
_MORE: Final = 6
"""Letters by which it must be longer where no colon ends it, so that a word written after the label makes no
other label of it."""
_GLUED: Final = 90.0
"""Likeness to a wording from which on fewer words than it has are all of it, its spaces passed over."""
_AS_LONG: Final = 80.0
"""The same where both have as many letters, or nearly."""


@dataclass(frozen=True, slots=True)
class VisualLine:
    """Words that stand on one line of the page, from left to right."""

    index: int
    words: tuple[PrintedWord, ...]

    @property
    def middle(self) -> float:
        """Row through the middle of its words."""
        return float(np.median([word.box.y + word.box.h / 2 for word in self.words]))


@dataclass(frozen=True, slots=True)
class Sighting:
    """A wording that stands, more or less, at a place of the page.

    ``score`` is 0 to 1. ``closed``: a colon ends it, so that nothing of it was written by hand.
    """

    wording: str
    line: int
    first: int
    last: int
    box: Box
    score: float
    closed: bool = False

    @property
    def weight(self) -> float:
        """How much it says: long wordings read well say most."""
        letters = len(fold(self.wording))
        return self.score**4 * (min(1.0, 0.25 + letters / 16) + 0.004 * letters)


def visual_lines(words: Sequence[PrintedWord]) -> list[VisualLine]:
    """Words gathered into lines by their height on the page, whatever blocks the engine saw.

    A word joins a line when its middle is within half a letter's height of the line's last word, so that a
    line that still leans a little stays one line, or of the last that surely is print: writing leaves its
    line.
    """
    usable = [word for word in separate(words) if fold(word.text)]
    if not usable:
        return []
    heights = [word.box.h for word in usable if len(word.text) > 1]
    usual = float(np.median(heights)) if heights else 20.0
    lines: list[list[PrintedWord]] = []
    ends: list[tuple[float, float | None]] = []  # middles of each line's last word and its last in print
    for word in sorted(usable, key=lambda w: w.box.x):
        if not _LOWEST * usual <= word.box.h <= 4 * usual:
            continue
        middle = word.box.y + word.box.h / 2
        best, distance = None, 0.6 * usual
        for i, (last, printed) in enumerate(ends):
            gap = min(abs(last - middle), abs((last if printed is None else printed) - middle))
            if gap < distance:
                best, distance = i, gap
        if best is None:
            best = len(lines)
            lines.append([])
            ends.append((middle, None))
        lines[best].append(word)
        ends[best] = middle, middle if is_print(word) else ends[best][1]
    lines.sort(key=lambda line: float(np.median([w.box.y + w.box.h / 2 for w in line])))
    letter = width_of_a_letter(usable)
    return [VisualLine(i, tuple(parted(as_high(line, usual), usual, letter))) for i, line in enumerate(lines)]


def _ends_alike(words: Sequence[PrintedWord], wording: str) -> bool:
    """Whether first and last word are like the wording's own: "Họ và tên Phạm" is no "Họ và tên mẹ"."""
    asked = wording.split()
    if len(words) != len(asked):
        return True
    pairs = ((words[0].text, asked[0]), (words[-1].text, asked[-1]))
    least = 70.0 if len(asked) > 2 else 50.0
    return all(fuzz.ratio(fold(read), fold(label)) >= least for read, label in pairs)


def _is_inside(line: VisualLine, first: int, words: Sequence[PrintedWord], wording: str) -> bool:
    """Whether part of a wording stands in the middle of writing: "Lại Như Trang" has no "Trang số"."""
    if first == 0 or len(words) >= len(wording.split()):
        return False
    read, asked = fold("".join(word.text for word in words)), fold(wording)
    if fuzz.ratio(read, asked) >= (_GLUED if abs(len(read) - len(asked)) > 1 else _AS_LONG):
        return False  # "cấpngày" is all of it, and so is "pântộc" of "Dân tộc"
    before = line.words[first - 1]
    near = words[0].box.x - before.box.right < _WORD_SPACE * max(before.box.h, words[0].box.h)
    return near and not before.text.endswith(":")


def _least_score(letters: int) -> float:
    """A short wording must be read better than a long one to be believed."""
    return 0.84 if letters <= 4 else 0.77 if letters <= 8 else 0.72


def sightings(lines: Sequence[VisualLine], wordings: Sequence[str]) -> list[Sighting]:
    """Where each wording may stand: the best, non-overlapping places by line."""
    return apart(all_sightings(lines, wordings))


def all_sightings(lines: Sequence[VisualLine], wordings: Sequence[str]) -> list[Sighting]:
    """Every place where a wording may stand, those that say most first; places may overlap.

    Runs of words of every line are compared with every wording, marks and case aside (rapidfuzz), and then
    once more with their marks, which tell "Số" from "so".
    """
    letter = width_of_a_letter([word for line in lines for word in line.words])
    runs: list[tuple[int, int, int]] = []
    folded: list[str] = []
    keys = [fold(wording) for wording in wordings]
    longest = max((len(key) for key in keys), default=0) + 6
    for line in lines:
        parts = [fold(word.text) for word in line.words]
        for first in range(len(parts)):
            text = ""
            for last in range(first, min(len(parts), first + LONGEST_LABEL)):
                text += parts[last]
                if len(text) > longest:
                    break
                if last > first and (_far_apart(line, last) or line.words[last - 1].text.endswith(":")):
                    break  # a label ends at its colon: "Họ và tên: Võ" is no "Họ và tên vợ"
                runs.append((line.index, first, last))
                folded.append(text)
    if not runs or not keys:
        return []
    scores = process.cdist(folded, keys, scorer=fuzz.ratio, score_cutoff=70.0, dtype=np.float32)
    found: list[Sighting] = []
    for run, wording in zip(*np.nonzero(scores), strict=True):
        line_index, first, last = runs[run]
        words = lines[line_index].words[first : last + 1]
        if not _ends_alike(words, wordings[wording]) or _is_inside(
            lines[line_index], first, words, wordings[wording]
        ):
            continue
        marked = fuzz.ratio(
            " ".join(word.text for word in words).casefold().strip(" .:…,;()-"),
            wordings[wording].casefold().strip("()"),
        )
        score = float(0.7 * scores[run, wording] + 0.3 * marked) / 100
        if score >= _least_score(len(keys[wording])):
            after = lines[line_index].words[last + 1 : last + 2]
            box = label_box(words, wordings[wording], letter, after[0].box.x if after else np.inf)
            closed = words[-1].text.endswith(":")
            found.append(Sighting(wordings[wording], line_index, first, last, box, score, closed))
    return sorted(found, key=lambda item: -item.weight)


def apart(found: Sequence[Sighting]) -> list[Sighting]:
    """The places of one form that do not overlap, line by line.

    Args:
        found: places, those that say most first. Of two that overlap the first stays; wordings that tie at
            one place all stay.
    """
    kept: list[Sighting] = []
    for item in _whole(found):
        rivals = [k for k in kept if k.line == item.line and k.first <= item.last and item.first <= k.last]
        if all((k.first, k.last) == (item.first, item.last) and k.score - item.score < 0.05 for k in rivals):
            kept.append(item)
    return sorted(kept, key=lambda item: (item.line, item.first))


def _whole(found: Sequence[Sighting]) -> list[Sighting]:
    """The places without those of a wording that is but the start of a longer one, read well, at that place.

    What is left over of the longer one would pass for writing; and read a little worse, as longer ones mostly
    are, it says less than the short one does. So does its end: "lrang số" is no "Số".
    """
    longer: dict[tuple[int, int], list[Sighting]] = {}
    ends: dict[tuple[int, int], list[str]] = {}
    for item in found:
        if item.score >= _NEARLY:
            longer.setdefault((item.line, item.first), []).append(item)
        if item.score >= _FAIRLY and item.last - item.first + 1 == len(item.wording.split()):
            ends.setdefault((item.line, item.last), []).append(fold(item.wording))
    return [
        item
        for item in found
        if not _is_start(item, longer.get((item.line, item.first), ()))
        and not _is_end(item, ends.get((item.line, item.last), ()))
    ]


def _is_start(item: Sighting, longer: Sequence[Sighting]) -> bool:
    key = fold(item.wording)
    for other in longer:
        wording = fold(other.wording)
        least = 1 if other.closed and other.last > item.last else _MORE
        if wording.startswith(key) and len(wording) - len(key) >= least:
            return True
    return False


def _is_end(item: Sighting, longer: Sequence[str]) -> bool:
    key = fold(item.wording)
    return len(key) <= _SHORT and any(len(other) > len(key) and other.endswith(key) for other in longer)


def _far_apart(line: VisualLine, word: int) -> bool:
    """Whether a gap wider than a label's word space lies before this word of the line."""
    before, after = line.words[word - 1].box, line.words[word].box
    return after.x - before.right > 3.0 * max(before.h, after.h)
