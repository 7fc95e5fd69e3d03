"""Cases just read: their rows, who sees them, what their book says of them, what is sampled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.book_order import check_book_order
from models.case_rows import add_case
from models.checks import sample
from models.policies import active_policy
from models.routing import route_case

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from models.settings import Settings
    from models.tables import Page
    from pipeline import elements


def receive_cases(session: Session, settings: Settings, page: Page, cases: Iterable[elements.Case]) -> None:
    """Enter the cases of a page, in the transaction that records it."""
    rows = [add_case(session, page, page.book, case) for case in cases]
    policy = active_policy(session)
    for row in rows:
        route_case(session, settings, row, policy)
    check_book_order(session, settings, page)
    for row in rows:
        sample(session, settings, row)
