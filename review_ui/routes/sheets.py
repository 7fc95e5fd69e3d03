"""Sheets: twenty crops of one kind with their readings on one screen, accepted together but for the wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.background import BackgroundTask

from models.effort import MOST_KEYS, SHEET, note_effort
from models.sheets import SHEET_KINDS, accept_sheet, next_sheet, sheet_counts
from pipeline.elements import FieldKind
from pipeline.forms import label_of
from pipeline.reasons import describe
from pipeline.wording import say
from review_ui.guard import HeaderToken, Keyer, KeyerOnly, Refused, store_of
from review_ui.presenting import said_kind
from review_ui.rendering import page
from review_ui.scoping import scope_here

if TYPE_CHECKING:
    from models.store import Store
    from models.views import TaskView

MOST: Final = 20
MOST_LONG: Final = 8  # of texts that need half the width
LONG: Final = (FieldKind.PLACE,)
LETTERS: Final = "abcdefghijklmnopqrst"
MOST_SECONDS: Final = 3600.0

router = APIRouter()


class Shown(BaseModel):
    """A field of a sheet as it was shown."""

    task: int
    version: int


class Sheet(BaseModel):
    """A sheet as the browser sends it: what is accepted, and what it took."""

    accepted: Annotated[list[Shown], Field(max_length=MOST)]
    seconds: Annotated[float, Field(ge=0, le=MOST_SECONDS)]
    keys: Annotated[int, Field(ge=0, le=MOST_KEYS)]


@dataclass(frozen=True, slots=True)
class Cell:
    """One crop of a sheet with its reading; ``letter`` marks it wrong."""

    letter: str
    task_id: int
    version: int
    label: str
    text: str
    picture: str
    reasons: str


@router.get("/sheet", dependencies=[KeyerOnly])
def choose_kind(request: Request) -> Response:
    """The kinds of field of which sheets can be made, with how many wait."""
    counts = sheet_counts(store_of(request), scope_here(request))
    kinds = [{"kind": kind.value, "says": said_kind(kind), "count": count} for kind, count in counts.items()]
    return page(request, "sheets.html", kinds=kinds)


@router.get("/sheet/{kind}")
def show_sheet(request: Request, person: Keyer, kind: str) -> Response:
    """A sheet of that kind."""
    chosen = _kind(kind)
    tasks = next_sheet(store_of(request), person.id, chosen, MOST_LONG if chosen in LONG else MOST)
    return page(
        request,
        "sheet.html",
        kind=chosen.value,
        says=said_kind(chosen),
        long=chosen in LONG,
        cells=[_cell(letter, task) for letter, task in zip(LETTERS, tasks, strict=False)],
    )


@router.post("/api/sheet", dependencies=[HeaderToken])
def accept(request: Request, person: Keyer, sheet: Sheet) -> JSONResponse:
    """Keep a sheet: each field is decided by itself. What was not accepted stays in this person's hands."""
    store = store_of(request)
    shown = [(one.task, one.version) for one in sheet.accepted]
    done = accept_sheet(store, person.id, shown, sheet.seconds)
    sentence = ""
    if done.lost:
        sentence = say(
            "{count} mục không lưu được vì vừa đổi hoặc đã hết thời gian giữ.", count=len(done.lost)
        )
    keys = round(sheet.keys / max(1, len(done.decided)))
    note = BackgroundTask(_note_all, store, done.decided, person.id, keys)
    answer = {"accepted": len(done.decided), "lost": len(done.lost), "sentence": sentence}
    return JSONResponse(answer, background=note)


def _note_all(store: Store, task_ids: tuple[int, ...], user_id: int, keys: int) -> None:
    for task_id in task_ids:
        note_effort(store, task_id, user_id, keys, SHEET)


def _kind(name: str) -> FieldKind:
    found = next((kind for kind in SHEET_KINDS if kind.value == name), None)
    if found is None:
        raise Refused(404, say("Không có trang này."))
    return found


def _cell(letter: str, task: TaskView) -> Cell:
    case, field = task.case, task.field
    return Cell(
        letter=letter,
        task_id=task.task_id,
        version=task.version,
        label=label_of(case.type, case.edition, field.key),
        text=field.verbatim,
        picture=f"/crop/{field.field_id}?view=crop&at={field.version}",
        reasons=" ".join(describe(reason) for reason in field.reasons if reason.startswith("rule:")),
    )
