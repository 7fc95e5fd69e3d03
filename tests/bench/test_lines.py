"""``hotich bench lines`` on three drawn lines, and on folders that are none."""

from __future__ import annotations

from pathlib import Path

import cv2
import pytest
from typer.testing import CliRunner, Result

from bench.lines import LABELS, LineScore, labelled, score
from flows.command import build_app
from tests.pipeline.drawn import line_of

TEXTS = {"w01_1.png": "Nguyễn Thị Hạnh", "w01_2.png": "ấp Sóc Trào, xã Tân Lợi", "w02_1.png": "27/12/2009"}


def write(folder: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        cv2.imwrite(str(folder / name), line_of(text))
    rows = "".join(f"{name}\t{text}\n" for name, text in texts.items())
    (folder / LABELS).write_text(rows, encoding="utf-8")


def run(folder: Path, *options: str) -> Result:
    return CliRunner().invoke(build_app(), [*options, "bench", "lines", str(folder)], env={"COLUMNS": "160"})


def test_lines_are_scored_both_ways(tmp_path: Path) -> None:
    write(tmp_path, TEXTS)
    scores = score(tmp_path)
    assert scores.keys() == {"greedy", "decoded"}
    for found in scores.values():
        assert (found.lines, found.right, found.right_bare) == (3, 3, 3)
        assert (found.edits, found.word_edits) == (0, 0)
        assert found.characters == sum(map(len, TEXTS.values()))
        assert found.words == 3 + 6 + 1
        assert found.seconds > 0


def test_the_command_prints_a_table(tmp_path: Path) -> None:
    write(tmp_path, TEXTS)
    result = run(tmp_path)
    assert result.exit_code == 0
    for word in ("Cách đọc", "greedy", "decoded", "CER", "WER", "100.0%", "0.00%"):
        assert word in result.output


def test_a_line_read_wrong_is_counted(tmp_path: Path) -> None:
    write(tmp_path, {"a.png": "Nguyễn Thị Hạnh"})
    (tmp_path / LABELS).write_text("a.png\tNguyễn Thị Hành\n", encoding="utf-8")
    found = score(tmp_path)["greedy"]
    assert (found.right, found.edits, found.word_edits) == (0, 1, 1)


def test_case_and_punctuation_do_not_count_in_bare() -> None:
    found = LineScore()
    found.add("NGUYỄN THỊ HOÀ.", "Nguyễn thị Hòa")
    assert (found.right, found.right_bare, found.edits_bare) == (0, 1, 0)
    assert found.edits > 0


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        (None, "không có tệp labels.tsv"),
        ("a.png\tLan\nno such.png\tLan\n", "nêu tệp không có: no such.png"),
        ("text.png\tLan\n", "text.png không phải là ảnh đọc được"),
    ],
)
def test_what_is_wrong_is_told_in_one_sentence(tmp_path: Path, labels: str | None, told: str) -> None:
    write(tmp_path, {"a.png": "Lan"})
    (tmp_path / "text.png").write_text("no image", encoding="utf-8")
    (tmp_path / LABELS).unlink()
    if labels is not None:
        (tmp_path / LABELS).write_text(labels, encoding="utf-8")
    result = run(tmp_path)
    assert result.exit_code == 2
    assert told in " ".join(result.output.split())
    assert "Traceback" not in result.output


def test_blank_lines_and_remarks_in_the_labels_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, {"a.png": "Lan"})
    (tmp_path / LABELS).write_text("\nno tab here\na.png\tLan\tHoa\n", encoding="utf-8")
    assert labelled(tmp_path) == [(tmp_path / "a.png", "Lan\tHoa")]


def test_a_folder_without_lines_has_an_empty_table(tmp_path: Path) -> None:
    (tmp_path / LABELS).write_text("", encoding="utf-8")
    result = run(tmp_path)
    assert result.exit_code == 0
    assert "greedy" in result.output
