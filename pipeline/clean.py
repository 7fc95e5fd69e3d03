"""Page image -> upright paper, straight, evenly lit, at one working size.

The page that leaves here is what every box refers to and what people see: colour, ``PAGE_WIDTH`` columns for
an upright A4, straightened. Its grey twin, with the paper made white and red stamps faded, is what is read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from pipeline.resizing import enlarged, halved, resized

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Image = NDArray[np.uint8]
    Matrix = NDArray[np.float64]

PAGE_WIDTH: Final = 1654
"""Columns of an A4 page at 200 dots an inch: enough for 2 mm letters, a third of the work of 300."""
A4_RATIO: Final = 297 / 210
LARGEST_SKEW: Final = 8.0
LEAST_SKEW: Final = 0.05
NEARLY: Final = 0.02
"""A page that is so nearly of the working size is left at its own."""
SMALL: Final = 700
"""Columns at which skew and paper are looked for."""
LONGEST_STRIP: Final = 4.0
"""A strip longer than so many times its width is widened: scaled as a page it would fill the memory."""
PAPER_GREY: Final = 225.0
NOT_YET_RED: Final = 10
"""Levels of red over the other colours that paper and noise have by themselves."""
EDGE_SHARE: Final = 0.25
"""Part of a side that one straight piece of the sheet's edge must show."""
EDGE_LEAN: Final = np.pi / 10
EDGE_STEP: Final = 12
"""Grey levels by which the sheet is brighter than the ground at its edge."""


@dataclass(frozen=True)
class CleanPage:
    """An upright page: ``colour`` (rows, columns, 3) BGR and ``grey`` (rows, columns), both uint8.

    ``from_scan``, (3, 3), leads from the scan's pixels (column, row, 1) to the page's.
    """

    colour: Image
    grey: Image
    turned: int
    skew_degrees: float
    from_scan: Matrix = field(default_factory=lambda: np.eye(3))

    @property
    def height(self) -> int:
        """Rows."""
        return int(self.grey.shape[0])

    @property
    def width(self) -> int:
        """Columns."""
        return int(self.grey.shape[1])


def clean(image: Image, turned: int = 0) -> CleanPage:
    """Cut the paper out of its surroundings, scale, straighten and light a page evenly.

    Args:
        image: (rows, columns, 3) BGR uint8 as the scan gave it.
        turned: degrees clockwise (0, 90, 180, 270) by which it must be turned to be upright.
    """
    upright = _widened(turn(image, turned))
    view = find_paper(upright)
    paper = cut_paper(upright, view)
    skew = find_skew(ink_grey(resized(paper, SMALL / paper.shape[1])))
    colour, straightened = _at_working_size(paper, skew)
    cut = view.matrix if view is not None else np.eye(3)
    from_scan = straightened @ cut @ _turning(image, turned)
    return CleanPage(colour, even_light(ink_grey(colour)), turned, skew, from_scan)


def turn(image: Image, degrees: int) -> Image:
    """The image turned clockwise by 0, 90, 180 or 270 degrees."""
    codes = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
    code = codes.get(degrees % 360)
    return image if code is None else np.asarray(cv2.rotate(image, code), np.uint8)


def _turning(image: Image, degrees: int) -> Matrix:
    """What ``turn`` does to a pixel's place."""
    height, width = image.shape[:2]
    matrix = np.eye(3)
    for side in (height, width, height)[: degrees % 360 // 90]:
        matrix = np.array([[0.0, -1.0, side - 1.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]) @ matrix
    return matrix


def ink_grey(image: Image) -> Image:
    """Grey (rows, columns) in which blue and black ink is dark and red stamps are nearly paper.

    The red channel shows red ink lightest. What is redder than the paper itself is lightened by as much again
    as it is redder, which leaves a dark stroke over a stamp dark: it is no redder than the paper.
    """
    if image.ndim == 2:
        return image
    paper = np.median(image[::16, ::16].reshape(-1, 3), axis=0)
    blue, green, red = (
        cv2.convertScaleAbs(channel, alpha=float(PAPER_GREY / max(1.0, tone)))
        for channel, tone in zip(cv2.split(image), paper, strict=True)
    )
    redder = cv2.subtract(red, cv2.max(blue, green))
    redder = cv2.subtract(redder, np.full_like(redder, NOT_YET_RED))
    grey = cv2.addWeighted(red, 0.9, green, 0.1, 0.0)
    return np.asarray(cv2.add(grey, cv2.add(redder, redder)), np.uint8)


def even_light(grey: Image) -> Image:
    """Divide by the paper's own brightness, so that shadow and yellowing turn white and ink stays."""
    small = cv2.resize(grey, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((7, 7), np.uint8)), 21)
    paper = cv2.resize(paper, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(grey, paper, scale=245), np.uint8)


def find_skew(grey: Image) -> float:
    """Degrees, positive clockwise, by which lines of text and rules lean; 0.0 where none are found.

    The angle is the one at which the rows' ink differs most from one row to the next (Postl, 1986), looked
    for coarsely over all angles and finely around the best.
    """
    small = resized(grey, SMALL / grey.shape[1])
    ink = cv2.adaptiveThreshold(small, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 25, 12)
    border = SMALL // 40
    ink = ink[border:-border, border:-border]
    ys, xs = np.nonzero(ink)
    if len(xs) < 200:
        return 0.0
    rng = np.random.default_rng(0)  # a sample of the ink says as much; a fixed seed keeps it repeatable
    if len(xs) > 40_000:
        chosen = rng.choice(len(xs), 40_000, replace=False)
        ys, xs = ys[chosen], xs[chosen]
    x = xs.astype(np.float32) - ink.shape[1] / 2
    y = ys.astype(np.float32)

    def contrast(degrees: float) -> float:
        rows = y - x * np.float32(np.tan(np.radians(degrees)))
        counts = np.bincount((rows + ink.shape[1] * 0.2).astype(np.int64).clip(0)).astype(np.float64)
        return float(np.square(np.diff(counts)).sum())

    coarse = np.arange(-LARGEST_SKEW, LARGEST_SKEW + 0.01, 0.5)
    best = max(coarse, key=contrast)
    fine = np.arange(best - 0.5, best + 0.51, 0.05)
    return round(float(max(fine, key=contrast)), 2) + 0.0  # never -0.0


def straighten(image: Image, degrees: float, scale: float = 1.0) -> Image:
    """Turn the image back by a skew, the corners filled with the paper's own colour.

    Args:
        image: (rows, columns, 3) uint8.
        degrees: the skew, positive clockwise.
        scale: of the sides, changed in the same step: resampled twice, letters blur.
    """
    if abs(degrees) < LEAST_SKEW:
        return resized(image, scale)
    height, width = image.shape[:2]
    matrix, size = _straightening(image, degrees, scale)[:2], (round(width * scale), round(height * scale))
    turned = cv2.warpAffine(image, matrix, size, flags=cv2.INTER_LINEAR, borderValue=_paper_colour(image))
    return np.asarray(turned, np.uint8)


def _straightening(image: Image, degrees: float, scale: float) -> Matrix:
    """What ``straighten`` does to a pixel's place."""
    if abs(degrees) < LEAST_SKEW:
        return _scaling(scale)
    height, width = image.shape[:2]
    turned = cv2.getRotationMatrix2D((scale * width / 2, scale * height / 2), degrees, 1.0)
    return np.asarray(np.vstack([turned, [0.0, 0.0, 1.0]]) @ _scaling(scale), np.float64)


def _scaling(scale: float) -> Matrix:
    """What a resized image does to a pixel's place: a pixel stands for its middle."""
    shift = (scale - 1.0) / 2
    return np.array([[scale, 0.0, shift], [0.0, scale, shift], [0.0, 0.0, 1.0]])


def _paper_colour(image: Image) -> list[float]:
    return [float(v) for v in np.median(image.reshape(-1, image.shape[-1])[::97], axis=0)]


def _widened(image: Image) -> Image:
    """A long strip with paper beside it; any other image as it is."""
    height, width = image.shape[:2]
    rows = max(0, round(width / LONGEST_STRIP) - height)
    columns = max(0, round(height / LONGEST_STRIP) - width)
    if not (rows or columns):
        return image
    colour = _paper_colour(image)
    return np.asarray(
        cv2.copyMakeBorder(image, 0, rows, 0, columns, cv2.BORDER_CONSTANT, value=colour), np.uint8
    )


@dataclass(frozen=True)
class PaperView:
    """How a sheet that lies on a ground is made a rectangle: the matrix (3, 3), its columns and its rows."""

    matrix: Matrix
    width: int
    height: int


def cut_paper(image: Image, view: PaperView | None) -> Image:
    """The sheet alone, made rectangular; the image as it is where there is no view of one."""
    if view is None:
        return image
    size = (view.width, view.height)
    return np.asarray(cv2.warpPerspective(image, view.matrix, size, flags=cv2.INTER_LINEAR), np.uint8)


def find_paper(image: Image) -> PaperView | None:
    """The sheet that lies on a ground; None where the image is the sheet.

    A photograph shows its sheet between four long straight edges with a darker ground outside each. Shadow
    makes brightness alone a poor judge, so each edge is judged by the step right at it. A scan, which is all
    sheet, lacks such edges and is left alone.
    """
    height, width = image.shape[:2]
    scale = SMALL / max(height, width)
    small = resized(image, scale)
    blue, green, red = cv2.split(small)
    brightest = cv2.max(cv2.max(blue, green), red)
    smooth = np.asarray(cv2.medianBlur(cv2.GaussianBlur(brightest, (5, 5), 0), 5), np.uint8)
    rows, columns = smooth.shape
    edges = np.asarray(cv2.Canny(smooth, 20, 60), np.uint8)
    sides = []
    for level, first in ((True, True), (True, False), (False, True), (False, False)):
        side = _side(smooth, edges, level, first)
        if side is None:  # most scans have none, and level edges are the quickest to look for
            return None
        sides.append(side)
    top, bottom, left, right = sides
    corners = np.array(
        [_crossing(a, b) for a, b in ((left, top), (right, top), (right, bottom), (left, bottom))], np.float32
    )
    area = cv2.contourArea(corners)
    if not 0.3 * rows * columns < area < 0.985 * rows * columns:
        return None
    corners = corners / np.float32(scale)
    lengths = [float(np.linalg.norm(corners[(i + 1) % 4] - corners[i])) for i in range(4)]
    w, h = round(max(lengths[0], lengths[2])), round(max(lengths[1], lengths[3]))
    target = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    return PaperView(np.asarray(matrix, np.float64), w, h)


def _side(smooth: Image, edges: Image, level: bool, first: bool) -> tuple[float, float] | None:
    """One edge of a sheet as (distance, angle) of Hough's normal form; None where there is none.

    Args:
        smooth: small grey image.
        edges: its edge pixels.
        level: a top or bottom edge, otherwise a left or right one.
        first: the top or left one, with the ground before it.
    """
    rows, columns = smooth.shape
    extent, across = (columns, rows) if level else (rows, columns)
    middle = np.pi / 2 if level else 0.0
    lines = cv2.HoughLines(
        edges,
        1,
        np.pi / 360,
        int(EDGE_SHARE * extent),
        min_theta=max(0.0, middle - EDGE_LEAN) if level else 0.0,
        max_theta=middle + EDGE_LEAN if level else np.pi,
    )
    if lines is None:
        return None
    along = np.linspace(0.08, 0.92, 60) * extent
    for distance, angle in lines[:, 0, :].astype(float)[:200]:
        lean = angle - middle if level else min(angle, np.pi - angle)
        if abs(lean) > EDGE_LEAN:
            continue
        sine, cosine = np.sin(angle), np.cos(angle)
        place = (distance - along * (cosine if level else sine)) / (sine if level else cosine)
        usable = (place > 6) & (place < across - 7)
        if usable.mean() < 0.9:
            continue
        if (np.median(place) > across / 2) == first:
            continue
        at, run = place[usable].astype(int), along[usable].astype(int)
        before = smooth[at - 5, run] if level else smooth[run, at - 5]
        after = smooth[at + 5, run] if level else smooth[run, at + 5]
        step = (after.astype(float) - before) * (1 if first else -1)
        if float((step > EDGE_STEP).mean()) > 0.8:
            return float(distance), float(angle)
    return None


def _crossing(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    """Where two lines in Hough's normal form meet: column, row."""
    normals = np.array([[np.cos(a[1]), np.sin(a[1])], [np.cos(b[1]), np.sin(b[1])]])
    x, y = np.linalg.solve(normals, np.array([a[0], b[0]]))
    return float(x), float(y)


def working_scale(image: Image) -> float:
    """The scale at which an A4 is ``PAGE_WIDTH`` wide and a spread as high as one; 1 where it nearly is.

    Args:
        image: (rows, columns) or (rows, columns, 3), upright.
    """
    height, width = image.shape[:2]
    scale = PAGE_WIDTH * A4_RATIO / height if width > height else PAGE_WIDTH / width
    return 1.0 if abs(scale - 1.0) < NEARLY else scale


def _at_working_size(image: Image, skew: float) -> tuple[Image, Matrix]:
    """The page straight and at the working size, and the way there."""
    width, scale = image.shape[1], working_scale(image)
    near = enlarged(image, scale) if scale > 1.0 else halved(image, scale)
    rest = scale * width / near.shape[1]
    way = _straightening(near, skew, rest) @ _scaling(near.shape[1] / width)
    return straighten(near, skew, rest), np.asarray(way, np.float64)
