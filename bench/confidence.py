"""``hotich bench confidence``: how much is accepted without a person, and how much of that is wrong.

On a folder of pages with truth files, or on rows that were kept of one (``bench.rows``), the program's own
probabilities and thresholds are measured. On a folder of lines with labels.tsv, which no page of a register
is, they are fitted on some writers and measured on the others (``bench.line_confidence``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import numpy as np
from rich.console import Console
from rich.table import Table

from bench.lines import LABELS
from bench.rows import PageRow, keep, load
from pipeline.confidence import default_policy, group_of, probability
from pipeline.policy import TARGET, Answer, FieldPolicy, Policy
from pipeline.proof import upper_bound
from pipeline.wording import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

BINS: Final = 15
"""Bins of the expected calibration error, each with as many fields."""
ROWS: Final = ".jsonl"


@dataclass(frozen=True, slots=True)
class Judged:
    """A field as the program judged it. ``open`` says that its probability decided, and no other reason."""

    register: str
    typed: bool
    group: str
    chance: float
    right: bool
    open: bool
    accepted: bool


def judge(pages: Iterable[PageRow], policy: Policy) -> list[Judged]:
    """Every field of some pages under a policy."""
    judged = []
    for page in pages:
        for field in page.fields:
            group = group_of(field.kind, blank=field.blank)
            chance = probability(group, field.evidence)
            accepted = (
                not field.asked and policy.answer(field.key, group, page.family, chance) is Answer.ACCEPT
            )
            register = page.family.split(".", 1)[0]
            judged.append(Judged(register, page.typed, group, chance, field.right, not field.asked, accepted))
    return judged


def uniform(target: float, policy: Policy | None = None) -> Policy:
    """The program's policy with one target for all fields."""
    base = policy or default_policy()
    keys = {key: FieldPolicy(target) for key in base.fields}
    return replace(base, fields=keys, default=FieldPolicy(target), person=target)


@dataclass(frozen=True, slots=True)
class Score:
    """What is accepted of some fields, and how good their probabilities are."""

    fields: int
    right: float
    accepted: int
    wrong: int
    ece: float
    auc: float

    @property
    def share(self) -> float:
        """Fields that nobody must see."""
        return self.accepted / max(1, self.fields)

    @property
    def error(self) -> float:
        """Wrong ones among those."""
        return self.wrong / max(1, self.accepted)

    @property
    def bound(self) -> float:
        """What their error is proven to be under, at 90 %."""
        return upper_bound(self.wrong, self.accepted)


def score(judged: Sequence[Judged]) -> Score:
    """Count; probabilities are scored on the fields that they decide."""
    decided = [field for field in judged if field.open]
    chances = np.array([field.chance for field in decided])
    right = np.array([field.right for field in decided], np.bool_)
    accepted = [field for field in judged if field.accepted]
    return Score(
        len(judged),
        sum(field.right for field in judged) / max(1, len(judged)),
        len(accepted),
        sum(not field.right for field in accepted),
        calibration_error(chances, right),
        ranking(chances, right),
    )


def bins_of(chances: NDArray[np.float64], count: int = BINS) -> list[NDArray[np.intp]]:
    """Places of the fields in bins of as many each, from the least likely up."""
    return [part for part in np.array_split(np.argsort(chances, kind="stable"), count) if len(part)]


def calibration_error(chances: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Expected calibration error: how far what is told and what is right are apart, mean over the bins."""
    if not len(chances):
        return 0.0
    gaps = [len(part) * abs(chances[part].mean() - right[part].mean()) for part in bins_of(chances)]
    return float(sum(gaps) / len(chances))


def ranking(chances: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Area under the ROC curve: how often a right field is likelier than a wrong one; 1 without both."""
    good, bad = np.sort(chances[right]), chances[~right]
    if not len(good) or not len(bad):
        return 1.0
    under, upto = np.searchsorted(good, bad, "left"), np.searchsorted(good, bad, "right")
    return float(1.0 - (under + 0.5 * (upto - under)).sum() / (len(good) * len(bad)))


def parts_of(judged: Sequence[Judged]) -> dict[str, list[Judged]]:
    """The fields that are scored together, by what they have in common."""
    parts = {
        say("đánh máy"): [field for field in judged if field.typed],
        say("viết tay"): [field for field in judged if not field.typed],
    }
    for register in sorted({field.register for field in judged}):
        parts[register] = [field for field in judged if field.register == register]
    for group in sorted({field.group for field in judged}):
        parts[group] = [field for field in judged if field.group == group]
    return parts | {say("Tất cả"): list(judged)}


def pages_of(place: Path, rows: Path | None) -> list[PageRow]:
    """The rows of a folder of pages, kept in a file where one is given; or those of such a file."""
    if place.suffix == ROWS:
        return load([place])
    if rows is not None:
        keep(place, rows)
        return [page for page in load([rows]) if page.source == str(place)]
    with TemporaryDirectory() as folder:
        keep(place, Path(folder) / "rows.jsonl")
        return load([Path(folder) / "rows.jsonl"])


def table_of(parts: dict[str, Sequence[Judged]] | dict[str, list[Judged]], title: str) -> Table:
    """The scores of some parts."""
    table = Table(
        say("Nhóm"),
        say("Mục"),
        say("Đúng"),
        say("Tự chấp nhận"),
        say("Sai trong số đó"),
        say("Cận trên 90 %"),
        "ECE",
        "AUC",
        title=title,
    )
    for name, fields in parts.items():
        found = score(fields)
        table.add_row(
            name,
            str(found.fields),
            f"{found.right:.1%}",
            f"{found.share:.1%}",
            f"{found.wrong} ({found.error:.2%})",
            f"{found.bound:.2%}" if found.accepted else "–",
            f"{found.ece:.3f}",
            f"{found.auc:.3f}",
        )
    return table


def main(place: Path, rows: Path | None = None, target: float = TARGET, pictures: Path | None = None) -> None:
    """Measure, print the tables, and draw the pictures where a folder for them is given."""
    console = Console(width=max(100, Console().width))
    if (place / LABELS).is_file():
        from bench.line_confidence import main as on_lines  # needs scikit-learn, as fitting does

        on_lines(place, target, pictures)
        return
    try:
        pages = pages_of(place, rows)
    except ValueError as why:
        console.print(str(why), markup=False)
        raise SystemExit(2) from why
    if not pages:
        console.print(say("Không có trang nào kèm tệp đáp án trong {folder}.", folder=place), markup=False)
        raise SystemExit(2)
    judged = judge(pages, uniform(target))
    title = say("{pages} trang, chỉ tiêu {target}", pages=len(pages), target=f"{target:.1%}")
    console.print(table_of(parts_of(judged), title))
    policy = {say("Tất cả"): judge(pages, default_policy())}
    console.print(table_of(policy, say("Theo chỉ tiêu của từng mục")))
    if pictures is not None:
        from bench.reliability import draw

        for path in draw(judged, pictures, target):
            console.print(str(path), markup=False)
