"""The plain types that flow through the rooms: Page > Case > Field > Reading, and the words for their states.

Everything here is frozen, picklable and free of engines, so that a worker process can return it and the
rooms above can keep it. Boxes are in pixels of the upright, straightened page image (see ``pipeline.clean``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class RegisterType(StrEnum):
    """Type of register, by the prefix that scan files carry."""

    BIRTH = "KS"
    MARRIAGE = "KH"
    DEATH = "KT"
    ADOPTION = "CN"


class PageKind(StrEnum):
    """What a page is, as far as its cases are concerned."""

    CASES = "cases"
    BLANK = "blank"  # nothing is written on it
    VOID = "void"  # its entry is struck out
    COVER = "cover"  # of the book, with its volume and the note that opened it
    CLOSING_NOTE = "closing_note"  # of a year: how many cases, corrections and blank pages
    UNKNOWN = "unknown"  # no form fits: a person looks at it


class FieldKind(StrEnum):
    """How a field's text is decoded, normalised and compared."""

    NAME = "name"
    DATE = "date"
    DATE_WORDS = "date_words"
    YEAR = "year"
    NUMBER = "number"  # number of a case or of a volume, "12/2010"
    IDENTITY = "identity"  # personal identification number, identity card
    PLACE = "place"
    SEX = "sex"
    ETHNICITY = "ethnicity"
    NATIONALITY = "nationality"
    RELATION = "relation"
    OFFICE = "office"  # title of the person who signs
    REGISTRATION_KIND = "registration_kind"  # loaiDangKy, from ticked boxes
    TEXT = "text"


class FieldState(StrEnum):
    """What the machine made of a field. What people made of it is the models room's."""

    ACCEPTED = "accepted"
    FLAGGED = "flagged"
    BLANK = "blank"  # blank in the book
    ABSENT = "absent"  # this edition has no such field


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: left, top, width, height in pixels."""

    x: int
    y: int
    w: int
    h: int

    @property
    def right(self) -> int:
        """First column to the right of the box."""
        return self.x + self.w

    @property
    def bottom(self) -> int:
        """First row below the box."""
        return self.y + self.h

    def union(self, *others: Box) -> Box:
        """Smallest box around this one and the others."""
        boxes = (self, *others)
        x, y = min(box.x for box in boxes), min(box.y for box in boxes)
        return Box(x, y, max(box.right for box in boxes) - x, max(box.bottom for box in boxes) - y)

    def as_list(self) -> list[int]:
        """``[x, y, w, h]``, the form of the JSON."""
        return [self.x, self.y, self.w, self.h]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One possible text of a line, with its natural log-probability under the engine that proposed it."""

    text: str
    log_probability: float


@dataclass(frozen=True, slots=True)
class Reading:
    """Text of one field crop as an engine read it, best candidate first, with the engine that made it."""

    text: str
    candidates: tuple[Candidate, ...] = ()
    engine: str = ""
    evidence: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a case: what stands in the book, its normalised value, and how sure the program is.

    ``verbatim`` is NFC text as written. ``value`` is the export form (dates ``DD.MM.YYYY``, ``MM.YYYY`` or
    ``YYYY``; sexes and ethnic groups in the Ministry's spelling) or "" where none can be derived.
    ``probability`` is that ``value`` and ``verbatim`` are exactly right. ``reasons`` are codes of
    ``pipeline.reasons``; a flagged field has at least one.
    """

    key: str
    kind: FieldKind
    verbatim: str
    value: str
    probability: float
    state: FieldState
    reasons: tuple[str, ...] = ()
    box: Box | None = None
    candidates: tuple[Candidate, ...] = ()
    evidence: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """One registered event on a page, its fields in the order of the form."""

    index: int
    fields: tuple[Field, ...]
    box: Box | None = None

    def get(self, key: str) -> Field | None:
        """The field of that key, or None where the case has none."""
        return next((item for item in self.fields if item.key == key), None)


@dataclass(frozen=True, slots=True)
class BookFacts:
    """What a cover or a closing note says of its book, as far as that is certain: "" or None for the rest.

    ``type`` is the register's (``RegisterType``), ``volume`` as in ``quyenSo``, ``opened`` and ``closed`` are
    export dates, ``cases``, ``corrected`` and ``blank_pages`` the totals of a closing note.
    """

    type: str = ""
    volume: str = ""
    year: int | None = None
    opened: str = ""
    closed: str = ""
    pages: int | None = None
    cases: int | None = None
    corrected: int | None = None
    blank_pages: int | None = None


@dataclass(frozen=True, slots=True)
class PageReading:
    """Everything that was read on one page.

    ``turned`` is by how many degrees clockwise (0, 90, 180, 270) the scan was turned to be upright.
    ``reasons`` say why a page was not read as cases (any kind but CASES) or what is doubtful.
    ``type`` and ``edition`` are "" where no form fits. ``book`` is what a cover or a closing note says.
    """

    kind: PageKind
    type: str
    edition: str
    cases: tuple[Case, ...]
    turned: int = 0
    skew_degrees: float = 0.0
    width: int = 0
    height: int = 0
    reasons: tuple[str, ...] = ()
    provenance: Mapping[str, str] = field(default_factory=dict)
    book: BookFacts | None = None
