"""The station's worker: makes the deployments known to Prefect's server and runs what is due.

Two runners share the process. Reading has one place, so that one book at a time has all the cores; loading
has a place of its own and does not wait behind an hour of reading.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from datetime import UTC, datetime, timedelta

from prefect import get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterName,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.deployments.runner import RunnerDeployment
from prefect.runner import Runner
from prefect.types.entrypoint import EntrypointType

from flows.automations import set_up_automations
from flows.deployed import LOAD_DEPLOYMENT, READ_DEPLOYMENT, load, read_batch
from flows.logs import log_to_stderr
from models.settings import Settings

log = logging.getLogger("hotich.worker")


async def work(settings: Settings) -> None:
    """Serve both deployments until the process is told to end."""
    async with get_client() as client:
        await set_up_automations(client)
    reading = await _runner(
        await read_batch.ato_deployment(
            READ_DEPLOYMENT.partition("/")[2], entrypoint_type=EntrypointType.MODULE_PATH
        )
    )
    loading = await _runner(
        await load.ato_deployment(
            LOAD_DEPLOYMENT.partition("/")[2],
            interval=timedelta(seconds=settings.load_seconds),
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
    )
    await _drop_missed_loads()
    runners = [asyncio.create_task(runner.start(webserver=False)) for runner in (reading, loading)]
    ending = asyncio.Event()
    await asyncio.sleep(0)  # each runner sets a handler of its own for SIGTERM as it starts; ours comes after
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.set)
    told = asyncio.create_task(ending.wait())
    await asyncio.wait([*runners, told], return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    for runner, running in zip((reading, loading), runners, strict=True):
        if runner.started:
            await runner.astop()  # ends its flow runs too; the ledger has what they had read
        else:
            running.cancel()
    await asyncio.gather(*runners, return_exceptions=True)


async def _runner(deployment: RunnerDeployment) -> Runner:
    runner = Runner(limit=1)
    await runner.aadd_deployment(deployment)
    return runner


async def _drop_missed_loads() -> None:
    """Forget the loads that were due while the station was off: one load does the work of all of them."""
    scheduled = FlowRunFilter(
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED]))
    )
    name = DeploymentFilter(name=DeploymentFilterName(any_=[LOAD_DEPLOYMENT.partition("/")[2]]))
    async with get_client() as client:
        for run in await client.read_flow_runs(flow_run_filter=scheduled, deployment_filter=name):
            due = run.next_scheduled_start_time
            if run.auto_scheduled and due is not None and due < datetime.now(UTC):
                await client.delete_flow_run(run.id)


def main() -> None:
    """Run the worker in this process."""
    log_to_stderr()
    logging.getLogger("prefect.runner").setLevel(
        logging.WARNING
    )  # it tells every two seconds that it is busy
    asyncio.run(work(Settings()))


if __name__ == "__main__":
    main()
