"""What a station has reached: how much went through without a person, how wrong that may be, what it saves.

Everything is counted by the database from its tables: fields by the state that they are in, blind checks of
what the machine accepted, and the seconds that people took for a field. A field counts on the day (UTC) on
which its page was read. Nothing here is a value or a name of a citizen.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import case, func, select

from models.quality_tables import FieldCheck
from models.scope import STATION, Scope
from models.states import FIELD_ACTIONS, SAMPLES, By, FieldState
from models.tables import Book, Case, Decision, Field, Page
from pipeline.confidence import group_of
from pipeline.elements import FieldKind
from pipeline.proof import upper_bound

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from models.store import Store

LONGEST_LOOK: Final = 300.0
"""Seconds: whoever took longer was away."""
THROUGH: Final = (FieldState.ACCEPTED, FieldState.BLANK)
ALL: Final = ""
"""In place of a period, an office or a kind: all of them together."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the report.

    ``automation`` is the share of fields that went through without a person. ``bound`` is the error rate
    among them that is not exceeded with 90 % confidence, from ``checked`` blind checks with ``wrong`` errors;
    None without checks. ``seconds`` is what people took for a field; ``saved_hours`` is what they would have
    taken for the fields that went through.
    """

    name: str
    fields: int
    through: int
    automation: float
    cases: int
    cases_through: int
    checked: int
    wrong: int
    bound: float | None
    seconds: float | None
    saved_hours: float | None


COLUMNS: Final = tuple(field.name for field in fields(Line))


@dataclass
class _Sum:
    """Counts of a line while it is added up."""

    fields: int = 0
    through: int = 0
    cases: int = 0
    cases_through: int = 0
    checked: int = 0
    wrong: int = 0
    looks: int = 0
    seconds: float = 0.0


def report(store: Store, by: By = By.MONTH, scope: Scope = STATION) -> list[Line]:
    """The lines of the report in order, the sum of all last, for a part of the station."""
    sums: dict[str, _Sum] = defaultdict(_Sum)
    with store.read() as session:
        for name, count in _counts(session, by, scope):
            for place in (name, ALL):
                _add(sums[place], count)
    return [_line(name, sums[name]) for name in sorted(sums, key=lambda name: (name == ALL, name))]


def _add(total: _Sum, part: _Sum) -> None:
    for field in fields(_Sum):
        setattr(total, field.name, getattr(total, field.name) + getattr(part, field.name))


def _line(name: str, total: _Sum) -> Line:
    each = total.seconds / total.looks if total.looks else None
    return Line(
        name=name,
        fields=total.fields,
        through=total.through,
        automation=total.through / total.fields if total.fields else 0.0,
        cases=total.cases,
        cases_through=total.cases_through,
        checked=total.checked,
        wrong=total.wrong,
        bound=upper_bound(total.wrong, total.checked) if total.checked else None,
        seconds=each,
        saved_hours=None if each is None else total.through * each / 3600.0,
    )


def _counts(session: Session, by: By, scope: Scope) -> Iterable[tuple[str, _Sum]]:
    """Counts of fields, cases, checks and looks, each with the name of its line."""
    day = func.date(Page.read_at)
    places = (day, Book.office, Book.type, Book.year, Book.volume)
    kinds = (Field.kind, Field.machine_verbatim == "")
    here = scope.of_units(Book.unit_id)
    went = case((Field.state.in_(THROUGH), 1), else_=0)
    read = (
        select(*places, *kinds, func.count(), func.sum(went))
        .select_from(Field)
        .join(Case, Field.case_id == Case.id)
        .join(Page, Case.page_id == Page.id)
        .join(Book, Case.book_id == Book.id)
        .where(Field.state != FieldState.ABSENT, *here)
        .group_by(*places, *kinds)
    )
    for *where, kind, blank, count, through in session.execute(read):
        yield _name(by, where, kind, blank), _Sum(fields=count, through=through)
    if by is not By.KIND:  # a case has fields of every kind
        whole = (
            select(Field.case_id.label("case_id"), func.min(went).label("through"))
            .where(Field.state != FieldState.ABSENT)
            .group_by(Field.case_id)
            .subquery()
        )
        cases = (
            select(*places, func.count(), func.sum(whole.c.through))
            .select_from(whole)
            .join(Case, whole.c.case_id == Case.id)
            .join(Page, Case.page_id == Page.id)
            .join(Book, Case.book_id == Book.id)
            .where(*here)
            .group_by(*places)
        )
        for *where, count, through in session.execute(cases):
            yield _name(by, where, "", blank=False), _Sum(cases=count, cases_through=through)
    checks = (
        select(*places, *kinds, func.count(), func.sum(case((FieldCheck.right.is_(True), 0), else_=1)))
        .select_from(FieldCheck)
        .join(Field, FieldCheck.field_id == Field.id)
        .join(Case, FieldCheck.case_id == Case.id)
        .join(Page, Case.page_id == Page.id)
        .join(Book, FieldCheck.book_id == Book.id)
        .where(
            FieldCheck.kind.in_(SAMPLES),
            FieldCheck.author_id.is_(None),
            FieldCheck.right.is_not(None),
            *here,
        )
        .group_by(*places, *kinds)
    )
    for *where, kind, blank, count, wrong in session.execute(checks):
        yield _name(by, where, kind, blank), _Sum(checked=count, wrong=wrong)
    took = case((Decision.seconds > LONGEST_LOOK, LONGEST_LOOK), else_=Decision.seconds)
    looks = (
        select(*places, *kinds, func.count(), func.sum(took))
        .select_from(Decision)
        .join(Field, Decision.field_id == Field.id)
        .join(Case, Decision.case_id == Case.id)
        .join(Page, Case.page_id == Page.id)
        .join(Book, Case.book_id == Book.id)
        .where(Decision.action.in_(FIELD_ACTIONS), Decision.seconds.is_not(None), *here)
        .group_by(*places, *kinds)
    )
    for *where, kind, blank, count, seconds in session.execute(looks):
        yield _name(by, where, kind, blank), _Sum(looks=count, seconds=float(seconds))


def _name(by: By, where: Sequence[Any], kind: str, blank: bool) -> str:
    """Name of the line that a count belongs to; ``where`` is day, office, type, year and volume."""
    day, office, register_type, year, volume = where
    if by is By.KIND:
        return group_of(FieldKind(kind), blank=blank)
    if by is By.OFFICE:
        return str(office)
    if by is By.BOOK:
        return f"{office}-{register_type}.{year}.{volume}"
    at = date.fromisoformat(str(day))
    if by is By.WEEK:
        week = at.isocalendar()
        return f"{week.year}-W{week.week:02d}"
    return at.strftime("%Y-%m" if by is By.MONTH else "%Y-%m-%d")
