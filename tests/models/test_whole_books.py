"""Approval by book: what has passed, what remains and why, and that nothing goes through unseen."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.approval import approve
from models.book_states import books_to_approve, missing_numbers
from models.decisions import decide
from models.errors import Conflict, NotAllowed, NotFound, NotReady
from models.quality_tables import FieldCheck
from models.queue import next_task
from models.states import Action, CaseState, CheckKind, FieldState, Role
from models.store import Store
from models.tables import Case, Decision, Event, Field
from models.whole_books import Why, approve_book, note_seen, whole_book
from tests.models import made


@pytest.fixture
def chief(store: Store) -> int:
    return made.person(store, "chief", Role.APPROVER)


def look(store: Store, book_id: int, user: int) -> str:
    """Open what was drawn. Returns the token of the book."""
    book = whole_book(store, book_id, user)
    versions = {case.case_id: case.version for case in book.cases}
    for case_id in book.unseen:
        note_seen(store, case_id, user, versions[case_id])
    return book.token


def state(store: Store, case_id: int) -> CaseState:
    with store.read() as session:
        return session.get_one(Case, case_id).state


def test_only_what_has_passed_is_approved_with_the_book(store: Store, chief: int) -> None:
    book_id = made.book_of(
        store,
        made.case(so="1/2010"),
        made.case(so="2/2010", flagged=("nksHoTen",)),  # one person's word
        made.case(so="3/2010", flagged=("meHoTen",)),  # the approver's own
        made.case(so="4/2010", flagged=("chaHoTen",)),  # illegible
        made.case(so="5/2010", flagged=("chaHoTen",)),  # still being keyed
        made.case(so="6/2010"),
    )
    lan = made.person(store, "lan")
    actions = {2: (lan, Action.ACCEPT), 3: (chief, Action.ACCEPT), 4: (lan, Action.ILLEGIBLE)}
    for case_id, (who, action) in actions.items():
        task = next_task(store, who)
        assert task is not None
        assert task.case.case_id == case_id
        decide(store, task.task_id, who, action, None, 1.0, task.version)
    whole = whole_book(store, book_id, chief)
    assert {case.case_id: case.why for case in whole.cases} == {
        1: None, 2: Why.ONE_PERSON, 3: Why.OWN, 4: Why.UNCLEAR, 5: Why.KEYING, 6: None,
    }  # fmt: skip
    assert whole.passing == 2
    assert set(whole.unseen) == {1, 6}
    with pytest.raises(NotReady):
        approve_book(store, book_id, chief, whole.token)
    assert state(store, 1) is CaseState.KEYED
    token = look(store, book_id, chief)
    assert approve_book(store, book_id, chief, token) == (1, 6)
    assert [state(store, number) for number in range(1, 7)] == [
        CaseState.APPROVED, CaseState.KEYED, CaseState.KEYED, CaseState.KEYED, CaseState.READ,
        CaseState.APPROVED,
    ]  # fmt: skip
    with store.read() as session:
        told = session.scalars(select(Event).filter_by(what="book_approved")).one()
        approvals = session.scalars(select(Decision).filter_by(action=Action.APPROVE)).all()
    assert (told.user_id, told.detail) == (chief, {"cases": 2})
    assert {one.case_id for one in approvals} == {1, 6}
    assert whole_book(store, book_id, chief).passing == 0


def test_what_a_second_person_compared_has_passed(store: Store, chief: int) -> None:
    book_id = made.book_of(store, made.case(so="1/2010", flagged=("nksHoTen",)))
    lan, hoa = made.person(store, "lan"), made.person(store, "hoa")
    made.decide_all(store, lan)
    assert whole_book(store, book_id, chief).passing == 0
    with store.begin() as session:
        field = session.scalars(select(Field).filter_by(case_id=1, key="nksHoTen")).one()
        assert field.state is FieldState.ACCEPTED_BY_PERSON
        check = FieldCheck(
            field_id=field.id, case_id=1, book_id=book_id, kind=CheckKind.SECOND, pool="name", family="",
            author_id=lan, probability=0.5, plain=False, share=1.0, checked_by=hoa, right=False,
        )  # fmt: skip
        session.add(check)
    assert whole_book(store, book_id, chief).passing == 0  # compared, and found different
    with store.begin() as session:
        session.scalars(select(FieldCheck).filter_by(kind=CheckKind.SECOND)).one().right = True
    assert whole_book(store, book_id, chief).passing == 1


def test_a_case_that_was_checked_whole_has_passed(store: Store, chief: int) -> None:
    book_id = made.book_of(store, made.case(so="1/2010", flagged=("nksHoTen",)))
    made.decide_all(store, made.person(store, "lan"))
    with store.begin() as session:
        session.get_one(Case, 1).state = CaseState.CHECKED
    assert whole_book(store, book_id, chief).passing == 1


def test_what_changed_since_it_was_shown_is_not_approved(store: Store, chief: int) -> None:
    book_id = made.book_of(store, made.case(so="1/2010"), made.case(so="2/2010"))
    token = look(store, book_id, chief)
    with store.begin() as session:
        session.get_one(Case, 2).version += 1
    with pytest.raises(Conflict):
        approve_book(store, book_id, chief, token)
    assert state(store, 1) is CaseState.KEYED
    with pytest.raises(NotReady):  # what was seen is no longer what stands there
        approve_book(store, book_id, chief, whole_book(store, book_id, chief).token)
    assert approve_book(store, book_id, chief, look(store, book_id, chief)) == (1, 2)


def test_numbers_have_to_be_known_and_single(store: Store, chief: int) -> None:
    book_id = made.book_of(store, made.case(so="7/2010"), made.case(so="8/2010"), made.case(so="9/2010"))
    with store.begin() as session:
        session.get_one(Case, 1).so = None
        session.get_one(Case, 3).so = session.get_one(Case, 2).so
    found = [case.why for case in whole_book(store, book_id, chief).cases]
    assert found == [Why.NO_NUMBER, Why.NUMBER_TWICE, Why.NUMBER_TWICE]


def test_only_approvers_approve_a_book(store: Store, chief: int) -> None:
    book_id = made.book_of(store, made.case(so="1/2010"))
    lan = made.person(store, "lan")
    with pytest.raises(NotAllowed):
        approve_book(store, book_id, lan, look(store, book_id, lan))
    with pytest.raises(NotFound):
        whole_book(store, 77, chief)
    with pytest.raises(NotFound):
        approve_book(store, 77, chief, "x")


def test_few_of_many_are_drawn_and_for_each_approver_others(store: Store, chief: int) -> None:
    book_id = made.book_of(store, *(made.case(so=f"{number}/2010") for number in range(1, 25)))
    made.decide_all(store, made.person(store, "lan"))
    whole = whole_book(store, book_id, chief)
    others = [
        whole_book(store, book_id, made.person(store, f"c{one}", Role.APPROVER)).drawn for one in range(5)
    ]
    assert whole.passing >= 20
    assert len(whole.drawn) == 5
    assert len({whole.drawn, *others}) > 1
    assert whole_book(store, book_id, chief).drawn == whole.drawn


def test_the_list_tells_how_far_books_are(store: Store, chief: int) -> None:
    done = made.book_of(store, made.case(so="1/2010"), volume="01")
    approve(store, 1, chief, 1)
    open_book = made.book_of(store, made.case(so="3/2010", flagged=("nksHoTen",)), volume="02")
    ready = made.book_of(store, made.case(so="5/2010"), made.case(so="9/2010"), volume="03")
    with store.begin() as session:
        for case in session.scalars(select(Case).where(Case.book_id == ready)):
            case.state = CaseState.KEYED
    first, second = books_to_approve(store)
    assert (first.book_id, first.ready, first.keying, first.missing) == (ready, 2, 0, ("6-8/2010",))
    assert (second.book_id, second.ready, second.keying, second.missing) == (open_book, 0, 1, ())
    assert done not in {first.book_id, second.book_id}


@pytest.mark.parametrize(
    ("numbers", "missing"),
    [
        ((), ()),
        (("5/2010", "6/2010"), ()),
        (("5/2010", "7/2010", "6a/2010"), ()),
        (("5/2010", "7/2010", "12/2010"), ("6/2010", "8-11/2010")),
        (("99/2009", "1/2010", "3/2010", "x", ""), ("2/2010",)),
    ],
)
def test_missing_numbers(numbers: tuple[str, ...], missing: tuple[str, ...]) -> None:
    assert missing_numbers(numbers) == missing
