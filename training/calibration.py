"""Fit the probabilities of ``pipeline.confidence``: ``python -m training.calibration --fit DIR --rows FILE``.

Every field of every page with a truth file is read, and its evidence is set against whether it was exactly
right. A logistic regression by group of kinds turns the one into the probability of the other. Its honest
probabilities, from folds that share no book with what they were fitted on, are the samples that thresholds
are proven on (``pipeline.proof``), by group and family of books.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np

from bench.fitting import fit_group, members_of, sample_of, samples_of
from bench.rows import PageRow, keep, load
from pipeline.confidence import FEATURES, FILE, SAMPLES, policy_of
from pipeline.policy import PERSON_TARGET, TARGET
from pipeline.proof import Curve, threshold_of

ANY: Final = "any"
"""The pool of all families."""
MANNERS: Final = ("typed", "hand")


def pools_of(families: set[str]) -> dict[str, tuple[str, ...]]:
    """Which families speak for one of which there are few: all typed, or all by hand; then all together."""
    manners = {family: family.rsplit(".", 1)[1] for family in sorted(families)}
    return {family: (manner, ANY) for family, manner in manners.items()} | dict.fromkeys(MANNERS, (ANY,))


def fit(pages: list[PageRow]) -> dict[str, Any]:
    """Weights by group and samples by group and family, in the form of ``confidence.json``."""
    pools = pools_of({page.family for page in pages})
    groups: dict[str, Any] = {}
    checks: dict[str, dict[str, list[tuple[float, bool]]]] = {}
    for group, sample in samples_of(pages).items():
        weights, honest = fit_group(sample)
        groups[group] = asdict(weights)
        by_family = checks.setdefault(SAMPLES[group], {})
        for family, chance, right in zip(sample.families, honest, sample.y, strict=True):
            for name in (family, *pools[family]):
                by_family.setdefault(name, []).append((float(chance), bool(right)))
    return {
        "made_by": "python -m training.calibration",
        "features": list(FEATURES),
        "pools": pools,
        "groups": groups,
        "samples": {
            group: {name: _counts(Curve.of(found)) for name, found in sorted(families.items())}
            for group, families in sorted(checks.items())
        },
    }


def _counts(curve: Curve) -> list[list[int]]:
    return [list(curve.checked), list(curve.wrong)]


def recording(pages: list[PageRow]) -> list[dict[str, Any]]:
    """Honest probabilities by page, for ``bench.campaign``; how hard a page is, its weakest letters say."""
    told: dict[tuple[str, str], list[list[Any]]] = {}
    for group, members in members_of(pages).items():
        _, honest = fit_group(sample_of(members))
        for (page, field), chance in zip(members, honest, strict=True):
            told.setdefault((page.source, page.page), []).append(
                [group, round(float(chance), 5), int(field.right)]
            )
    return [
        {
            "manner": "typed" if page.typed else "hand",
            "hard": round(-float(np.mean([f.evidence.get("letter", 0.0) for f in page.fields])), 3),
            "fields": told[page.source, page.page],
        }
        for page in pages
        if (page.source, page.page) in told
    ]


def table(data: dict[str, Any], pages: list[PageRow]) -> list[str]:
    """Lines of docs/confidence.md: for each group and pool what was fitted on, and what is accepted."""
    policy = policy_of(data)
    lines = []
    for group, sample in samples_of(pages).items():
        for pool in MANNERS:
            own = np.array([family.endswith(pool) for family in sample.families], np.bool_)
            cells = [f"`{group}`", pool, f"{own.sum():,}", f"{sample.y[own].mean():.1%}" if own.any() else ""]
            curve = policy.sample(group, pool, TARGET)
            for target in (TARGET, PERSON_TARGET):
                found = threshold_of(policy.sample(group, pool, target), target)
                cells += [f"{found.value:.4f}" if found.proven else f"none ({found.needed:,} more)"]
            first = threshold_of(curve, TARGET)
            if first.proven:
                share = first.checked / max(1, curve.checked[-1])
                cells += [f"{share:.1%}", str(first.wrong), f"{first.bound:.2%}"]
            else:
                cells += ["0 %", "", ""]
            lines.append("| " + " | ".join(cells).replace("%", " %").replace("  %", " %") + " |")
    return lines


def main() -> None:
    """Read pages, fit, and write weights and samples."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fit", type=Path, action="append", default=[], help="folder of pages with truth")
    parser.add_argument(
        "--rows", type=Path, action="append", required=True, help="rows: the first takes what is read"
    )
    parser.add_argument("--processes", type=int, default=1, help="books read side by side")
    parser.add_argument("--out", type=Path, default=FILE)
    parser.add_argument("--recorded", type=Path, help="write honest probabilities for bench.campaign here")
    arguments = parser.parse_args()
    for folder in arguments.fit:
        keep(folder, arguments.rows[0], arguments.processes)
    pages = load(arguments.rows)
    data = fit(pages)
    arguments.out.write_text(
        json.dumps(data, separators=(",", ":")).replace('},"', '},\n"') + "\n", encoding="utf-8"
    )
    if arguments.recorded:
        text = json.dumps(recording(pages), separators=(",", ":")).replace("]]},", "]]},\n")
        arguments.recorded.write_text(text + "\n", encoding="utf-8")
    print("\n".join(table(data, pages)))


if __name__ == "__main__":
    main()
