"""Probabilities, groups and thresholds: numbers from 0 to 1, and nobody accepted without proof."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.confidence import (
    BLANK_GROUP,
    FEATURES,
    FILE,
    GROUPS,
    SAMPLES,
    STEEPEST,
    Weights,
    default_policy,
    feature_row,
    group_of,
    probability,
    weigh,
)
from pipeline.elements import FieldKind
from pipeline.policy import TARGET, Answer
from pipeline.proof import DOUBTFUL, GRID

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
    assert default_policy().answer("meHoTen", "no such group", "KS.2010.hand", 1.0) is Answer.NOT_PROVEN


def test_no_feature_rules_alone() -> None:
    """What is further from all that was fitted on than three deviations says no more than three do."""
    weights = Weights((0.0, 0.0), (1.0, 1.0), (2.0, 0.0), 0.0)
    assert weigh(weights, [STEEPEST, 0.0]) == weigh(weights, [1000.0, 0.0])
    assert weigh(weights, [1.0, 0.0]) < weigh(weights, [2.0, 0.0])


def test_line_and_trees_count_half_each() -> None:
    tree = ((0, 1.5, 1, 2, 0.0), (-1, 0.0, 0, 0, -1.0), (-1, 0.0, 0, 0, 3.0))
    weights = Weights((0.0,), (1.0,), (2.0,), 0.0, (tree, tree), 1.0)
    for value, odds in ((1.0, (2.0 + 1.0 - 2.0) / 2), (2.0, (4.0 + 1.0 + 6.0) / 2)):
        assert weigh(weights, [value]) == pytest.approx(1 / (1 + math.exp(-odds)))


def test_the_shipped_weights_are_of_these_features() -> None:
    data = json.loads(FILE.read_text(encoding="utf-8"))
    assert set(data["groups"]) <= {*GROUPS.values(), BLANK_GROUP} == set(SAMPLES)
    assert data["features"] == list(FEATURES)
    for weights in data["groups"].values():
        assert {len(weights[name]) for name in ("centre", "scale", "weight")} == {len(FEATURES)}
        assert min(weights["scale"]) > 0
        for tree in weights["trees"]:
            for feature, _, left, right, _ in tree:
                assert feature == -1 or (0 <= feature < len(FEATURES) and max(left, right) < len(tree))


def test_what_was_fitted_is_what_decides() -> None:
    """Line and trees come back from the file as they were fitted: thresholds are proven for both together."""
    data = json.loads(FILE.read_text(encoding="utf-8"))
    evidence = {"rival": 3.0, "content": 0.999, "letter": -0.02, "views": 1.0, "fits": 1.0, "length": 12.0}
    row = feature_row(evidence)
    with_trees = 0
    for group, kept in data["groups"].items():
        odds = kept["bias"] + sum(
            w * max(-STEEPEST, min(STEEPEST, (x - c) / s))
            for x, c, s, w in zip(row, kept["centre"], kept["scale"], kept["weight"], strict=True)
        )
        if kept["trees"]:
            with_trees += 1
            leaves = 0.0
            for tree in kept["trees"]:
                node = tree[0]
                while node[0] >= 0:
                    node = tree[node[2] if row[node[0]] <= node[1] else node[3]]
                leaves += node[4]
            odds = (odds + kept["base"] + leaves) / 2
        assert probability(group, evidence) == pytest.approx(1 / (1 + math.exp(-odds)))
    assert with_trees >= 4


def test_the_shipped_samples_are_samples() -> None:
    data = json.loads(FILE.read_text(encoding="utf-8"))
    for families in data["samples"].values():
        for checked, wrong in families.values():
            assert len(checked) == len(wrong) == len(GRID)
            assert checked == sorted(checked)
            assert wrong == sorted(wrong)
            assert all(0 <= w <= c for c, w in zip(checked, wrong, strict=True))
    for group in data["samples"].values():
        for pool in ("typed", "hand"):
            own = [np.array(c) for family, c in group.items() if family.endswith(f".{pool}")]
            assert np.array_equal(np.sum(own, axis=0), np.array(group[pool]))


def test_a_family_that_was_never_checked_is_asked_about() -> None:
    policy = default_policy()
    for group in SAMPLES:
        assert policy.answer("meHoTen", group, "XX.1899.hand", 1.0) is Answer.NOT_PROVEN


def test_something_is_accepted_and_nobody_whose_own_chance_is_poor() -> None:
    policy = default_policy()
    found = [policy.threshold("chaDanToc", group, family) for group in SAMPLES for family in policy.pools]
    assert any(threshold.proven for threshold in found)
    assert all(1.0 - threshold.value <= DOUBTFUL * TARGET + 1e-9 for threshold in found if threshold.proven)
    assert all(threshold.bound <= TARGET for threshold in found if threshold.proven)
    assert all(threshold.needed > 0 for threshold in found if not threshold.proven)
