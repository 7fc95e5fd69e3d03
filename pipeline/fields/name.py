"""Personal names, of every people of the country: kept as written, with the case of letters made even.

Names are never respelt. Apostrophes belong to them (K'Bang, H' Nay), and so do
single letters (Y Bhăm, Điểu K'Re).
"""

from __future__ import annotations

import re
from typing import Final

from pipeline.text import clean_text, strip_leaders

_WORD: Final = re.compile(r"[^\W\d_]+")
_NAME: Final = re.compile(r"^[^\W\d_]+(?:[ '\-.]{1,2}[^\W\d_]+)*['.]?$")
_DEAD: Final = re.compile(r"\s*\((?:đã )?(?:chết|mất|tử)\)\s*$", re.I)


def normalise_name(text: str) -> str:
    """The name with each word capitalised, where it was written in small letters or all in capitals.

    A note "(chết)" behind it is left out. Text without letters gives "".
    """
    name = strip_leaders(_DEAD.sub("", clean_text(text)))
    if not _WORD.search(name):
        return ""
    even = _WORD.sub(_capitalised, name)
    if len(even) == 1 or not even.isupper():
        return even
    # All in capitals, but for words in small letters, if any, which are even already: "y BHĂM" is "Y Bhăm".
    return _WORD.sub(lambda found: found.group().capitalize(), even)


def _capitalised(found: re.Match[str]) -> str:
    word = found.group()
    return word.capitalize() if word.islower() else word


def is_name(text: str) -> bool:
    """Whether a text has the shape of a name: two to seven words of letters, no figures."""
    name = normalise_name(text)
    return bool(_NAME.match(name)) and 2 <= len(_WORD.findall(name)) <= 7


def name_parts(text: str) -> tuple[str, str, str]:
    """Surname, middle names and given name of a normalised name; "" for those it lacks.

    A name of one word is a given name.
    """
    parts = normalise_name(text).split()
    if not parts:
        return "", "", ""
    if len(parts) == 1:
        return "", "", parts[0]
    return parts[0], " ".join(parts[1:-1]), parts[-1]
