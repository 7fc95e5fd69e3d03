"""Export: how far each book is, its package for the Ministry's software, and earlier packages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, RedirectResponse, Response
from sqlalchemy import func, select

from models.audit import note
from models.errors import NotFound, NothingToExport
from models.export import export_book
from models.scope import Scope
from models.stages import WAY, approvable
from models.states import CaseState
from models.store import Store
from models.tables import Book, Case, Export, User
from pipeline.wording import say
from review_ui.guard import CaseReaderOnly, Exporter, FormToken, missing, store_of
from review_ui.rendering import page
from review_ui.scoping import scope_here

MOST_LISTED: Final = 200

router = APIRouter()


@dataclass(frozen=True, slots=True)
class BookProgress:
    """Cases of a book by how far they are."""

    id: int
    code: str
    office: str
    open: int
    keyed: int
    approved: int
    loaded: int
    aside: int


@router.get("/export", dependencies=[CaseReaderOnly])
def show_exports(request: Request, said: str = "") -> Response:
    """Books with their progress, and earlier packages."""
    sentence = say("Đã xuất gói mới; tải về ở bảng dưới.") if said else ""
    return _page(request, sentence)


@router.post("/export/{book_id}", dependencies=[FormToken])
def make_export(request: Request, person: Exporter, book_id: int) -> Response:
    """Make the package of a book."""
    store = store_of(request)
    try:
        export_book(store, book_id, person.id)
    except NothingToExport as nothing:
        return _page(request, str(nothing), 409)
    except NotFound as gone:
        if gone.kind == "book":
            raise missing(store, person, "book", book_id) from None
        return _page(request, str(gone), 409)
    return RedirectResponse("/export?said=made", 303)


@router.get("/export/file/{export_id}")
def download(request: Request, person: Exporter, export_id: int) -> Response:
    """A package as a file."""
    store = store_of(request)
    with store.read() as session:
        row = session.get(Export, export_id)
    path = Path() if row is None else store.settings.outside(row.path)
    if row is None or not path.is_file():
        raise missing(store, person, "export", export_id)
    with store.begin() as session:
        note(session, "export_downloaded", "export", export_id, user_id=person.id)
    return FileResponse(path, media_type="application/zip", filename=path.name)


def _page(request: Request, sentence: str, status: int = 200) -> Response:
    store, scope = store_of(request), scope_here(request)
    books, exports = _books(store, scope), _exports(store, scope)
    return page(request, "export.html", status, books=books, exports=exports, sentence=sentence)


def _books(store: Store, scope: Scope) -> list[BookProgress]:
    with store.read() as session:
        rows = session.execute(
            select(Case.book_id, Case.state, func.count())
            .where(*scope.of_books(Case.book_id))
            .group_by(Case.book_id, Case.state)
        ).tuples()
        counts: dict[int, dict[CaseState, int]] = {}
        for book_id, state, count in rows:
            counts.setdefault(book_id, {})[state] = count
        listed = select(Book).where(*scope.of_units(Book.unit_id))
        books = session.scalars(listed.order_by(Book.office, Book.type, Book.year, Book.volume)).all()
    ready = approvable(store.settings)
    named = (CaseState.READ, CaseState.APPROVED, CaseState.LOADED)
    result = []
    for book in books:
        of = counts.get(book.id, {})
        read, approved, loaded = (of.get(state, 0) for state in named)
        way = {state: of.get(state, 0) for state in WAY}
        waits = sum(way[state] for state in ready)
        result.append(
            BookProgress(
                id=book.id,
                code=book.code,
                office=book.office,
                open=read + sum(way.values()) - waits,
                keyed=waits,
                approved=approved,
                loaded=loaded,
                aside=sum(of.values()) - read - sum(way.values()) - approved - loaded,
            )
        )
    return result


def _exports(store: Store, scope: Scope) -> list[dict[str, object]]:
    query = (
        select(Export, Book, User.display_name)
        .join(Book, Export.book_id == Book.id)
        .outerjoin(User, Export.created_by == User.id)
        .where(*scope.of_units(Book.unit_id))
        .order_by(Export.id.desc())
        .limit(MOST_LISTED)
    )
    with store.read() as session:
        return [
            {
                "id": export.id,
                "at": export.created_at,
                "code": book.code,
                "office": book.office,
                "who": who or say("Dòng lệnh"),
                "cases": export.cases,
                "sha256": export.sha256,
            }
            for export, book, who in session.execute(query)
        ]
