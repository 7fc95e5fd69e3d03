"""``hotich bench confidence``: scores, tables and pictures of kept rows, and of lines by writers."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from sklearn.metrics import roc_auc_score
from typer.testing import CliRunner

from bench.confidence import Judged, calibration_error, judge, ranking, score, uniform
from bench.fitting import Sample
from bench.line_confidence import held_out, lowest
from bench.line_rows import rows_of_lines, writer_of
from bench.rows import FieldRow, PageRow
from flows.command import build_app
from pipeline.elements import FieldKind
from pipeline.policy import PERSON_TARGET, TARGET
from tests.pipeline.policies import SURE, accepting
from training.faces import HAND

FAMILY = "KS.2010.hand"


def page(*fields: FieldRow, family: str = FAMILY) -> PageRow:
    return PageRow("p", "made", "book", family, fields)


def field(*, right: bool, asked: bool = False, key: str = "meHoTen") -> FieldRow:
    return FieldRow(key, FieldKind.NAME, False, right, asked, SURE)


def test_what_is_asked_for_another_reason_is_not_accepted_but_counts() -> None:
    judged = judge([page(field(right=True), field(right=False), field(right=False, asked=True))], accepting())
    found = score(judged)
    assert (found.fields, found.accepted, found.wrong) == (3, 2, 1)
    assert found.share == pytest.approx(2 / 3)
    assert found.error == 0.5
    assert found.bound > 0.5
    assert found.right == pytest.approx(1 / 3)


def test_one_target_for_all_fields() -> None:
    policy = uniform(0.01)
    assert policy.of("nksHoTen").target == policy.of("ghiChu").target == 0.01
    assert uniform(TARGET).of("nksHoTen").target > PERSON_TARGET


def test_the_calibration_error_is_the_distance_from_what_was_told() -> None:
    rng = np.random.default_rng(3)
    told = rng.uniform(0.5, 1.0, 20_000)
    assert calibration_error(told, rng.random(20_000) < told) < 0.015
    assert calibration_error(np.full(1000, 0.9), np.arange(1000) % 10 < 7) == pytest.approx(0.2)
    assert calibration_error(np.zeros(0), np.zeros(0, np.bool_)) == 0.0


def test_the_ranking_is_the_area_under_the_curve() -> None:
    rng = np.random.default_rng(3)
    told = np.round(rng.uniform(0, 1, 400), 1)  # with ties
    right = rng.random(400) < told
    assert ranking(told, right) == pytest.approx(roc_auc_score(right, told))
    assert ranking(told, np.ones(400, np.bool_)) == 1.0


def test_rows_that_were_kept_are_scored_and_drawn(tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    pages = [page(*(field(right=i != 3) for i in range(20))), page(field(right=True), family="KT.2015.typed")]
    rows.write_text("".join(json.dumps(asdict(one)) + "\n" for one in pages), encoding="utf-8")
    pictures = tmp_path / "pictures"
    result = CliRunner().invoke(
        build_app(), ["bench", "confidence", str(rows), "--pictures", str(pictures)], env={"COLUMNS": "160"}
    )
    assert result.exit_code == 0, result.output
    for word in ("viết tay", "đánh máy", "KS", "KT", "name", "Tất cả", "ECE", "AUC", "2 trang", "0.5%"):
        assert word in result.output
    drawn = sorted(path.name for path in pictures.iterdir())
    assert drawn == ["confidence-coverage.png", "confidence-reliability.png"]
    for name in drawn:
        with Image.open(pictures / name) as picture:
            assert picture.width >= 700


def test_a_folder_without_truth_is_told(tmp_path: Path) -> None:
    result = CliRunner().invoke(build_app(), ["bench", "confidence", str(tmp_path)])
    assert result.exit_code == 2
    assert "đáp án" in result.output


def test_the_threshold_is_the_lowest_with_few_errors() -> None:
    told = np.array([0.99, 0.98, 0.97, 0.5, 0.4])
    assert lowest(told, np.array([True, True, True, False, True]), 0.3) == 0.97
    assert lowest(told, np.array([False] * 5), 0.02) > 1


def test_each_writer_is_judged_by_the_others() -> None:
    rng = np.random.default_rng(2)
    from pipeline.confidence import feature_row

    views = rng.uniform(0, 1, 400)
    x = np.array([feature_row({"views": float(v), "length": 9.0}) for v in views])
    right = views + rng.normal(0, 0.05, 400) > 0.3
    writers = np.array([f"w{i % 8}" for i in range(400)])
    told, accepted = held_out(Sample(x, right, writers, writers), 0.02)
    assert 0.4 < accepted.mean() < 0.8
    assert 1 - right[accepted].mean() < 0.03
    assert told[accepted].min() > told[~accepted].mean()


def test_writers_are_told_by_names_else_by_a_hash() -> None:
    assert writer_of("w06-0.jpg") == "w06"
    assert writer_of("000.jpg") == writer_of("000.jpg")
    assert len({writer_of(f"{i:03}.jpg") for i in range(200)}) == 10


def test_lines_become_rows(tmp_path: Path) -> None:
    face = ImageFont.truetype(str(next(iter(sorted(HAND.glob("*.ttf"))))), 40)
    for name in ("w01-0.png", "w02-0.png"):
        image = Image.new("L", (420, 64), 245)
        ImageDraw.Draw(image).text((10, 5), "Bình Phước", fill=40, font=face)
        image.save(tmp_path / name)
    (tmp_path / "labels.tsv").write_text("w01-0.png\tBình Phước\nw02-0.png\tBình Phước\n", encoding="utf-8")
    rows = rows_of_lines(tmp_path)
    assert [row.page for row in rows] == ["w01", "w02"]
    assert all(row.fields[0].evidence["length"] > 5 for row in rows)
    assert cv2.imread(str(tmp_path / "w01-0.png")) is not None
    result = CliRunner().invoke(build_app(), ["bench", "confidence", str(tmp_path)])
    assert result.exit_code == 2  # two writers are too few to divide


def test_a_judged_field_knows_its_register() -> None:
    (one,) = judge([page(field(right=True), family="KT.2015.typed")], accepting())
    assert isinstance(one, Judged)
    assert (one.register, one.typed, one.group) == ("KT", True, "name")
