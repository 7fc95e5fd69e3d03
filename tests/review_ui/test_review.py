"""The review page: what it shows, what each decision keeps, and two people or two tabs that meet."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from models.checks import add_check
from models.quality_tables import FieldCheck
from models.states import Action, CaseState, CheckKind, FieldState, TaskKind
from models.tables import Case, Decision, Field, Task, User
from models.tasks import RETURNED, open_task
from pipeline.forms import label_of
from tests.review_ui.drawn import BOOK, EDITION

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.store import Store
    from tests.review_ui.conftest import Browser

DOUBTS = sum(len(entry.doubts) for entry in BOOK)


def field_of(store: Store, task: int) -> Field:
    with store.read() as session:
        return session.scalars(
            select(Field).join(Task, Task.field_id == Field.id).where(Task.id == task)
        ).one()


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_page_shows_the_field_with_all_that_helps(person: Callable[[str], Browser]) -> None:
    html = person("lan").get("/review").text
    text = words(html)
    assert label_of("KS", EDITION, "nksHoTen") in text
    assert "Máy chưa đủ chắc chắn" in text  # why it is asked
    assert 'value="Điểu Thị Mân"' in html  # the reading
    assert 'data-text="Điểu Thị Mận"' in html  # a candidate
    assert "Số 01/2016 · KS.2016.01 · Xã Tân Lợi" in text
    assert f"Còn {DOUBTS} mục" in text
    assert 'data-select="10 11"' in html  # the letter that is in doubt


def test_names_and_values_are_in_no_address(person: Callable[[str], Browser]) -> None:
    html = person("lan").get("/review").text
    addresses = re.findall(r'(?:src|href|action|data-src|data-images)="([^"]*)"', html)
    assert addresses
    assert all(re.fullmatch(r"[-a-zA-Z0-9/?=&;._# ]*", address) for address in addresses), addresses


def test_date_in_digits_comes_with_its_words(person: Callable[[str], Browser]) -> None:
    one = person("lan")
    one.decide("accept")
    html = one.task()["html"]
    assert label_of("KS", EDITION, "nksNgaySinh") in html
    partner = re.search(r'<p class="partner">.*?</p>', html, re.DOTALL)
    assert partner
    assert "Ngày ba tháng một năm hai nghìn không trăm mười sáu" in partner[0]
    assert "data-digits" in html  # digits are typed here, not taken for candidates


@pytest.mark.parametrize(
    ("action", "text", "state", "verbatim"),
    [
        ("accept", None, FieldState.ACCEPTED_BY_PERSON, "Điểu Thị Mân"),
        ("take_candidate", "Điểu Thị Mận", FieldState.CORRECTED, "Điểu Thị Mận"),
        ("correct", "Điểu  Thị Mến ", FieldState.CORRECTED, "Điểu Thị Mến"),
        ("blank", None, FieldState.BLANK_BY_PERSON, ""),
        ("illegible", None, FieldState.ILLEGIBLE, ""),
        ("uncertain", "Điểu Thị Mâ", FieldState.UNCERTAIN, "Điểu Thị Mâ"),
    ],
)
def test_decision_is_kept_at_once_and_brings_the_next(
    store: Store,
    person: Callable[[str], Browser],
    action: str,
    text: str | None,
    state: FieldState,
    verbatim: str,
) -> None:
    one = person("lan")
    before = one.task()
    answer = one.decide(action, text, seconds=2.5)
    assert answer.status_code == 200
    state_after = answer.json()
    assert state_after["sentence"] == ""
    assert state_after["task"] not in {None, before["task"]}
    # What was sent ahead is what comes, so that the screen need not wait.
    assert state_after["task"] == before["ahead"][0]["task"]
    field = field_of(store, before["task"])
    assert (field.state, field.verbatim) == (state, verbatim)
    with store.read() as session:
        decision = session.scalars(select(Decision)).one()
        assert decision.seconds == 2.5
        assert decision.user_id == session.scalars(select(User.id).filter_by(name="lan")).one()


def test_script_in_a_value_stays_text(person: Callable[[str], Browser]) -> None:
    one = person("lan")
    bad = "</template><script>alert('x')</script>\"onfocus=\"alert(1)"
    assert one.decide("accept").status_code == 200
    # A field of a case with two doubts: what was typed is shown beside the second.
    answer = one.decide("correct", bad)
    assert answer.status_code == 200
    for html in (answer.json()["html"], one.get("/review").text):
        assert bad in words(html) or bad in unescape(html)
        assert "<script>" not in html
        assert '"onfocus' not in html


def test_two_people_never_get_the_same_task(person: Callable[[str], Browser]) -> None:
    lan, hoa = person("lan"), person("hoa")
    assert lan.task()["task"] != hoa.task()["task"]


def test_same_person_in_two_tabs_has_one_task_and_decides_it_once(
    store: Store, person: Callable[[str], Browser]
) -> None:
    one, other = person("lan"), person("lan")
    state = one.task()
    assert other.task()["task"] == state["task"]
    shown = {"task": state["task"], "version": state["version"]}
    assert one.call("/api/decide", action="accept", **shown).status_code == 200
    late = other.call("/api/decide", action="illegible", **shown)
    assert late.status_code == 409
    assert late.json()["sentence"]
    assert late.json()["task"] not in {None, state["task"]}
    assert field_of(store, state["task"]).state is FieldState.ACCEPTED_BY_PERSON


def test_decision_that_arrives_twice_counts_once_and_troubles_nobody(
    store: Store, person: Callable[[str], Browser]
) -> None:
    one = person("lan")
    state = one.task()
    shown = {"task": state["task"], "version": state["version"], "action": "correct", "text": "Điểu Thị  Mến"}
    first, again = one.call("/api/decide", **shown), one.call("/api/decide", **shown)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json()["sentence"] == ""
    with store.read() as session:
        assert len(session.scalars(select(Decision)).all()) == 1


def test_task_of_another_person_is_a_conflict(store: Store, person: Callable[[str], Browser]) -> None:
    lan, hoa = person("lan"), person("hoa")
    state = lan.task()
    answer = hoa.call("/api/decide", task=state["task"], version=state["version"], action="blank")
    assert answer.status_code == 409
    assert answer.json()["task"] is not None
    assert field_of(store, state["task"]).state is FieldState.FLAGGED


def test_undo_brings_the_field_back_as_it_was(store: Store, person: Callable[[str], Browser]) -> None:
    one = person("lan")
    first = one.task()["task"]
    one.decide("correct", "Điểu Thị Mến")
    back = one.call("/api/undo").json()
    assert back["task"] == first
    assert 'value="Điểu Thị Mân"' in back["html"]
    assert back["sentence"]
    assert field_of(store, first).state is FieldState.FLAGGED


def test_undo_with_nothing_to_take_back_says_so(person: Callable[[str], Browser]) -> None:
    one = person("lan")
    state = one.task()
    answer = one.call("/api/undo").json()
    assert answer["task"] == state["task"]
    assert answer["sentence"]


@pytest.mark.parametrize(
    "body",
    [
        {"action": "approve"},
        {"action": "take_candidate", "text": "nobody proposed this"},
        {"action": "correct", "text": None},
        {"action": "dance"},
        {"action": "accept", "seconds": -1},
    ],
)
def test_decision_that_is_none_is_refused(
    store: Store, person: Callable[[str], Browser], body: dict[str, object]
) -> None:
    one = person("lan")
    state = one.task()
    answer = one.call("/api/decide", task=state["task"], version=state["version"], **body)
    assert answer.status_code == 422
    assert answer.json()["sentence"]
    with store.read() as session:
        assert session.scalars(select(Decision)).all() == []


def test_no_more_tasks_is_said_only_when_it_is_true(person: Callable[[str], Browser]) -> None:
    lan, hoa = person("lan"), person("hoa")
    lan.task()
    done = 0
    while hoa.task()["task"] is not None:
        hoa.decide("accept")
        done += 1
    assert done == DOUBTS - 3  # what lan has in hand, and two that follow
    assert "3 mục đang do người khác giữ" in words(hoa.task()["html"])
    for _ in range(3):
        lan.decide("accept")
    assert "Không còn mục nào chờ" in words(hoa.task()["html"])
    assert "Hết mục chờ soát" in words(hoa.get("/review").text)


def test_works_by_plain_forms_without_script(store: Store, person: Callable[[str], Browser]) -> None:
    one = person("lan")

    def shown() -> dict[str, str]:
        html, _, _ = one.get("/review").text.partition("<template")
        return {
            name: unescape(value)
            for name, value in re.findall(r'name="(task|version|text)" value="([^"]*)"', html)
        }

    steps: list[tuple[dict[str, str], Action]] = [
        ({"action": "enter"}, Action.ACCEPT),
        ({"candidate": "2"}, Action.TAKE_CANDIDATE),
        ({"action": "enter", "text": "Nguyễn Thị Hường"}, Action.CORRECT),
        ({"action": "blank"}, Action.BLANK),
        ({"action": "illegible"}, Action.ILLEGIBLE),
        ({"action": "uncertain"}, Action.UNCERTAIN),
    ]
    for fields, _ in steps[:DOUBTS]:
        assert one.post("/review", shown() | fields).status_code == 200
    with store.read() as session:
        kept = [decision.action for decision in session.scalars(select(Decision).order_by(Decision.id))]
    assert kept == [action for _, action in steps[:DOUBTS]]
    one.post("/review", {"action": "undo"})
    assert one.task()["task"] is not None


def test_plain_form_with_an_empty_text_is_asked_again(person: Callable[[str], Browser]) -> None:
    one = person("lan")
    state = one.task()
    answer = one.post(
        "/review", {"task": state["task"], "version": state["version"], "action": "enter", "text": " "}
    )
    assert answer.status_code == 422
    assert "Ô chữ đang trống" in answer.text
    assert one.post("/review", {"task": "9999", "version": "1", "action": "enter"}).status_code == 409


def put_before_people(store: Store, key: str, text: str, kind: TaskKind) -> int:
    """A blind task for the field of that text, before everything else. Returns its id."""
    with store.begin() as session:
        field = session.scalars(select(Field).filter_by(key=key, verbatim=text)).one()
        case = session.get_one(Case, field.case_id)
        if kind is TaskKind.KNOWN:
            case.state, case.approved_by = CaseState.APPROVED, 3
            task = open_task(session, case, field, RETURNED, kind, fresh_eyes=True)
        else:
            add_check(session, store.settings, case, field, kind, None)
            session.flush()
            task = session.scalars(select(Task).filter_by(field_id=field.id, kind=kind)).one()
            task.priority = RETURNED
        session.flush()
        return task.id


def test_a_field_keyed_unseen_shows_nothing_that_was_read(
    store: Store, person: Callable[[str], Browser]
) -> None:
    task = put_before_people(store, "nksHoTen", "Lâm Sà Rây", TaskKind.UNSEEN)
    one = person("lan")
    state = one.task()
    assert state["task"] == task
    assert re.search(r'<input id="text"[^>]* value="" data-read=""', state["html"])
    assert "Lâm Sà Rây" not in unescape(state["html"])
    assert "data-text=" not in state["html"]
    assert "chữ máy đọc không hiện" in words(state["html"])
    assert one.decide("correct", "Lâm Sà Rây").status_code == 200
    with store.read() as session:
        check = session.scalars(select(FieldCheck).filter_by(kind=CheckKind.UNSEEN)).one()
        assert check.right is True


def test_nothing_tells_a_known_field_from_another(store: Store, person: Callable[[str], Browser]) -> None:
    one = person("lan")
    usual = one.task()
    usual_page = one.get("/review")
    assert one.post("/review", {"task": usual["task"], "version": usual["version"], "action": "undo"})
    task = put_before_people(store, "nksHoTen", "Lâm Sà Rây", TaskKind.KNOWN)
    hoa = person("hoa")
    state = hoa.task()
    assert state["task"] == task
    page = hoa.get("/review")
    assert set(state) == set(usual)
    assert [name for name, _ in page.headers.items()] == [name for name, _ in usual_page.headers.items()]
    told = words(page.text)
    assert "Máy chưa đủ chắc chắn" in told  # what any field may be asked for
    for word in ("known", "approved", "Đã duyệt"):
        assert word not in state["html"], word
        assert word not in told, word
    classes = [set(re.findall(r'class="([^"]*)"', html)) for html in (state["html"], usual["html"])]
    assert classes[0] <= classes[1] | {"swap", "mark accepted", "mark blank"}
    before = hoa.get("/").text
    assert hoa.decide("accept").status_code == 200
    assert words(hoa.get("/").text) != words(before)  # it counts as a decision on the front page
    assert hoa.call("/api/undo").status_code == 200
    assert hoa.task()["task"] == task
