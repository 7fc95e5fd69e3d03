"""Probabilities of lines by real writers: fitted on some writers, measured on the others.

Whole lines of real handwriting are no fields of a register: no form, no book, no twin speaks for them. So
nothing that was fitted on pages is used. For each writer in turn, weights and threshold come from the other
writers alone: the threshold is the lowest probability from which on no more than the target of *their*
lines was wrong. With some hundred lines a target of 2 % cannot be proven; the bound that the counts give is
printed beside the error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from sklearn.model_selection import GroupKFold

from bench.confidence import Judged, table_of
from bench.fitting import Sample, chances, fit_group, samples_of
from bench.line_rows import rows_of_lines
from pipeline.wording import say

if TYPE_CHECKING:
    from pathlib import Path


def held_out(sample: Sample, target: float) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """For each line its probability and whether it is accepted, both from other writers."""
    told, accepted = np.zeros(len(sample.y)), np.zeros(len(sample.y), np.bool_)
    writers = len(set(sample.books))
    for train, test in GroupKFold(writers).split(sample.x, sample.y, sample.books):
        others = Sample(sample.x[train], sample.y[train], sample.books[train], sample.families[train])
        _, honest = fit_group(others)
        told[test] = chances(others.x, others.y, sample.x[test])
        accepted[test] = told[test] >= lowest(honest, others.y, target)
    return told, accepted


def lowest(told: NDArray[np.float64], right: NDArray[np.bool_], target: float) -> float:
    """The lowest probability from which on at most the target was wrong, one error more counted in.

    With that error the expected rate on other lines is at most the target (Angelopoulos et al., 2022:
    Conformal Risk Control). Above 1 where there is none.
    """
    order = np.argsort(-told, kind="stable")
    wrong = np.cumsum(~right[order])
    good = np.flatnonzero(wrong + 1 <= target * np.arange(2, len(order) + 2))
    return float(told[order[good[-1]]]) if len(good) else 1.1


def judged_lines(folder: Path, target: float) -> dict[str, list[Judged]]:
    """The lines of a folder by writer, each judged by what was fitted on the other writers.

    Raises:
        ValueError: where labels.tsv is missing, or names a file that is not there, or has too few writers.
    """
    samples = samples_of(rows_of_lines(folder))
    sample = next(iter(samples.values()), None)
    if sample is None or len(set(sample.books)) < 4:
        raise ValueError(say("Thư mục {folder} có quá ít người viết để chia.", folder=folder))
    told, accepted = held_out(sample, target)
    found: dict[str, list[Judged]] = {}
    for writer, chance, right, taken in zip(sample.books, told, sample.y, accepted, strict=True):
        found.setdefault(str(writer), []).append(
            Judged("", False, "place", float(chance), bool(right), True, bool(taken))
        )
    return found


def main(folder: Path, target: float, pictures: Path | None) -> None:
    """Measure a folder and print the table, with a picture where a folder for it is given."""
    console = Console(width=max(100, Console().width))
    try:
        by_writer = judged_lines(folder, target)
    except ValueError as why:
        console.print(str(why), markup=False)
        raise SystemExit(2) from why
    everything = [line for lines in by_writer.values() for line in lines]
    title = say("Dòng chữ, chia theo người viết, chỉ tiêu {target}", target=f"{target:.1%}")
    console.print(table_of(by_writer | {say("Tất cả"): everything}, title))
    if pictures is not None:
        from bench.reliability import draw

        for path in draw(everything, pictures / folder.name, target):
            console.print(str(path), markup=False)
