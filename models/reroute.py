"""A policy changes: every case that is not approved yet is decided anew, without reading anything again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from models.audit import note
from models.checks import sample
from models.policies import active_policy, new_checks, take_up_checks, write_policy
from models.routing import route_case
from models.states import CaseState
from models.tables import Case
from pipeline.forms import all_forms

if TYPE_CHECKING:
    from models.store import Store
    from pipeline.policy import FieldPolicy

STEP: Final = 50
"""Cases to a transaction: reviewers wait for one at most, a quarter of a second."""
ENOUGH: Final = 500
"""New checks from which on thresholds are derived anew by themselves."""
OPEN: Final = (CaseState.READ, CaseState.KEYED)


def set_policy(store: Store, user_id: int | None, key: str, policy: FieldPolicy | None) -> int:
    """Set what holds for a field, or for all (""), and decide open cases anew. Returns how many fields moved.

    Raises:
        NotAllowed: when the account is no administrator.
        ValueError: for a field that no form has, or a policy that cannot be; see ``policies.write_policy``.
    """
    with store.begin() as session:
        write_policy(session, user_id, key, policy, known_fields())
    return reroute(store, user_id)


def known_fields() -> frozenset[str]:
    """Fields of any form."""
    return frozenset(key for form in all_forms() for key in form.fields())


def take_up(store: Store, user_id: int | None = None, *, least: int = 0) -> int | None:
    """Derive thresholds from all checks so far and decide open cases anew.

    Returns the fields that moved, or None where fewer than ``least`` checks are new and nothing was done.
    """
    with store.begin() as session:
        if new_checks(session) < max(1, least):
            return None
        take_up_checks(session, user_id)
    return reroute(store, user_id)


def reroute(store: Store, user_id: int | None = None) -> int:
    """Decide every field of open cases anew that no person has decided. Returns how many moved."""
    moved = cases = last = 0
    while True:
        with store.begin() as session:
            batch = session.scalars(
                select(Case)
                .where(Case.id > last, Case.state.in_(OPEN))
                .order_by(Case.id)
                .limit(STEP)
                .with_for_update(of=Case)
            ).all()
            if not batch:
                note(session, "cases_decided_anew", "policy", None, user_id=user_id, cases=cases, moved=moved)
                return moved
            policy = active_policy(session)
            for case in batch:
                moved += route_case(session, store.settings, case, policy)
                sample(session, store.settings, case)
                last = case.id
            cases += len(batch)
