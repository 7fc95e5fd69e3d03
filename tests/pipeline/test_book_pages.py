"""Covers and closing notes are told from pages of cases; what they say is kept as far as it is certain."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pipeline.book_pages import count_of, fit_book_page, volume_of
from pipeline.clean import clean
from pipeline.elements import BookFacts, PageKind
from pipeline.ink import paint_over, separate
from pipeline.reasons import Reason
from pipeline.recognise.tesseract import words_of
from pipeline.report import page_json
from training.book_pages import book_layout, make_book_entry
from training.damage import Damage
from training.faces import HAND
from training.fill import Manner
from training.ink import make_writer
from training.page import Hands, Rendered, render_page
from training.registration import BookFacts as MadeBook
from training.registration import make_book

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from pipeline.read import Reader
    from tests.pipeline.conftest import SamplePage
from tests.pipeline.forms.words import page_of

EDITION = {"KS": "2010", "KH": "2015", "KT": "2015"}


def hands(seed: str) -> Hands:
    pen = make_writer(HAND / "playwrite-vn.ttf", seed)
    return Hands(pen, pen, Manner.of(random.Random(seed), typed=False), " - ")


def drawn(kind: str, register: str, plain: bool = False) -> tuple[Rendered, MadeBook, dict[str, str]]:
    """A cover or closing note of a made-up book at 150 dots an inch, with what is written on it."""
    edition = EDITION[register]
    book = make_book(random.Random(f"{kind} {register}"), int(edition) + 2, register_type=register)
    rngs = (random.Random(seed) for seed in range(20))
    layouts = (book_layout(rng, kind, edition, register) for rng in rngs)
    layout = next(found for found in layouts if (found.name == "book/cover-c") == plain)
    entry = make_book_entry(random.Random(7), kind, layout, book)
    page = render_page(layout, book, entry, hands(kind), Damage(), dpi=150, seed=kind, kind=kind)
    return page, book, entry.texts


def colour(page: Rendered) -> NDArray[np.uint8]:
    return np.ascontiguousarray(page.picture)


@pytest.mark.parametrize("register", ["KS", "KH"])
def test_a_cover_is_known_and_needs_nobody(reader: Reader, register: str) -> None:
    page, book, texts = drawn("cover", register)
    reading = reader.read(colour(page)).reading
    assert (reading.kind, reading.cases, reading.type) == (PageKind.COVER, (), register)
    assert reading.reasons == (Reason.PAGE_COVER.value,)
    facts = reading.book
    assert facts is not None
    assert facts.type == register
    assert facts.volume in {"", texts["quyenSo"], f"{book.volume}/2015", f"{book.volume}/2010"}
    assert facts.year in {None, book.year}
    assert facts.closed in {"", f"31.12.{book.year}"}
    assert any((facts.volume, facts.year, facts.opened))


def test_a_cover_with_nothing_but_its_title_is_one(reader: Reader) -> None:
    page, _, _ = drawn("cover", "KS", plain=True)
    reading = reader.read(np.rot90(colour(page), 2).copy()).reading
    assert (reading.kind, reading.type, reading.turned) == (PageKind.COVER, "KS", 180)


def test_a_place_that_ends_like_a_label_of_a_case_leaves_a_cover_one() -> None:
    lines = [
        ["SỔ ĐĂNG KÝ KHAI SINH"],
        ["Nơi đăng ký: UBND xã Bình Thắng,"],
        ["Quyển số: 02/2014", "Năm: 2014"],
    ]
    lines += [["Sổ này gồm có 179 trang"], ["Mở sổ ngày 09/01/2014"]]
    ink = separate(np.full((2339, 1654), 245, np.uint8))
    cover = fit_book_page(page_of(lines), ink)
    assert cover is not None
    assert (cover.kind, cover.register_type) == (PageKind.COVER, "KS")
    assert fit_book_page(page_of([*lines, ["Họ và tên cha: Điểu Đơi"]]), ink) is None


@pytest.mark.parametrize("register", ["KT"])
def test_a_closing_note_gives_its_totals(reader: Reader, register: str) -> None:
    page, book, texts = drawn("closing_note", register)
    reading = reader.read(colour(page)).reading
    assert (reading.kind, reading.cases, reading.type) == (PageKind.CLOSING_NOTE, (), register)
    assert reading.reasons == (Reason.PAGE_CLOSING_NOTE.value,)
    facts = reading.book
    assert facts is not None
    written = {name: count_of(texts[name]) for name in ("tongSo", "suaChua", "trangTrong", "soTrang")}
    read = {
        "tongSo": facts.cases, "suaChua": facts.corrected, "trangTrong": facts.blank_pages,
        "soTrang": facts.pages,
    }  # fmt: skip
    assert all(read[key] in {None, written[key]} for key in written)
    assert sum(number is not None for number in read.values()) >= 2
    assert page_json(reading, "p.jpg", 1)["book"]["closed"] in {"", f"31.12.{book.year}"}


@pytest.mark.parametrize(
    ("stem", "part"), [("KS.2010.01.003", 0.25), ("KS.2010.01.003", 0.4), ("KS.2016.01.002", 0.4)]
)
def test_no_page_of_a_case_however_torn_passes_for_a_cover(
    sample: Callable[[str], SamplePage], stem: str, part: float
) -> None:
    image = sample(stem).image
    grey = clean(np.ascontiguousarray(image[: round(part * len(image))])).grey
    ink = separate(grey)
    words = words_of(paint_over(grey, ink.furniture))
    assert words
    assert fit_book_page(words, ink) is None
    assert fit_book_page([], ink) is None


@pytest.mark.parametrize(
    ("text", "count"),
    [("158", 158), ("158 trường hợp", 158), ("không", 0), ("Không trang", 0), ("00", 0), ("", None),
     ("12 và 13", None), ("nhiều", None)],
)  # fmt: skip
def test_totals(text: str, count: int | None) -> None:
    assert count_of(text) == count


@pytest.mark.parametrize(
    ("text", "year", "volume"),
    [("01/2010", 2010, "01/2010"), ("01/2010", None, "01/2010"), ("02", 2010, "02"), ("01/2010", 2011, ""),
     ("201/2010", None, ""), ("01/9918", None, ""), ("", None, ""), ("120", None, "")],
)  # fmt: skip
def test_a_volume_is_kept_where_it_can_be_one(text: str, year: int | None, volume: str) -> None:
    assert volume_of(text, year) == volume


def test_facts_start_empty() -> None:
    assert BookFacts() == BookFacts("", "", None, "", "", None, None, None, None)
