"""What time, scanners and phones do to a page: tone, stains, folds, turning, light, grain, compression."""

from __future__ import annotations

import io
import math
import random
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from training.ink import smooth_noise

Picture = npt.NDArray[np.uint8]
Page = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Damage:
    """All that happens to one sheet after it was written on. Degrees clockwise; shares 0..1."""

    tone: float = 0.3  # 0 new white paper .. 1 old brown paper
    stains: int = 0
    show_through: float = 0.0
    fold: bool = False
    holes: bool = False
    light: float = 0.0
    skew: float = 0.0
    turned: int = 0
    photo: bool = False
    blur: float = 0.4
    grain: float = 2.0
    faded: float = 0.0
    grey: bool = False
    quality: int = 80


def draw_damage(
    rng: random.Random, *, max_skew: float, quality: tuple[int, int], grey: float, photo: float, turned: float
) -> Damage:
    """A sheet's damage, drawn within the given limits."""
    skew = max(-max_skew, min(max_skew, rng.gauss(0, max_skew / 2.2)))
    return Damage(
        tone=rng.betavariate(1.3, 2.2),
        stains=rng.choice([0, 0, 0, 1, 1, 2, 3]),
        show_through=rng.choice([0.0, 0.0, rng.uniform(0.03, 0.13)]),
        fold=rng.random() < 0.2,
        holes=rng.random() < 0.12,
        light=rng.choice([0.0, rng.uniform(0, 0.12)]),
        skew=skew,
        turned=rng.choice([90, 180, 270]) if rng.random() < turned else 0,
        photo=rng.random() < photo,
        blur=rng.uniform(0.25, 0.8),
        grain=rng.uniform(0.8, 4.0),
        faded=rng.choice([0.0, 0.0, rng.uniform(0.05, 0.35)]),
        grey=rng.random() < grey,
        quality=rng.randint(*quality),
    )


def paper(h: int, w: int, damage: Damage, px: float, rng: random.Random) -> Page:
    """An empty sheet, float32 (H, W, 3) B G R 0..1."""
    noise = np.random.default_rng(rng.getrandbits(64))
    new, old = np.array([0.965, 0.975, 0.975]), np.array([0.68, 0.82, 0.88])
    colour = (new + (old - new) * damage.tone).astype(np.float32)
    sheet = np.ones((h, w, 1), np.float32) * colour
    cloud = smooth_noise(h, w, 25 * px, noise) * 0.012 * (0.4 + damage.tone)
    fibre = smooth_noise(h, w, 2.0, noise) * 0.006
    sheet += (cloud + fibre)[..., None]
    if damage.tone > 0.35:  # old paper browns from its edges
        y = np.minimum(np.arange(h), np.arange(h)[::-1])[:, None] / (18 * px)
        x = np.minimum(np.arange(w), np.arange(w)[::-1])[None] / (18 * px)
        edge = np.exp(-np.minimum(y, x)).astype(np.float32) * 0.18 * damage.tone
        sheet *= 1 - edge[..., None] * np.array([1.3, 1.0, 0.8], np.float32)
    return np.asarray(sheet, dtype=np.float32)


def spoil(page: Page, damage: Damage, px: float, rng: random.Random) -> None:
    """Stains, fold and holes, in place, over paper and ink."""
    h, w = page.shape[:2]
    noise = np.random.default_rng(rng.getrandbits(64))
    for _ in range(damage.stains):
        _stain(page, px, rng, noise)
    if damage.fold:
        x = np.arange(h, dtype=np.float32) - h * rng.uniform(0.42, 0.58)
        crease = 0.16 * np.exp(-((x / (0.35 * px)) ** 2)) - 0.05 * np.exp(
            -(((x - 0.9 * px) / (0.6 * px)) ** 2)
        )
        page *= (
            1
            - crease.astype(np.float32)[:, None, None]
            * np.clip(0.8 + 0.4 * smooth_noise(h, w, 8 * px, noise), 0, 1.4)[..., None]
        )
    if damage.holes:
        for y in (h / 2 - 40 * px, h / 2 + 40 * px):
            centre = (round(9 * px), round(y + rng.gauss(0, 1) * px))
            cv2.circle(page, centre, round(2.9 * px), (0.18, 0.18, 0.2), -1, cv2.LINE_AA)


def _stain(page: Page, px: float, rng: random.Random, noise: np.random.Generator) -> None:
    """A dried drop of water or tea: faint inside, darker at its edge."""
    h, w = page.shape[:2]
    r = rng.uniform(6, 26) * px
    cy, cx = rng.uniform(0, h), rng.uniform(0, w)
    top, left, bottom, right = (
        max(0, int(cy - 2 * r)),
        max(0, int(cx - 2 * r)),
        min(h, int(cy + 2 * r)),
        min(w, int(cx + 2 * r)),
    )
    if bottom - top < 8 or right - left < 8:
        return
    yy, xx = np.mgrid[top:bottom, left:right].astype(np.float32)
    away = np.hypot(yy - cy, xx - cx) / r + 0.09 * smooth_noise(bottom - top, right - left, r * 0.6, noise)
    away += 0.03 * smooth_noise(bottom - top, right - left, r * 0.15, noise)
    inside = 1 / (1 + np.exp((away - 1) * 22))
    rim = np.exp(-(((away - 0.97) / 0.05) ** 2))
    force = rng.uniform(0.4, 1.0)
    cover = (0.09 * inside + 0.13 * rim) * force
    page[top:bottom, left:right] *= 1 - cover[..., None] * np.array([1.7, 1.0, 0.7], np.float32)


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan's picture, uint8 (H, W, 3) B G R or (H, W), and the way from the sheet's pixels to its own."""

    picture: Picture
    matrix: Matrix


def capture(page: Page, damage: Damage, px: float, rng: random.Random) -> Scan:
    """Scan or photograph the sheet; grey, (H, W), where the damage says so."""
    matrix = np.eye(3)
    if damage.photo:
        page, matrix = _photograph(page, px, rng)
    elif damage.skew:
        page, matrix = _skewed(page, damage.skew, rng)
    h, w = page.shape[:2]
    noise = np.random.default_rng(rng.getrandbits(64))
    if damage.light:
        across = np.linspace(-1, 1, w, dtype=np.float32)[None] * math.cos(rng.uniform(0, 6.28))
        down = np.linspace(-1, 1, h, dtype=np.float32)[:, None] * math.sin(rng.uniform(0, 6.28))
        shade = 1 - damage.light * (0.5 + 0.5 * (across + down))
        page = page * shade.astype(np.float32)[..., None]
    if damage.faded:
        page = 1 - (1 - page) * (1 - damage.faded)
    picture = cv2.GaussianBlur(page, (0, 0), damage.blur) * 255
    if damage.grey:
        picture = cv2.cvtColor(picture.astype(np.float32), cv2.COLOR_BGR2GRAY)
    picture = (
        picture
        + noise.standard_normal(picture.shape[:2], dtype=np.float32).reshape(
            picture.shape[:2] + (1,) * (picture.ndim - 2)
        )
        * damage.grain
    )
    result = np.clip(picture, 0, 255).astype(np.uint8)
    quarters = damage.turned // 90
    for side in (h, w, h, w)[:quarters]:
        matrix = np.array([[0.0, -1.0, side - 1], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]) @ matrix
    return Scan(np.ascontiguousarray(np.rot90(result, -quarters)), matrix)


def encode(picture: Picture, quality: int, dpi: int) -> bytes:
    """JPEG bytes of a picture, with its density in the header."""
    image = Image.fromarray(picture if picture.ndim == 2 else picture[..., ::-1])
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, dpi=(dpi, dpi))
    return out.getvalue()


def _skewed(page: Page, degrees: float, rng: random.Random) -> tuple[Page, Matrix]:
    """The sheet lay askew on the scanner, whose lid is white, grey or black."""
    h, w = page.shape[:2]
    lid = rng.choice([0.97, 0.93, 0.75, 0.12])
    turn = cv2.getRotationMatrix2D((w / 2, h / 2), -degrees, 1.0)
    # The scanner's glass is a little larger than the sheet, so that no corner is lost.
    grow = abs(math.sin(math.radians(degrees)))
    wide, high = round(w + h * grow * 0.9), round(h + w * grow * 0.9)
    turn[:, 2] += (wide - w) / 2, (high - h) / 2
    moved = cv2.warpAffine(page, turn, (wide, high), flags=cv2.INTER_LINEAR, borderValue=(lid, lid, lid))
    return np.asarray(moved, dtype=np.float32), np.vstack([turn, [0.0, 0.0, 1.0]])


def _photograph(page: Page, px: float, rng: random.Random) -> tuple[Page, Matrix]:
    """The sheet on a table, photographed from not quite above by hand, the phone's shadow over a corner."""
    h, w = page.shape[:2]
    noise = np.random.default_rng(rng.getrandbits(64))
    edge = 14 * px
    wide, high = round(w + 2 * edge), round(h + 2 * edge)
    table = np.array(rng.choice([(0.22, 0.33, 0.45), (0.35, 0.36, 0.38), (0.18, 0.24, 0.3)]), np.float32)
    back = np.ones((high, wide, 1), np.float32) * table
    grain = cv2.resize(
        noise.standard_normal((high // 3 + 1, 12)).astype(np.float32),
        (wide, high),
        interpolation=cv2.INTER_CUBIC,
    )
    back *= (1 + 0.05 * grain)[..., None]
    corners = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
    target = (
        corners
        + edge
        + np.array([[rng.uniform(-0.6, 0.7) * edge for _ in range(2)] for _ in range(4)], np.float32)
    )
    view = cv2.getPerspectiveTransform(corners, target.astype(np.float32))
    seen = cv2.warpPerspective(page, view, (wide, high), flags=cv2.INTER_LINEAR)
    cover = cv2.warpPerspective(np.ones((h, w), np.float32), view, (wide, high))[..., None]
    photo = back * (1 - cover) + seen * cover
    yy, xx = np.mgrid[0:high, 0:wide].astype(np.float32)
    angle = rng.uniform(0, 6.28)
    along = ((xx / wide - 0.5) * math.cos(angle) + (yy / high - 0.5) * math.sin(angle)).astype(np.float32)
    shade = 1 - 0.22 / (1 + np.exp(-(along - rng.uniform(0.05, 0.25)) * 16)) - 0.14 * (along + 0.5)
    warm = np.array([0.93, 0.99, 1.03], np.float32)
    lit = np.clip(photo * shade[..., None] * warm * 1.02, 0, 1)
    return np.asarray(lit, dtype=np.float32), np.asarray(view, np.float64)
