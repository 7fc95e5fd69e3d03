"""Drawn tables: the same seed gives the same bytes, and the truth is what was written, row by row."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from training.damage import Damage
from training.faces import HAND
from training.pages import Options
from training.registration import Entry
from training.table_layout import load_table, table_names
from training.table_rows import Row, fill_cell, render_table
from training.table_sheet import row_tops, rules_of
from training.tables import make_table, make_table_book

HANDS = sorted(HAND.glob("*.ttf"))
SMALL = Options(seed=3, fonts=HANDS, dpi=(50,), book_pages=1, turned=0, blank=0, void=0, type="all")


def test_the_same_seed_gives_the_same_sheets() -> None:
    first, again = make_table(SMALL, 1), make_table(SMALL, 1)
    assert first[1] == again[1]
    assert first[0].truth == again[0].truth
    assert make_table(replace(SMALL, seed=4), 1)[1] != first[1]


@pytest.mark.parametrize("name", table_names())
def test_columns_fill_their_page_and_rules_stand_between_them(name: str) -> None:
    layout = load_table(name)
    for page in range(layout.pages):
        columns = layout.on_page(page)
        assert all(a.x1 == b.x0 for a, b in pairwise(columns))
        assert columns[-1].x1 < layout.page_width
        uprights = {x0 for x0, y0, x1, y1, _ in rules_of(layout, page, 8) if x0 == x1 and y1 > y0}
        assert uprights == {column.x0 for column in columns} | {columns[-1].x1}
    tops = row_tops(layout, 8)
    assert len(tops) == 9
    assert tops[-1] == pytest.approx(layout.page_height - layout.bottom)


def test_rows_that_are_empty_or_struck_out_are_no_cases_of_the_truth() -> None:
    book = make_table_book(replace(SMALL, edition="1976", type="KS"), 0)
    page, _ = make_table(replace(SMALL, edition="1976", type="KS"), 0, empty=0)
    full = page.truth["cases"]
    assert len(full) == book.rows
    numbers = [int(case["fields"]["so"]) for case in full]
    assert numbers == list(range(book.first, book.first + book.rows))
    void, _ = make_table(replace(SMALL, edition="1976", type="KS", void=1.0), 0, empty=0)
    assert len(void.truth["cases"]) == book.rows - 1
    blank, _ = make_table(replace(SMALL, edition="1976", type="KS", blank=1.0), 0)
    assert (blank.truth["kind"], blank.truth["cases"]) == ("blank", [])


def test_one_page_of_an_opening_has_no_cases() -> None:
    page, _ = make_table(replace(SMALL, edition="1999", type="KH"), 0, half=1.0)
    assert (page.truth["kind"], page.truth["cases"]) == ("unknown", [])
    assert page.picture.shape[1] < page.picture.shape[0]


def test_a_long_text_is_written_over_several_lines_inside_its_cell() -> None:
    book = make_table_book(SMALL, 0)
    rng = random.Random(1)
    cell = (10.0, 20.0, 52.0, 44.0)
    text = "Ấp Suối Nhung, xã Phú Riềng, huyện Phước Long, tỉnh Sông Bé"
    placed = fill_cell(text, cell, book.hands.pen, book.manner, 8.0, rng)
    assert len(placed) > 1
    assert all(item.x >= 8 * cell[0] - 2 for item in placed)
    assert all(item.x + item.ink.mask.shape[1] <= 8 * cell[2] + 8 for item in placed)
    assert fill_cell("", cell, book.hands.pen, book.manner, 8.0, rng) == []
    (ditto,) = fill_cell('"', cell, book.hands.pen, book.manner, 8.0, rng)
    assert ditto.ink.mask.shape[1] < 8 * 4


def test_a_ditto_mark_stands_under_the_value_that_it_repeats() -> None:
    book = make_table_book(replace(SMALL, edition="1999", type="KS"), 0)
    page, _ = make_table(replace(SMALL, edition="1999", type="KS"), 0, empty=0)
    entry = page.truth["cases"][0]["fields"]
    same = [Row(Entry(dict(entry), book.opened)) for _ in range(6)]
    marked = render_table(
        book.layout,
        same,
        book.hands,
        replace(book.manner, ditto="-nt-"),
        book.press,
        Damage(),
        dpi=50,
        seed="x",
    )
    first, *others = (case["fields"] for case in marked.truth["cases"])
    assert "-nt-" not in first.values()
    assert sum(list(other.values()).count("-nt-") for other in others) > 5


def test_the_command_writes_sheets_with_truth(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "training.tables", "--out", "sheets", "--count", "1", "--dpi", "50",
         "--type", "KT"],
        check=True, cwd=tmp_path, capture_output=True,
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    truth = json.loads((tmp_path / "sheets" / "p0001.json").read_text(encoding="utf-8"))
    assert (truth["type"], truth["edition"]) == ("KT", "1976")
    assert (tmp_path / "sheets" / "p0001.jpg").read_bytes()[:2] == b"\xff\xd8"
    assert np.all([case["fields"]["so"] for case in truth["cases"]])
