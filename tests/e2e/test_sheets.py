"""Sheets of one kind, by keys alone: marked ones go to the review page, nothing unseen is accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from models.desk_tables import Effort
from models.settings import Settings
from models.store import Store
from models.tables import Decision, Field, Task
from models.users import add_user
from tests.e2e.serving import ready
from tests.review_ui.drawn import Doubt, entry, fill
from tests.review_ui.station import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings(home=tmp_path_factory.mktemp("sheets") / "station")
    store = Store.open(settings)
    for name in ("lan", "hoa"):
        add_user(store, name, name.title(), PASSWORD, "keyer")
    doubt = {"nksDanToc": Doubt(("S'tiêng",), ("not_proven",))}
    fill(store, tuple(entry(number, doubt) for number in range(1, 7)))
    store.close()
    return settings


def opened(page: Page) -> Page:
    page.goto("/sheet")
    page.keyboard.press("Enter")
    expect(page.locator(".cell")).to_have_count(6)
    ready(page)
    for picture in page.locator(".cell img").all():
        expect(picture).to_have_js_property("complete", True)
    return page


def decided(store: Store) -> list[Decision]:
    with store.read() as session:
        return list(session.scalars(select(Decision).order_by(Decision.id)))


def test_wrong_ones_are_marked_and_the_others_accepted(store: Store, person: Callable[[str], Page]) -> None:
    page = opened(person("lan"))
    page.keyboard.press("b")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.locator("#count")).to_contain_text("Chấp nhận 4 ô, đánh dấu sai 2 ô")
    page.keyboard.press("c")
    page.keyboard.press("Enter")
    expect(page.locator("#text")).to_be_focused()  # on the review page: the one that was marked
    kept = decided(store)
    assert [one.action.value for one in kept] == ["accept"] * 5
    assert len({one.seconds for one in kept}) == 1
    with store.read() as session:
        marked = session.scalars(select(Task).where(Task.lease_owner.is_not(None))).all()
        assert int(page.locator(".work").get_attribute("data-task") or 0) in [one.id for one in marked]
    for _ in range(50):
        with store.read() as session:
            efforts = session.scalars(select(Effort)).all()
        if len(efforts) == 5:
            break
        page.wait_for_timeout(50)
    assert [(one.way, one.keys) for one in efforts] == [("sheet", 1)] * 5  # five keys for five fields


def test_two_people_have_different_fields(person: Callable[[str], Page]) -> None:
    opened(person("lan"))
    hoa = person("hoa")
    hoa.goto("/sheet")
    expect(hoa.locator(".empty")).to_be_visible()
    hoa.goto("/sheet/ethnicity")
    expect(hoa.locator(".cell")).to_have_count(0)


def test_nothing_unseen_is_accepted(store: Store, person: Callable[[str], Page]) -> None:
    page = person("lan")
    held: list[Route] = []
    count = [0]

    def picture(route: Route) -> None:
        count[0] += 1
        if count[0] == 1:
            route.fulfill(status=404)
        elif count[0] == 2:
            held.append(route)
        else:
            route.continue_()

    page.route("**/crop/**", picture)
    page.goto("/sheet/ethnicity", wait_until="commit")
    expect(page.locator(".cell")).to_have_count(6)
    expect(page.locator('.cell[aria-pressed="true"]')).to_have_count(1)  # cannot be opened
    page.keyboard.press("Enter")
    expect(page.locator("#bar")).to_contain_text("Chờ ảnh")
    assert decided(store) == []
    held[0].continue_()
    for one in page.locator('.cell[aria-pressed="false"] img').all():
        expect(one).to_have_js_property("complete", True)
    page.keyboard.press("Enter")
    expect(page.locator("#text")).to_be_focused()
    assert len(decided(store)) == 5


def test_a_sheet_during_a_broken_line_is_kept(store: Store, person: Callable[[str], Page]) -> None:
    page = opened(person("lan"))
    page.context.set_offline(True)
    page.keyboard.press("Enter")
    expect(page.locator("#bar")).to_contain_text("Mất mạng")
    assert decided(store) == []
    page.context.set_offline(False)
    with store.begin() as session:  # meanwhile somebody else's decision changed one of them
        changed = session.scalars(select(Field).filter_by(key="nksDanToc").limit(1)).one()
        changed.version += 1
    page.keyboard.press("Enter")
    expect(page.locator("#bar")).to_contain_text("1 mục không lưu được")
    assert len(decided(store)) == 5
