"""The lines of a page as the recogniser reads them whole, and where wordings stand in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline.elements import Box
from pipeline.recognise.handwriting import columns_of_frames
from pipeline.recognise.spotting import SpottedLine
from pipeline.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.forms.fit import FormFit
    from pipeline.recognise.handwriting import LineRecogniser

LEAST: Final = -1.5
LEAST_SHORT: Final = -0.5
SHORT: Final = 5
"""Mean log-likelihood ratio of a wording's letters from which on it stands in a line, and of one of so few
letters. On 42 pages 99.8 % of the longer labels that stood in a line had more, of others one in 3,000."""
SURE: Final = -0.3
"""From there on no other line is looked at for that wording. Two in five that stood there had as much."""
HALF: Final = 1.0
"""Heights of a letter above and below the middle of a line that are read."""
MOST: Final = 16
EACH: Final = 5
"""Lines that are read so on one page, and for one label."""
MOST_STARTS: Final = 8
"""Starts of other lines that are."""
GAP: Final = 2.0
"""Heights of a letter without ink that part a line."""
AIR: Final = 0.4
"""Heights of a letter around a part that are read with it."""
FREE: Final = 0.12
"""Heights of a letter without ink that end a word."""
REACH: Final = 0.6
"""Heights of a letter from the middle of a wording's last letter within which it ends."""
PRINTED: Final = 0.75
"""Width of a printed letter, in heights of one, at the most."""
TALL: Final = 1.5
"""Heights of a letter that the first word of a line may have to pass for print."""
LOW: Final = 0.6
"""Heights of a letter that a line has at the least."""
ZONE: Final = 3.0
"""Heights of a letter behind the leftmost label in which a line that was not read is looked for."""
SAME_ROW: Final = 0.7
"""Heights of a letter between the middles of a label and of the line that it stands in."""
NEVER: Final = -30.0


@dataclass(frozen=True, slots=True)
class Found:
    """A wording with its box on the page, how much that says, and whether nothing else can say as much."""

    wording: str
    box: Box
    weight: float
    sure: bool


@dataclass(frozen=True)
class _Letters:
    """What was read in a line, with the column of the page for every frame."""

    spots: SpottedLine
    columns: NDArray[np.float64]


class PageLines:
    """The lines of a page. Each is read when it is first asked for, ``MOST`` of them where nothing tells."""

    def __init__(
        self,
        image: NDArray[np.uint8],
        ink: NDArray[np.uint8],
        fit: FormFit,
        recogniser: LineRecogniser,
    ) -> None:
        """Take a page.

        Args:
            image: grey page without leaders, uint8 (rows, columns).
            ink: mask of its strokes.
            fit: a form that fits it, at least one of whose labels was found.
            recogniser: reads the lines.
        """
        self._image, self._ink, self._recogniser = image, ink, recogniser
        self._space = recogniser.charset.index(" ") + 1
        self._high = float(np.median([anchor.sighting.box.h for anchor in fit.anchors]))
        self._known = [anchor.sighting.box for anchor in fit.anchors]
        self._labels: dict[int, list[Box]] = {line.index: [] for line in fit.lines}
        for anchor in fit.anchors:
            self._labels[anchor.sighting.line].append(anchor.sighting.box)
        self._first = {line.index: line.words[0].box for line in fit.lines}
        # Print tells the row of a line better than what is written on it.
        self._middles = {
            line.index: float(
                np.median([box.y + box.h / 2 for box in self._labels[line.index]] or [line.middle])
            )
            for line in fit.lines
        }
        self._add_unread()
        self._read: dict[int, _Letters] = {}
        self._starts = 0

    def _add_unread(self) -> None:
        """Add the lines in which the engine for print read nothing: what begins where labels begin."""
        high = self._high
        left = min(box.x for box in self._known)
        zone = self._ink[:, max(0, left - round(high)) : left + round(ZONE * high)]
        inked = np.asarray((zone > 0).any(axis=1))
        for first, last in _spans(inked, round(AIR * high), 0):
            middle = (first + last) / 2
            near = min((abs(middle - other) for other in self._middles.values()), default=np.inf)
            if LOW * high < last - first < TALL * high and near > high:
                columns = np.flatnonzero((zone[first:last] > 0).any(axis=0))
                line = max(self._middles, default=-1) + 1
                start = max(0, left - round(high)) + int(columns[0])
                self._first[line] = Box(start, first, int(columns[-1] - columns[0]) + 1, last - first)
                self._middles[line], self._labels[line] = middle, []

    def between(self, top: float, bottom: float, place: float, *, beside: bool = False) -> list[int]:
        """Lines whose middles lie between two rows, the one nearest to a third first.

        Those at whose start a label is known come last: what is missing is most often the first of its line.
        Not where it may well stand ``beside`` others, as the headings do under which people sign.
        """
        lines = [line for line, middle in self._middles.items() if top < middle < bottom]
        return sorted(
            lines, key=lambda line: (not beside and self._begins(line), abs(self._middles[line] - place))
        )

    def _begins(self, line: int) -> bool:
        """Whether a line is known to begin with a label."""
        return any(box.x < self._first[line].right for box in self._labels[line])

    def few(self, lines: Sequence[int]) -> list[int]:
        """Of some lines those that were read before, and the first few others."""
        fresh = [line for line in lines if line not in self._read][:EACH]
        return [line for line in lines if line in self._read or line in fresh]

    def find(self, line: int, wordings: Sequence[str], *, told: bool = False) -> Found | None:
        """The wording that says most in a line, apart from the labels known there; None where none does.

        ``told``: something on the page says that it stands there, so that the line is read in any case.
        """
        if line not in self._read:
            if len(self._read) >= MOST and not told:
                return None
            self._read[line] = self._letters(line, 0, self._image.shape[1])
        return self._best(line, self._read[line], wordings, LEAST_SHORT)

    def find_if_read(self, line: int, wordings: Sequence[str]) -> Found | None:
        """The same where the line was read before; else only at its start, if that may be print."""
        if line in self._read:
            return self.find(line, wordings)
        word = self._first[line]
        if self._begins(line) or word.h > TALL * self._high or self._starts == MOST_STARTS:
            return None
        self._starts += 1
        width = PRINTED * self._high * (1 + max(len(wording) for wording in wordings))
        letters = self._letters(line, word.x - round(AIR * self._high), word.x + round(width))
        return self._best(line, letters, wordings, LEAST)

    def _letters(self, line: int, first: int, last: int) -> _Letters:
        """What stands in a line beside its labels, a space where something is left out.

        Over a wide gap the recogniser loses the place of what follows it.
        """
        high, middle = self._high, self._middles[line]
        rows = slice(max(0, round(middle - HALF * high)), round(middle + HALF * high))
        inked = np.asarray((self._ink[rows] > 0).any(axis=0))
        inked[: max(0, first)], inked[last:] = False, False
        # Those of other lines as well: high writing in a row may make two lines of it.
        for box in self._known:
            if abs(box.y + box.h / 2 - middle) < SAME_ROW * high:
                inked[box.x : box.right] = False
        spans = _spans(inked, round(GAP * high), round(AIR * high))
        parts = [self._image[rows, left:right] for left, right in spans]
        space = np.full((1, len(self._recogniser.charset) + 1), NEVER, np.float32)
        space[0, self._space] = 0.0
        matrices, columns = [space], [np.zeros(1)]
        read = self._recogniser.log_probabilities(parts)
        for matrix, part, (left, right) in zip(read, parts, spans, strict=True):
            matrices += [matrix, space]
            within = left + columns_of_frames(np.arange(len(matrix)), part.shape)
            columns += [within, np.array([float(right)])]
        spots = SpottedLine(np.concatenate(matrices), self._recogniser.charset)
        return _Letters(spots, np.concatenate(columns))

    def _best(
        self, line: int, letters: _Letters, wordings: Sequence[str], least_short: float
    ) -> Found | None:
        best: Found | None = None
        for wording in wordings:
            seen = letters.spots.spot(wording)
            if seen is None:
                continue
            count = len(fold(wording))
            weight = count * (seen.score - (LEAST if count > SHORT else least_short))
            if weight > (best.weight if best is not None else 0.0):
                left, right = letters.columns[[seen.first, seen.last]].tolist()
                best = Found(wording, self._box(line, left, right), weight, seen.score > SURE)
        return best

    def _box(self, line: int, left: float, right: float) -> Box:
        """Box of a wording whose first and last letter stand at two columns: as far as they go on."""
        high, middle = self._high, self._middles[line]
        rows = slice(max(0, round(middle - 0.5 * high)), round(middle + 0.5 * high))
        inked = np.asarray((self._ink[rows] > 0).any(axis=0))
        first, last = (int(np.clip(round(edge), 0, len(inked) - 1)) for edge in (left, right))
        start = first - _run(inked[: first + 1][::-1], high)
        end = last + _run(inked[last:], high)
        within = np.flatnonzero(inked[start:end])
        if len(within):  # the recogniser may name a letter a little before or behind it
            start, end = start + int(within[0]), start + int(within[-1]) + 1
        return Box(start, self._top(middle, start, end), end - start, round(high))

    def _top(self, middle: float, start: int, end: int) -> int:
        """First row of print between two columns: where as many rows as a label has hold most ink.

        High writing beside it may have told a wrong row of the line.
        """
        high = round(self._high)
        first = max(0, round(middle - 1.5 * self._high))
        rows = np.asarray((self._ink[first : round(middle + 1.5 * self._high), start:end] > 0).sum(axis=1))
        if len(rows) < high:
            return round(middle - self._high / 2)
        held = np.convolve(rows, np.ones(high), "valid")
        best = np.flatnonzero(held == held.max()) + first
        return int(best[np.abs(best + high / 2 - middle).argmin()])


def _spans(inked: NDArray[np.bool_], gap: int, air: int) -> list[tuple[int, int]]:
    """Stretches of columns with ink, with some air, none with a wide gap in it."""
    columns = np.flatnonzero(inked)
    if not len(columns):
        return []
    breaks = np.flatnonzero(np.diff(columns) > gap)
    starts, ends = columns[np.r_[0, breaks + 1]], columns[np.r_[breaks, len(columns) - 1]]
    return [
        (max(0, int(start) - air), min(len(inked), int(end) + air + 1))
        for start, end in zip(starts, ends, strict=True)
    ]


def _run(inked: NDArray[np.bool_], high: float) -> int:
    """Columns until a gap that ends a word."""
    free, most = max(2, round(FREE * high)), round(REACH * high)
    gap = 0
    for column, dark in enumerate(inked[: most + free].tolist()):
        gap = 0 if dark else gap + 1
        if gap >= free:
            return column - gap + 1
    return most
