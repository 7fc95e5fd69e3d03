"""Abbreviations that people type: a few that all share, and each person's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select

from models.desk_tables import Shorthand
from models.errors import BadShorthand
from models.texts import typed_text
from pipeline.wording import say

if TYPE_CHECKING:
    from models.store import Store

MOST: Final = 300
LONGEST_TEXT: Final = 200
_SHORT: Final = re.compile(r"[^\W\d_]{1,15}")

_FILE: Final = Path(__file__).parent / "data" / "abbreviations.tsv"
COMMON: Final[Mapping[str, str]] = {
    short: text for short, _, text in (line.partition("\t") for line in _FILE.read_text("utf-8").splitlines())
}
"""For names, until a person gives one of them another meaning."""


def abbreviations(store: Store, user_id: int) -> dict[str, str]:
    """This person's own abbreviations, in alphabetical order."""
    query = select(Shorthand.short, Shorthand.text).filter_by(user_id=user_id).order_by(Shorthand.short)
    with store.read() as session:
        return dict(session.execute(query).tuples().all())


def keep_abbreviation(store: Store, user_id: int, short: str, text: str) -> None:
    """Give an abbreviation of this person a meaning; an earlier one is replaced.

    Raises:
        BadShorthand: when it is not of one to fifteen letters, or stands for nothing or too much, or when
            there are too many.
    """
    typed, meaning = typed_text(short[:99]).lower(), typed_text(text[: LONGEST_TEXT + 1])
    if not _SHORT.fullmatch(typed):
        raise BadShorthand(say("Chữ tắt gồm từ 1 đến 15 chữ cái, không có số, dấu cách hay dấu câu."))
    if not 0 < len(meaning) <= LONGEST_TEXT:
        raise BadShorthand(say("Chữ đầy đủ phải có từ 1 đến {most} ký tự.", most=LONGEST_TEXT))
    with store.begin() as session:
        own = list(session.scalars(select(Shorthand).filter_by(user_id=user_id)))
        known = next((one for one in own if one.short == typed), None)
        if known is not None:
            known.text = meaning
        elif len(own) >= MOST:
            raise BadShorthand(say("Đã có {most} chữ tắt; hãy xóa bớt.", most=MOST))
        else:
            session.add(Shorthand(user_id=user_id, short=typed, text=meaning))


def drop_abbreviation(store: Store, user_id: int, short: str) -> None:
    """Forget an abbreviation of this person, if there is such a one."""
    with store.begin() as session:
        session.execute(delete(Shorthand).where(Shorthand.user_id == user_id, Shorthand.short == short))
