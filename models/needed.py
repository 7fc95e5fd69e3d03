"""How many more checks would prove what is asked about, for whoever has such a field on the screen."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from models.policies import station_policy
from models.routing import TYPED
from models.tables import Field
from pipeline.confidence import group_of
from pipeline.elements import FieldKind
from pipeline.policy import family_of
from pipeline.reasons import Reason

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models.store import Store
    from models.views import TaskView
    from pipeline.policy import Policy

SECONDS: Final = 60.0
"""For so long a count may lag behind: adding up all checks for every field shown would take its time."""

_known: dict[str, tuple[float, Policy]] = {}


def checks_missing(store: Store, task: TaskView) -> int | None:
    """How many checks without an error would prove a field's target; None where that is not the question."""
    if Reason.NOT_PROVEN.value not in task.field.reasons:
        return None
    with store.read() as session:
        row = session.execute(
            select(Field.machine_verbatim == "", Field.evidence["typed"].as_float()).where(
                Field.id == task.field.field_id
            )
        ).one()
        policy = _policy(str(store.engine.url), session)
    blank, typed = row
    group = group_of(FieldKind(task.field.kind), blank=blank)
    family = family_of(task.case.type, task.case.edition, typed=(typed or 0.0) >= TYPED)
    threshold = policy.threshold(task.field.key, group, family)
    return None if threshold.proven else threshold.needed


def _policy(url: str, session: Session) -> Policy:
    now = time.monotonic()
    if url not in _known or now - _known[url][0] > SECONDS:
        _known[url] = (now, station_policy(session))
    return _known[url][1]
