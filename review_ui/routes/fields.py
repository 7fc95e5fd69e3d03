"""What the review page asks about a field in hand: the same field nearby, and a place drawn anew."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, Field

from models.errors import Conflict, NotFound
from models.neighbours import neighbours
from models.recutting import place_of, recut
from pipeline.elements import Box
from pipeline.read_box import read_box
from pipeline.recognise.handwriting import LineRecogniser
from pipeline.wording import say
from review_ui.guard import HeaderToken, Keyer, missing, store_of
from review_ui.rendering import fragment
from review_ui.routes.images import OPEN_TO_KEYERS, pictures_of
from review_ui.routes.review import desk_state

if TYPE_CHECKING:
    from models.recutting import Place
    from models.tables import User
    from pipeline.elements import Reading

router = APIRouter()


class Drawn(BaseModel):
    """A place as the browser sends it, in pixels of the page: x, y, width, height."""

    task: int
    version: int
    box: Annotated[list[int], Field(min_length=4, max_length=4)]


class Rereader:
    """The recogniser, loaded when somebody first draws a place; one place is read at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._recogniser: LineRecogniser | None = None

    def read(self, request: Request, place: Place, box: Box) -> Reading:
        """The reading of a box of a page.

        Raises:
            FileNotFoundError: when the page's image is not there.
            ValueError: when the box is not on the page, or too small.
        """
        image = pictures_of(request).opened(place.image_path)
        with self._lock:
            if self._recogniser is None:
                self._recogniser = LineRecogniser.load()
            return read_box(image, box, place.kind, self._recogniser)


@router.get("/near/{task_id}")
def show_neighbours(request: Request, person: Keyer, task_id: int) -> Response:
    """The same field in the cases before and after, with its pictures."""
    store = store_of(request)
    try:
        found = neighbours(store, task_id)
    except NotFound:
        raise missing(store, person, "task", task_id) from None
    rows = [
        {
            "title": say("Số {so}", so=one.so) if one.so else say("Chưa rõ số"),
            "text": one.text,
            "current": one.own,
            "picture": f"/crop/{one.field_id}?view=crop"
            if one.has_box and one.state in OPEN_TO_KEYERS
            else "",
        }
        for one in found
    ]
    return HTMLResponse(fragment("_near.html", rows=rows if len(rows) > 1 else []))


@router.post("/api/recut", dependencies=[HeaderToken])
def read_again(request: Request, person: Keyer, drawn: Drawn) -> JSONResponse:
    """Read the place that a person drew for the field in hand, and show the field with what was read."""
    status, sentence, text = _read_again(request, person, drawn)
    return JSONResponse(desk_state(request, person) | {"sentence": sentence, "read": text}, status)


def _read_again(request: Request, person: User, drawn: Drawn) -> tuple[int, str, str]:
    store = store_of(request)
    box = Box(*drawn.box)
    rereader: Rereader = request.app.state.rereader
    try:
        place = place_of(store, drawn.task, person.id, drawn.version)
        reading = rereader.read(request, place, box)
        recut(store, drawn.task, person.id, drawn.version, box, reading)
    except (NotFound, FileNotFoundError):
        return 404, missing(store, person, "task", drawn.task).sentence, ""
    except Conflict as conflict:
        return 409, str(conflict), ""
    except ValueError:
        return 422, say("Ô vừa vẽ nằm ngoài trang hoặc quá nhỏ."), ""
    return 200, "", reading.text
