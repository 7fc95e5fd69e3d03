"""What a station does by itself: drift raises samples, checks move thresholds; first cases, types."""

from __future__ import annotations

import random
from dataclasses import replace

from sqlalchemy import select

from models.book_quality import RAISED_BY_BOOK, RAISED_BY_STATION, Shares
from models.drifting import HAND, STATION, Hand, drifting, drifting_near, hand_named, watch_drift
from models.housekeeping import keep_house
from models.intake import register_book
from models.policies import checks_taken_up
from models.quality_tables import FieldCheck
from models.queue import next_task
from models.reroute import ENOUGH
from models.states import CheckKind, FieldState
from models.store import Store
from models.tables import Event, Field, utc_now
from models.watchlist import sentences, watchlist
from tests.models import made


def check(
    store: Store,
    book_id: int,
    count: int,
    wrong: int,
    probability: float,
    *,
    case_id: int = 1,
    kind: CheckKind = CheckKind.SAMPLE,
) -> None:
    """So many checks in a book, errors spread evenly among them."""
    with store.begin() as session:
        session.add_all(
            FieldCheck(
                field_id=1, case_id=case_id, book_id=book_id, kind=kind, pool="name",
                family="KS.2010.hand", author_id=None, probability=probability, plain=True, share=0.02,
                right=wrong * place // count == wrong * (place + 1) // count, checked_at=utc_now(),
            )
            for place in range(count)
        )  # fmt: skip


def shares(store: Store, book_id: int) -> float:
    settings = store.settings.model_copy(update={"sample_share": 0.02})
    with store.read() as session:
        return Shares(session, settings, book_id).of("figures", None)


def events(store: Store) -> list[tuple[str, str, int | None]]:
    with store.read() as session:
        rows = session.scalars(select(Event).where(Event.what.like("drift%")).order_by(Event.id))
        return [(event.what, event.object_type, event.object_id) for event in rows]


def test_drift_of_a_book_raises_its_sample_and_is_told_until_it_ends(store: Store) -> None:
    first = made.book_of(store, made.case())
    other = made.book_of(store, made.case(so="9/2010"), volume="02")
    check(store, other, 400, 4, 0.99)  # first: by now the station as a whole has proven itself
    check(store, first, 40, 8, 0.98)
    assert [notice.book_id for notice in watch_drift(store)] == [first]
    assert (shares(store, first), shares(store, other)) == (0.02 * RAISED_BY_BOOK, 0.02)
    assert watch_drift(store)
    assert events(store) == [("drift_found", "book", first)]  # told once
    said = " ".join(sentences(watchlist(store)))
    assert "KS.2010.01: máy đọc kém hơn dự tính (8 lỗi trong 40 lần kiểm tra, dự tính 0.8)" in said
    with store.begin() as session:  # somebody finds that the checks, not the readings, were wrong
        for row in session.scalars(select(FieldCheck).filter_by(book_id=first)):
            row.right = True
    assert watch_drift(store) == []
    assert events(store)[-1] == ("drift_ended", "book", first)
    assert shares(store, first) == 0.02


def test_drift_of_the_station_raises_every_sample(store: Store) -> None:
    books = [
        made.book_of(store, made.case(so=f"{number}/2010"), volume=f"0{number}") for number in range(1, 8)
    ]
    for book_id in books:  # too little in each book to say so of it
        check(store, book_id, 20, 1, 0.99)
    found = watch_drift(store)
    assert [notice.book_id for notice in found] == [None]
    assert shares(store, books[0]) == 0.02 * RAISED_BY_STATION
    with store.read() as session:
        assert drifting_near(session, books[0], None) == {(STATION, None)}
    assert any("Cả trạm" in sentence for sentence in sentences(watchlist(store)))


def test_drift_of_a_hand_is_found_across_the_books_that_it_wrote(store: Store) -> None:
    """Too little in each book to say so of it; another hand in the same office is read as foretold."""
    writer = {1: "Trần Văn Tú", 2: "trần văn Tú", 3: "Trần Văn Tú", 4: "Lê Thị Hoa"}
    books = {}
    for number, name in writer.items():
        entry = made.case(so=f"{number}/2010")
        entry = replace(entry, fields=(*entry.fields, made.field("nguoiThucHien", name)))
        books[number] = made.book_of(store, entry, volume=f"0{number}")
    check(store, books[4], 600, 6, 0.99, case_id=4)  # so the station as a whole has proven itself
    for number in (1, 2, 3):
        check(store, books[number], 20, 3, 0.98, case_id=number)
    (found,) = watch_drift(store)
    assert found.hand is not None
    assert (found.book_id, found.hand.number) == (None, Hand(made.OFFICE, "TRẦN VĂN TÚ").number)
    assert events(store) == [("drift_found", "hand", found.hand.number)]
    assert watch_drift(store)
    assert len(events(store)) == 1  # told once
    with store.read() as session:
        hands = [hand_named(made.OFFICE, name) for name in writer.values()]
        details = str([event.detail for event in session.scalars(select(Event))])
        known = drifting(session)
        of_hands = [(HAND, hand.number) in known for hand in hands if hand is not None]
        settings = store.settings.model_copy(update={"sample_share": 0.02})
        most = [Shares(session, settings, books[n], hand).most for n, hand in zip(writer, hands, strict=True)]
    assert of_hands == [True, True, True, False]
    assert most == [0.02 * RAISED_BY_BOOK] * 3 + [0.02]
    assert "Tú" not in details
    assert any("Nét chữ của Trần Văn Tú" in sentence for sentence in sentences(watchlist(store)))


def test_samples_are_told_by_what_was_shown_with_them(store: Store) -> None:
    book_id = made.book_of(store, made.case())
    check(store, book_id, 30, 1, 0.99)
    assert not any("không hiện chữ máy" in sentence for sentence in sentences(watchlist(store)))
    check(store, book_id, 10, 2, 0.99, kind=CheckKind.UNSEEN)
    assert any(
        "có hiện chữ máy 1 sai trong 30, không hiện chữ máy 2 sai trong 10" in sentence
        for sentence in sentences(watchlist(store))
    )


def test_a_stratum_that_is_proven_is_sampled_no_more(store: Store) -> None:
    book_id = made.book_of(store, made.case())
    settings = store.settings.model_copy(update={"sample_share": 0.02})
    check(store, book_id, 500, 0, 0.99)
    with store.read() as session:
        assert Shares(session, settings, book_id).of("name", None) == 0.02
    check(store, book_id, 100, 0, 0.99)
    with store.read() as session:
        found = Shares(session, settings, book_id)
        assert (found.of("name", None), found.of("name", 1), found.of("figures", None)) == (0.0, 0.02, 0.02)


def test_enough_new_checks_are_taken_up_by_themselves(store: Store) -> None:
    book_id = made.book_of(store, made.case())
    check(store, book_id, ENOUGH - 1, 0, 0.99)
    assert keep_house(store).moved is None
    check(store, book_id, 1, 0, 0.99)
    assert keep_house(store).moved is not None
    assert keep_house(store).moved is None
    with store.read() as session:
        assert checks_taken_up(session) is not None


def test_the_first_cases_of_a_book_are_seen_by_people(store: Store) -> None:
    first = Store.open(store.settings.model_copy(update={"first_cases": 1}))
    made.book_of(first, made.case(so="1/2010", nycSoGiayToTuyThan=""), made.case(so="2/2010"))
    with store.read() as session:
        asked = session.scalars(select(Field).filter_by(state=FieldState.FLAGGED).order_by(Field.id)).all()
        blank = session.scalars(select(Field).filter_by(case_id=1, key="nycSoGiayToTuyThan")).one()
    first.close()
    assert {(field.case_id, tuple(field.reasons)) for field in asked} == {(1, ("first_of_hand",))}
    assert len(asked) == len(made.ENTRY) - 1
    assert blank.state is FieldState.BLANK


def test_types_come_up_in_the_order_of_the_settings(store: Store) -> None:

    deaths_first = Store.open(store.settings.model_copy(update={"type_order": "KT,KS"}))
    made.book_of(deaths_first, made.case(flagged=("so",), so="1/2010"))
    book_id = register_book(deaths_first, made.OFFICE, "KT", 2010, "01", "KT.2010.01")
    made.scan(deaths_first, book_id, name="kt.jpg")
    hard = made.case(flagged=("so", "quyenSo", "ngayDangKy"), so="1/2010")
    made.read_all(deaths_first, book_id, made.reading(hard))
    lan = made.person(store, "lan")
    task = next_task(store, lan)
    deaths_first.close()
    assert task is not None
    assert (task.case.book_code, task.priority) == ("KT.2010.01", 2_097)


def test_a_campaign_of_a_worsening_hand_is_caught_by_its_samples(sqlite_store: Store) -> None:
    """Twelve books with 52 checks each, from the fifth on with eight times the errors foretold."""
    chance = random.Random(20261123)
    caught = []
    for number in range(1, 13):
        book_id = made.book_of(sqlite_store, made.case(so=f"{number}/2010"), volume=f"{number:02d}")
        drifting = number >= 5
        for _ in range(52):
            error = 0.02 * (8 if drifting else 1)
            check(sqlite_store, book_id, 1, int(chance.random() < error), 0.98)
        caught.append(book_id in {notice.book_id for notice in watch_drift(sqlite_store)})
    assert caught[:4] == [False] * 4
    assert sum(caught[4:]) >= 6
