"""A scanned page -> the draft of a form file: the labels printed on it, for a person to say what each asks.

What is known from other forms helps: a wording that some form has is taken in that form's spelling, and the
kind of what is written after it is guessed from there. Names of fields are never guessed: two registers may
ask for two different people by one label. They stand beside it as a remark, for a person to choose from.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline import ink as inks
from pipeline.clean import clean
from pipeline.elements import Box, FieldKind
from pipeline.forms.library import all_forms
from pipeline.forms.lines import LONGEST_LABEL, all_sightings, apart, visual_lines
from pipeline.page_kind import is_noise
from pipeline.recognise.tesseract import words_of
from pipeline.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.forms.form import Label
    from pipeline.forms.lines import Sighting, VisualLine
    from pipeline.recognise.tesseract import PrintedWord

TURNS: Final = (0, 180, 90, 270)
READABLE: Final = 120
"""Letters read for certain from which on a page needs no look the other way up."""
SURE: Final = 60.0
"""Confidence of the engine for print from which on a word is taken for print and not for writing."""
KNOWN: Final = 0.8
"""Score from which on a wording of another form is believed to stand here."""
SHORTEST: Final = 3
"""Letters of the shortest label that no other form knows."""
WIDE: Final = 3.0
"""Heights of a letter between two words that belong to two labels."""
TALL_GAP: Final = 1.7
"""Line pitches between two labels from which on the first one's writing may take more lines."""
MOST_LINES: Final = 3


@dataclass(frozen=True, slots=True)
class ProposedLabel:
    """A label found on a page.

    ``known`` are labels of other forms with this wording. ``ends``: a colon or a leader follows it.
    """

    text: str
    box: Box
    line: int
    known: tuple[Label, ...]
    ends: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """Labels of a page from top to bottom, the page's height in pixels, and which register it may be of."""

    labels: tuple[ProposedLabel, ...]
    height: int
    register_type: str


def propose(image: NDArray[np.uint8]) -> Proposal:
    """Find the printed labels of a page; best on one that nobody has filled in.

    Args:
        image: the page as scanned, (rows, columns, 3) BGR uint8.

    Raises:
        TesseractMissing: when tesseract or its Vietnamese data is not installed.
    """
    words, height = _upright_words(image)
    lines = visual_lines(words)
    known: dict[str, list[Label]] = {}
    for form in all_forms():
        for label in form.labels:
            for text in label.text:
                known.setdefault(text, []).append(label)
    seen = [
        s
        for s in apart(all_sightings(lines, sorted(known)))
        if s.score >= KNOWN and (_says(s, lines) or not all(label.part for label in known[s.wording]))
    ]
    labels = [_of_sighting(s, lines, known) for s in _single(seen)]
    taken = {(s.line, i) for s in seen for i in range(s.first, s.last + 1)}
    for line in lines:
        labels += _unknown(line, {i for number, i in taken if number == line.index})
    labels = sorted(labels, key=lambda label: (label.line, label.box.x))
    return Proposal(tuple(labels), height, _register(labels))


def _upright_words(image: NDArray[np.uint8]) -> tuple[list[PrintedWord], int]:
    best: tuple[int, list[PrintedWord], int] | None = None
    for turned in TURNS:
        page = clean(image, turned)
        ink = inks.separate(page.grey)
        words = [] if is_noise(ink) else words_of(inks.paint_over(page.grey, ink.furniture))
        letters = sum(len(fold(word.text)) for word in words if word.confidence >= SURE)
        if best is None or letters > best[0]:
            best = letters, words, page.height
        if letters >= READABLE:
            break
    if best is None:
        raise AssertionError("four turns were looked at")
    return best[1], best[2]


def _says(sighting: Sighting, lines: Sequence[VisualLine]) -> bool:
    """Whether just this wording was read: "Nam" is no "năm", and a date's gaps have short names."""
    words = lines[sighting.line].words[sighting.first : sighting.last + 1]
    return " ".join(word.text for word in words).strip(" .:,…").casefold() == sighting.wording.casefold()


def _single(seen: Sequence[Sighting]) -> list[Sighting]:
    """One sighting for each place: of wordings that tie the longest."""
    best: dict[tuple[int, int, int], Sighting] = {}
    for sighting in seen:
        place = sighting.line, sighting.first, sighting.last
        if place not in best or (sighting.score, len(sighting.wording)) > (
            best[place].score,
            len(best[place].wording),
        ):
            best[place] = sighting
    return list(best.values())


def _of_sighting(
    sighting: Sighting, lines: Sequence[VisualLine], known: dict[str, list[Label]]
) -> ProposedLabel:
    last = lines[sighting.line].words[sighting.last]
    return ProposedLabel(
        sighting.wording, sighting.box, sighting.line, tuple(known[sighting.wording]), _ends(last.text)
    )


def _ends(text: str) -> bool:
    return text.rstrip(" .…_").endswith(":") or text.endswith(("..", "…", "_"))


def _unknown(line: VisualLine, taken: set[int]) -> list[ProposedLabel]:
    """Runs of printed words of a line that no form knows: up to a colon, or alone on their place."""
    found: list[ProposedLabel] = []
    run: list[PrintedWord] = []

    def close(*, ends: bool) -> None:
        text = " ".join(word.text for word in run).strip(" .:;,…_-()")
        letters = fold(text)
        long_enough = len(letters) >= SHORTEST and not any(c.isdigit() for c in letters)
        sure = run and float(np.mean([word.confidence for word in run])) >= SURE
        if sure and long_enough and len(run) <= LONGEST_LABEL and (ends or len(run) > 1):
            box = run[0].box.union(*(word.box for word in run))
            found.append(ProposedLabel(text, box, line.index, (), ends))
        run.clear()

    for i, word in enumerate(line.words):
        if i in taken or word.confidence < SURE or not fold(word.text):
            close(ends=False)
            continue
        if run and word.box.x - run[-1].box.right > WIDE * max(word.box.h, run[-1].box.h):
            close(ends=False)
        run.append(word)
        if _ends(word.text):
            close(ends=True)
    close(ends=False)
    return found


def _register(labels: Sequence[ProposedLabel]) -> str:
    """The register whose forms know most of the labels."""
    letters: Counter[str] = Counter()
    for form in all_forms():
        texts = {text for label in form.labels for text in label.text}
        share = sum(len(fold(label.text)) for label in labels if label.text in texts)
        letters[form.type] = max(letters[form.type], share)
    return letters.most_common(1)[0][0] if letters and labels else ""


def guessed_kind(label: ProposedLabel) -> FieldKind | None:
    """The kind that all forms agree on for this wording; None where they differ or none has it."""
    kinds = {known.kind for known in label.known if known.asked}
    return kinds.pop() if len(kinds) == 1 else None


def lines_after(label: ProposedLabel, labels: Sequence[ProposedLabel], pitch: float) -> int:
    """Over how many lines the writing after a label may run, from where the next label stands."""
    if any(other.line == label.line and other.box.x > label.box.x for other in labels):
        return 1
    below = [other.box.y - label.box.y for other in labels if other.line > label.line]
    gap = min(below, default=0) / max(1.0, pitch)
    return min(MOST_LINES, round(gap)) if gap >= TALL_GAP else 1


def pitch_of(labels: Sequence[ProposedLabel]) -> float:
    """Rows between two lines of labels, in pixels."""
    tops = sorted({label.line: label.box.y for label in labels}.values())
    gaps = [b - a for a, b in pairwise(tops) if b > a]
    return float(np.percentile(gaps, 25)) if gaps else 60.0
