"""Sessions as all processes of the site see them: whose they are, and which have ended."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, delete, exists, select

from models.audit import note
from models.people_tables import EndedSession
from models.tables import User, utc_now

if TYPE_CHECKING:
    from models.store import Store

LOGOUT: Final = "logout"
LONGEST_SESSION: Final = timedelta(hours=12)  # two shifts of 6 hours, and no cookie outlives them
# Made once: making a statement costs as much as running it.
_PERSON: Final = select(User).where(
    User.id == bindparam("user"), ~exists().where(EndedSession.key == bindparam("key"))
)


def end_session(store: Store, user_id: int | None, key: str) -> None:
    """Refuse a session from now on; those that ended so long ago that they would be too old are forgotten."""
    with store.begin() as session:
        session.execute(delete(EndedSession).where(EndedSession.at < utc_now() - LONGEST_SESSION))
        session.merge(EndedSession(key=key))
        note(session, LOGOUT, "account", user_id, user_id=user_id)


def person_in_session(store: Store, user_id: int, key: str) -> User | None:
    """The account of a session; None where it is gone, or the session has ended."""
    with store.read() as session:
        return session.scalar(_PERSON, {"user": user_id, "key": key})
