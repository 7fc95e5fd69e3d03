"""Reviewing without a mouse: keys, keyboards for Vietnamese, slow lines and lines that break."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from models.states import Action
from models.tables import Decision, Event
from tests.e2e.serving import ready
from tests.review_ui.station import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.store import Store

NAME, DATE = "Họ, chữ đệm, tên người được khai sinh", "Ngày, tháng, năm sinh"


def decisions(store: Store, count: int) -> list[Decision]:
    """The decisions kept, once there are so many."""
    until = time.monotonic() + 10
    while True:
        with store.read() as session:
            kept = list(session.scalars(select(Decision).order_by(Decision.id)))
        if len(kept) >= count or time.monotonic() > until:
            assert len(kept) == count, [item.action.value for item in kept]
            return kept
        time.sleep(0.05)


def begin(page: Page) -> None:
    page.keyboard.press("Enter")  # the first door on the front page
    expect(page.locator("#label")).to_have_text(NAME)
    expect(page.locator("#text")).to_be_focused()
    ready(page)


def test_one_key_for_a_right_candidate_and_typing_replaces_only_the_doubtful_letter(
    store: Store, person: Callable[[str], Page]
) -> None:
    page = person("lan")
    begin(page)
    page.keyboard.type("ậ")  # what is highlighted is the one letter in doubt
    expect(page.locator("#text")).to_have_value("Điểu Thị Mận")
    page.keyboard.press("Escape")
    expect(page.locator("#text")).to_have_value("Điểu Thị Mân")
    page.keyboard.press("2")
    expect(page.locator("#label")).to_have_text(DATE)
    page.keyboard.press("Alt+1")
    expect(page.locator("#label")).to_have_text("Họ, chữ đệm, tên mẹ")
    page.keyboard.press("F2")
    decisions(store, 3)
    page.keyboard.press("F8")
    expect(page.locator("#label")).to_have_text("Họ, chữ đệm, tên mẹ")
    page.keyboard.press("F4")
    expect(page.locator("#label")).to_have_text("Quê quán")
    page.keyboard.press("Enter")
    page.keyboard.press("F3")
    kept = [decision.action for decision in decisions(store, 7)]
    assert kept == [
        Action.TAKE_CANDIDATE, Action.ACCEPT, Action.BLANK, Action.UNDO, Action.UNCERTAIN,
        Action.ACCEPT, Action.ILLEGIBLE,
    ]  # fmt: skip
    with store.read() as session:
        assert session.scalars(select(Decision.after).order_by(Decision.id)).first() == {
            "verbatim": "Điểu Thị Mận", "value": "Điểu Thị Mận", "state": "corrected",
        }  # fmt: skip
        # Nothing on the way asked for anything that is not there.
        assert session.scalars(select(Event).filter_by(what="unknown_id")).all() == []


def test_digits_go_into_the_text_once_somebody_types(store: Store, person: Callable[[str], Page]) -> None:
    page = person("lan")
    begin(page)
    page.keyboard.press("End")
    page.keyboard.type("2")  # VNI: a digit is a tone
    expect(page.locator("#text")).to_have_value("Điểu Thị Mân2")
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    expect(page.locator("#label")).to_have_text(DATE)
    page.keyboard.type("1")  # a date is typed, never a candidate taken by its first digit
    expect(page.locator("#label")).to_have_text(DATE)
    expect(page.locator("#text")).to_have_value("1/1/2016")
    assert [item.action for item in decisions(store, 1)] == [Action.ACCEPT]


def test_keys_of_a_composition_are_left_alone(store: Store, person: Callable[[str], Page]) -> None:
    page = person("lan")
    begin(page)
    input_method = page.context.new_cdp_session(page)
    page.keyboard.press("End")
    input_method.send("Input.imeSetComposition", {"text": "a", "selectionStart": 1, "selectionEnd": 1})
    for key, code in (("Enter", 13), ("1", 49), ("F2", 113)):
        # As browsers tell of a key that an input method has taken.
        page.evaluate(
            """([key, code]) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown",
               {key, keyCode: key === "F2" ? 229 : code, isComposing: key !== "F2", bubbles: true}))""",
            [key, code],
        )
    input_method.send("Input.insertText", {"text": "ấ"})
    expect(page.locator("#text")).to_have_value("Điểu Thị Mânấ")
    expect(page.locator("#label")).to_have_text(NAME)
    assert decisions(store, 0) == []


def held_decisions(page: Page) -> list[Route]:
    """The decisions of a page from now on: they do not go out until they are let go."""
    held: list[Route] = []
    page.route("**/api/decide", lambda route: held.append(route))
    return held


def let_go(page: Page, held: list[Route]) -> None:
    """Let the first decision go out, once the page has sent it, and the others as they come."""
    while not held:
        page.wait_for_timeout(10)
    held[0].continue_()
    page.unroute("**/api/decide")


def test_next_field_does_not_wait_for_a_slow_line(store: Store, person: Callable[[str], Page]) -> None:
    page = person("lan")
    begin(page)
    held = held_decisions(page)
    page.keyboard.press("Enter")
    # The answer has not come, and will not yet: the next field with its pictures is there.
    expect(page.locator("#label")).to_have_text(DATE)
    expect(page.locator(".cut")).to_have_js_property("complete", True)
    page.keyboard.type("3")
    expect(page.locator("#text")).to_have_value("3/1/2016")
    assert decisions(store, 0) == []
    page.keyboard.press("Enter")
    page.keyboard.press("F8")  # not sent yet: it is simply back, as it was left
    expect(page.locator("#label")).to_have_text(DATE)
    expect(page.locator("#text")).to_have_value("3/1/2016")
    let_go(page, held)
    decisions(store, 1)
    expect(page.locator("#left")).to_have_text("Còn 5 mục")
    expect(page.locator("#text")).to_have_value("3/1/2016")  # what was typed meanwhile is still there


def test_a_hint_stays_until_its_field_is_done(store: Store, person: Callable[[str], Page]) -> None:
    page = person("lan")
    begin(page)
    held = held_decisions(page)
    page.keyboard.press("Enter")
    expect(page.locator("#label")).to_have_text(DATE)
    page.locator("#text").fill("")
    page.keyboard.press("Enter")
    expect(page.locator("#bar")).to_contain_text("Ô chữ đang trống")
    let_go(page, held)  # the answer to the field before says nothing of this one
    decisions(store, 1)
    expect(page.locator("#left")).to_have_text("Còn 5 mục")
    expect(page.locator("#bar")).to_contain_text("Ô chữ đang trống")
    page.keyboard.press("F2")
    expect(page.locator("#label")).not_to_have_text(DATE)
    expect(page.locator("#bar")).to_be_hidden()


def test_broken_line_loses_nothing(store: Store, person: Callable[[str], Page]) -> None:
    page = person("lan")
    begin(page)
    page.context.set_offline(True)
    page.keyboard.press("2")
    expect(page.locator("#bar")).to_contain_text("Mất mạng")
    expect(page.locator("#bar")).to_contain_text("Chờ gửi: 1")
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    expect(page.locator("#bar")).to_contain_text("Chờ gửi: 2")
    page.keyboard.type("ờ")
    expect(page.locator("#text")).to_have_value("Nguyễn Thị Hường")
    assert decisions(store, 0) == []
    page.context.set_offline(False)
    first, second = decisions(store, 2)
    assert first.after["verbatim"] == "Điểu Thị Mận"
    assert second.after["verbatim"] == "3/1/2016"
    expect(page.locator("#bar")).to_be_hidden()
    expect(page.locator("#text")).to_have_value("Nguyễn Thị Hường")


def test_reload_keeps_what_was_typed(store: Store, person: Callable[[str], Page]) -> None:
    page = person("lan")
    begin(page)
    page.keyboard.type("ế")
    page.reload()
    ready(page)
    expect(page.locator("#text")).to_have_value("Điểu Thị Mến")
    page.keyboard.press("Enter")
    assert decisions(store, 1)[0].after["verbatim"] == "Điểu Thị Mến"


def test_second_tab_is_told_what_happened(store: Store, person: Callable[[str], Page]) -> None:
    page = person("lan")
    begin(page)
    other = page.context.new_page()
    other.goto("/review")
    expect(other.locator("#label")).to_have_text(NAME)
    ready(other)
    page.keyboard.press("2")
    decisions(store, 1)
    other.keyboard.press("F3")
    expect(other.locator("#bar")).to_contain_text("Hãy xem lại")
    expect(other.locator("#label")).to_have_text(DATE)
    assert decisions(store, 1)[0].action is Action.TAKE_CANDIDATE


def test_expired_session_says_so_and_keeps_the_work(store: Store, person: Callable[[str], Page]) -> None:
    page = person("lan")
    begin(page)
    cookies = page.context.cookies()
    page.context.clear_cookies(name="hotich_session")
    page.keyboard.press("2")
    expect(page.locator("#bar")).to_contain_text("Phiên làm việc đã hết")
    assert decisions(store, 0) == []
    page.context.add_cookies(
        [{"name": one["name"], "value": one["value"], "url": page.url} for one in cookies]
    )
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/review")  # as after the login that the bar leads to
    assert decisions(store, 1)[0].after["verbatim"] == "Điểu Thị Mận"


def test_what_was_done_and_typed_outlives_a_new_login(store: Store, person: Callable[[str], Page]) -> None:
    page = person("lan")
    begin(page)
    page.context.clear_cookies(name="hotich_session")
    page.keyboard.press("2")
    expect(page.locator("#bar")).to_contain_text("Phiên làm việc đã hết")
    expect(page.locator("#label")).to_have_text(DATE)
    page.keyboard.type("3")  # goes on meanwhile
    page.on("dialog", lambda dialog: dialog.accept())  # asked before unsent work is left
    page.locator("#bar a").click()
    page.locator("input[name=name]").fill("lan")
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#label")).to_have_text(DATE)
    expect(page.locator("#text")).to_have_value("3/1/2016")
    assert decisions(store, 1)[0].after["verbatim"] == "Điểu Thị Mận"


def test_too_long_and_empty_texts_are_stopped_with_a_sentence(
    store: Store, person: Callable[[str], Page]
) -> None:
    page = person("lan")
    begin(page)
    page.locator("#text").fill("Ậ" * 10_000)
    expect(page.locator("#bar")).to_contain_text("Chữ quá dài")
    page.keyboard.press("Enter")
    expect(page.locator("#label")).to_have_text(NAME)
    page.locator("#text").fill("")
    page.keyboard.press("Enter")
    expect(page.locator("#bar")).to_contain_text("bấm F2")
    expect(page.locator("#label")).to_have_text(NAME)
    assert decisions(store, 0) == []


def test_pictures_and_help_by_keys(person: Callable[[str], Page]) -> None:
    page = person("lan")
    begin(page)
    expect(page.locator(".cut")).to_be_visible()
    page.keyboard.press("F9")
    expect(page.locator(".page")).to_be_visible()
    expect(page.locator(".frame")).to_be_visible()
    expect(page.locator(".cut")).to_be_hidden()
    page.keyboard.press("F9")
    page.keyboard.press("F9")
    expect(page.locator(".cut")).to_be_visible()
    page.keyboard.press("F1")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("F1")
    expect(page.locator("#help")).to_be_hidden()
    expect(page.locator("#text")).to_be_focused()


def test_nothing_is_cut_off_at_1366_by_768_and_below(person: Callable[[str], Page]) -> None:
    page = person("lan")
    begin(page)
    for picture in (".cut", ".strip"):
        expect(page.locator(picture)).to_have_js_property("complete", True)
    for height in (768, 625):
        page.set_viewport_size({"width": 1366, "height": height})
        overflow = page.evaluate(
            "(e => [e.scrollWidth - innerWidth, e.scrollHeight - innerHeight])(document.documentElement)"
        )
        assert overflow == [0, 0]
        for part in (".cut", ".strip", "#text", ".choices", ".others"):
            box = page.locator(part).bounding_box()
            assert box is not None
            assert box["height"] > 20
            assert box["y"] + box["height"] <= height, part
            assert part != ".others" or box["height"] < 50  # one row of buttons
