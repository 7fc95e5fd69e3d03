"""The third look reads by itself what may be a label that the engine misread beside writing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image

from pipeline.forms.look_closely import look_closely
from pipeline.ink import separate
from pipeline.recognise.tesseract import words_of
from tests.pipeline.drawn import Sheet
from tests.pipeline.forms.printed import Printed, fields, fit_of
from tests.pipeline.forms.words import HEIGHT


@pytest.mark.parametrize(
    ("misread", "field"),
    [
        ({"Giới": "Gưới", "tính:": "cúh:"}, "nksGioiTinh"),
        ({"Số:": "oo:"}, "so"),
        ({"Số:": "20N"}, "so"),  # like no label, but as short as one
        ({"Chức": "n", "vụ:": "cN"}, "chucVuNguoiKy"),  # behind the label that it always stands beside
        ({"Quê": "cu", "quán:": "au:"}, "nksQueQuan"),  # where labels begin
    ],
)
def test_a_misread_label_is_read_again_alone(printed: Printed, misread: dict[str, str], field: str) -> None:
    poor = [replace(word, text=misread.get(word.text, word.text)) for word in printed.words]
    fit = fit_of(poor)
    assert field not in fields(fit)
    more, better = look_closely(printed.image, separate(printed.image).strokes, poor, fit)
    assert fields(better) == fields(fit_of(printed.words))
    assert not {seen.text for seen in more} & set(misread.values())
    (found,) = [a.sighting.box for a in better.anchors if a.label.field == field]
    (true,) = [a.sighting.box for a in fit_of(printed.words).anchors if a.label.field == field]
    assert found.as_list() == pytest.approx(true.as_list(), abs=6)


def test_a_page_whose_labels_are_all_found_is_not_read_again(printed: Printed) -> None:
    fit = fit_of(printed.words)
    more, same = look_closely(printed.image, separate(printed.image).strokes, printed.words, fit)
    assert more == printed.words
    assert same is fit


def test_writing_that_is_somewhat_like_a_label_is_none(printed: Printed) -> None:
    """What is read by itself must be the label by the measure that holds everywhere."""
    other = Sheet(HEIGHT)
    other.image.paste(Image.fromarray(printed.image))
    (box,) = [seen.box for seen in printed.words if seen.text == "Giới"]
    other.pen.rectangle((box.x - 4, box.y - 30, box.x + 220, box.bottom + 20), fill=245)
    other.write("Giá mịn", box.x, box.bottom, size=36)
    poor = words_of(other.grey)
    fit = fit_of(poor)
    assert "nksGioiTinh" not in fields(fit)
    more, same = look_closely(other.grey, separate(other.grey).strokes, poor, fit)
    assert "nksGioiTinh" not in fields(same)
    assert len(more) == len(poor)


def test_a_label_is_found_behind_a_gap_where_no_word_begins(printed: Printed) -> None:
    """The engine took it together with the name before it."""
    (start,) = [seen for seen in printed.words if seen.text == "Khánh"]
    gone = {"Chức", "vụ:", "Chủ", "tịch"}
    row = start.box.y
    poor = [w for w in printed.words if not (w.text in gone and abs(w.box.y - row) < 20)]
    fit = fit_of(poor)
    assert "chucVuNguoiKy" not in fields(fit)
    _, better = look_closely(printed.image, separate(printed.image).strokes, poor, fit)
    assert "chucVuNguoiKy" in fields(better)
