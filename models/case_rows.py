"""What was read, as rows: of the page, of its cases, of their fields. Tasks follow from these."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from models.casekey import case_key
from models.states import CaseState, FieldState, PageState
from models.tables import Book, Case, Field, Page, utc_now
from models.texts import finite, kept_text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from pipeline import elements


def describe_page(page: Page, reading: elements.PageReading, image_path: str, cpu_seconds: float) -> None:
    """Fill the row of a page that has been read, and let go of its lease."""
    page.state = PageState.READ
    page.lease_owner = page.lease_until = None
    page.kind = reading.kind.value
    page.turned = reading.turned
    page.skew = finite(reading.skew_degrees)
    page.width, page.height = reading.width, reading.height
    page.type, page.edition = reading.type, reading.edition
    page.image_path = image_path
    page.cpu_seconds = cpu_seconds
    page.reasons = [str(reason) for reason in reading.reasons]
    page.provenance = dict(reading.provenance)
    page.book_facts = None if reading.book is None else asdict(reading.book)
    page.reader_version = reading.provenance.get("reader")
    page.read_at = utc_now()


def add_case(session: Session, page: Page, book: Book, case: elements.Case) -> Case:
    """Add the rows of one case, as the pipeline decided its fields."""
    doubtful = any(field.state.value == FieldState.FLAGGED for field in case.fields)
    key = case_key(book, case.fields)
    row = Case(
        page_id=page.id,
        book_id=book.id,
        index=case.index,
        so=None if key is None else key.so,
        box=None if case.box is None else case.box.as_list(),
        # With nothing to ask, the machine has keyed the case; a person still approves it.
        state=CaseState.READ if doubtful else CaseState.KEYED,
    )
    session.add(row)
    session.flush()
    session.add_all(_field_row(row.id, position, field) for position, field in enumerate(case.fields))
    session.flush()
    return row


def _field_row(case_id: int, position: int, field: elements.Field) -> Field:
    verbatim, value = kept_text(field.verbatim), kept_text(field.value)
    return Field(
        case_id=case_id,
        position=position,
        key=field.key,
        kind=field.kind.value,
        verbatim=verbatim,
        value=value,
        probability=finite(field.probability) or 0.0,
        state=FieldState(field.state.value),
        reasons=[str(reason) for reason in field.reasons],
        box=None if field.box is None else field.box.as_list(),
        candidates=[[kept_text(item.text), finite(item.log_probability)] for item in field.candidates],
        evidence={name: finite(number) for name, number in field.evidence.items()},
        machine_verbatim=verbatim,
        machine_value=value,
    )
