"""What decisions cost people: seconds and keys for each field, and what follows for each person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import Integer, String, bindparam, exists, func, insert, select

from models.desk_tables import Effort
from models.states import Action
from models.tables import Base, Decision, Field, Task

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import InstrumentedAttribute

    from models.store import Store

DESK: Final = "desk"
SHEET: Final = "sheet"
MOST_KEYS: Final = 100_000  # of one field; nobody presses more, a forged request may claim so


@dataclass(frozen=True, slots=True)
class Figures:
    """What a person did: fields, the cases they belong to, and seconds and keys of a field on average.

    ``seconds`` and ``keys`` are None where nothing was measured.
    """

    name: str
    fields: int
    cases: int
    seconds: float | None
    keys: float | None

    @property
    def seconds_a_case(self) -> float | None:
        """Seconds that a case took this person, over the fields that they were asked about."""
        return None if self.seconds is None or not self.cases else self.seconds * self.fields / self.cases

    @property
    def keys_a_case(self) -> float | None:
        """Keys that a case took this person."""
        return None if self.keys is None or not self.cases else self.keys * self.fields / self.cases


_LAST: Final = (
    select(
        Decision.id,
        Decision.user_id,
        Decision.case_id,
        Field.key,
        Field.kind,
        Decision.action,
        Decision.seconds,
    )
    .join(Task, Task.field_id == Decision.field_id)
    .join(Field, Field.id == Decision.field_id)
    .where(
        Task.id == bindparam("task"), Decision.user_id == bindparam("user"), Decision.action != Action.UNDO
    )
    .order_by(Decision.id.desc())
    .limit(1)
    .subquery()
)
_NOTE: Final = insert(Base.metadata.tables["effort"]).from_select(
    ["decision_id", "user_id", "case_id", "key", "kind", "action", "seconds", "way", "keys"],
    select(*_LAST.c, bindparam("way", type_=String), bindparam("keys", type_=Integer)).where(
        ~exists().where(Effort.decision_id == _LAST.c.id)
    ),
)


def note_effort(store: Store, task_id: int, user_id: int, keys: int, way: str = DESK) -> None:
    """Keep what this person's last decision on the field of a task took; once a decision.

    Apart from deciding, so that nobody waits for it. Nothing is kept where there is no such decision.
    """
    given = {"task": task_id, "user": user_id, "way": way, "keys": min(max(0, keys), MOST_KEYS)}
    with store.begin() as session:
        session.execute(_NOTE, given)


def figures_by_kind(store: Store, user_id: int, since: datetime) -> list[Figures]:
    """What a person did since then, for each kind of field, the most frequent first."""
    return _grouped(store, user_id, since, Effort.kind)


def figures_of(store: Store, user_id: int, since: datetime) -> Figures:
    """What a person did since then in all."""
    with store.read() as session:
        count, cases, seconds, keys = session.execute(
            select(*_MEASURES).where(Effort.user_id == user_id, Effort.at >= since)
        ).one()
    return Figures("", count, cases, seconds, _number(keys))


def _grouped(
    store: Store, user_id: int, since: datetime, column: InstrumentedAttribute[str]
) -> list[Figures]:
    query = (
        select(column, *_MEASURES)
        .where(Effort.user_id == user_id, Effort.at >= since)
        .group_by(column)
        .order_by(func.count().desc(), column)
    )
    with store.read() as session:
        return [
            Figures(name, count, cases, seconds, _number(keys))
            for name, count, cases, seconds, keys in session.execute(query)
        ]


def _number(mean: object) -> float | None:
    """An average as a float: PostgreSQL gives one of whole numbers as a decimal."""
    return None if mean is None else float(str(mean))


_MEASURES: Final = (
    func.count(),
    func.count(Effort.case_id.distinct()),
    func.avg(Effort.seconds),
    func.avg(Effort.keys),
)
