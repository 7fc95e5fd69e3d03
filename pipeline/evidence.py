"""Evidence that a line, its picture and its page give for or against a reading.

Every number is made so that more speaks for the reading, or says what kind of writing it is: of a field in
several gaps the least of each counts (``pipeline.gaps``). ``docs/confidence.md`` lists them.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from rapidfuzz.distance import Levenshtein

from pipeline.elements import FieldKind
from pipeline.fields.choice import LISTS, choose
from pipeline.levels import levels
from pipeline.recognise import ctc
from pipeline.recognise.decode import MODELS, join, tidy
from pipeline.recognise.language import language
from pipeline.text import bare_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from pipeline.elements import Reading

SURE: Final = math.log(0.9)
"""A letter less likely than this is in doubt."""
FURTHEST: Final = 12.0
"""Nats beyond which a difference says nothing more."""
LETTER_OFF: Final = 3.0
"""Nats that a letter counts by which a view of several lines reads something else."""
FIGURES: Final = frozenset({FieldKind.DATE, FieldKind.YEAR, FieldKind.NUMBER, FieldKind.IDENTITY})
BESIDE_FIGURES: Final = frozenset(
    """
    số cmnd cccd cmt gcmnd cmqđ giấy chứng minh nhân dân thẻ căn cước công hộ chiếu passport định danh quân
    đội ngày tháng năm khoảng sinh nơi cấp do tại ca an tỉnh huyện cục qlhc về ttxh tp b c n
    """.split()  # noqa: SIM905 - a list of words is read as words
)
"""Words that stand beside numbers in fields of figures."""
_NO_NAME: Final = re.compile(r"[\d/,;:()–-]")
TYPED: Final = 0.35
"""Mean agreement with the engine for print from which on a page is typed: handwriting reaches 0.1."""


def letters_of(matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """Log-probability of each letter of the best path, in its surest frame.

    Args:
        matrix: log-probabilities (frames, classes) of one line.
    """
    if not len(matrix):
        return np.zeros(0, np.float32)
    classes, best = matrix.argmax(axis=1), matrix.max(axis=1)
    starts = np.flatnonzero(np.diff(classes, prepend=-1))
    surest = np.maximum.reduceat(best, starts)
    return np.asarray(surest[classes[starts] != ctc.BLANK], np.float32)


def of_letters(lines: Sequence[NDArray[np.float32]]) -> dict[str, float]:
    """``letter``: log-probability of the weakest letter; ``unsure``: minus the letters in doubt."""
    letters = np.concatenate([letters_of(matrix) for matrix in lines]) if lines else np.zeros(0)
    return {
        "letter": float(letters.min(initial=0.0)),
        "unsure": -float((letters < SURE).sum()),
        "frames": float(letters.mean()) if len(letters) else 0.0,
    }


def behind(text: str, lines: Sequence[NDArray[np.float32]], charset: str) -> float:
    """How far a text is behind what a view of its lines says by itself, in nats, 0 or less.

    The case of letters and punctuation make no difference. Over several lines a letter counts ``LETTER_OFF``.
    """
    own = join([tidy(ctc.greedy(matrix, charset)) for matrix in lines])
    if bare_key(own) == bare_key(text):
        return 0.0
    if len(lines) != 1:
        return -min(FURTHEST, LETTER_OFF * Levenshtein.distance(bare_key(own), bare_key(text)))
    found, chosen = ctc.log_likelihoods(lines[0], [own, text], charset).tolist()
    if not math.isfinite(chosen) or not math.isfinite(found):
        return -FURTHEST
    return -min(FURTHEST, max(0.0, float(found) - float(chosen)))


def oddest_word(kind: FieldKind, text: str) -> float:
    """Log-probability by letter of the text's oddest word under the prior of its kind; 0 where there is none.

    A syllable that no name and no place has is odd, whatever the rest of the text is like.
    """
    model, _ = MODELS.get(kind, ("", 0.0))
    words = text.split()
    if not model or not words:
        return 0.0
    prior, start, least = language(model), 0, 0.0
    for word in words:
        end = start + len(word)
        score = sum(prior.log_probability(text[:i], text[i]) for i in range(start, end))
        least = min(least, score / len(word))
        start = end + 1
    return least


def listed(kind: FieldKind, text: str) -> float:
    """1 where every word of a list or beside a number is a known one, 0 where one is not, 1 for other kinds.

    A title may be one that no list has, and "CNND 285…" still has a number: neither is likely.
    """
    if kind in LISTS:
        return 1.0 if not text or choose(kind, text).options else 0.0
    if kind in FIGURES:
        words = {word for word in bare_key(text).split() if word.isalpha()}
        return 1.0 if words <= BESIDE_FIGURES else 0.0
    if kind is FieldKind.NAME:
        return 0.0 if _NO_NAME.search(text) or not _plain_name(text) else 1.0
    return 1.0


def _plain_name(text: str) -> bool:
    """Whether no title of an office stands among the words of a name."""
    words = text.split()
    return not any(choose(FieldKind.OFFICE, " ".join(words[i:])).options for i in range(1, len(words)))


def of_picture(lines: Sequence[NDArray[np.uint8]], length: int) -> dict[str, float]:
    """What the crops look like: of a field's lines, the worst.

    ``contrast``: darkness of ink against paper, 0 to 1. ``sharp``: how steep its edges are, 0 to 1 about.
    ``stroke``: width of the pen as a share of the line's height. ``height``: rows of the line, logarithm.
    ``room``: columns for each letter as a share of the line's height, logarithm. ``edge``: minus the share of
    ink in the outermost columns, where writing may have been cut off.

    Args:
        lines: grey crops (rows, columns) uint8, dark ink on light paper.
        length: letters of the text.
    """
    if not lines:
        return {}
    each = [_of_line(line) for line in lines]
    wide = sum(line.shape[1] / max(1, line.shape[0]) for line in lines)
    worst = {name: min(found[name] for found in each) for name in each[0]}
    return worst | {"room": math.log(max(0.05, wide / max(1, length)))}


def _of_line(line: NDArray[np.uint8]) -> dict[str, float]:
    rows, columns = line.shape
    paper, ink = levels(line, 80, 3)
    depth = max(1.0, paper - ink)
    dark = (line < paper - 0.45 * depth).astype(np.uint8)
    area = int(dark.sum())
    if not area or columns < 4 or rows < 4:
        return {"contrast": 0.0, "sharp": 0.0, "stroke": 0.0, "height": math.log(max(1, rows)), "edge": 0.0}
    steep = cv2.absdiff(line[:, 1:], line[:, :-1])
    distance = cv2.distanceTransform(dark, cv2.DIST_L2, 3)
    middle = distance[dark > 0]
    outer = int(dark[:, :2].sum()) + int(dark[:, -2:].sum())
    return {
        "contrast": depth / 255.0,
        "sharp": min(1.5, levels(np.asarray(steep, np.uint8), 98)[0] / depth),
        "stroke": 4.0 * float(middle.mean()) / rows,
        "height": math.log(rows),
        "edge": -min(1.0, 20.0 * outer / area),
    }


def of_page(readings: Mapping[str, Reading]) -> dict[str, dict[str, float]]:
    """What the other fields of a page say of one: by key, ``hand`` and ``hand_letter``.

    They are the means of ``mean`` and ``letter`` over the page's other fields: how well this hand, on this
    sheet, is read at all. A field is judged in the company that it is in, and its own evidence counts once.
    """
    written = {key: r.evidence for key, r in readings.items() if r.text and "letter" in r.evidence}
    found: dict[str, dict[str, float]] = {}
    for key in readings:
        others = [evidence for other, evidence in written.items() if other != key]
        if len(others) >= 3:
            found[key] = {
                "hand": float(np.mean([e.get("mean", 0.0) for e in others])),
                "hand_letter": float(np.mean([max(-2.0, e["letter"]) for e in others])),
                "hand_views": float(np.mean([e.get("behind", 0.0) > -0.5 for e in others])),
            }
        else:
            found[key] = {"hand": -0.2, "hand_letter": -1.0, "hand_views": 0.5}
    return found


def is_typed(readings: Mapping[str, Reading]) -> bool:
    """Whether a page is typed: the engine for print reads its fields too, and alike."""
    return typed_by([r.evidence for r in readings.values() if r.text and "letter" in r.evidence])


def typed_by(opinions: Sequence[Mapping[str, float]]) -> bool:
    """Whether a page is typed by what the engine for print says of its fields (``agree`` and ``printed``)."""
    agreed = [opinion.get("agree", 0.0) * opinion.get("printed", 0.0) for opinion in opinions]
    return len(agreed) >= 3 and float(np.mean(agreed)) >= TYPED
