"""A label that was missed and read as part of the field before it is found after all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from pipeline.cut import FieldCrop
from pipeline.elements import Box, Reading
from pipeline.read import BookPrior, Reader
from pipeline.read_fields import CropReading
from pipeline.recognise import tesseract
from pipeline.swallowed import swallowed_labels
from tests.pipeline.drawn import Sheet
from tests.pipeline.forms.printed import PITCH, TOP, fit_of, print_page
from tests.pipeline.forms.words import BIRTH_2010, DEATH_2010, HEIGHT

if TYPE_CHECKING:
    from pipeline.forms.fit import FormFit
    from pipeline.recognise.tesseract import PrintedWord

FATHER = 10


def read(fit: FormFit, key: str, text: str) -> CropReading:
    label = next(a.label for a in fit.anchors if a.label.field == key)
    return CropReading(FieldCrop(label, Box(0, 0, 9, 9), (), (), (), 0), Reading(text))


def swallowed(fit: FormFit, key: str, text: str) -> dict[str, int]:
    found = swallowed_labels([read(fit, key, text)], fit)
    return {label.field: line for label, line in found.items()}


def test_a_label_in_what_was_read_tells_its_line() -> None:
    fit = fit_of(print_page().words)
    (line,) = [a.sighting.line for a in fit.anchors if a.label.field == "chaQuocTich"]
    assert swallowed(fit, "chaQuocTich", "Việt Nam Năm sính: 1986") == {"chaNgaySinh": line}
    assert swallowed(fit, "chaQuocTich", "Việt Nam") == {}
    assert swallowed(fit, "meQuocTich", "Việt Nam Năm sinh: 1986").keys() == {"meNgaySinh"}


def test_what_may_be_written_there_is_no_label() -> None:
    """The minutes are written out behind "Chết lúc:", and the note of a signature says anything."""
    words = [w for w in print_page(DEATH_2010).words if w.text not in ("giờ", "phút,", "phút", "ngày")]
    fit = fit_of(words, "KT")
    hour = next(a.label for a in fit.anchors if a.label.part == "hour")
    assert swallowed(fit, hour.field, "0 giờ 20 phút, ngày 25/9/2010") == {}
    assert swallowed(fit, "gbtSo", "02/GBT cấp ngày 26/9/2010").keys() == {"gbtNgay"}


def test_a_page_is_cut_anew_where_a_label_was_swallowed(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine for print passes over what stands at the end of a line."""
    lines = [[text.replace("Việt Nam", "Lào") for text in row] for row in BIRTH_2010]
    sheet = Sheet(HEIGHT)
    sheet.image.paste(Image.fromarray(print_page(lines).image))
    foot = TOP + FATHER * PITCH
    sheet.write("Năm sinh: 1990", 1100, foot, size=36)

    def passing_over(*args: object, **options: object) -> list[PrintedWord]:
        words = tesseract.words_of(*args, **options)  # type: ignore[arg-type]
        return [word for word in words if word.box.x < 1090 or abs(word.box.bottom - foot) > 20]

    monkeypatch.setattr("pipeline.read.words_of", passing_over)
    image = np.repeat(sheet.grey[:, :, None], 3, axis=2)
    (case,) = reader.read(image, BookPrior("KS")).reading.cases
    nation, born = case.get("chaQuocTich"), case.get("chaNgaySinh")
    assert nation is not None
    assert born is not None
    assert (nation.verbatim, born.verbatim) == ("Lào", "1990")
    assert born.box is not None
    assert born.box.x > 1200
