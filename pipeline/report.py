"""A page's reading as the JSON of ``hotich read --json``, and truth files read back."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from pipeline.elements import PageKind
from pipeline.wording import say

if TYPE_CHECKING:
    from collections.abc import Mapping
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


Corners = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Written:
    """How a case was written, as far as that is known.

    ``boxes``: by field key the pieces of its writing, each the four corners of its box, (column, row) on the
    scan. ``typed``: the fields that a machine wrote or would have written.
    """

    boxes: Mapping[str, tuple[Corners, ...]]
    typed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Truth:
    """What really stands on a page: its kind, form, and by case the verbatim text of each field.

    ``written`` has as many entries as there are cases, or none where nobody knows. ``book`` and ``year`` say
    which book the page is from and when that was opened, where it is known.
    """

    kind: str
    type: str
    edition: str
    cases: tuple[dict[str, str], ...]
    written: tuple[Written, ...] = ()
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
    written = tuple(_written_of(case) for case in data.get("written", ()))
    book = data.get("in_book", {})
    kind = data.get("kind", PageKind.CASES.value)
    year = int(book["year"]) if book.get("year") is not None else None
    truth = Truth(kind, data["type"], data["edition"], cases, written, str(book.get("id", "")), year)
    texts = [truth.type, truth.edition, *(text for case in cases for text in case.values())]
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("a truth file holds texts")
    if written and len(written) != len(cases):
        raise ValueError("where a case was written is told of all or of none")
    PageKind(truth.kind)
    return truth


def _written_of(data: Any) -> Written:
    boxes = {key: tuple(_corners_of(piece) for piece in pieces) for key, pieces in data["boxes"].items()}
    return Written(boxes, frozenset(data["typed"]))


def _corners_of(numbers: Any) -> Corners:
    x0, y0, x1, y1, x2, y2, x3, y3 = (float(number) for number in numbers)
    return ((x0, y0), (x1, y1), (x2, y2), (x3, y3))
