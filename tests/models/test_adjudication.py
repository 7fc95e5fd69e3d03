"""Adjudication: what comes before an adjudicator, who may settle it, what it says of those who read."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.adjudication import (
    adjudicate,
    count_disputes,
    disputes,
    lease_disputes,
    send,
    undo_adjudication,
)
from models.approval import approve, case_view, send_back
from models.decisions import decide, undo
from models.errors import Conflict, NotAllowed, SelfCheck
from models.policies import stored_policies
from models.quality_tables import FieldCheck
from models.queue import counts, next_task, waiting
from models.reroute import set_policy
from models.states import Action, CaseState, CheckKind, FieldState, Role, Source, TaskKind, TaskState
from models.store import Store
from models.tables import Decision, Task
from pipeline.policy import FieldPolicy
from tests.models import made, ways
from tests.models.ways import answer, given, settled, state


def second_keying(store: Store, boss: int, key: str = "meHoTen") -> None:
    """The station asks two people for this field."""
    set_policy(store, boss, key, FieldPolicy(second_keying=True))
    with store.read() as session:
        assert stored_policies(session)[key].second_keying


def checks(store: Store, kind: CheckKind) -> list[tuple[int | None, bool | None]]:
    with store.read() as session:
        rows = session.scalars(select(FieldCheck).filter_by(kind=kind).order_by(FieldCheck.id))
        return [(one.author_id, one.right) for one in rows]


def keyed_twice(store: Store) -> dict[str, int]:
    """A mother's name, keyed by two who read it differently; nobody was told what the other had."""
    people = ways.team(store)
    made.book_of(store, made.case(flagged=("nksHoTen",)))
    second_keying(store, made.person(store, "quan", Role.ADMINISTRATOR))
    while (task := next_task(store, people["lan"])) is not None:
        text = "Thị Bế" if task.field.key == "meHoTen" else None
        action = Action.CORRECT if text else Action.ACCEPT
        decide(store, task.task_id, people["lan"], action, text, 1.0, task.version)
    task = given(store, people["hoa"])
    assert (task.field.key, task.field.verbatim, task.field.candidates) == ("meHoTen", "", ())
    assert "Thị Bế" not in str(task)
    decide(store, task.task_id, people["hoa"], Action.CORRECT, "Thị Bê", 1.0, task.version)
    return people


def test_two_keyings_that_differ_go_to_an_adjudicator_and_nowhere_else(store: Store) -> None:
    people = keyed_twice(store)
    assert [next_task(store, people[name]) for name in ("lan", "hoa", "sau")] == [None] * 3
    assert (waiting(store, 10), counts(store).open, counts(store).leased) == (0, 0, 0)
    one = ways.dispute(store, people["sau"])
    assert [(value.text, value.role, value.source) for value in one.values] == [
        ("Thị Bế", Role.KEYER, None), ("Thị Bê", Role.KEYER, Source.SECOND),
    ]  # fmt: skip
    assert "lan" not in str(one.values)
    settled(store, people["sau"], Action.CORRECT, "Thị Bê")
    assert (state(store), ways.field(store, "meHoTen").verbatim) == (CaseState.KEYED, "Thị Bê")
    assert checks(store, CheckKind.SECOND) == [(people["lan"], False)]
    assert checks(store, CheckKind.ADJUDICATED) == [(people["hoa"], True)]
    last = ways.decisions(store)[-1]
    assert (last.action, last.seconds, last.after["task"]) == (Action.ADJUDICATE, 5.0, "adjudicate")
    with pytest.raises(SelfCheck):
        approve_as_chief(store, people["sau"])


def approve_as_chief(store: Store, user_id: int) -> None:
    ways.promote(store, user_id, Role.APPROVER)
    approve(store, 1, user_id, case_view(store, 1).version)


def test_the_first_keying_may_be_right_after_all(store: Store) -> None:
    people = keyed_twice(store)
    settled(store, people["sau"], Action.TAKE_CANDIDATE, "Thị Bế")
    assert checks(store, CheckKind.SECOND) == [(people["lan"], True)]
    assert checks(store, CheckKind.ADJUDICATED) == [(people["hoa"], False)]
    assert [one.took for one in ways.differences(store)] == ["first"]
    assert ways.field(store, "meHoTen").state is FieldState.ACCEPTED_BY_PERSON


def test_an_adjudicator_never_settles_what_they_keyed(store: Store) -> None:
    people = ways.team(store)
    chief = made.person(store, "chief", Role.APPROVER)
    made.book_of(store, made.case(flagged=("nksHoTen",)))
    second_keying(store, made.person(store, "quan", Role.ADMINISTRATOR), "nksHoTen")
    answer(store, people["sau"])
    answer(store, chief, Action.CORRECT, "Điểu Thị Mân")
    assert [lease_disputes(store, one, 2) for one in (people["sau"], chief)] == [[], []]
    assert count_disputes(store, chief) == (1, 0)
    one = ways.dispute(store, people["minh"])
    with store.begin() as session:  # as if the lease had gone over by forgery
        session.get_one(Task, one.task.task_id).lease_owner = chief
    with pytest.raises(NotAllowed):
        adjudicate(store, one.task.task_id, chief, Action.BLANK)


def test_who_passed_the_case_settles_no_field_of_it(store: Store) -> None:
    with ways.under(store, checks=2, sample_share=0.0) as twice:
        people = ways.team(twice)
        ways.promote(twice, people["ba"], Role.ADJUDICATOR)
        made.book_of(twice, made.case())
        ways.checked(twice, people["ba"])
        ways.checked(twice, people["tu"], meHoTen="Thị Bế")
        assert lease_disputes(twice, people["ba"], 0) == []
        assert len(lease_disputes(twice, people["sau"], 0)) == 1


def test_a_keyer_sends_a_field_on_with_the_text_so_far(store: Store) -> None:
    people = ways.team(store)
    made.book_of(store, made.case(flagged=("nksHoTen", "meHoTen")))
    task = given(store, people["lan"])
    send(store, task.task_id, people["lan"], "Điểu Thị M", 2.0, task.version)
    assert ways.field(store, "nksHoTen").verbatim == "Điểu Thị Mận"
    assert given(store, people["lan"]).field.key == "meHoTen"  # the case goes on
    answer(store, people["lan"])
    assert state(store) is CaseState.READ
    one = ways.dispute(store, people["sau"])
    assert [(value.text, value.role, value.source) for value in one.values] == [
        ("Điểu Thị Mận", None, None), ("Điểu Thị M", Role.KEYER, Source.SENT),
    ]  # fmt: skip
    assert one.task.field.reasons == ("low_probability", "sent")
    settled(store, people["sau"], Action.CORRECT, "Điểu Thị Mân")
    assert state(store) is CaseState.KEYED
    assert checks(store, CheckKind.ADJUDICATED) == []  # a draft is no reading
    assert checks(store, CheckKind.DECIDED) == [(None, True), (None, False)]  # the machine's, both


def test_sending_is_taken_back_until_somebody_settles_it(store: Store) -> None:
    people = ways.team(store)
    made.book_of(store, made.case(flagged=("nksHoTen",)))
    for settled_before in (False, True):
        task = given(store, people["lan"])
        send(store, task.task_id, people["lan"], "", 2.0, task.version)
        if settled_before:
            settled(store, people["sau"], Action.ILLEGIBLE)
            assert undo(store, people["lan"]) is None
        else:
            assert undo(store, people["lan"]) == task.task_id
            assert ways.field(store, "nksHoTen").reasons == ["low_probability"]
            assert lease_disputes(store, people["sau"], 0) == []
    assert ways.field(store, "nksHoTen").state is FieldState.ILLEGIBLE


def test_a_second_keyer_may_send_it_on_too(store: Store) -> None:
    people = ways.team(store)
    made.book_of(store, made.case(flagged=("nksHoTen",)))
    second_keying(store, made.person(store, "quan", Role.ADMINISTRATOR), "nksHoTen")
    answer(store, people["lan"], Action.CORRECT, "Điểu Thị Mân")
    task = given(store, people["hoa"])
    send(store, task.task_id, people["hoa"], "", 2.0, task.version)
    assert checks(store, CheckKind.SECOND) == [(people["lan"], None)]
    one = ways.dispute(store, people["sau"])
    assert [(value.text, value.role) for value in one.values] == [("Điểu Thị Mân", Role.KEYER)]
    assert undo(store, people["hoa"]) == task.task_id
    assert (ways.field(store, "nksHoTen").state, lease_disputes(store, people["sau"], 0)) == (
        FieldState.CORRECTED, [],
    )  # fmt: skip


def test_an_adjudication_is_taken_back_in_the_same_hands(store: Store) -> None:
    people = keyed_twice(store)
    one = settled(store, people["sau"], Action.CORRECT, "Thị Bê")
    assert undo_adjudication(store, people["sau"]) == one.task.task_id
    assert (state(store), ways.field(store, "meHoTen").verbatim) == (CaseState.READ, "Thị Bế")
    assert checks(store, CheckKind.ADJUDICATED) == [(people["hoa"], None)]
    again = settled(store, people["sau"], Action.CORRECT, "Thị Bế")
    assert [value.text for value in again.values] == ["Thị Bế", "Thị Bê"]
    assert checks(store, CheckKind.ADJUDICATED)[1:] == [(people["hoa"], False)]
    approve(store, 1, people["minh"], case_view(store, 1).version)
    assert undo_adjudication(store, people["sau"]) is None


def test_a_task_of_adjudication_is_decided_on_its_page_only(store: Store) -> None:
    people = keyed_twice(store)
    one = ways.dispute(store, people["sau"])
    for wrong in (decide, send):
        with pytest.raises(Conflict):
            wrong(store, one.task.task_id, people["sau"], "blank")
    with pytest.raises(Conflict):
        adjudicate(store, one.task.task_id, people["sau"], Action.BLANK, version=one.task.version + 1)
    with pytest.raises(ValueError, match="settles nothing"):
        adjudicate(store, one.task.task_id, people["sau"], Action.ACCEPT)
    with pytest.raises(NotAllowed):
        lease_disputes(store, people["lan"], 0)


def test_what_an_approver_sends_back_leaves_the_adjudicators(store: Store) -> None:
    people = ways.team(store)
    made.book_of(store, made.case(flagged=("nksHoTen", "meHoTen")))
    task = given(store, people["lan"])
    send(store, task.task_id, people["lan"], "", None, task.version)
    answer(store, people["lan"], Action.UNCERTAIN)
    assert state(store) is CaseState.NEEDS_VERIFICATION
    send_back(store, 1, people["minh"], "xem lại", ["nksHoTen", "meHoTen"])
    assert lease_disputes(store, people["sau"], 0) == []
    made.decide_all(store, people["hoa"])
    assert state(store) is CaseState.KEYED


def test_no_field_is_given_to_two_adjudicators(store: Store) -> None:
    people = ways.team(store)
    made.book_of(store, made.case(flagged=("nksHoTen", "meHoTen", "chaHoTen")))
    for _ in range(3):
        task = given(store, people["lan"])
        send(store, task.task_id, people["lan"], "", None, task.version)
    first, second = lease_disputes(store, people["sau"], 1), lease_disputes(store, people["minh"], 1)
    assert (len(first), len(second), set(first) & set(second)) == (2, 1, set())
    assert lease_disputes(store, people["sau"], 1) == first
    assert [one.task.task_id for one in disputes(store, first)] == first
    with store.read() as session:
        kinds = session.scalars(select(Task.state).filter_by(kind=TaskKind.ADJUDICATE)).all()
        assert kinds == [TaskState.OPEN] * 3
        assert len(session.scalars(select(Decision).filter_by(action=Action.SEND)).all()) == 3


def test_a_note_of_who_sent_it_back_is_not_shown_to_the_second_keyer(store: Store) -> None:
    people = keyed_twice_after_a_return(store)
    task = given(store, people["hoa"])
    assert task.case.state_reason is None
    assert "Thị Bế" not in str(task)


def keyed_twice_after_a_return(store: Store) -> dict[str, int]:
    people = ways.team(store)
    made.book_of(store, made.case(flagged=("nksHoTen",)))
    answer(store, people["lan"])
    send_back(store, 1, people["minh"], "Sổ ghi Thị Bế", ["meHoTen", "chaHoTen"])
    with store.begin() as session:
        ways.field_in(session, "meHoTen").reasons = ["second_keying"]
    answer(store, people["lan"], Action.CORRECT, "Thị Bế")
    answer(store, people["lan"])
    return people
