"""What each role has before it, by the keyboard alone: accounts, scanning, inspection, books, figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from models.people import Place, place_account
from models.people_tables import Unit
from models.queue import next_task
from models.states import CaseState, Role
from models.tables import Case, Decision
from models.units import add_team
from tests.e2e.serving import log_in, ready
from tests.models.made import decide_all
from tests.review_ui.station import PASSWORD, account

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from models.store import Store


def commune(store: Store) -> int:
    with store.read() as session:
        return session.scalars(select(Unit.id).where(Unit.parent_id.is_not(None))).one()


def tab_to(page: Page, selector: str) -> None:
    """Go to something by the Tab key, as somebody without a mouse does."""
    for _ in range(60):
        if page.locator(selector).evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key never reaches {selector}")


def test_an_administrator_adds_somebody_who_then_works(store: Store, person: Callable[[str], Page]) -> None:
    team = add_team(store, commune(store), "Tổ 1")
    page = person("quan")
    page.goto("/people/new")
    ready(page)
    expect(page.locator("#name")).to_be_focused()
    page.keyboard.type("thu")
    page.keyboard.press("Tab")
    page.keyboard.type("Thị Thu")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Tab")
    page.keyboard.type("B")  # a list takes the first letter of what is chosen
    page.keyboard.press("Tab")
    page.locator("#unit_id").select_option(str(commune(store)))
    page.locator("#team_id").select_option(str(team))
    tab_to(page, "[name=leads_team]")
    page.keyboard.press("Space")
    tab_to(page, "form .main")
    page.keyboard.press("Enter")
    page.wait_for_url("**/people")
    expect(page.locator("tbody")).to_contain_text("Thị Thu")
    thu = account(store, "thu")
    assert (thu.role, thu.unit_id, thu.team_id, thu.leads_team) == (Role.KEYER, commune(store), team, True)
    page.context.clear_cookies()
    log_in(page, "thu")
    expect(page.locator("main")).to_contain_text("Xã Tân Lợi · Tổ 1")
    page.keyboard.press("Enter")
    expect(page.locator("#text")).to_be_focused()


def test_somebody_switched_off_is_out_at_once(store: Store, person: Callable[[str], Page]) -> None:
    lan, quan = person("lan"), person("quan")
    lan.goto("/review")
    expect(lan.locator("#text")).to_be_focused()
    quan.goto(f"/people/{account(store, 'lan').id}")
    tab_to(quan, "form[action$=switch] button")
    quan.keyboard.press("Enter")
    expect(quan.locator("h1")).to_contain_text("đã khóa")
    lan.goto("/review")
    expect(lan.locator("#password")).to_be_visible()


def test_a_scanning_station_sees_its_books(store: Store, person: Callable[[str], Page]) -> None:
    place_account(store, account(store, "hoa").id, Place(Role.SCANNER, commune(store)))
    page = person("hoa")
    expect(page.locator("nav a")).to_have_text(["Trạm quét", "Cần chú ý"])
    page.keyboard.press("Enter")  # the first card
    page.wait_for_url("**/scanning")
    expect(page.locator("tbody")).to_contain_text("KS.2016.01")
    expect(page.locator("b.bad")).to_have_text("1")


def test_an_inspector_looks_and_has_nothing_to_press(store: Store, person: Callable[[str], Page]) -> None:
    decide_all(store, account(store, "lan").id)
    place_account(store, account(store, "hoa").id, Place(Role.INSPECTOR, commune(store)))
    page = person("hoa")
    page.keyboard.press("Enter")
    page.wait_for_url("**/approve")
    tab_to(page, "td.do a >> nth=0")
    page.keyboard.press("Enter")
    expect(page.locator(".verdict")).to_contain_text("Bạn chỉ xem")
    ready(page)
    expect(page.locator("#approve-form")).to_have_count(0)
    page.keyboard.press("F4")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.keyboard.press("ArrowDown")
    expect(page.locator(".row.current")).to_have_count(1)
    page.keyboard.press("Enter")
    with store.read() as session:
        approved = select(func.count()).select_from(Case).where(Case.state == CaseState.APPROVED)
        assert session.scalar(approved) == 0


@pytest.fixture
def passed(store: Store) -> int:
    """A station whose cases have passed a check of the whole case. Returns how many."""
    decide_all(store, account(store, "lan").id)
    with store.begin() as session:
        cases = session.scalars(select(Case).where(Case.state == CaseState.KEYED)).all()
        for case in cases:
            case.state = CaseState.CHECKED
        return len(cases)


def test_a_book_is_approved_after_some_of_it_was_opened(
    store: Store, person: Callable[[str], Page], passed: int
) -> None:
    page = person("minh")
    page.goto("/approve/book/1")
    ready(page)
    expect(page.locator("form .main")).to_be_disabled()
    looks = page.locator(".looks a").count()
    assert looks == min(5, passed) > 1
    for seen in range(looks):
        expect(page.locator(".looks .good")).to_have_count(seen)
        page.keyboard.press("Enter")  # the first that is not seen has the focus
        page.wait_for_url("**/approve/*?look=1")
        expect(page.locator(".verdict")).to_be_visible()
        ready(page)
        tab_to(page, "a.left")
        page.keyboard.press("Enter")
        page.wait_for_url("**/approve/book/1")
        ready(page)
    page.keyboard.press("Enter")
    expect(page.locator("[role=status]")).to_contain_text(f"Đã duyệt {passed} trường hợp")
    with store.read() as session:
        states = session.scalars(select(Case.state)).all()
        by = session.scalars(select(Decision.user_id).where(Decision.action == "approve")).all()
    assert states.count(CaseState.APPROVED) == passed
    assert set(by) == {account(store, "minh").id}


def test_what_one_person_entered_is_told_and_stays(store: Store, person: Callable[[str], Page]) -> None:
    decide_all(store, account(store, "lan").id)
    assert next_task(store, account(store, "hoa").id) is None
    page = person("minh")
    page.goto("/approve/book/1")
    with store.read() as session:
        entered = select(func.count(Decision.case_id.distinct()))
        alone = session.scalar(entered)
    expect(page.get_by_text("chỉ một người nhập")).to_have_count(alone or 0)
    assert alone


def test_figures_are_for_whoever_supervises(store: Store, person: Callable[[str], Page]) -> None:
    lan = person("lan")
    lan.goto("/review")
    expect(lan.locator("#text")).to_be_focused()
    ready(lan)
    lan.keyboard.press("Enter")
    expect(lan.locator("#text")).to_be_focused()
    lan.goto("/mine")
    expect(lan.locator("main")).to_contain_text("Số liệu của tôi")
    minh = person("minh")
    minh.goto("/figures?by=month")
    expect(minh.locator("tbody tr")).to_have_count(1)
    expect(minh.locator("tbody")).to_contain_text("Lan")
