"""One line of text alone on a strip of paper, grey, as a scan of any form might show it.

``training.recogniser.crops`` makes lines as the pipeline cuts them; these vary more than any page of ours, so
that the network does not come to depend on our pages: paper, rules, leaders, neighbours' tails, stamps, blur,
poor scans, tight and loose cuts, words struck out.
"""

from __future__ import annotations

import io
import random

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image as Picture

from pipeline.recognise.handwriting import HEIGHT
from training.ink import Ink, smooth_noise
from training.recogniser.hands import Faces, make_hand

Grey = npt.NDArray[np.uint8]
_Layer = npt.NDArray[np.float32]
STRUCK = 0.02
"""Share of lines with a word struck out, which is not read."""


def draw_line(
    text: str, faces: Faces, rng: random.Random, *, typed: float = 0.16, printed: float = 0.06
) -> tuple[Grey, str]:
    """Draw a line.

    Args:
        text: what is written.
        faces: fonts to write with.
        rng: source of chance; the same state gives the same picture.
        typed: chance of a typewriter instead of a pen.
        printed: chance of print.

    Returns:
        The line, uint8 (rows, columns), dark ink on light paper, 40 to 110 rows; and the text that is to be
        read, which is shorter than the one given where a word was struck out.
    """
    hand = make_hand(faces, text, rng, typed=typed, printed=printed)
    x_height = rng.uniform(13, 21)
    words = text.split(" ")
    if len(words) > 1 and rng.random() < STRUCK:
        ink, text = _struck(
            hand.write(" ".join(words[:-1]), x_height, rng), hand.write(words[-1], x_height, rng), words, rng
        )
    else:
        ink = hand.write(text, x_height, rng)
    strip, base = _cut(ink, x_height, rng)
    noise = np.random.default_rng(rng.getrandbits(64))
    image = _on_paper(strip, base, rng, noise)
    return _scanned(image, rng, noise), text


def _struck(first: Ink, last: Ink, words: list[str], rng: random.Random) -> tuple[Ink, str]:
    """A line whose last word is the first part's correction: one of the two is struck out and not read."""
    dead, alive, before = (first, last, False) if rng.random() < 0.5 else (last, first, True)
    mask = dead.mask.copy()
    rows, columns = mask.shape
    for _ in range(rng.choice((1, 2, 2, 3))):
        y0, y1 = (round(dead.baseline - rng.uniform(0.1, 0.6) * dead.baseline) for _ in range(2))
        cv2.line(
            mask, (0, y0), (columns - 1, y1), 255, max(1, round(rows * rng.uniform(0.03, 0.06))), cv2.LINE_AA
        )
    left, right = (
        (alive, Ink(mask, dead.baseline, dead.colour))
        if before
        else (Ink(mask, dead.baseline, dead.colour), alive)
    )
    gap = round(rows * rng.uniform(0.2, 0.6))
    up = max(left.baseline, right.baseline)
    down = max(item.mask.shape[0] - item.baseline for item in (left, right))
    whole = np.zeros((up + down, left.mask.shape[1] + gap + right.mask.shape[1]), np.uint8)
    x = 0
    for item in (left, right):
        top = up - item.baseline
        whole[top : top + item.mask.shape[0], x : x + item.mask.shape[1]] = item.mask
        x += item.mask.shape[1] + gap
    return Ink(whole, up, dead.colour), " ".join(words[:-1] if before else words[-1:])


def _cut(ink: Ink, x_height: float, rng: random.Random) -> tuple[_Layer, float]:
    """Ink 0..1 with the room that a cut leaves around it, or a little less than the ink; its baseline row."""
    rows = ink.mask.shape[0]
    tall = max(rows, 2.2 * x_height)
    top, bottom = (round(tall * rng.uniform(-0.03, 0.3)) for _ in range(2))
    if rows < 2.2 * x_height:  # a stroke or small letters keep their place on the line
        top += max(0, round(1.9 * x_height - ink.baseline))
        bottom += max(0, round(0.4 * x_height - (rows - ink.baseline)))
    left, right = (round(x_height * rng.choice((0.1, 0.4, rng.uniform(0, 4)))) for _ in range(2))
    full = np.pad(ink.mask, ((max(0, top), max(0, bottom)), (left, right)))
    cut = full[max(0, -top) : full.shape[0] - max(0, -bottom)]
    return np.asarray(cut, np.float32) / np.float32(255), float(ink.baseline + top)


def _on_paper(ink: _Layer, base: float, rng: random.Random, noise: np.random.Generator) -> _Layer:
    """Ink over paper with what the printer, the neighbours and the stamp left on it; grey 0..255."""
    h, w = ink.shape
    paper = np.full((h, w), rng.uniform(175, 255), np.float32)
    if rng.random() < 0.7:
        paper += smooth_noise(h, w, rng.uniform(30, 150), noise) * rng.uniform(0, 10)
    under = np.zeros((h, w), np.float32)
    draw = rng.random()
    y = base + h * rng.uniform(-0.04, 0.08)
    if draw < 0.25:
        step, radius, force = rng.uniform(4, 12), rng.uniform(0.7, 2.0), rng.uniform(0.4, 1)
        for x in np.arange(rng.uniform(0, step), w, step):
            spot = (round(float(x) * 8), round((y + rng.gauss(0, 0.2)) * 8))
            cv2.circle(under, spot, round(radius * 8), force, -1, cv2.LINE_AA, 3)
    elif draw < 0.38:
        cv2.line(
            under,
            (0, round(y)),
            (w, round(y + rng.gauss(0, 1.5))),
            rng.uniform(0.3, 0.9),
            rng.choice((1, 1, 2)),
            cv2.LINE_AA,
        )
    if rng.random() < 0.12:
        _tails(under, rng)
    if rng.random() < 0.05:
        spot = (round(rng.uniform(0, w)), round(rng.uniform(-0.5, 1.5) * h))
        cv2.circle(
            under,
            spot,
            round(h * rng.uniform(0.8, 2)),
            rng.uniform(0.2, 0.45),
            rng.choice((1, 2, 3)),
            cv2.LINE_AA,
        )
    if rng.random() < 0.06:  # the other side shows through
        under = np.maximum(under, cv2.GaussianBlur(ink[:, ::-1], (0, 0), 1.5) * rng.uniform(0.08, 0.22))
    dark = min(rng.uniform(0, 110), max(0.0, float(paper.mean()) - 90))
    below = paper * (1 - 0.8 * under) + rng.uniform(60, 140) * 0.8 * under
    return np.asarray(below * (1 - ink) + dark * ink, np.float32)


def _tails(under: _Layer, rng: random.Random) -> None:
    """Strokes of the lines above and below that reach in, drawn in place."""
    h, w = under.shape
    for _ in range(rng.randint(1, 6)):
        x, edge = rng.uniform(0, w), 0 if rng.random() < 0.6 else h
        end = h * rng.uniform(0.04, 0.16)
        end = end if edge == 0 else h - end
        to = (round(x + rng.gauss(0, 0.1) * h), round(end))
        cv2.line(under, (round(x), edge), to, rng.uniform(0.5, 1), rng.choice((1, 2)), cv2.LINE_AA)


def _scanned(image: _Layer, rng: random.Random, noise: np.random.Generator) -> Grey:
    """Width, blur, grain, lost pixels, black and white, compression."""
    h, w = image.shape
    size = (max(8, round(w * rng.uniform(0.85, 1.2))), max(16, round(min(110.0, max(40.0, h)))))
    image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.float32)
    if rng.random() < 0.35:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.3)), np.float32)
    if rng.random() < 0.12:
        share = rng.uniform(0.45, 0.8)
        small = cv2.resize(image, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
        image = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_LINEAR), np.float32)
    if rng.random() < 0.5:
        image = image + noise.standard_normal(image.shape, dtype=np.float32) * rng.uniform(0, 9)
    grey = np.asarray(np.clip(image, 0, 255), np.uint8)
    if rng.random() < 0.08:
        grey = np.asarray(cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[1], np.uint8)
    if rng.random() < 0.35:
        grey = compressed(grey, rng.randint(35, 85))
    return grey


def compressed(grey: Grey, quality: int) -> Grey:
    """The picture after a JPEG of that quality."""
    store = io.BytesIO()
    Picture.fromarray(grey).save(store, "JPEG", quality=quality)
    return np.asarray(Picture.open(store), np.uint8)


def to_height(grey: Grey) -> Grey:
    """The line at the 48 rows that the network takes, its aspect kept."""
    rows, columns = grey.shape
    width = max(HEIGHT // 3, round(columns * HEIGHT / max(1, rows)))
    return np.asarray(cv2.resize(grey, (width, HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)
