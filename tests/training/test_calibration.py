"""How probabilities and samples are fitted: on made rows whose truth is known, and on a sample page."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from bench.fitting import boosted_trees, fitted, samples_of
from bench.pages import Sheet
from bench.rows import FieldRow, PageRow, keep, load, row_of
from pipeline.confidence import FEATURES, STEEPEST, Weights, feature_row, policy_of, weigh
from pipeline.elements import FieldKind
from pipeline.proof import GRID, Curve
from pipeline.report import read_truth
from tests.pipeline.conftest import SAMPLE
from training.calibration import fit, main

SCAN = SAMPLE / "Xã Tân Lợi-KS.2010.01" / "KS.2010.01.003.jpg"


def pages(
    kind: FieldKind, count: int, noise: float, family: str = "KS.2010.hand", seed: int = 4
) -> list[PageRow]:
    """Pages of one field whose evidence "views" tells whether it is right, mostly."""
    rng = np.random.default_rng(seed)
    made = []
    for i in range(count):
        views = float(rng.uniform(0, 1))
        right = bool(views + rng.normal(0, noise) > 0.3)
        evidence = {"views": views, "margin": 6 * views, "length": 9.0}
        field = FieldRow("meHoTen", kind, False, right, False, evidence)
        made.append(PageRow(f"p{i}", "made", f"book {i // 20}", family, (field,)))
    return made


def test_probabilities_follow_the_evidence_and_are_about_as_often_right() -> None:
    made = pages(FieldKind.NAME, 2400, 0.1)
    data = json.loads(json.dumps(fit(made)))
    assert data["features"] == list(FEATURES)
    weights = Weights(**data["groups"]["name"])
    told = np.array([weigh(weights, feature_row(page.fields[0].evidence)) for page in made])
    right = np.array([page.fields[0].right for page in made])
    for low, high in ((0.0, 0.3), (0.3, 0.7), (0.7, 0.95), (0.95, 1.0)):
        some = (told >= low) & (told <= high)
        assert some.sum() > 10
        assert abs(float(told[some].mean()) - float(right[some].mean())) < 0.12
    policy = policy_of(data)
    threshold = policy.threshold("meHoTen", "name", "KS.2010.hand")
    assert threshold.proven
    accepted = told >= threshold.value
    assert accepted.sum() > 500
    assert 1 - right[accepted].mean() < 0.01


def test_samples_are_kept_by_family_and_pool() -> None:
    made = pages(FieldKind.NAME, 300, 0.1) + pages(FieldKind.NAME, 200, 0.1, "KT.2015.typed", seed=5)
    data = fit(made)
    counts = {name: Curve(*map(tuple, found)).checked[-1] for name, found in data["samples"]["name"].items()}
    assert set(counts) == {"KS.2010.hand", "KT.2015.typed", "hand", "typed", "any"}
    assert counts["any"] == counts["hand"] + counts["typed"] > 300
    assert data["pools"]["KT.2015.typed"] == ("typed", "any")
    assert len(data["samples"]["name"]["any"][0]) == len(GRID)


def test_without_errors_to_learn_from_all_have_one_chance() -> None:
    field = FieldRow("loaiDangKy", FieldKind.REGISTRATION_KIND, False, True, False, {"views": 1.0})
    made = [PageRow(f"p{i}", "made", f"b{i // 20}", "KS.2015.hand", (field,)) for i in range(900)]
    data = fit(made)
    assert set(data["groups"]["tick"]["weight"]) == {0.0}
    policy = policy_of(data)
    assert policy.threshold("loaiDangKy", "tick", "KS.2015.hand").proven
    assert policy_of(fit(made[:400])).threshold("loaiDangKy", "tick", "KS.2015.hand").needed == 60


def test_fields_that_are_asked_anyway_teach_nothing() -> None:
    asked = FieldRow("meHoTen", FieldKind.NAME, False, False, True, {"views": 1.0})
    (page, *_) = pages(FieldKind.NAME, 1, 0.1)
    both = PageRow(page.page, page.source, page.book, page.family, (*page.fields, asked))
    assert len(samples_of([both])["name"].y) == 1


def test_features_far_outside_are_bounded_the_same_way_in_the_fit_and_in_use() -> None:
    made = pages(FieldKind.NAME, 600, 0.1)
    found = fit(made)["groups"]["name"]
    weights = Weights(found["centre"], found["scale"], found["weight"], found["bias"])  # the line alone
    row = feature_row({"views": 1.0, "margin": 6.0, "length": 9.0})
    far = list(row)
    place = FEATURES.index("height")
    far[place] = found["centre"][place] + 50 * found["scale"][place]
    near = list(row)
    near[place] = found["centre"][place] + STEEPEST * found["scale"][place]
    assert weigh(weights, far) == weigh(weights, near)


def test_rows_kept_are_fitted_again_without_reading_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = pages(FieldKind.PLACE, 200, 0.2)
    rows = tmp_path / "rows.jsonl"
    rows.write_text("".join(json.dumps(asdict(page)) + "\n" for page in made), encoding="utf-8")
    out = tmp_path / "confidence.json"
    monkeypatch.setattr(sys, "argv", ["calibration", "--rows", str(rows), "--out", str(out)])
    main()
    data = json.loads(out.read_text(encoding="utf-8"))
    assert data == json.loads(json.dumps(fit(made)))
    assert data["made_by"] == "python -m training.calibration"
    assert "| `place` | hand | 200 |" in capsys.readouterr().out


def test_the_fields_of_a_page_become_a_row_and_are_read_once(tmp_path: Path) -> None:
    truth = SAMPLE / "truth" / f"{SCAN.stem}.json"
    made = row_of(Sheet(SCAN, 1, read_truth(truth)))
    assert len(made.fields) > 18
    assert made.family == "KS.2010.hand"
    assert sum(field.right for field in made.fields) >= 0.85 * len(made.fields)
    for path in (SCAN, truth):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    rows = tmp_path / "rows.jsonl"
    keep(tmp_path, rows)
    first = rows.read_text(encoding="utf-8")
    keep(tmp_path, rows)
    assert rows.read_text(encoding="utf-8") == first
    (found,) = load([rows])
    assert [field.key for field in found.fields] == [field.key for field in made.fields]
    assert not any(name in first for name in read_truth(truth).cases[0].values() if len(name) > 6)


def test_the_trees_that_are_written_are_those_that_were_fitted() -> None:
    sample = samples_of(pages(FieldKind.NAME, 600, 0.1))["name"]
    weights = fitted(sample.x, sample.y)
    trees = Weights(weights.centre, weights.scale, (0.0,) * len(FEATURES), 0.0, weights.trees, weights.base)
    told = np.array([weigh(trees, row) for row in sample.x.tolist()])
    odds = boosted_trees().fit(sample.x, sample.y).decision_function(sample.x)
    assert 2 * np.log(told / (1 - told)) == pytest.approx(odds, abs=0.01)


def test_more_of_a_good_sign_never_speaks_against_a_reading() -> None:
    sample = samples_of(pages(FieldKind.NAME, 600, 0.3))["name"]
    weights = fitted(sample.x, sample.y)
    trees = Weights(weights.centre, weights.scale, (0.0,) * len(FEATURES), 0.0, weights.trees, weights.base)
    told = [
        weigh(trees, feature_row({"views": step / 20, "margin": 3.0, "length": 9.0})) for step in range(21)
    ]
    assert told == sorted(told)
