"""``python -m tests.flows.batch_process BOOK``: one batch in a process of its own, to be killed by a test."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

from flows.batch import Batch, ChunkResult
from flows.owners import recover, this_owner
from flows.page_pool import PagePool
from models.settings import Settings
from models.store import Store


def read_book(store: Store, book_id: int) -> ChunkResult:
    """What the flow does, with plain threads in the place of Prefect's."""
    recover(store)
    processes = store.settings.processes
    total = ChunkResult()
    with (
        PagePool(processes) as pool,
        Batch(store, book_id, this_owner(), pool) as batch,
        ThreadPoolExecutor(processes) as threads,
    ):
        for chunk in [threads.submit(batch.read_chunk, pages) for pages in batch.chunks()]:
            total += chunk.result()
    return total


if __name__ == "__main__":
    read_book(Store.open(Settings()), int(sys.argv[1]))
