"""A page's reading as the JSON of ``hotich read --json``, and truth files read back."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from pipeline.elements import PageKind
from pipeline.wording import say

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.elements import Field, PageReading


def page_json(reading: PageReading, file: str, page: int) -> dict[str, Any]:
    """One page as a JSON object: what it is, its cases, and each field with its box and doubts.

    A cover and a closing note also have ``book``: what they say of it (``BookFacts``).

    Args:
        reading: what was read.
        file: name of the scan, without its folder.
        page: number of the page in it, from 1.
    """
    book = {"book": asdict(reading.book)} if reading.book is not None else {}
    return {
        "file": file,
        "page": page,
        "type": reading.type,
        "edition": reading.edition,
        "kind": reading.kind.value,
        "turned": reading.turned,
        "skew": reading.skew_degrees,
        "size": [reading.width, reading.height],
        "reasons": list(reading.reasons),
        **book,
        "cases": [
            {"fields": {field.key: _field_json(field) for field in case.fields}} for case in reading.cases
        ],
    }


def _field_json(field: Field) -> dict[str, Any]:
    return {
        "value": field.value,
        "verbatim": field.verbatim,
        "probability": round(field.probability, 4),
        "state": field.state.value,
        "reasons": list(field.reasons),
        "box": field.box.as_list() if field.box else None,
        "candidates": [[c.text, round(c.log_probability, 3)] for c in field.candidates],
    }


@dataclass(frozen=True, slots=True)
class Truth:
    """What really stands on a page: its kind, form, and by case the verbatim text of each field.

    ``book`` and ``year`` say which book the page is from and when that was opened, where it is known.
    """

    kind: str
    type: str
    edition: str
    cases: tuple[dict[str, str], ...]
    book: str = ""
    year: int | None = None


def read_truth(path: Path) -> Truth:
    """A truth file.

    Raises:
        ValueError: when it is not one; the message names the file.
    """
    try:
        return _truth_of(json.loads(path.read_text(encoding="utf-8")))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(say("{name} không phải là tệp đáp án.", name=path.name)) from error


def _truth_of(data: Any) -> Truth:
    cases = tuple(dict(case["fields"].items()) for case in data["cases"])
    book = data.get("in_book", {})
    kind = data.get("kind", PageKind.CASES.value)
    year = int(book["year"]) if book.get("year") is not None else None
    truth = Truth(kind, data["type"], data["edition"], cases, str(book.get("id", "")), year)
    texts = [truth.type, truth.edition, *(text for case in cases for text in case.values())]
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("a truth file holds texts")
    PageKind(truth.kind)
    return truth
