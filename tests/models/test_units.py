"""Units: found by an office's name, moved, and a queue that knows them without getting slower."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, select

from models.decisions import decide
from models.errors import BadUnit, NotFound
from models.people_tables import Unit
from models.queue import counts, next_task, waiting
from models.scope import STATION, Scope, scope_of_unit, within
from models.sheets import next_sheet, sheet_counts
from models.states import Action, Level
from models.tables import Book, Event, Task, User
from models.units import TOP, add_team, add_unit, move_book, move_unit, rename_unit, units
from pipeline.elements import FieldKind
from tests.models import made

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.store import Store


def read_book(store: Store, office: str, *cases: Any, volume: str = "01") -> int:
    book_id = made.book(store, volume, office=office)
    made.scan(store, book_id, pages=len(cases), name=f"{office}-{volume}.pdf")
    made.read_all(store, book_id, *(made.reading(case) for case in cases))
    return book_id


def unit_of(store: Store, book_id: int) -> Unit:
    with store.read() as session:
        return session.get_one(Unit, session.get_one(Book, book_id).unit_id)


def put(store: Store, user_id: int, unit_id: int | None) -> None:
    with store.begin() as session:
        session.get_one(User, user_id).unit_id = unit_id


def scope(store: Store, unit_id: int) -> Scope:
    with store.read() as session:
        return scope_of_unit(session, unit_id)


def tasks_of(store: Store, user_id: int) -> list[int]:
    found = []
    while (task := next_task(store, user_id)) is not None:
        decide(store, task.task_id, user_id, Action.ACCEPT, None, 1.0, task.version)
        found.append(task.task_id)
    return found


def test_a_commune_is_made_for_an_office_once(store: Store) -> None:
    first = made.book(store, "01", office="Xã Tân Lợi")
    again = made.book(store, "02", office="UBND xã Tân Lợi")
    other = made.book(store, "01", office="Xã Thanh An")
    assert [(one.name, one.level, one.depth) for one in units(store)] == [
        (TOP, Level.PROVINCE, 0), ("Xã Thanh An", Level.COMMUNE, 1), ("Xã Tân Lợi", Level.COMMUNE, 1),
    ]  # fmt: skip
    assert unit_of(store, first).id == unit_of(store, again).id != unit_of(store, other).id


def test_many_processes_taking_in_books_make_each_unit_once(
    store: Store, open_again: Callable[[], Store]
) -> None:
    stores = [store, *(open_again() for _ in range(3))]
    gate = threading.Barrier(len(stores))

    def take_in(number: int) -> None:
        gate.wait()
        for office in ("Xã Tân Lợi", "Xã Thanh An"):
            made.book(stores[number], f"{number + 1:02d}", office=office)

    with ThreadPoolExecutor(len(stores)) as pool:
        list(pool.map(take_in, range(len(stores))))
    assert len(units(store)) == 3
    with store.read() as session:
        assert len(session.scalars(select(Book)).all()) == 2 * len(stores)


def test_two_communes_of_one_name_are_told_apart_or_left_to_a_person(store: Store) -> None:
    add_unit(store, "Tỉnh Bình Phước", Level.PROVINCE)
    near = add_unit(store, "Huyện Hớn Quản", Level.DISTRICT)
    far = add_unit(store, "Huyện Đồng Phú", Level.DISTRICT)
    there = add_unit(store, "Xã Tân Lợi", Level.COMMUNE, near)
    add_unit(store, "Xã Tân Lợi", Level.COMMUNE, far)
    told = made.book(store, "01", office="Xã Tân Lợi, huyện Hớn Quản")
    assert unit_of(store, told).id == there
    untold = made.book(store, "01", office="Xã Tân Lợi")
    assert unit_of(store, untold).name == "Tỉnh Bình Phước"
    move_book(store, untold, there)
    assert unit_of(store, made.book(store, "02", office="Xã Tân Lợi")).id == there  # as the one before it
    rename_unit(store, there, "Xã Tân Lợi A")
    assert unit_of(store, made.book(store, "03", office="Xã Tân Lợi")).id == there


def test_units_that_will_not_do_are_refused(store: Store) -> None:
    top = add_unit(store, "Tỉnh Bình Phước", Level.PROVINCE)
    near = add_unit(store, "Huyện Hớn Quản", Level.DISTRICT)
    commune = add_unit(store, "Xã Tân Lợi", Level.COMMUNE, near)
    for name, level, parent in (
        ("Huyện Hớn Quản", Level.DISTRICT, top),  # taken
        ("Tỉnh khác", Level.PROVINCE, None),  # a second top
        ("Huyện trong xã", Level.DISTRICT, commune),
        ("  ", Level.COMMUNE, top),
        ("x" * 200, Level.COMMUNE, top),
    ):
        with pytest.raises(BadUnit):
            add_unit(store, name, level, parent)
    with pytest.raises(NotFound):
        add_unit(store, "Xã A", Level.COMMUNE, 999)
    with pytest.raises(BadUnit):
        move_unit(store, near, commune)
    with pytest.raises(BadUnit):
        move_unit(store, top, near)
    add_team(store, commune, "Tổ 1")
    with pytest.raises(BadUnit):
        add_team(store, commune, "Tổ 1")


def test_a_commune_put_into_its_district_goes_with_its_books(store: Store) -> None:
    book_id = read_book(store, "Xã Tân Lợi", made.case(flagged=("so",)))
    commune = unit_of(store, book_id).id
    district = add_unit(store, "Huyện Hớn Quản", Level.DISTRICT)
    here = scope(store, district)
    assert counts(store, here).open == 0
    move_unit(store, commune, district)
    assert counts(store, here).open == waiting(store, 10, here) == 1
    with store.read() as session:
        assert within(session, here, "book", book_id)
        assert not within(session, here, "book", 999)
        assert not within(session, here, "unit", 1)
        moved = session.scalars(select(Event).filter_by(what="unit_moved")).one()
    assert moved.object_id == commune


def test_people_of_a_unit_get_its_tasks_only(store: Store) -> None:
    here = read_book(store, "Xã Tân Lợi", made.case(flagged=("so", "nksHoTen")), made.case(flagged=("so",)))
    read_book(store, "Xã Thanh An", made.case(flagged=("so",)))
    lan, whole = made.person(store, "lan"), made.person(store, "tam")
    unit = unit_of(store, here).id
    put(store, lan, unit)
    with store.read() as session:
        own = set(session.scalars(select(Task.id).where(Task.book_id == here)))
    assert counts(store).open == 4
    assert counts(store, scope(store, unit)).open == 3
    assert counts(store, scope(store, unit)).cases.keys() <= counts(store).cases.keys()
    assert sheet_counts(store, scope(store, unit)) == {}
    assert set(tasks_of(store, lan)) == own
    assert len(tasks_of(store, whole)) == 1


def test_people_of_a_district_get_what_comes_first_in_any_commune(store: Store) -> None:
    add_unit(store, "Tỉnh", Level.PROVINCE)
    district = add_unit(store, "Huyện", Level.DISTRICT)
    for name in ("Xã A", "Xã B"):
        add_unit(store, name, Level.COMMUNE, district)
    hard = ("so", "nksHoTen", "meHoTen")
    read_book(store, "Xã A", made.case(flagged=hard))
    easy = read_book(store, "Xã B", made.case(flagged=("so",)))
    read_book(store, "Xã C", made.case(flagged=("so",)))
    lan = made.person(store, "lan")
    put(store, lan, district)
    first = next_task(store, lan)
    assert first is not None
    assert first.case.book_id == easy  # the easiest case of the district, whichever commune it is of
    assert len(tasks_of(store, lan)) == 4


def test_sheets_are_of_the_unit(store: Store) -> None:
    here = read_book(store, "Xã Tân Lợi", made.case(flagged=("nksNgaySinh",)))
    read_book(store, "Xã Thanh An", made.case(flagged=("nksNgaySinh",)))
    lan = made.person(store, "lan")
    put(store, lan, unit_of(store, here).id)
    assert [one.case.book_id for one in next_sheet(store, lan, FieldKind.DATE, 20)] == [here]


def test_a_book_that_moves_is_given_back_and_goes_to_the_others(store: Store) -> None:
    book_id = read_book(store, "Xã Tân Lợi", made.case(flagged=("so",)))
    other = add_unit(store, "Xã Thanh An", Level.COMMUNE)
    lan, hoa = made.person(store, "lan"), made.person(store, "hoa")
    put(store, lan, unit_of(store, book_id).id)
    put(store, hoa, other)
    held = next_task(store, lan)
    assert held is not None
    assert next_task(store, hoa) is None
    move_book(store, book_id, other)
    taken = next_task(store, hoa)
    assert taken is not None
    assert taken.task_id == held.task_id
    assert next_task(store, lan) is None


def statements(store: Store, user_id: int) -> list[tuple[str, Any]]:
    """What the queue asks for one person's next task."""
    asked: list[tuple[str, Any]] = []

    def hear(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        if "ORDER BY" in statement:
            asked.append((statement, values))

    event.listen(store.engine, "before_cursor_execute", hear)
    assert next_task(store, user_id) is not None
    event.remove(store.engine, "before_cursor_execute", hear)
    return asked


def test_within_a_unit_the_queue_reads_an_index_too(sqlite_store: Store) -> None:
    store = sqlite_store
    book_id = read_book(store, "Xã Tân Lợi", *(made.case(flagged=("so",)) for _ in range(20)))
    lan, whole = made.person(store, "lan"), made.person(store, "tam")
    put(store, lan, unit_of(store, book_id).id)
    for statement, _ in statements(store, whole):
        assert " unit " not in statement  # for people of the whole station nothing is joined
    asked = statements(store, lan)
    with store.read() as session:
        for statement, values in asked:
            steps = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            plan = [str(step[-1]) for step in steps]
            reads = [step for step in plan if step.startswith(("SCAN task", "SEARCH task"))]
            assert all("INDEX" in step or "PRIMARY KEY" in step for step in reads), plan
            if "task.unit_id = ?" in statement or "task.unit_id = unit.id" in statement:
                assert any("ix_task_unit" in step for step in reads), plan
    assert STATION.everything
