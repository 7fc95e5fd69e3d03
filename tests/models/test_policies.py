"""What an operator sets for a field holds for later pages and for every case not approved yet."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from models.approval import approve, send_back
from models.decisions import decide
from models.errors import NotAllowed
from models.policies import station_policy
from models.quality_tables import FieldCheck, FieldPolicyRow
from models.queue import next_task
from models.reroute import set_policy, take_up
from models.routing import family_of_field
from models.states import Action, CaseState, CheckKind, FieldState, Role
from models.store import Store
from models.tables import Case, Event, Field, utc_now
from models.watchlist import sentences, watchlist
from pipeline.policy import Answer, Asking, FieldPolicy
from tests.models import made

ALWAYS = FieldPolicy(asking=Asking.ALWAYS)
NEVER = FieldPolicy(asking=Asking.NEVER)
TWICE = FieldPolicy(second_keying=True)
FAMILY = "KS.2010.hand"


def operator(store: Store) -> int:
    return made.person(store, "op", Role.ADMINISTRATOR)


def field(store: Store, key: str, case_id: int = 1) -> Field:
    with store.read() as session:
        return session.scalars(select(Field).filter_by(key=key, case_id=case_id)).one()


def state(store: Store, case_id: int = 1) -> CaseState:
    with store.read() as session:
        return session.get_one(Case, case_id).state


def check(store: Store, count: int, pool: str, *, right: bool = True, probability: float = 0.9999) -> None:
    """So many checks of machine readings of that kind."""
    with store.begin() as session:
        session.add_all(
            FieldCheck(
                field_id=1, case_id=1, book_id=1, kind=CheckKind.DECIDED, pool=pool, family=FAMILY,
                author_id=None, probability=probability, plain=True, share=1.0, right=right,
                checked_at=utc_now(),
            )
            for _ in range(count)
        )  # fmt: skip


def test_without_a_policy_what_the_pipeline_decided_stands(store: Store) -> None:
    made.book_of(store, made.case(flagged=("so",)))
    assert (field(store, "so").state, field(store, "meHoTen").state) == (
        FieldState.FLAGGED, FieldState.ACCEPTED,
    )  # fmt: skip


def test_always_asked_holds_for_cases_that_wait_and_for_pages_read_later(store: Store) -> None:
    book_id = made.book_of(store, made.case(so="1/2010"))
    assert state(store) is CaseState.KEYED
    set_policy(store, operator(store), "meHoTen", ALWAYS)
    assert (field(store, "meHoTen").reasons, state(store)) == (["always_asked"], CaseState.READ)
    made.scan(store, book_id, name="later.jpg")
    made.read_all(store, book_id, made.reading(made.case(so="2/2010")))
    assert field(store, "meHoTen", 2).reasons == ["always_asked"]
    set_policy(store, None, "meHoTen", None)
    with store.read() as session:
        answer = station_policy(session).answer("meHoTen", "name", FAMILY, 0.99)
    said = {Answer.ACCEPT: [], Answer.UNSURE: ["low_probability"], Answer.NOT_PROVEN: ["not_proven"]}
    assert field(store, "meHoTen").reasons == said[answer]


def test_never_asked_withdraws_what_nobody_has_on_the_screen(store: Store) -> None:
    made.book_of(store, *(made.case(flagged=("meNoiCuTru",), so=f"{n}/2010") for n in (1, 2)))
    lan = made.person(store, "lan")
    held = next_task(store, lan)
    assert held is not None
    for key in (key for key, *_ in made.ENTRY if key not in {"so", "quyenSo", "ngayDangKy"}):
        if not key.startswith("nks"):
            set_policy(store, None, key, NEVER)
    assert field(store, "meNoiCuTru", 1).state is FieldState.FLAGGED
    assert field(store, "meNoiCuTru", 2).state is FieldState.ACCEPTED
    decide(store, held.task_id, lan, Action.ACCEPT, None, 1.0, held.version)
    assert field(store, "meNoiCuTru", 1).state is FieldState.ACCEPTED_BY_PERSON


def test_what_people_decided_sent_back_or_approved_is_never_touched(store: Store) -> None:
    made.book_of(
        store,
        made.case(flagged=("meHoTen", "so"), so="1/2010"), made.case(so="2/2010"), made.case(so="3/2010"),
    )  # fmt: skip
    lan, chief = made.person(store, "lan"), made.person(store, "chief", Role.APPROVER)
    task = next_task(store, lan)
    while task is not None and task.field.key != "meHoTen":
        decide(store, task.task_id, lan, Action.CORRECT, "1/2010", 1.0, task.version)
        task = next_task(store, lan)
    assert task is not None
    decide(store, task.task_id, lan, Action.CORRECT, "Thị Bế", 1.0, task.version)
    approve(store, 2, chief, 1)
    send_back(store, 3, chief, "xem lại", ["meHoTen"])
    for policy in (ALWAYS, NEVER):
        set_policy(store, None, "meHoTen", policy)
        assert (field(store, "meHoTen", 1).state, field(store, "meHoTen", 1).verbatim) == (
            FieldState.CORRECTED, "Thị Bế",
        )  # fmt: skip
        assert (field(store, "meHoTen", 2).state, state(store, 2)) == (
            FieldState.ACCEPTED, CaseState.APPROVED,
        )  # fmt: skip
    # Sent back is a reason of its own; never asked is the operator's word that nobody needs it.
    set_policy(store, None, "meHoTen", ALWAYS)
    assert "returned" in field(store, "meHoTen", 3).reasons


def test_reasons_of_reading_and_rules_stay_whatever_the_policy_says(store: Store) -> None:
    made.book_of(store, made.case(so="1/2010"), made.case(so="3/2010"))
    set_policy(store, None, "", FieldPolicy(target=0.2))
    assert field(store, "so").state is FieldState.FLAGGED
    assert field(store, "so").reasons == ["rule:number_follows"]


def test_two_people_enter_a_field_without_sight_of_each_other(store: Store) -> None:
    made.book_of(store, made.case(so="1/2010"))
    set_policy(store, None, "", FieldPolicy(target=0.2))
    set_policy(store, None, "meHoTen", TWICE)
    lan, hoa, tu = (made.person(store, name) for name in ("lan", "hoa", "tu"))
    while (task := next_task(store, lan)) is not None:
        typed = "Thị Bế" if task.field.key == "meHoTen" else None
        action = Action.CORRECT if typed else Action.ACCEPT
        decide(store, task.task_id, lan, action, typed, 1.0, task.version)
    assert state(store) is CaseState.READ
    second = next_task(store, hoa)
    assert second is not None
    assert (second.field.key, second.field.verbatim, second.field.candidates) == ("meHoTen", "", ())
    assert "Thị B" not in str(second)
    decide(store, second.task_id, hoa, Action.CORRECT, "Thị Bể", 1.0, second.version)
    # What they read differently is an adjudicator's: nobody who keys sees it again.
    assert [next_task(store, user_id) for user_id in (lan, hoa, tu)] == [None, None, None]
    assert state(store) is CaseState.READ


def test_two_who_agree_are_enough(store: Store) -> None:
    made.book_of(store, made.case(so="1/2010"))
    set_policy(store, None, "", FieldPolicy(target=0.2))
    set_policy(store, None, "meHoTen", TWICE)
    lan, hoa = made.person(store, "lan"), made.person(store, "hoa")
    made.decide_all(store, lan)
    second = next_task(store, hoa)
    assert second is not None
    decide(store, second.task_id, hoa, Action.CORRECT, "thị bé", 1.0, second.version)
    assert (field(store, "meHoTen").verbatim, state(store)) == ("Thị Bé", CaseState.KEYED)


def test_a_sample_of_the_station_s_own_proves_or_does_not(store: Store) -> None:
    made.book_of(store, made.case(so="1/2010", flagged=("meHoTen", "chaHoTen")))
    with store.begin() as session:
        session.execute(update(Field).values(probability=0.999))
    set_policy(store, None, "", FieldPolicy(target=0.005))
    check(store, 900, "name")
    assert take_up(store) is not None
    assert field(store, "meHoTen").state is FieldState.ACCEPTED
    check(store, 300, "name", right=False)
    assert field(store, "meHoTen").state is FieldState.ACCEPTED  # not before they are taken up
    assert take_up(store) is not None
    assert field(store, "meHoTen").reasons == ["not_proven"]
    assert take_up(store) is None


def test_the_list_says_how_many_more_checks_would_prove_it(store: Store) -> None:
    made.book_of(store, made.case(so="1/2010", flagged=("meNoiCuTru", "meHoTen")))
    set_policy(store, None, "", FieldPolicy(target=0.001))
    check(store, 5, "name", right=False)
    take_up(store)
    found = [one for one in watchlist(store).unproven if one.pool == "name"]
    assert {one.family for one in found} == {FAMILY}
    assert all(one.needed > 1_000 and one.waiting >= 1 for one in found)
    said = " ".join(sentences(watchlist(store)))
    assert f"còn cần {found[0].needed} lần kiểm tra" in said
    with store.read() as session:
        case = session.get_one(Case, 1)
        assert family_of_field(case, case.fields[0]) == FAMILY


def test_a_policy_is_audited_and_never_rewritten(store: Store) -> None:
    op = operator(store)
    set_policy(store, op, "meHoTen", FieldPolicy(target=0.01))
    with store.read() as session:
        event = session.scalars(select(Event).filter_by(what="policy_set")).one()
        row = session.scalars(select(FieldPolicyRow)).one()
    assert (event.user_id, event.detail["key"], event.detail["target"]) == (op, "meHoTen", 0.01)
    assert (row.key, row.target, row.set_by, row.withdrawn) == ("meHoTen", 0.01, op, False)
    for statement in (update(FieldPolicyRow).values(target=0.5), delete(FieldPolicyRow)):
        with pytest.raises(DBAPIError, match="append-only"), store.begin() as session:
            session.execute(statement)


def test_what_cannot_be_set(store: Store) -> None:
    with pytest.raises(NotAllowed):
        set_policy(store, made.person(store, "chief", Role.APPROVER), "meHoTen", ALWAYS)
    for key, policy in (
        ("nonsense", ALWAYS), ("nksHoTen", NEVER), ("so", NEVER), ("", NEVER),
        ("meHoTen", FieldPolicy(target=0.0)), ("meHoTen", FieldPolicy(target=0.5)),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r"no form|must be asked|between"):
            set_policy(store, None, key, policy)
