"""A made-up station: a drawn book that was read, and an account of each role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from models.settings import Settings
from models.store import Store
from models.tables import User
from models.users import add_user
from tests.review_ui.drawn import fill

if TYPE_CHECKING:
    from pathlib import Path

PASSWORD = "mật khẩu thử"
PEOPLE = {
    "lan": ("Lan", "keyer"),
    "hoa": ("Hoa", "keyer"),
    "ba": ("Ba", "checker_1"),
    "tu": ("Tư", "checker_2"),
    "sau": ("Sáu", "adjudicator"),
    "minh": ("Minh", "approver"),
    "quan": ("Quân", "administrator"),
}


def make_station(home: Path) -> Settings:
    """Make the station in a new folder."""
    settings = Settings(home=home)
    store = Store.open(settings)
    for name, (shown, role) in PEOPLE.items():
        add_user(store, name, shown, PASSWORD, role)
    fill(store)
    store.close()
    return settings


def account(store: Store, name: str) -> User:
    """Somebody's account."""
    with store.read() as session:
        return session.scalars(select(User).filter_by(name=name)).one()
