"""The adjudicators' page: two values, who by role, one answer; second keyings that leak nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from models.reroute import set_policy
from models.settings import Settings
from models.states import Action, FieldState
from models.tables import Decision, Field, Task, User
from pipeline.policy import FieldPolicy
from tests.review_ui.test_review import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.store import Store
    from tests.review_ui.conftest import Browser

FIRST, OTHER = "Điểu Thị Mến", "Điểu Thị Mền"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"sample_share": 0.0})


def settle(one: Browser, action: str, text: str | None = None, **more: Any) -> Any:
    state = one.call("/api/adjudicate/next").json()
    body = {"task": state["task"], "version": state["version"], "action": action, "text": text, **more}
    return one.call("/api/adjudicate/decide", **body)


def name_of(store: Store) -> Field:
    """The name that was decided first."""
    with store.read() as session:
        first = session.scalars(select(Decision).order_by(Decision.id).limit(1)).one()
        return session.get_one(Field, first.field_id)


def keyed_twice(store: Store, person: Callable[[str], Browser]) -> list[str]:
    """A name keyed by two people who differ. Returns everything that the second one was sent."""
    with store.read() as session:
        quan = session.scalars(select(User.id).filter_by(name="quan")).one()
    set_policy(store, quan, "nksHoTen", FieldPolicy(second_keying=True))
    lan, hoa = person("lan"), person("hoa")
    lan.decide("correct", FIRST)
    lan.post("/logout")
    seen = []
    while True:
        state = hoa.task()
        seen.append(hoa.get("/review").text)
        seen.append(str(state))
        seen.append(hoa.get(f"/near/{state['task']}").text)
        with store.read() as session:
            task = session.get_one(Task, state["task"])
            blind = task.kind.value == "second"
        if blind:
            break
        seen.append(hoa.decide("accept").text)
    seen.extend(hoa.get(address).text for address in ("/", "/sheet", "/mine", "/sheet/place"))
    assert 'name="text" value=""' in state["html"]
    body = {"task": state["task"], "version": state["version"], "action": "correct", "text": OTHER}
    seen.append(hoa.call("/api/decide", **body).text)
    return seen


def test_a_second_keyer_is_sent_nothing_of_the_first_keying(
    store: Store, person: Callable[[str], Browser]
) -> None:
    seen = keyed_twice(store, person)
    assert len(seen) > 6
    assert [text for text in seen if FIRST in text] == []
    field = name_of(store)
    assert (field.verbatim, field.state) == (FIRST, FieldState.FLAGGED)  # the first value stands


def test_two_values_are_shown_by_role_and_one_is_taken(
    store: Store, person: Callable[[str], Browser]
) -> None:
    keyed_twice(store, person)
    sau = person("sau")
    html = sau.get("/adjudicate").text
    text = words(html)
    assert "Hai người nhập độc lập ghi khác nhau." in text
    assert f'data-text="{FIRST}"' in html
    assert f'data-text="{OTHER}"' in html
    assert "Người nhập, nhập lần hai" in text
    assert not {"Lan", "Hoa"} & set(text.split())
    answer = settle(sau, "take_candidate", OTHER, seconds=4, keys=1)
    assert (answer.status_code, answer.json()["task"]) == (200, None)
    again = sau.call("/api/adjudicate/undo").json()
    assert again["sentence"] == "Đã quay lại mục vừa làm."
    assert settle(sau, "correct", "Điểu Thị Mên").status_code == 200
    with store.read() as session:
        actions = session.scalars(select(Decision.action).order_by(Decision.id)).all()
    field = name_of(store)
    assert actions[-3:] == [Action.ADJUDICATE, Action.UNDO, Action.ADJUDICATE]
    assert field.verbatim == "Điểu Thị Mên"


def test_a_keyer_sends_a_field_on(store: Store, person: Callable[[str], Browser]) -> None:
    lan = person("lan")
    assert "⇧F4" in lan.get("/review").text
    first = lan.task()
    body = {"task": first["task"], "version": first["version"], "action": "send", "text": "Điểu Thị M"}
    answer = lan.call("/api/decide", **body)
    assert answer.status_code == 200
    assert answer.json()["task"] != first["task"]
    assert lan.call("/api/decide", **body).json()["sentence"] == ""  # sent again by a broken line
    assert "chữ gõ dở khi gửi" in words(person("sau").get("/adjudicate").text)
    with store.read() as session:
        assert len(session.scalars(select(Decision).filter_by(action=Action.SEND)).all()) == 1


def test_blank_and_illegible_are_values_too_and_script_is_text(
    store: Store, person: Callable[[str], Browser]
) -> None:
    lan = person("lan")
    lan.decide("send", "<script>x</script>")
    html = person("sau").get("/adjudicate").text
    assert "<script>x" not in html
    assert settle(person("sau"), "illegible").status_code == 200
    field = name_of(store)
    assert (field.verbatim, field.state) == ("", FieldState.ILLEGIBLE)


def test_two_tabs_and_forged_requests(store: Store, person: Callable[[str], Browser]) -> None:
    person("lan").decide("send", "x")
    sau, minh = person("sau"), person("minh")
    state = sau.call("/api/adjudicate/next").json()
    body = {"task": state["task"], "version": state["version"], "action": "correct", "text": "Một"}
    taken = minh.call("/api/adjudicate/decide", **body)
    assert (taken.status_code, "người khác" in taken.json()["sentence"]) == (409, True)
    assert sau.call("/api/adjudicate/decide", **{**body, "text": "  "}).status_code == 200  # blank
    assert sau.call("/api/adjudicate/decide", **body).status_code == 409
    assert sau.call("/api/adjudicate/decide", **{**body, "task": 9999}).status_code == 404
    assert sau.call("/api/adjudicate/decide", **{**body, "action": "accept"}).status_code == 422
    assert sau.call("/api/adjudicate/decide", **{**body, "text": "x" * 1001}).status_code == 422
    assert person("lan").get("/adjudicate").status_code == 403
    assert person("lan").call("/api/adjudicate/next").status_code == 403


def test_without_script_the_form_does_the_same(store: Store, person: Callable[[str], Browser]) -> None:
    person("lan").decide("send", "Điểu Thị M")
    sau = person("sau")
    state = sau.call("/api/adjudicate/next").json()
    form = {"task": str(state["task"]), "version": str(state["version"])}
    assert sau.post("/adjudicate", {**form, "action": "correct", "text": " "}).status_code == 422
    assert sau.post("/adjudicate", {**form, "task": "77", "action": "blank"}).status_code == 409
    assert "Không còn mục nào" in sau.post("/adjudicate", {**form, "candidate": "2"}).text
    assert "chữ gõ dở" in sau.post("/adjudicate", {"action": "undo"}).text
    again = sau.call("/api/adjudicate/next").json()
    form = {"task": str(again["task"]), "version": str(again["version"])}
    sau.post("/adjudicate", {**form, "action": "correct", "text": "Điểu Thị Mên"})
    field = name_of(store)
    assert field.verbatim == "Điểu Thị Mên"


def test_who_may_not_settle_it_is_told_that_another_will(person: Callable[[str], Browser]) -> None:
    minh = person("minh")
    minh.decide("send", "x")
    assert "1 mục chờ một người phân xử khác" in words(minh.get("/adjudicate").text)
    assert "1 mục chờ người phân xử khác" in words(minh.get("/").text)
