"""Waiting until nothing changes any more: a folder that is still being filled, a file still being copied.

Single events of the file system prove nothing (a scanner writes a page in many steps, a network share sends
no events at all), so the watcher looks every other second and compares what it sees with what it saw.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.names import READY

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable
    from pathlib import Path

Fingerprint = tuple[str, int, int, int, int]


@dataclass(slots=True)
class _Seen:
    fingerprint: Hashable
    since: float


class QuietTracker:
    """For how long each thing has looked the same. Times are seconds of any clock that never goes back."""

    def __init__(self) -> None:
        self._seen: dict[Hashable, _Seen] = {}

    def quiet_for(self, key: Hashable, fingerprint: Hashable, now: float) -> float:
        """Seconds since ``key`` first looked as it does now; 0 at the first sight and after a change."""
        seen = self._seen.get(key)
        if seen is None or seen.fingerprint != fingerprint:
            seen = self._seen[key] = _Seen(fingerprint, now)
        return now - seen.since

    def keep_only(self, keys: Collection[Hashable]) -> None:
        """Forget everything else: it is gone from the inbox."""
        self._seen = {key: seen for key, seen in self._seen.items() if key in keys}

    def forget(self, key: Hashable) -> None:
        """Start anew with this one."""
        self._seen.pop(key, None)


def file_fingerprint(path: Path) -> Fingerprint:
    """Name, kind, size, inode and time of change of one entry, without following a link.

    Raises:
        OSError: when it is gone or may not be looked at.
    """
    facts = path.lstat()
    return (path.name, stat.S_IFMT(facts.st_mode), facts.st_size, facts.st_ino, facts.st_mtime_ns)


def folder_fingerprint(folder: Path) -> tuple[Fingerprint, ...]:
    """The fingerprints of all entries of a folder, half-copied ones too, for they are signs of work going on.

    Raises:
        OSError: when the folder is gone or may not be looked at.
    """
    found = []
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        try:
            found.append(file_fingerprint(folder / entry.name))
        except FileNotFoundError:  # renamed at this moment: the next look sees its new name
            found.append((entry.name, 0, 0, 0, 0))
    return tuple(found)


def is_marked_ready(folder: Path) -> bool:
    """Whether somebody put a ``_READY`` file into the folder."""
    return (folder / READY).exists()
