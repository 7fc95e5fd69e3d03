from __future__ import annotations

import time
import unicodedata
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from models.errors import BadAccount, NotFound
from models.states import Role
from models.store import Store
from models.tables import Event, User, utc_now
from models.users import MOST_FAILURES, add_user, authenticate, set_password

PASSWORD = "mật khẩu dài"
HASH = PasswordHasher().hash(PASSWORD)  # made once: it is meant to take its time


@pytest.fixture
def lan(sqlite_store: Store) -> int:
    user = User(name="lan", display_name="Lan", password_hash=HASH, role=Role.KEYER)
    with sqlite_store.begin() as session:
        session.add(user)
    return user.id


def test_who_knows_the_password_gets_in(store: Store) -> None:
    user_id = add_user(store, " Lan ", "Trần Thị Lan", "mật khẩu dài", Role.KEYER)
    user = authenticate(store, "LAN", "mật khẩu dài")
    assert user is not None
    assert (user.id, user.name, user.display_name, user.role) == (user_id, "lan", "Trần Thị Lan", Role.KEYER)
    assert user.last_login is not None
    assert "mật khẩu" not in user.password_hash
    assert user.password_hash.startswith("$argon2id$")
    # Another keyboard composes the same letters in another way.
    assert authenticate(store, "lan", unicodedata.normalize("NFD", "mật khẩu dài")) is not None


@pytest.mark.parametrize("password", ["mật khẩu", "", "Mật khẩu dài", "mật khẩu dài" * 100, "\ud800"])
def test_who_does_not_stays_out(sqlite_store: Store, lan: int, password: str) -> None:
    assert authenticate(sqlite_store, "lan", password) is None


def test_nobody_stays_out_and_takes_as_long(sqlite_store: Store, lan: int) -> None:
    def seconds(name: str) -> float:
        start = time.process_time()
        assert authenticate(sqlite_store, name, "guess") is None
        return time.process_time() - start

    seconds("nobody")  # the first time makes the hash that nobody has
    known, unknown = (min(seconds(name) for _ in range(3)) for name in ("lan", "nobody"))
    assert known / 4 < unknown < known * 4  # without a hash it would be a hundredth


def test_logins_are_kept_without_what_was_typed(store: Store) -> None:
    user_id = add_user(store, "lan", "Lan", "mật khẩu dài", Role.APPROVER)
    authenticate(store, "typed-the-password-here", "oops")
    authenticate(store, "lan", "wrong-password")
    authenticate(store, "lan", "mật khẩu dài")
    with store.read() as session:
        events = session.scalars(select(Event).order_by(Event.id)).all()
    assert [(event.what, event.object_id) for event in events] == [
        ("account_added", user_id), ("login_failed", None), ("login_failed", user_id), ("login", user_id),
    ]  # fmt: skip
    kept = str([event.detail for event in events])
    assert "typed" not in kept
    assert "wrong" not in kept


def test_guessing_locks_the_account_for_a_while(sqlite_store: Store, lan: int) -> None:
    store = sqlite_store
    with store.begin() as session:
        session.get_one(User, lan).failed_logins = MOST_FAILURES - 2
    for _ in range(2):
        assert authenticate(store, "lan", "guess") is None
    assert authenticate(store, "lan", "mật khẩu dài") is None
    with store.begin() as session:
        session.get_one(User, lan).locked_until = utc_now() - timedelta(seconds=1)
    assert authenticate(store, "lan", "mật khẩu dài") is not None


def test_a_success_forgets_the_failures_before_it(sqlite_store: Store, lan: int) -> None:
    with sqlite_store.begin() as session:
        session.get_one(User, lan).failed_logins = MOST_FAILURES - 1
    assert authenticate(sqlite_store, "lan", "mật khẩu dài") is not None
    assert authenticate(sqlite_store, "lan", "guess") is None
    assert authenticate(sqlite_store, "lan", "mật khẩu dài") is not None


def test_a_new_password_opens_a_locked_account(sqlite_store: Store, lan: int) -> None:
    with sqlite_store.begin() as session:
        session.get_one(User, lan).locked_until = utc_now() + timedelta(days=1)
    set_password(sqlite_store, lan, "mật khẩu mới", by=lan)
    assert authenticate(sqlite_store, "lan", "mật khẩu dài") is None
    assert authenticate(sqlite_store, "lan", "mật khẩu mới") is not None
    with pytest.raises(NotFound):
        set_password(sqlite_store, 77, "mật khẩu mới")


def test_an_account_that_is_not_active_stays_out(sqlite_store: Store, lan: int) -> None:
    with sqlite_store.begin() as session:
        session.get_one(User, lan).active = False
    assert authenticate(sqlite_store, "lan", "mật khẩu dài") is None


@pytest.mark.parametrize(
    ("name", "password", "said"),
    [
        ("lan", "mật khẩu dài", "đã có"),
        ("  ", "mật khẩu dài", "Tên đăng nhập"),
        ("l" * 65, "mật khẩu dài", "Tên đăng nhập"),
        ("hoa", "ngắn", "Mật khẩu"),
        ("hoa", "dài" * 200, "Mật khẩu"),
    ],
)
def test_accounts_that_will_not_do(
    sqlite_store: Store, lan: int, name: str, password: str, said: str
) -> None:
    with pytest.raises(BadAccount, match=said) as refused:
        add_user(sqlite_store, name, "X", password, Role.KEYER)
    assert password not in str(refused.value)


def test_a_role_that_does_not_exist(sqlite_store: Store) -> None:
    with pytest.raises(ValueError, match="Role"):
        add_user(sqlite_store, "lan", "Lan", "mật khẩu dài", "king")
