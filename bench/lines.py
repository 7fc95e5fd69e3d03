"""``hotich bench lines DIR``: score a folder of line images with labels.tsv (file, tab, text).

Printed side by side: the recogniser alone (best path), and with the character prior that fields are decoded
with. "Bare" ignores case and punctuation. Lines are read one after the other on one core.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from rapidfuzz.distance import Levenshtein
from rich.console import Console
from rich.table import Table

from pipeline.elements import FieldKind
from pipeline.recognise import ctc
from pipeline.recognise.decode import decode
from pipeline.recognise.handwriting import LineRecogniser
from pipeline.text import bare_key, text_key
from pipeline.wording import say

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

LABELS: Final = "labels.tsv"


@dataclass
class LineScore:
    """Counts over the lines of a folder for one way of reading them."""

    lines: int = 0
    right: int = 0
    right_bare: int = 0
    edits: int = 0
    characters: int = 0
    edits_bare: int = 0
    characters_bare: int = 0
    word_edits: int = 0
    words: int = 0
    seconds: float = 0.0

    def add(self, read: str, truth: str) -> None:
        """Count a line."""
        a, b = text_key(read), text_key(truth)
        self.lines += 1
        self.right += a == b
        self.edits += Levenshtein.distance(a, b)
        self.characters += len(b)
        self.word_edits += Levenshtein.distance(a.split(), b.split())
        self.words += len(b.split())
        a, b = bare_key(read), bare_key(truth)
        self.right_bare += a == b
        self.edits_bare += Levenshtein.distance(a, b)
        self.characters_bare += len(b)


def labelled(folder: Path) -> list[tuple[Path, str]]:
    """The images of a folder with their texts.

    Raises:
        ValueError: where labels.tsv is missing, or names a file that is not there.
    """
    labels = folder / LABELS
    if not labels.is_file():
        raise ValueError(say("Thư mục {folder} không có tệp labels.tsv.", folder=folder))
    rows = [line.split("\t", 1) for line in labels.read_text(encoding="utf-8").splitlines() if "\t" in line]
    missing = [name for name, _ in rows if not (folder / name).is_file()]
    if missing:
        raise ValueError(say("labels.tsv nêu tệp không có: {name}.", name=missing[0]))
    return [(folder / name, text) for name, text in rows]


def score(folder: Path, kind: FieldKind = FieldKind.TEXT) -> dict[str, LineScore]:
    """Read and score the lines: "greedy" by the best path, "decoded" as a field of that kind is."""
    cv2.setNumThreads(1)
    recogniser = LineRecogniser.load(threads=1)
    scores = {"greedy": LineScore(), "decoded": LineScore()}
    rows = labelled(folder)
    recogniser.log_probabilities([grey_line(rows[0][0])] if rows else [])
    decode(kind, recogniser.log_probabilities([grey_line(rows[0][0])]) if rows else [], recogniser.charset)
    for path, truth in rows:
        image = grey_line(path)
        started = time.process_time()
        (matrix,) = recogniser.log_probabilities([image])
        read_at = time.process_time()
        text = ctc.greedy(matrix, recogniser.charset)
        best_path_at = time.process_time()
        decoded = decode(kind, [matrix], recogniser.charset).text
        scores["greedy"].add(text, truth)
        scores["greedy"].seconds += best_path_at - started
        scores["decoded"].add(decoded, truth)
        scores["decoded"].seconds += (time.process_time() - best_path_at) + (read_at - started)
    return scores


def grey_line(path: Path) -> NDArray[np.uint8]:
    """The picture of a line, uint8 (rows, columns).

    Raises:
        ValueError: where the file is no picture.
    """
    image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if image is None:
        raise ValueError(say("{name} không phải là ảnh đọc được.", name=path.name))
    return np.asarray(image, np.uint8)


def main(folder: Path) -> None:
    """Score a folder and print the table."""
    console = Console(width=max(100, Console().width))
    try:
        scores = score(folder)
    except ValueError as why:
        console.print(str(why), markup=False)
        raise SystemExit(2) from why
    table = Table(
        say("Cách đọc"), say("Dòng"), "CER", "CER bare", "WER", say("Đúng cả dòng"), say("Đúng, bare"), "ms"
    )
    for name, s in scores.items():
        table.add_row(
            name,
            str(s.lines),
            f"{s.edits / max(1, s.characters):.2%}",
            f"{s.edits_bare / max(1, s.characters_bare):.2%}",
            f"{s.word_edits / max(1, s.words):.2%}",
            f"{s.right / max(1, s.lines):.1%}",
            f"{s.right_bare / max(1, s.lines):.1%}",
            f"{1000 * s.seconds / max(1, s.lines):.1f}",
        )
    console.print(table)
