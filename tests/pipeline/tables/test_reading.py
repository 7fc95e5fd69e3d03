"""Whole openings: a case for each row that is written and stands, with boxes, ditto marks and reasons."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import pytest

from pipeline.clean import turn
from pipeline.ditto import is_ditto
from pipeline.elements import FieldState, PageKind
from pipeline.fields.same import same_content
from pipeline.read import BookPrior, Reader
from pipeline.reasons import Reason
from pipeline.report import page_json
from tests.pipeline.tables.conftest import PRESS, Opened, drawn


def test_every_row_that_is_written_and_not_struck_out_is_a_case(opened: Opened) -> None:
    reading = opened.result.reading
    assert (reading.kind, reading.type, reading.edition) == (PageKind.CASES, "KS", "1999")
    assert reading.reasons == (Reason.ROW_VOID.value,)
    assert [case.index for case in reading.cases] == [0, 1, 2]
    assert len(opened.truth["cases"]) == 3
    wrong, asked = [], 0
    for case, truth in zip(reading.cases, opened.truth["cases"], strict=True):
        assert [field.key for field in case.fields] == list(truth["fields"])
        for field in case.fields:
            asked += 1
            text = truth["fields"][field.key]
            both = is_ditto(text) and is_ditto(field.verbatim)
            if not both and not same_content(field.kind, field.verbatim, text):
                wrong.append((field.key, field.verbatim, text))
    assert len(wrong) <= 0.12 * asked, wrong


def test_boxes_lie_in_the_row_of_their_case_and_rows_under_each_other(opened: Opened) -> None:
    reading = opened.result.reading
    rows = [case.box for case in reading.cases if case.box]
    assert len(rows) == 3
    assert all(upper.bottom <= lower.y + 12 for upper, lower in pairwise(rows))
    for case, row in zip(reading.cases, rows, strict=True):
        assert row.x >= 0
        assert row.right <= reading.width
        assert row.w > 0.8 * reading.width  # both pages
        for field in case.fields:
            assert field.box is not None
            assert row.y - 25 <= field.box.y
            assert field.box.bottom <= row.bottom + 25


def test_a_ditto_mark_has_the_value_above_it_and_asks_a_person(opened: Opened) -> None:
    first, second, _ = opened.result.reading.cases
    truth = opened.truth["cases"][1]["fields"]
    marked = [key for key, text in truth.items() if is_ditto(text)]
    assert marked
    for key in marked:
        field, above = second.get(key), first.get(key)
        assert field is not None
        assert above is not None
        assert is_ditto(field.verbatim)
        assert field.value == above.value != ""
        assert field.state is FieldState.FLAGGED
        assert Reason.DITTO in field.reasons


def test_an_opening_on_its_side_gives_the_same_cases(opened: Opened, reader: Reader) -> None:
    sideways = reader.read(turn(opened.image, 90), BookPrior("KS", "1999", 2001)).reading
    assert sideways.turned == 270
    turned, upright = (page_json(r, "p.jpg", 1)["cases"] for r in (sideways, opened.result.reading))
    assert turned == upright  # the same pixels give the same readings, probabilities and boxes


@pytest.mark.parametrize("ink", [120, 100, 60])
def test_an_opening_with_thin_pale_rules_is_known(reader: Reader, ink: int) -> None:
    """Taken first for a page on its side, at half of its size, it shows too few of them, or none."""
    image, truth = drawn("birth-1999-a", None, 1.5, replace(PRESS, ink=ink, thin=0.12, thick=0.25))
    reading = reader.read(image).reading
    assert (reading.type, reading.edition) == ("KS", "1999")
    assert len(reading.cases) == len(truth["cases"])


def test_half_an_opening_makes_no_case_and_says_so(reader: Reader) -> None:
    image, _ = drawn("birth-1999-a", 1)
    reading = reader.read(image).reading
    assert (reading.kind, reading.cases) == (PageKind.UNKNOWN, ())
    assert reading.reasons == (Reason.HALF_SPREAD.value,)


def test_a_table_without_headings_goes_to_a_person(opened: Opened, reader: Reader) -> None:
    image = opened.image.copy()
    # Paper over the heads of both tables; the rules stay.
    top, bottom = round(0.11 * image.shape[0]), round(0.235 * image.shape[0])
    band = image[top:bottom]
    dark = cv2.dilate((band.min(axis=2) < 150).astype(np.uint8), np.ones((3, 3), np.uint8))
    level = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((1, 60), np.uint8))
    upright = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((60, 1), np.uint8))
    long = cv2.bitwise_or(level, upright)
    band[(dark > 0) & (long == 0)] = np.median(image[::16, ::16].reshape(-1, 3), axis=0).astype(np.uint8)
    reading = reader.read(image).reading
    assert (reading.kind, reading.cases, reading.type) == (PageKind.UNKNOWN, (), "")
    assert reading.reasons == (Reason.TABLE_UNKNOWN.value,)


def test_a_book_of_another_register_takes_no_case_from_a_table(opened: Opened, reader: Reader) -> None:
    reading = reader.read(opened.image, BookPrior("KT", "1976", 1985)).reading
    assert (reading.kind, reading.cases) == (PageKind.UNKNOWN, ())
    assert reading.reasons == (Reason.TABLE_UNKNOWN.value,)
