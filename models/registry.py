"""The registry: approved cases become rows of it, each key once, however often and wherever this runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from models.audit import note
from models.casekey import case_key
from models.ministry import BIRTH
from models.ministry_rows import ministry_row
from models.states import CaseState
from models.tables import Book, Case, registry_birth
from pipeline.elements import RegisterType
from pipeline.reasons import Reason

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models.casekey import CaseKey
    from models.store import Store


@dataclass(frozen=True, slots=True)
class LoadResult:
    """Ids of cases loaded, and by id the code of why one was refused and waits for a person again."""

    loaded: tuple[int, ...]
    refused: Mapping[int, str]


def load_approved(store: Store, limit: int = 200) -> LoadResult:
    """Load up to ``limit`` approved births into the registry, in one transaction.

    A case whose number cannot be told, or whose key another case has already, goes to ``needs_verification``
    with that reason; its approval is void, and sending it back opens it again. Where both results are empty
    there is nothing left to load.
    """
    loaded: list[int] = []
    refused: dict[int, str] = {}
    with store.begin() as session:
        cases = session.scalars(
            select(Case)
            .join(Book, Case.book_id == Book.id)
            .where(Case.state == CaseState.APPROVED, Book.type == RegisterType.BIRTH.value)
            .order_by(Case.id)
            .limit(limit)
            .with_for_update(skip_locked=True, of=Case)
        )
        for case in cases.all():
            reason = _load(session, case)
            if reason is None:
                case.state = CaseState.LOADED
                loaded.append(case.id)
                note(session, "case_loaded", "case", case.id)
            else:
                case.state, case.state_reason = CaseState.NEEDS_VERIFICATION, reason.value
                case.approved_by = case.approved_at = None
                refused[case.id] = reason.value
                note(session, "load_refused", "case", case.id, reason=reason.value)
            case.version += 1
    return LoadResult(tuple(loaded), refused)


def _load(session: Session, case: Case) -> Reason | None:
    key = case_key(case.book, case.fields)
    if key is None:
        return Reason.NUMBER_MISSING
    row = ministry_row(BIRTH, key, case.fields).texts
    kept = {column.name: row[column.name] for column in BIRTH.columns if column.kept}
    try:
        with session.begin_nested():
            session.execute(
                insert(registry_birth).values(
                    case_id=case.id,
                    office=key.office,
                    type=key.type,
                    quyen_so=key.quyen_so,
                    year=key.year,
                    so=key.so,
                    **kept,
                )
            )
    except IntegrityError:
        if not _is_taken(session, key):
            raise
        return Reason.DUPLICATE_KEY
    return None


def _is_taken(session: Session, key: CaseKey) -> bool:
    columns = registry_birth.c
    query = select(columns.id).where(
        columns.office == key.office,
        columns.type == key.type,
        columns.quyen_so == key.quyen_so,
        columns.year == key.year,
        columns.so == key.so,
    )
    return session.scalar(query) is not None
