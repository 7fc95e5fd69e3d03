"""Cases that wait for somebody outside, and come back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from models.approval import case_view, send_back
from models.decisions import decide, undo
from models.errors import Conflict, NotAllowed, NotFound, NotReady
from models.housekeeping import keep_house
from models.parking import bring_back_due, park, parked_cases, today, unpark
from models.quality_tables import Parking
from models.queue import next_task
from models.states import Action, CaseState, Outside, Return, Role
from models.store import Store
from models.tables import Decision, Event
from tests.models import made


def boss(store: Store) -> int:
    return made.person(store, "chief", Role.APPROVER)


def days(count: int) -> date:
    return today() + timedelta(days=count)


def test_a_parked_case_is_out_of_the_queue_and_listed(store: Store) -> None:
    made.book_of(store, made.case(flagged=("meHoTen",)), made.case(flagged=("so",), so="6/2010"))
    chief, lan = boss(store), made.person(store, "lan")
    park(store, 1, chief, Outside.FAMILY, " Gia đình, ấp 2 ", days(7), "Hỏi lại họ tên mẹ")
    task = next_task(store, lan)
    assert task is not None
    assert task.case.case_id == 2
    (waiting,) = parked_cases(store)
    assert (waiting.case_id, waiting.so, waiting.reason, waiting.whom, waiting.note) == (
        1, "05/2010", Outside.FAMILY, "Gia đình, ấp 2", "Hỏi lại họ tên mẹ",
    )  # fmt: skip
    assert (waiting.due, waiting.overdue) == (days(7), False)
    view = case_view(store, 1)
    assert (view.state, view.state_reason) == (CaseState.NEEDS_VERIFICATION, "parked")
    assert [one.action for one in view.decisions] == [Action.PARK]
    with store.read() as session:
        event = session.scalars(select(Event).filter_by(what="case_parked")).one()
    assert (event.user_id, event.detail) == (chief, {"reason": "ask_family", "due": days(7).isoformat()})


def test_it_comes_back_by_itself_on_its_day(store: Store) -> None:
    made.book_of(store, made.case(flagged=("meHoTen",)))
    chief, lan = boss(store), made.person(store, "lan")
    park(store, 1, chief, Outside.OFFICE, "UBND xã Tân Hưng", days(1))
    assert bring_back_due(store) == 0
    assert next_task(store, lan) is None
    with store.begin() as session:
        session.execute(update(Parking).values(due=days(0)))
    assert keep_house(store).back == 1
    assert keep_house(store).back == 0
    task = next_task(store, lan)
    assert task is not None
    assert (task.case.case_id, task.field.key, parked_cases(store)) == (1, "meHoTen", [])
    with store.read() as session:
        parking = session.scalars(select(Parking)).one()
    assert (parking.ended_how, parking.ended_by) == (Return.DUE, None)


def test_it_comes_back_by_hand_and_what_was_uncertain_is_asked_again(store: Store) -> None:
    made.book_of(store, made.case(flagged=("meHoTen",)))
    chief, lan = boss(store), made.person(store, "lan")
    made.decide_all(store, lan, Action.UNCERTAIN)
    assert case_view(store, 1).state is CaseState.NEEDS_VERIFICATION
    park(store, 1, chief, Outside.PAPERS, "Phòng Tư pháp", days(3))
    assert undo(store, lan) is None  # not while it is elsewhere
    unpark(store, 1, chief)
    task = next_task(store, lan)
    assert task is not None
    assert (task.field.key, task.case.state) == ("meHoTen", CaseState.READ)
    decide(store, task.task_id, lan, Action.ACCEPT, None, 1.0, task.version)
    assert case_view(store, 1).state is CaseState.KEYED


def test_a_case_without_open_fields_goes_back_to_approval(store: Store) -> None:
    book_id = made.book_of(store, made.case())
    chief = boss(store)
    park(store, 1, chief, Outside.OTHER_REGISTER, "Sổ năm 2009", days(3))
    assert made.approve_all(store, book_id, chief) == ()
    unpark(store, 1, chief)
    assert made.approve_all(store, book_id, chief) == (1,)
    with pytest.raises(NotReady):
        park(store, 1, chief, Outside.OTHER, "x", days(3))


def test_sending_a_parked_case_back_ends_the_parking(store: Store) -> None:
    made.book_of(store, made.case())
    chief = boss(store)
    park(store, 1, chief, Outside.OTHER, "x", days(3))
    send_back(store, 1, chief, "xem lại", ["so"])
    assert (parked_cases(store), case_view(store, 1).state) == ([], CaseState.READ)
    with store.read() as session:
        assert session.scalars(select(Parking)).one().ended_how is Return.SENT_BACK


def test_who_holds_a_field_of_a_case_that_is_parked_is_told(store: Store) -> None:
    made.book_of(store, made.case(flagged=("meHoTen",)))
    lan = made.person(store, "lan")
    task = next_task(store, lan)
    assert task is not None
    park(store, 1, boss(store), Outside.FAMILY, "x", days(2))
    with pytest.raises(Conflict):
        decide(store, task.task_id, lan, Action.ACCEPT, None, 1.0, task.version)


def test_what_cannot_be_parked(store: Store) -> None:
    made.book_of(store, made.case())
    chief, lan = boss(store), made.person(store, "lan")
    with pytest.raises(NotAllowed):
        park(store, 1, lan, Outside.FAMILY, "x", days(2))
    with pytest.raises(NotFound):
        park(store, 99, chief, Outside.FAMILY, "x", days(2))
    with pytest.raises(ValueError, match="for somebody"):
        park(store, 1, chief, Outside.FAMILY, "  ", days(2))
    with pytest.raises(ValueError, match="to come"):
        park(store, 1, chief, Outside.FAMILY, "x", days(0))
    with pytest.raises(NotReady):
        unpark(store, 1, chief)
    park(store, 1, chief, Outside.FAMILY, "x", days(2))
    with pytest.raises(NotReady):
        park(store, 1, chief, Outside.FAMILY, "x", days(2))
    with store.read() as session:
        assert len(session.scalars(select(Decision)).all()) == 1
