"""Printed tables of older books as data: what is set on a sheet or on two facing pages, in millimetres.

No layout of a book before 2006 is documented, so the files in ``layouts/tables`` are examples: they have what
such tables are known for (many narrow columns, headings over several lines, a row of column numbers, one case
a row, a case that runs over both pages) and make no claim to be any real print run.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from training.layout import LAYOUTS

TABLES = LAYOUTS / "tables"


@dataclass(frozen=True, slots=True)
class Column:
    """A printed column: ``text`` is its heading by line, ``group`` the heading over it and its neighbours.

    ``x0`` and ``x1`` are mm from the left edge of its page (0 the left or only page, 1 the right one).
    ``field`` is "" for a column that asks for no field: signatures.
    """

    field: str
    text: tuple[str, ...]
    group: str
    page: int
    number: int
    x0: float
    x1: float


@dataclass(frozen=True, slots=True)
class TableLayout:
    """A printed table. ``rows`` are the fewest and the most cases that a sheet has room for."""

    name: str
    type: str
    edition: str
    face: str
    size: float
    title: str
    page_width: float
    page_height: float
    pages: int
    top: float
    head: float
    bottom: float
    numbers: bool
    rows: tuple[int, int]
    columns: tuple[Column, ...]

    def asked(self) -> tuple[str, ...]:
        """Field keys in printed order."""
        return tuple(column.field for column in self.columns if column.field)

    def on_page(self, page: int) -> tuple[Column, ...]:
        """The columns of one page, from left to right."""
        return tuple(column for column in self.columns if column.page == page)

    def groups(self, page: int) -> list[tuple[str, float, float]]:
        """Headings over several columns of a page, with where they begin and end; "" where there is none."""
        found = []
        for group, members in groupby(self.on_page(page), key=lambda column: column.group):
            columns = list(members)
            found.append((group, columns[0].x0, columns[-1].x1))
        return found


def table_names(edition: str = "both", register_type: str = "all") -> list[str]:
    """Names of the table layouts of one edition or of "both", of one register type or of "all"."""
    found = {path.stem: load_table(path.stem) for path in sorted(TABLES.glob("*.toml"))}
    return [
        name
        for name, table in found.items()
        if edition in {"both", table.edition} and register_type in {"all", table.type}
    ]


@lru_cache(maxsize=32)
def load_table(name: str) -> TableLayout:
    """The table of that name, its columns placed side by side."""
    data = tomllib.loads((TABLES / f"{name}.toml").read_text(encoding="utf-8"))
    outer, inner = float(data["outer"]), float(data["inner"])
    width, pages = float(data["width"]), int(data["pages"])
    columns: list[Column] = []
    x, page = outer, 0
    for number, entry in enumerate(data["column"], 1):
        if entry.get("page", 1) - 1 != page:
            page = entry["page"] - 1
            x = inner
        end = x + float(entry["width"])
        columns.append(
            Column(entry.get("field", ""), tuple(entry["text"]), entry.get("group", ""), page, number, x, end)
        )
        x = end
        if x > width - min(outer, inner) / 2:
            raise ValueError(f"{name}: column {number} leaves its page")
    return TableLayout(
        name=name,
        type=data["type"],
        edition=data["edition"],
        face=data["face"],
        size=float(data["size"]),
        title=data["title"],
        page_width=width,
        page_height=float(data["height"]),
        pages=pages,
        top=float(data["top"]),
        head=float(data["head"]),
        bottom=float(data["bottom"]),
        numbers=bool(data.get("numbers", False)),
        rows=(int(data["rows"][0]), int(data["rows"][1])),
        columns=tuple(columns),
    )
