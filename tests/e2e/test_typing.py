"""Few keys: marks of one letter, abbreviations, dates without separators, capitals, a place drawn anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from models.desk_tables import Effort
from models.queue import lease_next
from models.shorthand import keep_abbreviation
from models.states import Action
from models.tables import Decision, Field, Task, User
from tests.e2e.serving import ready
from tests.e2e.test_review_keys import DATE, begin, decisions

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.store import Store


def text(page: Page) -> str:
    return page.locator("#text").input_value()


def test_a_mark_is_changed_without_typing_the_word(store: Store, person: Callable[[str], Page]) -> None:
    page = person("lan")
    begin(page)
    expect(page.locator(".ghost mark")).to_have_text("â")
    page.keyboard.press("Backquote")  # what other candidates have there comes first
    expect(page.locator("#text")).to_have_value("Điểu Thị Mận")
    page.keyboard.press("Backquote")
    expect(page.locator("#text")).to_have_value("Điểu Thị Mẫn")
    page.keyboard.press("Escape")
    page.keyboard.press("Home")
    page.keyboard.press("Shift+Backquote")
    assert page.evaluate("[text.selectionStart, text.selectionEnd]") == [10, 11]
    page.keyboard.press("Escape")
    page.keyboard.press("End")
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Backquote")  # the letter before the cursor, with the marks that it may have
    assert text(page) == "Điểu Thị Mận"
    page.keyboard.press("Enter")
    (kept,) = decisions(store, 1)
    assert (kept.action, kept.after["verbatim"]) == (Action.TAKE_CANDIDATE, "Điểu Thị Mận")


def test_abbreviations_are_written_out_and_taken_back(store: Store, person: Callable[[str], Page]) -> None:
    with store.read() as session:
        lan = session.scalars(select(User.id).filter_by(name="lan")).one()
    keep_abbreviation(store, lan, "xm", "Xuân Mai")
    page = person("lan")
    begin(page)
    page.keyboard.press("Control+A")
    page.keyboard.type("lt ")
    expect(page.locator("#text")).to_have_value("Lê Thị ")
    page.keyboard.press("Backspace")
    expect(page.locator("#text")).to_have_value("lt ")
    page.keyboard.press("Control+A")
    page.keyboard.type("LT xm")  # capitals are what stands in the book
    expect(page.locator("#text")).to_have_value("LT xm")
    expect(page.locator("#becomes")).to_have_text("→ LT Xuân Mai")
    page.keyboard.press("F7")
    expect(page.locator("#text")).to_have_value("Lt Xm")
    page.keyboard.press("Control+A")
    page.keyboard.type("lt xm")
    page.keyboard.press("Enter")
    assert decisions(store, 1)[0].after["verbatim"] == "Lê Thị Xuân Mai"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("01122010", "01/12/2010"),
        ("012010", "01/2010"),
        ("2010", "2010"),
        ("011210", "01/12/10"),
        ("13/2/2010", "13/2/2010"),
        ("99999999", "99999999"),
    ],
)
def test_dates_are_typed_without_separators(
    store: Store, person: Callable[[str], Page], typed: str, kept: str
) -> None:
    page = person("lan")
    begin(page)
    page.keyboard.press("Enter")
    expect(page.locator("#label")).to_have_text(DATE)
    page.keyboard.press("Control+A")
    page.keyboard.type(typed)
    page.keyboard.press("Enter")
    assert decisions(store, 2)[1].after["verbatim"] == kept


def test_date_in_digits_has_the_words_and_their_picture_beside_it(person: Callable[[str], Page]) -> None:
    page = person("lan")
    begin(page)
    page.keyboard.press("Enter")
    expect(page.locator("#label")).to_have_text(DATE)
    expect(page.locator(".partner")).to_contain_text("Ngày ba tháng một")
    expect(page.locator(".twin img")).to_be_visible()
    expect(page.locator(".twin img")).to_have_js_property("complete", True)


def test_a_wrong_crop_is_drawn_anew_by_keys_and_read_again(
    store: Store, person: Callable[[str], Page]
) -> None:
    with store.begin() as session:  # the field is thought to stand two lines further down
        field = session.scalars(select(Field).filter_by(key="nksHoTen").order_by(Field.id)).first()
        assert field is not None
        assert field.box is not None
        x, y, w, h = field.box
        field.box, field.version = [x, y + 276, w, h], field.version + 1
        field_id = field.id
    page = person("lan")
    begin(page)
    page.keyboard.press("F6")
    expect(page.locator(".frame.drawing")).to_be_visible()
    for _ in range(5):
        page.keyboard.press("Control+ArrowUp")
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator("#bar")).to_contain_text("Đã đọc lại ô vừa vẽ trong")
    expect(page.locator("#text")).to_be_focused()
    with store.read() as session:
        field = session.get_one(Field, field_id)
        assert field.box == [x, y + 276 - 280, w, h]
        record = session.scalars(select(Decision).filter_by(action=Action.RECUT)).one()
        assert record.before["box"] == [x, y + 276, w, h]
        assert record.after["box"] == field.box
        assert record.before["verbatim"] == "Điểu Thị Mân"
    assert text(page) == field.verbatim
    assert "Thị" in field.verbatim or "Mận" in field.verbatim
    page.keyboard.press("F6")
    page.keyboard.press("Escape")
    expect(page.locator(".cut")).to_be_visible()
    expect(page.locator("#text")).to_be_focused()


def test_a_wrong_crop_is_drawn_by_the_mouse(store: Store, person: Callable[[str], Page]) -> None:
    page = person("lan")
    begin(page)
    page.keyboard.press("F6")
    expect(page.locator(".frame.drawing")).to_be_visible()
    frame = page.locator(".frame.drawing").bounding_box()
    assert frame is not None
    page.mouse.move(frame["x"] + 20, frame["y"] - 8)
    page.mouse.down()
    page.mouse.move(frame["x"] + 200, frame["y"] + frame["height"], steps=6)
    page.mouse.up()
    page.keyboard.press("Enter")
    expect(page.locator("#bar")).to_contain_text("Đã đọc lại ô")
    with store.read() as session:
        record = session.scalars(select(Decision).filter_by(action=Action.RECUT)).one()
    assert record.after["box"][0] > record.before["box"][0]
    assert record.after["box"][2] < record.before["box"][2]


def test_neighbours_and_the_page_by_keys(person: Callable[[str], Page]) -> None:
    page = person("lan")
    begin(page)
    page.keyboard.press("F10")
    expect(page.locator(".neighbour")).to_have_count(3)
    expect(page.locator(".neighbour.current")).to_contain_text("Điểu Thị Mân")
    page.keyboard.press("F10")
    expect(page.locator(".cut")).to_be_visible()
    page.keyboard.press("F9")
    expect(page.locator("#viewer canvas").first).to_be_visible()
    before = page.locator(".frame").bounding_box()
    page.keyboard.press("Control+ArrowUp")
    page.wait_for_timeout(600)
    after = page.locator(".frame").bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] > 1.2 * before["width"]
    expect(page.locator("#text")).to_be_focused()


def test_keys_and_seconds_are_kept_without_text(store: Store, person: Callable[[str], Page]) -> None:
    page = person("lan")
    begin(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#label")).to_have_text(DATE)
    page.keyboard.press("Enter")
    decisions(store, 2)
    for _ in range(50):
        with store.read() as session:
            kept = session.scalars(select(Effort).order_by(Effort.id)).all()
        if len(kept) == 2:
            break
        page.wait_for_timeout(50)
    assert [(one.key, one.keys, one.way) for one in kept] == [
        ("nksHoTen", 2, "desk"), ("nksNgaySinh", 1, "desk"),
    ]  # fmt: skip
    assert all(one.seconds is not None and one.seconds < 60 for one in kept)
    page.goto("/mine")
    expect(page.locator("tbody tr").first).to_contain_text("1,5")


def test_a_case_withdrawn_while_open_is_told(store: Store, person: Callable[[str], Page]) -> None:
    page = person("lan")
    begin(page)
    shown = int(page.locator(".work").get_attribute("data-task") or 0)
    with store.begin() as session:
        session.get_one(Task, shown).state = type(session.get_one(Task, shown).state)("withdrawn")
    page.keyboard.press("2")
    expect(page.locator("#bar")).to_contain_text("Hãy xem lại")
    expect(page.locator("#label")).to_have_text(DATE)
    assert decisions(store, 0) == []
    assert shown not in lease_next(store, 1, 2)


def test_script_typed_into_a_field_stays_text(store: Store, person: Callable[[str], Page]) -> None:
    page = person("lan")
    begin(page)
    page.keyboard.press("Enter")
    expect(page.locator("#label")).to_have_text(DATE)
    bad = "<img src=x onerror=document.title='broken'>"
    page.locator("#text").fill(bad)
    page.keyboard.press("Enter")
    expect(page.locator(".row.corrected .value")).to_have_text(bad)
    page.keyboard.press("F10")
    page.reload()
    ready(page)
    expect(page.locator(".row.corrected .value")).to_have_text(bad)
    assert "broken" not in page.title()
