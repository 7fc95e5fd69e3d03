"""Reading the data files of this folder."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
CHOICE_LISTS: Final = ("sex", "ethnicity", "nationality", "relation", "office", "registration_kind")


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a closed list: export spelling, code (or ""), other spellings, and how common it is."""

    value: str
    code: str
    variants: tuple[str, ...]
    count: int


def rows(name: str) -> list[list[str]]:
    """Cells of a data file, without its header line."""
    lines = (FOLDER / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines[1:] if line]


@cache
def choices(name: str) -> tuple[Choice, ...]:
    """The values of a closed list, in the order of its file.

    Raises:
        KeyError: for a name that is in no ``CHOICE_LISTS``.
    """
    if name not in CHOICE_LISTS:
        raise KeyError(name)
    return tuple(
        Choice(value, code, tuple(item for item in variants.split("|") if item), int(count))
        for value, code, variants, count in rows(name)
    )
