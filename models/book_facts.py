"""What the pages of a book say again and again (``pipeline.repeated``), as the database knows it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from models.states import CaseState, FieldState
from models.tables import Case, Field
from pipeline.repeated import REPEATED, common_texts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

CONFIRMED: Final = (FieldState.ACCEPTED_BY_PERSON, FieldState.CORRECTED)
READ: Final = (FieldState.ACCEPTED, FieldState.FLAGGED)
OUT: Final = (CaseState.VOID, CaseState.OUT_OF_SCOPE)


def said_in_book(session: Session, book_id: int) -> dict[str, tuple[str, ...]]:
    """Texts by field key that pages of the book have in common, the most common first."""
    rows = session.execute(
        select(Field.key, Field.verbatim, Field.state, func.count())
        .join(Case, Case.id == Field.case_id)
        .where(
            Case.book_id == book_id,
            Case.state.not_in(OUT),
            Field.key.in_(REPEATED),
            Field.state.in_([*CONFIRMED, *READ]),
            Field.verbatim != "",
        )
        .group_by(Field.key, Field.verbatim, Field.state)
    )
    confirmed = {key: Counter[str]() for key in REPEATED}
    read = {key: Counter[str]() for key in REPEATED}
    for key, text, state, count in rows:
        (confirmed if state in CONFIRMED else read)[key][text] += count
    return common_texts(read, confirmed)
