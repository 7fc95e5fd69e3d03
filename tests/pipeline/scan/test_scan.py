"""What is taken and what is refused, with real files, good and damaged."""

from __future__ import annotations

import os
import pickle
import struct
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline.reasons import Reason
from pipeline.scan import Limits, ScanRefused, inspect, open_page, sha256_of
from pipeline.wording import use_language

from .conftest import drawn_page, encoded, pdf_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Put = Callable[..., Path]


def code_of(path: Path, limits: Limits | None = None) -> Reason:
    with pytest.raises(ScanRefused) as caught:
        inspect(path, limits or Limits())
    return caught.value.code


def png_of_size(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that claims any number of pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\0" * 100_000))
    return b"\x89PNG\r\n\x1a\n" + header + body + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("form", "expected"), [("JPEG", "jpeg"), ("PNG", "png"), ("TIFF", "tiff"), ("WEBP", "webp")]
)
def test_a_good_image_is_one_page_whatever_its_suffix(put: Put, form: str, expected: str) -> None:
    path = put(encoded(drawn_page(), form), "sổ khai sinh 2010, trang 1.txt")
    facts = inspect(path)
    assert (facts.page_count, facts.format, facts.size) == (1, expected, path.stat().st_size)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("share", [0.3, 0.7, 0.97])
def test_a_cut_image_is_refused(put: Put, form: str, share: float) -> None:
    options = {"compression": "tiff_lzw"} if form == "TIFF" else {}
    data = encoded(drawn_page(900, 1200).effect_spread(20), form, **options)
    assert code_of(put(data[: int(len(data) * share)])) in {Reason.TRUNCATED, Reason.UNREADABLE}


def test_a_cut_jpeg_is_called_truncated(put: Put) -> None:
    data = encoded(drawn_page(900, 1200).effect_spread(20), "JPEG")
    assert code_of(put(data[:-1000])) is Reason.TRUNCATED


def test_what_phones_write_behind_a_jpeg_does_not_matter(put: Put) -> None:
    path = put(encoded(drawn_page(), "JPEG") + b"\0" * 100_000)
    assert inspect(path).page_count == 1


def test_an_empty_file_is_refused(put: Put) -> None:
    assert code_of(put(b"")) is Reason.EMPTY


@pytest.mark.parametrize("data", [b"not an image at all", b"<html></html>", b"\xff" * 5000, b"\0"])
def test_what_is_no_image_is_refused_whatever_its_suffix(put: Put, data: bytes) -> None:
    assert code_of(put(data, "trang.jpg")) is Reason.NOT_AN_IMAGE


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"GIF89a" + b"\0" * 50, "GIF"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 50, "HEIC"),
        (b"PK\x03\x04" + b"\0" * 50, "ZIP"),
        (b"\0\0\0\x18ftypmp42" + b"\0" * 50, "video"),
    ],
)
def test_a_known_kind_that_is_not_read_is_named(put: Put, data: bytes, kind: str) -> None:
    with pytest.raises(ScanRefused, match=kind) as caught:
        inspect(put(data))
    assert caught.value.code is Reason.UNSUPPORTED


@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (12_000, 12_000), (2**31 - 1, 1000)])
def test_a_decompression_bomb_is_refused_before_it_is_decoded(put: Put, width: int, height: int) -> None:
    path = put(png_of_size(width, height))
    limits = Limits(max_pixels=100_000_000)
    assert code_of(path, limits) is Reason.TOO_LARGE
    with pytest.raises(ScanRefused):
        open_page(path, 1, limits)


def test_a_file_beyond_the_limit_of_bytes_is_refused(put: Put) -> None:
    assert code_of(put(encoded(drawn_page(), "PNG")), Limits(max_bytes=100)) is Reason.TOO_LARGE


def test_a_thumbnail_is_refused(put: Put) -> None:
    assert code_of(put(encoded(drawn_page(120, 160), "JPEG"))) is Reason.TOO_SMALL


def test_a_symbolic_link_is_refused(put: Put, tmp_path: Path) -> None:
    link = tmp_path / "link.jpg"
    link.symlink_to(put(encoded(drawn_page(), "JPEG"), "real.jpg"))
    assert code_of(link) is Reason.SYMLINK


def test_a_pipe_and_a_folder_are_refused_without_waiting(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.jpg"
    os.mkfifo(pipe)
    assert code_of(pipe) is Reason.NOT_AN_IMAGE
    assert code_of(tmp_path) is Reason.NOT_AN_IMAGE


def test_a_file_that_is_gone_is_refused(tmp_path: Path) -> None:
    assert code_of(tmp_path / "gone.jpg") is Reason.UNREADABLE


@pytest.mark.parametrize(
    "name", ["trang\n01.jpg", "trang\x1b[31m.jpg", "trang\u202egpj.exe", "trang\x7f.jpg"]
)
def test_a_name_with_control_characters_is_refused_and_shown_harmless(put: Put, name: str) -> None:
    path = put(encoded(drawn_page(), "JPEG"), name)
    with pytest.raises(ScanRefused) as caught:
        inspect(path)
    assert caught.value.code is Reason.BAD_NAME
    assert str(caught.value).isprintable()


def test_a_name_that_is_no_text_is_refused_and_shown_harmless(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"trang\xff.jpg")
    path.write_bytes(encoded(drawn_page(), "JPEG"))
    with pytest.raises(ScanRefused) as caught:
        inspect(path)
    assert caught.value.code is Reason.BAD_NAME
    assert str(caught.value).encode("utf-8")


def test_a_very_long_name_is_shortened_in_the_message(put: Put) -> None:
    with pytest.raises(ScanRefused) as caught:
        inspect(put(b"", "x" * 200 + ".jpg"))
    assert len(str(caught.value)) < 250


def test_a_refusal_names_the_file_in_both_languages_and_travels_between_processes(put: Put) -> None:
    path = put(b"", "Sổ Tân Lợi 01")
    with pytest.raises(ScanRefused, match="Tệp Sổ Tân Lợi 01 rỗng") as vietnamese:
        inspect(path)
    with use_language("en"), pytest.raises(ScanRefused, match="Sổ Tân Lợi 01 is empty"):
        inspect(path)
    copy = pickle.loads(pickle.dumps(vietnamese.value))  # noqa: S301 - our own bytes
    assert (copy.code, str(copy)) == (Reason.EMPTY, str(vietnamese.value))


def test_a_page_that_is_not_there_is_an_error_of_the_caller(put: Put) -> None:
    for path in (
        put(encoded(drawn_page(), "JPEG"), "a"),
        put(encoded(drawn_page(), "TIFF"), "b"),
        put(pdf_of([drawn_page()]), "c"),
    ):
        with pytest.raises(ValueError, match="no such page"):
            open_page(path, 2)


def test_sha256_is_of_the_bytes(put: Put) -> None:
    assert sha256_of(put(b"abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


_SEEDS = {
    "jpeg": encoded(drawn_page(), "JPEG"),
    "png": encoded(drawn_page(), "PNG"),
    "tiff": encoded(drawn_page(), "TIFF", save_all=True, append_images=[Image.new("L", (300, 300), 200)]),
    "webp": encoded(drawn_page(), "WEBP"),
    "pdf": pdf_of([drawn_page()]),
}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(sorted(_SEEDS)),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=6),
)
def test_damaged_bytes_are_read_or_refused_and_nothing_else(
    tmp_path: Path, form: str, changes: list[tuple[float, int]]
) -> None:
    data = bytearray(_SEEDS[form])
    for place, value in changes:
        data[min(int(place * len(data)), len(data) - 1)] = value
    path = tmp_path / "damaged"
    path.write_bytes(data)
    try:
        assert inspect(path, Limits(seconds=10)).page_count >= 1
        assert open_page(path, 1, Limits(seconds=10)).ndim == 3
    except ScanRefused as refused:
        assert "damaged" in str(refused)
