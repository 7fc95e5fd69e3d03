"""The way of a case past its keyer, by keys alone: checked, adjudicated, checked again, approved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from models.approval import case_view
from models.keying_tables import CaseHold, Difference
from models.settings import Settings
from models.states import Action, CaseState, Source
from models.tables import Decision, Field, User, utc_now
from tests.e2e.serving import ready
from tests.e2e.test_accessibility import findings
from tests.models.made import decide_all

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.store import Store

READ = "Lâm Sà Rấy"  # as the checker reads the name of the third case


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"checks": 2, "sample_share": 0.0})


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def check(page: Page, number: str) -> None:
    """The checkers' page with that case on it."""
    expect(page.locator(".verdict h1")).to_contain_text(f"Số {number}/2016")
    ready(page)


def to_name(page: Page) -> None:
    """Down to the child's name."""
    row = page.locator('.row[data-name="nksHoTen"]')
    while "current" not in (row.get_attribute("class") or ""):
        page.keyboard.press("ArrowDown")


def actions(store: Store) -> list[Action]:
    with store.read() as session:
        return list(session.scalars(select(Decision.action).order_by(Decision.id)))


def test_checked_twice_adjudicated_approved_and_reversed(store: Store, person: Callable[[str], Page]) -> None:
    ba = person("ba")
    ba.goto("/check")
    check(ba, "03")
    to_name(ba)
    expect(ba.locator(".frame")).to_be_visible()
    press(ba, "Space")
    expect(ba.locator("#typed")).to_be_focused()
    expect(ba.locator("#typed")).to_have_value("Lâm Sà Rây")
    ba.keyboard.type(READ)
    assert findings(ba) == []
    press(ba, "Enter")
    expect(ba.locator(".row.differs .said")).to_have_text(READ)
    expect(ba.locator(".row.differs .value")).to_have_text("Lâm Sà Rây")
    press(ba, "ArrowDown", "F2")  # the sex: a slip, taken back at once
    expect(ba.locator(".row.differs")).to_have_count(2)
    press(ba, "Delete")
    expect(ba.locator("#tally")).to_contain_text("1 mục")
    assert findings(ba) == []
    press(ba, "Enter")
    expect(ba.locator("[data-rest]")).to_contain_text("Không còn trường hợp nào")

    sau = person("sau")
    sau.goto("/adjudicate")
    expect(sau.locator("#text")).to_be_focused()
    ready(sau)
    expect(sau.locator(".values")).to_contain_text("Người kiểm tra 1")
    assert findings(sau) == []
    press(sau, "2")
    expect(sau.locator("[data-rest]")).to_be_visible()
    press(sau, "F8")
    expect(sau.locator("#bar")).to_contain_text("Đã quay lại")
    press(sau, "1")
    expect(sau.locator("[data-rest]")).to_be_visible()

    tu = person("tu")
    tu.goto("/check")
    check(tu, "03")
    press(tu, "Enter")
    expect(tu.locator("[data-rest]")).to_be_visible()
    press(tu, "F8")
    check(tu, "03")
    press(tu, "Enter")
    expect(tu.locator("[data-rest]")).to_be_visible()

    minh = person("minh")
    minh.goto("/approve/3")
    ready(minh)
    press(minh, "Enter")
    expect(minh.locator("h1")).to_have_text("Duyệt")
    assert case_view(store, 3).state is CaseState.APPROVED
    assert actions(store) == [
        Action.DIFFER, Action.CHECK_CASE, Action.ADJUDICATE, Action.UNDO, Action.ADJUDICATE,
        Action.CHECK_CASE, Action.UNDO, Action.CHECK_CASE, Action.APPROVE,
    ]  # fmt: skip

    minh.goto("/approve/3")
    ready(minh)
    press(minh, "F10")
    expect(minh.locator("h1")).to_contain_text("Lịch sử")
    ready(minh)
    assert findings(minh) == []
    minh.get_by_role("link", name="Đảo lại").focus()
    press(minh, "Enter")
    expect(minh.locator("#why")).to_be_focused()
    assert findings(minh) == []
    minh.keyboard.type("Xem lại tên")
    press(minh, "Enter")
    expect(minh.locator("[role=status]")).to_contain_text("Đã đảo lại")
    assert case_view(store, 3).state is CaseState.CHECKED_AGAIN
    assert case_view(store, 3).state_reason == "Xem lại tên"


def test_a_keyer_sends_a_field_and_the_adjudicator_types_a_third(
    store: Store, person: Callable[[str], Page]
) -> None:
    lan = person("lan")
    lan.goto("/review")
    expect(lan.locator("#text")).to_be_focused()
    ready(lan)
    press(lan, "End")
    lan.keyboard.type("h")
    press(lan, "Shift+F4")
    expect(lan.locator("#label")).to_have_text("Ngày, tháng, năm sinh")
    press(lan, "Shift+F4")
    expect(lan.locator("#label")).to_have_text("Họ, chữ đệm, tên mẹ")
    sau = person("sau")
    sau.goto("/adjudicate")
    expect(sau.locator("#text")).to_be_focused()
    ready(sau)
    expect(sau.locator(".values li")).to_have_count(2)
    expect(sau.locator(".values")).to_contain_text("Điểu Thị Mânh")
    press(sau, "ArrowDown", "Backspace", "Backspace")
    sau.keyboard.type("ận")
    press(sau, "Enter")
    expect(sau.locator("#label")).to_have_text("Ngày, tháng, năm sinh")
    press(sau, "Enter")
    expect(sau.locator("#bar")).to_contain_text("Hãy chọn một giá trị")
    press(sau, "Space")  # from here on digits are text
    sau.keyboard.type("03012016")
    press(sau, "Enter")
    expect(sau.locator("[data-rest]")).to_be_visible()
    with store.read() as session:
        texts = {
            field.key: field.verbatim
            for field in session.scalars(select(Field).where(Field.case_id.in_([1, 2])))
            if field.key == "nksNgaySinh" or field.case_id == 1
        }
        sources = set(session.scalars(select(Difference.source)))
    assert (texts["nksHoTen"], texts["nksNgaySinh"]) == ("Điểu Thị Mận", "03/01/2016")
    assert sources == {Source.SENT}


def test_a_lost_network_and_a_lost_lease_lose_nothing(store: Store, person: Callable[[str], Page]) -> None:
    ba = person("ba")
    ba.goto("/check")
    check(ba, "03")
    to_name(ba)
    press(ba, "Space")
    ba.keyboard.type(READ)
    ba.context.set_offline(True)
    press(ba, "Enter")
    expect(ba.locator("#bar")).to_contain_text("Mất mạng")
    expect(ba.locator("#typed")).to_have_value(READ)
    ba.context.set_offline(False)
    ba.reload()  # as after a power cut: what was being typed is there again
    check(ba, "03")
    expect(ba.locator("#typed")).to_have_value(READ)
    press(ba, "Enter")
    expect(ba.locator(".row.differs .said")).to_have_text(READ)
    with store.begin() as session:
        hold = session.scalars(select(CaseHold)).one()
        hold.user_id, hold.until = session.scalars(select(User.id).filter_by(name="quan")).one(), utc_now()
    press(ba, "ArrowDown", "Space")
    ba.keyboard.type("Nam")
    press(ba, "Enter")
    expect(ba.locator("#bar")).to_contain_text("không còn trong tay bạn")
    expect(ba.locator("#typed")).to_have_value("Nam")
    press(ba, "Escape", "Enter")
    expect(ba.locator(".who .done")).to_contain_text("chữ ghi khác đã lưu vẫn còn")
    check(ba, "03")  # nobody else had it: it is back, with what was kept
    expect(ba.locator(".row.differs .said")).to_have_text(READ)


def test_keys_are_shown_and_focus_is_always_seen(store: Store, person: Callable[[str], Page]) -> None:
    with store.read() as session:
        lan = session.scalars(select(User.id).filter_by(name="lan")).one()
    decide_all(store, lan)
    ba = person("ba")
    ba.goto("/check")
    ready(ba)
    press(ba, "F1")
    expect(ba.locator("#help")).to_be_visible()
    assert findings(ba) == []
    press(ba, "F1")
    for _ in range(14):
        press(ba, "Tab")
        seen = ba.evaluate(
            """(() => { const s = getComputedStyle(document.activeElement);
               return document.activeElement === document.body || s.outlineStyle !== "none"; })()"""
        )
        assert seen, ba.evaluate("document.activeElement.outerHTML.slice(0, 120)")
    overflow = ba.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0
