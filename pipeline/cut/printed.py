"""The print of labels among the strokes of a page, told from writing that touches it or hangs under it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.elements import Box

PAD: Final = 0.25
"""Heights of a label's box around it in which its letters are looked for: the engine draws some too tight."""
INSIDE: Final = 0.6
"""Share of a letter's width, and of its height, that lies there."""
LOW: Final = 0.6
"""Height, in those of a label's usual letter, under which a stroke is a mark or a dot and has no feet."""
MARK: Final = 0.4
"""Width, in those heights, from which on what is under a label's feet is no dot and no comma of it."""
BEHIND: Final = 0.4
"""How far behind a label its colon stands, and how far from there, in those heights."""
BRIDGE: Final = 0.25
"""Thickness, in those heights, at the most, of a bridge from a label to what stands behind it."""
TAIL: Final = 0.5
"""Those heights by which the tail of a printed letter reaches under its feet at the most."""


def print_of(
    box: Box, stats: NDArray[np.int32], centres: NDArray[np.float64]
) -> tuple[NDArray[np.bool_], float, float]:
    """Which strokes are a label's print, the row under its letters' feet, and its letters' usual height.

    Args:
        box: the label's box.
        stats: of the page's connected strokes, as ``connected`` gives them.
        centres: their middles.

    Returns:
        Without a letter no stroke, an infinite row and no height.
    """
    left, top = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    right, bottom = left + stats[:, cv2.CC_STAT_WIDTH], top + stats[:, cv2.CC_STAT_HEIGHT]
    pad = PAD * box.h
    # Whole letters of the label go, also where the engine drew its box a little tight; a stroke of the
    # writing that reaches into the label goes on beyond it, and stays.
    wide = np.minimum(right, box.right + pad) - np.maximum(left, box.x - pad)
    high = np.minimum(bottom, box.bottom + pad) - np.maximum(top, box.y - pad)
    inside = (wide > INSIDE * (right - left)) & (high > INSIDE * (bottom - top))
    inside &= centres[:, 0] < box.right + 0.1 * box.h
    inside[0] = False
    heights = (bottom - top)[inside]
    if not len(heights):
        return inside, np.inf, 0.0
    large = heights >= LOW * np.median(heights)
    feet, letter = float(np.median(bottom[inside][large])), float(np.median(heights[large]))
    # The accent of a capital in the line below may stand as high as that.
    inside &= (top < feet) | (right - left < MARK * letter)
    dots = np.maximum(right - left, bottom - top) < MARK * letter
    dots &= np.abs(centres[:, 0] - box.right - BEHIND * letter) < BEHIND * letter
    dots &= (top > feet - letter) & (bottom < feet + BEHIND * letter)
    if dots.sum() == 2 and np.ptp(centres[dots, 0]) < MARK * letter / 2:
        inside |= dots  # the label's colon, which the engine often leaves out of its box
    return inside, feet, letter


def cut_off(
    mask: NDArray[np.uint8],
    boxes: Sequence[Box],
    labels: NDArray[np.int32],
    stats: NDArray[np.int32],
    centres: NDArray[np.float64],
) -> None:
    """Cut off in a mask what hangs together with a label and is none of its print.

    That is what runs on under the feet of its letters further than a tail of print does, and what goes on
    behind its last letter by a thin bridge: the first stroke of a word, or a fold of the paper.

    Args:
        mask: strokes, uint8 (rows, columns), changed in place.
        boxes: those of the labels.
        labels: label image of the mask's connected strokes.
        stats: of the mask's connected strokes.
        centres: their middles.
    """
    bottom = stats[:, cv2.CC_STAT_TOP] + stats[:, cv2.CC_STAT_HEIGHT]
    for box in boxes:
        inside, feet, letter = print_of(box, stats, centres)
        for stroke in np.flatnonzero(inside & (bottom > feet + TAIL * letter)).tolist():
            if stats[stroke, cv2.CC_STAT_TOP] < feet - LOW * letter:
                cut = slice(round(feet), round(feet) + 2)
                mask[cut][labels[cut] == stroke] = 0
        if letter:
            _cut_behind(mask, box, labels, stats, letter)


def _cut_behind(
    mask: NDArray[np.uint8], box: Box, labels: NDArray[np.int32], stats: NDArray[np.int32], letter: float
) -> None:
    """Cut the strokes that reach by a thin bridge from a label's last letter into what stands behind it."""
    left, top = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    right, height = left + stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    joined = (left < box.right - LOW * letter) & (right > box.right + letter) & (height < 2 * box.h)
    joined &= np.abs(top + height / 2 - box.y - box.h / 2) < box.h / 2
    joined[0] = False
    first = max(0, round(box.right - BEHIND * letter / 2))
    columns = slice(first, round(box.right + letter))
    for stroke in np.flatnonzero(joined).tolist():
        rows = slice(int(top[stroke]), int(top[stroke] + height[stroke]))
        own = labels[rows, columns] == stroke
        ink = own.sum(axis=0)
        if ink.min() <= BRIDGE * letter:
            thin = int(ink.argmin())
            mask[rows, columns][:, thin : thin + 2][own[:, thin : thin + 2]] = 0
