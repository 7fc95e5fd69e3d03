"""Figures of the people of a unit or a team, for whoever supervises them; one's own are on /mine."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from models.audit import note
from models.duties import Duty, may
from models.figures import (
    LEAST_CHECKED,
    PERIODS,
    Agreement,
    Period,
    PersonFigures,
    figures_of_people,
    period,
)
from models.report_files import said_by, table_as_csv
from models.shifts import parse_shifts
from models.states import By
from models.tables import User, utc_now
from pipeline.wording import say
from review_ui.guard import Refused, Supervisor, store_of
from review_ui.rendering import decimal, number, page
from review_ui.routes.people import said_shift
from review_ui.scoping import scope_here

FURTHEST: Final = 400

router = APIRouter()

Back = Annotated[int, Query(ge=0, le=FURTHEST)]


def said_agreement(agreement: Agreement) -> str:
    """How often others agreed, with how many were compared; without a share where these are too few."""
    counted = say("{count} lần so", count=number(agreement.checked))
    if agreement.share is None:
        return counted if agreement.checked else "–"
    percent = decimal(100 * agreement.share)
    return say("{percent} % trong {counted}", percent=percent, counted=counted)


@router.get("/figures")
def show_figures(request: Request, person: Supervisor, by: By = By.DAY, back: Back = 0) -> Response:
    """What everybody of the unit or the team did in a day, a week or a month."""
    shown = _period(by, back)
    people = _people(request, person, shown)
    shifts = parse_shifts(store_of(request).settings.shifts)
    return page(
        request,
        "figures.html",
        by=by,
        back=back,
        furthest=FURTHEST,
        name=shown.name,
        ways=[(way.value, said_by(way)) for way in PERIODS],
        rows=[
            {"one": one, "shift": said_shift(shifts, one.shift), "agreement": said_agreement(one.agreement)}
            for one in people
        ],
        least=LEAST_CHECKED,
        of_team=not may(person, Duty.SUPERVISE),
    )


@router.get("/figures.csv")
def download_figures(request: Request, person: Supervisor, by: By = By.DAY, back: Back = 0) -> Response:
    """The same as CSV."""
    store, shown = store_of(request), _period(by, back)
    rows = [_cells(shown, one) for one in _people(request, person, shown)]
    with store.begin() as session:
        note(session, "figures_downloaded", "report", None, user_id=person.id, by=by.value, period=shown.name)
    headings = [
        said_by(by), say("Họ tên"), say("Đơn vị"), say("Tổ"), say("Ca"), say("Trường hợp"), say("Mục"),
        say("Giây mỗi mục"), say("Phím mỗi mục"), say("Lần so"), say("Tỷ lệ khớp"),
    ]  # fmt: skip
    return Response(
        table_as_csv(headings, rows),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="hotich-people-{shown.name}.csv"'},
    )


def _cells(shown: Period, one: PersonFigures) -> list[str | int | float | None]:
    share = one.agreement.share
    return [
        shown.name, one.name, one.unit, one.team, one.shift, one.cases, one.fields,
        None if one.seconds is None else round(one.seconds, 1),
        None if one.keys is None else round(one.keys, 1),
        one.agreement.checked,
        None if share is None else round(share, 4),
    ]  # fmt: skip


def _period(by: By, back: int) -> Period:
    try:
        return period(by, back, utc_now())
    except ValueError:
        raise Refused(404, say("Không có trang này.")) from None


def _people(request: Request, person: User, shown: Period) -> list[PersonFigures]:
    """Everybody of the unit for its supervisors; of their team for those who lead one."""
    team = None if may(person, Duty.SUPERVISE) else person.team_id
    return figures_of_people(store_of(request), shown, scope_here(request), team)
