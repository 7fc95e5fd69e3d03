"""A book's next page laid out as the ones before it, without reading its print."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from bench.score import same_content
from pipeline import ink as inks
from pipeline.clean import clean
from pipeline.forms.known_page import KnownPage, lay
from pipeline.read import BookPrior, PageResult, Reader
from tests.pipeline.conftest import SamplePage

Sample = Callable[[str], SamplePage]
FIRST, SECOND = "KS.2010.01.003", "KS.2010.01.009"
LATER = ("KS.2010.01.001", "KS.2010.01.004", "KS.2010.01.006")


@pytest.fixture(scope="module")
def known(reader: Reader, sample: Sample) -> KnownPage:
    """What two pages of the sample's older book teach."""
    one = reader.read(sample(FIRST).image)
    assert one.known is not None
    assert not one.known.confirmed
    two = reader.read(sample(SECOND).image, BookPrior("KS", known=one.known))
    assert two.known is not None
    assert two.known.confirmed
    return two.known


def strokes(page: SamplePage) -> np.ndarray:
    return inks.separate(clean(page.image).grey).strokes


def fields_right(page: SamplePage, result: PageResult) -> int:
    (case,), (truth,) = result.reading.cases, page.truth.cases
    return sum(same_content(field.kind, field.verbatim, truth.get(field.key, "")) for field in case.fields)


@pytest.mark.parametrize("stem", LATER)
def test_a_later_page_is_read_as_well_without_reading_its_print(
    reader: Reader, sample: Sample, known: KnownPage, stem: str
) -> None:
    page = sample(stem)
    result = reader.read(page.image, BookPrior("KS", known=known))
    assert result.reading.provenance["labels"] == "known"
    assert result.known is known
    assert fields_right(page, result) >= fields_right(page, page.result) - 1
    assert [field.key for field in result.reading.cases[0].fields] == [
        field.key for field in page.result.reading.cases[0].fields
    ]


def test_labels_are_where_reading_found_them(reader: Reader, sample: Sample, known: KnownPage) -> None:
    laid = lay(known, strokes(sample(FIRST)))
    assert laid is not None
    one = reader.read(sample(FIRST).image)
    assert one.known is not None
    read = {anchor.label: anchor.sighting.box for anchor in one.known.fit.anchors if anchor.label.field}
    there = {anchor.label: anchor.sighting.box for anchor in laid.anchors if anchor.label.field}
    off = [abs(there[label].x - box.x) + abs(there[label].y - box.y) for label, box in read.items()]
    assert np.median(off) <= 3


@pytest.mark.parametrize("stem", ["KS.2016.01.002", "KS.2010.01.007"])
def test_another_edition_or_a_page_upside_down_looks_different(
    sample: Sample, known: KnownPage, stem: str
) -> None:
    assert lay(known, strokes(sample(stem))) is None


def test_a_page_that_looks_different_is_read_as_any_other(
    reader: Reader, sample: Sample, known: KnownPage
) -> None:
    page = sample("KS.2016.01.002")
    result = reader.read(page.image, BookPrior(known=known))
    assert replace(result.reading, provenance={}) == replace(page.result.reading, provenance={})
    assert result.reading.provenance["labels"] == "read"


def test_empty_paper_is_like_no_page(known: KnownPage) -> None:
    assert lay(known, np.zeros((2339, 1654), np.uint8)) is None
    assert lay(known, np.full((40, 30), 255, np.uint8)) is None


def test_a_typed_page_teaches_nothing(reader: Reader, sample: Sample, known: KnownPage) -> None:
    assert reader.read(sample("KS.2010.01.010").image).known is None
