"""Checks before approval: who may check what, what a checker reads differently, and leases of whole cases."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from models.adjudication import lease_disputes
from models.approval import approve, case_view, cases_ready, send_back
from models.checking import count_checks, keep_case, next_check, pass_case, read_differently, undo_pass
from models.errors import Conflict, NotAllowed, NotFound, NotReady, SelfCheck
from models.keying_tables import CaseHold
from models.queue import release
from models.states import Action, CaseState, FieldState, Role, Source
from models.store import Store
from models.tables import User, utc_now
from tests.models import made, ways
from tests.models.ways import answer, checked, in_check, settled, state


@pytest.fixture
def twice(store: Store) -> Iterator[Store]:
    """A station that checks every case twice."""
    with ways.under(store, checks=2, sample_share=0.0) as opened:
        yield opened


def keyed(store: Store, keyer: int) -> None:
    made.book_of(store, made.case(flagged=("nksHoTen",)))
    answer(store, keyer)


def test_without_checks_a_keyed_case_is_approved_as_before(store: Store) -> None:
    people = ways.team(store)
    keyed(store, people["lan"])
    assert next_check(store, people["ba"]) is None
    approve(store, 1, people["minh"], case_view(store, 1).version)


def test_a_case_is_keyed_checked_checked_again_and_approved(twice: Store) -> None:
    people = ways.team(twice)
    keyed(twice, people["lan"])
    seen = [state(twice)]
    with pytest.raises(NotReady):
        approve(twice, 1, people["minh"], case_view(twice, 1).version)
    assert next_check(twice, people["tu"]) is None  # the second check comes after the first
    checked(twice, people["ba"])
    seen.append(state(twice))
    assert cases_ready(twice, people["minh"]) == []
    assert next_check(twice, people["ba"]) is None  # the same eyes do not check it twice
    checked(twice, people["tu"])
    seen.append(state(twice))
    approve(twice, 1, people["minh"], case_view(twice, 1).version)
    assert [*seen, state(twice)] == [
        CaseState.KEYED, CaseState.CHECKED, CaseState.CHECKED_AGAIN, CaseState.APPROVED,
    ]  # fmt: skip
    assert [(one.action, one.after.get("stage"), one.seconds) for one in ways.decisions(twice)][1:3] == [
        (Action.CHECK_CASE, 1, 4.0), (Action.CHECK_CASE, 2, 4.0),
    ]  # fmt: skip


def test_nobody_checks_what_they_keyed_nor_approves_what_they_checked(twice: Store) -> None:
    boss = made.person(twice, "boss", Role.ADMINISTRATOR)
    chief = made.person(twice, "chief", Role.APPROVER)
    people = ways.team(twice)
    keyed(twice, boss)
    assert next_check(twice, boss) is None
    checked(twice, chief)
    assert next_check(twice, chief) is None
    checked(twice, people["tu"])
    with pytest.raises(SelfCheck):
        approve(twice, 1, chief, case_view(twice, 1).version)
    with pytest.raises(SelfCheck):
        approve(twice, 1, boss, case_view(twice, 1).version)
    approve(twice, 1, people["minh"], case_view(twice, 1).version)


def test_nobody_checks_a_case_in_which_they_were_a_blind_check(store: Store) -> None:
    with ways.under(store, checks=1, sample_share=1.0, unseen_share=0.0) as sampled:
        made.book_of(sampled, made.case())
        boss = made.person(sampled, "boss", Role.ADMINISTRATOR)
        made.decide_all(sampled, boss)
        assert state(sampled) is CaseState.KEYED
        assert next_check(sampled, boss) is None
        assert next_check(sampled, made.person(sampled, "ba", Role.CHECKER_1)) is not None


def test_what_is_read_differently_is_kept_and_goes_to_an_adjudicator(twice: Store) -> None:
    people = ways.team(twice)
    keyed(twice, people["lan"])
    checked(twice, people["ba"], nksHoTen="Điểu Thị Mân", meHoTen="Thị Bế")
    assert state(twice) is CaseState.READ
    name, mother = ways.differences(twice)
    assert (name.source, name.first_text, name.first_by) == (Source.CHECK_1, "Điểu Thị Mận", people["lan"])
    assert (name.other_text, name.other_by) == ("Điểu Thị Mân", people["ba"])
    assert (mother.first_text, mother.first_by, mother.other_text) == ("Thị Bé", None, "Thị Bế")
    assert ways.field(twice, "nksHoTen").verbatim == "Điểu Thị Mận"  # the first value stands
    settled(twice, people["sau"], Action.CORRECT, "Điểu Thị Mân")
    settled(twice, people["sau"], Action.CORRECT, "Thị Bé")
    assert [one.took for one in ways.differences(twice)] == ["other", "first"]
    assert (state(twice), ways.field(twice, "nksHoTen").verbatim) == (CaseState.CHECKED, "Điểu Thị Mân")
    checked(twice, people["tu"])
    with twice.begin() as session:
        session.get_one(User, people["sau"]).role = Role.APPROVER
    with pytest.raises(SelfCheck):  # what they settled stays theirs, also with another role
        approve(twice, 1, people["sau"], case_view(twice, 1).version)
    approve(twice, 1, people["minh"], case_view(twice, 1).version)


def test_what_is_read_alike_after_all_is_no_difference(twice: Store) -> None:
    people = ways.team(twice)
    keyed(twice, people["lan"])
    check = in_check(twice, people["ba"])
    one = next(field for field in check.case.fields if field.key == "meHoTen")

    def say(action: Action, text: str = "") -> bool:
        return read_differently(twice, 1, people["ba"], one.field_id, one.version, action, text)

    assert say(Action.CORRECT, "Thị Bế")
    assert say(Action.BLANK)
    assert say(Action.ILLEGIBLE)
    assert in_check(twice, people["ba"]).said == {one.field_id: (Action.ILLEGIBLE, "")}
    assert not say(Action.CORRECT, " Thị  Bé ")
    assert in_check(twice, people["ba"]).said == {}
    assert pass_case(twice, 1, people["ba"], check.case.version) == 0
    assert state(twice) is CaseState.CHECKED


def test_a_power_cut_loses_nothing_that_was_typed(twice: Store) -> None:
    """The case goes to another checker; what the first one typed is settled with what the other types."""
    people = ways.team(twice)
    other = made.person(twice, "bay", Role.CHECKER_1)
    keyed(twice, people["lan"])
    check = in_check(twice, people["ba"])
    one = next(field for field in check.case.fields if field.key == "meHoTen")
    read_differently(twice, 1, people["ba"], one.field_id, one.version, Action.CORRECT, "Thị Bế")
    release(twice, people["ba"])
    assert in_check(twice, other).said == {}  # nobody is told what another said
    checked(twice, other, meHoTen="Thị Bệ")
    seen = ways.dispute(twice, people["sau"])
    assert [value.text for value in seen.values] == ["Thị Bé", "Thị Bế", "Thị Bệ"]


def test_a_case_decided_anew_is_checked_anew(twice: Store) -> None:
    people = ways.team(twice)
    keyed(twice, people["lan"])
    checked(twice, people["ba"])
    checked(twice, people["tu"])
    send_back(twice, 1, people["minh"], "xem lại", ["meHoTen"])
    answer(twice, people["hoa"], Action.CORRECT, "Thị Bế")
    assert state(twice) is CaseState.KEYED
    assert next_check(twice, people["ba"]) is None  # they have seen it
    checked(twice, made.person(twice, "bay", Role.CHECKER_1))
    assert state(twice) is CaseState.CHECKED


def test_a_check_is_taken_back_while_the_case_waits(twice: Store) -> None:
    people = ways.team(twice)
    keyed(twice, people["lan"])
    before = case_view(twice, 1).fields
    checked(twice, people["ba"], meHoTen="Thị Bế")
    assert undo_pass(twice, people["ba"]) == 1
    check = in_check(twice, people["ba"])
    assert [text for _, text in check.said.values()] == ["Thị Bế"]
    assert [(one.verbatim, one.state, one.reasons) for one in check.case.fields] == [
        (one.verbatim, one.state, one.reasons) for one in before
    ]
    assert lease_disputes(twice, people["sau"], 0) == []
    pass_case(twice, 1, people["ba"], check.case.version)
    settled(twice, people["sau"], Action.BLANK)
    assert undo_pass(twice, people["ba"]) is None  # somebody has acted on it
    assert (state(twice), ways.field(twice, "meHoTen").state) == (
        CaseState.CHECKED, FieldState.BLANK_BY_PERSON,
    )  # fmt: skip


def test_a_case_is_held_by_one_and_kept_by_work(twice: Store) -> None:
    people = ways.team(twice)
    other = made.person(twice, "bay", Role.CHECKER_1)
    keyed(twice, people["lan"])
    check = in_check(twice, people["ba"])
    assert in_check(twice, people["ba"]).case.case_id == 1  # two tabs show the same
    assert next_check(twice, other) is None
    with twice.begin() as session:
        session.scalars(select(CaseHold)).one().until = utc_now() - timedelta(seconds=1)
    keep_case(twice, 1, people["ba"])  # nobody took it meanwhile
    assert next_check(twice, other) is None
    with twice.begin() as session:
        session.scalars(select(CaseHold)).one().until = utc_now() - timedelta(seconds=1)
    assert in_check(twice, other).case.case_id == 1
    for lost in (
        lambda: keep_case(twice, 1, people["ba"]),
        lambda: pass_case(twice, 1, people["ba"], check.case.version),
        lambda: read_differently(twice, 1, people["ba"], 1, 1, Action.BLANK),
    ):
        with pytest.raises(Conflict):
            lost()
    release(twice, other)
    assert count_checks(twice, _user(twice, other)) == 1
    assert in_check(twice, people["ba"]).case.case_id == 1


def test_what_changed_or_was_withdrawn_while_open_is_not_passed(twice: Store) -> None:
    people = ways.team(twice)
    keyed(twice, people["lan"])
    check = in_check(twice, people["ba"])
    send_back(twice, 1, people["minh"], "xem lại", ["meHoTen"])
    with pytest.raises(Conflict):
        pass_case(twice, 1, people["ba"], check.case.version)
    answer(twice, people["hoa"])
    with pytest.raises(Conflict):  # it is there again, and another
        pass_case(twice, 1, people["ba"], check.case.version)
    assert in_check(twice, people["ba"]).case.version > check.case.version


def test_forged_ids_are_refused(twice: Store) -> None:
    people = ways.team(twice)
    made.book_of(twice, made.case(so="1/2010"), made.case(so="2/2010"))
    check = in_check(twice, people["ba"])
    foreign = case_view(twice, 2).fields[0]
    with pytest.raises(NotFound):
        read_differently(twice, 1, people["ba"], foreign.field_id, foreign.version, Action.BLANK)
    with pytest.raises(NotFound):
        keep_case(twice, 99, people["ba"])
    with pytest.raises(ValueError, match="no reading"):
        read_differently(twice, 1, people["ba"], 1, 1, Action.UNCERTAIN)
    with pytest.raises(Conflict):
        pass_case(twice, 1, people["lan"], check.case.version)  # a keyer checks nothing


def test_no_case_is_given_to_two_checkers(twice: Store, open_again: Callable[[], Store]) -> None:
    count = 12
    made.book_of(twice, *(made.case(so=f"{number}/2010") for number in range(1, count + 1)))
    people = [made.person(twice, f"p{number}", Role.CHECKER_1) for number in range(4)]
    passed: list[int] = []
    wrong: list[Exception] = []

    def work(user_id: int) -> None:
        with ways.under(open_again(), checks=2, sample_share=0.0) as mine:
            try:
                while (check := next_check(mine, user_id)) is not None:
                    pass_case(mine, check.case.case_id, user_id, check.case.version)
                    passed.append(check.case.case_id)
            except Exception as error:  # noqa: BLE001 - whatever it is, the test tells
                wrong.append(error)

    threads = [threading.Thread(target=work, args=(one,)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert sorted(passed) == list(range(1, count + 1))


def test_checking_takes_an_active_account(twice: Store) -> None:
    people = ways.team(twice)
    keyed(twice, people["lan"])
    with twice.begin() as session:
        session.get_one(User, people["ba"]).active = False
    with pytest.raises(NotAllowed):
        next_check(twice, people["ba"])


def _user(store: Store, user_id: int) -> User:
    with store.read() as session:
        return session.get_one(User, user_id)
