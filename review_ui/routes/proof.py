"""Proof and waiting: the report, what is not proven yet, and cases that somebody outside has to verify."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from models.audit import note
from models.errors import ModelsError, NotFound
from models.parking import park, parked_cases, today, unpark
from models.report import report
from models.report_files import as_csv, as_workbook, headings, said_by, shown
from models.states import By, Outside
from models.texts import typed_text
from models.watchlist import sentences, watchlist
from pipeline.wording import say
from review_ui.guard import Approver, CaseReader, CaseReaderOnly, FormToken, missing, store_of
from review_ui.rendering import page
from review_ui.scoping import scope_here

NOTE_LETTERS: Final = 500
USUAL_DAYS: Final = 7
WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

router = APIRouter()


def said_outside(reason: Outside) -> str:
    """Why a case is verified outside, in words."""
    words = {
        Outside.FAMILY: "Hỏi lại gia đình",
        Outside.OFFICE: "Hỏi cơ quan khác",
        Outside.OTHER_REGISTER: "Đối chiếu sổ khác",
        Outside.PAPERS: "Thiếu giấy tờ",
        Outside.OTHER: "Lý do khác",
    }
    return say(words[reason])


@router.get("/report", dependencies=[CaseReaderOnly])
def show_report(request: Request, by: By = By.MONTH) -> Response:
    """The report as a table, and what an operator should know of proof."""
    store, scope = store_of(request), scope_here(request)
    return page(
        request,
        "report.html",
        by=by,
        ways=[(way.value, said_by(way)) for way in By],
        headings=headings(by),
        lines=[shown(line, by) for line in report(store, by, scope)],
        notices=sentences(watchlist(store, scope)),
    )


@router.get("/report.csv")
def download_csv(request: Request, person: CaseReader, by: By = By.MONTH) -> Response:
    """The report as CSV."""
    store = store_of(request)
    with store.begin() as session:
        note(session, "report_downloaded", "report", None, user_id=person.id, by=by.value)
    return _file(
        as_csv(report(store, by, scope_here(request)), by),
        "text/csv; charset=utf-8",
        f"hotich-{by.value}.csv",
    )


@router.get("/report.xlsx")
def download_workbook(request: Request, person: CaseReader, by: By = By.MONTH) -> Response:
    """The report as a workbook."""
    store = store_of(request)
    with store.begin() as session:
        note(session, "report_downloaded", "report", None, user_id=person.id, by=by.value)
    return _file(as_workbook(report(store, by, scope_here(request)), by), WORKBOOK, f"hotich-{by.value}.xlsx")


@router.get("/parked", dependencies=[CaseReaderOnly])
def show_parked(request: Request) -> Response:
    """Cases that wait for somebody outside."""
    return _parked(request)


@router.post("/parked/{case_id}", dependencies=[FormToken])
def park_case(
    request: Request,
    person: Approver,
    case_id: int,
    reason: Annotated[Outside, Form()],
    whom: Annotated[str, Form()] = "",
    days: Annotated[int, Form(ge=1, le=3650)] = USUAL_DAYS,
    remark: Annotated[str, Form()] = "",
) -> Response:
    """Park a case."""
    if not whom.strip() or max(len(whom), len(remark)) > NOTE_LETTERS:
        return _parked(request, say("Hãy ghi ngắn gọn ai xác minh."), 422)
    try:
        due = today() + timedelta(days=days)
        park(store_of(request), case_id, person.id, reason, typed_text(whom), due, remark)
    except NotFound:
        raise missing(store_of(request), person, "case", case_id) from None
    except ModelsError as refusal:
        return _parked(request, str(refusal), 409)
    return RedirectResponse("/parked", 303)


@router.post("/parked/{case_id}/back", dependencies=[FormToken])
def bring_back(request: Request, person: Approver, case_id: int) -> Response:
    """Bring a parked case back."""
    try:
        unpark(store_of(request), case_id, person.id)
    except NotFound:
        raise missing(store_of(request), person, "case", case_id) from None
    except ModelsError as refusal:
        return _parked(request, str(refusal), 409)
    return RedirectResponse("/parked", 303)


def _parked(request: Request, sentence: str = "", status: int = 200) -> Response:
    rows = [
        {"case": case, "reason": said_outside(case.reason), "due": case.due.strftime("%d.%m.%Y")}
        for case in parked_cases(store_of(request), scope_here(request))
    ]
    return page(request, "parked.html", status, rows=rows, sentence=sentence)


def _file(data: bytes, kind: str, name: str) -> Response:
    return Response(data, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
