"""Every form that is known, of one case a page and of tables: the program's and a station's own."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from pipeline.forms.form import MARGIN_NOTE, Form
from pipeline.forms.formfile import FormError, read_form
from pipeline.forms.table import TableForm, built_in_tables, is_table_file, read_table
from pipeline.wording import say

FOLDER: Final = Path(__file__).parent
_own: tuple[Form, ...] = ()
_own_tables: tuple[TableForm, ...] = ()


@cache
def built_in_forms() -> tuple[Form, ...]:
    """The forms that come with the program, in the order of their file names."""
    return tuple(read_form(path) for path in sorted(FOLDER.glob("*.toml")))


def own_forms(folder: Path) -> tuple[Form, ...]:
    """The forms in a station's own folder, in the order of their file names; none where it does not exist.

    Raises:
        FormError: for a file that is no form file, and for one whose type and edition another form has: a
            form of the program is never replaced by accident.
    """
    files = {(form.type, form.edition): "" for form in built_in_forms()}
    found = []
    for path in sorted(folder.glob("*.toml")):
        if is_table_file(path):
            continue
        form = read_form(path)
        key = form.type, form.edition
        if key in files:
            other = files[key] or say("mẫu có sẵn của chương trình")
            problem = say(
                "loại sổ {type}, ấn bản {edition} đã có ở {other}; hãy đặt tên ấn bản khác, "
                "ví dụ edition = \"{edition}a\".",
                type=form.type, edition=form.edition, other=other,
            )  # fmt: skip
            raise FormError(path.name, 0, problem)
        files[key] = path.name
        found.append(form)
    return tuple(found)


def own_tables(folder: Path) -> tuple[TableForm, ...]:
    """The table forms in a station's own folder, in the order of their file names; none without a folder.

    One of the program's type and edition takes the place of the program's, which is an example only.

    Raises:
        FormError: for a file that has columns but is no table form.
    """
    return tuple(read_table(path) for path in sorted(folder.glob("*.toml")) if is_table_file(path))


def use_own_forms(folder: Path | None) -> tuple[Form, ...]:
    """From here on use the forms of this folder beside the program's, in this process; None: none.

    Returns:
        The forms of the folder.

    Raises:
        FormError: as ``own_forms``; then nothing changes.
    """
    global _own, _own_tables
    tables = () if folder is None else own_tables(folder)
    _own = () if folder is None else own_forms(folder)
    _own_tables = tables
    _titles.cache_clear()
    return _own


def all_forms() -> tuple[Form, ...]:
    """Every form that is known in this process: the program's, then the station's own."""
    return (*built_in_forms(), *_own)


def all_tables() -> tuple[TableForm, ...]:
    """Every table form that is known in this process: the station's own, then the program's examples."""
    own = {(form.type, form.edition) for form in _own_tables}
    return (*_own_tables, *(form for form in built_in_tables() if (form.type, form.edition) not in own))


def load_form(register_type: str, edition: str) -> Form:
    """The form of a register type and edition.

    Raises:
        KeyError: when there is none.
    """
    for form in all_forms():
        if (form.type, form.edition) == (register_type, edition):
            return form
    for table in all_tables():
        if (table.type, table.edition) == (register_type, edition):
            return table.as_form()
    raise KeyError(f"no form for {register_type} {edition}")


def label_of(register_type: str, edition: str, key: str) -> str:
    """Title of a field for screens, in Vietnamese; the key itself where the form has no such field."""
    if key == MARGIN_NOTE:
        return "Ghi chú bên lề"
    return _titles(register_type, edition).get(key, key)


@cache
def _titles(register_type: str, edition: str) -> dict[str, str]:
    """Titles of all fields of a form by their keys: a screen asks for thirty at a time."""
    try:
        form = load_form(register_type, edition)
    except KeyError:
        return {}
    after = {item.then: item.title for item in reversed(form.labels) if item.then}
    return after | {key: label.title for key, label in form.fields().items()}
