"""The evidence of lines with labels.tsv, as ``bench.rows`` keeps that of pages: a "page" for each writer."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from bench.lines import labelled
from bench.rows import FieldRow, PageRow
from pipeline.elements import FieldKind
from pipeline.evidence import behind, listed, oddest_word, of_letters, of_picture
from pipeline.fields.same import same_content
from pipeline.recognise.decode import decode
from pipeline.recognise.handwriting import LineRecogniser

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Image = NDArray[np.uint8]

FAMILY: Final = "line"
WRITERS: Final = 10
"""Groups that lines without a writer are put into, by a hash of their names."""
WIDER: Final = (0.9, 1.1)
"""Widths of the other views of a line: pages have one with leaders, lines have these."""
_WRITER: Final = re.compile(r"^(w\d+)-")


def writer_of(name: str) -> str:
    """Who wrote a line: what its name says ("w06-0.jpg"), else a group that its name always falls into."""
    found = _WRITER.match(name)
    return found.group(1) if found else f"g{int(hashlib.sha256(name.encode()).hexdigest(), 16) % WRITERS}"


def rows_of_lines(folder: Path, kind: FieldKind = FieldKind.PLACE) -> list[PageRow]:
    """Read the lines of a folder as fields of that kind.

    Raises:
        ValueError: where labels.tsv is missing, or names a file that is not there.
    """
    cv2.setNumThreads(1)
    recogniser = LineRecogniser.load(threads=1)
    found: dict[str, list[FieldRow]] = {}
    for path, truth in labelled(folder):
        row = _row(path, truth, kind, recogniser)
        found.setdefault(writer_of(path.name), []).append(row)
    return [
        PageRow(writer, str(folder), f"{folder.name} {writer}", FAMILY, tuple(fields))
        for writer, fields in sorted(found.items())
    ]


def _row(path: Path, truth: str, kind: FieldKind, recogniser: LineRecogniser) -> FieldRow:
    grey = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if grey is None:
        raise ValueError(path.name)
    line = np.asarray(grey, np.uint8)
    charset = recogniser.charset
    own, *others = recogniser.log_probabilities([line, *(_wider(line, share) for share in WIDER)])
    reading = decode(kind, [own], charset)
    evidence = {
        **reading.evidence,
        **of_letters([own]),
        **of_picture([line], len(reading.text)),
        "behind": min(behind(reading.text, [view], charset) for view in (own, *others)),
        "odd": oddest_word(kind, reading.text),
        "listed": listed(kind, reading.text),
    }
    right = same_content(kind, reading.text, truth)
    return FieldRow("line", kind, not reading.text, right, False, evidence)


def _wider(line: Image, share: float) -> Image:
    size = (max(1, round(line.shape[1] * share)), line.shape[0])
    return np.asarray(cv2.resize(line, size, interpolation=cv2.INTER_AREA), np.uint8)
