"""A short run of what ``python -m tests.load`` does for minutes, and the rules that it is held against."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.load.__main__ import LIMITS
from tests.load.people import Held
from tests.load.run import given_to_two, reviewers_at_work
from tests.models.conftest import DATABASES

pytestmark = pytest.mark.alone
BUSY = 8  # times slower than promised is still no failure: other tests and people use the machine meanwhile


@pytest.mark.parametrize("database", DATABASES)
def test_reviewers_at_work_share_nothing_and_lose_nothing(database: str) -> None:
    with ThreadPoolExecutor(1) as own:  # a browser of another test may hold this thread's event loop
        found = own.submit(reviewers_at_work, database, people=8, seconds=8, think=0.4).result()
    assert found.broken == ()
    assert len(found.log.decided) > 10
    for name, most in LIMITS.items():
        assert found.percentile(name, 0.95) < BUSY * most, name


def test_a_task_before_two_people_at_once_is_noticed() -> None:
    apart = [Held(1, "lan", 0.0, 1.0), Held(1, "hoa", 1.5, 2.0), Held(2, "hoa", 0.0, 1.0)]
    assert list(given_to_two(apart)) == []
    assert list(given_to_two([*apart, Held(1, "tu", 0.5, 1.2)])) == ["task 1 was given to two"]
