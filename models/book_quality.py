"""Whether a book is good enough: how much of it is sampled, and what happens when the sample proves errors.

A stratum is a kind of field in a book, entered by the machine or by one person. Its sample is judged after
each check, by a test that may stop at any time: where it proves the error to be under the target no more is
drawn, and where it proves it to be above, the stratum goes back to people.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from models.audit import note
from models.drifting import is_drifting
from models.policies import DEFAULT, stored_policies
from models.quality_tables import BookFailure, FieldCheck
from models.routing import ask, pool_of
from models.states import ENTERED_BY, CaseState, CheckKind, FieldState
from models.tables import Case, Decision, Field
from models.tasks import RETURNED, open_task
from pipeline.policy import TARGET
from pipeline.proof import Verdict, sequential
from pipeline.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    last = session.scalar(
        select(func.max(BookFailure.last_check_id)).where(
            BookFailure.book_id == stratum.book_id,
            BookFailure.pool == stratum.pool,
            BookFailure.author_id.is_not_distinct_from(stratum.author_id),
        )
    )
    rows = session.scalars(
        select(FieldCheck.right).where(
            FieldCheck.book_id == stratum.book_id,
            FieldCheck.kind == CheckKind.SAMPLE,
            FieldCheck.pool == stratum.pool,
            FieldCheck.author_id.is_not_distinct_from(stratum.author_id),
            FieldCheck.right.is_not(None),
            FieldCheck.id > (last or 0),
        )
    ).all()
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

    def __init__(self, session: Session, settings: Settings, book_id: int) -> None:
        self._session, self._settings, self._book_id = session, settings, book_id
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
            if share and is_drifting(self._session, self._book_id):
                share *= RAISED_BY_BOOK
            elif share and is_drifting(self._session, None):
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
    checked, wrong = judged(session, stratum)
    reopened = approved = 0
    for case in session.scalars(select(Case).where(Case.book_id == stratum.book_id).order_by(Case.id)):
        mine = list(_of_stratum(session, case, stratum))
        if case.state not in GOES_BACK:
            approved += len(mine)
            continue
        for field in mine:
            ask(field, Reason.BOOK_FAILED.value)
            open_task(session, case, field, RETURNED, fresh_eyes=stratum.author_id is not None)
        if mine:
            case.state = CaseState.READ
            case.version += 1
        reopened += len(mine)
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


def _of_stratum(session: Session, case: Case, stratum: Stratum) -> Iterable[Field]:
    """Fields of a case that are done and belong to a stratum."""
    last: dict[int | None, int] = {}
    if stratum.author_id is not None:
        decisions = select(Decision).where(Decision.case_id == case.id, Decision.field_id.is_not(None))
        last = {
            one.field_id: one.user_id
            for one in session.scalars(decisions.order_by(Decision.id))
            if one.action in ENTERED_BY
        }
    for field in case.fields:
        by_machine = field.state in (FieldState.ACCEPTED, FieldState.BLANK)
        mine = (
            by_machine
            if stratum.author_id is None
            else field.state in ENTERED and last.get(field.id) == stratum.author_id
        )
        if mine and pool_of(field) == stratum.pool:
            yield field
