"""Two rules of Prefect's server for runs whose process was killed: take them for dead, then start them again.

Without them a killed run stays "Running" for ever. They cannot loop on a page that kills its process: the
ledger counts the attempts of every page and gives it up after a few.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from prefect.automations import AutomationCore
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import EventTrigger, Posture

from flows.environment import HEARTBEAT_SECONDS

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient

_EVENT: Final = "prefect.flow-run."
_ENDED: Final = ("Completed", "Failed", "Cancelled", "Crashed")
_ANY_RUN: Final[dict[str, str | list[str]]] = {"prefect.resource.id": [f"{_EVENT}*"]}

DEAD_RUN: Final = AutomationCore(
    name="hotich: a run without heartbeat is dead",
    trigger=EventTrigger(
        after={f"{_EVENT}heartbeat"},
        expect={f"{_EVENT}{event}" for event in ("heartbeat", *_ENDED)},
        match=_ANY_RUN,
        for_each={"prefect.resource.id"},
        posture=Posture.Proactive,
        threshold=1,
        within=timedelta(seconds=3 * HEARTBEAT_SECONDS),
    ),
    actions=[ChangeFlowRunState(state=StateType.CRASHED, name=None, message="no heartbeat", force=False)],
)
RETRY_RUN: Final = AutomationCore(
    name="hotich: a dead run starts again",
    trigger=EventTrigger(
        expect={f"{_EVENT}Crashed"},
        match=_ANY_RUN,
        for_each={"prefect.resource.id"},
        posture=Posture.Reactive,
        threshold=1,
        within=timedelta(0),
    ),
    actions=[ChangeFlowRunState(state=StateType.SCHEDULED, name="AwaitingRetry", message=None, force=False)],
)


async def set_up_automations(client: PrefectClient) -> None:
    """Make the two rules, or bring those that an earlier version made up to date."""
    for rule in (DEAD_RUN, RETRY_RUN):
        existing = await client.read_automations_by_name(rule.name)
        for old in existing[1:]:
            await client.delete_automation(old.id)
        if existing:
            await client.update_automation(existing[0].id, rule)
        else:
            await client.create_automation(rule)
