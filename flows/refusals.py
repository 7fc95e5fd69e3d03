"""What happens to a file that is not taken: it is kept, a sentence beside it, and a row in the database.

The row is written first and names the place where the file will lie; then the sentence; the file moves last.
Killed in between, the next run finds a row without its file and goes on with it: nothing is lost, and no
refusal is counted twice.
"""

from __future__ import annotations

import logging
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from flows.names import safe_name, split_suffix
from models.intake import refuse
from models.tables import Refusal
from models.texts import kept_text
from pipeline.scan import shown_name

if TYPE_CHECKING:
    from pathlib import Path

    from models.store import Store

log = logging.getLogger("hotich.inbox")


def keep_refused(
    store: Store,
    path: Path,
    reason: str,
    message: str,
    *,
    book_id: int | None = None,
    sha256: str | None = None,
) -> Path:
    """Move a file, a link or a whole folder out of the inbox into ``rejected``, and record why.

    ``path`` lies in the inbox or in a book's folder of it; the same folder is made under ``rejected``.
    Returns where it lies now; the sentence stands beside it under the same name with ``.txt`` added.

    Raises:
        OSError: when it cannot be moved.
    """
    settings = store.settings
    name = shown_name(path)
    target = _begun_before(store, path, book_id, name, reason)
    if target is None:
        folder = settings.rejected
        if path.parent != settings.inbox:
            folder = folder / safe_name(path.parent.name)
        target = _free_place(folder, safe_name(path.name))
        refusal_id = refuse(store, book_id, name, sha256, reason, message, target)
        log.info("refusal %d: %s", refusal_id, reason)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.with_name(f"{target.name}.txt").write_text(f"{message}\n", "utf-8")
    shutil.move(path, target)
    return target


def dropped_at(path: Path) -> datetime:
    """When a file came to be where it is. Copying and moving set it, and no program can set it back."""
    return datetime.fromtimestamp(path.lstat().st_ctime, UTC)


def _begun_before(store: Store, path: Path, book_id: int | None, name: str, reason: str) -> Path | None:
    """The place that an interrupted refusal of this very file had chosen."""
    with store.read() as session:
        kept = session.scalars(
            select(Refusal.kept_path).where(
                Refusal.book_id == book_id,
                Refusal.original_name == kept_text(name),
                Refusal.reason == str(reason),
                Refusal.at >= dropped_at(path),  # else it is another file, dropped after that refusal
            )
        ).all()
    places = (store.settings.outside(place) for place in kept)
    return next((place for place in places if not _is_taken(place)), None)


def _free_place(folder: Path, name: str) -> Path:
    """A name in ``folder`` that nothing has yet, for the file and for its sentence."""
    stem, suffix = split_suffix(name)
    place, number = folder / name, 1
    while _is_taken(place) or _is_taken(place.with_name(f"{place.name}.txt")):
        number += 1
        place = folder / f"{stem} ({number}){suffix}"
    return place


def _is_taken(place: Path) -> bool:
    return place.exists() or place.is_symlink()
