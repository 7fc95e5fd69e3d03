"""The demonstration: the sample goes the whole way of a page in a station of its own, and is judged."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from flows.names import READY
from flows.sample import SAMPLE, expected_files
from flows.station import StationError, free_port, only_one
from models.overview import Progress, progress
from models.states import Role
from models.tables import Book
from models.users import add_user
from pipeline.wording import say

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from models.settings import Settings
    from models.store import Store

MARK: Final = ".hotich-demo"  # a folder with it was made by a demonstration, and may be made anew
MOST_SECONDS: Final = 900.0
QUIET_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account of the demonstration, which holds made-up people only and listens on this machine only."""

    name: str
    display_name: str
    role: Role

    @property
    def password(self) -> str:
        """Long enough, easy to type."""
        return f"demo-{self.name}"


ACCOUNTS: Final = (
    DemoAccount("nhap", "Người nhập", Role.KEYER),
    DemoAccount("duyet", "Người duyệt", Role.APPROVER),
    DemoAccount("quantri", "Người quản trị", Role.ADMINISTRATOR),
)


def demo_settings(settings: Settings) -> Settings:
    """Settings of the demonstration's own station: another folder, its own database, ports that are free."""
    return settings.model_copy(
        update={
            "home": settings.home.with_name(f"demo-{settings.home.name}"),
            "database_url": "",
            "review_host": "127.0.0.1",
            "review_port": free_port(settings.review_port),
            "prefect_port": free_port(settings.prefect_port),
            "quiet_seconds": QUIET_SECONDS,
        }
    )


def make_fresh(settings: Settings) -> None:
    """Make the folder of the demonstration anew.

    Raises:
        StationError: when a demonstration runs in it, or when the folder is something else.
    """
    home = settings.home
    if home.exists():
        if not (home / MARK).exists():
            raise StationError(
                say("Thư mục {home} không phải do bản chạy thử tạo ra; hãy đổi tên thư mục đó.", home=home)
            )
        with only_one(settings):
            shutil.rmtree(home)
    settings.prepare()
    (home / MARK).touch()


def add_accounts(store: Store) -> None:
    """Add the accounts of the demonstration."""
    for account in ACCOUNTS:
        add_user(store, account.name, account.display_name, account.password, account.role)


def drop_sample(inbox: Path, sample: Path = SAMPLE) -> None:
    """Copy the books of the sample into an inbox, as a scanning station would."""
    for folder in sorted({file.folder for file in expected_files(sample)}):
        shutil.copytree(sample / folder, inbox / folder)
        (inbox / folder / READY).touch()


def follow(
    store: Store, show: Callable[[str, Progress], None], look: Callable[[], None], sample: Path = SAMPLE
) -> bool:
    """Tell of each book how far it is until all have ended. False when that takes far too long."""
    files = len(expected_files(sample))
    deadline = time.monotonic() + MOST_SECONDS
    while time.monotonic() < deadline:
        look()
        with store.read() as session:
            books = session.execute(select(Book.id, Book.folder)).tuples().all()
        known = {folder: progress(store, book_id) for book_id, folder in books}
        for folder, done in known.items():
            show(folder, done)
        taken = sum(done.scans + done.refused for done in known.values())
        if taken == files and not any(done.pages_open for done in known.values()):
            return True
        time.sleep(0.5)
    return False
