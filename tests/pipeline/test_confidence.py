"""Probabilities, groups and thresholds: numbers from 0 to 1, and nobody accepted without proof."""

from __future__ import annotations

import json
import math

from hypothesis import given
from hypothesis import strategies as st

from pipeline.confidence import (
    BLANK_GROUP,
    FEATURES,
    FILE,
    GROUPS,
    Policy,
    default_policy,
    feature_row,
    group_of,
    probability,
)
from pipeline.elements import FieldKind

NUMBER = st.floats(allow_nan=False, min_value=-1e9, max_value=1e9)
EVIDENCE = st.dictionaries(st.sampled_from([*FEATURES, "form", "unknown"]), NUMBER).map(
    lambda found: found | {name: abs(found[name]) for name in ("length", "ink") if name in found}
)


def test_every_kind_has_a_group_and_blank_is_its_own() -> None:
    assert set(GROUPS) == set(FieldKind)
    assert {group_of(kind, blank=True) for kind in FieldKind} == {BLANK_GROUP}
    assert BLANK_GROUP not in GROUPS.values()
    assert group_of(FieldKind.NAME, blank=False) == GROUPS[FieldKind.NAME]


@given(st.sampled_from([*GROUPS.values(), BLANK_GROUP]), EVIDENCE)
def test_a_probability_is_one_whatever_the_evidence(group: str, evidence: dict[str, float]) -> None:
    assert 0.0 <= probability(group, evidence) <= 1.0


@given(EVIDENCE)
def test_the_features_are_numbers_in_their_bounds_and_order(evidence: dict[str, float]) -> None:
    row = dict(zip(FEATURES, feature_row(evidence), strict=True))
    assert all(math.isfinite(value) for value in row.values())
    assert 0 <= row["margin"] <= 12
    assert -1 <= row["mean"] <= 0
    assert -6 <= row["worst"] <= 0
    assert row["views"] == evidence.get("views", 0.0)
    assert row["length"] == math.log1p(evidence.get("length", 0.0))


def test_a_group_without_weights_is_never_sure_and_never_accepted() -> None:
    assert probability("no such group", {"share": 1.0}) == 0.5
    assert not default_policy().accepts("no such group", 1.0)
    assert not Policy({}).accepts("name", 1.0)


def test_from_the_threshold_on_a_field_is_accepted() -> None:
    policy = Policy({"name": 0.97, "place": 1.1})
    assert policy.accepts("name", 0.97)
    assert not policy.accepts("name", 0.9699)
    assert not policy.accepts("place", 1.0)  # not proven: nothing is


def test_the_shipped_weights_are_of_these_features() -> None:
    data = json.loads(FILE.read_text(encoding="utf-8"))
    assert set(data["groups"]) == set(data["threshold"]) <= {*GROUPS.values(), BLANK_GROUP}
    assert data.get("features", list(FEATURES)) == list(FEATURES)
    for weights in data["groups"].values():
        assert {len(weights[name]) for name in ("centre", "scale", "weight")} == {len(FEATURES)}
        assert min(weights["scale"]) > 0
    # Nobody is accepted whose own chance is poor, however good the company: at least nine in ten are right.
    assert all(0.9 <= threshold <= 1.1 for threshold in data["threshold"].values())
