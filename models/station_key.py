"""The secret of a station: signs what browsers bring back, and hides names that are only to be compared."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from models.settings import Settings

KEY_BYTES: Final = 48


def station_key(settings: Settings) -> bytes:
    """The key, made once per station and readable by its owner only."""
    settings.prepare()
    path = settings.secrets / "session.key"
    if not path.exists():
        # Written whole under another name first: a second process never reads half a key.
        draft = path.with_name(f"session.{secrets.token_hex(8)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
        with suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_bytes()


def pseudonym(settings: Settings, text: str) -> str:
    """A text as nobody without the key can tell it: the same for the same text, 16 hexadecimal digits."""
    return hmac.new(station_key(settings), text.encode(), hashlib.sha256).hexdigest()[:16]
