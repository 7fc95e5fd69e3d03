from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from models.approval import case_view, send_back
from models.ministry import BIRTH
from models.registry import load_approved
from models.states import Action, CaseState, Role
from models.store import Store
from models.tables import Book, Event, registry_birth
from tests.models import made

if TYPE_CHECKING:
    from collections.abc import Callable


def approved_book(store: Store, *numbers: str, volume: str = "01") -> int:
    book_id = made.book_of(store, *(made.case(so=number) for number in numbers), volume=volume)
    keyer = made.person(store, f"keyer {volume}")
    made.decide_all(store, keyer)  # numbers that do not run on are asked about
    made.approve_all(store, book_id, made.person(store, f"chief {volume}", Role.APPROVER))
    return book_id


def test_the_registry_has_a_column_for_each_of_the_ministry_s() -> None:
    names = {column.name for column in registry_birth.columns}
    assert {column.name for column in BIRTH.columns} - {"STT"} <= names


def test_an_approved_case_is_loaded_once(store: Store) -> None:
    approved_book(store, "05/2010")
    assert load_approved(store).loaded == (1,)
    assert load_approved(store).loaded == ()
    assert case_view(store, 1).state is CaseState.LOADED
    with store.read() as session:
        row = session.execute(select(registry_birth)).mappings().one()
        event = session.scalars(select(Event).filter_by(what="case_loaded")).one()
    assert (row["office"], row["type"], row["quyen_so"], row["year"], row["so"]) == (
        "Xã Tân Lợi", "KS", "01/2010", 2010, "05/2010",
    )  # fmt: skip
    assert (row["noiDangKy"], row["quyenSo"], row["ngayDangKy"]) == ("Xã Tân Lợi", "01/2010", "03.02.2010")
    assert (row["nksHoTen"], row["nksGioiTinh"], row["ghiChu"]) == ("Điểu Thị Mận", "2", "")
    assert (event.object_id, event.detail) == (1, {})


def test_what_is_not_approved_is_not_loaded(store: Store) -> None:
    made.book_of(store, made.case())
    assert load_approved(store).loaded == ()


def test_the_same_number_is_loaded_once_and_the_other_case_waits(store: Store) -> None:
    approved_book(store, "05/2010", "5/2010", "6/2010")
    result = load_approved(store)
    assert (result.loaded, result.refused) == ((1, 3), {2: "duplicate_key"})
    second = case_view(store, 2)
    assert (second.state, second.state_reason, second.approved_by) == (
        CaseState.NEEDS_VERIFICATION, "duplicate_key", None,
    )  # fmt: skip
    chief = made.person(store, "other chief", Role.APPROVER)
    send_back(store, 2, chief, "số đọc sai", ["so"])
    made.decide_all(store, made.person(store, "lan"), Action.ILLEGIBLE)
    made.approve_all(store, 1, chief)
    assert load_approved(store).refused == {2: "number_missing"}


def test_the_same_number_in_another_volume_is_another_case(store: Store) -> None:
    approved_book(store, "05/2010")
    approved_book(store, "05/2010", volume="02")
    assert load_approved(store).loaded == (1, 2)


def test_loading_goes_in_portions(store: Store) -> None:
    approved_book(store, *(f"{number}/2010" for number in range(1, 6)))
    assert [len(load_approved(store, 2).loaded) for _ in range(4)] == [2, 2, 1, 0]


def test_only_births_have_a_registry_yet(store: Store) -> None:
    book_id = approved_book(store, "05/2010")
    with store.begin() as session:
        session.get_one(Book, book_id).type = "KH"
    assert load_approved(store).loaded == ()
    assert case_view(store, 1).state is CaseState.APPROVED


def test_several_loaders_at_once_load_each_case_once(store: Store, open_again: Callable[[], Store]) -> None:
    approved_book(store, *(f"{number % 10 + 1}/2010" for number in range(20)))  # each number twice
    stores = [store, open_again(), open_again()]
    gate = threading.Barrier(3)

    def load(each: Store) -> tuple[int, int]:
        gate.wait()
        loaded = refused = 0
        while (result := load_approved(each, 3)).loaded or result.refused:
            loaded += len(result.loaded)
            refused += len(result.refused)
        return loaded, refused

    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(load, stores))
    load_approved(store)
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(registry_birth)) == 10
    assert sum(loaded for loaded, _ in results) == 10
    assert sum(refused for _, refused in results) == 10
