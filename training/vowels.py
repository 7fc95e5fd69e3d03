"""Vietnamese vowel marks drawn as pen strokes instead of taken from a font."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Set

from PIL import ImageDraw

# Combining characters and what Vietnamese schools call them.
MARKS = {
    "\u0301": "sắc",
    "\u0300": "huyền",
    "\u0309": "hỏi",
    "\u0303": "ngã",
    "\u0323": "nặng",
    "\u0302": "mũ",
    "\u0306": "trăng",
    "\u031b": "móc",
}
Point = tuple[float, float]


def draw_marks(
    draw: ImageDraw.ImageDraw,
    marks: Set[str],
    letter: tuple[float, float, float, float],
    tall: float,
    *,
    pen: float,
    habits: tuple[float, float, float],
    rng: random.Random,
) -> None:
    """Draw one vowel's marks.

    Args:
        draw: Where, in grey 0..255 with 255 as ink.
        marks: Names out of ``MARKS``.
        letter: Left, right, top and baseline of the bare letter, pixels.
        tall: The x-height in pixels.
        pen: Width of the pen in pixels.
        habits: The writer's gap above the letter, size of marks and shift to the right, shares of ``tall``.
        rng: What differs from letter to letter.
    """
    left, right, top, base = letter
    gap, share, shift = habits
    middle = (left + right) / 2 + (shift + rng.gauss(0, 0.06)) * tall
    y = top - tall * (gap + abs(rng.gauss(0, 0.04)))
    size = tall * share * rng.uniform(0.88, 1.15)
    if "móc" in marks:
        px, py, r = (
            right - 0.05 * tall,
            top + (0.14 + rng.gauss(0, 0.04)) * tall,
            size * rng.uniform(0.3, 0.4),
        )
        _stroke(
            draw,
            _curve(lambda t: (px + r * math.sin(t), py - r * (1 - math.cos(t)) * 0.6), -0.3, 2.4, 6),
            pen,
        )
    if "mũ" in marks:
        high = size * rng.uniform(0.4, 0.55)
        _stroke(draw, [(middle - size * 0.48, y), (middle, y - high), (middle + size * 0.48, y)], pen)
        y -= high + 0.12 * size
    if "trăng" in marks:
        deep, low = size * rng.uniform(0.28, 0.4), y
        _stroke(draw, _curve(lambda t: (middle + size * 0.48 * t, low - deep * t * t), -1, 1, 8), pen)
        y -= deep + 0.12 * size
    _tone(draw, marks, (middle, y), size, pen, rng)
    if "nặng" in marks:
        px, py = (left + right) / 2 + rng.gauss(0, 0.1) * tall, base + tall * rng.uniform(0.25, 0.42)
        r = pen * rng.uniform(0.6, 0.85)
        draw.ellipse((px - r, py - r, px + r, py + r), fill=255)


def _tone(
    draw: ImageDraw.ImageDraw, marks: Set[str], at: Point, size: float, pen: float, rng: random.Random
) -> None:
    x, y = at
    long, angle = size * rng.uniform(0.75, 1.1), rng.gauss(0.8, 0.15)
    dx, dy = long * math.cos(angle), long * math.sin(angle)
    if "sắc" in marks:
        _stroke(draw, [(x - dx * 0.4, y), (x + dx * 0.6, y - dy)], pen)
    elif "huyền" in marks:
        _stroke(draw, [(x - dx * 0.6, y - dy), (x + dx * 0.4, y)], pen)
    elif "ngã" in marks:
        h = size * rng.uniform(0.16, 0.26)
        _stroke(
            draw,
            _curve(
                lambda t: (x + long * 0.55 * t / 3.14, y - size * 0.25 - h * math.sin(t) - 0.03 * size * t),
                -3.1,
                3.1,
                12,
            ),
            pen,
        )
    elif "hỏi" in marks:
        r = size * rng.uniform(0.24, 0.32)
        arc = _curve(lambda t: (x + r * math.sin(t), y - size * 0.45 - r * math.cos(t)), -1.6, 2.6, 10)
        _stroke(draw, [*arc, (x, y)], pen)


def _curve(at: Callable[[float], Point], start: float, end: float, steps: int) -> list[Point]:
    return [at(start + (end - start) * i / steps) for i in range(steps + 1)]


def _stroke(draw: ImageDraw.ImageDraw, points: list[Point], pen: float) -> None:
    draw.line(points, fill=255, width=max(1, round(pen)), joint="curve")
    r = pen / 2
    for x, y in (points[0], points[-1]):
        draw.ellipse((x - r, y - r, x + r, y + r), fill=255)
