"""Leases of runs that have ended: what they held and did not read goes back before the lease runs out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, case, func, select, update

from models.states import PageState
from models.tables import Page, utc_now

if TYPE_CHECKING:
    from collections.abc import Collection

    from models.store import Store


def lease_owners(store: Store) -> list[str]:
    """Owners of the pages that are being read."""
    with store.read() as session:
        return [
            owner
            for owner in session.scalars(
                select(Page.lease_owner).where(Page.state == PageState.READING).distinct()
            )
            if owner is not None
        ]


def books_with_work(store: Store) -> dict[int, bool]:
    """Books with pages that could be claimed now, and of each whether other pages of it are under a lease."""
    held = and_(Page.state == PageState.READING, Page.lease_until >= utc_now())
    with store.read() as session:
        rows = session.execute(
            select(Page.book_id, func.count(), func.sum(case((held, 1), else_=0)))
            .where(Page.state.in_([PageState.WAITING, PageState.READING]))
            .group_by(Page.book_id)
        ).tuples()
        return {book_id: leased > 0 for book_id, pages, leased in rows if pages > leased}


def end_leases(store: Store, owner: str) -> int:
    """End the leases of an owner known to be dead. Its attempts count: it may have died of the page."""
    with store.begin() as session:
        ended = session.scalars(
            update(Page)
            .where(Page.lease_owner == owner, Page.state == PageState.READING)
            .values(state=PageState.WAITING, lease_owner=None, lease_until=None)
            .returning(Page.id)
        ).all()
        return len(ended)


def give_back(store: Store, owner: str, page_ids: Collection[int]) -> int:
    """Give pages back that their owner will not read after all. The attempt does not count."""
    with store.begin() as session:
        given = session.scalars(
            update(Page)
            .where(Page.id.in_(page_ids), Page.lease_owner == owner, Page.state == PageState.READING)
            .values(state=PageState.WAITING, lease_owner=None, lease_until=None, attempts=Page.attempts - 1)
            .returning(Page.id)
        ).all()
        return len(given)
