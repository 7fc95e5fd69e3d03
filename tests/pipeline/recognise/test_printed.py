"""The second opinion of the engine for print, and the fixed words around numbers."""

from __future__ import annotations

import pytest

from pipeline.elements import Box, FieldKind
from pipeline.recognise.printed import printed_in, words_of_lines
from pipeline.recognise.templates import known_forms
from pipeline.recognise.tesseract import PrintedWord
from tests.pipeline.drawn import Sheet


def word(text: str, x: int, y: int, confidence: float = 90.0) -> PrintedWord:
    return PrintedWord(text, Box(x, y, 14 * len(text), 24), confidence)


LINE = Box(300, 100, 600, 40)
NEXT = Box(100, 170, 800, 40)


def test_the_words_in_a_field_in_reading_order() -> None:
    words = [word("Lan", 420, 104), word("tên:", 200, 104), word("Thị", 310, 106), word("Quán", 330, 176)]
    found = printed_in(words, [LINE])
    assert found is not None
    assert (found.text, found.confidence) == ("Thị Lan", 90.0)
    both = printed_in(words, [LINE, NEXT])
    assert both is not None
    assert both.text == "Thị Lan Quán"


def test_cut_lines_are_read_where_they_stand_on_the_page() -> None:
    sheet = Sheet(900, 1400)
    texts = ["Trần Thị Bích Ngọc", "12/03/1987", "xã Thanh Phú, huyện Bình Long"]
    boxes = []
    for i, text in enumerate(texts):
        x, y, w, h = sheet.write(text, 180 + 90 * i, 200 + 200 * i, size=36)
        boxes.append(Box(x - 12, y - 12, w + 24, h + 24))
    lines = [sheet.grey[box.y : box.bottom, box.x : box.right] for box in boxes]
    words = words_of_lines(lines, boxes)
    for text, box in zip(texts, boxes, strict=True):
        found = printed_in(words, [box])
        assert found is not None
        assert found.text == text
    assert [word.text for word in words] == " ".join(texts).split()
    assert words_of_lines([], []) == []


def test_longer_words_weigh_more_in_the_confidence() -> None:
    found = printed_in([word("Nguyễn", 310, 104, 60.0), word("An", 500, 104, 100.0)], [LINE])
    assert found is not None
    assert found.confidence == pytest.approx((6 * 60 + 2 * 100) / 8)


def test_nothing_printed_is_no_opinion() -> None:
    assert printed_in([], [LINE]) is None
    assert printed_in([word("tên:", 200, 104)], [LINE]) is None
    assert printed_in([word("Lan", 420, 104)], []) is None


def test_known_words_around_the_figures_of_a_paper() -> None:
    assert "CMND số 285123456" in known_forms(FieldKind.IDENTITY, "CNND số 285123456")
    assert "CMND số 285123456" in known_forms(FieldKind.IDENTITY, "CMND số 285123456")
    for text in ("285123456", "Giấy xuất viện 12", "", "CMND"):
        for form in known_forms(FieldKind.IDENTITY, text):
            assert form.endswith("12")
    figures = {form.split()[-1] for form in known_forms(FieldKind.IDENTITY, "CMND số 285 123 456")}
    assert figures <= {"456"}  # the figures stay as they were read


def test_how_a_volume_is_numbered() -> None:
    assert "01-TP/HT-2015-KS" in known_forms(FieldKind.NUMBER, "01-78/47-2015-KS")
    assert all(form.startswith("3-TP/HT-2016-") for form in known_forms(FieldKind.NUMBER, "3-TP/HT-2016-KH"))
    for read in ("02-TPHT-2015-CN", "02-TP4T-2015-CN"):  # the stroke between the letters was not seen
        assert "02-TP/HT-2015-CN" in known_forms(FieldKind.NUMBER, read)
    assert known_forms(FieldKind.NUMBER, "01/2015") == []
    noughts = known_forms(FieldKind.NUMBER, "0-TP/HT-2010-CN")  # no volume has that number
    assert "01-TP/HT-2010-CN" in noughts
    assert not any(form.startswith("0-") for form in noughts)


@pytest.mark.parametrize("kind", [k for k in FieldKind if k not in {FieldKind.IDENTITY, FieldKind.NUMBER}])
def test_other_kinds_have_no_fixed_words(kind: FieldKind) -> None:
    assert known_forms(kind, "CNND số 285123456") == []


@pytest.mark.parametrize(
    ("kind", "read", "known"),
    [
        (FieldKind.PLACE, "Bệnh viện Từ Dũ, TP HC", ["Bệnh viện Từ Dũ, TP HCM"]),
        (FieldKind.PLACE, "UBN xã Thanh Phú", ["UBND xã Thanh Phú"]),
        (FieldKind.NAME, "Dương Thế Lực, Phó Chủ tịch BND xã", ["Dương Thế Lực, Phó Chủ tịch UBND xã"]),
        (FieldKind.OFFICE, "Chủ tịch UBND xã", ["Chủ tịch UBND xã"]),
        (FieldKind.PLACE, "TP HP", []),
        (FieldKind.PLACE, "P. Tân Phú, TX. Đồng Xoài", []),
        (FieldKind.NAME, "LÊ THỊ HÂN", []),
    ],
)
def test_capitals_that_stand_for_words_are_known(kind: FieldKind, read: str, known: list[str]) -> None:
    assert known_forms(kind, read) == known
