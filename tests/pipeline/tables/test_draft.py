"""``hotich form new`` on a ruled page: every printed column is there, for a person to name its field."""

from __future__ import annotations

import tomllib

import pytest

from pipeline import ink as inks
from pipeline.clean import clean
from pipeline.forms.table import TableForm, table_of
from pipeline.tables import find_opening
from pipeline.tables.draft import draft_of_opening
from tests.pipeline.tables.conftest import drawn, picture_of


@pytest.fixture(scope="module")
def draft() -> str:
    image = picture_of(drawn("birth-1999-a")[0])
    page = clean(image, 0)
    opening = find_opening(image, page, inks.separate(page.grey), (0, 180, 90, 270))
    assert opening is not None
    return draft_of_opening(opening, "KS", "1999x", "Mẫu KS 1999x")


def form(text: str) -> TableForm:
    return table_of(tomllib.loads(text), text, "KS-1999x.toml")


def test_the_draft_has_a_column_for_each_printed_one(draft: str) -> None:
    found = form(draft)
    assert (found.type, found.edition, found.pages) == ("KS", "1999x", 2)
    assert len(found.columns) == 15
    assert {"Họ và tên", "Giới tính", "Nơi sinh", "Dân tộc"} <= {column.text[0] for column in found.columns}


def test_no_field_is_named_for_the_clerk(draft: str) -> None:
    assert not any(column.field for column in form(draft).columns)
    named = draft.replace('# field = "…"  # ví dụ so', 'field = "so"').replace(
        '# title = "Số"', 'title = "Số"'
    )
    assert form(named).columns[0].field == "so"


def test_numbers_that_were_read_wrongly_are_left_out(draft: str) -> None:
    assert all(column.number in {0, place} for place, column in enumerate(form(draft).columns, start=1))
