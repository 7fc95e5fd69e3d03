"""Who holds a lease: one run of one process of one machine. A dead one can be told by its name."""

from __future__ import annotations

import logging
import os
import platform
from typing import TYPE_CHECKING

import psutil

from models.leases import end_leases, lease_owners

if TYPE_CHECKING:
    from models.store import Store

log = logging.getLogger("hotich.leases")


def this_owner() -> str:
    """Name of this process as an owner of leases: machine, process, and when the process began."""
    began = psutil.Process().create_time()
    return f"{_machine()}/{os.getpid()}/{began:.2f}"


def is_dead(owner: str) -> bool:
    """Whether an owner is a process of this machine that has ended. Of other machines nothing is known."""
    machine, _, process = owner.rpartition("/")[0].rpartition("/")
    if machine != _machine() or not process.isdecimal():
        return False
    try:
        began = psutil.Process(int(process)).create_time()
    except psutil.NoSuchProcess:
        return True
    return f"{began:.2f}" != owner.rpartition("/")[2]


def recover(store: Store) -> int:
    """End the leases of processes of this machine that were killed. Returns how many pages that frees."""
    freed = sum(end_leases(store, owner) for owner in lease_owners(store) if is_dead(owner))
    if freed:
        log.warning("%d pages of an ended run can be read again", freed)
    return freed


def _machine() -> str:
    return platform.node()[:60] or "localhost"
