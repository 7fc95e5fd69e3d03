"""Whatever people do in whatever order, the queue, the fields and the cases tell one story."""

from __future__ import annotations

import tempfile
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import settings as how
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import select

from models.approval import approve, case_view, send_back
from models.decisions import decide, undo
from models.errors import NotReady, SelfCheck
from models.queue import next_task, release
from models.settings import Settings
from models.states import FIELD_ACTIONS, Action, CaseState, FieldState, Role, TaskState
from models.store import Store
from models.tables import Case, Decision, Field, Task
from tests.models import made

PEOPLE = st.integers(0, 2)
CASES = st.integers(1, 2)


class Review(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store.open(Settings(home=Path(self.folder.name) / "station"))
        made.book_of(
            self.store, made.case(flagged=("so", "nksHoTen")), made.case(flagged=("meHoTen",), so="6/2010")
        )
        self.people = [made.person(self.store, name, Role.APPROVER) for name in ("lan", "hoa", "tu")]
        self.decisions = 0

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @rule(who=PEOPLE, action=st.sampled_from(FIELD_ACTIONS), typed=st.sampled_from(["7/2010", "Thị Mến"]))
    def decide_the_next(self, who: int, action: Action, typed: str) -> None:
        task = next_task(self.store, self.people[who])
        if task is not None:
            known = typed in task.field.candidates
            chosen = Action.CORRECT if action is Action.TAKE_CANDIDATE and not known else action
            decide(self.store, task.task_id, self.people[who], chosen, typed, 1.0, task.version)

    @rule(who=PEOPLE)
    def look_and_leave(self, who: int) -> None:
        next_task(self.store, self.people[who])
        release(self.store, self.people[who])

    @rule(who=PEOPLE)
    def take_back(self, who: int) -> None:
        before = undo(self.store, self.people[who])
        if before is not None:
            task = next_task(self.store, self.people[who])
            assert task is not None
            assert task.task_id == before
            release(self.store, self.people[who])

    @rule(who=PEOPLE, case_id=CASES)
    def let_through(self, who: int, case_id: int) -> None:
        seen = case_view(self.store, case_id)
        ready = seen.state is CaseState.KEYED
        try:
            approve(self.store, case_id, self.people[who], seen.version)
        except NotReady:
            assert not ready
        except SelfCheck:
            assert self.people[who] in {item.user_id for item in seen.decisions}
        else:
            assert ready

    @rule(who=PEOPLE, case_id=CASES)
    def ask_again(self, who: int, case_id: int) -> None:
        seen = case_view(self.store, case_id)
        try:
            send_back(self.store, case_id, self.people[who], "xem lại")
        except NotReady:
            assert seen.state in (CaseState.READ, CaseState.APPROVED)

    @invariant()
    def the_tables_agree(self) -> None:
        with self.store.read() as session:
            open_fields = set(session.scalars(select(Task.field_id).filter_by(state=TaskState.OPEN)))
            assert open_fields == set(session.scalars(select(Field.id).filter_by(state=FieldState.FLAGGED)))
            for case in session.scalars(select(Case)):
                waiting = any(field.id in open_fields for field in case.fields)
                doubtful = any(field.state is FieldState.UNCERTAIN for field in case.fields)
                if doubtful:
                    assert case.state is CaseState.NEEDS_VERIFICATION
                elif waiting:
                    assert case.state is CaseState.READ
                else:
                    assert case.state in (CaseState.KEYED, CaseState.APPROVED)
                assert (case.approved_by is not None) == (case.state is CaseState.APPROVED)
            decisions = len(session.scalars(select(Decision.id)).all())
        assert decisions >= self.decisions
        self.decisions = decisions


TestReview = Review.TestCase
TestReview.settings = how(max_examples=8, stateful_step_count=14, deadline=None)
