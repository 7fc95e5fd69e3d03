"""Batches: the right text beside each line, one width each, the same however many processes draw."""

import itertools
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pipeline.recognise.handwriting import HEIGHT
from training.faces import HAND
from training.recogniser.batches import WIDEST, WIDTH_STEP, Batch, Mixture, batches, collate, jobs, make_job
from training.recogniser.hands import Faces
from training.recogniser.labels import charset, encode
from training.recogniser.line import draw_line
from training.recogniser.real import ROWS, distort
from training.recogniser.sets import save_set

FACES_HERE = Faces.found([HAND / "mali.ttf"])
DRAWN = Mixture(FACES_HERE, crops=0.0)


def texts(batch: Batch) -> list[str]:
    ends = np.cumsum(batch.lengths)
    found = "".join(charset()[k - 1] for k in batch.labels)
    return [found[end - length : end] for end, length in zip(ends, batch.lengths, strict=True)]


def paper_line(columns: int, grey: int = 200) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    line = np.full((HEIGHT, columns), grey, np.uint8)
    line[20:30, 4 : columns - 8] = 30
    return line


def test_lines_are_filled_up_with_their_own_paper() -> None:
    batch = collate([(paper_line(60), "Mai"), (paper_line(100, 150), "Lan Anh")], 128)
    assert batch.images.shape == (2, 1, HEIGHT, 128)
    assert (batch.images[0, 0, :, 60:] == 200).all()
    assert (batch.images[1, 0, :, 100:] == 150).all()
    assert batch.frames.tolist() == [15, 25]
    assert texts(batch) == ["Mai", "Lan Anh"]


def test_a_line_too_wide_is_squeezed() -> None:
    batch = collate([(paper_line(300), "Mai")], 128)
    assert batch.images.shape[3] == 128
    assert batch.frames.tolist() == [32]


def test_batches_hold_lines_of_one_width_and_lose_none_but_the_last() -> None:
    rng = random.Random(1)
    lines = [(paper_line(rng.randint(40, 400)), f"{k}") for k in range(600)]
    made = list(batches([lines[k : k + 30] for k in range(0, 600, 30)], 1, pixels=2000, least=4))
    assert len(made) > 20
    seen = [text for batch in made for text in texts(batch)]
    assert len(seen) == len(set(seen))
    for batch in made:
        width = batch.images.shape[3]
        assert width % WIDTH_STEP == 0
        assert len(batch.lengths) == max(4, 2000 // width)
        assert (batch.frames * 4 > width - WIDTH_STEP - 4).all()


def test_the_seed_alone_says_what_is_drawn() -> None:
    first, again = make_job(DRAWN, 3, 7), make_job(DRAWN, 3, 7)
    assert [text for _, text in first] == [text for _, text in again]
    assert all(np.array_equal(a[0], b[0]) for a, b in zip(first, again, strict=True))
    assert [text for _, text in make_job(DRAWN, 3, 8)] != [text for _, text in first]


def test_every_line_has_room_for_its_text() -> None:
    for image, text in make_job(DRAWN, 5, 1):
        assert image.shape[0] == HEIGHT
        assert min(WIDEST, image.shape[1]) // 4 >= len(encode(text))


def test_processes_draw_what_one_would() -> None:
    alone = list(itertools.islice(jobs(DRAWN, 9), 3))
    together = jobs(DRAWN, 9, processes=1)
    shared = list(itertools.islice(together, 3))
    for one, other in zip(alone, shared, strict=True):
        assert [text for _, text in one] == [text for _, text in other]
        assert all(np.array_equal(a[0], b[0]) for a, b in zip(one, other, strict=True))


def test_real_lines_keep_their_texts_under_distortion(tmp_path: Path) -> None:
    line, text = draw_line("Trần Thị Lan Anh", FACES_HERE, random.Random(2))
    save_set(tmp_path, [(line, text)])
    mixture = Mixture(FACES_HERE, real=(tmp_path,), real_share=1.0)
    made = make_job(mixture, 1, 1)
    assert {text for _, text in made} == {"Trần Thị Lan Anh"}
    assert len({image.shape[1] for image, _ in made}) > 5


def test_distortion_repeats_and_keeps_dark_ink_on_paper() -> None:
    line, _ = draw_line("Trần Thị Lan Anh", FACES_HERE, random.Random(2))
    first, again = distort(line, random.Random(4)), distort(line, random.Random(4))
    assert np.array_equal(first, again)
    assert first.dtype == np.uint8
    assert first.shape[0] >= ROWS
    assert float(np.median(first)) > float(first.min()) + 50


@pytest.mark.parametrize("module", ["batches", "crops", "evaluate", "quantise", "sets"])
def test_only_training_itself_needs_its_heavy_libraries(module: str) -> None:
    code = (
        "import sys; sys.modules['torch'] = sys.modules['onnx'] = None\n"
        f"import training.recogniser.{module} as found; print(found.__name__)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"training.recogniser.{module}"
