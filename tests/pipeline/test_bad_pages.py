"""Pages that nobody should have scanned so: no crash, no case made up, and a reason that says what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from pipeline.clean import turn
from pipeline.elements import FieldState, PageKind, PageReading
from pipeline.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from pipeline.read import Reader
    from tests.pipeline.conftest import SamplePage

    Sample = Callable[[str], SamplePage]
    Picture = NDArray[np.uint8]

FIRST, SECOND, LATER = "KS.2010.01.003", "KS.2010.01.010", "KS.2016.01.002"


def told(reading: PageReading) -> tuple[PageKind, tuple[str, ...], int]:
    return reading.kind, reading.reasons, len(reading.cases)


def beside(left: Picture, right: Picture, height: int = 1900) -> Picture:
    """Two pages in one picture."""
    sized = [cv2.resize(p, (round(p.shape[1] * height / p.shape[0]), height)) for p in (left, right)]
    return np.asarray(cv2.hconcat(sized), np.uint8)


def test_a_mirrored_page_is_told_from_one_of_no_form(sample: Sample, reader: Reader) -> None:
    mirrored = np.ascontiguousarray(turn(sample(FIRST).image, 180)[:, ::-1])
    reading = reader.read(mirrored).reading
    assert told(reading) == (PageKind.UNKNOWN, (Reason.PAGE_MIRRORED.value,), 0)


@pytest.mark.parametrize("share", [1.0, 0.45])
def test_two_pages_in_one_picture_make_no_case(sample: Sample, reader: Reader, share: float) -> None:
    left, right = sample(FIRST).image, sample(SECOND).image
    part = np.ascontiguousarray(right[:, : round(share * right.shape[1])])
    reading = reader.read(beside(left, part)).reading
    assert told(reading) == (PageKind.UNKNOWN, (Reason.TWO_PAGES.value,), 0)


def test_the_rim_of_a_neighbour_is_no_second_page(sample: Sample, reader: Reader) -> None:
    left, right = sample(LATER).image, sample(FIRST).image
    rim = np.ascontiguousarray(left[:, round(0.93 * left.shape[1]) :])
    reading = reader.read(beside(rim, right)).reading
    assert told(reading) == (PageKind.CASES, (), 1)


def test_the_upper_part_of_a_page_says_that_it_is_torn(sample: Sample, reader: Reader) -> None:
    image = sample(FIRST).image
    reading = reader.read(np.ascontiguousarray(image[: round(0.62 * len(image))])).reading
    assert told(reading) == (PageKind.CASES, (Reason.PAGE_TORN.value,), 1)
    (case,) = reading.cases
    lost = [f for f in case.fields if Reason.LABEL_NOT_FOUND.value in f.reasons]
    assert lost
    assert all(field.state is FieldState.FLAGGED and not field.verbatim for field in lost)


def test_less_than_half_a_page_makes_no_case(sample: Sample, reader: Reader) -> None:
    image = sample(LATER).image
    reading = reader.read(np.ascontiguousarray(image[: round(0.4 * len(image))])).reading
    assert told(reading) == (PageKind.UNKNOWN, (Reason.PAGE_TORN.value,), 0)


def test_the_left_half_of_a_page_is_torn_and_nothing_cut_through_is_taken(
    sample: Sample, reader: Reader
) -> None:
    image = sample(FIRST).image
    reading = reader.read(np.ascontiguousarray(image[:, : image.shape[1] // 2])).reading
    assert Reason.PAGE_TORN.value in reading.reasons
    truth = sample(FIRST).truth.cases[0]
    for case in reading.cases:
        taken = [f for f in case.fields if f.state is FieldState.ACCEPTED]
        assert all(field.verbatim == truth[field.key] for field in taken), [f.key for f in taken]
