"""The command: people review for some minutes; a table; it fails where a limit or a rule is broken."""

from __future__ import annotations

import argparse
import sys

from rich.console import Console
from rich.table import Table

from tests.load.run import Found, reviewers_at_work

LIMITS = {"decide": 40.0, "next": 80.0}  # milliseconds of the server, 95 of 100
SAYS = {
    "decide": "a decision saved (server)",
    "next": "the next field (server)",
    "round trip": "both, as the browser waits",
    "picture": "a picture, as the browser waits",
}


def main() -> int:
    """Run as the arguments say."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--people", type=int, default=8)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--think", type=float, default=4.0, help="seconds a field, on average")
    wanted = parser.parse_args()
    found = reviewers_at_work(wanted.database, wanted.people, 60 * wanted.minutes, wanted.think)
    show(found, f"{wanted.people} people, {wanted.minutes:g} min, {wanted.database}")
    slow = [name for name, most in LIMITS.items() if found.percentile(name, 0.95) > most]
    return 1 if slow or found.broken else 0


def show(found: Found, title: str) -> None:
    """Print the table, and every rule that was broken."""
    console, table = Console(), Table(title=title)
    for heading in ("milliseconds", "n", "median", "p95", "p99", "limit of p95"):
        table.add_column(heading, justify="left" if heading == "milliseconds" else "right")
    for name, says in SAYS.items():
        shares = [f"{found.percentile(name, share):.1f}" for share in (0.5, 0.95, 0.99)]
        count = len(found.log.milliseconds.get(name, []))
        table.add_row(says, str(count), *shares, f"{LIMITS[name]:g}" if name in LIMITS else "")
    console.print(table)
    log = found.log
    rate = len(log.decided) / found.seconds
    console.print(f"decisions: {len(log.decided)} ({rate:.1f} a second), taken back: {len(log.undone)}")
    console.print(f"told that nothing waits: {log.waited_for_nothing} times")
    console.print("rules broken: none" if not found.broken else "\n".join(found.broken))


if __name__ == "__main__":
    sys.exit(main())
