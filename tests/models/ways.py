"""The way of a made-up case past its first keyer, step by step, for tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.adjudication import Dispute, adjudicate, disputes, lease_disputes
from models.checking import Check, next_check, pass_case, read_differently
from models.decisions import decide
from models.keying_tables import Difference
from models.queue import next_task
from models.states import Action, CaseState, Role
from models.store import Store
from models.tables import Case, Decision, Field, User
from models.views import TaskView
from tests.models import made

TEAM = {
    "lan": Role.KEYER,
    "hoa": Role.KEYER,
    "ba": Role.CHECKER_1,
    "tu": Role.CHECKER_2,
    "sau": Role.ADJUDICATOR,
    "minh": Role.APPROVER,
}


def team(store: Store) -> dict[str, int]:
    """An account of each role that a case passes. Returns ids by name."""
    return {name: made.person(store, name, role) for name, role in TEAM.items()}


@contextmanager
def under(store: Store, **settings: object) -> Iterator[Store]:
    """The same database under other settings."""
    opened = Store.open(store.settings.model_copy(update=settings))
    yield opened
    opened.close()


def promote(store: Store, user_id: int, role: Role) -> None:
    """Give somebody another role."""
    with store.begin() as session:
        session.get_one(User, user_id).role = role


def field_in(session: Session, key: str, case_id: int = 1) -> Field:
    """A field of a case, to be changed."""
    return session.scalars(select(Field).filter_by(key=key, case_id=case_id)).one()


def given(store: Store, user_id: int) -> TaskView:
    task = next_task(store, user_id)
    assert task is not None
    return task


def answer(store: Store, user_id: int, action: Action = Action.ACCEPT, text: str | None = None) -> TaskView:
    task = given(store, user_id)
    decide(store, task.task_id, user_id, action, text, 3.0, task.version)
    return task


def in_check(store: Store, user_id: int) -> Check:
    check = next_check(store, user_id)
    assert check is not None
    return check


def checked(store: Store, user_id: int, **said: str) -> int:
    """Pass the next case of this checker, who reads these fields differently. Returns the case's id."""
    check = in_check(store, user_id)
    for key, text in said.items():
        one = next(field for field in check.case.fields if field.key == key)
        read_differently(store, check.case.case_id, user_id, one.field_id, one.version, Action.CORRECT, text)
    pass_case(store, check.case.case_id, user_id, check.case.version, 4.0)
    return check.case.case_id


def dispute(store: Store, user_id: int) -> Dispute:
    (one,) = disputes(store, lease_disputes(store, user_id, 0))
    return one


def settled(store: Store, user_id: int, action: Action, text: str | None = None) -> Dispute:
    one = dispute(store, user_id)
    adjudicate(store, one.task.task_id, user_id, action, text, 5.0, one.task.version)
    return one


def state(store: Store, case_id: int = 1) -> CaseState:
    with store.read() as session:
        return session.get_one(Case, case_id).state


def field(store: Store, key: str, case_id: int = 1) -> Field:
    with store.read() as session:
        return session.scalars(select(Field).filter_by(key=key, case_id=case_id)).one()


def decisions(store: Store) -> list[Decision]:
    with store.read() as session:
        return list(session.scalars(select(Decision).order_by(Decision.id)))


def differences(store: Store) -> list[Difference]:
    with store.read() as session:
        return list(session.scalars(select(Difference).order_by(Difference.id)))
