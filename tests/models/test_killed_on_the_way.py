"""A station killed with SIGKILL anywhere from inbox to export, and started again, ends where it should."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from models.settings import Settings
from models.states import CaseState, Role, ScanState
from models.store import Store
from models.tables import Case, Event, Export, Field, Page, Scan, registry_birth
from tests.models import made

ROOT = Path(__file__).parents[2]
SCANS = 8

# All the steps of a station, each of which may find itself half done.
STATION = """
import sys
import time

from PIL import Image

from models.export import export_book
from models.ledger import claim_pages, progress, record_page
from models.registry import load_approved
from models.settings import Settings
from models.store import Store
from tests.models import made

store = Store.open(Settings())
owner, chief, scans = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
book_id = made.book(store)
for number in range(scans):
    made.scan(store, book_id, name=f"{number}.jpg", content=b"scan %d" % number * 100_000)
while progress(store, book_id).pages_open:
    for page in claim_pages(store, book_id, owner, 2, lease_seconds=0.2) or [time.sleep(0.02)]:
        if page is not None:
            path = store.settings.page_path(page.page_id)
            Image.new("RGB", (300, 424), (200, 20 * page.page_id, 0)).save(path)
            reading = made.reading(made.case(so=f"{page.page_id}/2010"))
            record_page(store, page.page_id, owner, reading, path, 0.01)
made.approve_all(store, book_id, chief)
while load_approved(store, 2).loaded:
    pass
export_book(store, book_id, chief)
"""


def run(settings: Settings, owner: str, chief: int, seconds: float | None) -> int:
    """Run the station, and kill it after so many seconds. Returns its exit code."""
    environment = os.environ | {
        "HOTICH_HOME": str(settings.home),
        "HOTICH_MAX_ATTEMPTS": "100",
        "PYTHONPATH": str(ROOT),
    }
    with subprocess.Popen(
        [sys.executable, "-c", STATION, owner, str(chief), str(SCANS)],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as station:
        assert station.stdout is not None
        assert station.stdout.readline() == "ready\n"
        assert station.stdin is not None
        station.stdin.write("go\n")
        station.stdin.flush()
        if seconds is not None:
            time.sleep(seconds)
            station.send_signal(signal.SIGKILL)
        return station.wait(timeout=60)


@pytest.mark.parametrize("moments", [(0.01, 0.1), (0.05, 0.2)])
def test_a_killed_station_ends_where_it_should(sqlite_store: Store, moments: tuple[float, ...]) -> None:
    store = sqlite_store
    chief = made.person(store, "chief", Role.APPROVER)
    killed = [run(store.settings, f"run {seconds}", chief, seconds) for seconds in moments]
    assert -signal.SIGKILL in killed
    assert run(store.settings, "last", chief, None) == 0
    with store.read() as session:
        scans = session.scalars(select(Scan)).all()
        cases = session.scalars(select(Case)).all()
        rows = session.execute(select(registry_birth.c.case_id)).scalars().all()
        pages = session.scalar(select(func.count()).select_from(Page))
        fields = session.scalar(select(func.count()).select_from(Field))
        exports = session.scalars(select(Export)).all()
        loads = session.scalars(select(Event.object_id).filter_by(what="case_loaded")).all()
    assert pages == len(scans) == len(cases) == SCANS
    assert {scan.state for scan in scans} == {ScanState.READ}
    assert {case.state for case in cases} == {CaseState.LOADED}
    assert fields == SCANS * len(made.ENTRY)
    assert {*rows} == {*loads} == {case.id for case in cases}
    assert len(rows) == len(loads) == SCANS
    for scan in scans:
        kept = store.settings.scan_path(scan.sha256, scan.suffix)
        assert hashlib.sha256(kept.read_bytes()).hexdigest() == scan.sha256
    package = store.settings.outside(exports[-1].path)
    assert hashlib.sha256(package.read_bytes()).hexdigest() == exports[-1].sha256
    assert exports[-1].cases == SCANS
