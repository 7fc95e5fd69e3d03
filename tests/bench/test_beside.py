"""``hotich bench beside``: our figures beside Tesseract's, on drawn lines and pages of the sample."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bench.beside import line_table, main, page_table, score_lines, score_pages
from tests.bench.test_lines import TEXTS, write
from tests.pipeline.conftest import SAMPLE


def test_lines_are_read_in_both_of_our_ways(tmp_path: Path) -> None:
    write(tmp_path, TEXTS)
    scores = score_lines(tmp_path, others=False)
    assert [score.lines for score in scores.values()] == [3, 3]
    assert all(score.right_bare == 3 and score.seconds > 0 for score in scores.values())
    table = line_table("dòng", scores)
    assert "| hotich, như đọc một mục | 0.0% | 100.0% |" in table
    assert "dòng: 3 dòng" in table


def test_pages_are_read_as_a_book_beside_tesseract(tmp_path: Path) -> None:
    for stem in ("KS.2010.01.003", "KS.2010.01.006", "KS.2010.01.009"):
        shutil.copy(next(SAMPLE.glob(f"*/{stem}.jpg")), tmp_path)
        shutil.copy(SAMPLE / "truth" / f"{stem}.json", tmp_path)
    scores = score_pages(tmp_path)
    assert {place: score.pages for place, score in scores.items()} == {"đầu sổ": 1, "trang sau của sổ": 2}
    for score in scores.values():
        assert score.right >= 0.85 * score.fields
        assert score.found_by_tesseract < 0.5 * score.right  # it reads no handwriting
        assert min(score.seconds, score.tesseract_seconds) > 0
    assert page_table(scores).count("\n") == 3


def test_a_folder_without_labels_is_told_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([tmp_path], [])
    assert ended.value.code == 2
    assert "không có tệp labels.tsv" in capsys.readouterr().out
