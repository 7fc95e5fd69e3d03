"""What each role may do. Routes and queues ask for a duty, never for a role, so that roles stay data.

The roles are those of a province's campaign (biên mục, kiểm tra 1 and 2, phân xử, duyệt), the station that
scans, and those who look on. That nobody checks what they keyed is no matter of roles: it is asked of each
case.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from models.states import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.tables import User


class Duty(StrEnum):
    """A thing to do or to see."""

    KEY = "key"  # decide doubtful fields, and key fields once more (BM)
    CHECK_1 = "check_1"  # compare whole cases with the page (KTBM1)
    CHECK_2 = "check_2"  # and once more (KTBM2)
    ADJUDICATE = "adjudicate"  # settle what two people read differently
    APPROVE = "approve"
    EXPORT = "export"
    ATTEND = "attend"  # pages that failed, files that were refused, progress of books
    INSPECT = "inspect"  # look at any case and figure of the unit, and change nothing
    SUPERVISE = "supervise"  # figures of every person of the unit
    ADMINISTER = "administer"  # accounts, units, teams, policies


DUTIES: Final[Mapping[Role, frozenset[Duty]]] = MappingProxyType(
    {
        Role.SCANNER: frozenset({Duty.ATTEND}),
        Role.KEYER: frozenset({Duty.KEY}),
        Role.CHECKER_1: frozenset({Duty.KEY, Duty.CHECK_1}),
        Role.CHECKER_2: frozenset({Duty.KEY, Duty.CHECK_2}),
        Role.ADJUDICATOR: frozenset({Duty.KEY, Duty.CHECK_1, Duty.CHECK_2, Duty.ADJUDICATE}),
        Role.APPROVER: frozenset(
            {
                Duty.KEY, Duty.CHECK_1, Duty.CHECK_2, Duty.ADJUDICATE,
                Duty.APPROVE, Duty.EXPORT, Duty.SUPERVISE,
            }
        ),
        Role.INSPECTOR: frozenset({Duty.INSPECT, Duty.SUPERVISE}),
        Role.ADMINISTRATOR: frozenset(Duty),
    }
)  # fmt: skip


def may(user: User, duty: Duty) -> bool:
    """Whether this account has that duty."""
    return duty in DUTIES[user.role]


def leads(user: User) -> bool:
    """Whether this person leads a team, and so sees the figures of its people whatever the role."""
    return user.leads_team and user.team_id is not None


def roles_with(duty: Duty) -> tuple[Role, ...]:
    """The roles that have a duty."""
    return tuple(role for role in Role if duty in DUTIES[role])
