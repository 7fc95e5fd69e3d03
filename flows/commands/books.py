"""``hotich status`` and ``hotich export``: how far the books are, and their packages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.terminal import fail, settings_or_fail, store_or_fail, tell
from pipeline.wording import say

if TYPE_CHECKING:
    from models.store import Store


def status() -> None:
    """Print how far each book is, and what waits for people."""
    from rich.console import Console
    from rich.table import Column, Table
    from sqlalchemy import select

    from models.overview import progress
    from models.queue import counts
    from models.tables import Book
    from models.watchlist import sentences, watchlist

    store = store_or_fail(settings_or_fail())
    with store.read() as session:
        books = session.scalars(select(Book).order_by(Book.id)).all()
    table = Table(
        say("Số"), Column(say("Sổ"), no_wrap=True), say("Nơi đăng ký"), say("Tệp"), say("Từ chối"),
        say("Trang"), say("Đã đọc"), say("Không đọc được"), say("Trường hợp"), say("Mục chờ soát"),
        collapse_padding=True,  # a book's code is to be copied, also from a window of 80 columns
    )  # fmt: skip
    for book in books:
        done = progress(store, book.id)
        table.add_row(
            str(book.id), book.code, book.office,
            *(str(count) for count in (
                done.scans, done.refused, done.pages_total, done.pages_read, done.pages_failed, done.cases,
                done.fields_flagged,
            )),
        )  # fmt: skip
    Console().print(table)
    waiting = counts(store)
    tell(
        say(
            "Mục chờ soát xét: {open}, trong đó {leased} đang có người xem; đã xong: {done}.",
            open=waiting.open,
            leased=waiting.leased,
            done=waiting.done,
        )
    )
    for sentence in sentences(watchlist(store)):
        tell(sentence)


def export(
    book: Annotated[str, typer.Argument(help=say("Số hoặc mã của quyển sổ, xem “hotich status”."))],
    by: Annotated[str, typer.Option(help=say("Tên đăng nhập của người xuất."))],
    to: Annotated[Path | None, typer.Option(help=say("Thư mục đặt gói xuất."))] = None,
) -> None:
    """Export the approved cases of a book."""
    from sqlalchemy import select

    from models.errors import ModelsError
    from models.export import export_book
    from models.tables import User
    from models.users import login_name

    settings = settings_or_fail()
    store = store_or_fail(settings)
    with store.read() as session:
        user_id = session.scalar(select(User.id).filter_by(name=login_name(by)))
    if user_id is None:
        fail(say("Không có tài khoản {name}.", name=by))
    try:
        path = export_book(store, _book_id(store, book), user_id, to or settings.exports)
    except ModelsError as error:
        fail(str(error))
    tell(say("Đã xuất: {path}", path=path))


def _book_id(store: Store, book: str) -> int:
    from sqlalchemy import select

    from models.tables import Book

    with store.read() as session:
        books = session.scalars(select(Book)).all()
    found = [row.id for row in books if book in (str(row.id), row.code, f"{row.office}-{row.code}")]
    if not found:
        fail(say("Không có quyển sổ {book}; xem “hotich status”.", book=book))
    if len(found) > 1:
        fail(say("Có nhiều quyển sổ {book}; hãy dùng số của quyển sổ trong “hotich status”.", book=book))
    return found[0]
