"""What the review page asks for beside fields: a place read again, neighbours, tiles, sheets, own figures."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from sqlalchemy import select

from models.states import Action
from models.tables import Case, Decision, Event, Field, Task
from tests.review_ui.test_review import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.store import Store
    from tests.review_ui.conftest import Browser


def box_of(store: Store, task: int) -> list[int]:
    with store.read() as session:
        box = session.scalars(
            select(Field.box).join(Task, Task.field_id == Field.id).where(Task.id == task)
        ).one()
        assert box is not None
        return box


def test_a_drawn_place_is_read_at_once(store: Store, person: Callable[[str], Browser]) -> None:
    one = person("lan")
    state = one.task()
    x, y, w, h = box_of(store, state["task"])
    answer = one.call(
        "/api/recut", task=state["task"], version=state["version"], box=[x - 5, y - 5, w + 5, h + 10]
    )
    assert answer.status_code == 200
    after = answer.json()
    assert (after["task"], after["sentence"]) == (state["task"], "")
    assert after["version"] == state["version"] + 1
    assert "Thị" in after["read"] or "Mận" in after["read"]
    assert box_of(store, state["task"]) == [x - 5, y - 5, w + 5, h + 10]
    assert one.decide("accept").status_code == 200


@pytest.mark.parametrize("box", [[0, 0, 2, 2], [-5, 0, 50, 50], [0, 0, 99999, 50], [1, 2, 3]])
def test_a_place_that_is_none_is_refused(
    store: Store, person: Callable[[str], Browser], box: list[int]
) -> None:
    one = person("lan")
    state = one.task()
    answer = one.call("/api/recut", task=state["task"], version=state["version"], box=box)
    assert answer.status_code == 422
    assert answer.json()["sentence"]
    with store.read() as session:
        assert session.scalars(select(Decision)).all() == []


def test_a_place_in_somebody_else_s_field_is_refused(store: Store, person: Callable[[str], Browser]) -> None:
    lan, hoa = person("lan"), person("hoa")
    state = lan.task()
    box = [10, 10, 50, 50]
    body = {"task": state["task"], "version": state["version"], "box": box}
    assert hoa.call("/api/recut", **body).status_code == 409
    assert hoa.call("/api/recut", **(body | {"task": 9999})).status_code == 404
    with store.read() as session:
        assert session.scalars(select(Event).filter_by(what="unknown_id")).one().object_id == 9999
        assert session.scalars(select(Decision).filter_by(action=Action.RECUT)).all() == []


def test_neighbours_show_what_may_be_seen(store: Store, person: Callable[[str], Browser]) -> None:
    one = person("lan")
    task = one.task()["task"]
    html = one.get(f"/near/{task}").text
    assert "Nguyễn Hoàng Phúc" in words(html)
    assert html.count("/crop/") == 3
    with store.begin() as session:
        for case in session.scalars(select(Case).where(Case.id != session.get_one(Task, task).case_id)):
            case.state = type(case.state)("approved")
    html = one.get(f"/near/{task}").text
    assert html.count("/crop/") == 1
    assert one.get("/near/9999").status_code == 404


def test_tiles_make_up_the_page(store: Store, person: Callable[[str], Browser]) -> None:
    one = person("lan")
    whole = Image.open(io.BytesIO(one.get("/page/1?size=full").content))
    wide = [Image.open(io.BytesIO(one.get(f"/page/1/tile?down=0&x={x}&y=0").content)).width for x in range(5)]
    assert sum(wide) == whole.width
    small = Image.open(io.BytesIO(one.get("/page/1/tile?down=3&x=0&y=0").content))
    assert small.size == (-(-whole.width // 8), -(-whole.height // 8))
    for query in ("down=0&x=99&y=0", "down=9&x=0&y=0", "down=0&x=-1&y=0", "x=0&y=0", "down=a&x=0&y=0"):
        assert one.get(f"/page/1/tile?{query}").status_code == 404, query
    assert one.get("/page/999/tile?down=0&x=0&y=0").status_code == 404


def test_pictures_of_what_is_closed_to_keyers_are_not_found(
    store: Store, person: Callable[[str], Browser]
) -> None:
    lan, minh = person("lan"), person("minh")
    with store.begin() as session:
        field = session.scalars(select(Field).filter_by(key="nksHoTen").limit(1)).one()
        field.case.state = type(field.case.state)("approved")
        page = f"/page/{field.case.page_id}"
        addresses = (f"/crop/{field.id}", page, f"{page}/tile?down=0&x=0&y=0")
    for address in addresses:
        assert lan.get(address).status_code == 404
        assert minh.get(address).status_code == 200
    with store.read() as session:
        assert len(session.scalars(select(Event).filter_by(what="unknown_id")).all()) == 3


def test_a_sheet_is_of_a_known_kind_and_takes_what_it_showed(
    store: Store, person: Callable[[str], Browser]
) -> None:
    one = person("lan")
    assert "nơi chốn" in words(one.get("/sheet").text)
    html = one.get("/sheet/place").text
    assert 'data-letter="a"' in html
    assert one.get("/sheet/name").status_code == 404
    assert one.get("/sheet/nothing").status_code == 404
    with store.read() as session:
        task = session.scalars(select(Task).where(Task.lease_owner.is_not(None))).one()
        shown = {"task": task.id, "version": task.field.version}
    body = {"accepted": [shown], "seconds": 3.0, "keys": 2}
    assert person("hoa").call("/api/sheet", **body).json()["lost"] == 1
    answer = one.call("/api/sheet", **body).json()
    assert (answer["accepted"], answer["lost"], answer["sentence"]) == (1, 0, "")
    assert one.call("/api/sheet", accepted=[shown] * 50, seconds=1, keys=1).status_code == 422


def test_own_figures_and_abbreviations(person: Callable[[str], Browser]) -> None:
    lan, hoa = person("lan"), person("hoa")
    lan.decide("accept", seconds=2.5, keys=1)
    assert "2,5" in words(lan.get("/mine").text)
    assert "2,5" not in words(hoa.get("/mine").text)
    hoa.get("/mine")
    assert hoa.post("/mine/shorthand", {"short": "xm", "text": "<b>Xuân Mai"}).status_code == 200
    assert "&lt;b&gt;Xuân Mai" in hoa.get("/mine").text
    assert "&lt;b&gt;Xuân Mai" in hoa.get("/review").text
    assert "Xuân Mai" not in lan.get("/mine").text
    refused = hoa.post("/mine/shorthand", {"short": "x1", "text": "Xuân"})
    assert refused.status_code == 422
    assert "Chữ tắt gồm" in words(refused.text)
    hoa.post("/mine/shorthand", {"drop": "xm"})
    assert "Xuân Mai" not in hoa.get("/mine").text
