"""Form files -> forms; a broken one is told in one sentence with file, line and what to do.

The sentence is for the clerk who wrote the file, so nothing of Python's own wording gets into it.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any, Final

from pipeline.elements import FieldKind, RegisterType
from pipeline.forms.form import Block, Form, Label
from pipeline.forms.lines import LONGEST_LABEL
from pipeline.text import fold
from pipeline.wording import say

if TYPE_CHECKING:
    from pathlib import Path

PARTS: Final = ("day", "month", "year", "hour", "minute")
_TEXTS: Final = frozenset({"field", "title", "part", "then", "tick"})
_LISTS: Final = frozenset({"text", "columns", "titles"})
_SWITCHES: Final = frozenset({"opens", "heading", "optional", "below", "several"})
ENTRIES: Final = frozenset({*_TEXTS, *_LISTS, *_SWITCHES, "kind", "lines", "near", "column"})
"""What may stand in a label."""
_KEY: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_EDITION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,15}")
_LINE: Final = re.compile(r"\(at line (\d+)")


class FormError(ValueError):
    """A file that is no form file, in a sentence for the person who wrote it.

    ``line`` counts from 1; 0 where no line can be named.
    """

    def __init__(self, name: str, line: int, problem: str) -> None:
        where = say("Tệp mẫu {name}, dòng {line}: ", name=name, line=line)
        super().__init__((where if line else say("Tệp mẫu {name}: ", name=name)) + problem)
        self.name, self.line, self.problem = name, line, problem


class _Wrong(Exception):
    """What is wrong, in which block and which of its labels (from 0, -1 for the head), at which entry."""

    def __init__(self, problem: str, block: int = -1, label: int = -1, entry: str = "") -> None:
        super().__init__(problem)
        self.block, self.label, self.entry = block, label, entry


def read_form(path: Path, *, register: bool = True) -> Form:
    """The form that a file describes.

    Args:
        path: the file.
        register: False for pages of every register (covers), whose file names neither type nor edition.

    Raises:
        FormError: for a file that cannot be read or is no form file.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        problem = say("tệp không ở dạng chữ UTF-8; hãy lưu lại bằng trình soạn thảo văn bản thường.")
        raise FormError(path.name, 0, problem) from error
    except OSError as error:
        raise FormError(path.name, 0, say("không mở được tệp; hãy kiểm tra tên và quyền đọc.")) from error
    return form_of(text, path.name, register=register)


def form_of(text: str, name: str, *, register: bool = True) -> Form:
    """The form that the text of a file describes; ``name`` is what errors call the file.

    ``register`` as for ``read_form``.

    Raises:
        FormError: for a text that is no form file.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _LINE.search(str(error))
        problem = say(
            "dòng này viết chưa đúng; hãy xem có thiếu dấu ngoặc kép, dấu phẩy, dấu ngoặc vuông "
            "hay một mục ghi hai lần không."
        )
        # Without a line the fault is at the end: a bracket or a quotation mark that is never closed.
        raise FormError(name, int(found[1]) if found else len(text.splitlines()), problem) from error
    try:
        return _form(data, register=register)
    except _Wrong as wrong:
        raise FormError(name, _line_of(text, wrong), str(wrong)) from wrong


def _form(data: dict[str, Any], *, register: bool) -> Form:
    for key in data:
        if key not in {"type", "edition", "name", "block"}:
            raise _Wrong(_unknown(key, "type, edition, name, [[block]]"), entry=key)
    for key in ("type", "edition", "name") if register else ("name",):
        if not isinstance(data.get(key), str) or not data[key].strip():
            raise _Wrong(say('thiếu “{key}” ở đầu tệp; hãy thêm dòng {key} = "…".', key=key), entry=key)
    if register:
        _check_head(data)
    if not isinstance(data.get("block"), list) or not all(isinstance(b, dict) for b in data["block"]):
        raise _Wrong(say("mẫu không có khối nào; hãy thêm [[block]] với các [[block.label]]."))
    blocks = tuple(_block(block, number) for number, block in enumerate(data["block"]))
    _once(blocks)
    return Form(data["type"], data["edition"], data["name"], blocks)


def _check_head(data: dict[str, Any]) -> None:
    types = ", ".join(RegisterType)
    if data["type"] not in set(RegisterType):
        raise _Wrong(
            say("loại sổ “{type}” không có; hãy ghi một trong {types}.", type=data["type"], types=types),
            entry="type",
        )
    if not _EDITION.fullmatch(data["edition"]):
        raise _Wrong(
            say('tên ấn bản chỉ gồm chữ không dấu, số và gạch nối, dài tối đa 16, ví dụ "1999".'),
            entry="edition",
        )


def _block(block: dict[str, Any], number: int) -> Block:
    for key in block:
        if key not in {"name", "anywhere", "label"}:
            raise _Wrong(_unknown(key, "name, anywhere, [[block.label]]"), number, entry=key)
    name, anywhere = block.get("name"), block.get("anywhere", False)
    if not isinstance(name, str) or not name:
        raise _Wrong(say('khối chưa có tên; hãy thêm dòng {key} = "…".', key="name"), number)
    if not isinstance(anywhere, bool):
        raise _Wrong(_switch("anywhere"), number, entry="anywhere")
    labels = block.get("label", [])
    if not isinstance(labels, list) or not labels or not all(isinstance(label, dict) for label in labels):
        raise _Wrong(say("khối “{name}” chưa có nhãn nào; hãy thêm [[block.label]].", name=name), number)
    made = tuple(_label(label, number, place) for place, label in enumerate(labels))
    if not anywhere and not any(label.opens or label.heading for label in made):
        problem = say(
            "khối “{name}” chưa có nhãn mở đầu; hãy ghi opens = true ở nhãn đứng đầu khối.", name=name
        )
        raise _Wrong(problem, number, 0)
    return Block(name, made, anywhere)


def _label(entry: dict[str, Any], block: int, place: int) -> Label:
    values = dict(entry)

    def wrong(problem: str, key: str = "") -> _Wrong:
        return _Wrong(problem, block, place, key)

    for key, value in entry.items():
        if key not in ENTRIES:
            raise wrong(_unknown(key, ", ".join(sorted(ENTRIES))), key)
        if key in _TEXTS and not isinstance(value, str):
            raise wrong(say("“{key}” phải là chữ trong dấu ngoặc kép.", key=key), key)
        if key in _SWITCHES and not isinstance(value, bool):
            raise wrong(_switch(key), key)
        if key in _LISTS:
            if not isinstance(value, list) or not value or not all(isinstance(t, str) and t for t in value):
                raise wrong(say('“{key}” phải là danh sách như ["…", "…"], không để trống.', key=key), key)
            values[key] = tuple(value)
        if key in {"lines", "column"} and (type(value) is not int or not 0 < value <= 9):
            raise wrong(say("“{key}” phải là một số từ 1 đến 9.", key=key), key)
    if "text" not in entry:
        raise wrong(say("nhãn chưa có “{key}”; hãy ghi các lời in của nhãn.", key="text"))
    for text in values["text"]:
        if not fold(text) or len(text.split()) > LONGEST_LABEL:
            raise wrong(
                say("lời “{words}” phải có chữ và không quá {most} từ.", words=text, most=LONGEST_LABEL),
                "text",
            )
    near = entry.get("near", 0.5)
    if isinstance(near, bool) or not isinstance(near, int | float) or not 0 <= near <= 1:
        raise wrong(say("“near” phải là số từ 0 (mép trên) đến 1 (mép dưới), như 0.25."), "near")
    kinds = ", ".join(FieldKind)
    if entry.get("kind", FieldKind.TEXT) not in set(FieldKind):
        raise wrong(
            say("loại mục “{kind}” không có; hãy ghi một trong: {kinds}.", kind=entry["kind"], kinds=kinds),
            "kind",
        )
    values["kind"] = FieldKind(entry.get("kind", FieldKind.TEXT))
    if entry.get("part", "") not in {"", *PARTS}:
        raise wrong(say("“part” phải là một trong: {parts}.", parts=", ".join(PARTS)), "part")
    label = Label(**values)
    for key in (label.field, label.then, *label.columns):
        if key and not _KEY.fullmatch(key):
            raise wrong(
                say("tên mục “{key}” chỉ gồm chữ không dấu và số, như nksHoTen.", key=key),
                "columns" if label.columns else "field",
            )
    if label.columns and (label.field or len(label.columns) != len(label.titles) or len(label.columns) < 2):
        raise wrong(
            say("nhãn có “columns” thì có từ hai tên mục, từng ấy “titles”, và không có “field”."), "columns"
        )
    if label.field and not label.title:
        raise wrong(say("mục {key} chưa có “title”, tên hiện trên màn hình.", key=label.field), "field")
    if not label.asked and (label.part or label.then or label.tick):
        raise wrong(say("nhãn có part, then hoặc tick thì phải có “field”."))
    if label.several and label.asked:
        raise wrong(say("nhãn có several = true không được có “field”."), "several")
    return label


def _once(blocks: tuple[Block, ...]) -> None:
    """No field is asked twice, but for the gaps of a date and boxes to tick; what follows has a label too.

    Raises:
        _Wrong: where one is.
    """
    met: dict[str, list[str]] = {}
    for number, block in enumerate(blocks):
        for place, label in enumerate(block.labels):
            for asked in label.asked:
                part = asked.part or asked.tick
                before = met.setdefault(asked.field, [])
                if before and (not part or part in before or "" in before):
                    problem = say(
                        "mục {key} đã có ở một nhãn khác; mỗi mục chỉ ghi một lần.", key=asked.field
                    )
                    raise _Wrong(problem, number, place, "columns" if label.columns else "field")
                before.append(part)
    for number, block in enumerate(blocks):
        for place, label in enumerate(block.labels):
            if label.then and label.then not in met:
                problem = say(
                    "mục {key} ghi ở “then” cần một nhãn riêng với tên, loại và optional = true.",
                    key=label.then,
                )
                raise _Wrong(problem, number, place, "then")


def _unknown(key: str, known: str) -> str:
    return say("không hiểu “{key}”; chỉ dùng: {known}.", key=key, known=known)


def _switch(key: str) -> str:
    return say("“{key}” chỉ nhận true hoặc false, không có dấu ngoặc kép.", key=key)


def _line_of(text: str, wrong: _Wrong) -> int:
    """The line of the entry that is wrong, or of its label, block or file where the entry is missing."""
    block = label = -1
    start = 0
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip().replace(" ", "")
        if bare.startswith("[[block]]"):
            block, label = block + 1, -1
        elif bare.startswith("[[block.label]]"):
            label += 1
        elif (block, label) == (wrong.block, wrong.label) and wrong.entry:
            if re.match(rf"\s*[\"']?{re.escape(wrong.entry)}[\"']?\s*=", line):
                return number
            continue
        else:
            continue
        if (block, label) == (wrong.block, wrong.label):
            start = number
    return start or 1
