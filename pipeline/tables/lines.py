"""The lines of writing in a narrow cell.

Rows of ink make a profile: the bodies of the letters stand out as one hump a line, marks over them and tails
under them are low beside it. How far lines are apart is the same for one writer all over a page, so it is
taken from all cells together and used for each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Profile = NDArray[np.float64]

USUAL_BODY: Final = 13.0
"""Rows of the body of small letters at the working size, where a page tells nothing better."""
BODIES: Final = 2.9
"""Distance of two lines in bodies of letters, where no cell has two lines."""
NEAREST: Final = 0.55
"""Two humps nearer than this, in line distances, are one line."""
LEAST_HUMP: Final = 0.1
"""How high a hump is, of the cell's highest, to be a line: a last line may hold one syllable."""


def smooth(rows: NDArray[np.int64], sigma: float) -> Profile:
    """Ink by row, blurred over ``sigma`` rows."""
    column = rows.astype(np.float64).reshape(-1, 1)
    size = 2 * round(3 * sigma) + 1
    return np.asarray(cv2.GaussianBlur(column, (1, size), sigmaX=1.0, sigmaY=sigma), np.float64).ravel()


def body_height(profiles: Sequence[NDArray[np.int64]]) -> float:
    """Height in rows of the bodies of small letters: the width of a cell's highest hump half way up."""
    widths = []
    for rows in profiles:
        profile = smooth(rows, 1.5)
        top = int(profile.argmax())
        half = profile[top] / 2
        up, down = top, top
        while up > 0 and profile[up - 1] > half:
            up -= 1
        while down < len(profile) - 1 and profile[down + 1] > half:
            down += 1
        widths.append(down - up + 1)
    return float(np.clip(np.median(widths), 6.0, 40.0)) if len(widths) > 3 else USUAL_BODY


def line_distance(profiles: Sequence[NDArray[np.int64]], body: float) -> float:
    """Rows from one line to the next, the same for a whole page."""
    gaps = [
        float(gap)
        for rows in profiles
        for gap in np.diff(_humps(smooth(rows, 0.25 * body), 1.6 * body))
        if gap < 4.5 * body
    ]
    return float(np.median(gaps)) if len(gaps) > 3 else BODIES * body


def baselines(rows: NDArray[np.int64], body: float, distance: float) -> list[float]:
    """Rows on which the lines of a cell stand, top to bottom: under each hump, where ink falls off most."""
    profile = smooth(rows, 0.25 * body)
    falls = -np.diff(profile, append=0.0)
    found = []
    for hump in _humps(profile, max(NEAREST * distance, 1.5 * body)):
        last = min(len(profile), hump + max(2, round(body)))
        found.append(float(hump + int(falls[hump:last].argmax()) + 1))
    return found


def _humps(profile: Profile, apart: float) -> list[int]:
    """Rows of the humps, the higher ones first to be chosen, none nearer to another than ``apart``."""
    if not len(profile) or profile.max() <= 0:
        return []
    padded = np.concatenate([[-1.0], profile, [-1.0]])
    peaks = np.flatnonzero((padded[1:-1] >= padded[:-2]) & (padded[1:-1] > padded[2:]))
    least = max(1.5, LEAST_HUMP * float(profile.max()))
    chosen: list[int] = []
    for peak in sorted(peaks.tolist(), key=lambda i: -profile[i]):
        if profile[peak] >= least and all(abs(peak - other) >= apart for other in chosen):
            chosen.append(peak)
    return sorted(chosen)
