"""Pages from templates: Jinja with escaping on, the language in force, static files by version."""

from __future__ import annotations

import hashlib
from datetime import UTC
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from models.duties import Duty, may
from pipeline.wording import language, say
from review_ui.tabs import tabs_of
from review_ui.visits import visit_of

if TYPE_CHECKING:
    from datetime import datetime

    from fastapi import Request

HERE: Final = Path(__file__).parent
STATIC: Final = HERE / "static"


@cache
def static(name: str) -> str:
    """Address of a static file that changes with its content, so that browsers keep it for ever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def number(count: int) -> str:
    """A count with its thousands apart, as the language writes it."""
    grouped = f"{count:,}"
    return grouped.replace(",", ".") if language() == "vi" else grouped


def decimal(count: float | None) -> str:
    """A measured number with one decimal, as the language writes it; a dash where nothing was measured."""
    if count is None:
        return "–"
    written = f"{count:.1f}"
    return written.replace(".", ",") if language() == "vi" else written


def moment(at: datetime | None) -> str:
    """A time on the clock of the station."""
    return "" if at is None else at.replace(tzinfo=at.tzinfo or UTC).astimezone().strftime("%d.%m.%Y %H:%M")


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        auto_reload=False,  # else every part of every page looks at its file first
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "_": say,
        "static": static,
        "language": language,
        "Duty": Duty,
        "may": may,
        "tabs": tabs_of,
    }
    environment.filters |= {"number": number, "decimal": decimal, "moment": moment}
    return environment


_ENVIRONMENT: Final = _environment()


def fragment(template: str, /, **values: object) -> str:
    """Part of a page."""
    return _ENVIRONMENT.get_template(template).render(**values)


def page(request: Request, template: str, status: int = 200, /, **values: object) -> HTMLResponse:
    """A page for the person who asked."""
    visit = visit_of(request)
    html = fragment(
        template,
        person=visit.person,
        csrf=visit.login.csrf,
        path=request.url.path,
        checks=request.app.state.store.settings.checks,
        **values,
    )
    return HTMLResponse(html, status)
