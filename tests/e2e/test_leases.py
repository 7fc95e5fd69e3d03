"""A field stays with who works on it, and goes to somebody else when they do not."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from models.queue import next_task
from models.tables import Task, User, utc_now
from tests.e2e.serving import ready

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.store import Store

WAIT = 30.0


@pytest.fixture
def lease_seconds() -> int:
    return 6


def lease_of(store: Store) -> datetime:
    with store.read() as session:
        until = session.scalar(select(func.max(Task.lease_until)))
    assert until is not None
    return until


def begin(page: Page) -> None:
    page.goto("/review")
    expect(page.locator("#text")).to_be_focused()
    ready(page)


def test_work_keeps_the_field(store: Store, person: Callable[[str], Page]) -> None:
    page = person("lan")
    begin(page)
    label = page.locator("#label").inner_text()
    page.keyboard.type("ế")
    before, until = lease_of(store), time.monotonic() + WAIT
    while lease_of(store) == before:
        assert time.monotonic() < until
        page.keyboard.press("End")  # somebody who thinks and moves the cursor
        page.wait_for_timeout(200)
    assert page.locator("#label").inner_text() == label
    expect(page.locator("#text")).to_have_value("Điểu Thị Mến")


def test_field_that_went_to_somebody_else_is_told(store: Store, person: Callable[[str], Page]) -> None:
    page = person("lan")
    begin(page)
    with store.begin() as session:
        for task in session.scalars(select(Task).where(Task.lease_owner.is_not(None))):
            task.lease_until = utc_now() - timedelta(seconds=1)
        lost = int(page.locator(".work").get_attribute("data-task") or 0)
        hoa = session.scalars(select(User.id).filter_by(name="hoa")).one()
    taken = next_task(store, hoa, lease_seconds=600)
    assert taken is not None
    assert taken.task_id == lost
    page.keyboard.press("End")
    expect(page.locator("#bar")).to_contain_text("chuyển cho người khác", timeout=WAIT * 1000)
    expect(page.locator(".work")).not_to_have_attribute("data-task", str(lost))
