"""A whole station: Prefect's server with our versions, worker, watcher, review site; parts are killed."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httpx
import psutil
import pytest
from sqlalchemy import func, select

from flows.environment import prefect_url, review_url
from flows.sample import SAMPLE
from flows.secret_files import prefect_login
from flows.station import StationError, free_port, require_free_port, running_station
from models.approval import approve, cases_ready
from models.decisions import decide
from models.leases import lease_owners
from models.overview import progress
from models.queue import next_task
from models.settings import Settings
from models.states import Action, PageState, Role
from models.store import Store
from models.tables import Case, Page, registry_birth
from models.users import add_user
from tests.flows.files import drop_pages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flows.supervisor import Supervisor

pytestmark = pytest.mark.alone
PAGES = 5


class Station:
    """A running station, as a test sees it."""

    def __init__(self, settings: Settings, supervisor: Supervisor) -> None:
        self.settings = settings
        self.supervisor = supervisor
        self.store = Store.open(settings)

    def until(self, true: Callable[[], bool], seconds: float = 120) -> None:
        deadline = time.monotonic() + seconds
        while True:
            with suppress(httpx.TimeoutException):  # a busy server: asked again, as Prefect's own client does
                if true():
                    return
            assert time.monotonic() < deadline, "it did not happen in time"
            self.supervisor.look()
            time.sleep(0.1)

    def worker(self) -> psutil.Process:
        """The worker's process."""
        (found,) = (
            child for child in psutil.Process().children() if "flows.worker" in " ".join(child.cmdline())
        )
        return found

    def prefect(self, path: str, body: dict[str, Any]) -> Any:
        """An answer of Prefect's server."""
        user, _, password = prefect_login(self.settings).partition(":")
        address = f"{prefect_url(self.settings)}/api/{path}"
        answer = httpx.post(address, json=body, auth=(user, password), timeout=20)
        answer.raise_for_status()
        return answer.json()

    def completed_loads(self) -> int:
        """How many runs of the flow ``load`` the schedule has made that are done."""
        runs = self.prefect(
            "flow_runs/filter",
            {
                "flows": {"name": {"any_": ["load"]}},
                "flow_runs": {"state": {"type": {"any_": ["COMPLETED"]}}},
            },
        )
        return sum(run["auto_scheduled"] for run in runs)

    def pages(self) -> list[Page]:
        with self.store.read() as session:
            return list(session.scalars(select(Page).order_by(Page.id)))


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    settings = Settings(
        home=tmp_path_factory.mktemp("station"),
        review_port=free_port(8600),
        prefect_port=free_port(4400),
        processes=2,
        quiet_seconds=3,
        rescan_seconds=3,
        load_seconds=5,
        lease_seconds=10,
    )
    others = psutil.Process().children()
    with running_station(settings) as supervisor:
        made = Station(settings, supervisor)
        yield made
        made.store.close()
        parts = [child for child in psutil.Process().children() if child not in others]
        # The parts' own descendants: a browser that another test left open has children of its own.
        family = parts + [child for part in parts for child in part.children(recursive=True)]
        assert len(family) >= 4
    _, left = psutil.wait_procs(family, 5)
    assert [process for process in left if process.status() != psutil.STATUS_ZOMBIE] == []
    for port in (settings.review_port, settings.prefect_port):
        require_free_port("127.0.0.1", port, "")


def test_a_worker_killed_in_a_batch_loses_no_page_and_reads_none_twice(
    station: Station,
) -> None:
    drop_pages(station.settings.inbox, SAMPLE, PAGES)
    station.until(lambda: any(page.state is PageState.READ for page in station.pages()))
    worker = station.worker()
    for process in [*worker.children(recursive=True), worker]:
        process.kill()
    before = {page.id: page for page in station.pages()}
    done = {page_id for page_id, page in before.items() if page.state is PageState.READ}
    held = {page_id for page_id, page in before.items() if page.state is PageState.READING}
    assert len(before) == PAGES
    assert held
    station.until(lambda: all(page.state is PageState.READ for page in station.pages()))
    for page in station.pages():
        assert page.attempts == (2 if page.id in held else 1)
        if page.id in done:
            assert page.read_at == before[page.id].read_at
    with station.store.read() as session:
        cases = session.execute(select(Case.page_id, func.count()).group_by(Case.page_id)).tuples().all()
        assert {count for _, count in cases} == {1}
    assert lease_owners(station.store) == []
    assert progress(station.store, 1).pages_read == PAGES


def test_a_run_whose_process_is_killed_is_started_again_by_the_rules(station: Station) -> None:
    drop_pages(station.settings.inbox, SAMPLE, 2, "Xã Tân Lợi-KS.2016.01")
    station.until(lambda: any(page.book_id == 2 and page.lease_owner for page in station.pages()))
    run = psutil.Process(int(lease_owners(station.store)[0].rsplit("/", 2)[1]))
    for process in [*run.children(recursive=True), run]:
        process.kill()

    def first_run() -> dict[str, Any]:
        body = {"flow_runs": {"name": {"any_": ["book-2"]}}, "sort": "START_TIME_ASC"}
        runs: list[dict[str, Any]] = station.prefect("flow_runs/filter", body)
        return runs[0]

    station.until(lambda: first_run()["state_type"] == "COMPLETED")
    assert first_run()["run_count"] == 2
    station.until(lambda: all(page.state is PageState.READ for page in station.pages()))


def test_an_approved_case_is_loaded_once_by_the_schedule_also_after_a_restart(station: Station) -> None:
    station.until(lambda: station.completed_loads() > 0)
    worker = station.worker()
    os.kill(worker.pid, signal.SIGTERM)
    station.until(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE)
    store = station.store
    keyer = add_user(store, "nhap", "Người nhập", "mat-khau-nhap", Role.KEYER)
    approver = add_user(store, "duyet", "Người duyệt", "mat-khau-duyet", Role.APPROVER)
    while (task := next_task(store, keyer)) is not None and not cases_ready(store, approver):
        decide(store, task.task_id, keyer, Action.ACCEPT, None, 1.0, task.version)
    case = cases_ready(store, approver)[0]
    approve(store, case.case_id, approver, case.version)
    station.until(lambda: loaded(store) == [case.case_id])
    loads = station.completed_loads()
    station.until(lambda: station.completed_loads() >= loads + 2)
    assert loaded(store) == [case.case_id]


def loaded(store: Store) -> list[int]:
    with store.read() as session:
        return list(session.scalars(select(registry_birth.c.case_id)))


def test_the_two_rules_for_dead_runs_are_there_once(station: Station) -> None:
    names = [rule["name"] for rule in station.prefect("automations/filter", {})]
    assert sorted(names) == ["hotich: a dead run starts again", "hotich: a run without heartbeat is dead"]


def test_prefect_asks_for_a_password_and_knows_ids_only(station: Station) -> None:
    assert httpx.post(f"{prefect_url(station.settings)}/api/flow_runs/filter", json={}).status_code == 401
    for run in station.prefect("flow_runs/filter", {}):
        assert set(run["parameters"]) <= {"book_id"}
    with station.store.read() as session:
        names = {field.verbatim for case in session.scalars(select(Case)) for field in case.fields}
    logs = " ".join(line["message"] for line in station.prefect("logs/filter", {"limit": 200}))
    assert not [name for name in names if len(name) > 6 and name in logs]


def test_the_review_site_answers(station: Station) -> None:
    answer = httpx.get(review_url(station.settings), follow_redirects=True)
    assert answer.status_code == 200
    assert 'lang="vi"' in answer.text


def test_a_second_station_in_the_same_folder_is_refused(station: Station) -> None:
    with pytest.raises(StationError, match=str(station.settings.home)), running_station(station.settings):
        pass


def test_a_taken_port_is_told_with_the_setting_that_changes_it(station: Station, tmp_path: Path) -> None:
    other = station.settings.model_copy(update={"home": tmp_path / "other"})
    with pytest.raises(StationError, match="HOTICH_REVIEW_PORT"), running_station(other):
        pass
    assert free_port(station.settings.review_port) > station.settings.review_port
