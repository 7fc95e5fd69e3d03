"""Batches of training lines, drawn in worker processes and sorted by width, without end.

A job draws some free lines, one page's crops or distorted real lines. The seed and the job's number say what
is drawn, so that the same call gives the same batches with any number of processes.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.recognise.handwriting import HEIGHT, padded_line
from training.recogniser.crops import Recipe, cut_page
from training.recogniser.hands import Faces
from training.recogniser.labels import COLUMNS_A_FRAME, encode, fits, spelt
from training.recogniser.line import draw_line
from training.recogniser.real import distort
from training.recogniser.sets import load_set
from training.recogniser.text import make_text

Grey = npt.NDArray[np.uint8]
WIDTH_STEP = 64
"""Lines share a batch when their widths round up to the same multiple of this: few shapes, little filling."""
WIDEST = 1280
FREE_A_JOB = 24
REAL_A_JOB = 48


@dataclass(frozen=True, slots=True)
class Mixture:
    """What lines are made of: shares of free lines, page crops and real lines, counted in jobs.

    ``real`` are folders of labelled lines; the lines that judge a network must not be among them.
    """

    faces: Faces
    crops: float = 0.45
    real: tuple[Path, ...] = ()
    real_share: float = 0.25


@dataclass(frozen=True, slots=True)
class Batch:
    """Lines of about one width.

    ``images`` uint8 (lines, 1, 48, columns); ``frames`` int64 (lines,), the frames that each line fills;
    ``labels`` int64 (characters of all lines,), classes one line after another; ``lengths`` int64 (lines,).
    """

    images: Grey
    frames: npt.NDArray[np.int64]
    labels: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]


def make_job(mixture: Mixture, seed: int, number: int) -> list[tuple[Grey, str]]:
    """Lines of one job at 48 rows, padded as the pipeline pads them, with their texts."""
    cv2.setNumThreads(1)
    rng = random.Random(f"job {seed} {number}")
    draw = rng.random()
    if mixture.real and draw < mixture.real_share:
        known = _real_lines(mixture.real)
        drawn = [(distort(line, rng), text) for line, text in rng.choices(known, k=REAL_A_JOB)]
    elif rng.random() < mixture.crops:
        drawn = list(cut_page(Recipe(mixture.faces), rng))
    else:
        drawn = [draw_line(make_text(rng), mixture.faces, rng) for _ in range(FREE_A_JOB)]
    lines = ((padded_line(image), spelt(text)) for image, text in drawn)
    return [(image, text) for image, text in lines if fits(text, min(WIDEST, image.shape[1]))]


_REAL: dict[tuple[Path, ...], list[tuple[Grey, str]]] = {}


def _real_lines(folders: tuple[Path, ...]) -> list[tuple[Grey, str]]:
    """Real lines of the folders, read once a process."""
    if folders not in _REAL:
        _REAL[folders] = [(line.image, line.text) for folder in folders for line in load_set(folder)]
    return _REAL[folders]


def jobs(mixture: Mixture, seed: int, processes: int = 0) -> Iterator[list[tuple[Grey, str]]]:
    """Jobs 0, 1, 2 and so on, in order.

    Args:
        mixture: what to draw.
        seed: of all chance.
        processes: how many processes draw; 0 draws in this one.
    """
    make = partial(make_job, mixture, seed)
    if processes < 1:
        yield from map(make, itertools.count())
        return
    context = get_context("spawn")
    with context.Pool(processes) as pool:
        # Windows of jobs, so that workers never run far ahead of what is used.
        window = 3 * processes
        ahead = pool.map_async(make, range(window), chunksize=1)
        for start in itertools.count(window, window):
            done, ahead = ahead, pool.map_async(make, range(start, start + window), chunksize=1)
            yield from done.get()


def batches(
    made: Iterable[Sequence[tuple[Grey, str]]], seed: int, pixels: int = 128_000, least: int = 8
) -> Iterator[Batch]:
    """Gather lines into batches of one width each.

    Args:
        made: jobs; see ``jobs``.
        seed: of the order in which full batches leave.
        pixels: columns of all lines of a batch together, about.
        least: lines of a batch, even of the widest.
    """
    rng = random.Random(f"batches {seed}")
    waiting: dict[int, list[tuple[Grey, str]]] = {}
    full: list[Batch] = []
    for job in made:
        for image, text in job:
            width = min(WIDEST, -(-image.shape[1] // WIDTH_STEP) * WIDTH_STEP)
            queue = waiting.setdefault(width, [])
            queue.append((image, text))
            if len(queue) >= max(least, pixels // width):
                full.append(collate(queue, width))
                waiting[width] = []
        # A few are held back and leave in chance order: widths do not come in waves.
        while len(full) > 6:
            yield full.pop(rng.randrange(len(full)))


def collate(lines: Sequence[tuple[Grey, str]], width: int) -> Batch:
    """One batch: lines filled up with their own paper at the right, or squeezed, to the width."""
    images = np.empty((len(lines), 1, HEIGHT, width), np.uint8)
    frames, labels, lengths = [], [], []
    for place, (line, text) in enumerate(lines):
        image = line
        if image.shape[1] > width:
            image = np.asarray(cv2.resize(line, (width, HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)
        images[place, 0] = int(np.median(image[:, -3:]))
        images[place, 0, :, : image.shape[1]] = image
        classes = encode(text)
        labels += classes
        lengths.append(len(classes))
        frames.append(image.shape[1] // COLUMNS_A_FRAME)
    return Batch(images, np.array(frames, np.int64), np.array(labels, np.int64), np.array(lengths, np.int64))
