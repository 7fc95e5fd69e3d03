"""Checks before approval (KTBM1, KTBM2): a whole case compared with its page, by somebody new to it.

What a checker reads differently is kept field by field as it is typed, and goes to an adjudicator when the
case passes. Nobody checks a case in which they keyed, checked or adjudicated anything, and a case is in one
person's hands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import aliased

from models.approvers import locked_case
from models.case_holds import hold, holder, let_go
from models.checks import author_of
from models.decisions import restore, settle, snapshot, standing
from models.differences import differ, end_adjudication, open_difference
from models.errors import Conflict, NotAllowed, NotFound
from models.keying_tables import CaseHold, Difference
from models.scope import standing_of_person
from models.stages import SOURCES, WAY, stages_of, waits_for
from models.states import WORKED_BY, Action, CaseState, FieldState, Source, TaskKind, TaskState
from models.store import again_after_deadlock
from models.tables import Case, Decision, Field, Task, User, utc_now
from models.texts import typed_text
from models.views import CaseView, deciders, view_of_case

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from models.store import Store

READ_AS: Final = (Action.CORRECT, Action.BLANK, Action.ILLEGIBLE)
"""What a checker may say of a field: another text, that nothing stands there, that nobody can read it."""
_BLANK: Final = (FieldState.BLANK, FieldState.BLANK_BY_PERSON)


@dataclass(frozen=True, slots=True)
class Check:
    """A case in the hands of a checker. ``said``: by field id, what they read differently so far."""

    case: CaseView
    stage: int
    said: dict[int, tuple[Action, str]]
    next_page: int | None
    """The page of the case that probably follows, so that its picture can be fetched ahead."""


@again_after_deadlock
def next_check(store: Store, user_id: int) -> Check | None:
    """The case that this person has in hand, or the next one that they may check, held for them.

    None where no case waits for a check of theirs.
    """
    with store.begin() as session:
        case_id = _held(session, store, user_id) or _take(session, store, user_id)
    if case_id is None:
        return None
    with store.read() as session:
        case = session.get_one(Case, case_id)
        return Check(
            case=view_of_case(store, session, case),
            stage=case.checks + 1,
            said={row.field_id: (row.other_action, row.other_text) for row in _pending(session, case)
                  if row.other_by == user_id},
            next_page=_next_page(session, store, user_id, case_id),
        )  # fmt: skip


@again_after_deadlock
def keep_case(store: Store, case_id: int, user_id: int) -> None:
    """Work keeps a case in hand.

    Raises:
        NotFound: for an unknown case.
        Conflict: when it is no longer this person's.
    """
    with store.begin() as session:
        _mine(session, store, locked_case(session, case_id), user_id)


@again_after_deadlock
def read_differently(
    store: Store,
    case_id: int,
    user_id: int,
    field_id: int,
    version: int,
    action: Action,
    text: str = "",
) -> bool:
    """Keep what a checker reads in a field, as typed. Returns whether it differs from what stands there.

    Where it does not differ, what they had said before is taken back.

    Raises:
        NotFound: for an unknown case, or a field of another.
        Conflict: when the case is no longer this person's, or the field no longer as shown.
        ValueError: for another action, or a text that is too long.
    """
    if action not in READ_AS:
        raise ValueError(f"{action.value} is no reading")
    typed = "" if action is Action.ILLEGIBLE else typed_text(text)
    with store.begin() as session:
        case = locked_case(session, case_id)
        stage = _mine(session, store, case, user_id)
        field = session.get(Field, field_id)
        if field is None or field.case_id != case_id or field.state is FieldState.ABSENT:
            raise NotFound("case", case_id)
        if field.version != version:
            raise Conflict
        said = Action.BLANK if action is Action.CORRECT and not typed else action
        for row in _pending(session, case):
            if row.field_id == field_id and row.other_by == user_id:
                row.withdrawn_at = utc_now()
        if _same(field, said, typed):
            return False
        differ(session, field, SOURCES[stage], (said, typed, user_id), author_of(session, field))
        return True


@again_after_deadlock
def pass_case(store: Store, case_id: int, user_id: int, version: int, seconds: float | None = None) -> int:
    """A case is checked: it goes on, and what was read differently goes to an adjudicator. Returns how many.

    Raises:
        NotFound: for an unknown case.
        NotAllowed: when this person may not check it.
        Conflict: when the case is no longer this person's, or no longer as shown.
    """
    with store.begin() as session:
        case = locked_case(session, case_id)
        stage = _mine(session, store, case, user_id)
        if case.version != version:
            raise Conflict
        before = case.state
        said = _pending(session, case)
        stale = [row for row in said if row.field_version != row.field.version]
        for row in stale:  # of what stood there before, by somebody who went away
            row.withdrawn_at = utc_now()
        opened = sum(_open(session, case, row) for row in said if row not in stale)
        case.checks = stage
        after = {"stage": stage, "differences": opened}
        session.add(
            Decision(
                case_id=case_id,
                user_id=user_id,
                action=Action.CHECK_CASE,
                before={"state": before.value},
                after=after,
                seconds=seconds,
            )
        )
        let_go(session, case_id)
        settle(session, store.settings, case, None)
        return opened


@again_after_deadlock
def undo_pass(store: Store, user_id: int) -> int | None:
    """Take back this person's last passing of a case; it is in their hands again with what they had said.

    Returns the case's id, or None where there is nothing to take back: also when the case went on since.
    """
    with store.begin() as session:
        query = standing(Decision.user_id == user_id, Decision.action == Action.CHECK_CASE)
        last = session.scalar(query.order_by(Decision.id.desc()).limit(1))
        if last is None:
            return None
        case = locked_case(session, last.case_id)
        later = standing(Decision.case_id == case.id, Decision.id > last.id, Decision.action != Action.UNDO)
        busy = exists().where(
            Task.case_id == case.id, Task.state == TaskState.OPEN, Task.lease_until >= utc_now()
        )
        went_on = session.scalar(later.limit(1)) is not None or session.scalar(select(busy))
        if went_on or holder(session, case.id) not in (None, user_id):
            return None
        if case.state not in (CaseState.READ, *WAY):
            return None
        take_back_check(session, case, last, user_id, Action.UNDO)
        settle(session, store.settings, case, None)
        hold(session, store.settings, case.id, user_id)
        return case.id


def take_back_check(
    session: Session, case: Case, check: Decision, user_id: int, how: Action, reason: str = ""
) -> None:
    """A case has not passed this check: what it read differently is before nobody, and fields are as before.

    After an undo what was said waits for the checker to go on; a reversal withdraws it.
    """
    stage = int(check.after["stage"])
    more = {"reason": reason} if reason else {}
    for one in _differences_of(session, check):
        field = session.get_one(Field, one.field_id)
        now = snapshot(field)
        rows = [row for row in _of_check(session, field, SOURCES[stage]) if row.settled_at is None]
        end_adjudication(session, field, SOURCES[stage])
        restore(field, one.before)
        for row in rows:
            if how is Action.UNDO:
                row.opened_at = row.withdrawn_at = None
                row.field_version = field.version
        session.add(_undoing(case, one, user_id, how, now, snapshot(field) | more))
    case.checks = stage - 1
    state = {"state": case.state.value}
    session.add(_undoing(case, check, user_id, how, state, {"checks": case.checks} | more))


def count_checks(store: Store, user: User) -> int:
    """How many cases wait for a check that this person may do."""
    with store.read() as session:
        waiting = select(func.count()).select_from(Case).where(_may_check(session, store, user))
        return session.scalar(waiting) or 0


def _held(session: Session, store: Store, user_id: int) -> int | None:
    """The case that this person has in hand, for some time more."""
    user = _checker(session, user_id)
    query = (
        select(Case)
        .join(CaseHold, CaseHold.case_id == Case.id)
        .where(CaseHold.user_id == user_id, CaseHold.until >= utc_now(), _may_check(session, store, user))
        .order_by(CaseHold.until.desc())
        .limit(1)
    )
    case = session.scalar(query)
    if case is not None:
        hold(session, store.settings, case.id, user_id)
    return None if case is None else case.id


def _take(session: Session, store: Store, user_id: int) -> int | None:
    """Hold the next case for this person."""
    user = _checker(session, user_id)
    seen: list[int] = []
    while True:
        query = _free(session, store, user).where(Case.id.not_in(seen)).limit(1)
        case_id = session.scalar(query.with_for_update(skip_locked=True, of=Case))
        if case_id is None:
            return None
        # Somebody may have taken it between the look and the lock; what is committed by now counts.
        if holder(session, case_id) is None:
            hold(session, store.settings, case_id, user_id)
            return case_id
        seen.append(case_id)


def _free(session: Session, store: Store, user: User) -> Select[tuple[int]]:
    held = aliased(CaseHold)
    taken = exists().where(held.case_id == Case.id, held.until >= utc_now(), held.user_id != user.id)
    return select(Case.id).where(_may_check(session, store, user), ~taken).order_by(Case.id)


def _next_page(session: Session, store: Store, user_id: int, case_id: int) -> int | None:
    user = _checker(session, user_id)
    query = _free(session, store, user).where(Case.id != case_id).limit(1)
    following = session.scalar(query)
    return None if following is None else session.get_one(Case, following).page_id


def _may_check(session: Session, store: Store, user: User) -> ColumnElement[bool]:
    """Cases of this person's unit that wait for a check of theirs, in which they have done nothing yet."""
    states = [waits_for(stage) for stage in stages_of(store.settings, user)]
    undoing = aliased(Decision)
    worked = (
        exists()
        .where(
            Decision.case_id == Case.id,
            Decision.user_id == user.id,
            Decision.action.in_((*WORKED_BY, Action.CHECK)),
        )
        .where(~exists().where(undoing.undoes_id == Decision.id))
    )
    scope = standing_of_person(session, user).scope
    return and_(Case.state.in_(states), ~worked, *scope.of_books(Case.book_id))


def _mine(session: Session, store: Store, case: Case, user_id: int) -> int:
    """See to it that a case is in this person's hands, and keep it there. Returns the check it waits for."""
    user = _checker(session, user_id)
    held = session.scalar(select(CaseHold).filter_by(case_id=case.id))
    waiting = {waits_for(stage): stage for stage in stages_of(store.settings, user)}
    if held is None or held.user_id != user_id or case.state not in waiting:
        raise Conflict
    if user_id in deciders(session, case.id):
        raise NotAllowed
    hold(session, store.settings, case.id, user_id)
    return waiting[case.state]


def _checker(session: Session, user_id: int) -> User:
    user = session.get(User, user_id)
    if user is None or not user.active:
        raise NotAllowed
    return user


def _pending(session: Session, case: Case) -> Sequence[Difference]:
    """What checkers have said of a case that has not passed yet."""
    query = select(Difference).where(
        Difference.case_id == case.id, Difference.opened_at.is_(None), Difference.withdrawn_at.is_(None)
    )
    return session.scalars(query.order_by(Difference.id)).all()


def _same(field: Field, said: Action, text: str) -> bool:
    """Whether a reading is what stands in a field, letter by letter."""
    if said is Action.ILLEGIBLE:
        return field.state is FieldState.ILLEGIBLE
    if said is Action.BLANK:
        return field.state in _BLANK
    return field.state is not FieldState.ILLEGIBLE and text == field.verbatim


def _open(session: Session, case: Case, row: Difference) -> bool:
    """Put what a checker read differently before an adjudicator. Returns whether it was not yet."""
    field = row.field
    before = snapshot(field)
    open_before = session.scalar(
        select(Task.id).filter_by(field_id=field.id, kind=TaskKind.ADJUDICATE, state=TaskState.OPEN)
    )
    open_difference(session, case, field, row)
    session.add(
        Decision(
            field_id=field.id,
            case_id=case.id,
            user_id=row.other_by,
            action=Action.DIFFER,
            before=before,
            after=snapshot(field)
            | {"said": row.other_text, "did": row.other_action.value, "source": row.source.value},
        )
    )
    return open_before is None


def _differences_of(session: Session, check: Decision) -> Sequence[Decision]:
    """What was read differently in a check, newest first: written just before the case passed it."""
    earlier = select(func.max(Decision.id)).where(
        Decision.case_id == check.case_id,
        Decision.action == Action.CHECK_CASE,
        Decision.id < check.id,
    )
    since = session.scalar(earlier) or 0
    query = standing(
        Decision.case_id == check.case_id,
        Decision.action == Action.DIFFER,
        Decision.id.between(since, check.id),
    )
    return session.scalars(query.order_by(Decision.id.desc())).all()


def _of_check(session: Session, field: Field, source: Source) -> Sequence[Difference]:
    query = select(Difference).where(
        Difference.field_id == field.id,
        Difference.source == source,
        Difference.opened_at.is_not(None),
        Difference.withdrawn_at.is_(None),
    )
    return session.scalars(query).all()


def _undoing(
    case: Case,
    undone: Decision,
    user_id: int,
    how: Action,
    before: dict[str, Any],
    after: dict[str, Any],
) -> Decision:
    return Decision(
        field_id=undone.field_id,
        case_id=case.id,
        user_id=user_id,
        action=how,
        before=before,
        after=after,
        undoes_id=undone.id,
    )
