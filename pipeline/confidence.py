"""Evidence -> calibrated probability that a field is exactly right, and the samples that prove thresholds.

The probability is a function of the evidence, a logistic one and boosted trees together, one set of both
for each group of kinds, fitted on readings whose truth is known by ``python -m training.calibration``;
weights and samples are the file beside this module. Its scale was checked on pages and hands that were not
fitted on (docs/confidence.md).
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.elements import FieldKind
from pipeline.policy import Policy
from pipeline.proof import Curve

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

FILE: Final = Path(__file__).parent / "confidence.json"

GROUPS: Final[dict[FieldKind, str]] = {
    FieldKind.NAME: "name",
    FieldKind.DATE: "figures",
    FieldKind.YEAR: "figures",
    FieldKind.NUMBER: "figures",
    FieldKind.IDENTITY: "figures",
    FieldKind.DATE_WORDS: "words",
    FieldKind.PLACE: "place",
    FieldKind.SEX: "choice",
    FieldKind.ETHNICITY: "choice",
    FieldKind.NATIONALITY: "choice",
    FieldKind.RELATION: "choice",
    FieldKind.OFFICE: "choice",
    FieldKind.REGISTRATION_KIND: "tick",
    FieldKind.TEXT: "place",
}
BLANK_GROUP: Final = "blank"

SAMPLES: Final[dict[str, str]] = {
    "name": "name",
    "figures": "figures",
    "words": "figures",
    "place": "place",
    "choice": "choice",
    "tick": "choice",
    BLANK_GROUP: BLANK_GROUP,
}
"""Whose checks prove a group's threshold: dates in words go with figures, ticks with lists: they are few."""

STEEPEST: Final = 3.0
"""Standard deviations beyond which a feature says nothing more: what was never seen is not what is surest."""


def _plain(value: float) -> float:
    return value


def _within(low: float, high: float) -> Callable[[float], float]:
    return lambda value: min(max(value, low), high)


def _count(value: float) -> float:
    return math.log1p(max(0.0, value))


def _short_of_certain(value: float) -> float:
    """A share of probability by what it lacks, as a log: 0.999 is as far from 0.99 as that is from 0.9."""
    return -math.log(1e-4 + max(0.0, 1.0 - value))


def _doubt_of_letter(value: float) -> float:
    return -math.log(1e-3 + min(3.0, max(0.0, -value)))


_SCALES: Final[dict[str, Callable[[float], float]]] = {
    "margin": _within(0.0, 12.0),
    "rival": _within(0.0, 12.0),
    "content": _short_of_certain,
    "mean": _within(-1.0, 0.0),
    "worst": _within(-6.0, 0.0),
    "letter": _doubt_of_letter,
    "unsure": _within(-6.0, 0.0),
    "lexicon": _within(-6.0, 0.0),
    "odd": _within(-8.0, 0.0),
    "units": _plain,
    "fits": _plain,
    "listed": _plain,
    "views": _plain,
    "behind": _within(-12.0, 0.0),
    "agree": _plain,
    "printed": _plain,
    "twin": _plain,
    "led": _within(-12.0, 12.0),
    "doubts": _within(-3.0, 0.0),
    "anchor": _plain,
    "form": _plain,
    "beside": _within(-1.0, 0.0),
    "hand": _within(-1.0, 0.0),
    "hand_letter": _within(-2.0, 0.0),
    "hand_views": _plain,
    "typed": _plain,
    "contrast": _plain,
    "sharp": _plain,
    "stroke": _plain,
    "height": _plain,
    "room": _plain,
    "edge": _plain,
    "lines": _plain,
    "length": _count,
    "ink": _count,
    "said": _plain,
}

FEATURES: Final = tuple(_SCALES)
"""Evidence that the probability is made of, in the order of the weights."""


Tree = tuple[tuple[int, float, int, int, float], ...]
"""Nodes of a tree: feature (-1 in a leaf), limit, node for at most that, node for more, value."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A fitted function of features: log-odds, the mean of a line's and of trees' where there are any.

    For the line features are centred, scaled, bounded, weighted and summed; the trees' values are summed.
    """

    centre: tuple[float, ...]
    scale: tuple[float, ...]
    weight: tuple[float, ...]
    bias: float
    trees: tuple[Tree, ...] = ()
    base: float = 0.0


def feature_row(evidence: Mapping[str, float]) -> list[float]:
    """The evidence of a field as numbers in the order of ``FEATURES``, bounded so that none rules alone."""
    return [scale(float(evidence.get(name, 0.0))) for name, scale in _SCALES.items()]


_chosen: Path | None = None


class NotFitting(ValueError):
    """A file of weights was made for other evidence than this version of the program has."""


def use(file: Path | None) -> None:
    """Let weights that were fitted at a station count in this process, instead of the shipped ones.

    While the file is not there, or was fitted on other evidence than this version has, the shipped ones do.
    """
    global _chosen
    _chosen = file


def require_fitting(file: Path) -> None:
    """Make sure that a file can be used.

    Raises:
        NotFitting: when it was fitted on other evidence, or is no such file.
        OSError: when it cannot be read.
    """
    _read(file, file.stat().st_mtime_ns)


def _fitted() -> tuple[dict[str, Weights], Policy]:
    if _chosen is not None:
        try:
            return _read(_chosen, _chosen.stat().st_mtime_ns)
        except (OSError, NotFitting):
            pass  # models.watchlist tells the operator of it
    return _read(FILE, FILE.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(file: Path, _changed: int) -> tuple[dict[str, Weights], Policy]:
    text = file.read_bytes()
    try:
        data = json.loads(text)
        if tuple(data["features"]) != FEATURES:
            raise NotFitting(f"{file.name} was fitted on other evidence")
        weights = {group: weights_of(w) for group, w in data["groups"].items()}
        return weights, policy_of(data)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotFitting(f"{file.name} was not fitted for this version") from error


def weights_of(kept: Mapping[str, Any]) -> Weights:
    """Weights as a file keeps them, the trees with the line: thresholds are proven for both together."""
    trees = tuple(
        tuple(
            (int(f), float(limit), int(left), int(right), float(value))
            for f, limit, left, right, value in tree
        )
        for tree in kept["trees"]
    )
    centre, scale, weight = (tuple(kept[name]) for name in ("centre", "scale", "weight"))
    return Weights(centre, scale, weight, kept["bias"], trees, kept["base"])


def policy_of(data: Mapping[str, Any]) -> Policy:
    """The policy that a file of weights and samples makes, with the usual targets.

    A group's samples are those of the group that ``SAMPLES`` names for it.
    """
    curves = {
        (group, family): Curve(tuple(checked), tuple(wrong))
        for group, sample in SAMPLES.items()
        for family, (checked, wrong) in data["samples"].get(sample, {}).items()
    }
    return Policy(curves, {family: tuple(names) for family, names in data["pools"].items()})


def group_of(kind: FieldKind, *, blank: bool) -> str:
    """The group of kinds whose weights count for a field."""
    return BLANK_GROUP if blank else GROUPS[kind]


def probability(group: str, evidence: Mapping[str, float]) -> float:
    """Probability, 0 to 1, that a reading with this evidence is exactly right.

    A group without fitted weights is never sure: 0.5.
    """
    weights = _fitted()[0].get(group)
    return 0.5 if weights is None else weigh(weights, feature_row(evidence))


def weigh(weights: Weights, row: Sequence[float]) -> float:
    """The probability that weights give for a row of features."""
    total = weights.bias
    for value, centre, scale, weight in zip(row, weights.centre, weights.scale, weights.weight, strict=True):
        total += weight * max(-STEEPEST, min(STEEPEST, (value - centre) / scale))
    if weights.trees:
        total = (total + weights.base + sum(_leaf(tree, row) for tree in weights.trees)) / 2.0
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


def _leaf(tree: Tree, row: Sequence[float]) -> float:
    """The value that a tree gives for a row of features."""
    feature, limit, left, right, value = tree[0]
    while feature >= 0:
        feature, limit, left, right, value = tree[left if row[feature] <= limit else right]
    return value


def default_policy() -> Policy:
    """The samples that were kept with the weights, and the usual targets."""
    return _fitted()[1]
