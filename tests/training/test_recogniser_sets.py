"""Sets of lines on disk, how readings of them are judged, and what ranges of 8 bits are measured on."""

import itertools
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pipeline.recognise.handwriting import DATA, HEIGHT, STEP, LineRecogniser
from training.faces import HAND
from training.recogniser.evaluate import judge, read_set, score
from training.recogniser.hands import Faces
from training.recogniser.labels import charset
from training.recogniser.line import draw_line
from training.recogniser.quantise import SHORTEST, calibration_lines
from training.recogniser.sets import LABELS, SetKind, draw_set, load_set, save_set

FACES_HERE = Faces.found([HAND / "mali.ttf"])


def test_a_set_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    drawn = [
        draw_line(text, FACES_HERE, random.Random(1)) for text in ("Lê Thị Mai", "3", "Ấp 2, xã Tân Lợi")
    ]
    assert save_set(tmp_path, drawn) == 3
    kept = load_set(tmp_path)
    assert [line.text for line in kept] == [text for _, text in drawn]
    assert all(np.array_equal(line.image, image) for line, (image, _) in zip(kept, drawn, strict=True))


def test_a_set_without_labels_or_with_a_missing_image_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_set(tmp_path)
    (tmp_path / LABELS).write_text("no.png\tMai\n", encoding="utf-8")
    with pytest.raises(FileNotFoundError, match=r"no\.png"):
        load_set(tmp_path)


@pytest.mark.parametrize("kind", [SetKind.LINES, SetKind.FIGURES, SetKind.CAPITALS, SetKind.TYPED])
def test_drawn_sets_repeat(kind: SetKind) -> None:
    first, again = (list(itertools.islice(draw_set(kind, FACES_HERE, 4), 6)) for _ in range(2))
    assert all(np.array_equal(a[0], b[0]) and a[1] == b[1] for a, b in zip(first, again, strict=True))
    if kind is SetKind.CAPITALS:
        assert all(text == text.upper() for _, text in first)
    if kind is SetKind.FIGURES:
        assert sum(any(c.isdigit() for c in text) for _, text in first) >= 4


def test_errors_are_counted_by_characters_and_by_lines() -> None:
    result = score([("Hoà, Bình", "Hòa, Bình"), ("Nam", "nam."), ("1990", "1980"), ("abc", "")], 0.2)
    assert result.lines == 4
    assert result.cer == pytest.approx(100 * (0 + 2 + 1 + 3) / (9 + 3 + 4 + 3))
    assert result.exact == 25
    assert result.bare_cer == pytest.approx(100 * (0 + 0 + 1 + 3) / (8 + 3 + 4 + 3))
    assert result.bare_exact == 50
    assert result.milliseconds == pytest.approx(50)


def test_nothing_to_judge_is_no_score() -> None:
    with pytest.raises(ValueError, match="no lines"):
        score([])


def test_the_shipped_network_reads_a_plain_hand_well(tmp_path: Path) -> None:
    save_set(tmp_path, itertools.islice(draw_set(SetKind.LINES, FACES_HERE, 2), 30))
    recogniser, lines = LineRecogniser.load(), load_set(tmp_path)
    result = judge(recogniser, lines)
    assert result.cer < 8
    assert result.exact > 60
    texts, seconds = read_set(recogniser, lines)
    assert len(texts) == 30
    assert seconds > 0


def test_the_shipped_network_gives_a_log_probability_of_every_character() -> None:
    recogniser = LineRecogniser.load()
    image, _ = draw_line("Điểu Thị Lan", FACES_HERE, random.Random(3))
    (matrix,) = recogniser.log_probabilities([image])
    assert matrix.shape[1] == len(charset()) + 1
    assert np.allclose(np.exp(matrix).sum(axis=1), 1, atol=1e-3)
    assert (DATA / "recogniser.onnx").stat().st_size < 8_000_000


def test_ranges_are_measured_on_drawn_lines_as_the_network_takes_them() -> None:
    lines = calibration_lines(FACES_HERE, 4)
    assert all(line.dtype == np.float32 and line.shape[:3] == (1, 1, HEIGHT) for line in lines)
    assert all(line.shape[3] % STEP == 0 and line.shape[3] > SHORTEST * 8 for line in lines)
    again = calibration_lines(FACES_HERE, 4)
    assert all(np.array_equal(a, b) for a, b in zip(lines, again, strict=True))


def test_the_commands_draw_a_set_and_judge_it(tmp_path: Path) -> None:
    python, out = sys.executable, str(tmp_path / "set")
    drawn = subprocess.run(
        [
            python,
            "-m",
            "training.recogniser.sets",
            "--out",
            out,
            "--count",
            "5",
            "--hand",
            str(HAND / "mali.ttf"),
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    assert "5 lines" in drawn.stdout
    judged = subprocess.run(
        [python, "-m", "training.recogniser.evaluate", out], check=True, capture_output=True, text=True
    )
    assert judged.stdout.splitlines()[2].startswith("| set | 5 |")
