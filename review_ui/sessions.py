"""Who is at the screen: a signed cookie, its expiry, and the end of a session at logout.

The cookie holds no name: an account id, a token against forged requests, and a fingerprint of the password
hash, so that a changed password ends every session. A session ends after a pause, after a long shift, or at
logout; a cookie copied before the logout is refused afterwards, also after a restart of the site, because
logouts are read back from the audit trail.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import select

from models.audit import note
from models.tables import Event, User, utc_now

if TYPE_CHECKING:
    from models.settings import Settings
    from models.store import Store

COOKIE: Final = "hotich_session"
PAUSE: Final = timedelta(minutes=45)  # a shared PC that nobody touches
SHIFT: Final = timedelta(hours=12)  # two shifts of 6 hours, and no cookie outlives them
RENEW_AFTER: Final = timedelta(minutes=1)
KEY_BYTES: Final = 48
KNOWN_SECONDS: Final = 1.0  # a page and its pictures ask for one account ten times in a second
LOGOUT: Final = "logout"
COOKIES_KEPT: Final = 500


@dataclass(frozen=True, slots=True)
class Login:
    """A session as its cookie carries it; ``user_id`` is None before the login."""

    key: str
    csrf: str
    begun: datetime
    touched: datetime
    user_id: int | None = None
    fingerprint: str = ""

    @classmethod
    def fresh(cls) -> Login:
        """A session of nobody yet: it exists so that the login form too carries a token."""
        now = utc_now()
        return cls(secrets.token_urlsafe(12), secrets.token_urlsafe(24), now, now)

    def of(self, user: User) -> Login:
        """A new session for that account: nothing set before the login is kept."""
        return replace(Login.fresh(), user_id=user.id, fingerprint=fingerprint(user.password_hash))


def fingerprint(password_hash: str) -> str:
    """A short digest that changes with the password."""
    return hashlib.sha256(password_hash.encode()).hexdigest()[:16]


def session_key(settings: Settings) -> bytes:
    """The key that signs cookies, made once per station and readable by its owner only."""
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


class Sessions:
    """Signs and reads session cookies, and remembers which sessions have ended."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._signer = URLSafeSerializer(session_key(store.settings), salt="session")
        self._signed = lru_cache(COOKIES_KEPT)(self._open)  # each comes again with every picture
        self._known: dict[int, tuple[float, User | None]] = {}
        with store.read() as session:
            since = utc_now() - SHIFT
            events = session.scalars(select(Event).where(Event.what == LOGOUT, Event.at >= since))
            self._ended = {str(event.detail.get("key", "")) for event in events}

    def read(self, cookie: str | None) -> Login | None:
        """The session of a cookie; None where it is missing, forged, ended or too old."""
        login = self._signed(cookie) if cookie else None
        if login is None:
            return None
        now = utc_now()
        if login.key in self._ended or now - login.touched > PAUSE or now - login.begun > SHIFT:
            return None
        return login

    def _open(self, cookie: str) -> Login | None:
        """What a cookie of ours says, however old; None where it is not ours."""
        try:
            data = self._signer.loads(cookie)
            begun, touched = (datetime.fromisoformat(data[at]) for at in ("b", "t"))
            return Login(data["k"], data["c"], begun, touched, data["u"], data["f"])
        except (BadData, KeyError, TypeError, ValueError):
            return None

    def write(self, login: Login) -> str:
        """The cookie of a session as of now."""
        return str(
            self._signer.dumps(
                {
                    "k": login.key,
                    "c": login.csrf,
                    "b": login.begun.isoformat(),
                    "t": utc_now().isoformat(),
                    "u": login.user_id,
                    "f": login.fingerprint,
                }
            )
        )

    def end(self, login: Login) -> None:
        """Refuse this session from now on."""
        self._ended.add(login.key)
        with self._store.begin() as session:
            note(session, LOGOUT, "account", login.user_id, user_id=login.user_id, key=login.key)

    def person(self, login: Login) -> User | None:
        """The account of a session, if it may still be used; what changed in it counts a second later."""
        if login.user_id is None:
            return None
        with self._store.read() as session:
            user = session.get(User, login.user_id)
        self._known[login.user_id] = (time.monotonic(), user)
        return _usable(login, user)

    def look_again(self, user_id: int) -> None:
        """Have what changed in an account count at once, in this process."""
        self._known.pop(user_id, None)

    def knows(self, login: Login) -> tuple[User | None] | None:
        """What ``person`` found a moment ago; None where it has to look."""
        if login.user_id is None:
            return (None,)
        looked, user = self._known.get(login.user_id, (0.0, None))
        return (_usable(login, user),) if time.monotonic() - looked < KNOWN_SECONDS else None


def _usable(login: Login, user: User | None) -> User | None:
    if user is None or not user.active or fingerprint(user.password_hash) != login.fingerprint:
        return None
    return user


def stale(login: Login) -> bool:
    """Whether the cookie should be written anew, so that work keeps the session alive."""
    return utc_now() - login.touched > RENEW_AFTER
