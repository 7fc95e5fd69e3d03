"""Pictures made smaller: as if by the mean over areas, whatever the scale."""

import cv2
import numpy as np
import pytest

from pipeline.resizing import resized
from tests.pipeline.drawn import Sheet

SCALES = (0.1, 0.2, 0.28, 0.36, 0.5, 0.56, 0.6, 0.667, 0.8, 0.95)


@pytest.mark.parametrize("scale", SCALES)
def test_writing_looks_as_the_mean_over_areas_does(scale: float) -> None:
    sheet = Sheet(900, 1400)
    sheet.write("Quyết định số 12/QĐ-UBND ngày 03/7/2009", 100, 300, size=44)
    found = resized(sheet.colour, scale).astype(np.float64)
    rows, columns = found.shape[:2]
    mean = cv2.resize(sheet.colour, (columns, rows), interpolation=cv2.INTER_AREA).astype(np.float64)
    assert (columns, rows) == (round(1400 * scale), round(900 * scale))
    assert np.abs(found - mean).mean() < 1.5
    assert found.min() == pytest.approx(mean.min(), abs=40)


@pytest.mark.parametrize("scale", [scale for scale in SCALES if scale >= 0.5])
@pytest.mark.parametrize("level", [True, False])
def test_no_line_is_passed_over(scale: float, *, level: bool) -> None:
    """A fine pen's line, two pixels, leaves about as much ink wherever it lies."""
    ink = []
    for place in range(40, 56):
        page = np.full((96, 96), 255, np.uint8)
        page[place : place + 2] = 0
        small = resized(page if level else np.ascontiguousarray(page.T), scale)
        ink.append(255 * small.size - small.sum(dtype=np.int64))
    assert min(ink) > 0.55 * max(ink)


def test_what_keeps_its_size_is_left_as_it_is() -> None:
    page = np.full((40, 60), 200, np.uint8)
    assert resized(page, 1.0) is page
    assert resized(page, 1.004) is page
