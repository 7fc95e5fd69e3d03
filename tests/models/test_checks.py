"""Blind samples, second keyings, and books that fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import event, select

from models.approval import approve, case_view
from models.book_quality import Stratum, send_stratum_back
from models.checks import lot_of, shown_or_not
from models.decisions import decide, undo
from models.errors import Conflict, NotReady
from models.quality_tables import BookFailure, FieldCheck
from models.queue import next_task, release
from models.routing import pool_of
from models.states import Action, CaseState, CheckKind, FieldState, Role, TaskKind, TaskState
from models.store import Store
from models.tables import Book, Case, Decision, Event, Field, Task
from models.views import TaskView
from tests.models import made

Sampled = Callable[..., Store]


@pytest.fixture
def sampled(store: Store) -> Iterator[Sampled]:
    """The same database under other settings."""
    opened: list[Store] = []

    def with_settings(**settings: Any) -> Store:
        shown = {"unseen_share": 0.0} | settings
        opened.append(Store.open(store.settings.model_copy(update=shown)))
        return opened[-1]

    yield with_settings
    for each in opened:
        each.close()


def given(store: Store, user_id: int) -> TaskView:
    task = next_task(store, user_id)
    assert task is not None
    return task


def answer(store: Store, user_id: int, action: Action = Action.ACCEPT, text: str | None = None) -> TaskView:
    task = given(store, user_id)
    decide(store, task.task_id, user_id, action, text, 3.0, task.version)
    return task


def checks(store: Store, kind: CheckKind = CheckKind.SAMPLE) -> list[FieldCheck]:
    with store.read() as session:
        return list(session.scalars(select(FieldCheck).filter_by(kind=kind).order_by(FieldCheck.id)))


def field(store: Store, key: str, case_id: int = 1) -> Field:
    with store.read() as session:
        return session.scalars(select(Field).filter_by(key=key, case_id=case_id)).one()


def failures(store: Store) -> list[BookFailure]:
    with store.read() as session:
        return list(session.scalars(select(BookFailure)))


def state(store: Store, case_id: int = 1) -> CaseState:
    with store.read() as session:
        return session.get_one(Case, case_id).state


def test_lots_are_even_and_the_same_every_time() -> None:
    lots = [lot_of(number) for number in range(100_000)]
    assert all(0 <= lot < 1 for lot in lots)
    assert abs(sum(lot < 0.02 for lot in lots) - 2_000) < 150
    assert lots[:3] == [lot_of(number) for number in range(3)]


def test_every_decision_is_a_check_of_the_machine(store: Store) -> None:
    made.book_of(store, made.case(flagged=("nksHoTen", "meHoTen", "chaHoTen")))
    lan = made.person(store, "lan")
    answer(store, lan)
    answer(store, lan, Action.CORRECT, "Thị Bế")
    answer(store, lan, Action.ILLEGIBLE)
    found = checks(store, CheckKind.DECIDED)
    assert [(one.right, one.checked_by, one.plain, one.pool) for one in found] == [
        (True, lan, True, "name"), (False, lan, True, "name"),
    ]  # fmt: skip
    undo(store, lan)
    undo(store, lan)
    assert [one.right for one in checks(store, CheckKind.DECIDED)] == [True, None]


def test_nothing_is_drawn_unless_it_is_asked_for(store: Store) -> None:
    made.book_of(store, made.case())
    assert (checks(store), state(store)) == ([], CaseState.KEYED)


def test_what_the_machine_accepted_is_put_before_somebody_as_any_task(sampled: Sampled) -> None:
    store = sampled(sample_share=1.0)
    made.book_of(store, made.case())
    drawn = checks(store)
    assert len(drawn) == len(made.ENTRY)
    assert {(one.author_id, one.share, one.right) for one in drawn} == {(None, 1.0, None)}
    assert state(store) is CaseState.READ
    task = given(store, made.person(store, "lan"))
    assert (task.field.state, task.field.reasons) == (FieldState.FLAGGED, ("low_probability",))
    assert task.field.verbatim
    assert {one.state for one in task.case.fields} == {FieldState.FLAGGED}


def test_a_checked_case_goes_on_and_may_be_approved_by_who_checked(sampled: Sampled) -> None:
    store = sampled(sample_share=1.0)
    made.book_of(store, made.case())
    chief = made.person(store, "chief", Role.APPROVER)
    with pytest.raises(NotReady):
        approve(store, 1, chief, case_view(store, 1).version)
    assert made.decide_all(store, chief) == len(made.ENTRY)
    assert {one.right for one in checks(store)} == {True}
    assert (state(store), field(store, "so").state) == (CaseState.KEYED, FieldState.ACCEPTED)
    approve(store, 1, chief, case_view(store, 1).version)
    with store.read() as session:
        kinds = {one.action for one in session.scalars(select(Decision))}
        assert session.get_one(Case, 1).keyed_by is None
    assert kinds == {Action.CHECK, Action.APPROVE}


def test_a_part_of_the_sample_is_keyed_with_nothing_shown(sampled: Sampled) -> None:
    store = sampled(sample_share=1.0, unseen_share=1.0)
    made.book_of(store, made.case())
    assert checks(store) == []
    drawn = checks(store, CheckKind.UNSEEN)
    assert {(one.author_id, one.share, one.right) for one in drawn} == {(None, 1.0, None)}
    lan = made.person(store, "lan")
    while (task := next_task(store, lan)) is not None:
        # Nothing that the machine or anybody read reaches the screen, nor of the case's other drawn fields.
        assert {
            (one.verbatim, one.value, one.candidates)
            for one in task.case.fields
            if one.state is FieldState.FLAGGED
        } == {("", "", ())}
        assert task.field.reasons == ("keyed_unseen",)
        truth = {key: verbatim for key, _, verbatim, _ in made.ENTRY} | {"meHoTen": "Thị Bế"}
        decide(store, task.task_id, lan, Action.CORRECT, truth[task.field.key], 1.0, task.version)
        if task.field.key == "meHoTen":
            break
    assert [one.right for one in checks(store, CheckKind.UNSEEN) if one.right is not None][-1] is False
    assert field(store, "meHoTen").reasons == ["check_differs"]
    assert {one.author_id for one in checks(store, CheckKind.UNSEEN)} == {None}
    undo(store, lan)
    assert field(store, "meHoTen").state is FieldState.ACCEPTED
    assert "Thị Bé" not in str(given(store, lan).field)


def test_what_is_shown_is_drawn_by_a_lot_of_its_own(sampled: Sampled) -> None:
    settings = sampled(unseen_share=0.25).settings
    ids = [number for number in range(40_000) if lot_of(number) < 0.1]
    unseen = sum(shown_or_not(settings, number) is TaskKind.UNSEEN for number in ids)
    assert abs(unseen / len(ids) - 0.25) < 0.03


def test_nobody_checks_what_they_entered_and_nobody_sees_what_was_entered(sampled: Sampled) -> None:
    made_first = sampled(sample_share=0.0)
    made.book_of(made_first, made.case(flagged=("meHoTen",)))
    store = sampled(sample_share=1.0)
    lan, hoa = made.person(store, "lan"), made.person(store, "hoa")
    answer(store, lan, Action.CORRECT, "Thị Bế")
    (drawn,) = [one for one in checks(store) if one.author_id is not None]
    assert drawn.author_id == lan
    while (task := next_task(store, lan)) is not None:  # the machine's fields she may check
        assert task.field.key != "meHoTen"
        decide(store, task.task_id, lan, Action.ACCEPT, None, 1.0, task.version)
    task = given(store, hoa)
    assert (task.field.key, task.field.verbatim, task.field.candidates) == ("meHoTen", "Thị Bé", ("Thị Bé",))
    assert "Thị Bế" not in str(task)
    decide(store, task.task_id, hoa, Action.CORRECT, "Thị Bế", 1.0, task.version)
    assert [one.right for one in checks(store) if one.author_id == lan] == [True]
    assert (field(store, "meHoTen").verbatim, state(store)) == ("Thị Bế", CaseState.KEYED)


def test_what_a_check_reads_differently_is_asked_again_of_fresh_eyes(sampled: Sampled) -> None:
    made_first = sampled(sample_share=0.0)
    made.book_of(made_first, made.case(flagged=("meHoTen",)))
    store = sampled(sample_share=1e-9)
    lan, hoa, tu = (made.person(store, name) for name in ("lan", "hoa", "tu"))
    store = sampled(sample_share=1.0)
    answer(store, lan)
    while (task := given(store, hoa)).field.key != "meHoTen":
        decide(store, task.task_id, hoa, Action.ACCEPT, None, 1.0, task.version)
    answer(store, hoa, Action.CORRECT, "Thị Bế")
    made.decide_all(store, hoa)
    (check,) = [one for one in checks(store) if one.author_id == lan]
    assert check.right is False
    assert next_task(store, lan) is None
    task = given(store, tu)
    assert (task.field.key, task.field.reasons) == ("meHoTen", ("low_probability", "check_differs"))
    assert task.field.candidates == ("Thị Bé", "Thị Bế")
    decide(store, task.task_id, tu, Action.ACCEPT, None, 1.0, task.version)
    (check,) = [one for one in checks(store) if one.author_id == lan]
    assert check.right is True  # the third look agrees with the first


def test_a_check_is_taken_back_like_any_decision(sampled: Sampled) -> None:
    store = sampled(sample_share=1.0)
    made.book_of(store, made.case())
    lan = made.person(store, "lan")
    task = answer(store, lan, Action.CORRECT, "9/2010")
    assert field(store, "so").state is FieldState.FLAGGED
    assert undo(store, lan) == task.task_id
    assert (field(store, "so").state, checks(store)[0].right) == (FieldState.ACCEPTED, None)
    assert given(store, lan).task_id == task.task_id
    with store.read() as session:
        field_tasks = session.scalars(select(Task).filter_by(kind=TaskKind.FIELD)).all()
        assert [one.state for one in field_tasks] == [TaskState.WITHDRAWN]
    answer(store, lan)
    assert checks(store)[0].right is True


def test_what_is_taken_back_while_somebody_checks_it_is_checked_when_entered_anew(sampled: Sampled) -> None:
    made.book_of(sampled(sample_share=0.0), made.case(flagged=("meHoTen",)))
    store = sampled(sample_share=1.0)
    lan, hoa = made.person(store, "lan"), made.person(store, "hoa")
    answer(store, lan)
    while (task := given(store, hoa)).field.key != "meHoTen":
        decide(store, task.task_id, hoa, Action.ACCEPT, None, 1.0, task.version)
    undo(store, lan)
    with pytest.raises(Conflict):
        decide(store, task.task_id, hoa, Action.ACCEPT, None, 1.0, task.version)
    answer(store, lan, Action.CORRECT, "Thị Bế")
    while (task := given(store, hoa)).field.key != "meHoTen":
        decide(store, task.task_id, hoa, Action.ACCEPT, None, 1.0, task.version)
    decide(store, task.task_id, hoa, Action.CORRECT, "Thị Bế", 1.0, task.version)
    assert [one.right for one in checks(store) if one.author_id == lan] == [True]


def test_what_a_person_entered_is_done_again_when_a_check_of_it_is_taken_back(sampled: Sampled) -> None:
    made.book_of(sampled(sample_share=0.0), made.case(flagged=("meHoTen",)))
    store = sampled(sample_share=1.0)
    lan, hoa = made.person(store, "lan"), made.person(store, "hoa")
    entered = answer(store, lan)
    while (task := given(store, hoa)).field.key != "meHoTen":
        decide(store, task.task_id, hoa, Action.ACCEPT, None, 1.0, task.version)
    answer(store, hoa, Action.CORRECT, "Thị Bế")
    assert undo(store, hoa) == task.task_id
    with store.read() as session:
        kept = session.get_one(Task, entered.task_id)
        assert (kept.state, kept.done_at is None) == (TaskState.DONE, False)
    assert (field(store, "meHoTen").verbatim, field(store, "meHoTen").reasons) == (
        "Thị Bé",
        ["low_probability"],
    )


def test_whoever_cannot_tell_proves_nothing(sampled: Sampled) -> None:
    store = sampled(sample_share=1.0)
    made.book_of(store, made.case())
    made.decide_all(store, made.person(store, "lan"), Action.ILLEGIBLE)
    assert {one.right for one in checks(store)} == {None}
    assert state(store) is CaseState.KEYED


def test_a_book_whose_sample_proves_errors_goes_back(sampled: Sampled) -> None:
    """Names wrong in two cases of two: proven to be above the target, so all names of the book are asked."""
    unsampled = sampled(sample_share=0.0)
    book_id = made.book_of(unsampled, *(made.case(so=f"{number}/2010") for number in range(1, 5)))
    store = sampled(sample_share=1.0)
    lan, chief = made.person(store, "lan"), made.person(store, "chief", Role.APPROVER)
    made.scan(store, book_id, pages=1, name="more.pdf")
    made.read_all(store, book_id, made.reading(made.case(so="5/2010")))
    while (task := next_task(store, lan)) is not None:
        wrong = task.field.key in {"nksHoTen", "meHoTen"} and task.field.state is FieldState.FLAGGED
        if "check_differs" in task.field.reasons or "book_failed" in task.field.reasons:
            break
        action, text = (Action.CORRECT, "Ai Khác") if wrong else (Action.ACCEPT, None)
        decide(store, task.task_id, lan, action, text, 1.0, task.version)
    with store.read() as session:
        (failure,) = session.scalars(select(BookFailure)).all()
        event = session.scalars(select(Event).filter_by(what="book_failed_sample")).one()
        names = session.scalars(select(Field).filter_by(key="chaHoTen").order_by(Field.id)).all()
        other = session.scalars(select(Field).filter_by(key="nksGioiTinh")).all()
    assert (failure.pool, failure.author_id, failure.checked, failure.wrong) == ("name", None, 2, 2)
    assert event.object_id == book_id
    assert {one.state for one in names} == {FieldState.FLAGGED}
    assert all("book_failed" in one.reasons for one in names[:4])
    assert {one.state for one in other} == {FieldState.ACCEPTED}
    assert [state(store, number) for number in range(1, 5)] == [CaseState.READ] * 4
    # Pages that are read later are asked about too, without another sample.
    made.scan(store, book_id, pages=1, name="later.pdf")
    made.read_all(store, book_id, made.reading(made.case(so="6/2010")))
    assert field(store, "chaHoTen", 6).reasons == ["book_failed"]
    assert chief


def test_a_person_whose_sample_fails_has_the_rest_entered_by_others(sampled: Sampled) -> None:
    unsampled = sampled(sample_share=0.0)
    cases = [made.case(flagged=("meHoTen",), so=f"{number}/2010") for number in range(1, 6)]
    made.book_of(unsampled, *cases)
    lan, hoa = made.person(unsampled, "lan"), made.person(unsampled, "hoa")
    for _ in range(3):
        answer(unsampled, lan)
    store = sampled(sample_share=1.0)
    for _ in range(2):
        while (task := given(store, lan)).field.key != "meHoTen":
            decide(store, task.task_id, lan, Action.ACCEPT, None, 1.0, task.version)
        decide(store, task.task_id, lan, Action.ACCEPT, None, 1.0, task.version)
    while (each := next_task(store, hoa)) is not None:
        task = each
        if "book_failed" in task.field.reasons:
            break
        wrong = task.field.key == "meHoTen" and "check_differs" not in task.field.reasons
        action, text = (Action.CORRECT, "Ai Khác") if wrong else (Action.ACCEPT, None)
        decide(store, task.task_id, hoa, action, text, 1.0, task.version)
    (failure,) = failures(store)
    assert (failure.author_id, failure.wrong, failure.reopened) == (lan, 2, 3)
    assert "book_failed" in task.field.reasons
    release(store, hoa)
    while (each := next_task(store, lan)) is not None:
        assert "book_failed" not in each.field.reasons
        decide(store, each.task_id, lan, Action.ACCEPT, None, 1.0, each.version)


def test_a_failing_book_of_approved_cases_says_so_and_leaves_them(sampled: Sampled) -> None:
    unsampled = sampled(sample_share=0.0)
    book_id = made.book_of(unsampled, made.case(so="1/2010"), made.case(so="2/2010"))
    chief = made.person(unsampled, "chief", Role.APPROVER)
    approve(unsampled, 1, chief, 1)
    store = sampled(sample_share=1.0)
    made.scan(store, book_id, pages=1, name="more.pdf")
    made.read_all(store, book_id, made.reading(made.case(so="3/2010")))
    lan = made.person(store, "lan")
    while not failures(store):
        task = given(store, lan)
        action = Action.BLANK if task.field.kind == "name" else Action.ACCEPT
        decide(store, task.task_id, lan, action, None, 1.0, task.version)
    assert (state(store, 1), field(store, "meHoTen", 1).state) == (CaseState.APPROVED, FieldState.ACCEPTED)
    with store.read() as session:
        told = session.scalars(select(Event).filter_by(what="book_failed_sample")).one()
    assert told.detail["approved_before"] == 3


def test_sending_a_kind_of_a_book_back_takes_as_many_statements_however_long_the_book_is(
    store: Store,
) -> None:
    def statements(volume: str, cases: int) -> tuple[int, int]:
        entries = (made.case(so=f"{number}/2010") for number in range(1, cases + 1))
        book_id = made.book_of(store, *entries, volume=volume)
        run: list[str] = []
        with store.begin() as session:
            engine = session.get_bind()
            names = select(Field).join(Case).where(Case.book_id == book_id, Field.key == "meHoTen")
            one = session.scalars(names).first()
            assert one is not None

            def note(*told: Any) -> None:
                run.append(told[2])

            event.listen(engine, "before_cursor_execute", note)
            reopened = send_stratum_back(session, Stratum(book_id, pool_of(one), None))
            event.remove(engine, "before_cursor_execute", note)
            assert (one.state, one.reasons) == (FieldState.FLAGGED, ["book_failed"])  # also what was loaded
            assert one.version == 2
        return reopened, len(run)

    (few, for_few), (many, for_many) = statements("01", 2), statements("02", 30)
    assert many == 15 * few > 0
    assert for_many == for_few <= 12
    with store.read() as session:
        open_now = session.scalars(select(Task).filter_by(state=TaskState.OPEN)).all()
        assert {task.unit_id for task in open_now} == set(session.scalars(select(Book.unit_id)))
    assert len(open_now) == few + many
