"""The third look reads by itself what may be a label that the engine misread beside writing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.forms import load_form
from pipeline.forms.fit import FormFit, fit_form
from pipeline.forms.lines import visual_lines
from pipeline.forms.look_closely import look_closely
from pipeline.ink import separate
from pipeline.recognise.tesseract import PrintedWord, words_of
from tests.pipeline.drawn import Sheet
from tests.pipeline.forms.words import BIRTH_2010, HEIGHT

TOP, PITCH = 240, 70


def fit_of(words: list[PrintedWord]) -> FormFit:
    return fit_form(visual_lines(words), HEIGHT, load_form("KS", "2010"))


def fields(fit: FormFit) -> set[str]:
    return {anchor.label.field for anchor in fit.anchors if anchor.label.field}


@pytest.fixture(scope="module")
def sheet() -> Sheet:
    made = Sheet(HEIGHT)
    for row, texts in enumerate(BIRTH_2010):
        for place, text in enumerate(texts):
            made.write(text, 150 + 560 * place, TOP + row * PITCH, size=36)
    return made


@pytest.mark.parametrize(
    ("misread", "field"), [({"Giới": "Gưới", "tính:": "cúh:"}, "nksGioiTinh"), ({"Số:": "oo:"}, "so")]
)
def test_a_misread_label_is_read_again_alone(sheet: Sheet, misread: dict[str, str], field: str) -> None:
    words = words_of(sheet.grey)
    poor = [replace(word, text=misread.get(word.text, word.text)) for word in words]
    fit = fit_of(poor)
    assert field not in fields(fit)
    more, better = look_closely(sheet.grey, separate(sheet.grey).strokes, poor, fit)
    assert fields(better) == fields(fit_of(words))
    assert not {seen.text for seen in more} & set(misread.values())
    (found,) = [a.sighting.box for a in better.anchors if a.label.field == field]
    (true,) = [a.sighting.box for a in fit_of(words).anchors if a.label.field == field]
    assert found.as_list() == pytest.approx(true.as_list(), abs=6)


def test_a_page_whose_labels_are_all_found_is_not_read_again(sheet: Sheet) -> None:
    words = words_of(sheet.grey)
    fit = fit_of(words)
    more, same = look_closely(sheet.grey, separate(sheet.grey).strokes, words, fit)
    assert more == words
    assert same is fit


def test_writing_that_is_somewhat_like_a_label_is_none(sheet: Sheet) -> None:
    """What is read by itself must be the label by the measure that holds everywhere."""
    other = Sheet(HEIGHT)
    other.image.paste(sheet.image)
    words = words_of(sheet.grey)
    (place,) = [i for i, seen in enumerate(words) if seen.text == "Giới"]
    box = words[place].box
    other.pen.rectangle((box.x - 4, box.y - 30, box.x + 220, box.bottom + 20), fill=245)
    other.write("Giá mịn", box.x, box.bottom, size=36)
    poor = words_of(other.grey)
    fit = fit_of(poor)
    assert "nksGioiTinh" not in fields(fit)
    more, same = look_closely(other.grey, separate(other.grey).strokes, poor, fit)
    assert "nksGioiTinh" not in fields(same)
    assert len(more) == len(poor)
