"""What a shift does: no lease outlives it, and overtime is said and allowed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from models.people import Place, place_account
from models.queue import next_task
from models.states import Role
from models.tables import Task
from tests.review_ui.station import account

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.store import Store
    from tests.review_ui.conftest import Browser


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, 4, hour, minute).astimezone().astimezone(UTC)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Sets the hour for whatever leases look at."""

    def set_to(now: datetime) -> None:
        for module in (
            "models.queue",
            "models.sheets",
            "models.decisions",
            "models.tables",
            "review_ui.routes.front",
        ):
            monkeypatch.setattr(f"{module}.utc_now", lambda: now)

    return set_to


def lease(store: Store, task_id: int) -> datetime:
    with store.read() as session:
        until = session.get_one(Task, task_id).lease_until
    assert until is not None
    return until


def test_no_lease_outlives_the_shift(store: Store, clock: Callable[[datetime], None]) -> None:
    lan, hoa = account(store, "lan").id, account(store, "hoa").id
    place_account(store, lan, Place(Role.KEYER, shift=1))
    clock(at(11, 58))
    held = next_task(store, lan)
    assert held is not None
    assert lease(store, held.task_id) == at(12)
    clock(at(11, 59))
    other = next_task(store, hoa)
    assert other is not None
    assert other.task_id != held.task_id
    assert lease(store, other.task_id) == at(11, 59) + timedelta(seconds=store.settings.lease_seconds)
    clock(at(12, 0) + timedelta(seconds=1))  # at the end of the shift it is everybody's again
    with store.read() as session:
        waits = session.get_one(Task, held.task_id)
        assert waits.lease_until is not None
        assert waits.lease_until < at(12, 0) + timedelta(seconds=1)
    again = next_task(store, lan)  # overtime: who goes on working holds it as anybody does
    assert again is not None
    assert lease(store, again.task_id) > at(12, 4)


def test_overtime_is_said_and_allowed(
    store: Store, role: Callable[..., Browser], clock: Callable[[datetime], None]
) -> None:
    one = role(Role.KEYER, shift=2)
    clock(at(13))
    assert "ngoài ca" not in one.get("/").text
    clock(at(18))
    html = one.get("/").text
    assert "ngoài ca" in html
    assert "12:00-17:00" in html
    assert one.get("/review").status_code == 200
