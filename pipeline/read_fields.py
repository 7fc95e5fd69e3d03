"""Crops of a page -> a reading of each, by both engines and from two views of the same writing."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from rapidfuzz import fuzz

from pipeline.ditto import as_ditto
from pipeline.elements import FieldKind, Reading
from pipeline.evidence import behind, listed, oddest_word, of_letters, of_picture, typed_by
from pipeline.fields.choice import LISTS, choose
from pipeline.recognise import ctc
from pipeline.recognise.decode import Printed, decode, tidy
from pipeline.recognise.printed import printed_in
from pipeline.text import bare_key, fold

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from pipeline.cut import FieldCrop
    from pipeline.forms.form import Label
    from pipeline.recognise.handwriting import LineRecogniser
    from pipeline.recognise.tesseract import PrintedWord

_WORD_FIRST: Final = re.compile(r"([^\W\d]+)([\s:.]*)(?=\d)")
"""A word and its colon before a number."""
SURE_PRINT: Final = 80.0
"""Confidence of the engine for print, of 100, from which on its reading of a line is a second witness."""


@dataclass(frozen=True)
class CropReading:
    """A crop with what was read in it; the reading of an empty crop has no text and no candidates."""

    crop: FieldCrop
    reading: Reading


def read_crops(
    crops: Sequence[FieldCrop],
    words: Sequence[PrintedWord],
    recogniser: LineRecogniser,
    said: Mapping[str, Sequence[str]] | None = None,
) -> list[CropReading]:
    """Read every crop. ``said`` is what other pages of the book have in a field, by its key.

    Each line is read twice, without the leaders under it and with them: what one view bites off a letter the
    other shows. The mean of their probabilities is decoded, and whether they agree is evidence. Where both
    engines read the first view alike, letter for letter, nothing is left for the second to tell; nor where it
    is surely an entry of a closed list.
    """
    charset = recogniser.charset
    prints = [printed_in(words, crop.line_boxes) for crop in crops]
    bare, raw = _both_views(crops, prints, recogniser)
    means = [mean_view(a, b) for a, b in zip(bare, raw, strict=True)]
    typed = _is_typed(crops, prints, means, charset)
    readings, start = [], 0
    for crop, printed in zip(crops, prints, strict=True):
        span = slice(start, start + len(crop.lines))
        start = span.stop
        lines = means[span]
        reading = decode(
            crop.label.kind,
            lines,
            charset,
            printed=printed,
            said=_said_of(crop.label, said or {}),
            fits=_part_grammar(crop.label.part),
            typed=typed,
        )
        reading = as_ditto(_without_label(reading, crop.label), crop.label.kind, lines, charset)
        evidence = {
            **reading.evidence,
            "views": _agreement(bare[span], raw[span], charset),
            "behind": min(behind(reading.text, view, charset) for view in (bare[span], raw[span], lines)),
            "odd": oddest_word(crop.label.kind, reading.text),
            **of_letters(lines),
            **of_picture(crop.raw_lines, len(reading.text)),
            "ink": float(crop.ink),
            "beside": -crop.beside,
            "listed": listed(crop.label.kind, reading.text),
            **_second_opinion(reading.text, printed),
        }
        readings.append(CropReading(crop, replace(reading, evidence=evidence)))
    return readings


def _without_label(reading: Reading, label: Label) -> Reading:
    """A number without the end of its label, which was read with it: "số: 01", "s: 01" after "Quyển số"."""
    if label.kind is not FieldKind.NUMBER:
        return reading
    ends = {fold(text.split()[-1]) for text in label.text}

    def rest(text: str) -> str:
        found = _WORD_FIRST.match(text)
        if found is None:
            return text
        word, closed = fold(found[1]), ":" in found[2]
        own = word in ends or (closed and any(end.startswith(word) or end.endswith(word) for end in ends))
        return text[found.end() :] if word and own else text

    if rest(reading.text) == reading.text:
        return reading
    candidates = {rest(one.text): replace(one, text=rest(one.text)) for one in reversed(reading.candidates)}
    return replace(reading, text=rest(reading.text), candidates=tuple(reversed(candidates.values())))


def _said_of(label: Label, said: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """What other pages of the book have in the gap of a label; a title may stand in the gap of a name."""
    if label.part:
        return ()
    alone = tuple(said.get(label.field, ()))
    return alone + tuple(f"{text} - {after}" for text in alone for after in said.get(label.then, ()))


def _both_views(
    crops: Sequence[FieldCrop], prints: Sequence[Printed | None], recogniser: LineRecogniser
) -> tuple[list[NDArray[np.float32]], list[NDArray[np.float32]]]:
    """Log-probabilities of every line bare and raw; read once where one view tells all that there is.

    In the cells of a table, where no leaders are, both views are the same picture.
    """
    bare_lines = [line for crop in crops for line in crop.lines]
    raw_lines = [line for crop in crops for line in crop.raw_lines]
    witnesses = [
        (crop.label.kind, line)
        for crop, found in zip(crops, prints, strict=True)
        for line in (found.lines if found is not None else (None,) * len(crop.lines))
    ]
    bare = recogniser.log_probabilities(bare_lines)
    raw = list(bare)
    others = [
        i
        for i, (a, b) in enumerate(zip(bare_lines, raw_lines, strict=True))
        if not np.array_equal(a, b) and not _is_enough(bare[i], *witnesses[i], recogniser.charset)
    ]
    for i, matrix in zip(others, recogniser.log_probabilities([raw_lines[i] for i in others]), strict=True):
        raw[i] = matrix
    return bare, raw


def _is_enough(matrix: NDArray[np.float32], kind: FieldKind, printed: Printed | None, charset: str) -> bool:
    """Whether something else bears out what the recogniser reads by itself.

    That is the engine for print where it is sure and reads the same, or an entry of a closed list of which no
    letter is in doubt.
    """
    text = tidy(ctc.greedy(matrix, charset))
    if printed is not None and printed.confidence >= SURE_PRINT and tidy(printed.text) == text:
        return True
    return kind in LISTS and bool(choose(kind, text).options) and not of_letters([matrix])["unsure"]


def mean_view(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean of the probabilities of two views of one line, as log-probabilities (frames, classes)."""
    more, less = np.maximum(a, b), np.minimum(a, b)  # in a tenth of the time that np.logaddexp takes
    return np.asarray(more + np.log1p(np.exp(less - more)) - np.float32(math.log(2.0)), np.float32)


def _is_typed(
    crops: Sequence[FieldCrop],
    prints: Sequence[Printed | None],
    lines: Sequence[NDArray[np.float32]],
    charset: str,
) -> bool:
    """Whether the engine for print reads the fields of a page too, and as the recogniser does by itself."""
    found, start = [], 0
    for crop, printed in zip(crops, prints, strict=True):
        own = lines[start : start + len(crop.lines)]
        start += len(own)
        if not own:
            continue
        text = " ".join(ctc.greedy(matrix, charset) for matrix in own)
        found.append(_second_opinion(text, printed))
    return typed_by(found)


def _agreement(
    bare: Sequence[NDArray[np.float32]], raw: Sequence[NDArray[np.float32]], charset: str
) -> float:
    """How alike the best paths of the two views are, 0 to 1, over all lines."""
    if not bare:
        return 1.0
    return min(
        fuzz.ratio(bare_key(ctc.greedy(a, charset)), bare_key(ctc.greedy(b, charset))) / 100.0
        for a, b in zip(bare, raw, strict=True)
    )


def _second_opinion(text: str, printed: Printed | None) -> dict[str, float]:
    """``agree``: likeness to what the engine for print read, 0 to 1, as far as that engine was sure of it."""
    if printed is None:
        return {"agree": 0.0, "printed": 0.0}
    sure = printed.confidence / 100.0
    same = fuzz.ratio(bare_key(text), bare_key(printed.text)) / 100.0
    return {"agree": 1.0 if same == 1.0 else 0.5 * same, "printed": sure * (1.0 if same > 0.6 else 0.0)}


def _part_grammar(part: str) -> Callable[[str], float] | None:
    """Grammar of one of the three gaps of a date; None where the whole is in one place."""
    bounds = {"day": (1, 31), "month": (1, 12), "year": (0, 2100)}.get(part)
    if bounds is None:
        return None

    def fits(text: str) -> float:
        return 1.0 if text.isdigit() and bounds[0] <= int(text) <= bounds[1] else 0.0

    return fits
