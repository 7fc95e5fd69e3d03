"""The parts of a station, each a process of its own: a commune runs them together, a province one by one."""

from __future__ import annotations

import sys
from enum import StrEnum

from flows.supervisor import Program


class Part(StrEnum):
    """The parts, in the order in which they start."""

    SERVER = "server"  # Prefect's
    WORKER = "worker"
    WATCH = "watch"  # the inbox
    WEB = "web"  # the review site


def program_of(part: Part) -> Program:
    """The program of a part."""
    arguments = {
        Part.SERVER: ["prefect", "server", "start"],
        Part.WORKER: ["flows.worker"],
        Part.WATCH: ["flows.watch"],
        Part.WEB: ["review_ui"],
    }[part]
    return Program(part.value, [sys.executable, "-m", *arguments])
