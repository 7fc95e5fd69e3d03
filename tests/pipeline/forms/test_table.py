"""Table form files: the program's are right, a station's own take their place, a broken one is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.ministry import BIRTH
from pipeline.elements import FieldKind
from pipeline.forms import all_tables, label_of, load_form, use_own_forms
from pipeline.forms.formfile import FormError
from pipeline.forms.table import built_in_tables, is_table_file, read_table

HEAD = 'type = "KS"\nedition = "1999"\nname = "Sổ của xã"\n'
COLUMN = '[[column]]\ntext = ["Số"]\nfield = "so"\nkind = "number"\ntitle = "Số của xã"\n'


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    use_own_forms(None)


def test_the_examples_ask_for_what_a_case_needs_and_say_so() -> None:
    forms = {(form.type, form.edition): form for form in built_in_tables()}
    assert set(forms) == {("KS", "1976"), ("KS", "1999"), ("KT", "1976"), ("KH", "1999")}
    for form in forms.values():
        fields = form.as_form().fields()
        assert {"so", "ngayDangKy", "ghiChu"} <= set(fields)
        assert all(label.title for label in fields.values())
        assert form.columns[0].field == "so"
        assert form.years is not None
    columns = {column.name for column in BIRTH.columns}
    births = {key for (kind, _), form in forms.items() if kind == "KS" for key in form.as_form().fields()}
    assert births <= columns


def test_an_own_table_takes_the_place_of_the_example(own: Path) -> None:
    (own / "KS-1999.toml").write_text(HEAD + COLUMN, encoding="utf-8")
    assert is_table_file(own / "KS-1999.toml")
    use_own_forms(own)
    assert label_of("KS", "1999", "so") == "Số của xã"
    assert [form.name for form in all_tables()].count("Sổ của xã") == 1
    assert len(all_tables()) == len(built_in_tables())
    assert load_form("KS", "1999").fields()["so"].kind is FieldKind.NUMBER
    use_own_forms(None)
    assert label_of("KS", "1999", "so") == "Số"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (HEAD + COLUMN + '[[column]]\nfield = "nksHoTen"\n', 9),
        (HEAD + COLUMN + '[[column]]\ntext = ["Tên"]\nbreite = 3\n', 9),
        (HEAD + COLUMN + '[[column]]\ntext = ["Tên"]\nkind = "tên"\n', 9),
        (HEAD + COLUMN + '[[column]]\ntext = ["Tên"]\npage = 3\n', 9),
        (HEAD + '[[column]]\ntext = ["Số\n', 5),
        (HEAD, 0),
        (HEAD + COLUMN + COLUMN, 0),
        (HEAD.replace("KS", "XX") + COLUMN, 0),
        (HEAD.replace('name = "Sổ của xã"', "") + COLUMN, 0),
        (HEAD + "years = [1999]\n" + COLUMN, 0),
    ],
)
def test_a_broken_table_form_is_told_by_its_line(tmp_path: Path, text: str, line: int) -> None:
    path = tmp_path / "bang.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FormError) as told:
        read_table(path)
    assert told.value.line == line
    assert "bang.toml" in str(told.value)


def test_a_file_that_is_not_there_or_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(FormError):
        read_table(tmp_path / "no.toml")
    (tmp_path / "b.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FormError):
        read_table(tmp_path / "b.toml")
    assert not is_table_file(tmp_path / "b.toml")
