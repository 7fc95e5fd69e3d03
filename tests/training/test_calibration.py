"""How probabilities and thresholds are fitted: on made rows whose truth is known, and on a sample page."""

import json
import sys

import numpy as np
import pytest
from numpy.typing import NDArray

from bench.pages import Sheet
from pipeline.confidence import BLANK_GROUP, FEATURES, GROUPS, Policy, feature_row
from pipeline.report import read_truth
from tests.pipeline.conftest import SAMPLE
from training import calibration
from training.calibration import Row, fit, main, rows_of, threshold_of, upper_bound


def test_the_upper_bound_is_clopper_and_pearson_s() -> None:
    # None wrong of n: 1 - (1 - confidence)^(1/n), the rule of three at 95 %.
    assert upper_bound(0, 300, 0.95) == pytest.approx(1 - 0.05 ** (1 / 300))
    assert upper_bound(0, 300, 0.95) == pytest.approx(3 / 300, rel=0.01)
    assert upper_bound(5, 100) > 0.05
    assert upper_bound(5, 100, 0.99) > upper_bound(5, 100, 0.9)
    assert upper_bound(1, 100) > upper_bound(1, 1000)
    assert upper_bound(0, 0) == upper_bound(3, 3) == 1.0


def chances(*parts: tuple[int, float]) -> NDArray[np.float64]:
    return np.concatenate([np.full(count, chance) for count, chance in parts])


def test_the_threshold_is_the_lowest_that_is_proven() -> None:
    sure, less = chances((400, 0.99), (100, 0.95)), np.ones(500, np.bool_)
    assert threshold_of(sure, less, 0.01) == 0.95
    less[400:410] = False  # ten of the hundred less sure ones are wrong
    assert threshold_of(sure, less, 0.01) == 0.99
    less[:20] = False
    assert threshold_of(sure, less, 0.01) == 1.1


def test_too_few_fields_prove_nothing() -> None:
    assert threshold_of(chances((100, 0.999)), np.ones(100, np.bool_), 0.01) == 1.1
    assert threshold_of(np.zeros(0), np.zeros(0, np.bool_), 0.01) == 1.1


def test_fields_of_one_chance_are_accepted_together_or_not_at_all() -> None:
    right = np.ones(600, np.bool_)
    right[300:320] = False
    assert threshold_of(chances((600, 0.97)), right, 0.01) == 1.1


def test_an_unlikely_field_is_not_accepted_for_the_good_company_it_is_in() -> None:
    many, right = chances((4000, 0.999), (3, 0.2)), np.ones(4003, np.bool_)
    right[-3:] = False
    assert threshold_of(many, right, 0.01) == 0.999


def rows(group: str, count: int, noise: float) -> list[Row]:
    """Fields whose evidence "share" tells whether they are right, mostly."""
    rng = np.random.default_rng(4)
    made = []
    for i in range(count):
        share = float(rng.uniform(0, 1))
        right = bool(share + rng.normal(0, noise) > 0.3)
        evidence = {"share": share, "margin": 6 * share, "length": 9.0}
        made.append(Row(group, i // 20, feature_row(evidence), right))
    return made


def test_probabilities_follow_the_evidence_and_are_about_as_often_right(
    capsys: pytest.CaptureFixture[str],
) -> None:
    made = rows("name", 1200, 0.1)
    data = json.loads(json.dumps(fit(made)))
    assert "name" in capsys.readouterr().out
    assert data["features"] == list(FEATURES)
    weights = {name: np.array(numbers) for name, numbers in data["groups"]["name"].items()}
    z = (np.array([r.features for r in made]) - weights["centre"]) / weights["scale"]
    told = 1 / (1 + np.exp(-(z @ weights["weight"] + weights["bias"])))
    right = np.array([r.right for r in made])
    for low, high in ((0.0, 0.3), (0.3, 0.7), (0.7, 0.95), (0.95, 1.0)):
        some = (told >= low) & (told <= high)
        assert some.sum() > 10
        assert abs(float(told[some].mean()) - float(right[some].mean())) < 0.12
    policy = Policy(data["threshold"])
    accepted = np.array([policy.accepts("name", float(chance)) for chance in told])
    assert accepted.sum() > 300
    assert 1 - right[accepted].mean() < 0.01


def test_without_errors_to_learn_from_all_have_one_chance(capsys: pytest.CaptureFixture[str]) -> None:
    data = json.loads(
        json.dumps(fit([Row("tick", i // 20, [0.5] * len(FEATURES), True) for i in range(400)]))
    )
    assert set(data["groups"]["tick"]["weight"]) == {0.0}
    assert data["threshold"]["tick"] == pytest.approx(401 / 402, abs=1e-3)
    few = json.loads(json.dumps(fit([Row("tick", 0, [0.5] * len(FEATURES), True) for _ in range(40)])))
    assert few["threshold"]["tick"] == 1.1
    assert "tick" in capsys.readouterr().out


def test_rows_kept_are_fitted_again_without_reading_pages(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path_factory.mktemp("fit")
    made = rows("place", 200, 0.2)
    kept = [{"group": r.group, "book": r.book, "features": r.features, "right": r.right} for r in made]
    (folder / "rows.json").write_text(json.dumps(kept), encoding="utf-8")
    out = folder / "confidence.json"
    arguments = ["calibration", "--fit", str(folder), "--rows", str(folder / "rows.json"), "--out", str(out)]
    monkeypatch.setattr(sys, "argv", arguments)
    main()
    data = json.loads(out.read_text(encoding="utf-8"))
    assert data == json.loads(json.dumps(fit(made)))
    assert data["made_by"] == "python -m training.calibration"
    assert capsys.readouterr().out.count("place") == 2


def test_the_fields_of_a_page_become_rows() -> None:
    scan = SAMPLE / "Xã Tân Lợi-KS.2010.01" / "KS.2010.01.003.jpg"
    truth = read_truth(SAMPLE / "truth" / f"{scan.stem}.json")
    made = rows_of((8, Sheet(scan, 1, truth)))
    assert len(made) > 18
    assert {row.book for row in made} == {8 // calibration.BOOK_PAGES}
    assert {row.group for row in made} <= {*GROUPS.values(), BLANK_GROUP}
    assert {len(row.features) for row in made} == {len(FEATURES)}
    assert sum(row.right for row in made) >= 0.85 * len(made)
