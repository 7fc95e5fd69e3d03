"""Figures of people: what each did in a day, a week or a month, and how often others agreed with it.

The seconds and keys are those of ``models.effort``. Others agree where a blind check, a second keying or
an adjudicator said of an entry what its author had said, and where the author said what is known of a field;
where too few were compared, no share is told, for it would be chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import case, func, select

from models.desk_tables import Effort
from models.people_tables import Team, Unit
from models.quality_tables import FieldCheck
from models.scope import STATION, Scope
from models.states import SAMPLES, By, CheckKind
from models.tables import User

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from models.store import Store

COMPARED: Final = (*SAMPLES, CheckKind.SECOND, CheckKind.ADJUDICATED, CheckKind.KNOWN)
LEAST_CHECKED: Final = 20
"""Of fewer comparisons no share is told: one error in 20 says as little as none."""
PERIODS: Final = (By.DAY, By.WEEK, By.MONTH)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Comparisons of a person's entries, and those among them that said the same."""

    checked: int
    right: int

    @property
    def share(self) -> float | None:
        """The share that agreed; None where too few were compared."""
        return self.right / self.checked if self.checked >= LEAST_CHECKED else None


@dataclass(frozen=True, slots=True)
class PersonFigures:
    """What a person did in a period. ``seconds`` and ``keys`` are means of a field, None where unmeasured."""

    user_id: int
    name: str
    unit: str
    team: str
    shift: int | None
    cases: int
    fields: int
    seconds: float | None
    keys: float | None
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class Period:
    """A day, a week or a month on the station's clock: from ``begin`` until before ``end``, both aware."""

    by: By
    begin: datetime
    end: datetime

    @property
    def name(self) -> str:
        """As the report names it: 2026-11-28, 2026-W48, 2026-11."""
        local = self.begin.astimezone()
        if self.by is By.WEEK:
            week = local.isocalendar()
            return f"{week.year}-W{week.week:02d}"
        return local.strftime("%Y-%m" if self.by is By.MONTH else "%Y-%m-%d")


def period(by: By, back: int, now: datetime) -> Period:
    """The period that ``now`` lies in (``back`` 0), or so many before it.

    Raises:
        ValueError: for something that is no period.
    """
    local = now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    if by is By.DAY:
        begin = local - timedelta(days=back)
        end = begin + timedelta(days=1)
    elif by is By.WEEK:
        begin = local - timedelta(days=local.weekday() + 7 * back)
        end = begin + timedelta(days=7)
    elif by is By.MONTH:
        begin = _month(local, -back)
        end = _month(local, 1 - back)
    else:
        raise ValueError(f"{by.value} is no period")
    return Period(by, begin.astimezone(UTC), end.astimezone(UTC))


def figures_of_people(
    store: Store, within: Period, scope: Scope = STATION, team_id: int | None = None
) -> list[PersonFigures]:
    """Figures of everybody of a part of the station, or of a team, who did something or is to do so.

    By unit, team and name. Accounts that are switched off are there for the time when they worked.
    """
    of_team: tuple[ColumnElement[bool], ...] = () if team_id is None else (User.team_id == team_id,)
    people = (
        select(User, Unit.name, Team.name)
        .outerjoin(Unit, User.unit_id == Unit.id)
        .outerjoin(Team, User.team_id == Team.id)
        .where(*scope.of_units(User.unit_id), *of_team)
        .order_by(Unit.path, Team.name, User.display_name, User.id)
    )
    done = (
        select(
            Effort.user_id,
            func.count(Effort.case_id.distinct()),
            func.count(),
            func.avg(Effort.seconds),
            func.avg(Effort.keys),
        )
        .where(Effort.at >= within.begin, Effort.at < within.end)
        .group_by(Effort.user_id)
    )
    with store.read() as session:
        known = {user_id: rest for user_id, *rest in session.execute(done)}
        agreed = _agreed(session, within.begin, within.end)
        found = []
        for user, unit, team in session.execute(people):
            cases, fields, seconds, keys = known.get(user.id, (0, 0, None, None))
            agreement = agreed.get(user.id, Agreement(0, 0))
            if fields or agreement.checked:
                found.append(
                    PersonFigures(
                        user_id=user.id,
                        name=user.display_name,
                        unit=unit or "",
                        team=team or "",
                        shift=user.shift,
                        cases=cases,
                        fields=fields,
                        seconds=None if seconds is None else float(seconds),
                        keys=None if keys is None else float(keys),
                        agreement=agreement,
                    )
                )
        return found


def agreement_of(store: Store, user_id: int, begin: datetime, end: datetime) -> Agreement:
    """How often others agreed with one person's entries, by the day of the comparison."""
    with store.read() as session:
        return _agreed(session, begin, end, FieldCheck.author_id == user_id).get(user_id, Agreement(0, 0))


def _agreed(
    session: Session, begin: datetime, end: datetime, *conditions: ColumnElement[bool]
) -> dict[int, Agreement]:
    query = (
        select(FieldCheck.author_id, func.count(), func.sum(case((FieldCheck.right.is_(True), 1), else_=0)))
        .where(
            FieldCheck.kind.in_(COMPARED),
            FieldCheck.checked_at >= begin,
            FieldCheck.checked_at < end,
            FieldCheck.author_id.is_not(None),
            FieldCheck.right.is_not(None),
            *conditions,
        )
        .group_by(FieldCheck.author_id)
    )
    return {author: Agreement(checked, right) for author, checked, right in session.execute(query).tuples()}


def _month(local: datetime, forward: int) -> datetime:
    months = local.year * 12 + local.month - 1 + forward
    return local.replace(year=months // 12, month=months % 12 + 1, day=1)
