"""The trained line recogniser: grey images of text lines -> CTC log-probabilities.

The network and its character set are files beside this module (``data/``); its model card says what it
was trained on and what it was measured to do. This module alone knows onnxruntime.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
import onnxruntime

from pipeline.levels import levels
from pipeline.wording import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

DATA: Final = Path(__file__).parent / "data"
HEIGHT: Final = 48
"""Rows of a line as the network takes it."""
MARGIN: Final = 8
"""Columns of paper put on both ends: a last letter cut off at the edge is misread more often."""
STEP: Final = 16
"""Widths are filled up with paper to a multiple of this, so that lines of about one width go through
together. Filling up keeps what rounding the width loses: 1 to 3 points of whole lines on real names."""
SMALLEST_WIDTH: Final = 16
LONGEST_WIDTH: Final = 3200
"""Wider lines are squeezed: no line of a register is longer, and memory stays bounded."""
BATCH: Final = 8


@dataclass(frozen=True)
class LineRecogniser:
    """A loaded network with its characters. Costs about 60 MB and 0.1 s once a process."""

    session: onnxruntime.InferenceSession
    charset: str

    @classmethod
    def load(cls, threads: int = 1, folder: Path = DATA) -> LineRecogniser:
        """Load ``recogniser.onnx`` and ``charset.txt`` from a folder.

        Args:
            threads: how many cores one call may use; a worker process takes 1 and leaves the rest to others.
            folder: where the two files are.

        Raises:
            FileNotFoundError: when the folder lacks one of them.
        """
        model, letters = folder / "recogniser.onnx", folder / "charset.txt"
        for path in (model, letters):
            if not path.is_file():
                raise FileNotFoundError(
                    say("Thiếu tệp {name} của bộ đọc chữ viết tay: hãy cài lại hotich.", name=path.name)
                )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        return cls(session, letters.read_text(encoding="utf-8"))

    def log_probabilities(self, lines: Sequence[NDArray[np.uint8]]) -> list[NDArray[np.float32]]:
        """Read lines.

        Args:
            lines: grey images (rows, columns) uint8, dark ink on light paper, one line of text each, cut
                about as high as its writing.

        Returns:
            For each line, in the order given, float32 (frames, classes): natural log, class 0 the blank.
            There is a frame for every 4 columns of the line scaled to 48 rows.
        """
        scaled = [padded_line(line) for line in lines]
        order = sorted(range(len(lines)), key=lambda i: (scaled[i].shape[1], i))
        results: list[NDArray[np.float32]] = [np.zeros((0, 0), np.float32)] * len(lines)
        start = 0
        while start < len(order):
            width = scaled[order[start]].shape[1]
            batch = [i for i in order[start : start + BATCH] if scaled[i].shape[1] == width]
            stacked = np.stack([scaled[i] for i in batch]).astype(np.float32)[:, None]
            (output,) = self.session.run(None, {"lines": stacked})
            for i, matrix in zip(batch, output, strict=True):
                results[i] = matrix
            start += len(batch)
        return results


def padded_line(line: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The line as the network takes it: 48 rows, ends filled up with paper to a multiple of ``STEP``."""
    rows, columns = line.shape[:2]
    width = _width(rows, columns)
    image = cv2.resize(line, (width, HEIGHT), interpolation=cv2.INTER_AREA)
    paper = int(levels(np.asarray(image, np.uint8), 80)[0])
    right = MARGIN + -(width + 2 * MARGIN) % STEP
    filled = cv2.copyMakeBorder(image, 0, 0, MARGIN, right, cv2.BORDER_CONSTANT, value=(paper,))
    return np.asarray(filled, np.uint8)


def _width(rows: int, columns: int) -> int:
    """Columns of a line scaled to 48 rows."""
    return min(LONGEST_WIDTH, max(SMALLEST_WIDTH, round(columns * HEIGHT / max(1, rows))))


def columns_of_frames(frames: NDArray[np.int64], shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Columns of a line's image, of the shape given, that the middles of frames stand for."""
    rows, columns = shape[:2]
    return np.asarray((4 * frames + 2 - MARGIN) * columns / _width(rows, columns), np.float64)
