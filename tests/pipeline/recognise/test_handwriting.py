"""The line recogniser: what it reads, in which order, and on lines that nobody would cut."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.recognise.ctc import greedy
from pipeline.recognise.handwriting import (
    DATA,
    HEIGHT,
    LONGEST_WIDTH,
    MARGIN,
    STEP,
    LineRecogniser,
    padded_line,
)
from pipeline.wording import use_language
from tests.pipeline.drawn import line_of

TEXTS = ("Nguyễn Thị Hạnh", "Nữ", "ấp Sóc Trào, xã Tân Lợi", "12/03/2010", "Việt Nam", "Bố đẻ")


def test_each_text_comes_back_at_its_place_whatever_the_widths(recogniser: LineRecogniser) -> None:
    lines = [line_of(text) for text in TEXTS]
    read = [greedy(m, recogniser.charset) for m in recogniser.log_probabilities(lines)]
    assert read == list(TEXTS)
    back = [greedy(m, recogniser.charset) for m in recogniser.log_probabilities(lines[::-1])]
    assert back == list(TEXTS[::-1])


def test_more_lines_than_a_batch_holds_keep_their_order(recogniser: LineRecogniser) -> None:
    texts = [f"{n:02d}/2010" for n in range(11, 30)]
    read = recogniser.log_probabilities([line_of(text) for text in texts])
    assert [greedy(m, recogniser.charset) for m in read] == texts


def test_the_same_lines_give_the_same_numbers(recogniser: LineRecogniser) -> None:
    lines = [line_of(text) for text in TEXTS[:3]]
    first, again = recogniser.log_probabilities(lines), recogniser.log_probabilities(lines)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))


def test_a_frame_for_four_columns_each_a_distribution(recogniser: LineRecogniser) -> None:
    line = line_of("Điểu Thị Lan")
    (matrix,) = recogniser.log_probabilities([line])
    assert matrix.dtype == np.float32
    assert matrix.shape == (padded_line(line).shape[1] // 4, len(recogniser.charset) + 1)
    assert np.allclose(np.exp(matrix.astype(np.float64)).sum(axis=1), 1, atol=1e-3)


def test_nothing_to_read(recogniser: LineRecogniser) -> None:
    assert recogniser.log_probabilities([]) == []


@pytest.mark.parametrize(
    ("rows", "columns"), [(1, 1), (1, 400), (400, 1), (48, 1), (2, 5000), (60, 5000), (3000, 12)]
)
def test_lines_of_odd_sizes_are_read_all_the_same(
    recogniser: LineRecogniser, rows: int, columns: int
) -> None:
    image = np.full((rows, columns), 245, np.uint8)
    image[:: max(1, rows // 3), :: max(1, columns // 3)] = 20
    (matrix,) = recogniser.log_probabilities([image])
    assert np.isfinite(matrix).all()
    assert len(matrix) <= (LONGEST_WIDTH + 2 * MARGIN + STEP) // 4


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_an_even_surface_has_no_text(recogniser: LineRecogniser, grey: int) -> None:
    (matrix,) = recogniser.log_probabilities([np.full((60, 300), grey, np.uint8)])
    assert len(greedy(matrix, recogniser.charset)) <= 1


@pytest.mark.parametrize("columns", [1, 17, 100, 333, 4000])
def test_ends_are_filled_up_with_paper(columns: int) -> None:
    line = np.full((HEIGHT, columns), 40, np.uint8)
    line[: HEIGHT // 2] = 200  # paper
    padded = padded_line(line)
    assert padded.shape[0] == HEIGHT
    assert padded.shape[1] % STEP == 0
    assert set(padded[:, :MARGIN].ravel().tolist()) == set(padded[:, -MARGIN:].ravel().tolist()) == {200}


def test_a_line_is_read_about_the_same_at_any_scale(recogniser: LineRecogniser) -> None:
    for size in (24, 44, 90):
        (matrix,) = recogniser.log_probabilities([line_of("Trần Văn Đức", size=size, pad=size // 5)])
        assert greedy(matrix, recogniser.charset) == "Trần Văn Đức"


def test_a_missing_file_is_told_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"recogniser\.onnx.*cài lại hotich"):
        LineRecogniser.load(folder=tmp_path)
    (tmp_path / "recogniser.onnx").symlink_to(DATA / "recogniser.onnx")
    with (
        use_language("en"),
        pytest.raises(FileNotFoundError, match=r"charset\.txt.*install hotich again"),
    ):
        LineRecogniser.load(folder=tmp_path)
