"""Who sees a field: the policy of the station, the rules and the checks, applied to what was read.

The same function serves a page that has just been recorded and a policy that has just changed. It decides
from what is kept with a field, its probability and the reasons that were found with it, and never reads
anything anew. What a person decided or sent back stays as it is, and so does what somebody has on the screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from models.quality_tables import BookFailure
from models.stages import done_state
from models.states import CaseState, FieldState, TaskKind, TaskState
from models.tables import Case, Decision, Field, Task
from models.tasks import RETURNED, fields_in_hand, has_work, open_task, priority_of, withdraw
from pipeline.confidence import group_of
from pipeline.elements import FieldKind
from pipeline.policy import Answer, family_of
from pipeline.reasons import RULE_PREFIX, Reason
from pipeline.rules import Doubt, Severity, check_case, rules

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models.settings import Settings
    from pipeline.policy import Policy

BY_MACHINE: Final = (FieldState.ACCEPTED, FieldState.FLAGGED, FieldState.BLANK)
BY_POLICY: Final = frozenset(
    {
        Reason.LOW_PROBABILITY.value,
        Reason.NOT_PROVEN.value,
        Reason.ENGINES_DISAGREE.value,
        Reason.ALWAYS_ASKED.value,
        Reason.SECOND_KEYING.value,
        Reason.FIRST_OF_HAND.value,
    }
)
"""Reasons that follow from the policy and are found anew; any other stays with the field."""
TYPED: Final = 0.5
SAID_BY: Final = {
    Answer.UNSURE: Reason.LOW_PROBABILITY,
    Answer.NOT_PROVEN: Reason.NOT_PROVEN,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a field: whether a person is asked, and why."""

    asked: bool
    reasons: tuple[str, ...]


def pool_of(field: Field) -> str:
    """The kinds of field among which a field's probability is judged, as the machine read it."""
    return group_of(FieldKind(field.kind), blank=not field.machine_verbatim)


def family_of_field(case: Case, field: Field) -> str:
    """The family of books that a field belongs to: type, edition, typed or by hand."""
    page = case.page
    typed = (field.evidence.get("typed") or 0.0) >= TYPED
    return family_of(page.type or case.book.type, page.edition or case.book.edition or "", typed=typed)


def is_plain(field: Field) -> bool:
    """Whether nothing but its probability speaks about the machine's reading of a field."""
    return not standing_reasons(field.reasons)


def standing_reasons(reasons: list[str]) -> list[str]:
    """Reasons that do not follow from the policy: found by reading, by rules, by checks, by people."""
    return [reason for reason in reasons if reason not in _passing()]


@cache
def _passing() -> frozenset[str]:
    """Reasons of the policy, and of rules that only speak of something rare."""
    warnings = {f"{RULE_PREFIX}{rule.id}" for rule in rules() if rule.severity is Severity.WARNING}
    return BY_POLICY | warnings


def judge(field: Field, policy: Policy, family: str, warnings: list[str]) -> Verdict:
    """What a policy says of a field with its probability and its reasons."""
    standing = standing_reasons(field.reasons)
    answer = policy.answer(field.key, pool_of(field), family, field.probability)
    if answer is Answer.NEVER_ASKED:
        return Verdict(False, tuple(standing))
    if policy.of(field.key).second_keying:
        return Verdict(True, (Reason.SECOND_KEYING.value, *standing))
    if answer is Answer.ALWAYS_ASKED:
        return Verdict(True, (*standing, Reason.ALWAYS_ASKED.value))
    if standing:
        return Verdict(True, tuple(standing))
    if answer is Answer.ACCEPT:
        return Verdict(False, ())
    disagree = Reason.ENGINES_DISAGREE.value in field.reasons
    said = Reason.ENGINES_DISAGREE if disagree else SAID_BY[answer]
    return Verdict(True, (said.value, *warnings))


def route_case(session: Session, settings: Settings, case: Case, policy: Policy | None) -> int:
    """Decide every field of a case that no person has decided; open and withdraw tasks. Returns the changes.

    Without a policy what the pipeline decided stands, apart from what only the station knows.
    """
    decided = set(session.scalars(select(Decision.field_id).where(Decision.case_id == case.id).distinct()))
    hands = fields_in_hand(session, case.id)
    free = [
        field
        for field in case.fields
        if field.state in BY_MACHINE and field.id not in decided and field.id not in hands
    ]
    warnings = _warnings(case)
    changed = 0
    for field in free:
        if policy is None:
            continue
        told = [doubt.code for doubt in warnings if field.key in doubt.fields]
        verdict = judge(field, policy, family_of_field(case, field), told)
        changed += _apply(field, verdict)
    for field, reason in _of_the_station(session, settings, case, free):
        changed += ask(field, reason)
    if not any(field.state is FieldState.FLAGGED for field in case.fields):
        changed += _object(free, warnings)
    sync_tasks(session, settings, case, free)
    return changed


def _apply(field: Field, verdict: Verdict) -> int:
    unasked = FieldState.ACCEPTED if field.machine_verbatim else FieldState.BLANK
    state = FieldState.FLAGGED if verdict.asked else unasked
    if field.state is state and tuple(field.reasons) == verdict.reasons:
        return 0
    moved = field.state is not state
    field.state, field.reasons = state, list(verdict.reasons)
    field.version += moved
    return int(moved)


def ask(field: Field, reason: str) -> int:
    """Have a person asked about a field for one more reason."""
    if reason not in field.reasons:
        field.reasons = [*field.reasons, reason]
    if field.state is FieldState.FLAGGED:
        return 0
    field.state = FieldState.FLAGGED
    field.version += 1
    return 1


def _of_the_station(
    session: Session, settings: Settings, case: Case, fields: list[Field]
) -> list[tuple[Field, str]]:
    """What only the station knows of a case: its book failed a sample, or has just begun."""
    failed = set(
        session.scalars(
            select(BookFailure.pool).where(
                BookFailure.book_id == case.book_id, BookFailure.author_id.is_(None)
            )
        )
    )
    found = [(field, Reason.BOOK_FAILED.value) for field in fields if pool_of(field) in failed]
    if settings.first_cases:
        earlier = session.scalar(select(func.count()).where(Case.book_id == case.book_id, Case.id < case.id))
        if (earlier or 0) < settings.first_cases:
            found += [(field, Reason.FIRST_OF_HAND.value) for field in fields if field.machine_verbatim]
    return found


def _warnings(case: Case) -> list[Doubt]:
    texts = {field.key: field.verbatim for field in case.fields if field.state is not FieldState.ABSENT}
    found = check_case(texts, case.page.type or case.book.type, case.book.year)
    return [doubt for doubt in found if doubt.severity is Severity.WARNING]


def _object(fields: list[Field], warnings: list[Doubt]) -> int:
    """No case passes without a person while a rule objects: the least sure field it names is asked about."""
    changed = 0
    for doubt in warnings:
        named = [field for field in fields if field.key in doubt.fields and field.machine_verbatim]
        if named:
            changed += ask(min(named, key=lambda field: field.probability), doubt.code)
    return changed


def sync_tasks(session: Session, settings: Settings, case: Case, fields: list[Field]) -> None:
    """Tasks and the state of the case as they follow from the fields."""
    tasks = {
        task.field_id: task
        for task in session.scalars(select(Task).filter_by(case_id=case.id, kind=TaskKind.FIELD))
    }
    doubtful = sum(field.state is FieldState.FLAGGED for field in case.fields)
    priority = priority_of(settings, case.book.type, doubtful)
    for field in fields:
        task = tasks.get(field.id)
        if field.state is FieldState.FLAGGED:
            if task is None or task.state in (TaskState.DONE, TaskState.WITHDRAWN):
                open_task(session, case, field, priority)
            elif task.priority < RETURNED:
                task.priority = priority
        elif task is not None and task.state is TaskState.OPEN:
            withdraw(task)
    session.flush()
    if case.state in (CaseState.READ, CaseState.KEYED):
        before = case.state
        case.state = CaseState.READ if has_work(session, case.id) else done_state(case)
        case.version += before is not case.state
