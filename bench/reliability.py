"""Pictures of how probabilities hold: told against seen, and error against share accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np

from bench.confidence import Judged, bins_of, calibration_error
from pipeline.proof import upper_bound
from pipeline.wording import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from matplotlib.axes import Axes

mpl.use("Agg")
from matplotlib.figure import Figure

LEAST = 2e-4
"""Chance of error at the left end of the axes: none seen is drawn there."""


def draw(judged: Sequence[Judged], folder: Path, target: float) -> list[Path]:
    """Draw ``confidence-reliability.png`` and ``confidence-coverage.png`` into a folder; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    manners = {
        say("đánh máy"): [field for field in judged if field.typed and field.open],
        say("viết tay"): [field for field in judged if not field.typed and field.open],
    }
    figure = Figure(figsize=(9, 4.2), dpi=100, layout="constrained")
    for place, (name, fields) in enumerate(manners.items(), 1):
        _reliability(figure.add_subplot(1, 2, place), name, fields)
    reliability = folder / "confidence-reliability.png"
    figure.savefig(reliability)
    figure = Figure(figsize=(7, 4.2), dpi=100, layout="constrained")
    axes = figure.add_subplot()
    for name, fields in manners.items():
        _coverage(axes, name, fields, sum(field.typed == (name == say("đánh máy")) for field in judged))
    axes.axhline(target, color="grey", linestyle=":", label=say("chỉ tiêu"))
    axes.set(
        yscale="symlog", ylim=(0, 0.3), xlim=(0, 1),
        xlabel=say("phần mục được chấp nhận"), ylabel=say("phần sai trong số đó"),
    )  # fmt: skip
    axes.set_yscale("symlog", linthresh=0.001)
    axes.legend()
    coverage = folder / "confidence-coverage.png"
    figure.savefig(coverage)
    return [reliability, coverage]


def _reliability(axes: Axes, name: str, fields: Sequence[Judged]) -> None:
    """Chance of error that was told against the share that was wrong, with its 90 % bound, by bins."""
    chances = np.array([field.chance for field in fields])
    right = np.array([field.right for field in fields], np.bool_)
    axes.plot([LEAST, 1], [LEAST, 1], color="grey", linewidth=1)
    for part in bins_of(chances):
        told, wrong = float(1 - chances[part].mean()), int((~right[part]).sum())
        seen = max(LEAST, wrong / len(part))
        axes.plot([max(LEAST, told)] * 2, [seen, upper_bound(wrong, len(part))], color="C0", alpha=0.4)
        axes.plot(max(LEAST, told), seen, "o", color="C0")
    error = calibration_error(chances, right)
    axes.set(
        xscale="log", yscale="log", xlim=(LEAST, 1), ylim=(LEAST, 1),
        xlabel=say("khả năng sai mà máy báo"), ylabel=say("phần sai thật"),
        title=f"{name}: {len(fields)}, ECE {error:.3f}",
    )  # fmt: skip


def _coverage(axes: Axes, name: str, fields: Sequence[Judged], everything: int) -> None:
    """Error among the likeliest fields, by how many of all are taken."""
    order = np.argsort([-field.chance for field in fields], kind="stable")
    wrong = np.cumsum([not fields[i].right for i in order])
    taken = np.arange(1, len(order) + 1)
    if len(order):
        axes.plot(taken / max(1, everything), wrong / taken, label=name)
