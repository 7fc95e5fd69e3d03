"""From log-probabilities to a field's text: what was seen decides, the prior breaks ties."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.elements import FieldKind, Reading
from pipeline.recognise import ctc
from pipeline.recognise.decode import ENGINE, MODELS, OFFERED, Printed, by_content, decode, join, tidy
from pipeline.recognise.handwriting import DATA, LineRecogniser
from tests.pipeline.drawn import line_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

CHARSET = (DATA / "charset.txt").read_text(encoding="utf-8")
# Names that are frequent, and names that one letter away are not.
FREQUENT = ("Nguyễn Thị Lan", "Trần Văn Nam", "Lê Thị Hoa", "Phạm Văn Hùng")
RARE = ("Nguyễn Thị Lam", "Trần Văn Mam", "Lê Thị Hoe", "Phạm Vằn Hừng", "Điểu K'Blơi", "Thị Mỷ", "Voòng Sì")


def seen(text: str, sure: float = 0.97, other: str = "") -> NDArray[np.float32]:
    """A matrix in which a text is written, a frame a letter and a blank between.

    Where ``other`` has another letter, that one is what the rest of the frame's probability speaks for.
    """
    index = {character: k + 1 for k, character in enumerate(CHARSET)}
    classes = len(CHARSET) + 1
    weights = np.full((max(1, 2 * len(text)), classes), 1e-6)
    weights[1::2, 0] = 1.0
    for place, letter in enumerate(text):
        rest = 1.0 - sure
        if other and other[place] != letter:
            weights[2 * place, index[other[place]]] += rest
        else:
            weights[2 * place] += rest / classes
        weights[2 * place, index[letter]] += sure
    if not text:
        weights[0, 0] = 1.0
    return np.asarray(np.log(weights / weights.sum(axis=1, keepdims=True)), np.float32)


def texts(reading: Reading) -> list[str]:
    return [candidate.text for candidate in reading.candidates]


@pytest.mark.parametrize("rare", RARE)
def test_a_rare_name_that_is_clearly_written_stays(rare: str) -> None:
    assert decode(FieldKind.NAME, [seen(rare)], CHARSET).text == rare


@given(st.sampled_from(list(zip(FREQUENT[:3], RARE, strict=False))), st.floats(0.98, 0.999))
@settings(max_examples=40, deadline=None)
def test_a_frequent_name_does_not_take_a_rare_one_s_place(pair: tuple[str, str], sure: float) -> None:
    frequent, rare = pair
    reading = decode(FieldKind.NAME, [seen(rare, sure, frequent)], CHARSET)
    assert reading.text == rare
    assert texts(reading)[1] == frequent  # which is offered, since it is possible


@given(
    st.text("abcdeghiklmnopqrstuvxyàáảãạêếềôốồơớờưứừđ", min_size=2, max_size=6).map(str.capitalize),
    st.sampled_from([FieldKind.NAME, FieldKind.PLACE, FieldKind.RELATION, FieldKind.TEXT]),
)
@settings(max_examples=60, deadline=None)
def test_a_word_of_no_list_is_read_as_it_is_written(word: str, kind: FieldKind) -> None:
    assert decode(kind, [seen(f"Thị {word}", 0.98)], CHARSET).text == f"Thị {word}"


def test_between_equals_the_likelier_text_wins() -> None:
    for frequent, rare in zip(FREQUENT, RARE, strict=False):
        assert decode(FieldKind.NAME, [seen(rare, 0.5, frequent)], CHARSET).text == frequent


@given(
    st.sampled_from([FieldKind.DATE, FieldKind.NUMBER, FieldKind.IDENTITY, FieldKind.PLACE, FieldKind.TEXT]),
    st.text("0123456789", min_size=1, max_size=9),
    st.text("0123456789", min_size=9, max_size=9),
)
@settings(max_examples=80, deadline=None)
def test_the_prior_never_prefers_one_figure_to_another(kind: FieldKind, written: str, rival: str) -> None:
    """The likelier figures win by however little, whatever a register mostly holds."""
    reading = decode(kind, [seen(written, 0.55, rival[: len(written)])], CHARSET, fits=lambda _: 1.0)
    assert reading.text == written


def test_the_grammar_of_a_date_breaks_a_tie() -> None:
    reading = decode(FieldKind.DATE, [seen("31/02/2010", 0.55, "31/03/2010")], CHARSET)
    assert reading.text == "31/03/2010"
    assert texts(reading)[1] == "31/02/2010"
    assert decode(FieldKind.DATE, [seen("31/02/2010", 0.999)], CHARSET).text == "31/02/2010"


def test_a_part_s_own_grammar_counts() -> None:
    def day(text: str) -> float:
        return 1.0 if text.isdigit() and 1 <= int(text) <= 31 else 0.0

    assert decode(FieldKind.DATE, [seen("37", 0.6, "31")], CHARSET, fits=day).text == "31"
    assert decode(FieldKind.DATE, [seen("37", 0.6, "31")], CHARSET, fits=lambda _: 1.0).text == "37"


def test_a_list_s_spelling_wins_where_it_is_about_as_likely() -> None:
    assert decode(FieldKind.SEX, [seen("Nư", 0.6, "Nữ")], CHARSET).text == "Nữ"
    assert decode(FieldKind.ETHNICITY, [seen("Kính", 0.6, "Kinh")], CHARSET).text == "Kinh"
    # What clearly stands there stays, listed or not.
    assert decode(FieldKind.ETHNICITY, [seen("Kính", 0.995)], CHARSET).text == "Kính"
    assert decode(FieldKind.RELATION, [seen("Thím họ", 0.97)], CHARSET).text == "Thím họ"


def test_print_that_agrees_makes_sure_and_print_that_differs_is_weighed() -> None:
    matrix = [seen("Trần Văn Nam", 0.6, "Trần Văn Năm")]
    alone = decode(FieldKind.NAME, matrix, CHARSET)
    agreed = decode(FieldKind.NAME, matrix, CHARSET, printed=Printed("Trần Văn Nam", 96.0))
    assert agreed.text == alone.text == "Trần Văn Nam"
    assert agreed.evidence["share"] > alone.evidence["share"]
    other = decode(FieldKind.NAME, matrix, CHARSET, printed=Printed("Trần Văn Năm.", 96.0))
    assert other.text == "Trần Văn Năm"
    unsure = decode(FieldKind.NAME, matrix, CHARSET, printed=Printed("Trần Văn Năm", 40.0))
    assert unsure.text == "Trần Văn Nam"


def test_print_cannot_make_up_what_was_not_written() -> None:
    clear = [seen("Điểu Đơi", 0.99)]
    for nonsense in ("Lê Thị Hoa", "x", "", "…", "Дима"):
        reading = decode(FieldKind.NAME, clear, CHARSET, printed=Printed(nonsense, 99.0))
        assert reading.text == "Điểu Đơi"


def test_lines_are_joined_and_each_line_s_doubt_is_offered() -> None:
    lines = [seen("Bệnh viện Từ Dũ", 0.99), seen("Hồ Chi Minh", 0.6, "Hồ Chí Minh")]
    reading = decode(FieldKind.PLACE, lines, CHARSET)
    assert reading.text == "Bệnh viện Từ Dũ Hồ Chí Minh"
    assert reading.evidence["lines"] == 2
    assert any(text.endswith("Hồ Chi Minh") for text in texts(reading)[1:])


def test_nothing_written_is_an_empty_reading() -> None:
    assert decode(FieldKind.NAME, [], CHARSET) == Reading("", (), ENGINE, {})
    for kind in FieldKind:
        assert decode(kind, [seen("")], CHARSET).text == ""


@given(
    st.sampled_from(list(FieldKind)),
    st.lists(st.text("abđe Nữ0123/.,-", max_size=8), min_size=1, max_size=2),
    st.floats(0.3, 0.99),
)
@settings(max_examples=60, deadline=None)
def test_candidates_are_shares_best_first_and_all_evidence_is_finite(
    kind: FieldKind, lines: list[str], sure: float
) -> None:
    reading = decode(kind, [seen(line, sure) for line in lines], CHARSET, printed=Printed("Nữ", 70.0))
    shares = [math.exp(candidate.log_probability) for candidate in reading.candidates]
    assert 1 <= len(shares) <= OFFERED
    assert sum(shares) <= 1 + 1e-6
    # What the first says is the likeliest, all its spellings together; the others follow by their own shares.
    assert shares[1:] == sorted(shares[1:], reverse=True)
    assert reading.evidence["content"] >= max(shares) - 1e-6
    assert texts(reading)[0] == reading.text
    assert len(set(texts(reading))) == len(texts(reading))
    assert all(math.isfinite(value) for value in reading.evidence.values())
    assert 0 <= reading.evidence["fits"] <= 1
    assert reading.evidence["share"] == pytest.approx(shares[0])
    assert reading.evidence["margin"] >= 0


def test_the_same_lines_decode_the_same_way(recogniser: LineRecogniser) -> None:
    matrix = recogniser.log_probabilities([line_of("Nguyễn Thị Hạnh")])
    first, again = (decode(FieldKind.NAME, matrix, recogniser.charset) for _ in range(2))
    assert first == again
    assert first.text == "Nguyễn Thị Hạnh"


def test_drawn_fields_of_each_kind(recogniser: LineRecogniser) -> None:
    fields = {
        FieldKind.NAME: "Điểu Thị Bích",
        FieldKind.DATE: "27/12/2009",
        FieldKind.DATE_WORDS: "ngày hai mươi bảy tháng mười hai",
        FieldKind.YEAR: "1991",
        FieldKind.NUMBER: "01/2010",
        FieldKind.IDENTITY: "285123456",
        FieldKind.PLACE: "xã Tân Lợi, huyện Hớn Quản",
        FieldKind.SEX: "Nữ",
        FieldKind.ETHNICITY: "Kinh",
        FieldKind.NATIONALITY: "Việt Nam",
        FieldKind.RELATION: "Mẹ ruột",
        FieldKind.OFFICE: "Phó Chủ tịch",
    }
    matrices = recogniser.log_probabilities([line_of(text) for text in fields.values()])
    read = {k: decode(k, [m], recogniser.charset).text for k, m in zip(fields, matrices, strict=True)}
    assert read == fields
    assert set(MODELS) <= set(FieldKind)


@pytest.mark.parametrize(
    ("raw", "tidied"),
    [
        ("Lan.", "Lan"), (" ..Lan,, Hoa : ", "Lan, Hoa"), ("TP. HCM", "TP. HCM"), ("ấp 3 , xã", "ấp 3, xã"),
        ("-", "-"), ("12/2010-", "12/2010"), ("", ""), ("...", "."), ("S’tiêng", "S'tiêng"),
    ],
)  # fmt: skip
def test_tidying_takes_what_leaders_leave(raw: str, tidied: str) -> None:
    assert tidy(raw) == tidied


@given(st.text(max_size=20))
def test_tidying_twice_changes_nothing_more(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        ([], ""), (["Lộc Ninh"], "Lộc Ninh"), (["Bệnh viện", "Từ Dũ"], "Bệnh viện Từ Dũ"),
        (["Ê-", "đê"], "Ê-đê"), (["", "Từ Dũ"], "Từ Dũ"), (["a", "", "b"], "a b"),
    ],
)  # fmt: skip
def test_lines_join_with_a_blank_but_after_a_hyphen(lines: list[str], joined: str) -> None:
    assert join(lines) == joined


def test_a_beam_s_best_is_a_candidate_whatever_the_kind() -> None:
    matrix = seen("Hrê", 0.8, "Hre")
    free = {h.text for h in ctc.beam_search(matrix, CHARSET)}
    for kind in (FieldKind.ETHNICITY, FieldKind.NAME, FieldKind.NUMBER):
        assert free & set(texts(decode(kind, [matrix], CHARSET)))


def test_a_commune_is_told_from_its_twin_by_its_district() -> None:
    """Two letters are equally likely; only one of them makes a commune of that district."""
    true, twin = "Thị trấn Diêu Trì, Tuy Phước, Bình Định", "Thị trấn Diệu Trì, Tuy Phước, Bình Định"
    for sure in (0.5, 0.3):
        reading = decode(FieldKind.PLACE, [seen(true, sure=sure, other=twin)], CHARSET)
        assert reading.text == true
        assert reading.evidence["units"] == 3


def test_an_address_over_two_lines_is_one_address() -> None:
    lines = [seen("Xã Tân Lợi, huyện Hớn"), seen("Quản, tỉnh Bình Phước", 0.45, "Quẳn, tỉnh Bình Phước")]
    reading = decode(FieldKind.PLACE, lines, CHARSET)
    assert reading.text == "Xã Tân Lợi, huyện Hớn Quản, tỉnh Bình Phước"
    assert reading.evidence["units"] == 3


@pytest.mark.parametrize("text", ["Xã Tân Lẻo, Hớn Quản, Bình Phước", "Sóc Bù Nằm, Quần Lợi, Xa Cam"])
def test_a_place_in_no_list_is_read_as_it_is_written(text: str) -> None:
    assert decode(FieldKind.PLACE, [seen(text)], CHARSET).text == text


def test_who_signed_the_other_pages_is_believed_where_the_ink_allows_it() -> None:
    line = [seen("Trần Văn Hoài", sure=0.4, other="Trần Văn Hoàn")]
    assert decode(FieldKind.NAME, line, CHARSET).text == "Trần Văn Hoàn"
    reading = decode(FieldKind.NAME, line, CHARSET, said=("Trần Văn Hoài", "Lê Thị Hoa"))
    assert (reading.text, reading.evidence["said"]) == ("Trần Văn Hoài", 1.0)


def test_another_signer_clearly_written_is_read_as_written() -> None:
    reading = decode(FieldKind.NAME, [seen("Trần Văn Mam")], CHARSET, said=("Trần Văn Nam",))
    assert (reading.text, reading.evidence["said"]) == ("Trần Văn Mam", -1.0)


def test_spellings_of_an_entry_share_its_likelihood() -> None:
    scores = [math.log(share) for share in (0.45, 0.37, 0.15, 0.03)]
    content = [text.casefold() for text in ("Việt nạm", "việt nam", "Việt nam", "việt nạm")]
    assert by_content([0, 1, 2, 3], scores, content) == [1, 0, 2, 3]
    assert by_content([0, 1, 2, 3], scores, ["a", "b", "c", "d"]) == [0, 1, 2, 3]


def test_on_a_typed_page_the_engine_for_print_counts_more_for_letters_but_not_for_marks() -> None:
    def read(kind: FieldKind, written: str, printed: str, sure: float = 0.99, *, typed: bool) -> str:
        matrix = [seen(written, sure, printed)]
        return decode(kind, matrix, CHARSET, printed=Printed(printed, 95.0), typed=typed).text

    assert read(FieldKind.NAME, "Văn Kim Chi", "Văn Kim Chỉ", typed=True) == "Văn Kim Chi"
    assert read(FieldKind.NAME, "Thị Brung", "Thị Bring", typed=False) == "Thị Brung"
    assert read(FieldKind.NAME, "Thị Brung", "Thị Bring", typed=True) == "Thị Bring"
    assert read(FieldKind.NUMBER, "67/4014", "67/2014", typed=True) == "67/4014"
    # Not so much that it could say what the recogniser sees nothing of.
    assert read(FieldKind.NAME, "Thị Brung", "Thị Bring", 0.99995, typed=True) == "Thị Brung"
