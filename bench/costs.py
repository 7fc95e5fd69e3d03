"""What pages cost: CPU time of the first and the later pages of books beside Tesseract's own, and memory.

A station reads the pages of a book one after the other, and what they teach of the book goes on to the next;
so pages are measured in books here, too.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

import psutil
from rich.table import Table

from pipeline.wording import say

if TYPE_CHECKING:
    from pipeline.read import PageResult

FIRST: Final = "first"
KNOWN: Final = "known"
READ: Final = "read"
MIB: Final = 1024 * 1024
SAMPLED: Final = 0.1
"""Seconds between two looks at the memory: a page takes twenty and more."""


def place_of(page: PageResult, *, first: bool) -> str:
    """Whether a page was the first of its book, or how the labels of a later one were found."""
    return FIRST if first else KNOWN if page.reading.provenance.get("labels") == KNOWN else READ


@dataclass
class Cost:
    """CPU seconds of some pages: ours, the longest of them, and Tesseract's own for the same pages."""

    pages: int = 0
    ours: float = 0.0
    longest: float = 0.0
    tesseract: float = 0.0

    def add(self, ours: float, tesseract: float) -> None:
        """Count a page."""
        self.pages += 1
        self.ours += ours
        self.longest = max(self.longest, ours)
        self.tesseract += tesseract

    @property
    def ratio(self) -> float:
        """Our time in Tesseract's."""
        return self.ours / self.tesseract if self.tesseract else 0.0


@dataclass
class Costs:
    """Costs by place in the book, and the most memory (bytes) of the reader and its Tesseract together."""

    by_place: dict[str, Cost] = field(default_factory=dict)
    peak: int = 0

    def add(self, place: str, ours: float, tesseract: float) -> None:
        """Count a page."""
        self.by_place.setdefault(place, Cost()).add(ours, tesseract)

    @property
    def later(self) -> Cost:
        """All pages but the first ones of their books."""
        total = Cost()
        for place in (KNOWN, READ):
            if (cost := self.by_place.get(place)) is not None:
                total.pages += cost.pages
                total.ours += cost.ours
                total.longest = max(total.longest, cost.longest)
                total.tesseract += cost.tesseract
        return total

    def table(self) -> Table:
        """The costs for a terminal."""
        names = {
            FIRST: say("Trang đầu sổ"),
            KNOWN: say("Trang sau, đã biết nhãn"),
            READ: say("Trang sau, đọc nhãn"),
        }
        table = Table(
            say("Trang"), say("Số trang"), say("CPU, giây"), say("lâu nhất"), "tesseract -l vie", say("tỉ số")
        )
        rows = [(names[place], cost) for place in names if (cost := self.by_place.get(place)) is not None]
        if self.later.pages:
            rows.append((say("Mọi trang sau"), self.later))
        for name, cost in rows:
            seconds = (cost.ours / cost.pages, cost.longest, cost.tesseract / cost.pages, cost.ratio)
            table.add_row(name, str(cost.pages), *(f"{number:.2f}" for number in seconds))
        return table


class MemoryWatch:
    """The most memory that this process and those it starts take together while the watch is on."""

    def __init__(self) -> None:
        self.peak = 0
        self._process = psutil.Process()
        self._off = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._off.clear()
        self._thread = threading.Thread(target=self._look, name="memory", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._off.set()
        if self._thread is not None:
            self._thread.join()

    def _look(self) -> None:
        while True:
            self.peak = max(self.peak, self._now())
            if self._off.wait(SAMPLED):
                return

    def _now(self) -> int:
        total = int(self._process.memory_info().rss)
        for child in self._process.children(recursive=True):
            try:
                total += int(child.memory_info().rss)
            except psutil.NoSuchProcess:
                continue
        return total
