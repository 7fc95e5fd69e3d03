"""PDF files: pages as they were scanned, and the ways in which a PDF can be refused."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pikepdf
import pytest
from PIL import Image

from pipeline.reasons import Reason
from pipeline.scan import Limits, ScanRefused, inspect, open_page

from .conftest import colours, drawn_page, empty_pdf, pdf_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Put = Callable[..., Path]


def saved(pdf: pikepdf.Pdf, encryption: pikepdf.Encryption | bool = False) -> bytes:
    buffer = io.BytesIO()
    pdf.save(buffer, encryption=encryption)
    return buffer.getvalue()


def code_of(path: Path, limits: Limits | None = None) -> Reason:
    with pytest.raises(ScanRefused) as caught:
        inspect(path, limits or Limits())
    return caught.value.code


@pytest.mark.parametrize(("dpi", "expected"), [(72, 1.0), (150, 1.0), (300, 1.0), (600, 0.5)])
def test_a_page_is_drawn_at_the_resolution_of_its_scan(put: Put, dpi: int, expected: float) -> None:
    """A scan of 900 by 1200 pixels at that resolution comes back at its own size, or at 300 dpi."""
    page = open_page(put(pdf_of([drawn_page(900, 1200)], dpi)), 1)
    assert abs(page.shape[0] - 1200 * expected) <= 2
    assert abs(page.shape[1] - 900 * expected) <= 2
    upper, lower = colours(page)
    assert upper[2] > 150 > upper[0]
    assert lower[0] > 150 > lower[2]


def test_each_page_of_a_pdf_is_its_own(put: Put) -> None:
    path = put(pdf_of([drawn_page(900, 1200), Image.new("L", (900, 1100), 60)]))
    assert inspect(path).page_count == 2
    assert open_page(path, 2).shape[0] == pytest.approx(1100, abs=2)
    assert open_page(path, 1).shape[0] == pytest.approx(1200, abs=2)


def test_a_page_that_is_turned_in_the_pdf_is_drawn_turned(put: Put) -> None:
    with pikepdf.open(io.BytesIO(pdf_of([drawn_page(900, 1200)]))) as pdf:
        pdf.pages[0].rotate(90, relative=False)
        path = put(saved(pdf))
    page = open_page(path, 1)
    assert page.shape[1] == pytest.approx(1200, abs=2)
    assert page[page.shape[0] // 4, 3 * page.shape[1] // 4][2] > 150  # red, now on the upper right


def test_a_page_without_a_scan_is_drawn_at_300_dpi(put: Put) -> None:
    assert open_page(put(saved(empty_pdf(1))), 1).shape[:2] == (3509, 2480)


def test_a_pdf_of_500_pages_is_refused_with_their_number(put: Put) -> None:
    with pytest.raises(ScanRefused, match="500") as caught:
        inspect(put(saved(empty_pdf(500))))
    assert caught.value.code is Reason.TOO_MANY_PAGES
    assert inspect(put(saved(empty_pdf(400)))).page_count == 400


def test_an_encrypted_pdf_is_refused(put: Put) -> None:
    data = saved(empty_pdf(1), encryption=pikepdf.Encryption(user="mat khau", owner="chu"))
    assert code_of(put(data)) is Reason.ENCRYPTED_PDF


def test_a_pdf_that_only_forbids_printing_is_read(put: Put) -> None:
    data = saved(empty_pdf(1), encryption=pikepdf.Encryption(user="", owner="chu"))
    path = put(data)
    assert inspect(path).page_count == 1
    assert open_page(path, 1).shape[2] == 3


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_cut_pdf_is_refused_and_not_repaired_to_fewer_pages(put: Put, share: float) -> None:
    data = pdf_of([drawn_page(900, 1200).effect_spread(9), drawn_page(900, 1200).effect_spread(9)])
    assert code_of(put(data[: int(len(data) * share)])) is Reason.TRUNCATED


def test_a_pdf_of_rubbish_is_refused(put: Put) -> None:
    assert code_of(put(b"%PDF-1.7\n" + b"\x00rubbish" * 1000 + b"\n%%EOF\n")) is Reason.UNREADABLE


def test_a_pdf_without_pages_is_refused(put: Put) -> None:
    assert code_of(put(saved(pikepdf.new()))) is Reason.UNREADABLE


def test_an_enormous_sheet_is_refused(put: Put) -> None:
    pdf = empty_pdf(1)
    pdf.pages[0].mediabox = pikepdf.Array([0, 0, 4_000_000, 4_000_000])
    assert code_of(put(saved(pdf))) is Reason.TOO_LARGE


def test_a_sheet_without_width_is_refused(put: Put) -> None:
    pdf = empty_pdf(1)
    pdf.pages[0].mediabox = pikepdf.Array([0, 0, 0, 842])
    assert code_of(put(saved(pdf))) is Reason.UNREADABLE


def test_a_large_sheet_is_drawn_within_bounds(put: Put) -> None:
    page = open_page(put(saved(empty_pdf(1, (4000, 4000)))), 1)
    assert page.shape[0] * page.shape[1] <= 41_000_000


def test_a_scan_that_claims_too_many_pixels_is_refused(put: Put) -> None:
    with pikepdf.open(io.BytesIO(pdf_of([drawn_page(900, 1200)]))) as pdf:
        for image in pdf.pages[0].Resources.XObject.values():
            image.Width, image.Height = 90_000, 90_000
        path = put(saved(pdf))
    assert code_of(path) is Reason.TOO_LARGE


def test_a_tiny_sheet_is_refused(put: Put) -> None:
    assert code_of(put(saved(empty_pdf(1, (20, 20))))) is Reason.TOO_SMALL


def test_a_page_that_takes_too_long_is_given_up(put: Put) -> None:
    """A content stream that draws for minutes; poppler is stopped and the page refused."""
    pdf = empty_pdf(1)
    drawing = b"0 0 595 842 re f\n" * 2_000_000
    pdf.pages[0].Contents = pdf.make_stream(drawing)
    with pytest.raises(ScanRefused) as caught:
        open_page(put(saved(pdf)), 1, Limits(seconds=1))
    assert caught.value.code is Reason.TOO_LARGE
