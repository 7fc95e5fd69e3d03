"""Costs by place in a book, and the memory that a program takes with what it starts."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from bench.costs import FIRST, KNOWN, MIB, READ, Costs, MemoryWatch, place_of
from bench.pages import score
from pipeline.elements import PageKind, PageReading
from pipeline.read import PageResult
from training.faces import HAND
from training.pages import Options, make_page, write_page

OPTIONS = Options(
    seed=33, fonts=[HAND / "playwrite-vn.ttf"], typed=0, dpi=(200,), max_skew=0.5, quality=(80, 90), photo=0,
    turned=0, blank=0, void=0, book_pages=3, edition="2010",
)  # fmt: skip


def result(labels: str) -> PageResult:
    reading = PageReading(PageKind.CASES, "KS", "2010", (), 0, 0.0, 10, 10, (), {"labels": labels})
    return PageResult(reading, np.zeros((1, 1, 3), np.uint8), 1.0)


def test_pages_are_counted_by_their_place_in_the_book() -> None:
    assert place_of(result(KNOWN), first=True) == FIRST
    assert [place_of(result(labels), first=False) for labels in (READ, KNOWN)] == [READ, KNOWN]


def test_costs_are_means_with_the_longest_and_the_ratio() -> None:
    costs = Costs()
    for place, ours, theirs in ((FIRST, 3.0, 2.0), (KNOWN, 1.0, 2.0), (KNOWN, 2.0, 2.0), (READ, 3.0, 2.0)):
        costs.add(place, ours, theirs)
    later = costs.later
    assert (later.pages, later.ours, later.longest, later.tesseract) == (3, 6.0, 3.0, 6.0)
    assert later.ratio == pytest.approx(1.0)
    assert costs.by_place[FIRST].ratio == pytest.approx(1.5)
    assert costs.table().row_count == 4


def test_memory_of_a_started_program_counts() -> None:
    hog = "import time; b = bytearray(200 << 20); b[::4096] = b'x' * len(b[::4096]); time.sleep(1.5)"
    watch = MemoryWatch()
    with watch:
        pass
    before = watch.peak
    with watch:
        subprocess.run([sys.executable, "-c", hog], check=True)
    assert watch.peak > before + 150 * MIB


def test_a_book_is_read_with_what_its_pages_teach(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("book")
    for index in range(3):
        page, data = make_page(OPTIONS, index)
        write_page(folder, f"p{index}", page, data)
    read = score(folder, beside_tesseract=False, book=3)
    assert {place: cost.pages for place, cost in read.costs.by_place.items()} == {FIRST: 1, KNOWN: 2}
    assert read.costs.peak > 100 * MIB
    assert read.costs.by_place[KNOWN].longest < read.costs.by_place[FIRST].ours
