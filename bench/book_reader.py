"""Pages of a book read one after another, as a station does: each with what those before it told.

Of the truth files only what the name of a book's folder tells a station is used, its type and the year in
which it was opened. What its pages say again and again (``pipeline.repeated``), how its labels look and which
way up its pages lie come from readings of the pages before, as in ``models.book_facts`` and
``flows.page_worker``, where nobody has decided anything yet.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.elements import FieldState, PageKind
from pipeline.read import BookPrior
from pipeline.repeated import REPEATED, common_texts
from pipeline.scan import open_page

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bench.pages import Sheet
    from pipeline.elements import PageReading
    from pipeline.forms.known_page import KnownPage
    from pipeline.read import PageResult, Reader
    from pipeline.report import Truth


@dataclass
class BookReader:
    """Reads the pages of one book in turn and remembers what they told."""

    reader: Reader
    edition: str = ""
    known: KnownPage | None = None
    read_texts: dict[str, Counter[str]] = field(default_factory=dict)
    turns: Counter[int] = field(default_factory=lambda: Counter({0: 0}))

    def read(self, sheet: Sheet) -> PageReading:
        """Read the next page."""
        return self.read_image(open_page(sheet.path, sheet.number), sheet.truth).reading

    def read_image(self, image: NDArray[np.uint8], truth: Truth) -> PageResult:
        """Read the next page from its image, uint8 (rows, columns, 3)."""
        prior = BookPrior(
            type=truth.type,
            edition=self.edition,
            year=truth.year,
            turned=self.turns.most_common(1)[0][0],
            said=common_texts(self.read_texts),
            known=self.known,
        )
        result = self.reader.read(image, prior)
        self.known = result.known
        self._remember(result.reading)
        return result

    def _remember(self, reading: PageReading) -> None:
        self.turns[reading.turned] += 1
        if reading.kind is PageKind.CASES and not self.edition:
            self.edition = reading.edition
        for case in reading.cases:
            for item in case.fields:
                if (
                    item.key in REPEATED
                    and item.verbatim
                    and item.state in (FieldState.ACCEPTED, FieldState.FLAGGED)
                ):
                    self.read_texts.setdefault(item.key, Counter())[item.verbatim] += 1
