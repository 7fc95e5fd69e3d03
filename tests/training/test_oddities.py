"""Odd writing is drawn where it is asked for, told in the truth, and changes no page without any."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np

from training.faces import HAND
from training.oddities import REFERRED, Oddities, draw_oddities, other_script
from training.pages import Options, make_page, make_station
from training.registration import make_entry

PLAIN = Options(
    seed=5, fonts=sorted(HAND.glob("*.ttf")), dpi=(75,), book_pages=1, turned=0, blank=0, void=0, typed=0
)
ODD = replace(PLAIN, oddities=Oddities(rewritten=0.3, ditto=1.0, leaning=0.2, script=0.1, note=1.0))


def test_truth_tells_what_is_odd_and_leaves_out_what_nobody_can_read() -> None:
    page, _ = make_page(ODD, 1)
    plain, _ = make_page(PLAIN, 1)
    odd, fields, before = (
        page.truth["odd"],
        page.truth["cases"][0]["fields"],
        plain.truth["cases"][0]["fields"],
    )
    assert "odd" not in plain.truth
    assert odd["note"]
    for key, kind in odd.items():
        if kind == "script":
            assert key not in fields
        elif kind in {"rewritten", "leaning"}:
            assert fields[key] == before[key]
        elif kind == "ditto":
            assert fields[key] != before[key] == before[REFERRED[key]]
    assert not np.array_equal(page.picture, plain.picture)


def test_a_page_without_anything_odd_stays_byte_for_byte() -> None:
    none = replace(PLAIN, oddities=Oddities(0.0, 0.0, 0.0, 0.0, 0.0))
    assert make_page(none, 2)[1] == make_page(PLAIN, 2)[1]
    assert make_page(ODD, 2)[1] == make_page(ODD, 2)[1]


def test_nothing_is_drawn_where_nothing_is_written() -> None:
    station = make_station(PLAIN, 0)
    entry = make_entry(random.Random(3), station.facts, 4, station.opened)
    blank = dict.fromkeys(entry.texts, "")
    assert draw_oddities("x", station.layout, blank, Oddities(1.0, 1.0, 1.0, 1.0, 0.0)).slots == {}


def test_signs_of_no_script_differ_and_have_ink() -> None:
    one, two = (other_script(6, 18.0, random.Random(seed)) for seed in (1, 2))
    assert one.shape == two.shape
    assert 0.02 < (one > 128).mean() < 0.5
    assert not np.array_equal(one, two)
