"""Fixed words that stand around numbers: candidates that differ from what was read in those words only.

"CNND số 285…" is almost surely "CMND số 285…": the words are few and known, the figures stay as they are.
"""

from __future__ import annotations

import re
from typing import Final

from rapidfuzz import fuzz

from pipeline.elements import FieldKind

BONUS: Final = 9.0
"""Nats by which known words are likelier than any others in their place: CNND is no paper, CMND is one."""
ALIKE: Final = 55.0
PAPERS: Final = (
    "CMND số",
    "CMND",
    "CCCD số",
    "CCCD",
    "Số CMND",
    "CMND:",
    "Hộ chiếu số",
    "Hộ chiếu",
    "Số CCCD",
    "Giấy CMND số",
    "Giấy CMND",
    "GCMND số",
    "GCMND",
    "CMTND số",
    "CMTND",
    "CMT số",
    "CMT",
    "CMSQ số",
    "CMQN số",
    "Chứng minh nhân dân số",
    "Chứng minh thư số",
    "Căn cước công dân số",
    "Thẻ CCCD số",
    "Số định danh",
    "Thẻ căn cước số",
    "Giấy chứng sinh số",
)
_BEFORE_FIGURES: Final = re.compile(r"^(?P<words>\D{2,}?)\s*(?P<figures>\d.*)$")
_VOLUME: Final = re.compile(
    r"^(?P<number>\d{1,3})\s*-\s*\S{1,4}\s*/?\s*\S{1,4}\s*-\s*(?P<year>\d{4})\s*-\s*\S{1,3}$"
)
VOLUME_FORM: Final = "{number}-TP/HT-{year}-{book}"
"""How a volume is numbered since 2015 (TT 15/2015/TT-BTP)."""
LETTERS: Final = ("UBND", "HCM")
"""Capitals that stand for words: the people's committee, Hồ Chí Minh. No prior of words knows them."""
WITH_LETTERS: Final = frozenset({FieldKind.PLACE, FieldKind.OFFICE, FieldKind.NAME})
"""Kinds of fields that may hold them: a title stands behind a name in one gap."""
NEARLY: Final = 76.0
_CAPITALS: Final = re.compile(r"\b[A-ZĐ]{2,5}\b")
BOOKS: Final = ("KS", "KH", "KT", "CN")


def known_forms(kind: FieldKind, text: str) -> list[str]:
    """Texts like the one read, with known words in place of those read; [] where none is near.

    The text itself is among them where its words are known already.
    """
    if kind is FieldKind.IDENTITY:
        found = _BEFORE_FIGURES.match(text)
        if not found:
            return []
        words = found["words"].strip()
        near = [paper for paper in PAPERS if fuzz.ratio(paper.casefold(), words.casefold()) >= ALIKE]
        return [f"{paper} {found['figures']}" for paper in near]
    if kind is FieldKind.NUMBER:
        volume = _VOLUME.match(text)
        if not volume:
            return []
        number, year = volume["number"], volume["year"]
        # No volume is number nought: a figure beside it was passed over.
        numbers = [number] if int(number) else [f"{figure:02d}" for figure in range(1, 10)]
        return [VOLUME_FORM.format(number=n, year=year, book=book) for n in numbers for book in BOOKS]
    if kind in WITH_LETTERS:
        whole = _CAPITALS.sub(_known_letters, text)
        return [whole] if any(short in whole for short in LETTERS) else []
    return []


def _known_letters(found: re.Match[str]) -> str:
    """Capitals that stand for words as they are written, for those that are nearly these."""
    return next((short for short in LETTERS if fuzz.ratio(short, found[0]) >= NEARLY), found[0])
