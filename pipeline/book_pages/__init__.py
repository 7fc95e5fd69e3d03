"""Pages of a book that hold no case but speak of the book: its cover, and the note that closes a year.

They are found as forms are, by their printed labels, but believed only where nothing on the page is the label
of a case: a page of a case, however torn, must never pass for a cover. What is written on them is kept as far
as it is certain.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.elements import BookFacts, PageKind
from pipeline.fields.number import series_of
from pipeline.forms import all_forms
from pipeline.forms.fit import fit_form, wordings_of
from pipeline.forms.formfile import read_form
from pipeline.forms.lines import all_sightings, apart, visual_lines
from pipeline.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.elements import Case
    from pipeline.forms.fit import FormFit
    from pipeline.forms.form import Form
    from pipeline.ink import Ink
    from pipeline.recognise.tesseract import PrintedWord

FOLDER: Final = Path(__file__).parent
LEAST_SHARE: Final = 0.5
"""A page on which less of the labels is found is no page of that kind."""
OWN: Final = frozenset({"ngayMo", "ngayKhoa", "soTrang", "tongSo", "suaChua", "trangTrong"})
"""Fields whose labels no page of cases has."""
TITLE: Final = "Tên trang"
"""What the label is called in the files that names the page itself."""
WELL: Final = 0.85
"""How well such a label, or a title, must be read to be believed, and a label of a case to speak against."""
PLAIN_INK: Final = 0.018
"""Share of inked pixels up to which a title may be all there is; a blank form has 0.024, a case 0.04."""
MOST_VOLUMES: Final = 60
CERTAIN: Final = 0.95
"""Probability from which on a reading is kept: nobody is asked, and nothing is exported that rests on it."""
LONG: Final = 5
"""Letters of the shortest wording that does; "Số" and "Quyển" stand on covers as well."""
EVENTS: Final = {"khaisinh": "KS", "kethon": "KH", "khaitu": "KT", "nuoiconnuoi": "CN"}
_COUNT: Final = re.compile(r"\d{1,5}")


@dataclass(frozen=True)
class BookPage:
    """A cover or a closing note laid over a page."""

    kind: PageKind
    fit: FormFit
    register_type: str


@cache
def book_forms() -> Mapping[PageKind, Form]:
    """The labels of each kind of page, in the form of a form."""
    return {
        kind: read_form(FOLDER / f"{kind.value}.toml", register=False)
        for kind in (PageKind.COVER, PageKind.CLOSING_NOTE)
    }


@cache
def _case_wordings() -> frozenset[str]:
    """What is printed on pages of cases and on no other, but for single words, which may be written.

    "tháng" is the end of "xã Bình Thắng".
    """
    ours = {fold(text) for text in _book_wordings()}
    labels = [label for form in all_forms() for label in form.labels if label.field and not label.below]
    texts = {text for label in labels for text in label.text if len(fold(text)) >= LONG and " " in text}
    return frozenset(text for text in texts if not any(fold(text) in own for own in ours))


@cache
def _book_wordings() -> frozenset[str]:
    return frozenset(text for form in book_forms().values() for text in wordings_of(form))


def fit_book_page(words: Sequence[PrintedWord], ink: Ink) -> BookPage | None:
    """The page as a cover or a closing note, or None where it is not surely one.

    Args:
        words: printed words of the upright, straightened page.
        ink: the ink of the page. A cover that says next to nothing but its title bears little.
    """
    lines = visual_lines(words)
    fits = [(fit_form(lines, len(ink.strokes), form), kind) for kind, form in book_forms().items()]
    fit, kind = max(fits, key=lambda item: item[0].share)
    well = [anchor.label for anchor in fit.anchors if anchor.sighting.score >= WELL]
    own = any(label.field in OWN for label in well)
    plain = any(label.title == TITLE for label in well) and _inner_ink(ink) < PLAIN_INK
    if fit.share < LEAST_SHARE or not (own or plain):
        return None
    printed = apart(all_sightings(lines, sorted(_case_wordings() | _book_wordings())))
    if any(seen.score >= WELL and seen.wording in _case_wordings() for seen in printed):
        return None
    return BookPage(kind, fit, _register_type(fit, words))


def _inner_ink(ink: Ink) -> float:
    """Share of inked pixels away from the edges, where a scan shows what lies under the book."""
    height, width = ink.strokes.shape
    return float((ink.strokes[height // 10 : -height // 10, width // 10 : -width // 10] > 0).mean())


def _register_type(fit: FormFit, words: Sequence[PrintedWord]) -> str:
    """The type that the title names, or else the printed words; "" where they name none or several."""
    title = next((a.sighting.wording for a in fit.anchors if a.label.title == TITLE), "")
    for text in (title, " ".join(word.text for line in visual_lines(words) for word in line.words)):
        found = {code for name, code in EVENTS.items() if name in fold(text)}
        if len(found) == 1:
            return found.pop()
    return ""


def facts_of(page: BookPage, case: Case) -> BookFacts:
    """What the page says of its book, as far as it is certain.

    Args:
        page: the page.
        case: its fields as they were read and judged.
    """
    sure = {field.key: field for field in case.fields if field.probability >= CERTAIN}

    def value(key: str) -> str:
        return sure[key].value if key in sure else ""

    def count(key: str) -> int | None:
        return count_of(sure[key].verbatim) if key in sure else None

    year = int(value("nam")) if value("nam").isdigit() else None
    return BookFacts(
        type=page.register_type,
        volume=volume_of(value("quyenSo"), year),
        year=year,
        opened=value("ngayMo"),
        closed=value("ngayKhoa"),
        pages=count("soTrang"),
        cases=count("tongSo"),
        corrected=count("suaChua"),
        blank_pages=count("trangTrong"),
    )


def volume_of(text: str, year: int | None) -> str:
    """A volume as ``quyenSo`` has it where it can be one: a year has few, and its year is the book's."""
    if text.isdigit():
        return text if int(text) <= MOST_VOLUMES else ""
    number, volume_year = series_of(text) or ("", 0)
    possible = number.isdigit() and int(number) <= MOST_VOLUMES and 1900 < volume_year < 2100
    return text if possible and (year is None or year == volume_year) else ""


def count_of(text: str) -> int | None:
    """A number that counts: its figures, or "không"; None where the text holds none or several."""
    found = _COUNT.findall(text)
    if not found and fold(text).startswith("khong"):
        return 0
    return int(found[0]) if len(found) == 1 else None
