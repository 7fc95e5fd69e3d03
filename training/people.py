"""Made-up people and how a clerk writes their names."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"

# Ethnic groups of Bình Phước's people, roughly by how often their books name them.
GROUPS = {
    "kinh": 62, "xtieng": 14, "khome": 5, "nung": 6, "tay": 5, "hoa": 3, "ede": 1, "mnong": 2, "thai": 2,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who does not exist. ``ethnicity`` is as this clerk writes it."""

    name: str
    male: bool
    group: str
    ethnicity: str
    born: int
    family: str


@lru_cache(maxsize=1)
def _groups() -> dict[str, Any]:
    return tomllib.loads((DATA / "names.toml").read_text(encoding="utf-8"))


def any_group(rng: random.Random) -> str:
    """One ethnic group, frequent ones more often."""
    return rng.choices(list(GROUPS), weights=list(GROUPS.values()))[0]


def make_person(rng: random.Random, *, male: bool, group: str, born: int, family: str = "") -> Person:
    """A person of that group; ``family`` is the surname (or clan) to take over from the father."""
    parts = _groups()[group]
    given = rng.choice(parts["given_m" if male else "given_f"])
    if "clans" in parts:
        family = family or rng.choice(parts["clans"])
        words = [f"Y {given}" if male else f"H'{given}", family]
    elif "surname_m" in parts:
        words = [parts["surname_m"] if male else parts["surname_f"], given]
    else:
        family = family or rng.choice(parts["surnames"])
        middle = rng.choice(parts["middle_m" if male else "middle_f"]).split()
        words = [family, *[word for word in middle if word not in (given, family)], given]
    written = "Kinh" if group == "kinh" else rng.choice(parts["written"])
    return Person(" ".join(words), male, group, written, born, family)


def as_written(name: str, habit: str) -> str:
    """A name in a clerk's habit: "plain", "low_middle" (Nguyễn thị Lan) or "capitals"."""
    if habit == "capitals":
        return name.upper()
    words = name.split()
    if habit == "low_middle":
        words = [
            word.lower() if word in {"Thị", "Văn"} and place else word for place, word in enumerate(words)
        ]
    return " ".join(words)
