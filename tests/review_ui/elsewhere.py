"""A commune beside the one of the drawn book, with one of everything that a route could show or change."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from PIL import Image
from sqlalchemy import select

from models.approval import approve
from models.export import export_book
from models.intake import refuse
from models.parking import park, today
from models.states import Action, CaseState, Outside, Role
from models.tables import Book, Case, Decision, Field, Page, Task, User
from models.units import add_team
from tests.models import made

if TYPE_CHECKING:
    from models.store import Store

OFFICE = "Xã Thanh An"
SECRETS = (OFFICE, "Thị Xa", "rieng.pdf", "xa.pdf", "gia đình bà Xa", "Tổ xa", "người xa")
"""What stands in that commune and nowhere else."""
PEOPLE = ("quan", "lan", "minh")  # of the drawn book's commune from now on; Hoa stays of the whole station


def fill(store: Store) -> tuple[dict[str, int], dict[str, int]]:
    """Make it, and give Quân, Lan and Minh the drawn book's commune.

    Returns ids by what they are of: those of the other commune, and those of their own.
    """
    with store.begin() as session:
        here = session.scalars(select(Book)).one()
        own = {"book": here.id, "unit": here.unit_id or 0}
        for user in session.scalars(select(User).where(User.name.in_(PEOPLE))):
            user.unit_id = here.unit_id
            own["account"] = user.id
        own["case"] = session.scalars(select(Case.id).limit(1)).one()
        own["task"] = session.scalars(select(Task.id).limit(1)).one()
        own["field"] = session.scalars(select(Field.id).limit(1)).one()
        own["page"] = session.scalars(select(Page.id).limit(1)).one()
        session.add(Decision(case_id=own["case"], user_id=own["account"], action=Action.CHECK))
        session.flush()
        own["decision"] = session.scalars(select(Decision.id).limit(1)).one()
    own["team"] = add_team(store, own["unit"], "Tổ gần")
    return _elsewhere(store), own


def _elsewhere(store: Store) -> dict[str, int]:
    chief = made.person(store, "chief", Role.APPROVER)
    book_id = made.book(store, "07", office=OFFICE)
    made.scan(store, book_id, pages=3, name="xa.pdf")
    cases = (made.case(flagged=("so",)), made.case(so="6/2010"), made.case(so="7/2010", meHoTen="Thị Xa"))
    pages = made.read_all(store, book_id, *(made.reading(one) for one in cases))
    for page_id in pages:
        Image.new("RGB", (1000, 1400), (240, 240, page_id)).save(store.settings.page_path(page_id))
    kept = store.settings.rejected / "rieng.pdf"
    refuse(store, book_id, "rieng.pdf", None, "no_image", "Không phải ảnh.", kept)
    with store.read() as session:
        keyed = select(Case).where(Case.book_id == book_id, Case.state == CaseState.KEYED)
        approved, parked = session.scalars(keyed.order_by(Case.id)).all()
        doubted = session.scalars(select(Case).filter_by(book_id=book_id, state=CaseState.READ)).one()
        task = session.scalars(select(Task).filter_by(case_id=doubted.id)).one()
        unit_id = session.scalars(select(Book.unit_id).where(Book.id == book_id)).one() or 0
    approve(store, approved.id, chief, approved.version)
    with store.read() as session:
        decision = session.scalars(select(Decision.id).filter_by(case_id=approved.id)).one()
    export_book(store, book_id, chief)
    park(store, parked.id, chief, Outside.FAMILY, "gia đình bà Xa", today() + timedelta(days=9))
    stranger = made.person(store, "người xa")
    with store.begin() as session:
        session.get_one(User, stranger).unit_id = unit_id
    return {
        "book": book_id, "case": doubted.id, "task": task.id, "field": task.field_id, "page": pages[0],
        "decision": decision, "export": 1, "account": stranger, "unit": unit_id,
        "team": add_team(store, unit_id, "Tổ xa"),
    }  # fmt: skip
