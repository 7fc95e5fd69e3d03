"""What a screen says about a field and its case, made from the rows of models: texts and marks, no markup."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from rapidfuzz.distance import Levenshtein

from models.states import Action, CaseState, FieldState
from pipeline.cuts import twin_of
from pipeline.elements import FieldKind
from pipeline.forms import label_of
from pipeline.reasons import Reason, describe
from pipeline.wording import say

if TYPE_CHECKING:
    from models.views import CaseView, FieldView, TaskView

CANDIDATES: Final = 5
MOST_PLACES: Final = 3
LONGEST_DOUBT: Final = 2
GROUP: Final = re.compile(r"^(nks|me|cha|nyc|chong|vo|nkt|gbt|cn|ong|ba)(?=[A-Z])")
# Whoever types a number must never take a candidate by its first digit.
DIGITS: Final = (FieldKind.DATE, FieldKind.YEAR, FieldKind.NUMBER, FieldKind.IDENTITY)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of letters; ``differs`` where the first reading has other ones."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A candidate with the key that takes it."""

    number: int
    text: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A field of the case as context: what stands there, who says so, and whether it waits."""

    field_id: int
    key: str
    label: str
    text: str
    state: FieldState
    mark: str
    says: str
    current: bool
    opens_group: bool
    place: str
    """Shares of the page's width and height, ``x y w h``, as the markup has them; "" without a box."""

    @property
    def by_person(self) -> bool:
        """Whether a person has decided it."""
        return self.state in _BY_PERSON


@dataclass(frozen=True, slots=True)
class Ask:
    """Everything the review page shows of one task."""

    task_id: int
    version: int
    field_id: int
    label: str
    reasons: tuple[str, ...]
    text: str
    choices: tuple[Choice, ...]
    selection: tuple[int, int] | None
    doubts: str
    digits: bool
    name: bool
    box: tuple[int, int, int, int] | None
    width: int
    height: int
    images: tuple[str, ...]
    partner: Row | None
    case: Sheet

    @property
    def has_box(self) -> bool:
        """Whether it is known where on the page the field stands."""
        return self.box is not None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A case with its rows in the order of the form."""

    case_id: int
    page_id: int
    title: str
    rows: tuple[Row, ...]
    state: CaseState
    version: int
    waiting: int


_BY_PERSON: Final = (
    FieldState.ACCEPTED_BY_PERSON,
    FieldState.CORRECTED,
    FieldState.BLANK_BY_PERSON,
    FieldState.ILLEGIBLE,
    FieldState.UNCERTAIN,
)
_MARKS: Final = {
    FieldState.ACCEPTED: "",
    FieldState.FLAGGED: "?",
    FieldState.BLANK: "",
    FieldState.ABSENT: "",
    FieldState.ACCEPTED_BY_PERSON: "✓",
    FieldState.CORRECTED: "✎",
    FieldState.BLANK_BY_PERSON: "✓",
    FieldState.ILLEGIBLE: "✗",
    FieldState.UNCERTAIN: "!",
}
_SAYS: Final = {
    FieldState.ACCEPTED: "Máy chấp nhận",
    FieldState.FLAGGED: "Chờ người xem",
    FieldState.BLANK: "Để trống trong sổ",
    FieldState.ABSENT: "Mẫu sổ này không có mục",
    FieldState.ACCEPTED_BY_PERSON: "Người xác nhận",
    FieldState.CORRECTED: "Người sửa",
    FieldState.BLANK_BY_PERSON: "Người xác nhận để trống",
    FieldState.ILLEGIBLE: "Không đọc được",
    FieldState.UNCERTAIN: "Chưa chắc, cần xác minh",
}


def ask(task: TaskView, missing: int | None = None) -> Ask:
    """The review page's view of a task; ``missing`` checks would prove its kind."""
    field, case = task.field, task.case
    choices = choices_of(field)
    twin = next((item for item in case.fields if item.key == twin_of(field.key)), None)
    partner = None if twin is None else _row(case, twin, None, opens_group=False)
    return Ask(
        task_id=task.task_id,
        version=task.version,
        field_id=field.field_id,
        label=label_of(case.type, case.edition, field.key),
        reasons=tuple(
            filter(
                None, (said_reason(case.state_reason), *map(describe, field.reasons), said_missing(missing))
            )
        ),
        text=field.verbatim,
        choices=choices,
        selection=doubtful_letters(choices),
        doubts=json.dumps(doubts_of(choices), ensure_ascii=False),
        digits=field.kind in DIGITS,
        name=field.kind == FieldKind.NAME,
        box=field.box,
        width=case.width,
        height=case.height,
        images=_images(field, partner),
        partner=partner,
        case=sheet(case, field.field_id),
    )


def sheet(case: CaseView, current: int | None = None) -> Sheet:
    """A case as its list of fields; those that this edition does not have are left out."""
    rows: list[Row] = []
    group = ""
    for field in case.fields:
        if field.state is FieldState.ABSENT:
            continue
        match = GROUP.match(field.key)
        here = match[1] if match else ""
        rows.append(_row(case, field, current, opens_group=bool(rows) and here != group))
        group = here
    return Sheet(
        case_id=case.case_id,
        page_id=case.page_id,
        title=title_of(case),
        rows=tuple(rows),
        state=case.state,
        version=case.version,
        waiting=sum(row.state is FieldState.FLAGGED for row in rows),
    )


def title_of(case: CaseView) -> str:
    """Which case this is, as people say it."""
    number = say("Số {so}", so=case.so) if case.so else say("Chưa rõ số")
    return " · ".join(filter(None, (number, case.book_code, case.office)))


def choices_of(field: FieldView) -> tuple[Choice, ...]:
    """The reading and what else it may be, each once, with the letters marked in which they differ."""
    texts = list(dict.fromkeys(text for text in (field.verbatim, *field.candidates) if text))[:CANDIDATES]
    return tuple(
        Choice(number, text, pieces_of(texts[0], text)) for number, text in enumerate(texts, start=1)
    )


def pieces_of(first: str, other: str) -> tuple[Piece, ...]:
    """The other text, cut where it differs from the first."""
    pieces = [
        Piece(other[step.dest_start : step.dest_end], step.tag != "equal")
        for step in Levenshtein.opcodes(first, other)
    ]
    return tuple(piece for piece in pieces if piece.text)


def doubtful_letters(choices: tuple[Choice, ...]) -> tuple[int, int] | None:
    """Where in the first reading the second one differs: from, to (in letters), if that is one short place.

    There the cursor starts, so that a wrong mark is typed over without retyping the word.
    """
    if len(choices) < 2:
        return None
    first, second = choices[0].text, choices[1].text
    places = [step for step in Levenshtein.opcodes(first, second) if step.tag != "equal"]
    if len(places) != 1 or places[0].src_start == places[0].src_end or len(first) > 0xFFFF:
        return None
    return places[0].src_start, places[0].src_end


def doubts_of(choices: tuple[Choice, ...]) -> list[dict[str, Any]]:
    """Letters of the first reading that others have otherwise: ``at``, ``length``, and their ``texts``.

    Readings that differ in many places are of another word, and say nothing of single letters.
    """
    places: dict[tuple[int, int], list[str]] = {}
    for choice in choices[1:]:
        steps = [step for step in Levenshtein.opcodes(choices[0].text, choice.text) if step.tag != "equal"]
        if len(steps) > MOST_PLACES:
            continue
        for step in steps:
            here = step.src_start, step.src_end - step.src_start
            other = choice.text[step.dest_start : step.dest_end]
            if (
                step.tag == "replace"
                and here[1] <= LONGEST_DOUBT
                and other not in places.setdefault(here, [])
            ):
                places[here].append(other)
    return [
        {"at": at, "length": length, "texts": list(dict.fromkeys(texts))}
        for (at, length), texts in sorted(places.items())
    ]


def said_action(action: Action) -> str:
    """A decision in words, for the list of who did what."""
    words = {
        Action.ACCEPT: "chấp nhận",
        Action.TAKE_CANDIDATE: "chọn gợi ý",
        Action.CORRECT: "sửa",
        Action.BLANK: "để trống",
        Action.ILLEGIBLE: "không đọc được",
        Action.UNCERTAIN: "chưa chắc",
        Action.APPROVE: "duyệt",
        Action.RETURN: "trả lại",
        Action.UNDO: "hoàn tác",
        Action.RECUT: "vẽ lại ô",
        Action.CHECK: "kiểm tra",
        Action.PARK: "chờ xác minh",
        Action.UNPARK: "đưa trở lại",
        Action.SEND: "gửi phân xử",
        Action.CHECK_CASE: "kiểm tra cả trường hợp",
        Action.DIFFER: "đọc khác",
        Action.ADJUDICATE: "phân xử",
        Action.REVERSE: "đảo lại",
    }
    return say(words[action])


def said_kind(kind: str) -> str:
    """A kind of field in words."""
    words = {
        FieldKind.NAME: "họ tên",
        FieldKind.DATE: "ngày",
        FieldKind.DATE_WORDS: "ngày bằng chữ",
        FieldKind.YEAR: "năm",
        FieldKind.NUMBER: "số",
        FieldKind.IDENTITY: "giấy tờ",
        FieldKind.PLACE: "nơi chốn",
        FieldKind.SEX: "giới tính",
        FieldKind.ETHNICITY: "dân tộc",
        FieldKind.NATIONALITY: "quốc tịch",
        FieldKind.RELATION: "quan hệ",
        FieldKind.OFFICE: "chức vụ",
        FieldKind.REGISTRATION_KIND: "loại đăng ký",
        FieldKind.TEXT: "ghi chú",
    }
    return say(words[FieldKind(kind)])


def said_reason(reason: str | None) -> str:
    """Why a case is in its state: the sentence of a code, or what a person wrote."""
    if not reason:
        return ""
    return describe(reason) if reason in set(Reason) else say("Ghi chú khi trả lại: {note}", note=reason)


def said_missing(checks: int | None) -> str:
    """How many more checks would prove a kind of field, in words."""
    if not checks:
        return ""
    return say("Còn cần {count} lần kiểm tra không sai thì máy được tự chấp nhận loại mục này.", count=checks)


def said_case_state(state: CaseState, *, ready: bool = False) -> str:
    """How far a case is, in words; ``ready`` where the station asks for no more checks of it."""
    if ready:
        return say("chờ duyệt")
    words = {
        CaseState.READ: "còn mục đang chờ soát",
        CaseState.KEYED: "chờ kiểm tra 1",
        CaseState.CHECKED: "chờ kiểm tra 2",
        CaseState.CHECKED_AGAIN: "chờ duyệt",
        CaseState.APPROVED: "đã duyệt",
        CaseState.LOADED: "đã vào sổ điện tử",
        CaseState.NEEDS_VERIFICATION: "cần xác minh",
        CaseState.RESCAN: "cần quét lại",
        CaseState.ILLEGIBLE: "không đọc được",
        CaseState.OUT_OF_SCOPE: "ngoài phạm vi",
        CaseState.VOID: "đã hủy trong sổ",
    }
    return say(words[state])


def _images(field: FieldView, partner: Row | None) -> tuple[str, ...]:
    """Addresses of the pictures that the page shows at once, loaded while the field before is done."""
    if field.box is None:
        return ()
    own = (f"/crop/{field.field_id}?view={view}&at={field.version}" for view in ("crop", "strip"))
    return (*own, *([f"/crop/{partner.field_id}?view=crop"] if partner and partner.place else []))


def _row(case: CaseView, field: FieldView, current: int | None, *, opens_group: bool) -> Row:
    place = ""
    if field.box is not None and case.width and case.height:
        x, y, w, h = field.box
        place = f"{x / case.width:.5f} {y / case.height:.5f} {w / case.width:.5f} {h / case.height:.5f}"
    return Row(
        field_id=field.field_id,
        key=field.key,
        label=label_of(case.type, case.edition, field.key),
        text=field.verbatim,
        state=field.state,
        mark=_MARKS[field.state],
        says=say(_SAYS[field.state]),
        current=field.field_id == current,
        opens_group=opens_group,
        place=place,
    )
