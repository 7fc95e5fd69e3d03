from __future__ import annotations

import pytest
from sqlalchemy import select

from models.approval import approve, case_view, cases_ready, send_back
from models.decisions import decide, undo
from models.errors import Conflict, NotAllowed, NotFound, NotReady, SelfCheck
from models.queue import next_task, release
from models.states import Action, CaseState, FieldState, Role
from models.store import Store
from models.tables import Case, Decision, Event, User
from tests.models import made


@pytest.fixture
def lan(store: Store) -> int:
    return made.person(store, "lan")


@pytest.fixture
def chief(store: Store) -> int:
    return made.person(store, "chief", Role.APPROVER)


def keyed(store: Store, lan: int) -> tuple[int, int]:
    """A case of which ``lan`` decided a field. Returns its id and version."""
    made.book_of(store, made.case(flagged=("nksHoTen",)))
    made.decide_all(store, lan)
    with store.read() as session:
        case = session.scalars(select(Case).order_by(Case.id.desc())).first()
    assert case is not None
    return case.id, case.version


def test_a_second_person_approves(store: Store, lan: int, chief: int) -> None:
    case_id, version = keyed(store, lan)
    approve(store, case_id, chief, version)
    seen = case_view(store, case_id)
    assert (seen.state, seen.approved_by, seen.version) == (CaseState.APPROVED, chief, version + 1)
    assert [(item.user_id, item.action, item.key) for item in seen.decisions] == [
        (lan, Action.ACCEPT, "nksHoTen"), (chief, Action.APPROVE, ""),
    ]  # fmt: skip
    with pytest.raises(NotReady):
        approve(store, case_id, chief, version + 1)


def test_pictures_cut_ahead_go_when_a_case_is_approved(store: Store, lan: int, chief: int) -> None:
    case_id, version = keyed(store, lan)
    ahead = store.settings.cuts_path(case_view(store, case_id).page_id)
    ahead.parent.mkdir(exist_ok=True)
    ahead.write_bytes(b"pictures of fields")
    approve(store, case_id, chief, version)
    assert not ahead.exists()


def test_nobody_approves_what_they_keyed(store: Store) -> None:
    both = made.person(store, "both", Role.APPROVER)
    case_id, version = keyed(store, both)
    with pytest.raises(SelfCheck):
        approve(store, case_id, both, version)
    assert case_view(store, case_id).state is CaseState.KEYED


def test_one_field_of_many_is_enough_to_have_keyed(store: Store, lan: int) -> None:
    both = made.person(store, "both", Role.ADMINISTRATOR)
    made.book_of(store, made.case(flagged=("so", "nksHoTen")))
    task = next_task(store, both)
    assert task is not None
    decide(store, task.task_id, both, Action.ACCEPT)
    made.decide_all(store, lan)
    with pytest.raises(SelfCheck):
        approve(store, task.case.case_id, both, case_view(store, task.case.case_id).version)


def test_a_decision_taken_back_is_not_ones_own_any_more(store: Store, lan: int) -> None:
    both = made.person(store, "both", Role.APPROVER)
    made.book_of(store, made.case(flagged=("nksHoTen",)))
    task = next_task(store, both)
    assert task is not None
    decide(store, task.task_id, both, Action.BLANK)
    undo(store, both)
    release(store, both)
    made.decide_all(store, lan)
    approve(store, task.case.case_id, both, case_view(store, task.case.case_id).version)


def test_a_case_with_open_fields_is_not_ready(store: Store, chief: int) -> None:
    made.book_of(store, made.case(flagged=("nksHoTen",)))
    with pytest.raises(NotReady):
        approve(store, 1, chief, 1)
    assert cases_ready(store, chief) == []


def test_only_what_was_shown_is_approved(store: Store, lan: int, chief: int) -> None:
    case_id, version = keyed(store, lan)
    undo(store, lan)
    made.decide_all(store, lan, Action.ILLEGIBLE)
    with pytest.raises(Conflict):
        approve(store, case_id, chief, version)


@pytest.mark.parametrize(("role", "active"), [(Role.KEYER, True), (Role.APPROVER, False)])
def test_approving_takes_the_role(store: Store, lan: int, role: Role, active: bool) -> None:
    case_id, version = keyed(store, lan)
    user = made.person(store, "other", role)
    with store.begin() as session:
        session.get_one(User, user).active = active
    with pytest.raises(NotAllowed):
        approve(store, case_id, user, version)
    with pytest.raises(NotAllowed):
        send_back(store, case_id, user, "vì sao")


def test_what_does_not_exist(store: Store, chief: int) -> None:
    with pytest.raises(NotFound):
        case_view(store, 77)
    with pytest.raises(NotFound):
        approve(store, 77, chief, 1)


def test_the_list_tells_ones_own_cases(store: Store, chief: int) -> None:
    made.book_of(store, made.case(flagged=("nksHoTen",)), made.case(so="6/2010"))
    made.book_of(store, made.case(so="1/2010"), volume="02")
    made.decide_all(store, chief)
    assert [(item.book_code, item.so, item.own) for item in cases_ready(store, chief)] == [
        ("KS.2010.01", "05/2010", True), ("KS.2010.01", "06/2010", False), ("KS.2010.02", "01/2010", False),
    ]  # fmt: skip
    assert [item.so for item in cases_ready(store, chief, 2)] == ["01/2010"]
    assert len(cases_ready(store, chief, limit=1)) == 1


def test_sending_back_asks_for_the_decided_fields_anew(store: Store, lan: int, chief: int) -> None:
    case_id, _ = keyed(store, lan)
    send_back(store, case_id, chief, "Xem lại họ tên.")
    seen = case_view(store, case_id)
    assert (seen.state, seen.state_reason) == (CaseState.READ, "Xem lại họ tên.")
    assert undo(store, lan) is None  # that decision is over
    hoa = made.person(store, "hoa")
    task = next_task(store, hoa)
    assert task is not None
    assert (task.field.key, task.field.state) == ("nksHoTen", FieldState.FLAGGED)
    decide(store, task.task_id, hoa, Action.CORRECT, "Điểu Thị Mến")
    assert undo(store, lan) is None  # nor may it undo hers
    approve(store, case_id, chief, case_view(store, case_id).version)
    with store.read() as session:
        actions = session.scalars(select(Decision.action).order_by(Decision.id)).all()
        details = str([event.detail for event in session.scalars(select(Event))])
    assert actions == ["accept", "return", "correct", "approve"]
    assert "họ tên" not in details


def test_named_fields_are_asked_for_first(store: Store, chief: int) -> None:
    made.book_of(store, made.case(), made.case(flagged=("nksHoTen",), so="6/2010"))
    send_back(store, 1, chief, "sai", ["meHoTen", "so"])
    lan = made.person(store, "lan")
    task = next_task(store, lan)
    assert task is not None
    assert (task.case.case_id, task.field.key) == (1, "so")
    assert made.decide_all(store, lan) == 3
    assert case_view(store, 1).state is CaseState.KEYED


def test_a_case_that_the_machine_keyed_is_asked_for_as_a_whole(store: Store, chief: int) -> None:
    made.book_of(store, made.case())
    send_back(store, 1, chief, "đọc lại từ đầu")
    assert made.decide_all(store, made.person(store, "lan")) == len(made.ENTRY)


def test_doubt_is_settled_by_sending_back(store: Store, lan: int, chief: int) -> None:
    made.book_of(store, made.case(flagged=("nksHoTen",)))
    made.decide_all(store, lan, Action.UNCERTAIN)
    with pytest.raises(NotReady):
        approve(store, 1, chief, case_view(store, 1).version)
    send_back(store, 1, chief, "đã xem sổ gốc")
    made.decide_all(store, lan)
    assert case_view(store, 1).state is CaseState.KEYED


def test_what_cannot_be_sent_back(store: Store, lan: int, chief: int) -> None:
    case_id, version = keyed(store, lan)
    with pytest.raises(ValueError, match="reason"):
        send_back(store, case_id, chief, "  ")
    with pytest.raises(ValueError, match="no field x"):
        send_back(store, case_id, chief, "vì sao", ["x"])
    approve(store, case_id, chief, version)
    with pytest.raises(NotReady):
        send_back(store, case_id, chief, "muộn rồi")
