"""What stands before a route: a login, a duty, a token against forged requests; and how one is refused."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Annotated

from anyio.to_thread import run_sync
from fastapi import Depends, Form, Header, Request

from models.audit import note
from models.duties import Duty, leads, may
from models.tables import User
from pipeline.wording import say
from review_ui.visits import visit_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from models.store import Store


class NeedsLogin(Exception):
    """Nobody is logged in, or the session has ended."""


class Refused(Exception):
    """The request is refused with a status and a sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        self.status, self.sentence = status, sentence
        super().__init__(sentence)


def store_of(request: Request) -> Store:
    """The store of the site."""
    store: Store = request.app.state.store
    return store


def person_of(request: Request) -> User:
    """The account of the person at the screen.

    Raises:
        NeedsLogin: when nobody is logged in.
    """
    person = visit_of(request).person
    if person is None:
        raise NeedsLogin
    return person


def only(*duties: Duty) -> Callable[[Request], Awaitable[User]]:
    """A dependency that lets people with one of these duties pass; others are told so, and it is noted."""

    async def check(request: Request) -> User:
        person = person_of(request)
        if not any(may(person, duty) for duty in duties):
            await run_sync(_note_refusal, request, person)
            raise Refused(403, say("Tài khoản của bạn không làm việc ở trang này."))
        return person

    return check


def _note_refusal(request: Request, person: User) -> None:
    with store_of(request).begin() as session:
        note(session, "page_refused", "account", person.id, user_id=person.id, path=request.url.path)


def missing(store: Store, user: User, object_type: str, object_id: int) -> Refused:
    """The answer to an id that does not exist or is not this person's to see; the attempt is noted."""
    with store.begin() as session:
        note(session, "unknown_id", object_type, object_id, user_id=user.id)
    return Refused(404, say("Không tìm thấy nội dung này."))


# Dependencies that wait for nothing are coroutines: others are sent to a thread and back, each by itself.
async def check_form_token(request: Request, csrf: Annotated[str, Form()] = "") -> None:
    """Refuse a form that did not come from a page of this session."""
    _check(request, csrf)


async def check_header_token(request: Request, x_csrf_token: Annotated[str, Header()] = "") -> None:
    """Refuse a call that did not come from a page of this session."""
    _check(request, x_csrf_token)


def _check(request: Request, token: str) -> None:
    visit = visit_of(request)
    if not hmac.compare_digest(token.encode(), visit.login.csrf.encode()):
        if visit.person is None and request.url.path != "/login":
            raise NeedsLogin
        raise Refused(403, say("Trang đã cũ hoặc phiên làm việc đã đổi. Hãy tải lại trang rồi làm lại."))


async def anyone(request: Request) -> User:
    """A dependency that lets everybody pass who is logged in."""
    return person_of(request)


async def _looks_after(request: Request) -> User:
    """Let whoever supervises a unit pass, and who leads a team."""
    person = person_of(request)
    return person if leads(person) else await only(Duty.SUPERVISE)(request)


Anyone = Annotated[User, Depends(anyone)]
KeyerOnly = Depends(only(Duty.KEY))
Keyer = Annotated[User, KeyerOnly]
CheckerOnly = Depends(only(Duty.CHECK_1, Duty.CHECK_2))
Checker = Annotated[User, CheckerOnly]
AdjudicatorOnly = Depends(only(Duty.ADJUDICATE))
Adjudicator = Annotated[User, AdjudicatorOnly]
Reverser = Annotated[User, Depends(only(Duty.APPROVE, Duty.ADJUDICATE))]
LooksBack = Annotated[User, Depends(only(Duty.APPROVE, Duty.ADJUDICATE, Duty.INSPECT))]
ApproverOnly = Depends(only(Duty.APPROVE))
Approver = Annotated[User, ApproverOnly]
OperatorOnly = Depends(only(Duty.ATTEND))
Operator = Annotated[User, OperatorOnly]
AdministratorOnly = Depends(only(Duty.ADMINISTER))
Administrator = Annotated[User, AdministratorOnly]
Exporter = Annotated[User, Depends(only(Duty.EXPORT))]
Supervisor = Annotated[User, Depends(_looks_after)]
# Inspectors see these pages too, and change nothing.
CaseReader = Annotated[User, Depends(only(Duty.APPROVE, Duty.INSPECT))]
CaseReaderOnly = Depends(only(Duty.APPROVE, Duty.INSPECT))
ScanReaderOnly = Depends(only(Duty.ATTEND, Duty.INSPECT))
FormToken = Depends(check_form_token)
HeaderToken = Depends(check_header_token)
