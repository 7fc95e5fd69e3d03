"""``python -m training.recogniser.evaluate``: what a recogniser reads of labelled sets, without any lexicon.

Best path, one CPU thread. Errors are counted by characters (edit distance over the length of the truth) and
by whole lines, as written and with case and punctuation ignored. Where a tone mark stands (hòa, hoà) is no
error.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rapidfuzz.distance import Levenshtein

from pipeline.recognise.ctc import greedy
from pipeline.recognise.handwriting import DATA, LineRecogniser
from pipeline.text import bare_key, text_key
from training.recogniser.sets import LabelledLine, load_set


@dataclass(frozen=True, slots=True)
class Score:
    """Error of characters and share of lines right, in percent; ``bare`` ignores case and punctuation.

    ``milliseconds`` is CPU time a line.
    """

    lines: int
    cer: float
    exact: float
    bare_cer: float
    bare_exact: float
    milliseconds: float


def score(pairs: list[tuple[str, str]], seconds: float = 0.0) -> Score:
    """Judge readings.

    Args:
        pairs: truth and reading of each line.
        seconds: CPU time that reading them all took.

    Raises:
        ValueError: without lines.
    """
    if not pairs:
        raise ValueError("no lines to judge")
    whole = [(text_key(truth), text_key(read)) for truth, read in pairs]
    bare = [(bare_key(truth), bare_key(read)) for truth, read in pairs]
    return Score(
        len(pairs), _cer(whole), _exact(whole), _cer(bare), _exact(bare), 1000 * seconds / len(pairs)
    )


def _cer(pairs: list[tuple[str, str]]) -> float:
    errors = sum(Levenshtein.distance(truth, read) for truth, read in pairs)
    return 100 * errors / max(1, sum(len(truth) for truth, _ in pairs))


def _exact(pairs: list[tuple[str, str]]) -> float:
    return 100 * sum(truth == read for truth, read in pairs) / len(pairs)


def read_set(recogniser: LineRecogniser, lines: list[LabelledLine]) -> tuple[list[str], float]:
    """Best-path reading of every line, and the CPU time of all in seconds."""
    start = time.process_time()
    found = recogniser.log_probabilities([line.image for line in lines])
    texts = [greedy(matrix, recogniser.charset) for matrix in found]
    return texts, time.process_time() - start


def judge(recogniser: LineRecogniser, lines: list[LabelledLine]) -> Score:
    """Score of a recogniser on a set."""
    texts, seconds = read_set(recogniser, lines)
    return score([(line.text, text) for line, text in zip(lines, texts, strict=True)], seconds)


def main(
    sets: Annotated[list[Path], typer.Argument(help="Folders with labels.tsv.")],
    model: Annotated[Path, typer.Option(help="Folder with recogniser.onnx and charset.txt.")] = DATA,
    wrong: Annotated[int, typer.Option(help="Print so many lines read wrongly of each set.")] = 0,
) -> None:
    """Print a Markdown table: a recogniser's errors on each set."""
    recogniser = LineRecogniser.load(folder=model)
    print("| set | lines | CER | lines right | bare CER | bare lines right | CPU |")
    print("|---|---|---|---|---|---|---|")
    examples = []
    for folder in sets:
        lines = load_set(folder)
        texts, seconds = read_set(recogniser, lines)
        pairs = [(line.text, text) for line, text in zip(lines, texts, strict=True)]
        s = score(pairs, seconds)
        print(f"| {folder.name} | {s.lines} | {s.cer:.2f} % | {s.exact:.1f} % | {s.bare_cer:.2f} % "
              f"| {s.bare_exact:.1f} % | {s.milliseconds:.0f} ms |", flush=True)  # fmt: skip
        missed = [(t, r) for t, r in pairs if text_key(t) != text_key(r)][:wrong]
        examples += [f"{folder.name}: {truth} -> {read}" for truth, read in missed]
    print("\n".join(examples))


if __name__ == "__main__":
    typer.run(main)
