"""``python -m bench.campaign``: do accepted values stay right while handwriting and scans change?

A campaign digitises books one after the other under the program's own rules: thresholds proven on what was
known at its start, a random sample of what was accepted, a book's kind of fields that goes back to people
when its sample is proven too bad (``pipeline.proof.sequential``), more samples where readings are worse
than their probabilities say (``pipeline.drift``), and checks that are taken up into the thresholds every
few books.

Fields are not invented: ``recorded.json`` holds, page by page, the honest probability of every field that
was fitted on and whether it was right (``python -m training.calibration --recorded``). Drift enters in
three ways, drawn for each campaign from its seed: pages that are hard to read come more and more often;
from some book on a share of the right fields is wrong whatever the evidence says, as with a letter form
that was never seen; single books are worse still.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Final

import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from bench.confidence import uniform
from pipeline.confidence import default_policy
from pipeline.drift import drift_of
from pipeline.policy import TARGET, Policy
from pipeline.proof import Curve, Verdict, candidates, checks_to_bear, sequential
from pipeline.wording import say

RECORDED: Final = Path(__file__).parent / "recorded.json"
BOOKS: Final = 40
PAGES: Final = 40
SAMPLED: Final = 0.05
"""Share of what is accepted that is checked, where nothing is the matter."""
RAISED: Final = 4.0
TAKEN_UP: Final = 5
"""Books after which checks count for thresholds."""
BAD_BOOK: Final = 0.03
"""Right fields of a bad book that are wrong whatever the evidence says."""
KEY: Final = "field"
"""All fields have one target here, so it makes no difference which it is."""


@dataclass(frozen=True)
class Page:
    """A recorded page: how it was written, how hard it is to read, and its fields."""

    manner: str
    hard: float
    groups: tuple[str, ...]
    chances: tuple[float, ...]
    right: tuple[bool, ...]


@dataclass(frozen=True)
class Drift:
    """What changes: ``harder`` pages and ``unseen`` errors by the end, the share of ``bad_books``."""

    harder: float
    unseen: float
    onset: int
    bad_books: float


@dataclass
class Outcome:
    """What a campaign came to."""

    fields: int = 0
    accepted: int = 0
    wrong: int = 0
    checked: int = 0
    returned: int = 0
    drift: Drift = field(default_factory=lambda: Drift(0.0, 0.0, 0, 0.0))

    @property
    def error(self) -> float:
        """Wrong values among those that nobody saw or corrected."""
        return self.wrong / max(1, self.accepted)


def recorded(path: Path = RECORDED) -> list[Page]:
    """The recorded pages."""
    return [
        Page(
            page["manner"],
            page["hard"],
            tuple(one[0] for one in page["fields"]),
            tuple(one[1] for one in page["fields"]),
            tuple(bool(one[2]) for one in page["fields"]),
        )
        for page in json.loads(path.read_text(encoding="utf-8"))
    ]


def drift_for(seed: int, books: int = BOOKS) -> Drift:
    """The drift of a campaign."""
    rng = random.Random(f"drift {seed}")  # noqa: S311 - a simulation
    return Drift(rng.uniform(0.0, 2.5), rng.uniform(0.0, 0.006), rng.randrange(books), rng.uniform(0.0, 0.05))


class _Station:
    """What a station knows while a campaign goes on: its checks, and the policy that follows from them."""

    def __init__(self, base: Policy, target: float) -> None:
        self.base, self.target = base, target
        self.policy = base
        self.checks: dict[tuple[str, str], list[tuple[float, bool]]] = {}
        self.recent: list[tuple[float, bool]] = []
        self.drifting = False

    def take_up(self) -> None:
        """Let all checks so far count: alone where they are enough, else with what was known before."""
        least, enough = candidates(self.target)[-1], checks_to_bear(0, self.target, self.base.confidence)
        curves = dict(self.base.curves)
        for (group, manner), checks in self.checks.items():
            own = Curve.of(checks)
            few = own.checked[least] < enough
            curves[group, manner] = own + self.base.sample(group, manner, self.target) if few else own
        self.policy = replace(self.base, curves=curves)
        self.drifting = drift_of(self.recent).found
        self.recent = []


def simulate(
    pages: list[Page], seed: int, target: float = TARGET, base: Policy | None = None, *, sudden: bool = False
) -> Outcome:
    """One campaign.

    Args:
        pages: what is drawn from.
        seed: the same gives the same campaign.
        target: error rate allowed among what is accepted.
        base: what is known at the start; the program's own policy by default.
        sudden: errors that no evidence shows come at once and stay, instead of growing to the end.
    """
    rng = np.random.default_rng(seed)
    drift = drift_for(seed)
    station = _Station(uniform(target, base or default_policy()), target)
    outcome = Outcome(drift=drift)
    by_manner = {name: [page for page in pages if page.manner == name] for name in {p.manner for p in pages}}
    for number in range(BOOKS):
        manner = "typed" if rng.random() < 0.25 and "typed" in by_manner else "hand"
        since = max(0.0, (number - drift.onset) / max(1, BOOKS - drift.onset))
        unseen = drift.unseen * (float(number >= drift.onset) if sudden else since)
        unseen += BAD_BOOK if rng.random() < drift.bad_books else 0.0
        tilt = drift.harder * number / BOOKS + rng.normal(0.0, 0.5)
        _book(by_manner[manner], manner, float(tilt), unseen, station, outcome, rng)
        if (number + 1) % TAKEN_UP == 0:
            station.take_up()
    return outcome


def _book(
    pages: list[Page],
    manner: str,
    tilt: float,
    unseen: float,
    station: _Station,
    outcome: Outcome,
    rng: np.random.Generator,
) -> None:
    """Read a book, accept what the policy accepts, check a sample, send back what fails."""
    hard = np.array([page.hard for page in pages])
    weights = np.exp(tilt * (hard - hard.mean()) / (hard.std() + 1e-9))
    drawn = rng.choice(len(pages), PAGES, p=weights / weights.sum())
    groups = np.array([group for i in drawn for group in pages[i].groups])
    chances = np.array([chance for i in drawn for chance in pages[i].chances])
    right = np.array([r for i in drawn for r in pages[i].right]) & (rng.random(len(groups)) >= unseen)
    outcome.fields += len(groups)
    checks: list[tuple[float, bool]] = []
    for group in sorted(set(groups.tolist())):
        own = np.flatnonzero(groups == group)
        threshold = station.policy.threshold(KEY, group, manner).value
        accepted = own[chances[own] >= threshold]
        asked = own[chances[own] < threshold]
        found = [(float(chances[i]), bool(right[i])) for i in asked]
        sampled, verdict = _sample(accepted, chances, right, station, rng)
        checks += found + sampled
        station.checks.setdefault((group, manner), []).extend(found + sampled)
        outcome.checked += len(sampled)
        if verdict is Verdict.BROKEN:
            outcome.returned += len(accepted)
            continue
        corrected = sum(not was_right for _, was_right in sampled)
        outcome.accepted += len(accepted)
        outcome.wrong += int((~right[accepted]).sum()) - corrected
    station.recent += checks


def _sample(
    accepted: NDArray[np.intp],
    chances: NDArray[np.float64],
    right: NDArray[np.bool_],
    station: _Station,
    rng: np.random.Generator,
) -> tuple[list[tuple[float, bool]], Verdict]:
    """Check a random sample of what was accepted until the test says something or the sample is done."""
    size = SAMPLED * (2.0 if station.drifting else 1.0) * len(accepted)
    found: list[tuple[float, bool]] = []
    wrong = 0
    for i in rng.permutation(accepted):
        if len(found) >= size * (RAISED if wrong else 1.0):
            break
        found.append((float(chances[i]), bool(right[i])))
        wrong += not right[i]
        verdict = sequential(wrong, len(found), station.target)
        if verdict is not Verdict.OPEN:
            return found, verdict
    return found, Verdict.OPEN


def main(
    seed: Annotated[int, typer.Option(help="Seed of the first campaign.")] = 1,
    count: Annotated[int, typer.Option(min=1, help="Campaigns.")] = 20,
    target: Annotated[float, typer.Option(min=0.0001, max=0.5, help="Error rate allowed.")] = TARGET,
    sudden: Annotated[bool, typer.Option(help="Unseen errors come at once and stay.")] = False,
    recording: Annotated[Path, typer.Option("--recorded", help="Recorded pages.")] = RECORDED,
) -> None:
    """Simulate campaigns, and print what each came to."""
    pages = recorded(recording)
    table = Table(
        say("Chiến dịch"), say("Khó dần"), say("Lỗi không thấy trước"), say("Tự chấp nhận"),
        say("Sai trong số đó"), say("Đã kiểm"), say("Trả lại"),
    )  # fmt: skip
    above = 0
    for number in range(seed, seed + count):
        found = simulate(pages, number, target, sudden=sudden)
        above += found.error > target
        table.add_row(
            str(number),
            f"{found.drift.harder:.2f}",
            f"{found.drift.unseen:.2%} / {found.drift.onset}",
            f"{found.accepted / found.fields:.1%}",
            f"{found.wrong} ({found.error:.2%})",
            str(found.checked),
            str(found.returned),
        )
    console = Console(width=max(100, Console().width))
    console.print(table)
    console.print(
        say("Vượt chỉ tiêu {target}: {above} trên {count}.", target=f"{target:.1%}", above=above, count=count)
    )


if __name__ == "__main__":
    typer.run(main)
