"""Made-up books, pages and people for the tests of this room."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from models.approval import approve, cases_ready
from models.decisions import decide
from models.intake import accept_scan, register_book
from models.ledger import claim_pages, record_page
from models.queue import next_task
from models.states import Action, Role
from models.store import Store
from models.tables import User
from pipeline.elements import Box, Candidate, Case, Field, FieldKind, FieldState, PageKind, PageReading

OFFICE = "Xã Tân Lợi"
ACCEPTED, FLAGGED = FieldState.ACCEPTED, FieldState.FLAGGED
BLANK, ABSENT = FieldState.BLANK, FieldState.ABSENT

# key, kind, verbatim, value
ENTRY = (
    ("so", FieldKind.NUMBER, "05/2010", "05/2010"),
    ("quyenSo", FieldKind.NUMBER, "01/2010", "01/2010"),
    ("ngayDangKy", FieldKind.DATE, "3/2/2010", "03.02.2010"),
    ("loaiDangKy", FieldKind.REGISTRATION_KIND, "Đúng hạn", "Đúng hạn"),
    ("nksHoTen", FieldKind.NAME, "Điểu Thị Mận", "Điểu Thị Mận"),
    ("nksGioiTinh", FieldKind.SEX, "nữ", "Nữ"),
    ("nksNgaySinh", FieldKind.DATE, "01.2010", "01.2010"),
    ("nksDanToc", FieldKind.ETHNICITY, "S'tiêng", "Xtiêng"),
    ("meHoTen", FieldKind.NAME, "Thị Bé", "Thị Bé"),
    ("meNoiCuTru", FieldKind.PLACE, "thường trú ấp 2, xã Tân Lợi", "thường trú ấp 2, xã Tân Lợi"),
    ("chaHoTen", FieldKind.NAME, "Điểu Sơn", "Điểu Sơn"),
    ("nycSoGiayToTuyThan", FieldKind.IDENTITY, "CMND 285000000", "285000000"),
)


def field(
    key: str,
    text: str,
    state: FieldState = ACCEPTED,
    *,
    kind: FieldKind = FieldKind.NAME,
    value: str | None = None,
    candidates: tuple[str, ...] = (),
) -> Field:
    return Field(
        key=key,
        kind=kind,
        verbatim=text,
        value=text if value is None else value,
        probability=0.5 if state is FLAGGED else 0.99,
        state=state,
        reasons=("low_probability",) if state is FLAGGED else (),
        box=Box(10, 20, 300, 40),
        candidates=tuple(Candidate(item, -float(rank)) for rank, item in enumerate(candidates or (text,))),
        evidence={"margin": 0.5},
    )


def case(index: int = 0, *, flagged: tuple[str, ...] = (), **texts: str) -> Case:
    """A whole entry; ``texts`` replace what a field says (verbatim and value), "" makes it blank."""
    fields = []
    for key, kind, verbatim, value in ENTRY:
        text = texts.get(key, verbatim)
        state = FLAGGED if key in flagged else ACCEPTED if text else BLANK
        fields.append(field(key, text, state, kind=kind, value=texts.get(key, value)))
    return Case(index=index, fields=tuple(fields), box=Box(0, 0, 1000, 1400))


def reading(*cases: Case, kind: PageKind = PageKind.CASES, reasons: tuple[str, ...] = ()) -> PageReading:
    return PageReading(
        kind=kind,
        type="KS" if cases else "",
        edition="2010" if cases else "",
        cases=cases,
        width=1000,
        height=1400,
        reasons=reasons,
        provenance={"reader": "test"},
    )


def book(store: Store, volume: str = "01", year: int = 2010, office: str = OFFICE) -> int:
    return register_book(store, office, "KS", year, volume, f"{office}-KS.{year}.{volume}")


def scan(store: Store, book_id: int, pages: int = 1, name: str = "001.jpg", content: bytes = b"") -> int:
    """Accept a made-up file of that many pages."""
    data = content or os.fsencode(f"{book_id} {name}")
    path = store.settings.inbox / name
    path.write_bytes(data)
    return accept_scan(store, book_id, path, hashlib.sha256(data).hexdigest(), name, len(data), pages)


def read_all(store: Store, book_id: int, *readings: PageReading) -> list[int]:
    """Claim and record the next pages of a book with these readings. Returns the ids of the pages."""
    claimed = claim_pages(store, book_id, "reader", len(readings))
    assert len(claimed) == len(readings)
    for page, result in zip(claimed, readings, strict=True):
        path = store.settings.page_path(page.page_id)
        path.write_bytes(b"image of page %d" % page.page_id)
        assert record_page(store, page.page_id, "reader", result, path, 1.0)
    return [page.page_id for page in claimed]


def book_of(store: Store, *cases: Case, volume: str = "01") -> int:
    """A book read through, with one case a page."""
    book_id = book(store, volume)
    scan(store, book_id, pages=len(cases), name=f"{volume}.pdf")
    read_all(store, book_id, *(reading(item) for item in cases))
    return book_id


def person(store: Store, name: str, role: Role = Role.KEYER) -> int:
    """An account nobody logs in to, without the dear hash of a password."""
    user = User(name=name, display_name=name, password_hash="none", role=role)
    with store.begin() as session:
        session.add(user)
    return user.id


def decide_all(store: Store, user_id: int, action: Action = Action.ACCEPT) -> int:
    """Decide every open task that this person gets. Returns how many."""
    count = 0
    while (task := next_task(store, user_id)) is not None:
        decide(store, task.task_id, user_id, action, None, 1.0, task.version)
        count += 1
    return count


def approve_all(store: Store, book_id: int, user_id: int) -> tuple[int, ...]:
    """Approve every case of a book that this person may approve. Returns their ids."""
    ready = [one for one in cases_ready(store, user_id, book_id) if not one.own]
    for one in ready:
        approve(store, one.case_id, user_id, one.version)
    return tuple(one.case_id for one in ready)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
