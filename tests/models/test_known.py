"""Fields whose answer is known come up as any other, and what is answered says something of a person only."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from models import known
from models.adjudication import send
from models.approval import approve, case_view
from models.decisions import decide, undo
from models.errors import Conflict
from models.figures import Agreement, agreement_of
from models.known import mix_in
from models.quality_tables import FieldCheck
from models.queue import next_task, release
from models.states import Action, CaseState, CheckKind, Role, TaskKind
from models.store import Store
from models.tables import Case, Field, Task, utc_now
from tests.models import made

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from models.views import TaskView

LONG_AGO = utc_now() - timedelta(days=1)


@pytest.fixture
def stores(store: Store) -> Iterator[Callable[..., Store]]:
    """The same database under other settings."""
    opened: list[Store] = []

    def with_settings(**settings: float) -> Store:
        opened.append(Store.open(store.settings.model_copy(update=settings)))
        return opened[-1]

    yield with_settings
    for each in opened:
        each.close()


@pytest.fixture
def station(stores: Callable[..., Store]) -> tuple[Store, dict[str, int]]:
    """A case that Lan keyed, Hoa checked and the chief approved; another that waits."""
    plain = stores(sample_share=0.0)
    people = {name: made.person(plain, name) for name in ("lan", "hoa", "minh")}
    people["chief"] = made.person(plain, "chief", Role.APPROVER)
    made.book_of(plain, made.case(flagged=("meHoTen", "chaHoTen")))
    first = given(plain, people["lan"])
    decide(plain, first.task_id, people["lan"], Action.CORRECT, "Thị Bế", 1.0, first.version)
    sampled = stores(sample_share=1.0, unseen_share=0.0)
    made.decide_all(sampled, people["lan"])
    while (task := next_task(sampled, people["hoa"])) is not None:
        text = "Thị Bế" if task.field.key == "meHoTen" else None
        action = Action.CORRECT if text else Action.ACCEPT
        decide(sampled, task.task_id, people["hoa"], action, text, 1.0, task.version)
    made.decide_all(sampled, people["lan"])
    approve(sampled, 1, people["chief"], case_view(sampled, 1).version)
    waits = [made.case(so=f"{n}/2010", flagged=("meHoTen", "chaHoTen", "nksHoTen")) for n in range(10, 14)]
    made.book_of(plain, *waits, volume="02")
    return stores(sample_share=0.0, known_share=0.1), people


def given(store: Store, user_id: int) -> TaskView:
    task = next_task(store, user_id)
    assert task is not None
    return task


def put_in(store: Store, monkeypatch: pytest.MonkeyPatch, count: int = 1) -> None:
    """Known fields in the queue at once, without a hundred decisions before."""
    monkeypatch.setattr(known, "_wanted", lambda *_: count)
    assert mix_in(store) == count
    monkeypatch.undo()


def known_task(store: Store, user_id: int) -> TaskView | None:
    """The first known field that this person is given, after whatever else."""
    with store.read() as session:
        kinds = {task.id: task.kind for task in session.scalars(select(Task))}
    while (task := next_task(store, user_id)) is not None:
        if kinds[task.task_id] is TaskKind.KNOWN:
            return task
        decide(store, task.task_id, user_id, Action.ACCEPT, None, 1.0, task.version)
    return None


def checks(store: Store) -> list[FieldCheck]:
    with store.read() as session:
        return list(session.scalars(select(FieldCheck).filter_by(kind=CheckKind.KNOWN)))


def everything(store: Store) -> list[tuple[object, ...]]:
    """Case 1 and its fields, row by row."""
    with store.read() as session:
        case = session.get_one(Case, 1)
        rows = [tuple(getattr(one, c.name) for c in Field.__table__.c) for one in case.fields]
        return [*rows, tuple(getattr(case, c.name) for c in Case.__table__.c)]


def test_as_many_are_mixed_in_as_the_share_of_the_work_wants(station: tuple[Store, dict[str, int]]) -> None:
    store, people = station
    assert mix_in(store) == 0  # two decisions a day are too few for one in ten
    made.decide_all(store, people["minh"])
    assert mix_in(store) == 1
    assert mix_in(store) == 0  # it waits already
    assert known_task(store, people["minh"]) is not None


def test_without_a_share_none_is_mixed_in(
    station: tuple[Store, dict[str, int]], stores: Callable[..., Store]
) -> None:
    store, people = station
    made.decide_all(store, people["minh"])
    assert mix_in(stores(known_share=0.0)) == 0


def test_only_what_two_agree_on_in_an_approved_case_is_known(
    station: tuple[Store, dict[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, _ = station
    monkeypatch.setattr(known, "_wanted", lambda *_: 50)
    mix_in(store)
    with store.read() as session:
        tasks = session.scalars(select(Task).filter_by(kind=TaskKind.KNOWN)).all()
        right = select(FieldCheck.field_id).where(
            FieldCheck.right.is_(True), FieldCheck.kind == CheckKind.SAMPLE, FieldCheck.case_id == 1
        )
        assert {task.field_id for task in tasks} == set(session.scalars(right))
        assert tasks


def test_it_looks_as_any_other_task(
    station: tuple[Store, dict[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, people = station
    put_in(store, monkeypatch)
    ordinary = given(store, people["lan"])
    task = known_task(store, people["minh"])
    assert task is not None
    assert task.case.state is ordinary.case.state is CaseState.READ
    assert (task.case.approved_by, task.case.state_reason) == (None, None)
    assert {one.action for one in task.case.decisions} <= {Action.ACCEPT, Action.CORRECT, Action.CHECK}
    assert task.field.state is ordinary.field.state
    assert task.field.reasons == ordinary.field.reasons == ("low_probability",)
    assert "known" not in str(asdict(task))
    assert not any(one.key == task.field.key for one in task.case.decisions)


def test_nobody_gets_what_they_may_have_seen(
    station: tuple[Store, dict[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lan keyed in the case, Hoa checked there, the chief approved it: whatever the field is."""
    store, people = station
    put_in(store, monkeypatch, 5)
    for name in ("lan", "hoa", "chief"):
        assert known_task(store, people[name]) is None
        release(store, people[name])
    assert known_task(store, people["minh"]) is not None


@pytest.mark.parametrize(
    ("action", "text", "right"),
    [
        (Action.ACCEPT, None, True),
        (Action.CORRECT, "Điều Gì Khác", False),
        (Action.BLANK, None, False),
        (Action.UNCERTAIN, None, None),
    ],
)
def test_the_answer_counts_for_the_person_and_changes_nothing(
    station: tuple[Store, dict[str, int]],
    monkeypatch: pytest.MonkeyPatch,
    action: Action,
    text: str | None,
    right: bool | None,
) -> None:
    store, people = station
    put_in(store, monkeypatch)
    task = known_task(store, people["minh"])
    assert task is not None
    agrees = task.field.key != "meHoTen"  # there the machine had read something else
    before = everything(store)
    decide(store, task.task_id, people["minh"], action, text, 1.0, task.version)
    assert everything(store) == before
    (check,) = checks(store)
    expected = right if action is not Action.ACCEPT else agrees
    assert (check.right, check.author_id, check.checked_by) == (expected, people["minh"], people["minh"])
    told = agreement_of(store, people["minh"], LONG_AGO, utc_now())
    assert told == Agreement(int(expected is not None), int(expected is True))
    with pytest.raises(Conflict):
        decide(store, task.task_id, people["minh"], action, text, 1.0, task.version)


def test_a_known_field_that_is_sent_on_starts_no_dispute(
    station: tuple[Store, dict[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, people = station
    put_in(store, monkeypatch)
    task = known_task(store, people["minh"])
    assert task is not None
    before = everything(store)
    send(store, task.task_id, people["minh"], "Ai đó", 1.0, task.version)
    assert everything(store) == before
    (check,) = checks(store)
    assert (check.right, check.checked_by) == (None, people["minh"])
    with store.read() as session:
        assert session.scalars(select(Task).filter_by(kind=TaskKind.ADJUDICATE)).all() == []


def test_an_answer_is_taken_back_as_any_other(
    station: tuple[Store, dict[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, people = station
    put_in(store, monkeypatch)
    task = known_task(store, people["minh"])
    assert task is not None
    before = everything(store)
    decide(store, task.task_id, people["minh"], Action.BLANK, None, 1.0, task.version)
    assert undo(store, people["minh"]) == task.task_id
    assert checks(store) == []
    assert everything(store) == before
    again = given(store, people["minh"])
    assert (again.task_id, again.field.verbatim) == (task.task_id, task.field.verbatim)
