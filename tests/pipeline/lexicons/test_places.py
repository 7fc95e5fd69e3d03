"""The units of the country, and the years in which Bình Phước named them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pipeline.lexicons import consistent, find_places, places
from pipeline.lexicons.places import _index, bare_name
from pipeline.text import clean_text, joined_key, unify_tone_place

# Communes of each district of Bình Phước in April 2023.
BINH_PHUOC_2023 = {
    "Thị xã Phước Long": 7,
    "Thành phố Đồng Xoài": 8,
    "Thị xã Bình Long": 6,
    "Huyện Bù Gia Mập": 8,
    "Huyện Lộc Ninh": 16,
    "Huyện Bù Đốp": 7,
    "Huyện Hớn Quản": 13,
    "Huyện Đồng Phú": 11,
    "Huyện Bù Đăng": 16,
    "Thị xã Chơn Thành": 9,
    "Huyện Phú Riềng": 10,
}


def test_binh_phuoc_of_2023_is_complete() -> None:
    province = next(one for one in places() if one.place.text == "Tỉnh Bình Phước")
    lists = {
        district.place.text: len(district.communes)
        for district in province.districts
        if district.place.since is None and district.place.until is None
    }
    assert lists == BINH_PHUOC_2023
    assert sum(lists.values()) == 111


def test_the_country_has_its_63_provinces_and_some_that_are_gone() -> None:
    whole = [one for one in places() if one.districts]
    assert len({bare_name(one.place.text) for one in whole} - {"Sông Bé", "Thừa Thiên Huế"}) == 63
    assert sum(len(district.communes) for one in whole for district in one.districts) > 10_500
    assert {"Hà Sơn Bình", "Nghệ Tĩnh", "Hậu Giang", "Cửu Long"} <= {one.place.name for one in places()}


def test_every_name_is_clean_and_has_one_tone_placement() -> None:
    for found in _index().values():
        for place in found:
            assert place.text == unify_tone_place(clean_text(place.text))


def test_every_place_is_found_by_its_key() -> None:
    for key, found in _index().items():
        for place in found:
            assert key in {joined_key(place.text), joined_key(place.name)}


@pytest.mark.parametrize(
    "name", ["Tân Phú", "Tân Thành", "Tân Hưng", "Tân Lợi", "Tân Tiến", "Thanh Bình", "Minh Hưng"]
)
def test_communes_of_one_name_in_several_districts_are_all_found(name: str) -> None:
    found = {place.district for place in consistent(commune=name, province="Bình Phước", year=2023)}
    assert len(found) >= 2


def test_a_name_belongs_to_the_year() -> None:
    assert [place.province for place in consistent("Tân Lợi", "Bình Long", "", 1990)] == ["Tỉnh Sông Bé"]
    assert consistent("Lộc Hưng", "Lộc Ninh", "Sông Bé", 2010) == ()
    assert consistent("Lộc Hưng", "Lộc Ninh", "Sông Bé", 1990) != ()
    assert consistent("Thị trấn Chơn Thành", "Huyện Chơn Thành", "Bình Phước", 2010) != ()


def test_names_that_contradict_one_another_fit_nothing() -> None:
    assert consistent("Tân Lợi", "Bù Đăng", "Bình Phước") == ()
    assert consistent("Bom Bo", "Bù Đăng", "Đồng Tháp") == ()
    assert consistent() == ()


def test_levels_are_told_apart() -> None:
    assert {place.level for place in find_places("Lộc Ninh")} == {"commune", "district"}
    assert [place.text for place in find_places("đồng phú", "district", 2020)] == ["Huyện Đồng Phú"]
    assert find_places("Phường 5")
    assert find_places("Không Đâu") == ()


def test_the_lists_load_fast() -> None:
    """All units in memory in a fresh process, in well under the time that reading a page takes."""
    script = (
        "import time; from pipeline.lexicons import find_places, places; start = time.process_time();"
        "places(); find_places('Bom Bo'); print(time.process_time() - start)"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert float(run.stdout) < 0.5
