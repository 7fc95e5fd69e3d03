"""Approval by book: how far it is, what remains and why, and what has passed approved together."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from models.duties import Duty, may
from models.errors import ModelsError, NotFound, NotReady
from models.tables import User
from models.whole_books import Why, approve_book, whole_book
from pipeline.wording import say
from review_ui.guard import Approver, CaseReader, FormToken, missing, store_of
from review_ui.presenting import said_case_state
from review_ui.rendering import number, page

MOST_GAPS: Final = 12

router = APIRouter()


def said_why(why: Why) -> str:
    """Why a case is looked at by itself, in words."""
    words = {
        Why.KEYING: "còn mục đang chờ soát",
        Why.CHECKING: "chờ kiểm tra",
        Why.VERIFICATION: "cần xác minh",
        Why.ASIDE: "để riêng",
        Why.OWN: "bạn đã nhập hay sửa: người khác duyệt",
        Why.UNCLEAR: "có mục chưa rõ hay không đọc được",
        Why.ONE_PERSON: "có mục chỉ một người nhập, chưa ai so lại",
        Why.NO_NUMBER: "chưa rõ số",
        Why.NUMBER_TWICE: "trùng số với trường hợp khác của sổ",
    }
    return say(words[why])


def said_gaps(gaps: tuple[str, ...]) -> str:
    """Missing numbers as a line of text."""
    shown = ", ".join(gaps[:MOST_GAPS])
    return f"{shown}, …" if len(gaps) > MOST_GAPS else shown


@router.get("/approve/book/{book_id}")
def show_book(request: Request, person: CaseReader, book_id: int, done: int = 0) -> Response:
    """A book with everything in it that is still open."""
    sentence = say("Đã duyệt {count} trường hợp.", count=number(done)) if done > 0 else ""
    return _book(request, person, book_id, done=sentence)


@router.post("/approve/book/{book_id}", dependencies=[FormToken])
def approve_what_passed(
    request: Request, person: Approver, book_id: int, token: Annotated[str, Form(max_length=64)] = ""
) -> Response:
    """Approve the cases of a book of which nobody's word stands alone."""
    try:
        approved = approve_book(store_of(request), book_id, person.id, token)
    except NotFound:
        raise missing(store_of(request), person, "book", book_id) from None
    except NotReady:
        return _book(
            request, person, book_id, say("Hãy mở xem các trường hợp được rút trước khi duyệt."), 409
        )
    except ModelsError as refusal:
        return _book(request, person, book_id, str(refusal), 409)
    return RedirectResponse(f"/approve/book/{book_id}?done={len(approved)}", 303)


def _book(
    request: Request, person: User, book_id: int, sentence: str = "", status: int = 200, done: str = ""
) -> Response:
    store = store_of(request)
    try:
        book = whole_book(store, book_id, person.id)
    except NotFound:
        raise missing(store, person, "book", book_id) from None
    remains = [case for case in book.cases if case.why is not None]
    by_id = {case.case_id: case for case in book.cases}
    return page(
        request,
        "approve_book.html",
        status,
        book=book,
        gaps=said_gaps(book.state.missing),
        drawn=[(by_id[case_id], case_id not in book.unseen) for case_id in book.drawn],
        next=book.unseen[0] if book.unseen else None,
        remains=[(case, said_why(case.why)) for case in remains if case.why is not None],
        others=[(case, said_case_state(case.state)) for case in book.cases if case.why is None],
        may_approve=may(person, Duty.APPROVE),
        sentence=sentence,
        done=done,
    )
