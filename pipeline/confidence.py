"""Evidence -> calibrated probability that a field is exactly right -> accept it or ask a person.

The probability is a logistic function of the evidence, one set of weights for each group of kinds, fitted on
readings whose truth is known by ``python -m training.calibration``; the weights are the file beside this
module. Its scale was checked on pages and hands that were not fitted on (docs/confidence.md).
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.elements import FieldKind

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE: Final = Path(__file__).parent / "confidence.json"

NOT_PROVEN: Final = 1.1
"""The threshold of a group whose sample proves none: no probability reaches it."""

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

FEATURES: Final = (
    "margin",
    "share",
    "mean",
    "worst",
    "lexicon",
    "fits",
    "views",
    "agree",
    "printed",
    "twin",
    "anchor",
    "lines",
    "length",
    "ink",
)
"""Evidence that the probability is made of, in the order of the weights."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A fitted logistic function: features are centred, scaled, weighted and summed."""

    centre: tuple[float, ...]
    scale: tuple[float, ...]
    weight: tuple[float, ...]
    bias: float


@dataclass(frozen=True, slots=True)
class Policy:
    """From which probability on a field is accepted without a person, by group of kinds."""

    threshold: Mapping[str, float]

    def accepts(self, group: str, probability: float) -> bool:
        """Whether a field of that group and probability needs no person."""
        return probability >= self.threshold.get(group, NOT_PROVEN)

    def can_accept(self, group: str) -> bool:
        """Whether anything of that group is accepted: not while its sample proves no threshold."""
        return self.threshold.get(group, NOT_PROVEN) <= 1.0


def feature_row(evidence: Mapping[str, float]) -> list[float]:
    """The evidence of a field as numbers in the order of ``FEATURES``, bounded so that none rules alone."""
    row = [float(evidence.get(name, 0.0)) for name in FEATURES]
    bounds = {"margin": (0.0, 12.0), "mean": (-1.0, 0.0), "worst": (-6.0, 0.0), "lexicon": (-6.0, 0.0)}
    for i, name in enumerate(FEATURES):
        if name in bounds:
            row[i] = min(max(row[i], bounds[name][0]), bounds[name][1])
    row[FEATURES.index("length")] = math.log1p(row[FEATURES.index("length")])
    row[FEATURES.index("ink")] = math.log1p(row[FEATURES.index("ink")])
    return row


@cache
def _fitted() -> tuple[dict[str, Weights], Policy]:
    data = json.loads(FILE.read_text(encoding="utf-8"))
    weights = {
        group: Weights(tuple(w["centre"]), tuple(w["scale"]), tuple(w["weight"]), w["bias"])
        for group, w in data["groups"].items()
    }
    return weights, Policy(data["threshold"])


def group_of(kind: FieldKind, *, blank: bool) -> str:
    """The group of kinds whose weights count for a field."""
    return BLANK_GROUP if blank else GROUPS[kind]


def probability(group: str, evidence: Mapping[str, float]) -> float:
    """Probability, 0 to 1, that a reading with this evidence is exactly right.

    A group without fitted weights is never sure: 0.5.
    """
    weights = _fitted()[0].get(group)
    if weights is None:
        return 0.5
    total = weights.bias
    for value, centre, scale, weight in zip(
        feature_row(evidence), weights.centre, weights.scale, weights.weight, strict=True
    ):
        total += weight * (value - centre) / scale
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


def default_policy() -> Policy:
    """The thresholds that were fitted with the weights."""
    return _fitted()[1]
