"""Known addresses near a text: real units inside one another, and nothing else touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.lexicons.addresses import WORD, near_addresses
from pipeline.text import bare_key

ALL = {"province", "district", "commune"}


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("Thị Trấn Diệu Trì Tuy Phước Bình Định", "Thị Trấn Diêu Trì Tuy Phước Bình Định"),
        ("xã Lộc Khách, huyện Lộc Ninh, tỉnh Bình Phước", "xã Lộc Khánh, huyện Lộc Ninh, tỉnh Bình Phước"),
        ("Ấp 3, xã Tân Lơi - H. Hớn Quán - T. Bình Phươc", "Ấp 3, xã Tân Lợi - H. Hớn Quản - T. Bình Phước"),
        ("XÃ TÂN LƠI, HUYỆN HỚN QUẢN, BÌNH PHƯỚC", "XÃ TÂN LỢI, HUYỆN HỚN QUẢN, BÌNH PHƯỚC"),
        ("Văn An Chi Linh Hải Dương", "Văn An Chí Linh Hải Dương"),
    ],
)
def test_a_wrong_mark_is_mended_by_the_units_around_it(read: str, meant: str) -> None:
    assert {address.text: address.levels for address in near_addresses(read)}[meant] == ALL


def test_a_known_address_is_near_itself_as_it_is_written() -> None:
    for text in (
        "xã Tân Lợi, Hớn Quản, Bình Phước",
        "Nhất Hoà Bắc Sơn Lạng Sơn",
        "Nhất Hòa Bắc Sơn Lạng Sơn",
    ):
        assert text in {address.text for address in near_addresses(text) if address.levels == ALL}


def test_a_province_that_is_gone_may_have_held_any_district() -> None:
    known = {address.text: address.levels for address in near_addresses("Ngũ Thai, Thuận Thành, Hà Bắc")}
    assert known["Ngũ Thái, Thuận Thành, Hà Bắc"] == ALL


def test_figures_are_never_exchanged() -> None:
    for address in near_addresses("Tổ 5, Phường 8, Quận 6, TP Hồ Chí Minh"):
        assert [word for word in WORD.findall(address.text) if word.isdigit()] == ["5", "8", "6"]


@pytest.mark.parametrize("text", ["", "…", "Bệnh viện", "Nguyễn Văn Tèo", "12"])
def test_what_is_no_address_has_no_commune(text: str) -> None:
    assert not [address for address in near_addresses(text) if address.levels >= ALL]


@given(
    st.lists(
        st.sampled_from(
            ["Xã", "Tân", "Lợi", "Hớn", "Quản", "Bình", "Phước,", "TP", "Hà", "Nội", "5", "-", "Long"]
        ),
        max_size=9,
    )
)
def test_the_number_of_words_stays(words: list[str]) -> None:
    text = " ".join(words)
    for address in near_addresses(text):
        assert len(WORD.findall(address.text)) == len(WORD.findall(text))
        assert address.levels
        assert len(bare_key(address.text).split()) == len(bare_key(text).split())
