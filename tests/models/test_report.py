"""What the station has reached, counted from its tables."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from models.quality_tables import FieldCheck
from models.report import report
from models.states import Action, By, CheckKind
from models.store import Store
from models.tables import Page
from pipeline.proof import upper_bound
from tests.models import made


def books(store: Store) -> None:
    """Two cases read in January with one field asked between them, one in March of another office."""
    made.book_of(store, made.case(), made.case(flagged=("meHoTen",), so="6/2010"))
    other = made.book(store, "02", office="Xã Tân Hưng")
    made.scan(store, other)
    made.read_all(store, other, made.reading(made.case(so="7/2010", nycSoGiayToTuyThan="")))
    made.decide_all(store, made.person(store, "lan"), Action.ACCEPT)
    with store.begin() as session:
        session.execute(update(Page).where(Page.id < 3).values(read_at=datetime(2026, 1, 31, 12, tzinfo=UTC)))
        session.execute(update(Page).where(Page.id == 3).values(read_at=datetime(2026, 3, 1, 12, tzinfo=UTC)))
        for right in (True, True, False):
            session.add(
                FieldCheck(
                    field_id=1, case_id=1, book_id=1, kind=CheckKind.SAMPLE, pool="figures", family="x",
                    author_id=None, probability=0.99, plain=True, share=0.02, right=right,
                )
            )  # fmt: skip


def test_each_month_and_the_sum_of_all(store: Store) -> None:
    books(store)
    january, march, everything = report(store, By.MONTH)
    assert (january.name, march.name, everything.name) == ("2026-01", "2026-03", "")
    fields = len(made.ENTRY)
    assert (january.fields, january.through, january.cases, january.cases_through) == (
        2 * fields, 2 * fields - 1, 2, 1,
    )  # fmt: skip
    assert (march.fields, march.through, march.automation, march.cases_through) == (fields, fields, 1.0, 1)
    assert (everything.fields, everything.cases, everything.cases_through) == (3 * fields, 3, 2)
    assert (january.checked, january.wrong, january.bound) == (3, 1, upper_bound(1, 3))
    assert (march.checked, march.bound, march.seconds, march.saved_hours) == (0, None, None, None)
    assert january.seconds == 1.0
    assert january.saved_hours == pytest.approx((2 * fields - 1) / 3600)


@pytest.mark.parametrize(
    ("by", "names"),
    [
        (By.DAY, ["2026-01-31", "2026-03-01", ""]),
        (By.WEEK, ["2026-W05", "2026-W09", ""]),
        (By.OFFICE, ["Xã Tân Hưng", "Xã Tân Lợi", ""]),
        (By.BOOK, ["Xã Tân Hưng-KS.2010.02", "Xã Tân Lợi-KS.2010.01", ""]),
        (By.KIND, ["blank", "choice", "figures", "name", "place", "tick", ""]),
    ],
)
def test_lines_by_what_is_asked_for(store: Store, by: By, names: list[str]) -> None:
    books(store)
    lines = report(store, by)
    assert [line.name for line in lines] == names
    *parts, whole = lines
    assert sum(line.fields for line in parts) == whole.fields
    assert sum(line.checked for line in parts) == whole.checked == 3


def test_an_empty_station_has_nothing_to_report(store: Store) -> None:
    assert report(store) == []
