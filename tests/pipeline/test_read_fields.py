"""Both views and both engines read a crop, and what they make of each other is evidence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.cut import FieldCrop
from pipeline.elements import Box, FieldKind
from pipeline.forms.form import Label
from pipeline.read_fields import mean_view, read_crops
from pipeline.recognise.handwriting import LineRecogniser
from pipeline.recognise.tesseract import PrintedWord
from tests.pipeline.drawn import line_of


def crop(kind: FieldKind, *texts: str, top: int = 0, hidden: float = 0.0, part: str = "") -> FieldCrop:
    """A field with its lines drawn; of the view with leaders a share may be ``hidden``."""
    lines = tuple(line_of(text) for text in texts)
    boxes = tuple(Box(400, top + 80 * i, line.shape[1], line.shape[0]) for i, line in enumerate(lines))
    ink = sum(int((line < 128).sum()) for line in lines)
    other = tuple(line.copy() for line in lines)
    for line in other:
        line[:, round(line.shape[1] * (1 - hidden)) :] = 245
    return FieldCrop(Label(("x",), f"f{top}", kind, part=part), Box(400, top, 9, 9), lines, other, boxes, ink)


def test_each_crop_has_its_own_reading_in_the_order_given(recogniser: LineRecogniser) -> None:
    crops = [
        crop(FieldKind.NAME, "Điểu Thị Lan"),
        crop(FieldKind.TEXT, top=100),
        crop(FieldKind.PLACE, "Trạm y tế xã Tân Lợi,", "huyện Hớn Quản", top=200),
        crop(FieldKind.YEAR, "1991", top=400),
    ]
    read = read_crops(crops, [], recogniser)
    assert [item.crop for item in read] == crops
    assert [item.reading.text for item in read][:2] == ["Điểu Thị Lan", ""]
    assert read[2].reading.text.replace(",", "") == "Trạm y tế xã Tân Lợi huyện Hớn Quản"
    assert read[3].reading.text == "1991"
    assert read[1].reading.candidates == ()
    assert read[0].reading.evidence["ink"] == crops[0].ink
    assert read[0].reading.evidence["views"] == 1.0
    assert (read[0].reading.evidence["printed"], read[0].reading.evidence["agree"]) == (0.0, 0.0)


def test_views_that_differ_are_less_sure(recogniser: LineRecogniser) -> None:
    crops = [
        crop(FieldKind.NAME, "Trần Văn Nam"), crop(FieldKind.NAME, "Trần Văn Nam", top=99, hidden=0.5)
    ]  # fmt: skip
    same, apart = read_crops(crops, [], recogniser)
    assert same.reading.evidence["views"] == 1.0
    assert apart.reading.evidence["views"] < 0.8
    assert apart.reading.evidence["share"] < same.reading.evidence["share"]


def test_what_is_surely_in_a_list_needs_no_second_view(recogniser: LineRecogniser) -> None:
    listed, other = read_crops(
        [
            crop(FieldKind.NATIONALITY, "Việt Nam", hidden=0.5),
            crop(FieldKind.NATIONALITY, "Trần Văn Nam", top=99, hidden=0.5),
        ],
        [],
        recogniser,
    )
    assert listed.reading.text == "Việt Nam"
    assert listed.reading.evidence["views"] == 1.0
    assert other.reading.evidence["views"] < 0.8


@pytest.mark.parametrize(
    ("printed", "agree"), [("Nguyễn Văn Tài", 1.0), ("Nguyên Văn Tai", 0.5), ("~~ ||", 0.1)]
)
def test_print_in_the_same_place_is_a_second_opinion(
    recogniser: LineRecogniser, printed: str, agree: float
) -> None:
    words = [PrintedWord(text, Box(410 + 90 * i, 10, 80, 30), 92.0) for i, text in enumerate(printed.split())]
    (found,) = read_crops([crop(FieldKind.NAME, "Nguyễn Văn Tài")], words, recogniser)
    assert found.reading.text == "Nguyễn Văn Tài"
    assert found.reading.evidence["agree"] == pytest.approx(agree, abs=0.12)
    assert (found.reading.evidence["printed"] == pytest.approx(0.92)) == (agree > 0.3)


def test_a_part_of_a_date_has_its_own_bounds(recogniser: LineRecogniser) -> None:
    day, month = read_crops(
        [crop(FieldKind.DATE, "27", part="day"), crop(FieldKind.DATE, "27", top=99, part="month")],
        [],
        recogniser,
    )
    assert day.reading.evidence["fits"] == 1.0
    assert month.reading.text == "27"  # clearly written, though there is no such month
    assert month.reading.evidence["fits"] == 0.0


def test_the_mean_of_two_views_is_of_their_probabilities() -> None:
    a, b = np.log([[0.9, 0.1]]).astype(np.float32), np.log([[0.3, 0.7]]).astype(np.float32)
    assert np.allclose(np.exp(mean_view(a, b)), [[0.6, 0.4]], atol=1e-6)
    assert np.array_equal(mean_view(a, b), mean_view(b, a))


def test_no_crops_no_readings(recogniser: LineRecogniser) -> None:
    assert read_crops([], [], recogniser) == []


def test_what_both_engines_read_alike_is_not_read_from_the_other_view(recogniser: LineRecogniser) -> None:
    """The other view shows less here: it would say something else, if it were asked."""
    one = crop(FieldKind.NAME, "Trần Văn Nam", hidden=0.5)
    box = one.line_boxes[0]
    seen = [PrintedWord("Trần Văn Nam", box, 91.0)]
    (sure,) = read_crops([one], seen, recogniser)
    (poor,) = read_crops([one], [PrintedWord("Trần Văn Nam", box, 60.0)], recogniser)
    (other,) = read_crops([one], [PrintedWord("Trần Văn Lam", box, 91.0)], recogniser)
    assert sure.reading.evidence["views"] == 1.0
    assert poor.reading.evidence["views"] < 0.8
    assert other.reading.evidence["views"] < 0.8


@pytest.mark.parametrize(
    ("kind", "written", "text"),
    [
        (FieldKind.NUMBER, "số: 01/2011", "01/2011"),
        (FieldKind.NUMBER, "s: 01/2011", "01/2011"),
        (FieldKind.TEXT, "số: 01/2011", "số: 01/2011"),
    ],
)
def test_the_end_of_a_label_is_no_part_of_a_number(
    recogniser: LineRecogniser, kind: FieldKind, written: str, text: str
) -> None:
    one = replace(crop(kind, written), label=Label(("Quyển số",), "quyenSo", kind))
    (read,) = read_crops([one], [], recogniser)
    assert read.reading.text == text
    texts = [candidate.text for candidate in read.reading.candidates]
    assert texts[0] == text
    assert len(texts) == len({*texts})
