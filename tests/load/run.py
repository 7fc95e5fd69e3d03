"""Many reviewers at work at once: ``python -m tests.load --people 8 --minutes 5 --database sqlite``.

The site runs as a station runs it, in a process of its own, on SQLite or on a PostgreSQL server that is made
for this and thrown away. Durations are the server's own (the Server-Timing header of its answers).
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import httpx
from sqlalchemy import select

from models.settings import Settings
from models.states import FIELD_ACTIONS, Action, TaskKind, TaskState
from models.store import Store
from models.tables import Decision, Field, Task, User
from pipeline.reasons import Reason
from tests.load.people import Held, Log, Reviewer
from tests.load.station import fill, names
from tests.models import postgres

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

START_SECONDS = 60
CONFLICT = 409
BEHIND = 10  # niceness


@dataclass(frozen=True)
class Found:
    """What came of it: durations in milliseconds by name, and every rule that was broken."""

    log: Log
    broken: tuple[str, ...]
    seconds: float

    def percentile(self, name: str, share: float) -> float:
        """A percentile of the durations of that name, in milliseconds."""
        spent = sorted(self.log.milliseconds.get(name, [0.0]))
        return spent[min(len(spent) - 1, int(share * len(spent)))]


def reviewers_at_work(database: str, people: int, seconds: float, think: float) -> Found:
    """Let so many people review for a while, and hold what they saw against what the database kept.

    Args:
        database: ``sqlite`` or ``postgresql``.
        people: how many at once.
        seconds: how long.
        think: how long a person looks at a field on average, in seconds.
    """
    with ExitStack() as opened:
        home = Path(opened.enter_context(TemporaryDirectory(prefix="hotich-load-"))) / "station"
        settings = Settings(home=home, database_url=_url(database, opened), review_port=free_port())
        # Enough that nobody runs out, whatever chance makes of their times to think.
        fill(settings, people, int(1.3 * people * (seconds / think + 8)))
        log, written = Log(), _written(settings)
        with _site(settings) as address, ThreadPoolExecutor(1) as elsewhere:
            elsewhere.submit(_elsewhere, address, people, think, log, seconds, written).result()
        return Found(log, tuple(_broken(settings, log)), seconds)


def _written(settings: Settings) -> dict[int, str]:
    """What stands in the book, by the field's id: what is not doubted was read right.

    Of what is doubted it is the second candidate, where there is one.
    """
    store = Store.open(settings)
    store.refresh_statistics()  # as whatever reads a book does at its end
    with store.read() as session:
        rows = session.execute(select(Field.id, Field.machine_verbatim, Field.candidates)).tuples().all()
        written = {field: [read, *(text for text, _ in others)][:3][-1] for field, read, others in rows}
    store.close()
    return written


def _elsewhere(
    address: str, people: int, think: float, log: Log, seconds: float, written: Mapping[int, str]
) -> None:
    """The people at work in a thread of low priority: their browsers are on machines of their own."""
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), BEHIND)
    reviewers = [
        Reviewer(address, name, think, log, seed, written) for seed, name in enumerate(names(people))
    ]
    asyncio.run(_all_work(reviewers, seconds))


async def _all_work(reviewers: Sequence[Reviewer], seconds: float) -> None:
    for one in reviewers:
        await one.log_in()
    until = time.monotonic() + seconds
    await asyncio.gather(*(one.work(until) for one in reviewers))
    for one in reviewers:
        await one.leave()


def _broken(settings: Settings, log: Log) -> Iterator[str]:
    """Every rule that was broken."""
    yield from given_to_two(log.held)
    store = Store.open(settings)
    with store.read() as session:
        people = dict(session.execute(select(User.id, User.name)).tuples().all())
        tasks = {(one.field_id, one.kind): one.id for one in session.scalars(select(Task))}
        decisions = {one.id: one for one in session.scalars(select(Decision).order_by(Decision.id))}
        states = dict(session.execute(select(Task.id, Task.state)).tuples().all())
        # A check that said something else, or a book that failed its sample, asks about a field once more.
        reasons = session.execute(select(Task.id, Field.reasons).join(Field, Task.field_id == Field.id))
        again = {task for task, why in reasons if {*why} & {Reason.CHECK_DIFFERS, Reason.BOOK_FAILED}}
    store.close()

    def task_of(item: Decision) -> int:
        first = decisions.get(item.undoes_id or 0, item)
        return tasks[item.field_id or 0, TaskKind(first.after.get("task", TaskKind.FIELD))]

    undone = [task_of(item) for item in decisions.values() if item.action is Action.UNDO]
    # Whoever had such a field on the screen when it was asked about anew is told so; likewise where somebody
    # took back in another task what they had said of it, for a blind check of that is withdrawn with it.
    taken_back = {
        task
        for (field, kind), task in tasks.items()
        if any(tasks.get((field, other)) in undone for other in TaskKind if other is not kind)
    }
    kind_of = {task: kind.value for (_, kind), task in tasks.items()}
    refused = [
        (status, kind_of.get(task or 0, ""))
        for status, task in log.refused
        if status != CONFLICT or task not in again | taken_back
    ]
    if refused:
        yield f"{len(refused)} answers were refusals: {sorted(set(refused))}"

    kept = [item for item in decisions.values() if item.action in (*FIELD_ACTIONS, Action.CHECK)]
    in_trail = sorted((people[item.user_id], task_of(item)) for item in kept)
    if in_trail != sorted((who, task) for who, task, _ in log.decided):
        yield f"the trail has {len(in_trail)} decisions, people made {len(log.decided)}"
    standing = dict.fromkeys(states, 0)
    for _, task in in_trail:
        standing[task] += 1
    for task in undone:
        standing[task] -= 1
    wrong = {task for task, count in standing.items() if (count == 1) != (states[task] is TaskState.DONE)}
    lost = wrong - again
    if lost:
        yield f"{len(lost)} tasks are not as the decisions left them"


def given_to_two(held: Sequence[Held]) -> Iterator[str]:
    """Tasks that two people had before them at the same moment."""
    by_task: dict[int, list[Held]] = {}
    for item in held:
        by_task.setdefault(item.task, []).append(item)
    for task, items in by_task.items():
        items.sort(key=lambda item: item.since)
        for first, second in pairwise(items):
            if first.person != second.person and second.since < first.until:
                yield f"task {task} was given to two"


def _url(database: str, opened: ExitStack) -> str:
    if database == "sqlite":
        return ""
    programs = postgres.programs()
    if programs is None:
        raise SystemExit("this machine has no PostgreSQL server to start")
    server = postgres.Server(programs)
    opened.callback(server.stop)
    return server.url()


@contextmanager
def _site(settings: Settings) -> Iterator[str]:
    """The site of a station in a process of its own."""
    environment = os.environ | {
        "HOTICH_HOME": str(settings.home),
        "HOTICH_REVIEW_PORT": str(settings.review_port),
        "HOTICH_DATABASE_URL": settings.database_url,
    }
    address = f"http://127.0.0.1:{settings.review_port}"
    with subprocess.Popen([sys.executable, "-m", "review_ui"], env=environment) as process:
        try:
            until = time.monotonic() + START_SECONDS
            while not answers(address):
                if process.poll() is not None or time.monotonic() > until:
                    raise SystemExit("the site did not start")
                time.sleep(0.1)
            yield address
        finally:
            process.terminate()


def answers(address: str) -> bool:
    """Whether a site is there."""
    try:
        return httpx.get(f"{address}/health", timeout=2).status_code == 200
    except httpx.TransportError:
        return False


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
