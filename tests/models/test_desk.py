"""What is kept for the desk: seconds and keys, abbreviations, places drawn anew, neighbours, sheets."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from models import sheets
from models.decisions import decide
from models.desk_tables import Effort
from models.effort import SHEET, figures_by_kind, figures_of, note_effort
from models.errors import BadShorthand, Conflict, NotFound
from models.neighbours import neighbours
from models.queue import next_task, next_tasks
from models.recutting import place_of, recut
from models.shorthand import abbreviations, drop_abbreviation, keep_abbreviation
from models.states import Action, FieldState
from models.tables import Decision, Field, Task, utc_now
from pipeline.elements import Box, Candidate, FieldKind, Reading
from tests.models import made

if TYPE_CHECKING:
    from models.store import Store
    from models.views import TaskView

LONG_AGO = timedelta(days=1)


def given(store: Store, user_id: int) -> TaskView:
    task = next_task(store, user_id)
    assert task is not None
    return task


def test_seconds_and_keys_are_kept_once_and_added_up(store: Store) -> None:
    made.book_of(store, made.case(flagged=("nksHoTen", "meHoTen")))
    lan, hoa = made.person(store, "lan"), made.person(store, "hoa")
    for seconds, keys in ((2.0, 1), (4.0, 6)):
        task = given(store, lan)
        decide(store, task.task_id, lan, Action.ACCEPT, None, seconds, task.version)
        note_effort(store, task.task_id, lan, keys)
        note_effort(store, task.task_id, lan, 99)  # came twice
        note_effort(store, task.task_id, hoa, 99)  # not hers
    found = figures_of(store, lan, utc_now() - LONG_AGO)
    assert (found.fields, found.cases, found.seconds, found.keys) == (2, 1, 3.0, 3.5)
    assert (found.seconds_a_case, found.keys_a_case) == (6.0, 7.0)
    assert [one.name for one in figures_by_kind(store, lan, utc_now() - LONG_AGO)] == ["name"]
    assert figures_of(store, lan, utc_now() + LONG_AGO).fields == 0
    nothing = figures_of(store, hoa, utc_now() - LONG_AGO)
    assert (nothing.fields, nothing.seconds, nothing.keys_a_case) == (0, None, None)
    with store.read() as session:
        kept = " ".join(str(vars(one)) for one in session.scalars(select(Effort)))
    assert "Điểu" not in kept


def test_abbreviations_are_each_person_s_own(store: Store) -> None:
    lan, hoa = made.person(store, "lan"), made.person(store, "hoa")
    keep_abbreviation(store, lan, " XM ", "Xuân  Mai")
    keep_abbreviation(store, lan, "xm", "Xuân Mỹ")
    keep_abbreviation(store, hoa, "xm", "Xã Minh")
    assert abbreviations(store, lan) == {"xm": "Xuân Mỹ"}
    drop_abbreviation(store, lan, "xm")
    assert (abbreviations(store, lan), abbreviations(store, hoa)) == ({}, {"xm": "Xã Minh"})


@pytest.mark.parametrize(
    ("short", "text"), [("", "x"), ("a1", "x"), ("a b", "x"), ("a" * 16, "x"), ("a", " "), ("a", "x" * 201)]
)
def test_abbreviation_that_will_not_do(sqlite_store: Store, short: str, text: str) -> None:
    with pytest.raises(BadShorthand, match=r"\w"):
        keep_abbreviation(sqlite_store, made.person(sqlite_store, "lan"), short, text)


def test_a_place_drawn_anew_is_kept_with_what_was_before(store: Store) -> None:
    made.book_of(store, made.case(flagged=("nksNgaySinh",)))
    lan, hoa = made.person(store, "lan"), made.person(store, "hoa")
    task = given(store, lan)
    assert place_of(store, task.task_id, lan, task.version).kind is FieldKind.DATE
    reading = Reading("3/2/2010", (Candidate("3/2/2010", -0.1), Candidate("8/2/2010", -2.0)))
    recut(store, task.task_id, lan, task.version, Box(5, 6, 70, 30), reading)
    again = given(store, lan)
    assert (again.task_id, again.field.verbatim, again.field.value) == (
        task.task_id, "3/2/2010", "03.02.2010",
    )  # fmt: skip
    assert (again.field.box, again.field.state) == ((5, 6, 70, 30), FieldState.FLAGGED)
    assert again.field.candidates == ("3/2/2010", "8/2/2010")
    with store.read() as session:
        (record,) = session.scalars(select(Decision))
    assert (record.action, record.before["box"], record.before["verbatim"]) == (
        Action.RECUT, [10, 20, 300, 40], "01.2010",
    )  # fmt: skip
    for who, version in ((hoa, again.version), (lan, task.version)):
        with pytest.raises(Conflict):
            recut(store, task.task_id, who, version, Box(5, 6, 70, 30), reading)
    with pytest.raises(NotFound):
        place_of(store, 999, lan, 1)
    decide(store, task.task_id, lan, Action.ACCEPT, None, 1.0, again.version)


def test_neighbours_are_those_around_in_the_book(store: Store) -> None:
    cases = [
        made.case(flagged=("nksHoTen",), so=f"{number}/2010", nksHoTen=f"Tên {number}")
        for number in range(1, 8)
    ]
    made.book_of(store, *cases)
    made.book_of(store, made.case(so="1/2010"), volume="02")
    with store.read() as session:
        tasks = {task.field.verbatim: task.id for task in session.scalars(select(Task))}
    found = neighbours(store, tasks["Tên 4"])
    assert [(one.text, one.own) for one in found] == [
        ("Tên 2", False), ("Tên 3", False), ("Tên 4", True), ("Tên 5", False), ("Tên 6", False),
    ]  # fmt: skip
    assert [one.text for one in neighbours(store, tasks["Tên 1"])] == ["Tên 1", "Tên 2", "Tên 3"]
    with pytest.raises(NotFound):
        neighbours(store, 999)


def test_sheets_give_no_field_to_two_and_decide_one_by_one(store: Store) -> None:
    made.book_of(
        store, *(made.case(flagged=("nksGioiTinh", "nksHoTen"), so=f"{n}/2010") for n in range(1, 7))
    )
    lan, hoa, tu = (made.person(store, name) for name in ("lan", "hoa", "tu"))
    assert sheets.sheet_counts(store) == {FieldKind.SEX: 6}
    first = sheets.next_sheet(store, lan, FieldKind.SEX, 4)
    assert [item.field.kind for item in first] == ["sex"] * 4
    again = sheets.next_sheet(store, lan, FieldKind.SEX, 4)
    assert [item.task_id for item in again] == [item.task_id for item in first]
    second = sheets.next_sheet(store, hoa, FieldKind.SEX, 4)
    assert len(second) == 2
    assert not {item.task_id for item in first} & {item.task_id for item in second}
    assert sheets.sheet_counts(store) == {}
    shown = [(item.task_id, item.version) for item in first[:3]]
    with store.begin() as session:  # one of them has changed since it was shown
        session.get_one(Field, first[0].field.field_id).version += 1
    done = sheets.accept_sheet(store, lan, [*shown, (second[0].task_id, second[0].version)], 9.0)
    assert done == sheets.Accepted((shown[1][0], shown[2][0]), (shown[0][0], second[0].task_id))
    note_effort(store, shown[1][0], lan, 2, SHEET)
    with store.read() as session:
        kept = session.scalars(select(Decision)).all()
        assert [(one.user_id, one.action, one.seconds) for one in kept] == [(lan, "accept", 2.25)] * 2
        assert session.scalars(select(Effort)).one().way == SHEET
    # What was marked comes first on the review page of the same person, and on nobody else's.
    assert {item.task_id for item in next_tasks(store, lan, 1)} == {first[0].task_id, first[3].task_id}
    assert given(store, tu).field.kind == "name"


def test_what_has_no_place_or_no_reading_is_on_no_sheet(sqlite_store: Store) -> None:
    made.book_of(sqlite_store, made.case(flagged=("nksGioiTinh", "nksDanToc")))
    with sqlite_store.begin() as session:
        fields = {one.key: one for one in session.scalars(select(Field))}
        fields["nksGioiTinh"].box = None
        fields["nksDanToc"].verbatim = ""
    lan = made.person(sqlite_store, "lan")
    assert sheets.next_sheet(sqlite_store, lan, FieldKind.SEX, 9) == []
    assert sheets.next_sheet(sqlite_store, lan, FieldKind.ETHNICITY, 9) == []
