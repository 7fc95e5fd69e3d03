"""What reading is tested with: the shipped network, loaded once, and the sample's pages, each read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import pytest

from pipeline.read import PageResult, Reader
from pipeline.recognise.handwriting import LineRecogniser
from pipeline.report import Truth, read_truth
from pipeline.scan import open_page

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

SAMPLE = Path(__file__).parents[2] / "training" / "sample"


@dataclass(frozen=True)
class SamplePage:
    """A page of the committed sample with its truth; read when it is first asked for."""

    stem: str
    reader: Reader

    @cached_property
    def image(self) -> NDArray[np.uint8]:
        return open_page(next(SAMPLE.glob(f"*/{self.stem}.jpg")), 1)

    @cached_property
    def truth(self) -> Truth:
        return read_truth(SAMPLE / "truth" / f"{self.stem}.json")

    @cached_property
    def result(self) -> PageResult:
        return self.reader.read(self.image)


@pytest.fixture(scope="session")
def recogniser() -> LineRecogniser:
    cv2.setNumThreads(1)
    return LineRecogniser.load()


@pytest.fixture(scope="session")
def reader(recogniser: LineRecogniser) -> Reader:
    return Reader(recogniser)


@pytest.fixture(scope="session")
def sample(reader: Reader) -> Callable[[str], SamplePage]:
    """A page of the sample by its stem; each is opened and read once in a session."""
    pages: dict[str, SamplePage] = {}

    def page(stem: str) -> SamplePage:
        return pages.setdefault(stem, SamplePage(stem, reader))

    return page
