"""Checks: what people say stands in a field, against what the machine or another person had said.

Every decision in the queue is a check of the machine's reading. Beside these, entries that nobody would look
at again are drawn at random, and put before somebody else as if they had just been read: who checks is not
told that it is a check, nor what was entered. What was drawn follows from the field's id and from nothing
else, so that a draw can be done over and nobody chooses it.

Whoever sees a reading leans towards it, so a part of what is drawn is put before people with nothing shown.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from sqlalchemy import Integer, Select, bindparam, delete, or_, select

from models.book_quality import Shares, judge_book
from models.differences import differ, end_adjudication, open_difference
from models.drifting import WRITER, hand_named
from models.quality_tables import FieldCheck
from models.routing import ask, family_of_field, is_plain, pool_of
from models.states import (
    ENTERED_BY,
    SAMPLES,
    Action,
    CaseState,
    CheckKind,
    FieldState,
    Source,
    TaskKind,
    TaskState,
)
from models.tables import Decision, Field, Task, utc_now
from models.tasks import RETURNED, close, open_task, priority_of, withdraw
from models.texts import typed_text
from models.views import NOTHING_SHOWN
from pipeline.elements import FieldKind
from pipeline.fields.same import same_content
from pipeline.reasons import Reason

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models.settings import Settings
    from models.tables import Case

SEED: Final = "hotich-sample-1"
UNSEEN_SEED: Final = "hotich-unseen-1"
TOLD: Final = (FieldState.ACCEPTED_BY_PERSON, FieldState.CORRECTED, FieldState.BLANK_BY_PERSON)
"""States in which a person has said what stands in the book."""
CHECKABLE: Final = (FieldState.ACCEPTED, FieldState.BLANK, *TOLD)
KIND_OF_TASK: Final = {
    TaskKind.SAMPLE: CheckKind.SAMPLE,
    TaskKind.UNSEEN: CheckKind.UNSEEN,
    TaskKind.SECOND: CheckKind.SECOND,
}

# Made once: making a statement costs as much as running it.
_FIELDS_OF: Final = (
    select(Field.id, Field.state, Field.key, Field.verbatim)
    .where(Field.case_id == bindparam("case"), or_(Field.state.in_(CHECKABLE), Field.key == WRITER))
    .order_by(Field.position)
)
_CHECKS: Final = select(FieldCheck).where(FieldCheck.field_id == bindparam("field"))
_AUTHOR: Final = (
    select(Decision.user_id)
    .where(Decision.field_id == bindparam("field"), Decision.action.in_(ENTERED_BY))
    .order_by(Decision.id.desc())
    .limit(1)
)
_DRAWN: Final = (
    select(FieldCheck.id)
    .where(
        FieldCheck.field_id == bindparam("field"),
        FieldCheck.kind.in_(SAMPLES),
        FieldCheck.author_id.is_not_distinct_from(bindparam("author", type_=Integer)),
    )
    .limit(1)
)
_UNANSWERED: Final = delete(FieldCheck).where(
    FieldCheck.field_id == bindparam("field"),
    FieldCheck.kind.in_(KIND_OF_TASK.values()),
    FieldCheck.checked_at.is_(None),
)


def lot_of(field_id: int, seed: str = SEED) -> float:
    """The field's lot, from 0 to 1: it is drawn where its stratum is sampled at a larger share."""
    digest = hashlib.blake2b(f"{seed}:{field_id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2.0**64


def shown_or_not(settings: Settings, field_id: int) -> TaskKind:
    """Whether whoever checks a drawn field is shown what was read: by another lot than the draw's."""
    return TaskKind.UNSEEN if lot_of(field_id, UNSEEN_SEED) < settings.unseen_share else TaskKind.SAMPLE


def sample(session: Session, settings: Settings, case: Case) -> None:
    """Draw from a case that has just been keyed; it is complete when what was drawn is checked."""
    if case.state is CaseState.KEYED and settings.sample_share and draw(session, settings, case):
        case.state = CaseState.READ


def draw(session: Session, settings: Settings, case: Case) -> int:
    """Draw fields of a case that is complete. Returns how many somebody will be asked about."""
    # Lots first: fields come with all the evidence of their reading, and of thirty hardly one is drawn.
    rows = session.execute(_FIELDS_OF, {"case": case.id}).all()
    writer = next((row.verbatim for row in rows if row.key == WRITER), None)
    shares = Shares(session, settings, case.book_id, hand_named(case.book.office, writer))
    lots = [row.id for row in rows if row.state in CHECKABLE and lot_of(row.id) < shares.most]
    if not lots:
        return 0
    drawn = 0
    for field in session.scalars(select(Field).where(Field.id.in_(lots)).order_by(Field.position)).all():
        author = author_of(session, field)
        share = shares.of(pool_of(field), author)
        if lot_of(field.id) >= share or _checked_before(session, field, author):
            continue
        add_check(session, settings, case, field, shown_or_not(settings, field.id), author, share)
        drawn += 1
    return drawn


def add_check(
    session: Session,
    settings: Settings,
    case: Case,
    field: Field,
    kind: TaskKind,
    author: int | None,
    share: float = 1.0,
) -> None:
    """Put an entry before somebody else, to be compared."""
    session.add(row_of_check(case, field, KIND_OF_TASK[kind], author, share))
    open_task(session, case, field, priority_of(settings, case.book.type, 1), kind, fresh_eyes=True)


def author_of(session: Session, field: Field) -> int | None:
    """Who entered what stands in a field; None where the machine did."""
    if field.state not in TOLD:
        return None
    return session.scalar(_AUTHOR, {"field": field.id})


def count_decision(session: Session, case: Case, field: Field, user_id: int, *, checked: bool) -> None:
    """Keep what a decision in the queue says of the machine's reading, and of checks that it settles.

    ``checked`` tells whether there are any checks of the field at all: most fields have none. The first that
    tells what stands there says something of the machine; later ones, and those after a blind check of the
    machine's reading, would count the field twice.
    """
    if field.state not in TOLD:
        return
    counted = False
    for check in session.scalars(_CHECKS, {"field": field.id}) if checked else ():
        if check.kind is CheckKind.KNOWN:
            continue
        if check.kind is CheckKind.DECIDED:
            counted = counted or check.right is not None
            continue
        counted = counted or check.author_id is None
        if check.right is False and Reason.CHECK_DIFFERS.value in field.reasons:
            check.right = _entered_right(session, check, field)
    if not counted:
        row = row_of_check(case, field, CheckKind.DECIDED, None, 1.0)
        row.checked_by, row.checked_at = user_id, utc_now()
        row.right = same_content(FieldKind(field.kind), field.machine_verbatim, field.verbatim)
        session.add(row)


def forget_decision(session: Session, field: Field, user_id: int) -> None:
    """Take back what a decision said that is taken back."""
    rows = select(FieldCheck).where(
        FieldCheck.field_id == field.id,
        FieldCheck.kind == CheckKind.DECIDED,
        FieldCheck.checked_by == user_id,
        FieldCheck.right.is_not(None),
    )
    for check in session.scalars(rows):
        check.right = check.checked_at = None
    # What they were to check is gone. Nor was it drawn: else what is entered anew would never be checked.
    _end(session, field, *KIND_OF_TASK)
    session.execute(_UNANSWERED, {"field": field.id})


def open_check(session: Session, task: Task) -> FieldCheck:
    """The check behind a blind task: the last of that kind."""
    query = (
        select(FieldCheck)
        .where(FieldCheck.field_id == task.field_id, FieldCheck.kind == KIND_OF_TASK[task.kind])
        .order_by(FieldCheck.id.desc())
        .limit(1)
    )
    return session.scalars(query).one()


def compare(
    session: Session,
    settings: Settings,
    case: Case,
    field: Field,
    task: Task,
    user_id: int,
    action: Action,
    text: str | None,
) -> bool | None:
    """What somebody says stands in a field, against what was entered: whether both say the same.

    Where they differ, the field is asked about again, with both on the screen: after a second keying of an
    adjudicator, else of anybody who has not seen it. None where whoever checks cannot tell: nothing follows.
    """
    check = open_check(session, task)
    check.checked_by, check.checked_at = user_id, utc_now()
    if action in (Action.ILLEGIBLE, Action.UNCERTAIN):
        return None
    said = said_text(field, task.kind, action, text)
    check.right = same_content(FieldKind(field.kind), field.verbatim, said)
    if not check.right:
        if said and said not in {str(item[0]) for item in field.candidates}:
            field.candidates = [*field.candidates, [said, None]]
        if check.kind is CheckKind.SECOND:
            did = Action.CORRECT if said else Action.BLANK
            row = differ(session, field, Source.SECOND, (did, said, user_id), check.author_id)
            open_difference(session, case, field, row)
        else:
            ask(field, Reason.CHECK_DIFFERS.value)
            open_task(session, case, field, RETURNED, fresh_eyes=True)
    if check.kind in SAMPLES:
        judge_book(session, settings, check)
    return check.right


def take_back(session: Session, field: Field, task: Task) -> None:
    """Make a check open again, and what followed from it undone as far as nobody has acted on it."""
    check = open_check(session, task)
    check.checked_by = check.checked_at = check.right = None
    field.reasons = [reason for reason in field.reasons if reason != Reason.CHECK_DIFFERS]
    end_adjudication(session, field, Source.SECOND, Source.SENT)
    if field.state in TOLD:  # asked about once more because of this check; what a person said stands again
        for again in session.scalars(_open_tasks(field, TaskKind.FIELD)):
            close(again)
    elif field.state is not FieldState.FLAGGED:
        _end(session, field, TaskKind.FIELD)


def ask_second(session: Session, settings: Settings, case: Case, field: Field, user_id: int) -> None:
    """Where two people have to enter a field, have the second one asked, who does not see the first entry."""
    if Reason.SECOND_KEYING.value not in field.reasons or field.state not in TOLD:
        return
    done = select(FieldCheck.id).where(
        FieldCheck.field_id == field.id,
        FieldCheck.kind == CheckKind.SECOND,
        FieldCheck.checked_at.is_not(None),
    )
    if session.scalar(done.limit(1)) is None:
        add_check(session, settings, case, field, TaskKind.SECOND, user_id)


def _end(session: Session, field: Field, *kinds: TaskKind) -> None:
    """Withdraw the open tasks of a field of these kinds."""
    for task in session.scalars(_open_tasks(field, *kinds)):
        withdraw(task)


def _open_tasks(field: Field, *kinds: TaskKind) -> Select[tuple[Task]]:
    return select(Task).where(Task.field_id == field.id, Task.kind.in_(kinds), Task.state == TaskState.OPEN)


def said_text(field: Field, kind: TaskKind, action: Action, text: str | None) -> str:
    """The text that an answer to a blind task means."""
    if action is Action.BLANK:
        return ""
    if action in (Action.CORRECT, Action.TAKE_CANDIDATE) and text is None:
        raise ValueError("a correction needs its text")
    if action is Action.ACCEPT:
        return "" if kind in NOTHING_SHOWN else field.machine_verbatim
    return typed_text(text or "")


def row_of_check(case: Case, field: Field, kind: CheckKind, author: int | None, share: float) -> FieldCheck:
    """A check of what stands in a field, by nobody yet."""
    return FieldCheck(
        field_id=field.id,
        case_id=case.id,
        book_id=case.book_id,
        kind=kind,
        pool=pool_of(field),
        family=family_of_field(case, field),
        author_id=author,
        probability=field.probability,
        plain=is_plain(field),
        share=share,
    )


def _checked_before(session: Session, field: Field, author: int | None) -> bool:
    """Whether this entry was drawn already: each author's entry of a field is drawn once."""
    return session.scalar(_DRAWN, {"field": field.id, "author": author}) is not None


def count_reading(
    session: Session, case: Case, field: Field, author: int, said: str, adjudicator: int
) -> None:
    """Keep whether a person had read a field as it was settled by an adjudicator."""
    if field.state not in TOLD:
        return
    row = row_of_check(case, field, CheckKind.ADJUDICATED, author, 1.0)
    row.checked_by, row.checked_at = adjudicator, utc_now()
    row.right = same_content(FieldKind(field.kind), said, field.verbatim)
    session.add(row)


def forget_adjudication(session: Session, field: Field, adjudicator: int) -> None:
    """Take back what a settled difference said of those who read the field."""
    rows = select(FieldCheck).where(
        FieldCheck.field_id == field.id,
        FieldCheck.kind == CheckKind.ADJUDICATED,
        FieldCheck.checked_by == adjudicator,
        FieldCheck.right.is_not(None),
    )
    for check in session.scalars(rows):
        check.right = check.checked_at = None


def _entered_right(session: Session, check: FieldCheck, field: Field) -> bool:
    """Whether what was checked is what a third look says."""
    if check.author_id is None:
        entered = field.machine_verbatim
    else:
        last = session.scalars(
            select(Decision)
            .where(
                Decision.field_id == field.id,
                Decision.user_id == check.author_id,
                Decision.at <= (check.checked_at or utc_now()),
                Decision.action.in_(ENTERED_BY),
            )
            .order_by(Decision.id.desc())
            .limit(1)
        ).first()
        if last is None:
            return False
        entered = str(last.after.get("verbatim", ""))
    return same_content(FieldKind(field.kind), entered, field.verbatim)
