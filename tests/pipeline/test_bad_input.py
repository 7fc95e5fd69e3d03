"""What the program was not made for: fewer fields are accepted, and no more of them wrong.

The pages are the sample's, so the figures are small; the commands of docs/confidence.md measure on many.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline import ink as inks
from pipeline.assemble import assemble
from pipeline.clean import clean
from pipeline.cut import cut_fields
from pipeline.elements import Case, FieldState
from pipeline.fields.same import same_content
from pipeline.forms import load_form
from pipeline.forms.fit import fit_form
from pipeline.forms.lines import visual_lines
from pipeline.lexicons import addresses, tables
from pipeline.read import Reader
from pipeline.read_fields import read_crops
from pipeline.recognise.tesseract import words_of
from tests.pipeline.conftest import SamplePage

Sample = Callable[[str], SamplePage]
PAGE = "KS.2010.01.003"


def counts(case: Case | None, truth: dict[str, str]) -> tuple[int, int]:
    """Fields accepted, and wrong ones among them."""
    if case is None:
        return 0, 0
    accepted = [f for f in case.fields if f.state in {FieldState.ACCEPTED, FieldState.BLANK}]
    wrong = [f for f in accepted if not same_content(f.kind, f.verbatim, truth.get(f.key, ""))]
    return len(accepted), len(wrong)


@pytest.fixture
def truth(sample: Sample) -> dict[str, str]:
    return dict(sample(PAGE).truth.cases[0])


@pytest.fixture
def usual(sample: Sample, truth: dict[str, str]) -> int:
    accepted, wrong = counts(sample(PAGE).result.reading.cases[0], truth)
    assert accepted >= 8
    assert wrong == 0
    return accepted


def another_hand(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Strokes that waver: a hand that no font and no writer of the training has."""
    rng = np.random.default_rng(5)
    rows, columns = image.shape[:2]
    small = (rows // 14 + 1, columns // 14 + 1)
    shifts = [
        cv2.GaussianBlur(cv2.resize(rng.normal(0, 3.0, small).astype(np.float32), (columns, rows)), (0, 0), 4)
        for _ in range(2)
    ]
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    moved = cv2.remap(image, x + shifts[0], y + shifts[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.uint8)


def test_a_hand_never_seen(sample: Sample, reader: Reader, truth: dict[str, str], usual: int) -> None:
    reading = reader.read(another_hand(sample(PAGE).image)).reading
    accepted, wrong = counts(next(iter(reading.cases), None), truth)
    assert reading.cases
    assert accepted < usual
    assert wrong == 0


@pytest.mark.parametrize("wrong_form", [("KT", "2010"), ("KH", "2010")])
def test_a_form_matched_wrongly(
    wrong_form: tuple[str, str], sample: Sample, reader: Reader, truth: dict[str, str], usual: int
) -> None:
    page = clean(sample(PAGE).image, 0)
    ink = inks.separate(page.grey)
    words = words_of(inks.paint_over(page.grey, ink.furniture))
    fit = fit_form(visual_lines(words), page.height, load_form(*wrong_form))
    readings = read_crops(cut_fields(page, ink, fit), words, reader.recogniser)
    accepted, wrong = counts(assemble(readings, fit, None), truth)
    assert accepted < usual
    assert wrong == 0


def test_a_page_read_upside_down(sample: Sample, reader: Reader, truth: dict[str, str], usual: int) -> None:
    page = clean(sample(PAGE).image, 180)
    ink = inks.separate(page.grey)
    words = words_of(inks.paint_over(page.grey, ink.furniture))
    fit = fit_form(visual_lines(words), page.height, load_form("KS", "2010"))
    readings = read_crops(cut_fields(page, ink, fit), words, reader.recogniser)
    accepted, wrong = counts(assemble(readings, fit, None), truth)
    assert accepted < usual
    assert wrong == 0


@pytest.fixture
def without_communes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The list of places without a commune of Bình Phước, the province that the sample's pages speak of."""

    def fewer(name: str) -> list[list[str]]:
        kept = [list(row) for row in tables.rows(name)]
        return [[*row[:4], row[4].split("|")[0]] if "Bình Phước" in row[0] else row for row in kept]

    places = sys.modules["pipeline.lexicons.places"]  # the package has a function of that name
    caches = (places.places, places._index, addresses._country)
    with monkeypatch.context() as patched:
        patched.setattr(places, "rows", lambda name: fewer(name) if name == "places" else tables.rows(name))
        for cache in caches:
            cache.cache_clear()
        yield
    for cache in caches:
        cache.cache_clear()


@pytest.mark.usefixtures("without_communes")
def test_a_lexicon_that_lacks_the_commune(
    sample: Sample, reader: Reader, truth: dict[str, str], usual: int
) -> None:
    page = sample(PAGE)
    case = reader.read(page.image).reading.cases[0]
    accepted, wrong = counts(case, truth)
    assert accepted <= usual
    assert wrong == 0
    known, unknown = page.result.reading.cases[0].get("nksQueQuan"), case.get("nksQueQuan")
    assert known is not None
    assert unknown is not None
    assert unknown.evidence["units"] < known.evidence["units"]
    assert unknown.probability <= known.probability
