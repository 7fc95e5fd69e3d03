"""The history of a case, and decisions that are reversed with their trace."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from models.approval import approve, case_view, send_back
from models.errors import AlreadyLoaded, Conflict, NotAllowed, NotFound, NotReady, ReverseFirst
from models.parking import park, today
from models.quality_tables import FieldCheck
from models.recutting import recut
from models.registry import load_approved
from models.reversal import Entry, history, reverse
from models.states import Action, CaseState, CheckKind, FieldState, Outside, Role
from models.store import Store
from models.tables import Event
from pipeline.elements import Box, Candidate, Reading
from tests.models import made, ways
from tests.models.test_adjudication import keyed_twice
from tests.models.ways import answer, given, state

WHY = "đối chiếu lại sổ"


@pytest.fixture
def once(store: Store) -> Iterator[Store]:
    """A station that checks every case once."""
    with ways.under(store, checks=1, sample_share=0.0) as opened:
        yield opened


def approved(store: Store) -> dict[str, int]:
    """A case that was keyed, checked with a difference, adjudicated and approved."""
    people = ways.team(store)
    made.book_of(store, made.case(flagged=("nksHoTen",)))
    answer(store, people["lan"], Action.CORRECT, "Điểu Thị Mân")
    ways.checked(store, people["ba"], nksHoTen="Điểu Thị Mấn")
    ways.settled(store, people["sau"], Action.CORRECT, "Điểu Thị Mấn")
    approve(store, 1, people["minh"], case_view(store, 1).version)
    return people


def told(entries: list[Entry]) -> list[tuple[Action, bool, tuple[int, ...]]]:
    return [(one.action, one.reversible, one.first) for one in entries]


def test_history_tells_who_by_role_and_what_stands_on_what(once: Store) -> None:
    approved(once)
    seen = history(once, 1)
    assert told(seen) == [
        (Action.CORRECT, True, (5, 4, 3)),
        (Action.DIFFER, False, (5, 4, 3)),
        (Action.CHECK_CASE, True, (5, 4)),
        (Action.ADJUDICATE, True, (5,)),
        (Action.APPROVE, True, ()),
    ]
    assert [one.role for one in seen] == [
        Role.KEYER, Role.CHECKER_1, Role.CHECKER_1, Role.ADJUDICATOR, Role.APPROVER,
    ]  # fmt: skip
    assert (seen[0].before["verbatim"], seen[0].after["verbatim"]) == ("Điểu Thị Mận", "Điểu Thị Mân")
    assert (seen[1].after["said"], seen[1].key) == ("Điểu Thị Mấn", "nksHoTen")


def test_decisions_are_reversed_newest_first_until_the_first(once: Store) -> None:
    people = approved(once)
    with pytest.raises(ReverseFirst) as refused:
        reverse(once, 1, people["minh"], WHY)
    assert refused.value.numbers == [5, 4, 3]
    seen = []
    for decision in (5, 4, 3, 1):
        reverse(once, decision, people["minh"], WHY)
        one = ways.field(once, "nksHoTen")
        seen.append((state(once), one.verbatim, one.state))
    assert seen == [
        (CaseState.CHECKED, "Điểu Thị Mấn", FieldState.CORRECTED),
        (CaseState.READ, "Điểu Thị Mân", FieldState.FLAGGED),
        (CaseState.KEYED, "Điểu Thị Mân", FieldState.CORRECTED),
        (CaseState.READ, "Điểu Thị Mận", FieldState.FLAGGED),
    ]
    case = case_view(once, 1)
    assert (case.state_reason, case.approved_by) == (WHY, None)
    task = given(once, people["hoa"])
    assert (task.field.key, task.case.state_reason) == ("nksHoTen", WHY)
    with pytest.raises(Conflict):
        reverse(once, 5, people["minh"], WHY)
    seen_after = history(once, 1)
    assert [(one.number, one.undone_by) for one in seen_after if one.undone_by] == [
        (1, 10), (2, 8), (3, 9), (4, 7), (5, 6),
    ]  # fmt: skip
    assert not any(one.reversible for one in seen_after)
    with once.read() as session:
        rows = session.scalars(select(FieldCheck).order_by(FieldCheck.id)).all()
        events = session.scalars(select(Event).filter_by(what="decision_reversed")).all()
    assert {row.right for row in rows if row.kind is not CheckKind.SECOND} == {None}
    assert len(events) == 4
    assert WHY not in str([event.detail for event in events])


def test_the_whole_way_again_after_a_reversal(once: Store) -> None:
    people = approved(once)
    for decision in (5, 4):
        reverse(once, decision, people["minh"], WHY)
    one = ways.settled(once, people["sau"], Action.CORRECT, "Điểu Thị Mân")
    assert [value.text for value in one.values] == ["Điểu Thị Mân", "Điểu Thị Mấn"]
    approve(once, 1, people["minh"], case_view(once, 1).version)
    assert state(once) is CaseState.APPROVED


def test_an_adjudicator_reverses_fields_and_no_approval(once: Store) -> None:
    people = approved(once)
    with pytest.raises(NotAllowed):
        reverse(once, 5, people["sau"], WHY)
    for nobody in ("lan", "ba"):
        with pytest.raises(NotAllowed):
            reverse(once, 4, people[nobody], WHY)
    reverse(once, 5, people["minh"], WHY)
    reverse(once, 4, people["sau"], WHY)
    with pytest.raises(NotAllowed):
        reverse(once, 3, people["sau"], WHY)


def test_what_is_loaded_is_corrected_elsewhere(once: Store) -> None:
    people = approved(once)
    assert load_approved(once).loaded == (1,)
    with pytest.raises(AlreadyLoaded, match="phần mềm hộ tịch"):
        reverse(once, 5, people["minh"], WHY)
    assert state(once) is CaseState.LOADED
    assert not any(one.reversible for one in history(once, 1))


def test_a_parked_case_is_brought_back_first(once: Store) -> None:
    people = approved(once)
    reverse(once, 5, people["minh"], WHY)
    park(once, 1, people["minh"], Outside.FAMILY, "tư pháp xã", today().replace(year=today().year + 1))
    with pytest.raises(NotReady):
        reverse(once, 4, people["minh"], WHY)


def test_a_blind_check_is_reversed_and_asked_again(store: Store) -> None:
    with ways.under(store, sample_share=1.0) as sampled:
        people = ways.team(sampled)
        made.book_of(sampled, made.case())
        task = answer(sampled, people["lan"], Action.CORRECT, "9/2010")
        assert task.field.key == "so"
        reverse(sampled, 1, people["minh"], WHY)
        assert ways.field(sampled, "so").state is FieldState.ACCEPTED
        again = given(sampled, people["hoa"])
        assert (again.field.key, again.field.candidates) == ("so", ("05/2010",))


def test_history_hides_what_is_keyed_once_more_at_this_moment(store: Store) -> None:
    people = keyed_twice(store)
    assert any("Thị Bế" in str(one) for one in history(store, 1))
    send_back_and_key(store, people)
    assert not any("Thị Bệ" in str(one) for one in history(store, 1))


def send_back_and_key(store: Store, people: dict[str, int]) -> None:
    """Another field with a second keying that nobody has done yet."""
    with store.begin() as session:
        ways.field_in(session, "chaHoTen").reasons = ["second_keying"]
    ways.settled(store, people["sau"], Action.CORRECT, "Thị Bê")
    send_back(store, 1, people["minh"], WHY, ["chaHoTen"])
    answer(store, people["lan"], Action.CORRECT, "Thị Bệ")


def test_a_place_drawn_anew_is_put_back(store: Store) -> None:
    people = ways.team(store)
    made.book_of(store, made.case(flagged=("nksHoTen",)))
    task = given(store, people["lan"])
    reading = Reading("Điểu", (Candidate("Điểu", -1.0),))
    recut(store, task.task_id, people["lan"], task.version, Box(1, 2, 30, 40), reading)
    answer(store, people["lan"])
    with pytest.raises(ReverseFirst):
        reverse(store, 1, people["minh"], WHY)
    reverse(store, 2, people["minh"], WHY)
    reverse(store, 1, people["minh"], WHY)
    one = ways.field(store, "nksHoTen")
    assert (one.verbatim, one.box, one.state) == ("Điểu Thị Mận", [10, 20, 300, 40], FieldState.FLAGGED)


def test_bad_requests_change_nothing(once: Store) -> None:
    people = approved(once)
    before = len(ways.decisions(once))
    with pytest.raises(NotFound):
        reverse(once, 99, people["minh"], WHY)
    with pytest.raises(NotFound):
        history(once, 99)
    with pytest.raises(ValueError, match="reason"):
        reverse(once, 5, people["minh"], "  ")
    with pytest.raises(ValueError, match="another way back"):
        reverse(once, 2, people["minh"], WHY)
    assert len(ways.decisions(once)) == before
