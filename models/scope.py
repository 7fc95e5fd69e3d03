"""What part of the station a person sees and touches: all of it, or a unit with all that lies below it.

This is decided here and nowhere else. Lists take the conditions of a ``Scope``; whatever is asked for by its
id is held against it by ``within``, for every request of the review site (``review_ui/scoping.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import BindParameter, ColumnElement, Integer, Select, bindparam, select

from models.people_tables import Team, Unit
from models.tables import Book, Case, Decision, Export, Field, Page, Refusal, Scan, Task, User

if TYPE_CHECKING:
    from sqlalchemy.orm import InstrumentedAttribute, Session

    Column = InstrumentedAttribute[int] | InstrumentedAttribute[int | None]


@dataclass(frozen=True, slots=True)
class Scope:
    """A part of the station: what lies within the unit of this path; "" is everything."""

    path: str = ""

    @property
    def everything(self) -> bool:
        """Whether this is the whole station."""
        return not self.path

    def units(self) -> Select[tuple[int]]:
        """Ids of the units of this part."""
        return select(Unit.id).where(Unit.path.startswith(self.path))

    def of_units(self, column: Column) -> tuple[ColumnElement[bool], ...]:
        """Conditions by which a column of unit ids lies within; none for the whole station."""
        return () if self.everything else (column.in_(self.units()),)

    def of_books(self, column: Column) -> tuple[ColumnElement[bool], ...]:
        """Conditions by which a column of book ids lies within; none for the whole station."""
        if self.everything:
            return ()
        return (column.in_(select(Book.id).where(*self.of_units(Book.unit_id))),)


STATION: Final = Scope()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where and when a person works: the part of the station, and the number of the shift."""

    scope: Scope = STATION
    shift: int | None = None


def standing_of(session: Session, user_id: int) -> Standing:
    """The standing of an account."""
    user = session.get(User, user_id)
    return Standing() if user is None else standing_of_person(session, user)


def standing_of_person(session: Session, person: User) -> Standing:
    """The same for a row that is there already: for people of the whole station nothing is asked."""
    return Standing(scope_of_unit(session, person.unit_id), person.shift)


def scope_of_unit(session: Session, unit_id: int | None) -> Scope:
    """The part of the station that belongs to a unit. The station's top is the whole of it, as is None."""
    if unit_id is None:
        return STATION
    unit = session.get_one(Unit, unit_id)
    return STATION if unit.parent_id is None else Scope(unit.path)


def within(session: Session, scope: Scope, kind: str, row_id: int) -> bool:
    """Whether the row of that kind lies within; of the whole station every row does, also one not there."""
    if scope.everything:
        return True
    path = session.scalar(_PATHS[kind], {"row": row_id})
    return path is not None and path.startswith(scope.path)


_ROW: Final[BindParameter[int]] = bindparam("row", type_=Integer)


def _of_book(table: Any) -> Select[tuple[str]]:
    """Path of the unit of the book that a row of that table belongs to."""
    return (
        select(Unit.path)
        .join(Book, Book.unit_id == Unit.id)
        .join(table, table.book_id == Book.id)
        .where(table.id == _ROW)
    )


_PATHS: Final[Mapping[str, Select[tuple[str]]]] = MappingProxyType(
    {
        "book": select(Unit.path).join(Book, Book.unit_id == Unit.id).where(Book.id == _ROW),
        "case": _of_book(Case),
        "decision": (
            select(Unit.path)
            .join(Book, Book.unit_id == Unit.id)
            .join(Case, Case.book_id == Book.id)
            .join(Decision, Decision.case_id == Case.id)
            .where(Decision.id == _ROW)
        ),
        "export": _of_book(Export),
        "field": (
            select(Unit.path)
            .join(Book, Book.unit_id == Unit.id)
            .join(Case, Case.book_id == Book.id)
            .join(Field, Field.case_id == Case.id)
            .where(Field.id == _ROW)
        ),
        "page": _of_book(Page),
        "refusal": _of_book(Refusal),
        "scan": _of_book(Scan),
        "task": select(Unit.path).join(Task, Task.unit_id == Unit.id).where(Task.id == _ROW),
        "account": select(Unit.path).join(User, User.unit_id == Unit.id).where(User.id == _ROW),
        "team": select(Unit.path).join(Team, Team.unit_id == Unit.id).where(Team.id == _ROW),
        "unit": select(Unit.path).where(Unit.id == _ROW),
    }
)
KINDS: Final = frozenset(_PATHS)
"""What may be asked for by its id."""
