"""A book's next page laid out as the ones before it, without reading its print."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from bench.score import same_content
from pipeline import ink as inks
from pipeline.clean import clean
from pipeline.forms.known_page import KnownPage, lay, learn
from pipeline.read import BookPrior, PageResult, Reader
from tests.pipeline.conftest import SamplePage

Sample = Callable[[str], SamplePage]
FIRST, SECOND, TYPED = "KS.2010.01.003", "KS.2010.01.009", "KS.2010.01.010"
LATER = ("KS.2010.01.001", "KS.2010.01.004", "KS.2010.01.006")


@pytest.fixture(scope="module")
def known(reader: Reader, sample: Sample) -> KnownPage:
    """What two pages of the sample's older book teach."""
    one = sample(FIRST).result.known
    assert one is not None
    assert not one.confirmed
    two = reader.read(sample(SECOND).image, BookPrior("KS", known=replace(one, whole=False)))
    assert two.reading.provenance["labels"] == "read"
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


def test_one_page_that_shows_all_labels_tells_of_the_second_one(reader: Reader, sample: Sample) -> None:
    one, page = sample(FIRST).result.known, sample(SECOND)
    assert one is not None
    assert (one.confirmed, one.whole, one.tells) == (False, True, True)
    two = reader.read(page.image, BookPrior("KS", known=one))
    assert two.reading.provenance["labels"] == "known"
    assert two.known == replace(one, confirmed=True)
    assert fields_right(page, two) >= fields_right(page, page.result) - 1
    assert not replace(one, typed=True).tells
    assert not replace(one, whole=False).tells


def test_writing_joined_to_a_label_tells_one_page_from_another(sample: Sample) -> None:
    one, page = sample(FIRST).result.known, strokes(sample(FIRST))
    assert one is not None
    assert lay(one, strokes(sample(SECOND)), strict=True) is not None
    (written,) = [anchor for anchor in one.fit.anchors if anchor.label.field == "nksHoTen"]
    box = written.sighting.box
    wide = replace(written, sighting=replace(written.sighting, box=replace(box, w=box.w + 40)))
    joined = replace(one.fit, anchors=tuple(wide if a is written else a for a in one.fit.anchors))
    glued = learn(page, joined, whole=True)
    assert glued is not None
    assert lay(glued, strokes(sample(SECOND)), strict=True) is None
    assert lay(glued, strokes(sample(SECOND))) is not None


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


@pytest.mark.parametrize("size", [0.93, 0.97, 1.05, 1.09])
def test_a_sheet_that_was_cut_out_wider_or_narrower_is_laid_out(
    sample: Sample, known: KnownPage, size: float
) -> None:
    page = strokes(sample(SECOND))
    rows, columns = page.shape
    move = cv2.getRotationMatrix2D((columns / 2, rows / 2), 0.0, size)
    moved = np.asarray(cv2.warpAffine(page, move, (columns, rows)), np.uint8)
    laid, wider = lay(known, page), lay(known, moved)
    assert laid is not None
    assert wider is not None
    for before, after in zip(laid.anchors, wider.anchors, strict=True):
        place = move @ (before.sighting.box.x, before.sighting.box.y, 1.0)
        assert (after.sighting.box.x, after.sighting.box.y) == pytest.approx(tuple(place), abs=9)


def test_a_word_that_not_every_form_prints_may_have_been_typed(sample: Sample, known: KnownPage) -> None:
    """An hour was typed at one place of two pages ("4 giờ"), and not on the next one."""
    page = strokes(sample(SECOND))
    first = known.fit.anchors[0]
    word = replace(first.label, text=("giờ",), optional=True)
    box = replace(first.sighting.box, x=60, y=1700)
    extra = replace(first, label=word, sighting=replace(first.sighting, box=box))
    fit = replace(known.fit, anchors=(*known.fit.anchors, extra))
    pictures = (*known.pictures, known.pictures[0])
    for typed in (True, False):
        laid = lay(replace(known, fit=fit, pictures=pictures, typed=typed), page)
        assert laid is not None
        assert (word in [anchor.label for anchor in laid.anchors]) is not typed
        assert len(laid.anchors) == len(fit.anchors) - typed


def test_a_word_that_not_every_form_prints_may_have_been_written_on_one_page(sample: Sample) -> None:
    """ "9 giờ 20" by hand: the second page, which neither shows it there nor says so, is not taught it."""
    before = sample(FIRST).result.known
    result = sample(SECOND).result.known
    assert before is not None
    assert result is not None
    first = before.fit.anchors[0]
    word = replace(first.label, text=("giờ",), optional=True)
    extra = replace(
        first, label=word, sighting=replace(first.sighting, box=replace(first.sighting.box, x=60, y=1700))
    )
    taught = replace(
        before,
        fit=replace(before.fit, anchors=(*before.fit.anchors, extra)),
        pictures=(*before.pictures, before.pictures[0]),
    )
    both = learn(strokes(sample(SECOND)), result.fit, taught)
    assert both is not None
    assert both.confirmed
    assert word in taught.labels
    assert word not in both.labels


def test_a_label_is_learnt_at_one_place(sample: Sample) -> None:
    """The second page has a name that is like it."""
    before, second = sample(FIRST).result.known, sample(SECOND).result.known
    assert before is not None
    assert second is not None
    volume = next(anchor for anchor in second.fit.anchors if anchor.label.field == "quyenSo")
    name = replace(volume, sighting=replace(volume.sighting, box=replace(volume.sighting.box, x=700, y=900)))
    others = [name if anchor is volume else anchor for anchor in second.fit.anchors]
    both = learn(strokes(sample(SECOND)), replace(second.fit, anchors=tuple(others)), before)
    assert both is not None
    assert both.confirmed
    (learnt,) = [anchor.sighting.box for anchor in both.fit.anchors if anchor.label == volume.label]
    assert abs(learnt.y - volume.sighting.box.y) < 60


def test_both_engines_read_a_typed_page_whose_labels_are_known(reader: Reader, sample: Sample) -> None:
    page = sample(TYPED)
    one = sample(FIRST).result.known
    assert one is not None
    assert not one.typed
    one = replace(one, whole=False)  # or the typed page would be laid out by this one alone
    two = reader.read(page.image, BookPrior("KS", known=one)).known
    assert two is not None
    assert (two.confirmed, two.typed) == (True, True)
    result = reader.read(page.image, BookPrior("KS", known=two))
    assert result.reading.provenance["labels"] == "known"
    assert fields_right(page, result) >= fields_right(page, page.result) - 1
    typed, before = ({f.key: f.evidence for f in r.reading.cases[0].fields} for r in (result, page.result))
    assert {evidence["typed"] for evidence in typed.values()} == {1.0}
    agreed = [sum(e.get("agree", 0.0) == 1.0 for e in found.values()) for found in (typed, before)]
    assert agreed[0] >= agreed[1] - 1


def test_other_words_count_on_typed_pages_where_both_pages_show_them(sample: Sample) -> None:
    result = sample(FIRST).result.known
    assert result is not None
    fit, page = result.fit, strokes(sample(FIRST))
    print_, typing = (replace(fit.anchors[i].sighting, wording=f"word {i}") for i in (2, 5))
    before = replace(result, fit=replace(fit, unused=(print_,)))
    both = replace(fit, unused=(print_, typing))
    by_hand, typed = learn(page, both, before), learn(page, both, before, typed=True)
    assert by_hand is not None
    assert typed is not None
    assert by_hand.fit.unused == (print_, typing)
    assert typed.fit.unused == (print_,)
