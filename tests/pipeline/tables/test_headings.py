"""Printed headings choose the form and its columns, also where some of them cannot be read."""

from __future__ import annotations

import pytest

from pipeline.forms import all_tables, label_of, load_form
from pipeline.forms.table import TableForm
from pipeline.tables.headings import UNREAD, Head, Heading, fit_table
from training.table_layout import load_table, table_names

FORMS = {(form.type, form.edition): form for form in all_tables()}


def heads_of(name: str, unread: tuple[int, ...] = (), *, numbers: bool = True) -> list[Head]:
    """The heads of a drawn layout as they would be read, some of them not."""
    layout = load_table(name)
    found = []
    for page in range(layout.pages):
        headings = tuple(
            Heading(
                page,
                k,
                "" if column.number in unread else " ".join(column.text),
                column.group,
                column.number if layout.numbers and numbers else 0,
            )
            for k, column in enumerate(layout.on_page(page))
        )
        found.append(Head(headings, 2))
    return found


def fields(name: str, form: TableForm, unread: tuple[int, ...] = (), *, numbers: bool = True) -> list[str]:
    fit = fit_table(form, heads_of(name, unread, numbers=numbers))
    return [found.column.field for found in fit.columns if found.column.field]


@pytest.mark.parametrize("name", table_names())
def test_every_drawn_layout_is_its_own_form_column_by_column(name: str) -> None:
    layout = load_table(name)
    heads = heads_of(name)
    fits = {key: fit_table(form, heads) for key, form in FORMS.items()}
    own = fits[layout.type, layout.edition]
    assert own.share == 1.0
    assert [f.column.field for f in own.columns if f.column.field] == list(layout.asked())
    other = max(fit.worth for (kind, _), fit in fits.items() if kind != layout.type)
    assert own.worth > other + 0.2


@pytest.mark.parametrize("unread", [(3,), (6, 9), (1, 8)])
def test_a_heading_that_was_not_read_follows_from_its_number_or_its_neighbours(
    unread: tuple[int, ...],
) -> None:
    form = FORMS["KS", "1976"]
    asked = list(load_table("birth-1976-a").asked())
    assert fields("birth-1976-a", form, unread) == asked
    assert fields("birth-1976-a", form, unread, numbers=False) == asked
    fit = fit_table(form, heads_of("birth-1976-a", unread, numbers=False))
    assert sorted(f.score for f in fit.columns)[: len(unread)] == [UNREAD] * len(unread)


def test_one_page_of_two_shows_one_page_of_the_form() -> None:
    right = [
        Head(tuple(Heading(0, h.column, h.own, h.group) for h in heads_of("birth-1999-a")[1].headings), 2)
    ]
    fit = fit_table(FORMS["KS", "1999"], right)
    assert fit.pages[0] < 0.2
    assert fit.pages[1] == 1.0


def test_nothing_is_made_of_headings_that_say_nothing() -> None:
    blank = [Head(tuple(Heading(0, k, "") for k in range(12)), 1)]
    for form in FORMS.values():
        assert fit_table(form, blank).columns == ()


def test_a_table_form_gives_titles_and_kinds_like_any_form() -> None:
    assert label_of("KT", "1976", "nktNoiChet") == "Nơi chết"
    assert load_form("KS", "1976").fields()["so"].title == "Số"
