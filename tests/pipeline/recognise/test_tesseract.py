"""The engine for print: words where they stand, and plain words when the program is not there."""

import os
import subprocess
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from pipeline.recognise import tesseract, tesseract_library
from pipeline.recognise.tesseract import (
    BLOCK,
    SPARSE,
    PrintedWord,
    TesseractMissing,
    words_by_program,
    words_of,
)
from pipeline.recognise.tesseract_library import WordsNotRead
from pipeline.wording import use_language
from tests.pipeline.drawn import Sheet

TEXT = "Họ và tên người đi khai sinh"


@pytest.fixture(scope="module")
def line() -> tuple[list[PrintedWord], tuple[int, int, int, int]]:
    sheet = Sheet(300, 1200)
    box = sheet.write(TEXT, 200, 160, size=40)
    return words_of(sheet.grey), box


def test_words_of_a_printed_line_with_their_boxes(
    line: tuple[list[PrintedWord], tuple[int, int, int, int]],
) -> None:
    words, (left, top, width, height) = line
    assert [word.text for word in words] == TEXT.split()
    assert all(0 <= word.confidence <= 100 for word in words)
    assert sum(word.confidence for word in words) / len(words) > 80
    assert words[0].box.x == pytest.approx(left, abs=4)
    assert words[-1].box.right == pytest.approx(left + width, abs=4)
    assert min(word.box.y for word in words) == pytest.approx(top, abs=4)
    assert max(word.box.bottom for word in words) == pytest.approx(top + height, abs=4)
    assert all(a.box.right <= b.box.x for a, b in pairwise(words))


def test_colour_is_read_like_grey(line: tuple[list[PrintedWord], tuple[int, int, int, int]]) -> None:
    sheet = Sheet(300, 1200)
    sheet.write(TEXT, 200, 160, size=40)
    assert [word.text for word in words_of(sheet.colour)] == [word.text for word in line[0]]


@pytest.mark.parametrize("scale", [0.7, 1.5])
def test_boxes_are_in_pixels_of_the_picture_at_whatever_size_it_is_read(
    line: tuple[list[PrintedWord], tuple[int, int, int, int]], scale: float
) -> None:
    sheet = Sheet(300, 1200)
    sheet.write(TEXT, 200, 160, size=40)
    words = words_of(sheet.grey, scale=scale)
    assert [word.text for word in words] == [word.text for word in line[0]]
    for word, other in zip(words, line[0], strict=True):
        assert word.box.as_list() == pytest.approx(other.box.as_list(), abs=4)


def test_pictures_without_print_have_no_words() -> None:
    assert words_of(np.full((400, 400), 245, np.uint8)) == []
    assert words_of(np.zeros((400, 400), np.uint8)) == []
    assert words_of(np.zeros((1, 1), np.uint8)) == []
    # Wider than the program takes: it refuses, and a page without words goes to a person.
    assert words_of(np.full((2, 40_000), 200, np.uint8)) == []


def test_noise_is_no_reason_to_fail() -> None:
    noise = np.random.default_rng(5).integers(0, 256, (300, 300), np.uint8)
    assert all(word.text.strip() == word.text != "" for word in words_of(noise))


def test_library_and_program_find_the_same() -> None:
    sheet = Sheet(500, 1200)
    sheet.write(TEXT, 200, 160, size=40)
    sheet.write("Nguyễn Thị Ánh, 12/03/1987", 200, 300, size=34)
    assert tesseract_library.library("vie") is not None
    for mode in (SPARSE, BLOCK):
        assert words_of(sheet.grey, mode) == words_by_program(sheet.grey, mode) != []


def test_what_was_read_before_changes_nothing() -> None:
    sheet, other = Sheet(300, 1200), Sheet(300, 1200)
    sheet.write(TEXT, 200, 160, size=40)
    other.write("Giấy chứng nhận kết hôn", 200, 160, size=40)
    before = words_of(sheet.grey)
    words_of(other.grey, BLOCK)
    assert words_of(sheet.grey) == before


def test_without_the_library_the_program_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tesseract_library, "NAMES", ("libtesseract.so.none", "libc.so.6"))
    nothing = tesseract_library.library.__wrapped__("vie")
    assert nothing is None
    monkeypatch.setattr(tesseract, "library", lambda _language: nothing)
    sheet = Sheet(300, 1200)
    sheet.write(TEXT, 200, 160, size=40)
    assert [word.text for word in words_of(sheet.grey)] == TEXT.split()


def test_a_picture_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = Sheet(300, 1200)
    sheet.write(TEXT, 200, 160, size=40)
    monkeypatch.setattr("pipeline.recognise.tesseract.SECONDS_A_PAGE", 0.001)
    with pytest.raises(WordsNotRead, match=r"chưa đọc xong ảnh sau 0\.001 giây"):
        words_of(sheet.grey)
    monkeypatch.undo()
    assert len(words_of(sheet.grey)) == len(TEXT.split())


@pytest.mark.skipif(os.name == "nt", reason="signals of a POSIX system")
def test_a_process_that_is_stopped_for_a_while_loses_no_words(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = Sheet(900, 1200)
    for row in range(100, 900, 60):
        sheet.write(TEXT, 200, row, size=40)
    words = words_of(sheet.grey)
    started = time.thread_time()
    words_of(sheet.grey)
    spent = time.thread_time() - started
    monkeypatch.setattr("pipeline.recognise.tesseract.SECONDS_A_PAGE", 10 * spent)
    pause = f"sleep {spent / 4:.3f}; kill -STOP $PPID; sleep {12 * spent:.3f}; kill -CONT $PPID"
    with subprocess.Popen(["/bin/sh", "-c", pause]):
        assert words_of(sheet.grey) == words != []


def test_without_the_program_its_package_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(TesseractMissing, match="hãy cài gói tesseract-ocr "):
        words_by_program(np.zeros((40, 40), np.uint8))
    with use_language("en"), pytest.raises(TesseractMissing, match="install the package tesseract-ocr "):
        words_by_program(np.zeros((40, 40), np.uint8))


def test_without_the_vietnamese_data_its_package_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    with pytest.raises(TesseractMissing, match="tesseract-ocr-vie"):
        words_by_program(np.zeros((40, 40), np.uint8))
    assert tesseract_library.library.__wrapped__("vie") is None  # which is how the program comes to say so


def program(folder: Path, script: str) -> None:
    """Put a program named tesseract into a folder."""
    path = folder / "tesseract"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.mark.parametrize("script", ["kill -9 $$", "printf '\\377\\376' >&2; exit 3"])
def test_a_program_that_dies_leaves_no_page_that_looks_empty(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str
) -> None:
    program(tmp_path, script)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(WordsNotRead, match="dừng đột ngột"):
        words_by_program(np.full((40, 40), 245, np.uint8))


def test_a_picture_that_the_program_refuses_has_no_words() -> None:
    assert words_by_program(np.full((2, 40_000), 200, np.uint8)) == []


def test_a_program_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program(tmp_path, "exec sleep 30")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr("pipeline.recognise.tesseract.SECONDS_A_PAGE", 0.5)
    with pytest.raises(WordsNotRead, match="chưa đọc xong"):
        words_by_program(np.full((40, 40), 245, np.uint8))
