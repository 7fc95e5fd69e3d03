"""The Ministry's import sheet as data: its headers letter for letter, and how each column is filled.

The sheet and its codes are those seen in use with the shared civil-status software; another template is
another data file. Each column names a rule:

``row_number``     the number of the row in the sheet
``case_number``    number of the case, "05/2010"
``volume_number``  number of the volume, "01/2010"
``office``         the registering office of the book
``field``          the value of one field
``verbatim``       the text of one field as it stands in the book: a date in words stays in words
``code``           the code of the value of one field, by the lists of the pipeline
``mentioned``      the code of a table of ``codes`` whose words stand in the text of one field, if one alone
``known_parents``  1 both parents stand in the book, 2 the mother does not, 3 the father does not
``empty``          nothing in the register says this
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

DATA: Final = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class MinistryColumn:
    """One column: the exact header text, the name in it, and the rule that fills it."""

    header: str
    name: str
    rule: str
    field: str = ""
    codes: str = ""

    @property
    def kept(self) -> bool:
        """Whether the registry table has a column of its own for it (``so`` is part of the key there)."""
        return self.rule not in ("row_number", "case_number")


@dataclass(frozen=True, slots=True)
class MinistrySheet:
    """A sheet of the Ministry: its title, its columns in order, and code tables by name."""

    title: str
    columns: tuple[MinistryColumn, ...]
    codes: Mapping[str, Mapping[str, str]]


def load_sheet(path: Path) -> MinistrySheet:
    """Read a sheet from its data file.

    Raises:
        ValueError: for a column that names an unknown table of codes.
    """
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    columns = tuple(MinistryColumn(name=item["header"].split()[0], **item) for item in data["columns"])
    for column in columns:
        if column.codes and column.codes not in data["codes"]:
            raise ValueError(f"{path.name}: column {column.name} names the unknown codes {column.codes}")
    return MinistrySheet(data["sheet"], columns, data["codes"])


BIRTH: Final = load_sheet(DATA / "moj_birth.json")
