"""What the operator should look at: pages that gave no cases, files that were refused, what is not proven."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select

from models.errors import NotFound, NotReady
from models.ledger import pages_for_attention, read_again
from models.scope import STATION, Scope
from models.states import PageState
from models.store import Store
from models.tables import Book, Page, Refusal
from models.watchlist import sentences, watchlist
from pipeline.elements import PageKind
from pipeline.reasons import describe
from pipeline.wording import say
from review_ui.guard import FormToken, Operator, ScanReaderOnly, missing, store_of
from review_ui.rendering import page
from review_ui.scoping import scope_here

MOST_LISTED: Final = 500

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Noticed:
    """A page on the list. ``again`` says that reading it anew may help."""

    id: int
    image: bool
    code: str
    office: str
    name: str
    number: int
    kind: str
    reasons: tuple[str, ...]
    again: bool


@router.get("/attention", dependencies=[ScanReaderOnly])
def show_attention(request: Request) -> Response:
    """Failed, void, unknown, doubled and blank pages, and refused files with what to do."""
    return _page(request)


@router.post("/attention/{page_id}", dependencies=[FormToken])
def read_page_again(request: Request, person: Operator, page_id: int) -> Response:
    """Put a page back into the queue of pages to read."""
    store = store_of(request)
    try:
        read_again(store, page_id, person.id)
    except NotFound:
        raise missing(store, person, "page", page_id) from None
    except NotReady:
        return _page(request, say("Trang này đang chờ đọc hoặc đã có trường hợp, không đọc lại được."), 409)
    return RedirectResponse("/attention", 303)


def _page(request: Request, sentence: str = "", status: int = 200) -> Response:
    store, scope = store_of(request), scope_here(request)
    refused = select(Refusal).where(*scope.of_books(Refusal.book_id)).order_by(Refusal.id.desc())
    refused = refused.limit(MOST_LISTED)
    with store.read() as session:
        refusals = session.scalars(refused).all()
    return page(
        request,
        "attention.html",
        status,
        sentence=sentence,
        pages=noticed_pages(store, scope)[:MOST_LISTED],
        refusals=refusals,
        notices=sentences(watchlist(store, scope)),
    )


def noticed_pages(store: Store, scope: Scope = STATION) -> list[Noticed]:
    """Pages that wait for a decision of the operator, then blank ones, which a book should not have."""
    with store.read() as session:
        books = {book.id: book for book in session.scalars(select(Book))}
        whites = select(Page).where(Page.kind == PageKind.BLANK.value, *scope.of_books(Page.book_id))
        rows = {row.id: row for row in session.scalars(whites)}
        blank = [
            (row.id, row.scan.original_name)
            for row in sorted(rows.values(), key=lambda row: (row.book_id, row.scan_id, row.number))
        ]
        urgent = [(item.page_id, item.original_name) for item in pages_for_attention(store, scope=scope)]
        rows |= {
            row.id: row
            for row in session.scalars(select(Page).where(Page.id.in_([page_id for page_id, _ in urgent])))
        }
    return [
        _noticed(rows[page_id], books[rows[page_id].book_id], name)
        for page_id, name in dict(urgent + blank).items()
    ]


def _noticed(row: Page, book: Book, name: str) -> Noticed:
    return Noticed(
        id=row.id,
        image=row.image_path is not None,
        code=book.code,
        office=book.office,
        name=name,
        number=row.number,
        kind=_said_kind(row),
        reasons=tuple(describe(reason) for reason in row.reasons),
        again=row.state is PageState.FAILED or row.kind == PageKind.UNKNOWN.value,
    )


def _said_kind(row: Page) -> str:
    if row.state is PageState.FAILED:
        return say("Đọc không xong")
    if row.duplicate_of is not None:
        return say("Quét trùng")
    words = {
        PageKind.UNKNOWN.value: "Không rõ mẫu",
        PageKind.BLANK.value: "Trang trắng",
        PageKind.VOID.value: "Đã gạch hủy",
    }
    return say(words[row.kind]) if row.kind in words else ""
