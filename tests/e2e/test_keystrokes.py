"""A short run of ``python -m tests.e2e.keystrokes``: one key where the reading or a candidate is right."""

from __future__ import annotations

import statistics
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.keystrokes import KEY_LIMIT, review

pytestmark = pytest.mark.alone
BUSY = 4  # times slower than promised is still no failure: other tests use the machine meanwhile


def test_one_key_for_a_field_that_was_read_right() -> None:
    with ThreadPoolExecutor(1) as own:  # the browser of other tests holds this thread's event loop
        found = own.submit(review, cases=4).result()
    assert found.wrong == 0
    assert set(found.keys["first right"]) == {1}
    assert set(found.keys["second to fifth right"]) == {1}
    assert max(found.keys["date typed"]) == 10  # select all, eight digits, Enter
    assert found.p95 < BUSY * KEY_LIMIT


def test_the_next_field_does_not_wait_for_a_slow_line() -> None:
    latency = 0.25
    with ThreadPoolExecutor(1) as own:
        found = own.submit(review, cases=2, latency=latency).result()
    assert found.wrong == 0
    # It is there before an answer could be: with its picture, from what was fetched ahead.
    assert statistics.median(found.milliseconds) < 1000 * latency
