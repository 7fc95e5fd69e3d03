"""How far a case is on its way: keyed, checked once, checked again, and from where on it may be approved.

A check stands for what the case held when it passed. Whoever decides a field anew afterwards sends the case
through its checks again; what an adjudicator settles does not, for that is what the check asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from models.duties import Duty, may
from models.states import CaseState, Source

if TYPE_CHECKING:
    from models.settings import Settings
    from models.tables import Case, User

WAY: Final = (CaseState.KEYED, CaseState.CHECKED, CaseState.CHECKED_AGAIN)
"""The state of a case in which nothing waits, by the checks that it has passed."""
CHECKS: Final = {1: Duty.CHECK_1, 2: Duty.CHECK_2}
SOURCES: Final = {1: Source.CHECK_1, 2: Source.CHECK_2}


def done_state(case: Case) -> CaseState:
    """The state of a case of which no field waits."""
    return WAY[min(case.checks, len(WAY) - 1)]


def approvable(settings: Settings) -> tuple[CaseState, ...]:
    """States in which a case may be approved: those after the checks that the station asks for."""
    return WAY[settings.checks :]


def stages_of(settings: Settings, user: User) -> tuple[int, ...]:
    """The checks that the station asks for and this person may do."""
    return tuple(stage for stage, duty in CHECKS.items() if stage <= settings.checks and may(user, duty))


def waits_for(stage: int) -> CaseState:
    """The state of cases that wait for that check."""
    return WAY[stage - 1]
