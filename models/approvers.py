"""What approving and parking share: who may do it, and a case held for one of them at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.duties import Duty, may
from models.errors import NotAllowed, NotFound
from models.tables import Case, User

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def require_approver(session: Session, user_id: int) -> None:
    """Let only active accounts through whose role may approve.

    Raises:
        NotAllowed: for anybody else.
    """
    user = session.get(User, user_id)
    if user is None or not user.active or not may(user, Duty.APPROVE):
        raise NotAllowed


def locked_case(session: Session, case_id: int) -> Case:
    """The case, locked until the transaction ends.

    Raises:
        NotFound: for an unknown case.
    """
    case = session.get(Case, case_id, with_for_update={"of": Case})
    if case is None:
        raise NotFound("case", case_id)
    return case
