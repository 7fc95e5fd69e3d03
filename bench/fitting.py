"""Functions of evidence, fitted, and what they say of fields in folds without a book of the fit.

The log-odds are the mean of two fits: a logistic regression, which is steady where fields are few, and
boosted trees of depth three, in which more of a good sign can never speak against a reading. Together they
accept more at the same error than either (docs/confidence.md).

This needs scikit-learn (``pip install hotich[training]``); a station does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from bench.rows import FieldRow, PageRow
from pipeline.confidence import FEATURES, STEEPEST, Tree, Weights, feature_row, group_of, weigh

FOLDS: Final = 10
STRENGTH: Final = 0.1
"""Of the weights against their penalty: the best of 0.02 to 1 on pages of other books."""
LEAST_WRONG: Final = 3
"""With fewer errors to learn from, all fields of a group have one chance."""

TREES: Final = 80
FEW: Final = 300
"""With fewer fields the line stands alone: trees of leaves with fifteen fields learn them by heart."""
MORE_IS_BETTER: Final = frozenset(
    {
        "margin", "rival", "content", "mean", "worst", "letter", "unsure", "odd", "units", "fits", "listed",
        "views", "behind", "twin", "led", "doubts", "anchor", "form", "beside", "hand",
        "hand_letter", "hand_views", "said",
    }
)  # fmt: skip
"""Evidence of which more never makes a reading less likely."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Sample:
    """The fields of one group that its probability decides: features, whether right, book and family."""

    x: Numbers
    y: NDArray[np.bool_]
    books: NDArray[np.str_]
    families: NDArray[np.str_]


def members_of(pages: list[PageRow]) -> dict[str, list[tuple[PageRow, FieldRow]]]:
    """The fields by group, without those that a person is asked about whatever their probability is."""
    found: dict[str, list[tuple[PageRow, FieldRow]]] = {}
    for page in pages:
        for field in page.fields:
            if not field.asked:
                found.setdefault(group_of(field.kind, blank=field.blank), []).append((page, field))
    return dict(sorted(found.items()))


def sample_of(members: list[tuple[PageRow, FieldRow]]) -> Sample:
    """Some fields as numbers."""
    return Sample(
        np.array([feature_row(field.evidence) for _, field in members]),
        np.array([field.right for _, field in members]),
        np.array([page.book for page, _ in members]),
        np.array([page.family for page, _ in members]),
    )


def samples_of(pages: list[PageRow]) -> dict[str, Sample]:
    """Each group's fields as numbers."""
    return {group: sample_of(members) for group, members in members_of(pages).items()}


def fit_group(sample: Sample) -> tuple[Weights, Numbers]:
    """What the probability of a group is made of, and the honest probability of each field."""
    x, y = sample.x, sample.y
    folds = min(FOLDS, len(set(sample.books)))
    if (~y).sum() < LEAST_WRONG or folds < 4:
        chance = float((y.sum() + 1) / (len(y) + 2))
        none = (0.0,) * x.shape[1]
        odds = float(np.log(chance / (1 - chance)))
        return Weights(none, (1.0,) * x.shape[1], none, odds), np.full(len(y), chance)
    honest = np.zeros(len(y))
    for train, test in GroupKFold(folds).split(x, y, sample.books):
        honest[test] = chances(x[train], y[train], x[test])
    return fitted(x, y), honest


def chances(x: Numbers, y: NDArray[np.bool_], other: Numbers) -> Numbers:
    """What a fit on some fields says of others."""
    if len(set(y.tolist())) < 2:
        return np.full(len(other), float(y.mean()))
    weights = fitted(x, y)
    return np.array([weigh(weights, row) for row in other.tolist()])


def fitted(x: Numbers, y: NDArray[np.bool_]) -> Weights:
    """Both fits on some fields, of which some are right and some are not."""
    centre, scale = x.mean(axis=0), x.std(axis=0) + 1e-3
    bounded = np.clip((x - centre) / scale, -STEEPEST, STEEPEST)
    line = LogisticRegression(C=STRENGTH, max_iter=5000).fit(bounded, y)
    told = _rounded(centre), _rounded(scale), _rounded(line.coef_[0]), round(float(line.intercept_[0]), 4)
    if len(y) < FEW:
        return Weights(*told)
    boosted = boosted_trees().fit(x, y)
    return Weights(
        *told,
        trees=tuple(_tree(predictors[0].nodes) for predictors in boosted._predictors),
        base=round(float(boosted._baseline_prediction[0, 0]), 4),
    )


def boosted_trees() -> HistGradientBoostingClassifier:
    """Trees that are not fitted yet."""
    return HistGradientBoostingClassifier(
        max_depth=3,
        learning_rate=0.08,
        max_iter=TREES,
        min_samples_leaf=15,
        l2_regularization=3.0,
        monotonic_cst=[int(name in MORE_IS_BETTER) for name in FEATURES],
        early_stopping=False,
        random_state=0,
    )


def _tree(nodes: NDArray[np.void]) -> Tree:
    """A fitted tree as plain numbers: left where the feature is at most the limit; leaves have no feature."""
    return tuple(
        (-1, 0.0, 0, 0, round(float(node["value"]), 4))
        if node["is_leaf"]
        else (
            int(node["feature_idx"]),
            float(node["num_threshold"]),
            int(node["left"]),
            int(node["right"]),
            0.0,
        )
        for node in nodes
    )


def _rounded(values: Numbers) -> tuple[float, ...]:
    return tuple(np.round(values, 4).tolist())
