"""Drawn tables to read, made once: an opening of five rows, one of them struck out and one empty."""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.read import PageResult, Reader
from training.damage import Damage
from training.faces import HAND
from training.fill import Manner
from training.ink import make_writer
from training.page import Hands
from training.registration import make_book, make_entry
from training.table_layout import load_table
from training.table_rows import Row, TableManner, render_table
from training.table_sheet import Press

PRESS = Press(thin=0.2, thick=0.4, ink=220, double=False)


def picture_of(array: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture as a scan opens it: (rows, columns, 3) BGR."""
    return array if array.ndim == 3 else np.repeat(array[..., None], 3, axis=2)


@cache
def drawn(
    name: str, only_page: int | None = None, skew: float = 0.0, press: Press = PRESS
) -> tuple[NDArray[np.uint8], dict[str, Any]]:
    """A table at 200 dots an inch with its truth; its rows: written, ditto, struck out, empty, written."""
    layout = load_table(name)
    rng = random.Random(f"drawn {name}")
    facts = make_book(rng, 2001 if layout.edition == "1999" else 1985)
    facts = replace(facts, clerk=replace(facts.clerk, number_with_year=False, names="plain"))
    day = datetime.date(facts.year, 5, 6)
    entries = [make_entry(rng, facts, 21 + k, day, late=False) for k in range(5)]
    first, second = entries[0].texts, dict(entries[1].texts)
    second |= {"nksDanToc": first["nksDanToc"], "ngayDangKy": first["ngayDangKy"]}
    rows = [
        Row(entries[0]),
        Row(replace(entries[1], texts=second)),
        Row(entries[2], struck=True),
        Row(None),
        Row(entries[4]),
    ]
    pen = make_writer(HAND / "playwrite-vn.ttf", "tables")
    hands = Hands(clerk=pen, pen=pen, manner=Manner.of(rng, typed=False), joint=" - ")
    manner = replace(TableManner.of(rng, typed=False), ditto="nt", high=True)
    page = render_table(
        layout,
        rows,
        hands,
        manner,
        press,
        Damage(skew=skew),
        dpi=200,
        seed=f"drawn {name}",
        only_page=only_page,
    )
    return picture_of(page.picture), page.truth


@dataclass(frozen=True)
class Opened:
    """An opening with its truth and what was read of it."""

    image: NDArray[np.uint8]
    truth: dict[str, Any]
    result: PageResult


@pytest.fixture(scope="session")
def opened(reader: Reader) -> Opened:
    """Two facing pages of a birth register of 1999, a little askew, as the reader reads them."""
    image, truth = drawn("birth-1999-a", None, 1.5)
    return Opened(image, truth, reader.read(image))
