"""The flows that Prefect runs. Thin: what they do is in ``flows.batch`` and ``models``, without Prefect.

Only ids go through Prefect: no name, no value and no image of a citizen in a parameter, a result, a log line.
One run reads what waits of one book; a task is a chunk of about ten pages, which keeps Prefect's own cost at
about a hundredth of the work (a task per page costs four times that).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.futures import wait
from prefect.task_runners import ThreadPoolTaskRunner

from flows.batch import Batch, ChunkResult
from flows.owners import recover, this_owner
from flows.page_pool import PagePool
from models.housekeeping import keep_house
from models.ledger import ClaimedPage
from models.registry import load_approved
from models.settings import Settings
from models.store import Store
from pipeline.forms import use_own_forms

if TYPE_CHECKING:
    from prefect.futures import PrefectFuture
    from prefect.task_runners import TaskRunner

READ_DEPLOYMENT: Final = "read-batch/station"
LOAD_DEPLOYMENT: Final = "load/station"
LOAD_LIMIT: Final = 200
MOST_LANES: Final = 64  # a batch itself keeps to the number of processes that the settings say

# The decorator's type allows any runner's futures, and a runner's type only its own.
_LANES: Final = cast("TaskRunner[PrefectFuture[Any]]", ThreadPoolTaskRunner(max_workers=MOST_LANES))


@task(
    name="read-chunk",
    task_run_name="page-{first}",
    cache_policy=NO_CACHE,
    persist_result=False,
    log_prints=False,
)
def read_chunk(batch: Batch, pages: tuple[ClaimedPage, ...], first: int) -> ChunkResult:  # noqa: ARG001 - names the run
    """Read a chunk of pages of the book whose batch this is."""
    result = batch.read_chunk(pages)
    get_run_logger().info("%d pages read, %d not read", result.read, result.failed)
    return result


@flow(
    name="read-batch",
    flow_run_name="book-{book_id}",
    task_runner=_LANES,
    persist_result=False,
)
def read_batch(book_id: int) -> None:
    """Read all pages of a book that wait to be read; may be run again at any time."""
    log = get_run_logger()
    settings = Settings()
    store = Store.open(settings)
    use_own_forms(settings.forms)
    recover(store)
    total = ChunkResult()
    with (
        PagePool(settings.processes, settings.forms) as pool,
        Batch(store, book_id, this_owner(), pool) as batch,
    ):
        chunks = [read_chunk.submit(batch, pages, pages[0].page_id) for pages in batch.chunks()]
        wait(chunks)
        for chunk in chunks:
            total += chunk.result()
    store.refresh_statistics()  # people are asked about these pages from now on
    log.info("book %d: %d pages read, %d not read, %d lost", book_id, total.read, total.failed, total.lost)
    store.close()


@flow(name="load", flow_run_name="load", persist_result=False)
def load() -> None:
    """Load approved cases into the registry until none is left, and keep house; may be run again any time."""
    settings = Settings()
    use_own_forms(settings.forms)
    store = Store.open(settings)
    loaded = refused = 0
    while (result := load_approved(store, LOAD_LIMIT)).loaded or result.refused:
        loaded += len(result.loaded)
        refused += len(result.refused)
    kept = keep_house(store)
    get_run_logger().info(
        "%d cases loaded, %d refused, %d back from outside, %d drifting, %s fields moved by new checks",
        loaded, refused, kept.back, kept.drifting, kept.moved,
    )  # fmt: skip
    store.close()
