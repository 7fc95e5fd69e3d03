"""Lists of what registers hold, as data files: names, places, ethnic groups, titles, numbers in words.

The files are tab-separated with a header line, one entry a line; ``SOURCES.md`` says where each comes from.
A word that is in no list keeps a floor of probability in ``prior``: lists re-score, they never replace.
"""

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


def _rows(name: str) -> list[list[str]]:
    """Cells of a data file, without its header and comments."""
    lines = (FOLDER / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines[1:] if line and not line.startswith("#")]


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
        for value, code, variants, count in _rows(name)
    )
