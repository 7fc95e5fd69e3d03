"""Percentiles from a histogram are those of the pixels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as numbers

from pipeline.levels import levels


@given(
    image=numbers.arrays(np.uint8, numbers.array_shapes(min_dims=2, max_dims=2, max_side=9)),
    percents=st.lists(st.floats(0, 100), min_size=1, max_size=3),
)
def test_levels_are_those_of_the_sorted_pixels(image: np.ndarray, percents: list[float]) -> None:
    expected = np.percentile(image, percents)
    assert levels(image, *percents) == pytest.approx(expected.tolist(), abs=1e-9)


def test_paper_and_ink_of_a_line() -> None:
    line = np.full((48, 400), 230, np.uint8)
    line[20:24, 50:350] = 40
    assert levels(line, 80, 3) == [230.0, 40.0]
