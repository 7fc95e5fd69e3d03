"""Every kind of image that scanners and phones write comes out as the same colours."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from pipeline.reasons import Reason
from pipeline.scan import Limits, ScanRefused, inspect, open_page
from pipeline.scan.images import ENOUGH_PIXELS, to_bgr

from .conftest import colours, drawn_page, encoded

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Put = Callable[..., Path]

RED, BLUE = (0, 0, 200), (200, 0, 0)  # BGR
LOSSY = 12


def near(one: tuple[int, ...], other: tuple[int, ...], most: int = LOSSY) -> bool:
    return all(abs(a - b) <= most for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(
    ("form", "options"),
    [
        ("JPEG", {"quality": 90}),
        ("JPEG", {"quality": 90, "progressive": True}),
        ("PNG", {}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("TIFF", {"compression": "jpeg"}),
        ("TIFF", {"compression": "tiff_adobe_deflate"}),
        ("WEBP", {"quality": 95}),
    ],
)
def test_colours_survive(put: Put, form: str, options: dict[str, object]) -> None:
    page = open_page(put(encoded(drawn_page(), form, **options)), 1)
    assert page.shape == (400, 300, 3)
    assert page.dtype == np.uint8
    assert page.flags.c_contiguous
    upper, lower = colours(page)
    assert near(upper, RED)
    assert near(lower, BLUE)


def test_a_cmyk_jpeg_shows_its_colours(put: Put) -> None:
    upper, lower = colours(open_page(put(encoded(drawn_page().convert("CMYK"), "JPEG", quality=95)), 1))
    assert upper[2] > 150 > max(upper[:2])
    assert lower[0] > 150 > max(lower[1:])


@pytest.mark.parametrize(
    "mode", ["L", "1", "P", "LA", "RGBA", "CMYK", "YCbCr", "LAB", "HSV", "I;16", "I", "F", "PA"]
)
def test_each_mode_becomes_eight_bit_colour(mode: str) -> None:
    grey = drawn_page().convert("L")
    if mode == "I;16":
        image = Image.fromarray(np.asarray(grey, np.uint16) * 257)
    elif mode == "LAB":
        image = Image.new("LAB", grey.size, (255, 128, 128))
    else:
        image = (
            grey.convert("P").convert(mode)
            if mode == "PA"
            else grey.convert("RGB" if mode == "HSV" else "L").convert(mode)
        )
    page = to_bgr(image)
    assert page.shape == (400, 300, 3)
    assert page.dtype == np.uint8
    assert page[10, 290].min() > 240  # the white quarter
    if mode not in {"1", "LAB"}:
        assert abs(int(page[10, 10].mean()) - 60) < LOSSY


def test_sixteen_bits_keep_their_range(put: Put) -> None:
    ramp = np.tile(np.linspace(0, 65535, 300), (400, 1)).astype(np.uint16)
    page = open_page(put(encoded(Image.fromarray(ramp), "PNG")), 1)
    assert page[0, 0, 0] == 0
    assert page[0, -1, 0] == 255
    assert abs(int(page[0, 150, 0]) - 128) <= 2


def test_transparent_paper_is_white(put: Put) -> None:
    image = Image.new("RGBA", (300, 400), (0, 0, 0, 0))
    image.paste((10, 20, 30, 255), (0, 0, 100, 100))
    page = open_page(put(encoded(image, "PNG")), 1)
    assert page[300, 200].tolist() == [255, 255, 255]
    assert page[50, 50].tolist() == [30, 20, 10]


def test_a_transparent_palette_colour_is_white(put: Put) -> None:
    image = drawn_page().quantize(8)
    index = image.getpixel((290, 10))
    page = open_page(put(encoded(image, "PNG", transparency=index)), 1)
    assert page[10, 290].tolist() == [255, 255, 255]


@pytest.mark.parametrize(("orientation", "turned"), [(1, 0), (3, 180), (6, 90), (8, 270)])
def test_a_photo_is_turned_by_its_exif(put: Put, orientation: int, turned: int) -> None:
    """What the camera stored turned is shown upright: red on the upper left."""
    stored = drawn_page().rotate(turned, expand=True)
    exif = Image.Exif()
    exif[0x0112] = orientation
    page = open_page(put(encoded(stored, "JPEG", exif=exif, quality=92)), 1)
    assert page.shape == (400, 300, 3)
    assert near(colours(page)[0], RED)


def test_broken_exif_does_not_lose_the_page(put: Put) -> None:
    data = encoded(drawn_page(), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + b"\x99" * 40)
    assert open_page(put(data), 1).shape == (400, 300, 3)


def tiff_of(pages: int) -> bytes:
    images = [Image.new("L", (300, 300 + 10 * index), 20 * index) for index in range(pages)]
    return encoded(images[0], "TIFF", save_all=True, append_images=images[1:])


def test_pages_of_a_tiff_are_told_apart(put: Put) -> None:
    path = put(tiff_of(4))
    assert inspect(path).page_count == 4
    for number in (4, 1, 3):
        page = open_page(path, number)
        assert page.shape == (290 + 10 * number, 300, 3)
        assert int(page[0, 0, 0]) == 20 * (number - 1)


def test_a_tiff_of_too_many_pages_is_refused(put: Put) -> None:
    with pytest.raises(ScanRefused) as caught:
        inspect(put(tiff_of(6)), Limits(max_pages=5))
    assert caught.value.code is Reason.TOO_MANY_PAGES


def test_a_tiff_whose_directories_run_in_a_circle_ends(put: Put) -> None:
    data = bytearray(tiff_of(2))
    first = struct.unpack_from("<I", data, 4)[0]
    second_link = first + 2 + 12 * struct.unpack_from("<H", data, first)[0]
    second = struct.unpack_from("<I", data, second_link)[0]
    last_link = second + 2 + 12 * struct.unpack_from("<H", data, second)[0]
    assert struct.unpack_from("<I", data, last_link)[0] == 0
    struct.pack_into("<I", data, last_link, first)
    assert inspect(put(bytes(data))).page_count == 2


def test_the_preview_in_a_tiff_is_no_page(put: Put) -> None:
    preview = drawn_page()
    preview.encoderinfo = {"tiffinfo": {254: 1}}
    data = encoded(drawn_page(), "TIFF", save_all=True, append_images=[preview])
    assert inspect(put(data)).page_count == 1


def test_a_huge_page_comes_reduced(put: Put) -> None:
    side = 6400
    assert side * side > ENOUGH_PIXELS
    for form, mode in (("JPEG", "L"), ("PNG", "1")):
        page = open_page(put(encoded(Image.new(mode, (side, side), 1), form), form), 1)
        assert page.shape == (side // 2, side // 2, 3)
