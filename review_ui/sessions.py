"""Who is at the screen: a signed cookie, its expiry, and the end of a session at logout.

The cookie holds no name: an account id, a token against forged requests, and a fingerprint of the password
hash, so that a changed password ends every session. A session ends after a pause, after a long shift, or at
logout; a cookie copied before the logout is refused afterwards, by every process of the site and also after a
restart, because which sessions have ended stands in the database.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from itsdangerous import BadData, URLSafeSerializer

from models.logins import LONGEST_SESSION, end_session, person_in_session
from models.station_key import station_key
from models.tables import User, utc_now

if TYPE_CHECKING:
    from models.store import Store

COOKIE: Final = "hotich_session"
PAUSE: Final = timedelta(minutes=45)  # a shared PC that nobody touches
RENEW_AFTER: Final = timedelta(minutes=1)
KNOWN_SECONDS: Final = 1.0  # a page and its pictures ask for one account ten times in a second
SESSIONS_KEPT: Final = 500


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


class Sessions:
    """Signs and reads session cookies, and knows for a moment whose they are."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._signer = URLSafeSerializer(station_key(store.settings), salt="session")
        self._signed = lru_cache(SESSIONS_KEPT)(self._open)  # each comes again with every picture
        self._known: OrderedDict[str, tuple[float, User | None]] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, cookie: str | None) -> Login | None:
        """The session of a cookie; None where it is missing, forged or too old."""
        login = self._signed(cookie) if cookie else None
        if login is None:
            return None
        now = utc_now()
        if now - login.touched > PAUSE or now - login.begun > LONGEST_SESSION:
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
        """Refuse this session from now on; other processes of the site do so a second later."""
        end_session(self._store, login.user_id, login.key)
        with self._lock:
            self._known.pop(login.key, None)

    def person(self, login: Login) -> User | None:
        """The account of a session, if both may still be used; what changed in them counts a second later."""
        if login.user_id is None:
            return None
        user = person_in_session(self._store, login.user_id, login.key)
        with self._lock:
            self._known[login.key] = (time.monotonic(), user)
            self._known.move_to_end(login.key)
            while len(self._known) > SESSIONS_KEPT:
                self._known.popitem(last=False)
        return _usable(login, user)

    def look_again(self, user_id: int) -> None:
        """Have what changed in an account count at once, in this process."""
        with self._lock:
            of_it = [key for key, (_, user) in self._known.items() if user is not None and user.id == user_id]
            for key in of_it:
                del self._known[key]

    def knows(self, login: Login) -> tuple[User | None] | None:
        """What ``person`` found a moment ago; None where it has to look."""
        if login.user_id is None:
            return (None,)
        looked, user = self._known.get(login.key, (0.0, None))
        return (_usable(login, user),) if time.monotonic() - looked < KNOWN_SECONDS else None


def _usable(login: Login, user: User | None) -> User | None:
    if user is None or not user.active or fingerprint(user.password_hash) != login.fingerprint:
        return None
    return user


def stale(login: Login) -> bool:
    """Whether the cookie should be written anew, so that work keeps the session alive."""
    return utc_now() - login.touched > RENEW_AFTER
