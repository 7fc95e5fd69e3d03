"""Accounts: passwords as argon2 hashes, a wrong name taking as long as a wrong password, a lock-out."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select

from models.audit import note
from models.errors import BadAccount, NotFound
from models.states import Role
from models.station_key import pseudonym
from models.tables import Event, User, utc_now
from models.texts import typed_text
from pipeline.wording import say

if TYPE_CHECKING:
    from models.store import Store

SHORTEST_PASSWORD: Final = 8
LONGEST_PASSWORD: Final = 256  # hashing is dear: nobody may make it dearer with a megabyte
LONGEST_NAME: Final = 64
MOST_FAILURES: Final = 10
LOCKED: Final = timedelta(minutes=15)
_HASHER: Final = PasswordHasher()


def add_user(
    store: Store,
    name: str,
    display_name: str,
    password: str,
    role: Role | str,
    unit_id: int | None = None,
    by: int | None = None,
) -> int:
    """Make an account of a unit, or of the whole station; ``by`` is who does it. Returns its id.

    Raises:
        BadAccount: when the name is empty, too long or taken, or the password too short or too long.
        ValueError: for an unknown role.
    """
    login = login_name(name)
    if not 0 < len(login) <= LONGEST_NAME:
        raise BadAccount(say("Tên đăng nhập phải có từ 1 đến {most} ký tự.", most=LONGEST_NAME))
    user = User(
        name=login,
        display_name=typed_text(display_name) or login,
        password_hash=_hash(password),
        role=Role(role),
        unit_id=unit_id,
    )
    with store.begin() as session:
        if session.scalar(select(User.id).filter_by(name=login)) is not None:
            raise BadAccount(say("Tên đăng nhập này đã có người dùng."))
        session.add(user)
        session.flush()
        note(session, "account_added", "account", user.id, user_id=by, role=user.role.value)
        return user.id


def authenticate(store: Store, name: str, password: str) -> User | None:
    """The account behind a name and a password, or None; the caller cannot tell which of the two was wrong.

    Ten failures in a row lock the account for a quarter of an hour, also against the right password.
    """
    login = login_name(name)
    with store.read() as session:
        known = session.scalar(select(User).filter_by(name=login))
    called = pseudonym(store.settings, login)
    # The hash is checked outside any transaction (it takes a while) and for unknown names too (so that the
    # time taken tells nothing).
    fits = _verify(_no_password() if known is None else known.password_hash, password)
    with store.begin() as session:
        if known is None:
            note(session, "login_failed", "account", None, name=called)
            return None
        user = session.get_one(User, known.id, with_for_update=True)
        now = utc_now()
        locked = user.locked_until is not None and user.locked_until > now
        if locked or not user.active or user.password_hash != known.password_hash:
            note(session, "login_failed", "account", user.id, name=called, locked=locked, active=user.active)
            return None
        if not fits:
            user.failed_logins += 1
            if user.failed_logins >= MOST_FAILURES:
                user.failed_logins, user.locked_until = 0, now + LOCKED
            locked = user.locked_until is not None
            note(session, "login_failed", "account", user.id, name=called, locked=locked)
            return None
        user.failed_logins, user.locked_until, user.last_login = 0, None, now
        if _HASHER.check_needs_rehash(user.password_hash):
            user.password_hash = _HASHER.hash(_typed(password))
        note(session, "login", "account", user.id, user_id=user.id)
        return user


def failed_too_often(store: Store, name: str) -> bool:
    """Whether a login by that name has failed so often of late that such an account would be locked.

    Counted for names that no account has as well: the person hears of a lock, and nobody learns which names
    there are. The audit trail, where it is counted, knows the name by a pseudonym.
    """
    login = login_name(name)
    with store.read() as session:
        since = utc_now() - LOCKED
        last = session.scalar(select(User.last_login).filter_by(name=login))
        since = since if last is None else max(since, last)
        failed = select(Event.detail).where(Event.what == "login_failed", Event.at > since)
        called = pseudonym(store.settings, login)
        return [detail.get("name") for detail in session.scalars(failed)].count(called) >= MOST_FAILURES


def set_password(store: Store, user_id: int, password: str, by: int | None = None) -> None:
    """Give an account a new password; this also lifts a lock. ``by`` is who does it.

    Raises:
        NotFound: for an unknown account.
        BadAccount: when the password is too short or too long.
    """
    hashed = _hash(password)
    with store.begin() as session:
        user = session.get(User, user_id, with_for_update=True)
        if user is None:
            raise NotFound("account", user_id)
        user.password_hash = hashed
        user.failed_logins, user.locked_until = 0, None
        note(session, "password_set", "account", user_id, user_id=by)


def login_name(name: str) -> str:
    """A name as it is compared: NFKC, lower case, without blanks around it."""
    return typed_text(unicodedata.normalize("NFKC", name[:LONGEST_PASSWORD])).casefold()


def _hash(password: str) -> str:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise BadAccount(say("Mật khẩu phải có từ {least} ký tự trở lên.", least=SHORTEST_PASSWORD))
    return _HASHER.hash(_typed(password))


def _verify(hashed: str, password: str) -> bool:
    try:
        return _HASHER.verify(hashed, _typed(password[: LONGEST_PASSWORD + 1]))
    except (VerificationError, InvalidHashError):
        return False


def _typed(password: str) -> bytes:
    """The bytes of a password, the same whether the keyboard composes Vietnamese letters or not."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


@cache
def _no_password() -> str:
    """A hash that no account has."""
    return _HASHER.hash("no account has this")
