"""Drawn lines: repeatable, legible, and cut by the pipeline with the right text beside each."""

import itertools
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein

from pipeline.recognise.ctc import greedy
from pipeline.recognise.handwriting import HEIGHT, LineRecogniser
from training.faces import FACES, HAND, NoUsableFont
from training.ink import Writer
from training.recogniser import line as line_module
from training.recogniser.crops import Recipe, cut_page
from training.recogniser.hands import Faces, Printer, make_hand, make_pen, plain_capitals
from training.recogniser.line import compressed, draw_line, to_height
from training.typewriter import Typewriter

FACES_HERE = Faces.found()
PLAIN = replace(FACES_HERE, hand=(HAND / "mali.ttf",))


@pytest.fixture(scope="module")
def recogniser() -> LineRecogniser:
    return LineRecogniser.load()


def error(recogniser: LineRecogniser, lines: list[tuple[line_module.Grey, str]]) -> float:
    found = recogniser.log_probabilities([image for image, _ in lines])
    read = [greedy(matrix, recogniser.charset) for matrix in found]
    wrong = sum(Levenshtein.distance(text, r) for (_, text), r in zip(lines, read, strict=True))
    return wrong / sum(len(text) for _, text in lines)


def test_the_same_seed_draws_the_same_line() -> None:
    first = draw_line("Nguyễn Thị Lệ, 12/03/2010", FACES_HERE, random.Random(4))
    again = draw_line("Nguyễn Thị Lệ, 12/03/2010", FACES_HERE, random.Random(4))
    assert np.array_equal(first[0], again[0])
    assert first[1] == again[1] == "Nguyễn Thị Lệ, 12/03/2010"


def test_lines_are_grey_ink_on_paper_of_a_line_s_height() -> None:
    rng = random.Random(9)
    for text in ("-", "3", "Mẹ", "TRẦN PHƯƠNG", "ngày mười hai tháng tư năm hai nghìn không trăm mười"):
        image, _ = draw_line(text, FACES_HERE, rng)
        assert image.dtype == np.uint8
        assert 40 <= image.shape[0] <= 110
        assert float(np.median(image)) > float(image.min()) + 60
        assert to_height(image).shape[0] == HEIGHT


def test_drawn_lines_can_be_read(recogniser: LineRecogniser) -> None:
    rng = random.Random(2)
    texts = ("Nguyễn Thị Hạnh", "Bệnh viện đa khoa", "Xã Tân Lợi", "Trần Văn Đức", "tháng mười hai") * 3
    assert error(recogniser, [draw_line(text, PLAIN, rng, typed=0, printed=0) for text in texts]) < 0.12


def test_a_struck_word_is_not_part_of_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_module, "STRUCK", 1.0)
    rng = random.Random(1)
    texts = {draw_line("Trần Văn Đức", PLAIN, rng)[1] for _ in range(12)}
    assert texts == {"Trần Văn", "Đức"}
    assert draw_line("Đức", PLAIN, rng)[1] == "Đức"


def test_capitals_are_written_without_swashes() -> None:
    assert plain_capitals(HAND / "mali.ttf")
    assert not plain_capitals(HAND / "vujahday-script.ttf")
    rng = random.Random(6)
    pens = {make_pen(FACES_HERE, "TRẦN VĂN ĐỨC", rng).path for _ in range(40)}
    assert all(plain_capitals(path) for path in pens)
    assert not all(plain_capitals(make_pen(FACES_HERE, "Trần Văn Đức", rng).path) for _ in range(40))


def test_hands_are_pens_machines_and_print_as_asked() -> None:
    rng = random.Random(3)
    assert isinstance(make_hand(FACES_HERE, "a", rng, typed=1.0), Typewriter)
    assert isinstance(make_hand(FACES_HERE, "a", rng, typed=0.0, printed=1.0), Printer)
    assert isinstance(make_hand(FACES_HERE, "a", rng, typed=0.0, printed=0.0), Writer)


def test_only_fonts_that_can_write_vietnamese_are_taken(tmp_path: Path) -> None:
    with pytest.raises(NoUsableFont):
        Faces.found([tmp_path])
    assert Faces.found([], [FACES["typewriter"]]).typed == (FACES["typewriter"],)


def test_compression_keeps_the_size() -> None:
    image, _ = draw_line("Lê Thị Mai", PLAIN, random.Random(8))
    rough = compressed(image, 35)
    assert rough.shape == image.shape
    assert not np.array_equal(rough, image)


def test_pages_are_cut_by_the_pipeline_with_the_text_of_each_line(recogniser: LineRecogniser) -> None:
    recipe = Recipe(PLAIN, typed=0.0, dpi=(200,), quality=(80, 90), kinds=("person", "date_words"))
    rng = random.Random(7)
    lines = list(itertools.chain.from_iterable(cut_page(recipe, rng) for _ in range(2)))
    assert len(lines) > 20
    # Were a text beside another line's picture, nearly all of its characters would be wrong.
    assert error(recogniser, lines) < 0.2


def test_a_page_is_cut_the_same_from_the_same_seed() -> None:
    recipe = Recipe(PLAIN, dpi=(200,))
    first, again = (list(cut_page(recipe, random.Random(21))) for _ in range(2))
    assert [text for _, text in first] == [text for _, text in again]
    assert all(np.array_equal(a, b) for (a, _), (b, _) in zip(first, again, strict=True))
