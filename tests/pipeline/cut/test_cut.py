"""What was written into a field comes out as its lines, whole, and without its neighbours'."""

import cv2
import numpy as np
import pytest

from pipeline.clean import CleanPage
from pipeline.cut import FieldCrop, cut_fields
from pipeline.elements import Box
from pipeline.forms.fit import FormFit
from pipeline.forms.form import Form
from pipeline.ink import separate
from pipeline.recognise.ctc import greedy
from pipeline.recognise.handwriting import LineRecogniser
from tests.pipeline.cut.page import LEFT, PITCH, FilledForm, around, dark
from tests.pipeline.drawn import PEN
from training.faces import font


def read(crop: FieldCrop, recogniser: LineRecogniser) -> list[str]:
    return [greedy(m, recogniser.charset) for m in recogniser.log_probabilities(crop.lines)]


def test_each_field_is_cut_and_read_on_its_own(recogniser: LineRecogniser) -> None:
    form = FilledForm()
    for row in range(6):
        form.dots(row)
    form.label("Họ và tên:", "name", 0)
    name = form.write("Nguyễn Thị Hạnh", 0, 400)
    form.label("Dân tộc:", "group", 1)
    form.write("Kinh", 1, 400)
    form.label("Quốc tịch:", "nation", 1, 800)
    form.write("Việt Nam", 1, 1000)
    form.fill_up(range(2, 6))
    crops = form.cut()
    assert read(crops["name"], recogniser) == ["Nguyễn Thị Hạnh"]
    assert read(crops["group"], recogniser) == ["Kinh"]
    assert read(crops["nation"], recogniser) == ["Việt Nam"]
    assert around(crops["name"].box, name)
    (seen,) = crops["name"].line_boxes
    assert seen.union(crops["name"].box) == seen
    for crop in crops.values():
        assert [line.shape for line in crop.lines] == [(b.h, b.w) for b in crop.line_boxes]
        assert [line.shape for line in crop.raw_lines] == [line.shape for line in crop.lines]


def test_an_empty_field_has_no_lines_but_a_place(recogniser: LineRecogniser) -> None:
    form = FilledForm()
    for row in range(6):
        form.dots(row)
    box = form.label("Nơi sinh:", "place", 0)
    form.label("Quê quán:", "home", 1)
    form.write("-", 1, 420, size=80)
    form.fill_up(range(2, 6))
    crops = form.cut()
    assert crops["place"].lines == crops["place"].raw_lines == crops["place"].line_boxes == ()
    assert crops["place"].box.x >= box.right
    assert crops["place"].box.h > 20
    # A dash is not nothing: it is what the clerk wrote.
    assert len(crops["home"].lines) == 1
    assert dark(crops["home"].lines[0]) > 0


def test_the_view_without_leaders_and_the_view_with_them() -> None:
    form = FilledForm()
    form.fill_up(range(1, 6))
    form.dots(0)
    form.label("Họ và tên:", "name", 0)
    form.write("Lan", 0, 400)
    crop = form.cut()["name"]
    assert dark(crop.raw_lines[0]) > dark(crop.lines[0]) + 40


def test_a_tail_that_hangs_into_the_next_line_goes_with_its_word(recogniser: LineRecogniser) -> None:
    form = FilledForm()
    form.label("Họ và tên:", "name", 0)
    name = form.write("Nguyễn Gia Quý", 0, 400, size=66, drop=16)  # g and y reach far down
    form.label("Dân tộc:", "group", 1)
    below = form.write("Kinh Tày Nùng", 1, 440, size=62)
    form.fill_up(range(2, 7))
    assert name.bottom > below.y + 2  # the lines do overlap
    crops = form.cut()
    assert read(crops["name"], recogniser) == ["Nguyễn Gia Quý"]
    assert read(crops["group"], recogniser) == ["Kinh Tày Nùng"]
    assert around(crops["name"].box, name)


def test_letters_that_touch_over_two_lines_are_cut_apart(recogniser: LineRecogniser) -> None:
    form = FilledForm()
    form.label("Họ và tên:", "name", 0)
    form.write("Đặng Hà", 0, 400, size=52)
    form.label("Dân tộc:", "group", 1)
    tail = 400 + round(font(PEN, 52).getlength("Đặn")) + 14
    form.write("Hoa", 1, tail - 8, size=52)
    form.fill_up(range(2, 7))
    # The tail of the g goes on into the H below: one stroke over two lines.
    form.sheet.pen.line((tail, form.baseline(0) + 8, tail, form.baseline(1) - 30), fill=30, width=4)
    marks = cv2.connectedComponentsWithStats(form.ink.strokes)[2]
    assert marks[1:, cv2.CC_STAT_HEIGHT].max() > PITCH
    crops = form.cut()
    assert read(crops["name"], recogniser) == ["Đặng Hà"]
    assert read(crops["group"], recogniser) == ["Hoa"]


def test_a_field_over_two_lines_is_cut_in_reading_order(recogniser: LineRecogniser) -> None:
    form = FilledForm()
    form.fill_up(range(3))
    form.label("Nơi sinh:", "place", 3, lines=2)
    form.write("Trạm y tế xã Tân Lợi, huyện", 3, 400)
    form.write("Hớn Quản, tỉnh Bình Phước", 4, LEFT + 10)
    form.label("Dân tộc:", "group", 5)
    form.write("Kinh", 5, 400)
    crops = form.cut()
    assert read(crops["place"], recogniser) == ["Trạm y tế xã Tân Lợi, huyện", "Hớn Quản, tỉnh Bình Phước"]
    first, second = crops["place"].line_boxes
    assert first.y < second.y
    box, seen = crops["place"].box, first.union(second)
    assert (box.x, box.w) == (seen.x, seen.w)
    assert seen.union(box) == seen
    assert read(crops["group"], recogniser) == ["Kinh"]


def test_only_the_second_line_may_be_written(recogniser: LineRecogniser) -> None:
    form = FilledForm()
    form.fill_up(range(3))
    form.label("Nơi sinh:", "place", 3, lines=2)
    form.write("Hớn Quản, tỉnh Bình Phước", 4, LEFT + 10)
    form.label("Dân tộc:", "group", 5)
    assert read(form.cut()["place"], recogniser) == ["Hớn Quản, tỉnh Bình Phước"]


def test_without_a_free_line_below_a_second_line_is_not_made_up(recogniser: LineRecogniser) -> None:
    form = FilledForm()
    form.fill_up(range(3))
    form.label("Nơi sinh:", "place", 3, lines=2)
    form.write("Lộc Ninh", 3, 400)
    form.label("Dân tộc:", "group", 4)
    form.write("Kinh", 4, 400)
    form.fill_up(range(5, 7))
    crops = form.cut()
    assert read(crops["place"], recogniser) == ["Lộc Ninh"]
    assert read(crops["group"], recogniser) == ["Kinh"]


def test_print_that_no_label_took_is_not_read_as_writing(recogniser: LineRecogniser) -> None:
    form = FilledForm()
    form.fill_up(range(1, 6))
    form.label("Số:", "number", 0)
    form.write("12/2010", 0, 260)
    form.unused.append(form.print("Quyển số đăng ký:", 0, 800))
    crop = form.cut()["number"]
    assert crop.box.right < 800
    assert read(crop, recogniser) == ["12/2010"]


def test_a_name_under_a_signature_is_its_last_line(recogniser: LineRecogniser) -> None:
    form = FilledForm()
    form.fill_up(range(6))
    form.label("Cán bộ tư pháp hộ tịch", "clerk", 7, 200, below=True)
    form.unused.append(form.print("Người đi khai sinh", 7, 1000))
    for i in range(5):  # a signature: tall strokes over several lines
        form.sheet.pen.line(
            (260 + 50 * i, form.baseline(8), 340 + 50 * i, form.baseline(10)), fill=30, width=4
        )
    name = form.write("Ngô Bích Anh", 11, 250)
    form.write("Thị Hạnh", 11, 1050)
    crop = form.cut()["clerk"]
    assert read(crop, recogniser) == ["Ngô Bích Anh"]
    assert around(crop.box, name, slack=6)


def test_a_heading_with_its_note_has_the_name_under_the_note(recogniser: LineRecogniser) -> None:
    form = FilledForm()
    form.fill_up(range(6))
    form.label("Cán bộ tư pháp hộ tịch", "clerk", 7, 200, below=True)
    left, top, width, height = form.sheet.write("(Ký, ghi rõ họ tên)", 230, form.baseline(7) + 44, size=28)
    form.unused.append(form.print("Ký ghi rõ họ tên khác", 7, 1000))
    note = form.unused[-1]
    form.unused.append(type(note)("Ký, ghi rõ họ tên", 8, 0, 0, Box(left, top, width, height), 0.95))
    form.write("Ngô Bích Anh", 11, 250)
    assert read(form.cut()["clerk"], recogniser) == ["Ngô Bích Anh"]


def test_no_name_under_a_heading_is_a_blank_field() -> None:
    form = FilledForm()
    form.fill_up(range(6))
    box = form.label("Cán bộ tư pháp hộ tịch", "clerk", 7, 200, below=True)
    crop = form.cut()["clerk"]
    assert crop.lines == ()
    assert crop.box.y > box.y


@pytest.mark.parametrize("at_foot", [False, True])
def test_boxes_stay_on_the_page(at_foot: bool) -> None:
    form = FilledForm()
    last = (form.sheet.image.height - 400) // PITCH
    form.fill_up(range(4))
    form.label("Ghi chú:", "note", last if at_foot else 5, lines=3)
    form.write("Đã cấp bản sao", last if at_foot else 5, 1300)  # runs over the right edge
    for crop in form.cut().values():
        for box in (crop.box, *crop.line_boxes):
            assert box.x >= 0
            assert box.y >= 0
            assert box.right <= form.page.width
            assert box.bottom <= form.page.height
            assert min(box.w, box.h) >= 1


def test_a_form_without_labels_has_no_fields() -> None:
    grey = np.full((600, 400), 245, np.uint8)
    page = CleanPage(np.full((600, 400, 3), 245, np.uint8), grey, 0, 0.0)
    empty = FormFit(Form("KS", "2010", "n", ()), (), 0.0, (), ())
    assert cut_fields(page, separate(grey), empty) == []


def test_letters_that_a_signature_runs_into_are_the_names(recogniser: LineRecogniser) -> None:
    form = FilledForm()
    form.fill_up(range(6))
    form.label("Cán bộ tư pháp hộ tịch", "clerk", 7, 200, below=True)
    name = form.write("Ngô Bích Anh", 11, 250)
    foot = form.baseline(11)
    signed = (300, foot - 250, 240, foot - 60, 330, foot - 220, name.x + 22, foot - 10)
    form.sheet.pen.line(signed, fill=30, width=4)
    marks = cv2.connectedComponentsWithStats(form.ink.strokes)[2]
    assert marks[1:, cv2.CC_STAT_HEIGHT].max() > 2.2 * PITCH
    crop = form.cut()["clerk"]
    assert around(crop.box, name, slack=6)
    assert crop.box.y > name.y - PITCH / 2
    (text,) = read(crop, recogniser)
    assert text.endswith("gô Bích Anh")


def test_letters_with_tails_are_cut_off_the_signature_that_runs_through_them(
    recogniser: LineRecogniser,
) -> None:
    form = FilledForm()
    form.fill_up(range(6))
    form.label("Cán bộ tư pháp hộ tịch", "clerk", 7, 200, below=True)
    name = form.write("Nguyễn Bích Anh", 11, 250, size=60)
    foot = form.baseline(11)
    x, through = name.x, foot - round(0.35 * PITCH)
    down = (x + 50, foot - 250, x - 10, foot - 60, x + 80, foot - 220, x + 10, through)
    along = (x + 50, through - 8, x + 90, through + 6, x + 130, through - 8, x + 170, through + 4)
    form.sheet.pen.line(down + along, fill=30, width=4)
    tail = foot + round(0.45 * PITCH)
    form.sheet.pen.line((name.x + 120, foot - 30, name.x + 105, tail), fill=30, width=4)
    crop = form.cut()["clerk"]
    assert crop.box.x <= name.x + 6
    assert crop.box.bottom >= tail
    (text,) = read(crop, recogniser)
    assert len(text.split()) == 3
    assert text.endswith("Bích Anh")


def test_long_tails_of_a_name_lead_to_no_number_under_it(recogniser: LineRecogniser) -> None:
    form = FilledForm()
    form.fill_up(range(6))
    form.label("Cán bộ tư pháp hộ tịch", "clerk", 8, 200, below=True)
    form.write("Quý Giang", 11, 250, size=66)
    page = form.label("Trang số:", "page", 12, 200)
    number = form.write("139", 12, page.right + 20)
    crops = form.cut()
    assert crops["clerk"].box.bottom < number.y + number.h / 2
    assert read(crops["page"], recogniser) == ["139"]


def test_a_name_in_joined_letters_is_the_last_line_under_a_note_in_print() -> None:
    """A note that was not read has twenty strokes, a name in joined letters as many as it has words."""
    form = FilledForm()
    form.fill_up(range(6))
    form.label("Cán bộ tư pháp hộ tịch", "clerk", 7, 200, below=True)
    form.sheet.write("(ký và ghi rõ họ tên)", 230, form.baseline(7) + 60, size=30)
    foot = form.baseline(10)
    for x in (250, 380, 510):
        form.sheet.pen.line((x, foot, x + 30, foot - 40, x + 60, foot, x + 100, foot - 24), fill=30, width=6)
    crop = form.cut()["clerk"]
    assert crop.box.y > foot - 60
    assert crop.box.x < 255
    assert crop.box.right > 600
