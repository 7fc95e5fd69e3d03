"""What an operator should know of proof: kinds not proven yet, books that failed, drift, cases elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import case, func, select

from models.drifting import DriftNotice, found_drift
from models.parking import count_parked
from models.policies import station_policy
from models.quality_tables import BookFailure, FieldCheck
from models.report_files import said_pool
from models.routing import TYPED
from models.scope import STATION, Scope
from models.states import SAMPLES, CheckKind, FieldState
from models.tables import Book, Case, Field, Page, User
from pipeline.confidence import NotFitting, group_of, require_fitting
from pipeline.elements import FieldKind
from pipeline.policy import Asking, family_of
from pipeline.wording import say

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from models.store import Store
    from pipeline.policy import Policy


@dataclass(frozen=True, slots=True)
class Unproven:
    """A kind of field in a family of books of which nothing is accepted: ``waiting`` fields are asked about.

    ``needed`` is how many more checks without an error would prove the target.
    """

    pool: str
    family: str
    target: float
    needed: int
    waiting: int


@dataclass(frozen=True, slots=True)
class FailedBook:
    """A book whose sample proved too many errors. ``author`` is a name to show, "" for the machine."""

    book_id: int
    book_code: str
    office: str
    pool: str
    author: str
    checked: int
    wrong: int
    reopened: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Sampled:
    """Checks of the machine's entries drawn at random and errors among them, by what was shown with them.

    Where more errors are found with nothing shown, people lean on what they are shown.
    """

    shown: tuple[int, int]
    unseen: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Watchlist:
    """Everything an operator should look at, apart from pages and files."""

    unproven: tuple[Unproven, ...]
    failed: tuple[FailedBook, ...]
    drifting: tuple[DriftNotice, ...]
    book_names: dict[int, str]
    parked: int
    sampled: Sampled
    unfit: bool  # weights lie in the station that were not fitted for this version


def watchlist(store: Store, scope: Scope = STATION) -> Watchlist:
    """What there is to know now of a part of the station."""
    with store.read() as session:
        books = session.scalars(select(Book).where(*scope.of_units(Book.unit_id))).all()
        here, offices = {None, *(book.id for book in books)}, {book.office for book in books}
        drifting = tuple(
            notice
            for notice in found_drift(session)
            if (notice.book_id in here if notice.hand is None else notice.hand.office in offices)
        )
        return Watchlist(
            unproven=tuple(unproven(session, station_policy(session), scope)),
            failed=tuple(_failed(session, scope)),
            drifting=drifting,
            book_names={book.id: f"{book.office}-{book.code}" for book in books},
            parked=count_parked(session, scope),
            sampled=sampled(session, scope),
            unfit=_unfit(store),
        )


def _unfit(store: Store) -> bool:
    try:
        require_fitting(store.settings.confidence)
    except FileNotFoundError:
        return False
    except (OSError, NotFitting):
        return True
    return False


def sampled(session: Session, scope: Scope = STATION) -> Sampled:
    """What blind checks of the machine's entries say, with its reading shown and without."""
    wrong = func.sum(case((FieldCheck.right.is_(False), 1), else_=0))
    rows = session.execute(
        select(FieldCheck.kind, func.count(), wrong)
        .where(
            FieldCheck.kind.in_(SAMPLES),
            FieldCheck.author_id.is_(None),
            FieldCheck.right.is_not(None),
            *scope.of_books(FieldCheck.book_id),
        )
        .group_by(FieldCheck.kind)
    )
    found = {kind: (int(checked), int(bad)) for kind, checked, bad in rows}
    return Sampled(found.get(CheckKind.SAMPLE, (0, 0)), found.get(CheckKind.UNSEEN, (0, 0)))


def unproven(session: Session, policy: Policy, scope: Scope = STATION) -> list[Unproven]:
    """Kinds of field that are asked about because checks prove too little, those with most fields first."""
    typed = func.coalesce(Field.evidence["typed"].as_float(), 0.0) >= TYPED
    blank = Field.machine_verbatim == ""
    places = (Field.key, Field.kind, blank, Page.type, Page.edition, typed)
    rows = session.execute(
        select(*places, func.count())
        .join(Case, Field.case_id == Case.id)
        .join(Page, Case.page_id == Page.id)
        .where(Field.state == FieldState.FLAGGED, *scope.of_books(Case.book_id))
        .group_by(*places)
    )
    found: dict[tuple[str, str, float], Unproven] = {}
    for key, kind, is_blank, register_type, edition, is_typed, count in rows:
        if policy.of(key).asking is not Asking.WHERE_DOUBTFUL:
            continue
        pool = group_of(FieldKind(kind), blank=is_blank)
        family = family_of(register_type or "", edition or "", typed=bool(is_typed))
        threshold = policy.threshold(key, pool, family)
        if threshold.proven:
            continue
        target = policy.of(key).target
        before = found.get((pool, family, target))
        waiting = count + (before.waiting if before else 0)
        found[pool, family, target] = Unproven(pool, family, target, threshold.needed, waiting)
    return sorted(found.values(), key=lambda one: -one.waiting)


def _failed(session: Session, scope: Scope) -> Iterable[FailedBook]:
    rows = session.execute(
        select(BookFailure, Book, User.display_name)
        .join(Book, BookFailure.book_id == Book.id)
        .outerjoin(User, BookFailure.author_id == User.id)
        .where(*scope.of_units(Book.unit_id))
        .order_by(BookFailure.id.desc())
    )
    for failure, book, author in rows:
        yield FailedBook(
            book_id=book.id,
            book_code=book.code,
            office=book.office,
            pool=failure.pool,
            author=author or "",
            checked=failure.checked,
            wrong=failure.wrong,
            reopened=failure.reopened,
            at=failure.at,
        )


def sentences(found: Watchlist) -> list[str]:
    """The same in words, for a terminal."""
    said = [
        say(
            "{pool} ({family}): còn cần {needed} lần kiểm tra không sai để chứng minh lỗi dưới {target}; "
            "{waiting} mục đang chờ người.",
            pool=said_pool(one.pool),
            family=one.family,
            needed=one.needed,
            target=f"{one.target:.2%}",
            waiting=one.waiting,
        )
        for one in found.unproven
    ]
    said += [said_drift(note, found.book_names) for note in found.drifting]
    said += [said_failure(one) for one in found.failed]
    if found.unfit:
        said.append(
            say("Tệp confidence.json của trạm không hợp với phiên bản này nên không được dùng; hãy khớp lại.")
        )
    if found.sampled.unseen[0]:
        (shown, wrong), (unseen, wrong_unseen) = found.sampled.shown, found.sampled.unseen
        said.append(
            say(
                "Mẫu kiểm tra mục máy chấp nhận: có hiện chữ máy {wrong} sai trong {shown}, "
                "không hiện chữ máy {wrong_unseen} sai trong {unseen}.",
                wrong=wrong,
                shown=shown,
                wrong_unseen=wrong_unseen,
                unseen=unseen,
            )
        )
    if found.parked:
        said.append(say("{count} trường hợp đang chờ xác minh ở nơi khác.", count=found.parked))
    return said


def said_drift(notice: DriftNotice, names: dict[int, str]) -> str:
    """A drift in words."""
    if notice.hand is not None:
        where = say("Nét chữ của {name} ({office})", name=notice.hand.name, office=notice.hand.office)
    elif notice.book_id is None:
        where = say("Cả trạm")
    else:
        where = names.get(notice.book_id, str(notice.book_id))
    return say(
        "{where}: máy đọc kém hơn dự tính ({wrong} lỗi trong {checked} lần kiểm tra, dự tính {expected}). "
        "Đã tăng tỷ lệ kiểm tra mẫu.",
        where=where,
        wrong=notice.drift.wrong,
        checked=notice.drift.checked,
        expected=f"{notice.drift.expected:.1f}",
    )


def said_failure(failed: FailedBook) -> str:
    """A book that failed, in words."""
    return say(
        "{book}: mẫu kiểm tra có {wrong} lỗi trong {checked} mục loại “{pool}” ({author}); "
        "{reopened} mục đã được đưa lại cho người xem.",
        book=f"{failed.office}-{failed.book_code}",
        wrong=failed.wrong,
        checked=failed.checked,
        pool=said_pool(failed.pool),
        author=failed.author or say("máy đọc"),
        reopened=failed.reopened,
    )
