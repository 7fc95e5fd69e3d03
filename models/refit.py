"""Fitting anew on what people have said at this station: rows out, weights in.

Rows hold evidence and whether a reading was right, by page and book under their numbers: no text, no name.
``python -m training.calibration`` makes weights of them, together with the rows of made-up pages where the
station's own are few. What is fitted lies in the station and counts instead of the shipped weights.
"""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from models.audit import note
from models.policies import FITTED, OBJECT
from models.quality_tables import FieldCheck
from models.reroute import reroute
from models.routing import BY_MACHINE, pool_of
from models.states import OF_MACHINE, CaseState
from models.tables import Case, Decision, Field
from pipeline.confidence import probability, require_fitting, use
from pipeline.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from models.store import Store

SOURCE: Final = "station"
STEP: Final = 50


def rows(store: Store) -> Iterator[str]:
    """Checked fields in the form of ``bench.rows``: a line of JSON for each page and family."""
    query = (
        select(FieldCheck, Field, Case.page_id)
        .join(Field, FieldCheck.field_id == Field.id)
        .join(Case, FieldCheck.case_id == Case.id)
        .where(
            FieldCheck.right.is_not(None),
            FieldCheck.author_id.is_(None),
            FieldCheck.kind.in_(OF_MACHINE),
        )
        .order_by(Case.page_id, FieldCheck.family, FieldCheck.id)
    )
    page: dict[str, Any] | None = None
    with store.read() as session:
        for check, field, page_id in session.execute(query):
            name = f"{page_id}#{check.family}"
            if page is None or page["page"] != name:
                if page is not None:
                    yield json.dumps(page)
                page = {
                    "page": name,
                    "source": SOURCE,
                    "book": str(check.book_id),
                    "family": check.family,
                    "fields": [],
                }
            page["fields"].append(
                {
                    "key": field.key,
                    "kind": field.kind,
                    "blank": not field.machine_verbatim,
                    "right": bool(check.right),
                    "asked": not check.plain,
                    "evidence": {key: number for key, number in field.evidence.items() if number is not None},
                }
            )
    if page is not None:
        yield json.dumps(page)


def write_rows(store: Store, path: Path) -> int:
    """Write the rows to a file. Returns how many pages they are of."""
    count = 0
    with path.open("w", encoding="utf-8") as out:
        for line in rows(store):
            out.write(line + "\n")
            count += 1
    return count


def use_fitted(store: Store, file: Path, user_id: int | None) -> int:
    """Keep fitted weights in the station, weigh the evidence of open cases anew, decide these anew.

    Returns how many fields moved.

    Raises:
        NotFitting: when the file was not fitted for this version.
        OSError: when it cannot be copied.
    """
    require_fitting(file)
    kept = store.settings.confidence
    fresh = kept.with_suffix(".new")
    shutil.copyfile(file, fresh)
    fresh.replace(kept)
    use(kept)
    with store.begin() as session:
        note(session, FITTED, OBJECT, None, user_id=user_id)
    _weigh_anew(store)
    return reroute(store, user_id)


def _weigh_anew(store: Store) -> None:
    last = 0
    while True:
        with store.begin() as session:
            query = select(Case).where(Case.id > last, Case.state.in_([CaseState.READ, CaseState.KEYED]))
            batch = session.scalars(query.order_by(Case.id).limit(STEP).with_for_update(of=Case)).all()
            if not batch:
                return
            decided = set(
                session.scalars(
                    select(Decision.field_id).where(Decision.case_id.in_([case.id for case in batch]))
                )
            )
            for case in batch:
                last = case.id
                for field in case.fields:
                    found = Reason.LABEL_NOT_FOUND.value not in field.reasons
                    if field.state in BY_MACHINE and field.id not in decided and found and field.evidence:
                        numbers = {key: n for key, n in field.evidence.items() if n is not None}
                        field.probability = round(probability(pool_of(field), numbers), 4)
