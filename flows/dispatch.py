"""Asking Prefect's server for a run over a book, and which books it has runs for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.deployments import run_deployment

from flows.deployed import READ_DEPLOYMENT

_UNFINISHED = [StateType.SCHEDULED, StateType.PENDING, StateType.RUNNING]


def start_reading(book_id: int, key: str) -> None:
    """Ask for a run over what waits of a book. The same ``key`` again asks for nothing new."""
    run_deployment(
        READ_DEPLOYMENT,
        parameters={"book_id": book_id},
        timeout=0,
        tags=[_tag(book_id)],
        idempotency_key=key,
        as_subflow=False,
    )


def has_run(book_id: int, starting_seconds: float) -> bool:
    """Whether a run over this book is due, or began less than ``starting_seconds`` ago.

    To be asked of a book none of whose pages is held. A run that began earlier and holds no page is dead,
    whatever its state says: a killed one stays "Running" until the server notices, and one killed before it
    began stays "Pending" for ever.
    """
    runs = FlowRunFilter(
        tags=FlowRunFilterTags(all_=[_tag(book_id)]),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=_UNFINISHED)),
    )
    with get_client(sync_client=True) as client:
        return any(_may_live(run, starting_seconds) for run in client.read_flow_runs(flow_run_filter=runs))


def _may_live(run: FlowRun, starting_seconds: float) -> bool:
    if run.state is None:
        return False
    since = datetime.now(UTC) - run.state.timestamp
    return run.state.is_scheduled() or since < timedelta(seconds=starting_seconds)


def _tag(book_id: int) -> str:
    return f"book-{book_id}"
