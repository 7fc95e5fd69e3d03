from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from flows.demo import ACCOUNTS, add_accounts, demo_settings, drop_sample, follow, make_fresh
from flows.intake import take
from flows.owners import this_owner
from flows.sample import SAMPLE, expected_files, judge
from flows.station import StationError, only_one
from models.ledger import ClaimedPage, claim_pages, record_page
from models.settings import Settings
from models.states import FieldState as Kept
from models.store import Store
from models.users import authenticate
from pipeline.elements import Case, Field, FieldKind, FieldState, PageKind, PageReading
from tests.flows import files

if TYPE_CHECKING:
    from pathlib import Path

    from models.overview import Progress

KINDS = {"read": PageKind.CASES, "blank": PageKind.BLANK, "void": PageKind.VOID}


@pytest.fixture
def taken(store: Store) -> Store:
    """A station that has taken the sample in."""
    drop_sample(store.settings.inbox)
    for folder in sorted(store.settings.inbox.iterdir()):
        take(store, folder)
    return store


def true_reading(end: str, truth: str) -> PageReading:
    """What a reader without fault would have read."""
    content = json.loads((SAMPLE / "truth" / truth).read_text("utf-8"))
    fields = tuple(
        Field(key, FieldKind.TEXT, text, text, 0.99, FieldState.ACCEPTED if text else FieldState.BLANK)
        for case in content["cases"]
        for key, text in case["fields"].items()
    )
    cases = (Case(0, fields),) if fields and end == "read" else ()
    return PageReading(KINDS[end], content["type"], content["edition"], cases)


def record_all(store: Store) -> None:
    """Record the truth of every page of the sample."""
    images = store.settings.home / "image.jpg"
    for book_id, folder in enumerate(sorted({file.folder for file in expected_files()}), start=1):
        wanted = [
            page
            for file in sorted(expected_files(), key=lambda file: file.name)
            if file.folder == folder
            for page in file.pages
        ]
        claimed: list[ClaimedPage] = claim_pages(store, book_id, this_owner(), 100)
        assert len(claimed) == len(wanted)
        for page, (_, end, truth) in zip(claimed, wanted, strict=True):
            files.jpeg(images, page.page_id)
            assert record_page(store, page.page_id, this_owner(), true_reading(end, truth), images, 1.5)


def test_a_sample_read_without_fault_ends_as_it_should(taken: Store) -> None:
    record_all(taken)
    outcome = judge(taken)
    assert outcome.wrong_ends == ()
    expected = expected_files()
    assert outcome.files == len(expected)
    assert outcome.scans == sum(not file.reason for file in expected)
    assert outcome.pages == sum(len(file.pages) for file in expected)
    tally = outcome.tally
    assert tally.right == tally.letter_for_letter == tally.accepted == tally.fields > 600
    assert tally.accepted_wrong == 0
    assert outcome.fields[Kept.FLAGGED] == 0
    assert outcome.cpu_seconds == pytest.approx(1.5)
    assert dict(outcome.refused) == {file.name: file.reason for file in expected if file.reason}


def test_what_was_not_read_or_read_wrongly_is_told(taken: Store) -> None:
    (page,) = claim_pages(taken, 1, this_owner(), 1)
    reading = true_reading("read", "KS.2010.01.001.json")
    (case,) = reading.cases
    fields = tuple(
        replace(field, verbatim="Nơi nào đó") if field.key == "nksNoiSinh" else field for field in case.fields
    )
    reading = replace(reading, cases=(Case(0, fields),))
    image = files.jpeg(taken.settings.home / "image.jpg")
    record_page(taken, page.page_id, this_owner(), reading, image, 1.0)
    outcome = judge(taken)
    assert outcome.tally.accepted == len(case.fields)
    assert outcome.tally.accepted_wrong == 1
    assert outcome.tally.right == len(case.fields) - 1
    assert "KS.2010.01.002.jpg/1: waiting, not read" in outcome.wrong_ends
    assert not any(wrong.startswith("KS.2010.01.001") for wrong in outcome.wrong_ends)


def test_a_file_accepted_that_should_not_have_been_is_told(store: Store) -> None:
    folder = store.settings.inbox / "Xã Tân Lợi-KS.2010.01"
    folder.mkdir()
    files.jpeg(folder / "KS.2010.01.015.jpg")
    take(store, folder)
    wrong = judge(store).wrong_ends
    assert "KS.2010.01.015.jpg: accepted, not truncated" in wrong
    assert "KS.2010.01.015.jpg/1: not expected" in wrong


def test_following_ends_when_every_page_has_ended(taken: Store) -> None:
    shown: dict[str, Progress] = {}
    looks: list[int] = []

    def look() -> None:
        looks.append(1)
        if len(looks) == 2:
            record_all(taken)

    assert follow(taken, shown.__setitem__, look)
    assert len(looks) == 2
    assert shown.keys() == {file.folder for file in expected_files()}
    assert all(done.pages_read == done.pages_total > 0 for done in shown.values())


def test_a_demonstration_has_a_folder_and_ports_of_its_own(tmp_path: Path) -> None:
    settings = demo_settings(Settings(home=tmp_path / "station", database_url="sqlite:////tmp/other.db"))
    assert settings.home == tmp_path / "demo-station"
    assert settings.url == f"sqlite:///{tmp_path / 'demo-station' / 'hotich.db'}"


def test_a_demonstration_is_made_anew_but_never_over_something_else(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "demo-station")
    make_fresh(settings)
    (settings.inbox / "left over").touch()
    make_fresh(settings)
    assert not any(settings.inbox.iterdir())
    with only_one(settings), pytest.raises(StationError):
        make_fresh(settings)
    foreign = Settings(home=tmp_path / "papers")
    foreign.home.mkdir()
    (foreign.home / "letter.txt").touch()
    with pytest.raises(StationError, match="papers"):
        make_fresh(foreign)
    assert (foreign.home / "letter.txt").exists()


def test_the_accounts_of_the_demonstration_can_log_in(store: Store) -> None:
    add_accounts(store)
    for account in ACCOUNTS:
        user = authenticate(store, account.name, account.password)
        assert user is not None
        assert user.role is account.role
