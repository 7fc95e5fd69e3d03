"""What a table of an older book looks like, read from one data file per register type and edition.

A table form lists the columns from left to right, over the left page and then the right one: the wordings of
a heading, the heading over it and its neighbours where there is one, and what is written under it. Where the
columns begin and end, and where a row ends, is found on the page itself; no geometry is in code or data.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from pipeline.elements import FieldKind, RegisterType
from pipeline.forms.form import Block, Form, Label
from pipeline.forms.formfile import FormError
from pipeline.wording import say

FOLDER: Final = Path(__file__).parent / "tables"
_TEXTS: Final = frozenset({"field", "title"})
_LISTS: Final = frozenset({"text", "group"})
_NUMBERS: Final = frozenset({"number", "page", "lines"})


@dataclass(frozen=True, slots=True)
class Column:
    """A printed column.

    ``text`` lists the wordings of its heading, ``group`` those of the heading over it and its neighbours
    ("Cha"), ``number`` is the column's printed number where the form has a row of numbers (0: not known).
    ``field`` is "" for a column that asks for nothing (signatures). ``page`` is 2 for columns of the right
    page of two facing ones. ``optional``: print runs without it are known.
    """

    text: tuple[str, ...]
    field: str = ""
    kind: FieldKind = FieldKind.TEXT
    title: str = ""
    group: tuple[str, ...] = ()
    number: int = 0
    page: int = 1
    lines: int = 6
    optional: bool = False

    @property
    def label(self) -> Label:
        """The column as a label, for everything that is done with a field after it was cut."""
        return Label(
            text=self.text,
            field=self.field,
            kind=self.kind,
            title=self.title,
            lines=self.lines,
            optional=self.optional,
        )


@dataclass(frozen=True, slots=True)
class TableForm:
    """One edition of one register type whose cases are the rows of a table."""

    type: str
    edition: str
    name: str
    columns: tuple[Column, ...]
    years: tuple[int, int] | None = None
    """First and last year of the books that it is for: a hint where the headings fit several forms."""

    @property
    def pages(self) -> int:
        """1, or 2 where a case runs over two facing pages."""
        return max((column.page for column in self.columns), default=1)

    def as_form(self) -> Form:
        """The columns as labels of one block: what rooms ask that want titles and kinds of fields."""
        labels = tuple(column.label for column in self.columns)
        return Form(self.type, self.edition, self.name, (Block("bảng", labels),))


def read_table(path: Path) -> TableForm:
    """The table form that a file describes.

    Raises:
        FormError: for a file that cannot be read or is no table form.
    """
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except OSError as error:
        raise FormError(path.name, 0, say("không mở được tệp; hãy kiểm tra tên và quyền đọc.")) from error
    except UnicodeDecodeError as error:
        problem = say("tệp không ở dạng chữ UTF-8; hãy lưu lại bằng trình soạn thảo văn bản thường.")
        raise FormError(path.name, 0, problem) from error
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+)", str(error))
        problem = say(
            "dòng này viết chưa đúng; hãy xem có thiếu dấu ngoặc kép, dấu phẩy, dấu ngoặc vuông "
            "hay một mục ghi hai lần không."
        )
        raise FormError(path.name, int(found[1]) if found else len(text.splitlines()), problem) from error
    return table_of(data, text, path.name)


def table_of(data: dict[str, Any], text: str, name: str) -> TableForm:
    """A table form from the content of its file; ``name`` and ``text`` are for telling what is wrong where.

    Raises:
        FormError: for what is no table form.
    """
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines, 1) if line.strip() == "[[column]]"]
    for key in ("type", "edition", "name"):
        if not isinstance(data.get(key), str) or not data[key].strip():
            raise FormError(name, 0, say('thiếu “{key}” ở đầu tệp; hãy thêm dòng {key} = "…".', key=key))
    if data["type"] not in set(RegisterType):
        types = ", ".join(RegisterType)
        problem = say("loại sổ “{type}” không có; hãy ghi một trong {types}.", type=data["type"], types=types)
        raise FormError(name, 0, problem)
    entries = data.get("column")
    if not isinstance(entries, list) or not entries:
        raise FormError(name, 0, say("mẫu bảng không có cột nào; hãy thêm các [[column]]."))
    columns = []
    for index, entry in enumerate(entries):
        try:
            columns.append(_column(entry))
        except (KeyError, TypeError, ValueError) as error:
            line = starts[index] if index < len(starts) else 0
            problem = say(
                "cột này viết chưa đúng; một cột cần text = […] và chỉ có thể có thêm {entries}.",
                entries=", ".join(sorted({*_TEXTS, *_LISTS, *_NUMBERS, "optional", "kind"})),
            )
            raise FormError(name, line, problem) from error
    keys = [column.field for column in columns if column.field]
    twice = next((key for key in keys if keys.count(key) > 1), "")
    if twice:
        raise FormError(name, 0, say("mục “{key}” được hỏi ở hai cột; mỗi mục chỉ một cột.", key=twice))
    years = data.get("years")
    if years is not None and (len(years) != 2 or not all(isinstance(year, int) for year in years)):
        raise FormError(name, 0, say("years phải là năm đầu và năm cuối, ví dụ years = [1976, 1998]."))
    span = (years[0], years[1]) if years is not None else None
    return TableForm(data["type"], data["edition"], data["name"], tuple(columns), span)


def _column(entry: dict[str, Any]) -> Column:
    """A column from its entries.

    Raises:
        KeyError, TypeError, ValueError: for what is no column.
    """
    values = dict(entry)
    for key in _LISTS & values.keys():
        if not isinstance(values[key], list) or not all(isinstance(t, str) and t for t in values[key]):
            raise TypeError(key)
        values[key] = tuple(values[key])
    for key in _TEXTS & values.keys():
        if not isinstance(values[key], str):
            raise TypeError(key)
    for key in _NUMBERS & values.keys():
        if not isinstance(values[key], int) or values[key] < 1:
            raise ValueError(key)
    if not values.get("text") or values.get("page", 1) > 2:
        raise ValueError("text, page")
    values["kind"] = FieldKind(values.get("kind", FieldKind.TEXT))
    return Column(**values)


def is_table_file(path: Path) -> bool:
    """Whether a form file in a station's folder is of a table: it has columns, not blocks."""
    try:
        return any(line.strip() == "[[column]]" for line in path.read_text(encoding="utf-8").splitlines())
    except (OSError, UnicodeDecodeError):
        return False


@cache
def built_in_tables() -> tuple[TableForm, ...]:
    """The table forms that come with the program, in the order of their file names."""
    return tuple(read_table(path) for path in sorted(FOLDER.glob("*.toml")))
