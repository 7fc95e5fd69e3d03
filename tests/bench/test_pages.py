"""``hotich bench pages`` on two pages of the sample, and on folders that are none."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from rich.console import Console
from typer.testing import CliRunner, Result

from bench.page_tables import field_table, page_table
from bench.pages import score, sheets, tesseract_seconds
from bench.score import BY_HAND, TYPED
from flows.command import build_app
from tests.pipeline.conftest import SAMPLE
from tests.pipeline.drawn import Sheet
from training.faces import HAND
from training.pages import Options, make_page, write_page

BOOKS = {"KS.2010.01.003": "Xã Tân Lợi-KS.2010.01", "KS.2010.01.018": "Xã Tân Lợi-KS.2010.01"}


def run(folder: Path, *options: str) -> Result:
    return CliRunner().invoke(build_app(), [*options, "bench", "pages", str(folder)], env={"COLUMNS": "160"})


def truth(**changed: object) -> str:
    return json.dumps({"type": "KS", "edition": "2010", "kind": "blank", "cases": []} | changed)


def scan(path: Path) -> None:
    """A small blank scan."""
    Image.fromarray(np.full((400, 300), 235, np.uint8)).save(path)


def test_two_pages_are_scored_beside_tesseract(tmp_path: Path) -> None:
    for stem, book in BOOKS.items():
        shutil.copy(SAMPLE / book / f"{stem}.jpg", tmp_path)
        shutil.copy(SAMPLE / "truth" / f"{stem}.json", tmp_path)
    result = run(tmp_path)
    assert result.exit_code == 0, result.output
    for word in ("form KS 2010", "kind name", "kind place", "Tất cả", "CER", "Brier", "Ngày số và chữ"):
        assert word in result.output
    assert "Sai loại trang" not in result.output
    line = re.search(
        r"2 trang; CPU mỗi trang: hotich ([\d.]+) giây, .* ([\d.]+) giây, tỉ số ([\d.]+)", result.output
    )
    assert line is not None
    ours, theirs, ratio = (float(number) for number in line.groups())
    assert ours > 0
    assert theirs > 0
    assert ratio == pytest.approx(ours / theirs, rel=0.1)


def test_a_page_that_is_another_kind_is_named(tmp_path: Path) -> None:
    scan(tmp_path / "p1.png")
    (tmp_path / "p1.json").write_text(
        truth(kind="cases", cases=[{"fields": {"so": "12/2010", "noSuchField": "x"}}]), encoding="utf-8"
    )
    result = score(tmp_path, beside_tesseract=False)
    assert result.pages == 1
    assert result.tesseract_seconds == 0
    assert result.wrong_kind == ["p1.png#1: cases KS 2010 → blank"]
    assert result.wrong_fields == ["p1.png#1 so - 0.000"]
    assert (result.board.of("").fields, result.board.of("").right) == (1, 0)


def test_truth_is_found_beside_the_scan_in_a_folder_or_beside_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "book"
    (folder / "truth").mkdir(parents=True)
    (tmp_path / "truth").mkdir()
    for name, place in (("a", folder), ("b", folder / "truth"), ("c", tmp_path / "truth")):
        scan(folder / f"{name}.png")
        (place / f"{name}.json").write_text(truth(), encoding="utf-8")
    scan(folder / "without truth.png")
    assert [(sheet.path.name, sheet.number) for sheet in sheets(folder)] == [
        ("a.png", 1),
        ("b.png", 1),
        ("c.png", 1),
    ]


def test_pages_of_one_scan_are_counted_in_their_order(tmp_path: Path) -> None:
    scan(tmp_path / "s[1].png")
    for number in (10, 2, 1):
        (tmp_path / f"s[1]-{number}.json").write_text(truth(), encoding="utf-8")
    (tmp_path / "s[1]-x.json").write_text("of something else", encoding="utf-8")
    assert [sheet.number for sheet in sheets(tmp_path)] == [1, 2, 10]
    result = score(tmp_path, beside_tesseract=False)
    assert result.pages == 1
    assert result.refused == ["Tệp s[1].png không có trang 2.", "Tệp s[1].png không có trang 10."]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "p1.json không phải là tệp đáp án."),
        (truth(edition="1850", cases=[{"fields": {}}]), "p1.json nêu mẫu sổ chưa biết: KS 1850."),
    ],
)
def test_a_truth_file_that_is_none_is_told_in_one_sentence(tmp_path: Path, text: str, told: str) -> None:
    scan(tmp_path / "p1.png")
    (tmp_path / "p1.json").write_text(text, encoding="utf-8")
    result = run(tmp_path)
    assert result.exit_code == 2
    assert told in " ".join(result.output.split())
    assert "Traceback" not in result.output


def test_without_pages_and_with_scans_that_are_none_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "p1.jpg").write_bytes(b"")
    (tmp_path / "p1.json").write_text(truth(), encoding="utf-8")
    result = run(tmp_path)
    assert result.exit_code == 2
    told = " ".join(result.output.split())
    assert "p1.jpg" in told
    assert "Không có trang nào kèm tệp đáp án" in told
    assert "Traceback" not in result.output


def test_a_drawn_page_tells_typed_from_handwritten_fields_and_checks_boxes(tmp_path: Path) -> None:
    options = Options(
        seed=5, edition="2010", fonts=sorted(HAND.glob("*.ttf"))[:1], typed=1.0, dpi=(200,), max_skew=3.0,
        quality=(80, 80), grey=0.0, photo=0.0, turned=0.0, blank=0.0, void=0.0, book_pages=1,
    )  # fmt: skip
    write_page(tmp_path, "p1", *make_page(options, 0))
    result = score(tmp_path, beside_tesseract=False)
    form = result.forms["KS 2010"]
    assert (form.pages, form.known, form.boxed, form.whole) == (1, 1, 1, 1), result.missed_boxes
    assert (form.dates, form.dates_right) == (1, 1)
    typed, hand = result.board.of(TYPED), result.board.of(BY_HAND)
    assert hand.fields == 1  # the official's name under the signature
    assert typed.fields + hand.fields == result.board.of("").fields
    assert typed.share_right > 0.9
    shown = Console(width=160, record=True)
    shown.print(field_table(result.board), page_table(result.forms))
    text = shown.export_text()
    for word in ("Gõ máy", "Viết tay", "1/1 (100.0%)"):
        assert word in text


def test_tesseract_s_cost_is_its_own_cpu_time() -> None:
    sheet = Sheet(300, 900)
    sheet.write("Họ và tên người đi khai sinh", 60, 150)
    assert 0.01 < tesseract_seconds(sheet.colour) < 20
