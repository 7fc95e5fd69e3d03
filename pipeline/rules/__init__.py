"""Checks between the fields of a case and between the cases of a book.

The rules are data (``rules.toml``), their predicates are in ``checks``. A broken rule is a doubt on the
fields that it names; no rule changes a value, and none speaks of a field that the case does not have.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.elements import RegisterType
from pipeline.fields.number import series_of
from pipeline.rules.checks import CHECKS
from pipeline.wording import say


class Severity(StrEnum):
    """ERROR: cannot be right as it stands. WARNING: rare but possible."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: for which registers, which check over which groups of fields, and what to tell people.

    ``beside`` are fields that the check takes after those of a group; no doubt falls on them.
    """

    id: str
    types: frozenset[str]
    check: str
    groups: tuple[tuple[str, ...], ...]
    severity: Severity
    sentence: str
    params: Mapping[str, Any] = field(default_factory=dict)
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Doubt:
    """A broken rule: ``fields`` are those concerned, ``sentence`` is for people, ``code`` is to be kept."""

    rule: str
    fields: tuple[str, ...]
    sentence: str
    severity: Severity

    @property
    def code(self) -> str:
        """The reason to keep with the fields: ``rule:<id>``."""
        return f"rule:{self.rule}"


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule between the fields of a case, in the order of ``rules.toml``."""
    return _read("rule")


@cache
def book_rules() -> tuple[Rule, ...]:
    """Every rule between cases of a book, in the order of ``rules.toml``."""
    return _read("book_rule")


@cache
def total_rules() -> tuple[Rule, ...]:
    """Every rule between a book's closing note and its cases, in the order of ``rules.toml``."""
    return _read("total_rule")


def _read(table: str) -> tuple[Rule, ...]:
    text = (Path(__file__).parent / "rules.toml").read_text(encoding="utf-8")
    return tuple(
        Rule(
            id=entry["id"],
            types=frozenset(entry["types"]),
            check=entry["check"],
            groups=tuple((key,) for key in entry["each"]) if "each" in entry else (tuple(entry["fields"]),),
            severity=Severity(entry["severity"]),
            sentence=entry["sentence"],
            params=entry.get("params", {}),
            beside=tuple(entry.get("beside", ())),
        )
        for entry in tomllib.loads(text)[table]
    )


def check_case(
    case_values: Mapping[str, str], register_type: RegisterType | str, year: int | None = None
) -> tuple[Doubt, ...]:
    """The rules that a case breaks.

    ``case_values`` maps field keys to texts or to normalised values, either will do; fields that this edition
    does not have are left out of it. ``year`` is the one in which the book was opened.
    """
    doubts: list[Doubt] = []
    for rule in rules():
        if register_type not in rule.types:
            continue
        for group in rule.groups:
            if any(key not in case_values for key in group):
                continue
            texts = [case_values.get(key, "") for key in (*group, *rule.beside)]
            if CHECKS[rule.check](texts, rule.params, year):
                doubts.append(Doubt(rule.id, group, say(rule.sentence), rule.severity))
    return tuple(doubts)


def sentence_of(rule_id: str) -> str | None:
    """What a rule tells people, in the language in force; None for a rule that is not known."""
    every = (*rules(), *book_rules(), *total_rules())
    return next((say(rule.sentence) for rule in every if rule.id == rule_id), None)


@dataclass(frozen=True, slots=True)
class SequenceFacts:
    """Numbers of one year in a book: those missing between the first and the last, and those met twice."""

    year: int
    missing: tuple[int, ...]
    repeated: tuple[int, ...]


def check_sequence(numbers: Iterable[str]) -> tuple[SequenceFacts, ...]:
    """Gaps and repetitions in the numbers of a book, year by year; numbers like 12a/2010 fill no gap.

    Numbers run on through the year and begin again at 01 in the next (Decree 158/2005, article 68).
    """
    met: dict[int, Counter[int]] = {}
    for text in numbers:
        series = series_of(text)
        if series is not None and series[0].isdecimal():
            met.setdefault(series[1], Counter())[int(series[0])] += 1
    return tuple(
        SequenceFacts(
            year,
            tuple(number for number in range(min(counts), max(counts)) if number not in counts),
            tuple(sorted(number for number, times in counts.items() if times > 1)),
        )
        for year, counts in sorted(met.items())
    )
