"""The third look finds labels that were passed over, and leaves the rest as it is."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image

from pipeline.clean import CleanPage
from pipeline.cut.stamp import without_stamps
from pipeline.elements import Box
from pipeline.forms.look_again import beside_missing, is_whole, look_again
from pipeline.ink import paint_over, separate
from pipeline.recognise.tesseract import PrintedWord
from tests.pipeline.drawn import Sheet
from tests.pipeline.forms.printed import PITCH, TOP, Printed, fields, fit_of, print_page
from tests.pipeline.forms.words import DEATH_2010, HEIGHT

MOTHER, NUMBER, SIGNED = 11, 1, 17


def test_a_page_read_well_is_not_read_again(printed: Printed) -> None:
    fit = fit_of(printed.words)
    assert fit.share == 1.0
    words, same = look_again(printed.image, printed.words, fit)
    assert words is printed.words
    assert same is fit


def test_lost_labels_are_found_where_they_stand(printed: Printed) -> None:
    poor = printed.without(MOTHER, NUMBER)
    fit = fit_of(poor)
    assert not {"meHoTen", "so"} & fields(fit)
    words, better = look_again(printed.image, poor, fit)
    assert fields(better) == fields(fit_of(printed.words))
    assert better.share > fit.share
    (found,) = [a.sighting.box for a in better.anchors if a.label.field == "meHoTen"]
    (true,) = [a.sighting.box for a in fit_of(printed.words).anchors if a.label.field == "meHoTen"]
    assert found.as_list() == pytest.approx(true.as_list(), abs=6)
    # No word of the page is there twice.
    assert len([w for w in words if abs(w.box.bottom - (TOP + MOTHER * PITCH)) < 30]) == len(
        [w for w in printed.words if abs(w.box.bottom - (TOP + MOTHER * PITCH)) < 30]
    )


def test_where_nothing_more_is_found_all_stays_as_it_was(printed: Printed) -> None:
    image = printed.image.copy()
    row = TOP + MOTHER * PITCH
    image[row - 50 : row + 20] = 245
    poor = printed.without(MOTHER)
    fit = fit_of(poor)
    words, same = look_again(image, poor, fit)
    assert words is poor
    assert same is fit


def test_what_was_taken_for_one_wide_word_is_read_anew(printed: Printed) -> None:
    row = TOP + MOTHER * PITCH
    wide = PrintedWord("Hgvàlênmg", Box(140, row - 44, 700, 60), 31.0)
    poor = [*printed.without(MOTHER), wide]
    words, better = look_again(printed.image, poor, fit_of(poor))
    assert wide not in words
    assert "meHoTen" in fields(better)


def test_labels_around_a_strip_stay_where_they_are(printed: Printed) -> None:
    poor, whole = printed.without(MOTHER), fit_of(printed.words)
    _, better = look_again(printed.image, poor, fit_of(poor))
    there, before = (
        {a.label: a.sighting.box.as_list() for a in fit.anchors if not a.label.several}
        for fit in (better, whole)
    )
    assert there.keys() == before.keys()
    for label, box in before.items():
        assert there[label] == pytest.approx(box, abs=6)


def test_a_word_of_two_letters_is_looked_for_between_the_labels_around_it() -> None:
    lines = [[*row] for row in DEATH_2010]
    (row,) = [i for i, texts in enumerate(lines) if texts[0].startswith("Giấy báo tử")]
    lines[row] = ["Giấy báo tử số: 02", "do UBND Lộc Ninh", "cấp ngày 26/9/2010"]
    page = print_page(lines)
    level = [word for word in page.words if abs(word.box.bottom - TOP - row * PITCH) < 20]
    poor = [word for word in page.words if word not in level or word.text != "do"]
    assert len(poor) == len(page.words) - 1
    fit = fit_of(poor, "KT")
    assert {"gbtSo", "gbtNgay"} <= fields(fit)
    assert "gbtCoQuanCap" not in fields(fit)
    assert not is_whole(fit, HEIGHT)
    _, better = look_again(page.image, poor, fit)
    assert fields(better) == fields(fit) | {"gbtCoQuanCap"}
    assert is_whole(better, HEIGHT)


def test_a_label_that_a_page_may_lack_is_looked_for_where_another_page_shows_it(printed: Printed) -> None:
    other = Sheet(HEIGHT)
    other.image.paste(Image.fromarray(printed.image))
    other.write("Năm sinh: 1990", 1100, TOP + 10 * PITCH, size=36)
    fit = fit_of(printed.words)
    shown = [label for label in fit.form.labels if label.field == "chaNgaySinh"]
    words, same = look_again(other.grey, printed.words, fit)
    assert words is printed.words
    assert same is fit
    _, better = look_again(other.grey, printed.words, fit, shown)
    assert fields(better) == fields(fit) | {"chaNgaySinh"}


def test_a_heading_under_a_stamp_is_found_where_the_stamp_is_faded(printed: Printed) -> None:
    middle = (330, TOP + SIGNED * PITCH + 60)
    grey = printed.image.copy()
    for radius in (140, 132, 92):
        cv2.circle(grey, middle, radius, 120, 4)
    for k in range(26):
        angle = np.radians(150 + 9 * k)
        at = round(middle[0] + 112 * np.cos(angle)), round(middle[1] + 112 * np.sin(angle))
        cv2.putText(grey, "UYBANNHANDANXATANLOIHUYENB"[k], at, cv2.FONT_HERSHEY_SIMPLEX, 0.7, 120, 3)
    grey = np.minimum(grey, printed.image)
    poor = printed.without(SIGNED) + [w for w in printed.words if w.text in ("Người", "đi", "khai", "sinh")]
    poor = list(dict.fromkeys(poor))
    fit = fit_of(poor)
    assert "nguoiThucHien" not in fields(fit)
    beside = beside_missing(fit)
    assert beside
    page, ink = CleanPage(np.repeat(grey[:, :, None], 3, axis=2), grey, 0, 0.0), separate(grey)
    faded, strokes, _ = without_stamps(page, ink, beside)
    assert faded is not page
    _, better = look_again(paint_over(faded.grey, strokes.furniture, strokes.strokes), poor, fit)
    assert "nguoiThucHien" in fields(better)
    assert beside_missing(better) == []
