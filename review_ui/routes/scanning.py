"""The scanning station's page: how far the books of the unit are read, and which files were refused."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from models.scanning import refused_files, scanned_books
from review_ui.guard import ScanReaderOnly, store_of
from review_ui.rendering import page
from review_ui.scoping import scope_here

router = APIRouter()


@router.get("/scanning", dependencies=[ScanReaderOnly])
def show_scanning(request: Request) -> Response:
    """Books with pages waiting, read and failed, and the last files that were refused."""
    store, scope = store_of(request), scope_here(request)
    books = scanned_books(store, scope)
    return page(
        request,
        "scanning.html",
        books=books,
        waiting=sum(book.waiting for book in books),
        failed=sum(book.failed for book in books),
        refusals=refused_files(store, scope),
    )
