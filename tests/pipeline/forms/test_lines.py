"""Words into lines, and the places where a label may stand."""

from dataclasses import replace

from pipeline.elements import Box
from pipeline.forms.lines import sightings, visual_lines
from pipeline.recognise.tesseract import PrintedWord
from tests.pipeline.forms.words import LETTER, words_at


def word(text: str, x: int, y: int, w: int, h: int) -> PrintedWord:
    return PrintedWord(text, Box(x, y, w, h), 90.0)


def found_in(text: str, *wordings: str) -> list[str]:
    return [s.wording for s in sightings(visual_lines(words_at(text, 100, 100)), wordings)]


def test_words_of_a_leaning_line_are_one_line() -> None:
    words = [word(f"chữ{i}", 100 + 90 * i, 200 + 3 * i, 70, 24) for i in range(14)]
    words += [word(f"dưới{i}", 100 + 90 * i, 262 + 3 * i, 70, 24) for i in range(14)]
    lines = visual_lines(words[::-1])
    assert [len(line.words) for line in lines] == [14, 14]
    assert [w.text for w in lines[0].words] == [f"chữ{i}" for i in range(14)]
    assert [line.index for line in lines] == [0, 1]
    assert lines[0].middle < lines[1].middle


def test_print_behind_writing_that_leaves_its_line_is_of_the_line() -> None:
    words = [
        *(word(text, 100 + 90 * i, 200, 70, 24) for i, text in enumerate(("Người", "ký", "giấy", "khai"))),
        replace(word("LÁ", 520, 172, 30, 24), confidence=5.0),
        word("Chức", 600, 200, 70, 24),
    ]
    lines = visual_lines(words)
    assert [w.text for w in next(line for line in lines if line.words[0].text == "Người").words][-1] == "Chức"


def test_what_is_no_line_of_text_is_left_out() -> None:
    words = [*words_at("Họ và tên", 100, 100), word("....", 300, 110, 40, 4), word("S", 700, 40, 300, 400)]
    (line,) = visual_lines(words)
    assert [w.text for w in line.words] == ["Họ", "và", "tên"]
    assert visual_lines([]) == []
    assert visual_lines([word("...", 1, 1, 9, 4)]) == []


def test_a_label_is_found_where_it_stands() -> None:
    (line,) = visual_lines(words_at("Họ và tên cha: Điểu Đơi", 100, 100))
    (sighting,) = sightings([line], ["Họ và tên cha", "Quê quán"])
    assert (sighting.wording, sighting.first, sighting.last) == ("Họ và tên cha", 0, 3)
    assert sighting.box == line.words[0].box.union(line.words[3].box)
    assert sighting.score > 0.95


def test_the_longer_wording_wins_where_both_would_fit() -> None:
    wordings = ("Họ và tên", "Họ và tên mẹ", "Họ và tên cha")
    assert found_in("Họ và tên mẹ: Thị Hạnh", *wordings) == ["Họ và tên mẹ"]
    assert found_in("Họ và tên: Thị Hạnh", *wordings) == ["Họ và tên"]


def test_a_name_after_a_label_is_not_taken_into_it() -> None:
    wordings = ("Họ và tên", "Họ và tên mẹ", "Họ và tên cha")
    for name in ("Phạm Thị Mai", "Mẫn Thị Lan", "Châu Văn Khá", "Thạch Me", "Chanh Mẹt"):
        assert found_in(f"Họ và tên {name}", *wordings) == ["Họ và tên"], name


def test_a_misread_label_is_found_all_the_same() -> None:
    assert found_in("Ngay, thang, nám sinh: 12", "Ngày, tháng, năm sinh") == ["Ngày, tháng, năm sinh"]
    assert found_in("Quê quản Lộc Ninh", "Quê quán") == ["Quê quán"]
    assert found_in("hôm nay trời mưa to", "Quê quán", "Số", "năm") == []


def test_short_labels_must_be_read_well() -> None:
    assert found_in("Số 12", "Số") == ["Số"]
    assert found_in("Sĩ 12", "Số") == []


def test_words_far_apart_are_no_label() -> None:
    words = [*words_at("Quê", 100, 100), *words_at("quán", 900, 100)]
    assert sightings(visual_lines(words), ["Quê quán"]) == []


def test_wordings_that_tie_at_one_place_all_stay() -> None:
    assert found_in("Số 12", "Số", "SỐ") == ["Số", "SỐ"] or found_in("Số 12", "Số", "SỐ") == ["SỐ", "Số"]
    assert sightings([], ["Số"]) == []


def test_a_label_twice_on_a_line_is_found_twice() -> None:
    line = visual_lines([*words_at("Dân tộc: Kinh", 100, 100), *words_at("Dân tộc: Tày", 900, 100)])
    found = sightings(line, ["Dân tộc"])
    assert [(s.wording, s.box.x) for s in found] == [("Dân tộc", 100), ("Dân tộc", 900)]


def test_long_wordings_read_well_say_most() -> None:
    def weight(text: str, wording: str) -> float:
        (found,) = sightings(visual_lines(words_at(text, 100, 100)), [wording])
        return found.weight

    long = "Họ và tên người đi khai sinh"
    assert weight(long, long) > weight("Quê quán", "Quê quán") > weight("Số", "Số")
    assert weight(long, long) > weight("Ho va ten ngươi di khai sình", long)


def test_the_mark_of_a_letter_is_no_word_between_two_of_a_label() -> None:
    words = [*words_at("Quyển", 100, 100), word("SH", 180, 98, 13, 7), *words_at("số:", 196, 100)]
    assert [s.wording for s in sightings(visual_lines(words), ["Quyển số", "Số"])] == ["Quyển số"]


def test_the_start_of_a_longer_wording_is_not_what_stands_there() -> None:
    short = "Họ, chữ đệm, tên, chức vụ người ký"
    long = f"{short} Trích lục khai tử"
    assert found_in(f"{short} Trích lục kliai tử.", short, long) == [long]
    assert found_in(f"{short} Lưu Phước Sang", short, long) == [short]


def test_a_longer_wording_that_a_colon_ends_is_what_stands_there() -> None:
    both = ("Nguyên nhân", "Nguyên nhân chết")
    assert found_in("Nguyên nhân chế: Bệnh già", *both) == ["Nguyên nhân chết"]
    assert found_in("Nguyên nhân chế Bệnh già", *both) == ["Nguyên nhân"]  # it may have been written


def test_a_word_with_a_box_far_too_high_has_the_rows_of_its_neighbour() -> None:
    words = [word("Nơi", 100, 64, 60, 80), word("cư", 170, 104, 30, 20), word("trú:", 210, 100, 60, 26)]
    words += [word(f"chữ{i}", 100 + 90 * i, 200, 70, 24) for i in range(6)]
    (found,) = sightings(visual_lines(words), ["Nơi cư trú"])
    assert (found.box.y, found.box.bottom) == (100, 126)


def test_glued_words_are_all_of_a_label() -> None:
    """What stands before them is writing, and the label is no wider than what was read."""
    assert found_in("Công an cấpngày 12", "cấp ngày") == ["cấp ngày"]
    line = visual_lines([word("Nơictú:", 100, 100, 105, 24), *words_at("Lộc Ninh", 220, 100)])
    (found,) = sightings(line, ["Nơi cư trú"])
    assert found.box.right == 205


def test_a_label_is_not_widened_over_the_next_word() -> None:
    alone = visual_lines(words_at("Chức", 100, 100))
    (found,) = sightings(alone, ["Chức vụ"])
    assert found.box.right > 100 + 4 * LETTER
    beside = visual_lines(words_at("Chức Lan", 100, 100))
    (found,) = sightings(beside, ["Chức vụ"])
    assert found.box.right == 100 + 4 * LETTER


def test_the_end_of_a_longer_wording_is_not_what_stands_there() -> None:
    assert found_in("lrang số 12", "Trang số", "Số") == ["Trang số"]
    assert found_in("Số 12", "Trang số", "Số") == ["Số"]


def test_a_label_ends_at_its_colon() -> None:
    """What is written behind it may sound like the end of a longer one."""
    assert found_in("Họ và tên: Võ", "Họ và tên", "Họ và tên vợ") == ["Họ và tên"]
    assert found_in("Họ và tên vợ: Lan", "Họ và tên", "Họ và tên vợ") == ["Họ và tên vợ"]


def test_a_box_is_no_wider_than_print_is() -> None:
    """The engine drew it around what is written behind the label, too."""
    printed = [word("đăng", 100 + 90 * i, 300, 60, 29) for i in range(9)]
    for written in ([], [word("42", 268, 100, 40, 49)]):  # read as a word of its own, or not at all
        line = [word("tháng", 100, 100, 75, 30), word("ngày", 200, 102, 120, 37), *written]
        (found,) = sightings(visual_lines([*printed, *line]), ["tháng ngày"])
        assert 256 <= found.box.right <= 266
    shouted = [word("tháng", 100, 100, 75, 30), word("NGÀY", 200, 102, 120, 37)]  # capitals are wide
    (found,) = sightings(visual_lines([*printed, *shouted]), ["tháng ngày"])
    assert found.box.right == 320


def test_two_words_read_as_one_are_all_of_a_label_that_long() -> None:
    assert found_in("Công an pântộc: 12", "Dân tộc") == ["Dân tộc"]
    assert found_in("Lại Như Trang", "Trang số") == []
