"""The second look: the recogniser finds labels that the engine misread beside writing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image

from pipeline.elements import Box
from pipeline.forms import load_form
from pipeline.forms.fit import fit_form
from pipeline.forms.lines import visual_lines
from pipeline.forms.look_closely import look_closely
from pipeline.ink import separate
from pipeline.recognise.handwriting import LineRecogniser
from pipeline.recognise.tesseract import PrintedWord, words_of
from pipeline.text import fold
from tests.pipeline.drawn import Sheet
from tests.pipeline.forms.printed import PITCH, TOP, Printed, fields, fit_of, print_page
from tests.pipeline.forms.words import BIRTH_2010, DEATH_2010, HEIGHT

HOME = 8
ADOPTION = [
    ["SỔ ĐĂNG KÝ NUÔI CON NUÔI"],
    ["Số: 12", "Quyển số: 01/2012"],
    ["Ngày, tháng, năm đăng ký: 05/01/2012"],
    ["Người được nhận làm con nuôi"],
    ["Họ, chữ đệm, tên: Thị Lan", "", "Giới tính: Nữ"],
    ["Ngày, tháng, năm sinh: 27/12/2009"],
    ["Nơi cư trú: Lộc Ninh"],
    ["Cha, mẹ nuôi", "ÔNG", "BÀ"],
    ["Họ, chữ đệm, tên:", "Điểu Đơi", "Thị Hạnh"],
    ["Ngày, tháng, năm sinh:", "1970", "1972"],
    ["Dân tộc:", "Kinh", "Kinh"],
    ["Quốc tịch:", "Việt Nam", "Việt Nam"],
    ["Nơi cư trú:", "Lộc Ninh", "Lộc Ninh"],
]


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
def test_a_misread_label_is_found_by_the_recogniser(
    printed: Printed, recogniser: LineRecogniser, misread: dict[str, str], field: str
) -> None:
    poor = [replace(word, text=misread.get(word.text, word.text)) for word in printed.words]
    fit = fit_of(poor)
    assert field not in fields(fit)
    more, better = look_closely(printed.image, separate(printed.image).strokes, poor, fit, recogniser)
    assert fields(better) == fields(fit_of(printed.words))
    assert not {seen.text for seen in more} & set(misread.values())
    (found,) = [a.sighting.box for a in better.anchors if a.label.field == field]
    (true,) = [a.sighting.box for a in fit_of(printed.words).anchors if a.label.field == field]
    assert found.as_list() == pytest.approx(true.as_list(), abs=10)  # the colon may be left to the cutting


def test_a_page_whose_labels_are_all_found_stays_as_it_is(
    printed: Printed, recogniser: LineRecogniser
) -> None:
    fit = fit_of(printed.words)
    more, same = look_closely(printed.image, separate(printed.image).strokes, printed.words, fit, recogniser)
    assert more == printed.words
    assert same is fit


def test_a_line_of_which_nothing_was_read_is_looked_at(printed: Printed, recogniser: LineRecogniser) -> None:
    poor = printed.without(HOME)
    fit = fit_of(poor)
    assert "nksQueQuan" not in fields(fit)
    _, better = look_closely(printed.image, separate(printed.image).strokes, poor, fit, recogniser)
    assert fields(better) == fields(fit_of(printed.words))


def test_a_heading_is_found_beside_the_one_that_was(recogniser: LineRecogniser) -> None:
    page = print_page(ADOPTION)
    assert [len(word.text) for word in page.words if fold(word.text) == "ba"]
    poor = [word for word in page.words if fold(word.text) != "ba"]
    form = load_form("CN", "2011")
    fit = fit_form(visual_lines(poor), HEIGHT, form)
    _, better = look_closely(page.image, separate(page.image).strokes, poor, fit, recogniser)
    columns = [(a.block, a.label.column) for a in better.anchors if a.label.column]
    assert columns == [(a.block, k) for a in fit.anchors if a.label.column for k in (1, 2)]


@pytest.mark.parametrize("how", ["shown", "told"])
def test_a_label_that_a_page_may_lack_is_found_where_another_page_or_a_field_tells(
    recogniser: LineRecogniser, how: str
) -> None:
    """In the middle of a line, and none of its words was read."""
    page = print_page([[text.replace("Việt Nam", "Lào") for text in row] for row in BIRTH_2010])
    other = Sheet(HEIGHT)
    other.image.paste(Image.fromarray(page.image))
    other.write("Năm sinh: 1990", 1100, TOP + 10 * PITCH, size=36)
    fit = fit_of(page.words)
    (label,) = [label for label in fit.form.labels if label.field == "chaNgaySinh"]
    (line,) = [a.sighting.line for a in fit.anchors if a.label.field == "chaDanToc"]
    ink = separate(other.grey).strokes
    _, same = look_closely(other.grey, ink, page.words, fit, recogniser)
    assert "chaNgaySinh" not in fields(same)
    if how == "shown":
        _, better = look_closely(other.grey, ink, page.words, fit, recogniser, shown=[label])
    else:
        _, better = look_closely(other.grey, ink, page.words, fit, recogniser, told={label: line})
    assert fields(better) == fields(fit) | {"chaNgaySinh"}


def test_writing_that_is_somewhat_like_a_label_is_none(printed: Printed, recogniser: LineRecogniser) -> None:
    other = Sheet(HEIGHT)
    other.image.paste(Image.fromarray(printed.image))
    (box,) = [seen.box for seen in printed.words if seen.text == "Giới"]
    other.pen.rectangle((box.x - 4, box.y - 30, box.x + 220, box.bottom + 20), fill=245)
    other.write("Giá mịn", box.x, box.bottom, size=36)
    poor = words_of(other.grey)
    fit = fit_of(poor)
    assert "nksGioiTinh" not in fields(fit)
    more, same = look_closely(other.grey, separate(other.grey).strokes, poor, fit, recogniser)
    assert "nksGioiTinh" not in fields(same)
    assert len(more) == len(poor)


def test_a_label_is_found_behind_a_gap_where_no_word_begins(
    printed: Printed, recogniser: LineRecogniser
) -> None:
    """The engine took it together with the name before it."""
    (start,) = [seen for seen in printed.words if seen.text == "Khánh"]
    gone = {"Chức", "vụ:", "Chủ", "tịch"}
    row = start.box.y
    poor = [w for w in printed.words if not (w.text in gone and abs(w.box.y - row) < 20)]
    fit = fit_of(poor)
    assert "chucVuNguoiKy" not in fields(fit)
    _, better = look_closely(printed.image, separate(printed.image).strokes, poor, fit, recogniser)
    assert "chucVuNguoiKy" in fields(better)


@pytest.mark.parametrize("written", ["Trang số: 45", "Trung Sơn"])
def test_a_label_that_a_page_may_lack_is_found_where_a_line_begins(
    printed: Printed, recogniser: LineRecogniser, written: str
) -> None:
    other = Sheet(HEIGHT)
    other.image.paste(Image.fromarray(printed.image))
    left, top, width, height = other.write(written, 150, 2220, size=36)
    words = [*printed.words, PrintedWord("Irau", Box(left, top, width // 3, height), 30.0)]
    fit = fit_of(words)
    assert "trangSo" not in fields(fit)
    _, better = look_closely(other.grey, separate(other.grey).strokes, words, fit, recogniser)
    assert ("trangSo" in fields(better)) is written.startswith("Trang số")


def test_a_label_that_a_page_may_lack_is_found_where_one_of_its_words_was_read(
    printed: Printed, recogniser: LineRecogniser
) -> None:
    """A stamp lies over the rest of it, and it begins no line."""
    other = Sheet(HEIGHT)
    other.image.paste(Image.fromarray(printed.image))
    left, top, width, height = other.write("Trang số: 45", 1000, 2220, size=36)
    part = PrintedWord("số:", Box(left + width // 2, top, width // 4, height), 90.0)
    fit = fit_of([*printed.words, part])
    assert "trangSo" not in fields(fit)
    ink = separate(other.grey).strokes
    _, better = look_closely(other.grey, ink, [*printed.words, part], fit, recogniser)
    assert "trangSo" in fields(better)
    _, same = look_closely(other.grey, ink, printed.words, fit_of(printed.words), recogniser)
    assert "trangSo" not in fields(same)


def test_the_rest_of_another_label_is_none(printed: Printed, recogniser: LineRecogniser) -> None:
    """Of "Quyển số" only "Quyển" was read, and high writing makes another line: what is left is no "Số"."""
    (volume,) = [seen.box for seen in printed.words if seen.text == "Quyển"]
    other = Sheet(HEIGHT)
    other.image.paste(Image.fromarray(printed.image))
    other.pen.rectangle((0, volume.y - 20, volume.x - 20, volume.bottom + 10), fill=245)
    level = [seen for seen in printed.words if abs(seen.box.y - volume.y) < 20]
    poor = [seen for seen in printed.words if seen not in level]
    poor += [seen for seen in level if seen.text == "Quyển"]
    poor += [
        replace(seen, box=replace(seen.box, y=seen.box.y - 18)) for seen in level if seen.text == "01/2010"
    ]
    fit = fit_of(poor)
    assert {"so", "quyenSo"} & fields(fit) == {"quyenSo"}
    assert len(fit.lines) == len(fit_of(printed.words).lines) + 1
    _, better = look_closely(other.grey, separate(other.grey).strokes, poor, fit, recogniser)
    assert "so" not in fields(better)


def test_a_page_without_any_label_is_not_looked_at(printed: Printed, recogniser: LineRecogniser) -> None:
    fit = fit_of([])
    more, same = look_closely(printed.image, separate(printed.image).strokes, [], fit, recogniser)
    assert more == []
    assert same is fit


def test_a_label_that_a_page_may_lack_is_found_behind_the_one_from_which_it_goes_on(
    recogniser: LineRecogniser,
) -> None:
    page = print_page(DEATH_2010)
    misread = {"phút,": "plm", "phút": "plm"}
    (row,) = [seen.box.y for seen in page.words if seen.text in misread]
    poor = [
        replace(seen, text=misread.get(seen.text, "n" if seen.text == "ngày" else seen.text))
        if abs(seen.box.y - row) < 20
        else seen
        for seen in page.words
    ]
    fit = fit_of(poor, "KT")
    assert "nktNgayChet" not in fields(fit)
    _, better = look_closely(page.image, separate(page.image).strokes, poor, fit, recogniser)
    assert fields(better) == fields(fit) | {"nktNgayChet"}
