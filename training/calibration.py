"""Fit the probabilities of ``pipeline.confidence``: ``python -m training.calibration --fit DIR --rows FILE``.

Every field of every page with a truth file is read, and its evidence is set against whether it was exactly
right. A logistic regression by group of kinds turns the one into the probability of the other. Its honest
probabilities, from folds that share no book with what they were fitted on, are the samples that thresholds
are proven on (``pipeline.proof``), by group and family of books.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from bench.rows import FieldRow, PageRow, keep, load
from pipeline.confidence import FEATURES, FILE, SAMPLES, STEEPEST, feature_row, group_of, policy_of
from pipeline.policy import PERSON_TARGET, TARGET
from pipeline.proof import Curve, threshold_of

FOLDS: Final = 10
STRENGTH: Final = 0.1
"""Of the weights against their penalty: the best of 0.02 to 1 on pages of other books."""
LEAST_WRONG: Final = 3
"""With fewer errors to learn from, all fields of a group have one chance."""
ANY: Final = "any"
"""The pool of all families."""


@dataclass(frozen=True)
class Sample:
    """The fields of one group that its probability decides: features, whether right, book and family."""

    x: NDArray[np.float64]
    y: NDArray[np.bool_]
    books: NDArray[np.str_]
    families: NDArray[np.str_]


def samples_of(pages: list[PageRow]) -> dict[str, Sample]:
    """The fields by group, without those that a person is asked about whatever their probability is."""
    found: dict[str, list[tuple[PageRow, FieldRow]]] = {}
    for page in pages:
        for field in page.fields:
            if not field.asked:
                found.setdefault(group_of(field.kind, blank=field.blank), []).append((page, field))
    return {
        group: Sample(
            np.array([feature_row(field.evidence) for _, field in members]),
            np.array([field.right for _, field in members]),
            np.array([page.book for page, _ in members]),
            np.array([page.family for page, _ in members]),
        )
        for group, members in sorted(found.items())
    }


def fit_group(sample: Sample) -> tuple[dict[str, Any], NDArray[np.float64]]:
    """Weights in the form of ``confidence.json``, and the honest probability of each field."""
    x, y = sample.x, sample.y
    folds = min(FOLDS, len(set(sample.books)))
    if (~y).sum() < LEAST_WRONG or folds < 4:
        chance = float((y.sum() + 1) / (len(y) + 2))
        none = np.zeros(x.shape[1])
        return _written(none, none + 1.0, none, float(np.log(chance / (1 - chance)))), np.full(len(y), chance)
    honest = np.zeros(len(y))
    for train, test in GroupKFold(folds).split(x, y, sample.books):
        honest[test] = _chances(x[train], y[train], x[test])
    centre, scale = x.mean(axis=0), x.std(axis=0) + 1e-3
    model = _model().fit(_scaled(x, centre, scale), y)
    return _written(centre, scale, model.coef_[0], float(model.intercept_[0])), honest


def _chances(x: NDArray[np.float64], y: NDArray[np.bool_], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """What a fit on some fields says of others."""
    if len(set(y.tolist())) < 2:
        return np.full(len(other), float(y.mean()))
    centre, scale = x.mean(axis=0), x.std(axis=0) + 1e-3
    model = _model().fit(_scaled(x, centre, scale), y)
    return np.asarray(model.predict_proba(_scaled(other, centre, scale))[:, 1], np.float64)


def _model() -> LogisticRegression:
    return LogisticRegression(C=STRENGTH, max_iter=5000)


def _scaled(
    x: NDArray[np.float64], centre: NDArray[np.float64], scale: NDArray[np.float64]
) -> NDArray[np.float64]:
    return np.clip((x - centre) / scale, -STEEPEST, STEEPEST)


def _written(
    centre: NDArray[np.float64], scale: NDArray[np.float64], weight: NDArray[np.float64], bias: float
) -> dict[str, Any]:
    return {
        "centre": np.round(centre, 4).tolist(),
        "scale": np.round(scale, 4).tolist(),
        "weight": np.round(weight, 4).tolist(),
        "bias": round(bias, 4),
    }


def pools_of(families: set[str]) -> dict[str, tuple[str, str]]:
    """Which families speak for one of which there are few: all typed, or all by hand; then all together."""
    return {family: (family.rsplit(".", 1)[1], ANY) for family in sorted(families)}


def fit(pages: list[PageRow]) -> dict[str, Any]:
    """Weights by group and samples by group and family, in the form of ``confidence.json``."""
    pools = pools_of({page.family for page in pages})
    groups: dict[str, Any] = {}
    checks: dict[str, dict[str, list[tuple[float, bool]]]] = {}
    for group, sample in samples_of(pages).items():
        groups[group], honest = fit_group(sample)
        by_family = checks.setdefault(SAMPLES[group], {})
        for family, chance, right in zip(sample.families, honest, sample.y, strict=True):
            for name in (family, *pools[family]):
                by_family.setdefault(name, []).append((float(chance), bool(right)))
    return {
        "made_by": "python -m training.calibration",
        "features": list(FEATURES),
        "pools": pools,
        "groups": groups,
        "samples": {
            group: {name: _counts(Curve.of(found)) for name, found in sorted(families.items())}
            for group, families in sorted(checks.items())
        },
    }


def _counts(curve: Curve) -> list[list[int]]:
    return [list(curve.checked), list(curve.wrong)]


def table(data: dict[str, Any], pages: list[PageRow]) -> list[str]:
    """Lines of docs/confidence.md: for each group and pool what was fitted on, and what is accepted."""
    policy = policy_of(data)
    lines = []
    for group, sample in samples_of(pages).items():
        for pool in ("typed", "hand"):
            own = np.array([family.endswith(pool) for family in sample.families], np.bool_)
            cells = [f"`{group}`", pool, f"{own.sum():,}", f"{sample.y[own].mean():.1%}" if own.any() else ""]
            curve = policy.sample(group, pool, TARGET)
            for target in (TARGET, PERSON_TARGET):
                found = threshold_of(curve, target)
                cells += [f"{found.value:.4f}" if found.proven else f"none ({found.needed:,} more)"]
            first = threshold_of(curve, TARGET)
            if first.proven:
                share = first.checked / max(1, curve.checked[-1])
                cells += [f"{share:.1%}", str(first.wrong), f"{first.bound:.2%}"]
            else:
                cells += ["0 %", "", ""]
            lines.append("| " + " | ".join(cells).replace("%", " %").replace("  %", " %") + " |")
    return lines


def main() -> None:
    """Read pages, fit, and write weights and samples."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fit", type=Path, action="append", default=[], help="folder of pages with truth")
    parser.add_argument(
        "--rows", type=Path, action="append", required=True, help="rows: the first takes what is read"
    )
    parser.add_argument("--out", type=Path, default=FILE)
    arguments = parser.parse_args()
    for folder in arguments.fit:
        keep(folder, arguments.rows[0])
    pages = load(arguments.rows)
    data = fit(pages)
    arguments.out.write_text(
        json.dumps(data, separators=(",", ":")).replace('},"', '},\n"') + "\n", encoding="utf-8"
    )
    print("\n".join(table(data, pages)))


if __name__ == "__main__":
    main()
