"""Whether a book is good enough: how much of it is sampled, and what happens when the sample proves errors.

A stratum is a kind of field in a book, entered by the machine or by one person. Its sample is judged after
each check, by a test that may stop at any time: where it proves the error to be under the target no more is
drawn, and where it proves it to be above, the stratum goes back to people.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Integer, and_, bindparam, func, insert, select, update

from models.audit import note
from models.drifting import STATION, Hand, drifting_near
from models.policies import DEFAULT, stored_policies
from models.quality_tables import BookFailure, FieldCheck
from models.states import ENTERED_BY, SAMPLES, CaseState, FieldState, TaskKind, TaskState
from models.tables import Base, Book, Case, Decision, Field, Task
from models.tasks import RETURNED
from pipeline.confidence import BLANK_GROUP, GROUPS
from pipeline.policy import TARGET
from pipeline.proof import Verdict, sequential
from pipeline.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row, Select
    from sqlalchemy.orm import Session

    from models.settings import Settings

RAISED_BY_BOOK: Final = 4.0
RAISED_BY_STATION: Final = 2.0
"""How many times more is sampled where readings are worse than their probabilities say."""
ENTERED: Final = (FieldState.ACCEPTED_BY_PERSON, FieldState.CORRECTED, FieldState.BLANK_BY_PERSON)
GOES_BACK: Final = (CaseState.READ, CaseState.KEYED, CaseState.CHECKED, CaseState.CHECKED_AGAIN)


@dataclass(frozen=True, slots=True)
class Stratum:
    """What is judged by itself: kinds of field of a book, by one author (None: the machine)."""

    book_id: int
    pool: str
    author_id: int | None


def judged(session: Session, stratum: Stratum) -> tuple[int, int]:
    """Checks of a stratum's sample and errors among them, since it last went back to people."""
    of_it = {"book": stratum.book_id, "pool": stratum.pool, "author": stratum.author_id}
    rows = session.scalars(_JUDGED, of_it).all()
    return len(rows), sum(not right for right in rows)


def verdict_of(session: Session, settings: Settings, stratum: Stratum) -> Verdict:
    """What the sample of a stratum says so far."""
    checked, wrong = judged(session, stratum)
    target = settings.people_target if stratum.author_id is not None else machine_target(session)
    return sequential(wrong, checked, target)


def machine_target(session: Session) -> float:
    """Error that the machine's entries of a book may have: what is set for all fields."""
    stored = stored_policies(session)
    return stored[DEFAULT].target if DEFAULT in stored else TARGET


class Shares:
    """How much of each stratum of a book is sampled, looked up once."""

    def __init__(self, session: Session, settings: Settings, book_id: int, hand: Hand | None = None) -> None:
        self._session, self._settings, self._book_id, self._hand = session, settings, book_id, hand
        self._base: float | None = None
        self._known: dict[Stratum, float] = {}

    def of(self, pool: str, author_id: int | None) -> float:
        """The share, from 0 to 1; none where the sample has proven enough already."""
        stratum = Stratum(self._book_id, pool, author_id)
        if stratum not in self._known:
            share = self.most
            if share and verdict_of(self._session, self._settings, stratum) is Verdict.MET:
                share = 0.0
            self._known[stratum] = share
        return self._known[stratum]

    @property
    def most(self) -> float:
        """The share of a stratum of which nothing is proven yet: more than the settings say under drift."""
        if self._base is None:
            share = self._settings.sample_share
            worse = drifting_near(self._session, self._book_id, self._hand) if share else set()
            if worse - {(STATION, None)}:
                share *= RAISED_BY_BOOK
            elif worse:
                share *= RAISED_BY_STATION
            self._base = min(1.0, share)
        return self._base


def judge_book(session: Session, settings: Settings, check: FieldCheck) -> None:
    """After a check: send the stratum back to people where its sample proves too many errors."""
    stratum = Stratum(check.book_id, check.pool, check.author_id)
    session.flush()
    if verdict_of(session, settings, stratum) is Verdict.BROKEN:
        send_stratum_back(session, stratum)


def send_stratum_back(session: Session, stratum: Stratum) -> int:
    """Have all fields of a stratum entered anew that are not approved yet. Returns how many.

    The machine's are asked about from now on, also on pages of the book that are read later. A person's go
    to others: the same eyes would see the same again.
    """
    session.flush()
    # The cases first, as every decision does: whoever decides in one of them meanwhile finishes before this
    # goes on, where each would else hold what the other needs.
    session.execute(_CASES_OF_BOOK, {"book": stratum.book_id})
    checked, wrong = judged(session, stratum)
    found = session.execute(_of_stratum(stratum)).all()
    back = [row for row in found if row.case_state in GOES_BACK]
    reopened, approved = len(back), len(found) - len(back)
    if back:
        _ask_again(session, stratum, back)
    session.add(
        BookFailure(
            book_id=stratum.book_id,
            pool=stratum.pool,
            author_id=stratum.author_id,
            checked=checked,
            wrong=wrong,
            last_check_id=session.scalar(select(func.max(FieldCheck.id))) or 0,
            reopened=reopened,
        )
    )
    note(
        session,
        "book_failed_sample",
        "book",
        stratum.book_id,
        pool=stratum.pool,
        author=stratum.author_id,
        checked=checked,
        wrong=wrong,
        reopened=reopened,
        approved_before=approved,
    )
    return reopened


# Made once: making a statement costs as much as running it.
_AUTHOR: Final = bindparam("author", type_=Integer)
_LAST_FAILURE: Final = (
    select(func.coalesce(func.max(BookFailure.last_check_id), 0))
    .where(
        BookFailure.book_id == bindparam("book"),
        BookFailure.pool == bindparam("pool"),
        BookFailure.author_id.is_not_distinct_from(_AUTHOR),
    )
    .scalar_subquery()
)
_JUDGED: Final = select(FieldCheck.right).where(
    FieldCheck.book_id == bindparam("book"),
    FieldCheck.kind.in_(SAMPLES),
    FieldCheck.pool == bindparam("pool"),
    FieldCheck.author_id.is_not_distinct_from(_AUTHOR),
    FieldCheck.right.is_not(None),
    FieldCheck.id > _LAST_FAILURE,
)
_CASES_OF_BOOK: Final = (
    select(Case.id)
    .where(Case.book_id == bindparam("book"), Case.state.in_(GOES_BACK))
    .order_by(Case.id)
    .with_for_update()
)


def _of_stratum(stratum: Stratum) -> Select[Any]:
    """Fields of a book that are done and belong to a stratum, with the state of their cases."""
    kinds = [kind for kind, group in GROUPS.items() if group == stratum.pool]
    of_pool = (
        Field.machine_verbatim == ""
        if stratum.pool == BLANK_GROUP
        else and_(Field.machine_verbatim != "", Field.kind.in_([kind.value for kind in kinds]))
    )
    fields = (
        select(Field.id, Field.case_id, Field.reasons, Case.state.label("case_state"))
        .join(Case, Field.case_id == Case.id)
        .where(Case.book_id == stratum.book_id, of_pool)
        .order_by(Field.id)
    )
    if stratum.author_id is None:
        return fields.where(Field.state.in_([FieldState.ACCEPTED, FieldState.BLANK]))
    last = (
        select(func.max(Decision.id))
        .join(Case, Decision.case_id == Case.id)
        .where(Case.book_id == stratum.book_id, Decision.action.in_(ENTERED_BY))
        .group_by(Decision.field_id)
    )
    entered = select(Decision.field_id).where(
        Decision.id.in_(last), Decision.user_id == stratum.author_id, Decision.field_id.is_not(None)
    )
    return fields.where(Field.state.in_(ENTERED), Field.id.in_(entered))


def _ask_again(session: Session, stratum: Stratum, back: Sequence[Row[Any]]) -> None:
    """Have people asked about fields, and their cases wait for them, in a handful of statements.

    Somebody waits for the decision that this follows from, and a book has thousands of fields.
    """
    fields, tasks, cases = (Base.metadata.tables[name] for name in ("field", "task", "register_case"))
    case_ids = sorted({row.case_id for row in back})
    connection = session.connection()
    connection.execute(
        update(fields)
        .where(fields.c.id == bindparam("of_field"))
        .values(state=FieldState.FLAGGED, version=fields.c.version + 1, reasons=bindparam("with_reasons")),
        [{"of_field": row.id, "with_reasons": _with_failure(row.reasons)} for row in back],
    )
    connection.execute(
        update(cases)
        .where(cases.c.id == bindparam("of_case"))
        .values(state=CaseState.READ, version=cases.c.version + 1),
        [{"of_case": case_id} for case_id in case_ids],
    )
    again = {
        "state": TaskState.OPEN,
        "priority": RETURNED,
        "done_at": None,
        "lease_owner": None,
        "lease_until": None,
        "fresh_eyes": stratum.author_id is not None,
    }
    of_book = and_(tasks.c.book_id == stratum.book_id, tasks.c.kind == TaskKind.FIELD)
    had = dict(connection.execute(select(tasks.c.field_id, tasks.c.id).where(of_book)).tuples().all())
    known = [{"of_task": had[row.id]} for row in back if row.id in had]
    if known:
        connection.execute(update(tasks).where(tasks.c.id == bindparam("of_task")).values(**again), known)
    unit_id = session.get_one(Book, stratum.book_id).unit_id
    fresh = [
        {
            "field_id": row.id,
            "case_id": row.case_id,
            "book_id": stratum.book_id,
            "unit_id": unit_id,
            **again,
        }
        for row in back
        if row.id not in had
    ]
    if fresh:
        session.execute(insert(Task), fresh)
    changed = {Field: {row.id for row in back}, Case: set(case_ids)}
    for kind, identity, _ in list(session.identity_map.keys()):
        if kind is Task or identity[0] in changed.get(kind, ()):
            session.expire(session.get_one(kind, identity))  # what was loaded of it is old now


def _with_failure(reasons: list[str]) -> list[str]:
    failed = Reason.BOOK_FAILED.value
    return reasons if failed in reasons else [*reasons, failed]
