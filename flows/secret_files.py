"""Passwords that the station makes for itself, each in a file that only its owner can read."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from models.settings import Settings

PREFECT_USER: Final = "hotich"


def prefect_login_file(settings: Settings) -> Path:
    """Where the login of Prefect's site is kept."""
    return settings.secrets / "prefect"


def prefect_login(settings: Settings) -> str:
    """``user:password`` of Prefect's server, made at the first call. Prefect itself has no other login."""
    path = prefect_login_file(settings)
    if not path.exists():
        descriptor, made = tempfile.mkstemp(dir=settings.secrets)  # open to its owner only
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{PREFECT_USER}:{secrets.token_urlsafe(18)}\n")
        with suppress(FileExistsError):  # the parts of a station may start at the same moment: the first wins
            os.link(made, path)
        Path(made).unlink()
    return path.read_text("utf-8").strip()
