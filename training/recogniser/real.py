"""A real line as another hand and another scanner might have left it."""

from __future__ import annotations

import random

import cv2
import numpy as np
import numpy.typing as npt

from training.ink import smooth_noise
from training.recogniser.line import compressed

Grey = npt.NDArray[np.uint8]
ROWS = 72
"""Rows at which a line is distorted: a little more than the network takes."""


def distort(line: Grey, rng: random.Random) -> Grey:
    """Slant, waves, width, pen, light, grain, rule or leader, blur and compression, each by chance.

    Args:
        line: uint8 (rows, columns) grey, dark ink on light paper.
        rng: source of chance.
    """
    noise = np.random.default_rng(rng.getrandbits(64))
    paper = int(np.percentile(line, 85))
    wide = max(16, round(line.shape[1] * ROWS / line.shape[0] * rng.uniform(0.8, 1.25)))
    image = cv2.resize(line, (wide, ROWS), interpolation=cv2.INTER_AREA)
    above, beside = round(ROWS * rng.uniform(0, 0.2)), round(ROWS * rng.uniform(0, 0.6))
    image = cv2.copyMakeBorder(image, above, above, beside, beside, cv2.BORDER_CONSTANT, value=(paper,))
    h, w = image.shape
    yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
    mx = xx + rng.gauss(0, 0.2) * (yy - h / 2)
    my = yy + rng.gauss(0, 0.006) * (xx - w / 2)
    force = rng.choice((0.0, 0.5, 1.0)) * h * 0.02
    if force:
        mx += smooth_noise(h, w, h / 4, noise) * force
        my += smooth_noise(h, w, h / 4, noise) * force
    warped = cv2.remap(
        image, mx.astype(np.float32), my.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT,
        borderValue=(paper,),
    )  # fmt: skip
    draw = rng.random()
    if draw < 0.2:
        change = cv2.erode if draw < 0.12 else cv2.dilate
        warped = change(warped, np.ones((2, 2), np.uint8))
    grey = warped.astype(np.float32) * rng.uniform(0.8, 1.1) + rng.uniform(-15, 10)
    if rng.random() < 0.4:
        grey += noise.standard_normal(grey.shape, dtype=np.float32) * rng.uniform(0, 8)
    if rng.random() < 0.25:
        row = round(h * rng.uniform(0.6, 0.9))
        step = 1 if rng.random() < 0.5 else rng.randint(4, 9)
        grey[row : row + 2, ::step] *= rng.uniform(0.3, 0.8)
    if rng.random() < 0.3:
        grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), rng.uniform(0.4, 1.2)), np.float32)
    result = np.asarray(np.clip(grey, 0, 255), np.uint8)
    return compressed(result, rng.randint(35, 80)) if rng.random() < 0.2 else result
