"""Workers killed with SIGKILL at any moment, several at once: no page lost, none read twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import func, select

from models.ledger import claim_pages, progress
from models.settings import Settings
from models.states import PageState
from models.store import Store
from models.tables import Case, Field, Page, Task
from tests.models import made

ROOT = Path(__file__).parents[2]
PAGES = 30

# Reads page after page, as a worker does: claim, "read", write the image, record. Short leases and pauses, so
# that a kill falls into every step sooner or later.
WORKER = """
import sys
import time
from models.ledger import claim_pages, record_page
from models.settings import Settings
from models.store import Store
from tests.models import made

store = Store.open(Settings())
book_id, owner = int(sys.argv[1]), sys.argv[2]
print("ready", flush=True)
sys.stdin.readline()
while claimed := claim_pages(store, book_id, owner, 2, lease_seconds=float(sys.argv[3])):
    print(*(page.page_id for page in claimed), flush=True)
    for page in claimed:
        path = store.settings.page_path(page.page_id)
        path.write_bytes(b"image of page %d" % page.page_id)
        time.sleep(0.01)
        numbers = [f"{2 * page.number + place}/2010" for place in range(2)]
        reading = made.reading(made.case(flagged=("nksHoTen",), so=numbers[0]), made.case(1, so=numbers[1]))
        record_page(store, page.page_id, owner, reading, path, 0.01)
"""


def start(settings: Settings, book_id: int, owner: str, lease_seconds: float) -> subprocess.Popen[str]:
    environment = os.environ | {
        "HOTICH_HOME": str(settings.home),
        "HOTICH_DATABASE_URL": settings.database_url,
        "HOTICH_MAX_ATTEMPTS": "100",
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, str(book_id), owner, str(lease_seconds)],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def let_go(workers: list[subprocess.Popen[str]]) -> None:
    """Let all of them start reading together, once each is ready."""
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()


def claims_of(worker: subprocess.Popen[str]) -> list[int]:
    """Let a worker come to its end. Returns the pages that it claimed."""
    output, _ = worker.communicate(timeout=60)
    assert worker.returncode == 0
    return [int(page_id) for page_id in output.split()]


def assert_each_page_is_there_once(store: Store) -> None:
    with store.read() as session:
        pages = session.scalars(select(Page).order_by(Page.id)).all()
        cases = session.execute(select(Case.page_id, func.count()).group_by(Case.page_id)).tuples().all()
        fields = session.scalar(select(func.count()).select_from(Field))
        tasks = session.scalar(select(func.count()).select_from(Task))
    assert [page.state for page in pages] == [PageState.READ] * PAGES
    assert sorted(cases) == [(page.id, 2) for page in pages]
    assert fields == 2 * PAGES * len(made.ENTRY)
    assert tasks == PAGES


def test_killed_workers_lose_and_double_nothing(store: Store) -> None:
    book_id = made.book(store)
    made.scan(store, book_id, pages=PAGES)
    chance = random.Random(7)
    victims = [start(store.settings, book_id, f"victim {number}", 0.3) for number in range(2)]
    let_go(victims)
    for worker in victims:
        time.sleep(chance.uniform(0.005, 0.04))
        worker.send_signal(signal.SIGKILL)
        worker.communicate(timeout=60)
    assert [worker.returncode for worker in victims] == [-signal.SIGKILL] * 2
    left = progress(store, book_id).pages_open
    assert left > 0
    time.sleep(0.35)  # the leases of the dead
    workers = [start(store.settings, book_id, f"worker {number}", 60) for number in range(2)]
    let_go(workers)
    claimed = [page_id for worker in workers for page_id in claims_of(worker)]
    assert len(claimed) == len(set(claimed)) == left
    assert_each_page_is_there_once(store)


def test_claims_from_many_threads_never_overlap(store: Store) -> None:
    book_id = made.book(store)
    made.scan(store, book_id, pages=60)

    def claim(number: int) -> list[int]:
        taken: list[int] = []
        while got := claim_pages(store, book_id, f"thread {number}", 3):
            taken += [item.page_id for item in got]
        return taken

    with ThreadPoolExecutor(5) as pool:
        claims = list(pool.map(claim, range(5)))
    taken = [page_id for claim_of_one in claims for page_id in claim_of_one]
    assert len(taken) == len(set(taken)) == 60
