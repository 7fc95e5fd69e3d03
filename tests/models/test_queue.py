from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, func, select

from models.decisions import decide, undo
from models.errors import Conflict, NotFound
from models.queue import counts, next_task, next_tasks, release, waiting
from models.states import Action, CaseState, FieldState, TaskState
from models.store import Store
from models.tables import Case, Decision, Event, Field, Task
from models.views import TaskView
from tests.models import made

if TYPE_CHECKING:
    from collections.abc import Callable


def given(store: Store, user_id: int) -> TaskView:
    task = next_task(store, user_id)
    assert task is not None
    return task


def do(
    store: Store, user_id: int, action: Action | str = Action.ACCEPT, typed: str | None = None
) -> TaskView:
    """Take the next task and decide it."""
    task = given(store, user_id)
    decide(store, task.task_id, user_id, action, typed, 2.5, task.version)
    return task


def field_now(store: Store, task: TaskView) -> Field:
    with store.read() as session:
        return session.get_one(Field, task.field.field_id)


def case_now(store: Store, case_id: int) -> Case:
    with store.read() as session:
        return session.get_one(Case, case_id)


def test_easy_cases_come_first_then_the_oldest(store: Store) -> None:
    made.book_of(
        store,
        made.case(flagged=("so", "nksHoTen", "meHoTen"), so="1/2010"),
        made.case(flagged=("nksHoTen",), so="2/2010"),
        made.case(so="3/2010"),
        made.case(flagged=("meHoTen",), so="4/2010"),
    )
    lan = made.person(store, "lan")
    seen = [(task.case.so, task.field.key) for task in [do(store, lan) for _ in range(5)]]
    assert seen == [
        ("02/2010", "nksHoTen"), ("04/2010", "meHoTen"),
        ("01/2010", "so"), ("01/2010", "nksHoTen"), ("01/2010", "meHoTen"),
    ]  # fmt: skip
    assert next_task(store, lan) is None


def test_a_task_shows_the_field_and_its_case(store: Store) -> None:
    book_id = made.book_of(store, made.case(flagged=("nksHoTen",)))
    task = given(store, made.person(store, "lan"))
    assert (task.field.key, task.field.kind, task.field.verbatim) == ("nksHoTen", "name", "Điểu Thị Mận")
    assert (task.field.box, task.field.reasons) == ((10, 20, 300, 40), ("low_probability",))
    assert task.field.candidates == ("Điểu Thị Mận",)
    assert task.case.image_path == store.settings.page_path(task.case.page_id)
    assert (task.case.book_id, task.case.book_code, task.case.edition) == (book_id, "KS.2010.01", "2010")
    assert [field.key for field in task.case.fields] == [key for key, *_ in made.ENTRY]


def test_the_unfinished_task_comes_back(store: Store) -> None:
    made.book_of(store, made.case(flagged=("so", "nksHoTen")))
    lan = made.person(store, "lan")
    assert given(store, lan).task_id == given(store, lan).task_id


def test_no_two_people_get_the_same_task(store: Store) -> None:
    made.book_of(store, made.case(flagged=("so", "nksHoTen")))
    lan, hoa, tu = (made.person(store, name) for name in ("lan", "hoa", "tu"))
    assert given(store, lan).task_id != given(store, hoa).task_id
    assert next_task(store, tu) is None
    assert release(store, lan) == 1
    assert next_task(store, tu) is not None


def test_people_are_led_to_different_cases_and_stay_in_theirs(store: Store) -> None:
    made.book_of(
        store,
        made.case(flagged=("so", "nksHoTen"), so="1/2010"),
        made.case(flagged=("so", "nksHoTen"), so="2/2010"),
    )
    lan, hoa = made.person(store, "lan"), made.person(store, "hoa")
    assert given(store, lan).case.so == "01/2010"
    assert do(store, hoa).case.so == "02/2010"
    made.scan(store, 1, name="later.jpg")
    made.read_all(store, 1, made.reading(made.case(flagged=("meHoTen",), so="3/2010")))  # easier, so first
    assert do(store, hoa).case.so == "02/2010"
    assert do(store, hoa).case.so == "03/2010"


def test_a_lease_that_ran_out_goes_to_somebody_else(store: Store) -> None:
    made.book_of(store, made.case(flagged=("nksHoTen",)))
    lan, hoa = made.person(store, "lan"), made.person(store, "hoa")
    lost = next_task(store, lan, lease_seconds=0)
    assert lost is not None
    time.sleep(0.01)
    taken = given(store, hoa)
    assert taken.task_id == lost.task_id
    with pytest.raises(Conflict):
        decide(store, lost.task_id, lan, Action.ACCEPT, None, 1.0, lost.version)
    decide(store, taken.task_id, hoa, Action.ACCEPT, None, 1.0, taken.version)
    with pytest.raises(Conflict):  # pressed twice
        decide(store, taken.task_id, hoa, Action.ACCEPT, None, 1.0, taken.version)


def test_a_decision_on_what_was_not_shown_is_refused(store: Store) -> None:
    made.book_of(store, made.case(flagged=("nksHoTen",)))
    lan = made.person(store, "lan")
    task = given(store, lan)
    with pytest.raises(Conflict):
        decide(store, task.task_id, lan, Action.ACCEPT, None, 1.0, task.version + 1)
    with pytest.raises(NotFound):
        decide(store, 999, lan, Action.ACCEPT)


@pytest.mark.parametrize(
    ("action", "typed", "state", "verbatim", "value", "recorded"),
    [
        ("accept", None, FieldState.ACCEPTED_BY_PERSON, "Điểu Thị Mận", "Điểu Thị Mận", "accept"),
        ("correct", " Điểu  thị Mến ", FieldState.CORRECTED, "Điểu thị Mến", "Điểu Thị Mến", "correct"),
        ("correct", "Điểu Thị Mận", FieldState.ACCEPTED_BY_PERSON, "Điểu Thị Mận", "Điểu Thị Mận", "accept"),
        ("correct", "  ", FieldState.BLANK_BY_PERSON, "", "", "blank"),
        (
            "take_candidate",
            "Điểu Thị Mện",
            FieldState.CORRECTED,
            "Điểu Thị Mện",
            "Điểu Thị Mện",
            "take_candidate",
        ),
        ("blank", None, FieldState.BLANK_BY_PERSON, "", "", "blank"),
        ("illegible", None, FieldState.ILLEGIBLE, "", "", "illegible"),
        ("uncertain", None, FieldState.UNCERTAIN, "Điểu Thị Mận", "Điểu Thị Mận", "uncertain"),
        ("uncertain", "Điểu Thị M", FieldState.UNCERTAIN, "Điểu Thị M", "Điểu Thị M", "uncertain"),
    ],
)
def test_what_each_decision_makes_of_a_field(
    store: Store, action: str, typed: str | None, state: FieldState, verbatim: str, value: str, recorded: str
) -> None:
    entry = made.case()
    doubtful = made.field(
        "nksHoTen", "Điểu Thị Mận", made.FLAGGED, candidates=("Điểu Thị Mận", "Điểu Thị Mện")
    )
    object.__setattr__(entry, "fields", (*entry.fields[:4], doubtful, *entry.fields[5:]))
    made.book_of(store, entry)
    lan = made.person(store, "lan")
    task = do(store, lan, action, typed)
    field = field_now(store, task)
    assert (field.state, field.verbatim, field.value) == (state, verbatim, value)
    assert (field.machine_verbatim, field.version) == ("Điểu Thị Mận", 2)
    with store.read() as session:
        decision = session.scalars(select(Decision)).one()
    assert (decision.user_id, decision.action, decision.seconds) == (lan, recorded, 2.5)
    assert decision.before == {"verbatim": "Điểu Thị Mận", "value": "Điểu Thị Mận", "state": "flagged"}
    assert decision.after == {"verbatim": verbatim, "value": value, "state": state.value}


def test_a_corrected_date_gets_its_value_from_the_pipeline(store: Store) -> None:
    made.book_of(store, made.case(flagged=("nksNgaySinh",)))
    lan = made.person(store, "lan")
    task = do(store, lan, Action.CORRECT, "3/2/2010")
    assert (field_now(store, task).verbatim, field_now(store, task).value) == ("3/2/2010", "03.02.2010")


def test_accepting_nothing_says_blank(store: Store) -> None:
    entry = made.case()
    object.__setattr__(entry, "fields", (made.field("nksHoTen", "", made.FLAGGED),))
    made.book_of(store, entry)
    task = do(store, made.person(store, "lan"))
    assert field_now(store, task).state is FieldState.BLANK_BY_PERSON


@pytest.mark.parametrize(
    ("action", "typed"),
    [
        ("correct", None),
        ("take_candidate", "Trần Văn Xa"),
        ("approve", None),
        ("nonsense", None),
        ("correct", "a" * 2000),
    ],
)
def test_a_decision_that_makes_no_sense_changes_nothing(store: Store, action: str, typed: str | None) -> None:
    made.book_of(store, made.case(flagged=("nksHoTen",)))
    lan = made.person(store, "lan")
    task = given(store, lan)
    with pytest.raises(ValueError, match=r"\w") as refused:
        decide(store, task.task_id, lan, action, typed, 1.0, task.version)
    assert "Xa" not in str(refused.value)
    assert field_now(store, task).state is FieldState.FLAGGED
    assert given(store, lan).task_id == task.task_id


def test_a_case_is_keyed_when_its_last_field_is_decided(store: Store) -> None:
    made.book_of(store, made.case(flagged=("so", "nksHoTen")))
    lan, hoa = made.person(store, "lan"), made.person(store, "hoa")
    first = do(store, lan, Action.CORRECT, "17/2010")
    case = case_now(store, first.case.case_id)
    assert (case.state, case.so) == (CaseState.READ, "17/2010")
    do(store, hoa)
    case = case_now(store, first.case.case_id)
    assert (case.state, case.keyed_by, case.version) == (CaseState.KEYED, hoa, 3)


def test_doubt_of_a_person_parks_the_case(store: Store) -> None:
    made.book_of(store, made.case(flagged=("so", "nksHoTen")))
    lan = made.person(store, "lan")
    task = do(store, lan, Action.UNCERTAIN)
    for _ in range(2):
        case = case_now(store, task.case.case_id)
        assert (case.state, case.state_reason) == (CaseState.NEEDS_VERIFICATION, "field_uncertain")
        made.decide_all(store, lan)  # the other field is still asked for


def test_undo_goes_back_step_by_step(store: Store) -> None:
    made.book_of(store, made.case(flagged=("so", "nksHoTen")))
    lan = made.person(store, "lan")
    first = do(store, lan, Action.CORRECT, "17/2010")
    second = do(store, lan, Action.UNCERTAIN)
    case_id = first.case.case_id
    assert undo(store, lan) == second.task_id
    assert case_now(store, case_id).state is CaseState.READ
    assert undo(store, lan) == first.task_id
    assert case_now(store, case_id).so == "05/2010"
    assert undo(store, lan) is None
    field = field_now(store, first)
    assert (field.state, field.verbatim, field.version) == (FieldState.FLAGGED, "05/2010", 3)
    with store.read() as session:
        actions = session.scalars(select(Decision.action).order_by(Decision.id)).all()
    assert actions == ["correct", "uncertain", "undo", "undo"]
    assert made.decide_all(store, lan) == 2  # and both are asked for again
    assert case_now(store, case_id).state is CaseState.KEYED


def test_undo_is_of_ones_own_decisions_only(store: Store) -> None:
    made.book_of(store, made.case(flagged=("nksHoTen",)))
    lan, hoa = made.person(store, "lan"), made.person(store, "hoa")
    do(store, lan)
    assert undo(store, hoa) is None
    assert undo(store, lan) is not None


def test_what_comes_next_is_held_too_and_comes_in_that_order(store: Store) -> None:
    made.book_of(
        store,
        made.case(flagged=("so", "nksHoTen"), so="1/2010"),
        made.case(flagged=("so", "nksHoTen", "meHoTen"), so="2/2010"),
    )
    lan, hoa = made.person(store, "lan"), made.person(store, "hoa")
    coming = next_tasks(store, lan, 2)
    assert [(item.case.so, item.field.key) for item in coming] == [
        ("01/2010", "so"), ("01/2010", "nksHoTen"), ("02/2010", "so"),
    ]  # fmt: skip
    for expected in coming:
        assert do(store, lan).task_id == expected.task_id
    assert next_tasks(store, lan, 2)[0].field.key == "nksHoTen"
    # What is left is held by the first: nobody is shown what another has before their eyes.
    assert next_tasks(store, hoa, 2) == []
    assert release(store, lan) == 2
    assert [item.field.key for item in next_tasks(store, hoa, 2)] == ["nksHoTen", "meHoTen"]


def test_what_waits_is_counted_so_far_only(store: Store) -> None:
    made.book_of(store, made.case(flagged=("so", "nksHoTen", "meHoTen")))
    assert (waiting(store, 2), waiting(store, 9)) == (2, 3)


def test_counts(store: Store) -> None:
    made.book_of(store, made.case(flagged=("so", "nksHoTen")), made.case(so="6/2010"))
    lan = made.person(store, "lan")
    do(store, lan)
    given(store, lan)
    found = counts(store)
    assert (found.open, found.leased, found.done) == (1, 1, 1)
    assert found.cases == {CaseState.READ: 1, CaseState.KEYED: 1}


def test_decisions_leave_no_values_in_the_audit_trail(store: Store) -> None:
    made.book_of(store, made.case(flagged=("nksHoTen",)))
    do(store, made.person(store, "lan"), Action.CORRECT, "Điểu Thị Mến")
    with store.read() as session:
        events = "".join(str(item.detail) for item in session.scalars(select(Event)))
    for _, _, verbatim, value in made.ENTRY:
        assert verbatim not in events
        assert value not in events


def test_the_queue_is_read_from_its_index(sqlite_store: Store) -> None:
    made.book_of(sqlite_store, made.case(flagged=("nksHoTen",)))
    lan = made.person(sqlite_store, "lan")
    asked: list[tuple[str, Any]] = []

    @event.listens_for(sqlite_store.engine, "before_cursor_execute")
    def hear(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        if "ORDER BY task.priority" in statement:
            asked.append((statement, values))

    assert next_task(sqlite_store, lan) is not None
    assert asked
    with sqlite_store.read() as session:
        for statement, values in asked:
            found = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            plan = " ".join(str(step) for step in found)
            assert "ix_task_queue" in plan
            assert "TEMP B-TREE" not in plan


def test_many_people_at_once_never_share_a_task(store: Store, open_again: Callable[[], Store]) -> None:
    fields = ("so", "nksHoTen", "meHoTen", "chaHoTen")
    made.book_of(store, *(made.case(flagged=fields, so=f"{number}/2010") for number in range(1, 8)))
    people = [made.person(store, f"person {number}") for number in range(5)]
    stores = [store, *(open_again() for _ in people[1:])]
    gate = threading.Barrier(len(people))

    def work(one: tuple[Store, int]) -> list[int]:
        mine, user_id = one
        gate.wait()
        taken: list[int] = []
        while (task := next_task(mine, user_id)) is not None:
            taken.append(task.task_id)
            decide(mine, task.task_id, user_id, Action.ACCEPT, None, 0.1, task.version)
        return taken

    with ThreadPoolExecutor(len(people)) as pool:
        taken: list[Any] = [
            task_id for each in pool.map(work, zip(stores, people, strict=True)) for task_id in each
        ]
    assert len(taken) == len(set(taken)) == 28
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(Decision)) == 28
        assert set(session.scalars(select(Case.state))) == {CaseState.KEYED}
        assert set(session.scalars(select(Task.state))) == {TaskState.DONE}
