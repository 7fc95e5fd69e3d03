"""What the pages of a book say again and again: who signs and with which title, the number of the volume.

A page is read with these texts offered beside what stands there (``pipeline.read.BookPrior``). What people
confirmed counts at once; what the machine read alone counts when several pages read alike, and only until
somebody confirmed anything: a misreading must not confirm itself.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from models.states import CaseState, FieldState
from models.tables import Case, Field

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

REPEATED: Final = ("quyenSo", "nguoiKy", "chucVuNguoiKy", "nguoiThucHien")
CONFIRMED: Final = (FieldState.ACCEPTED_BY_PERSON, FieldState.CORRECTED)
READ: Final = (FieldState.ACCEPTED, FieldState.FLAGGED)
ALIKE: Final = 3
"""Pages that must have read the same before it is believed unseen."""
OFFERED: Final = 6
"""Texts of a field that are offered: those that most pages have."""
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
    said: dict[str, tuple[str, ...]] = {}
    for key in REPEATED:
        alike = Counter({text: count for text, count in read[key].items() if count >= ALIKE})
        common = sorted((confirmed[key] or alike).items(), key=lambda item: (-item[1], item[0]))
        if common:
            said[key] = tuple(text for text, _ in common[:OFFERED])
    return said
