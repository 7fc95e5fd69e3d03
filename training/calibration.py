"""Fit the probabilities of ``pipeline.confidence``: ``python -m training.calibration --fit DIR``.

Every field of every page with a truth file is read, and its evidence is set against whether it was exactly
right. A logistic regression by group of kinds turns the one into the probability of the other; its honest
probabilities, from folds that share no book with what they were fitted on, give the thresholds: the lowest
from which on the upper confidence bound of the error (Clopper and Pearson, 1934) is under the target.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from bench.pages import Sheet, sheets
from bench.score import same_content
from pipeline.assemble import features_of
from pipeline.confidence import FEATURES, FILE, group_of
from pipeline.read import Reader
from pipeline.reasons import Reason
from pipeline.scan import open_page

TARGET: Final = 0.01
"""Error that accepted fields of a group may have, at the bound."""
DOUBTFUL: Final = 8.0
"""No field is accepted whose own chance of error is more than so many times the target."""
CONFIDENCE: Final = 0.90
BOOK_PAGES: Final = 6
"""Pages that share a hand, as ``training.pages`` makes them: a fold holds whole books."""
BY_PROBABILITY: Final = frozenset(
    {Reason.LOW_PROBABILITY.value, Reason.NOT_PROVEN.value, Reason.ENGINES_DISAGREE.value}
)
"""Reasons that follow from the probability itself; any other asks a person for its own sake."""
LEAST_WRONG: Final = 3


@dataclass(frozen=True)
class Row:
    """One field: its group, the book it is from, its features, whether it was right."""

    group: str
    book: int
    features: list[float]
    right: bool


@cache
def _reader() -> Reader:
    return Reader.load(threads=1)


def rows_of(task: tuple[int, Sheet]) -> list[Row]:
    """The fields of one page whose truth is known."""
    index, sheet = task
    reading = _reader().read(open_page(sheet.path, sheet.number)).reading
    rows = []
    for case, truth in zip(reading.cases, sheet.truth.cases, strict=False):
        for field in case.fields:
            if field.key in truth and not BY_PROBABILITY.issuperset(field.reasons):
                continue  # a person is asked whatever its probability: nothing to learn a threshold from
            if field.key in truth and field.box is not None:
                right = same_content(field.kind, field.verbatim, truth[field.key])
                group = group_of(field.kind, blank=not field.verbatim)
                rows.append(Row(group, index // BOOK_PAGES, features_of(field), right))
    return rows


def collect(folders: list[Path], processes: int) -> list[Row]:
    """Rows of all pages of some folders."""
    tasks = []
    for number, folder in enumerate(folders):
        tasks += [(number * 100_000 + i, sheet) for i, sheet in enumerate(sheets(folder))]
    with ProcessPoolExecutor(processes) as pool:
        return [row for rows in pool.map(rows_of, tasks, chunksize=4) for row in rows]


def upper_bound(wrong: int, seen: int, confidence: float = CONFIDENCE) -> float:
    """The error rate that is exceeded with a probability of ``1 - confidence`` at most."""
    return 1.0 if seen == 0 or wrong >= seen else float(beta.ppf(confidence, wrong + 1, seen - wrong))


def threshold_of(chances: NDArray[np.float64], right: NDArray[np.bool_], target: float) -> float:
    """The lowest probability from which on the error is proven to be under the target; 1.1 where none is."""
    order = np.argsort(-chances, kind="stable")
    order = order[chances[order] >= 1.0 - DOUBTFUL * target]
    wrong = np.cumsum(~right[order])
    best = 1.1
    for i, place in enumerate(order):
        tied = i + 1 < len(order) and chances[order[i + 1]] == chances[place]
        if not tied and upper_bound(int(wrong[i]), i + 1) <= target:
            best = float(chances[place])
    return best


def fit(rows: list[Row], target: float = TARGET) -> dict[str, object]:
    """Weights and thresholds by group, in the form of ``confidence.json``."""
    by_group: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_group[row.group].append(row)
    groups: dict[str, object] = {}
    thresholds: dict[str, float] = {}
    for name, members in sorted(by_group.items()):
        x = np.array([row.features for row in members])
        y = np.array([row.right for row in members])
        books = np.array([row.book for row in members])
        centre, scale = x.mean(axis=0), x.std(axis=0) + 1e-3
        z = (x - centre) / scale
        if (~y).sum() < LEAST_WRONG or len(set(books)) < 4:
            # Next to no errors to learn from: one chance for all, a little under what was seen.
            chance = float((y.sum() + 1) / (len(y) + 2))
            weight, bias = np.zeros(len(FEATURES)), float(np.log(chance / (1 - chance)))
            honest = np.full(len(y), chance)
        else:
            honest = np.zeros(len(y))
            for train, test in GroupKFold(min(5, len(set(books)))).split(z, y, books):
                if len(set(y[train])) < 2:
                    honest[test] = y[train].mean()
                    continue
                honest[test] = _model().fit(z[train], y[train]).predict_proba(z[test])[:, 1]
            model = _model().fit(z, y)
            weight, bias = model.coef_[0], float(model.intercept_[0])
        thresholds[name] = round(min(1.1, threshold_of(honest, y, target)), 4)
        groups[name] = {
            "centre": np.round(centre, 4).tolist(),
            "scale": np.round(scale, 4).tolist(),
            "weight": np.round(weight, 4).tolist(),
            "bias": round(bias, 4),
        }
        kept = honest >= thresholds[name]
        wrong, seen = int((~y[kept]).sum()), int(kept.sum())
        print(
            f"{name:8} {len(y):5} fields {y.mean():6.1%} right; threshold {thresholds[name]:.3f} accepts "
            f"{kept.mean():6.1%}, wrong {wrong}, bound {upper_bound(wrong, seen):.2%}"
        )
    return {
        "made_by": "python -m training.calibration",
        "features": list(FEATURES),
        "target": target,
        "groups": groups,
        "threshold": thresholds,
    }


def _model() -> LogisticRegression:
    return LogisticRegression(C=0.5, max_iter=2000)


def main() -> None:
    """Fit, and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fit", type=Path, action="append", required=True, help="folder of pages with truth")
    parser.add_argument("--rows", type=Path, help="keep the evidence here, and use it when it is there")
    parser.add_argument("--target", type=float, default=TARGET)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--out", type=Path, default=FILE)
    arguments = parser.parse_args()
    if arguments.rows and arguments.rows.is_file():
        rows = [Row(**row) for row in json.loads(arguments.rows.read_text(encoding="utf-8"))]
    else:
        rows = collect(arguments.fit, arguments.processes)
        if arguments.rows:
            arguments.rows.write_text(json.dumps([asdict(row) for row in rows]), encoding="utf-8")
    arguments.out.write_text(json.dumps(fit(rows, arguments.target), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
