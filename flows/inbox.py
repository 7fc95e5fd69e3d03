"""Looking at the inbox: which of its entries are settled and may be taken."""

from __future__ import annotations

import stat
import time
from typing import TYPE_CHECKING, Final

from flows.names import is_in_passing
from flows.settling import QuietTracker, file_fingerprint, folder_fingerprint, is_marked_ready

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MARKED_SECONDS: Final = 1.0  # also with ``_READY``: the same twice in a row, for the mark may come too early


class Inbox:
    """The folder into which scans are dropped; a book is complete when it is quiet for ``quiet_seconds``."""

    def __init__(
        self, folder: Path, quiet_seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.folder: Final = folder
        self._quiet_seconds = quiet_seconds
        self._clock = clock
        self._tracker = QuietTracker()

    def settled(self) -> list[Path]:
        """Entries that may be taken now, by name: complete books, and things that do not belong here."""
        entries = sorted(entry for entry in self.folder.iterdir() if not is_in_passing(entry.name))
        self._tracker.keep_only(entries)
        return [entry for entry in entries if self._is_settled(entry)]

    def look_anew(self, entry: Path) -> None:
        """Wait for this entry to be quiet once more."""
        self._tracker.forget(entry)

    def _is_settled(self, entry: Path) -> bool:
        try:
            if not stat.S_ISDIR(entry.lstat().st_mode):
                fingerprint = file_fingerprint(entry)
                return self._tracker.quiet_for(entry, fingerprint, self._clock()) >= self._quiet_seconds
            content = folder_fingerprint(entry)
            marked = is_marked_ready(entry)
        except OSError:  # gone or closed to us at this moment; the next look decides
            self._tracker.forget(entry)
            return False
        quiet = self._tracker.quiet_for(entry, content, self._clock())
        if marked:
            return quiet >= MARKED_SECONDS
        something = any(not is_in_passing(item[0]) for item in content)
        return something and quiet >= self._quiet_seconds
