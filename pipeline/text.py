"""What texts have in common before they mean anything: clean spelling, and keys to compare them by.

Nothing here changes letters: a text is kept as it stands in the book, and compared by a key.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_LOOKALIKES: Final = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "`": "'",
        "´": "'",
        "–": "-",
        "—": "-",
        "‐": "-",
        "‑": "-",
        "−": "-",
        "\u200b": "",
    }
)
_TONES: Final = ("\u0300", "\u0301", "\u0303", "\u0309", "\u0323")


def _tone_places() -> dict[str, str]:
    """Newer spelling of a final oa, oe, uy with a tone (hoà) to the older one (hòa), small and capital."""
    pairs: dict[str, str] = {}
    for first, second in ("oa", "oe", "uy"):
        for tone in _TONES:
            for left, right in (
                (first, second),
                (first.upper(), second.upper()),
                (first.upper(), second),
            ):
                newer = unicodedata.normalize("NFC", left + right + tone)
                pairs[newer] = unicodedata.normalize("NFC", left + tone + right)
    return pairs


_OLDER: Final = _tone_places()
# After q the u belongs to the consonant: quý carries its tone on the y in both spellings.
_FINAL_PAIR: Final = re.compile(r"(?<![qQ])(" + "|".join(_OLDER) + r")(?!\w)")
_NEWER: Final = {older: newer for newer, older in _OLDER.items()}
_OLDER_PAIR: Final = re.compile(r"(?<![qQ])(" + "|".join(_NEWER) + r")(?!\w)")
_NOT_LETTERS: Final = re.compile(r"[^0-9a-z]+")
_STROKED: Final = str.maketrans({"đ": "d", "ø": "o"})  # ø is what Tesseract often makes of ố and ổ


def clean_text(text: str) -> str:
    """NFC, look-alike apostrophes and dashes as typed ones, blanks collapsed, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_LOOKALIKES).split())


def strip_leaders(text: str) -> str:
    """Clean text without the dotted leaders and stray punctuation around it."""
    return clean_text(re.sub(r"[.…_]{2,}|…", " ", text)).strip(' .,;:_-*"')


def unify_tone_place(text: str) -> str:
    """One spelling for hoà/hòa, khoẻ/khỏe, thuỷ/thủy; the text is taken to be NFC."""
    return _FINAL_PAIR.sub(lambda found: _OLDER[found.group(1)], text)


def newer_tone_place(text: str) -> str:
    """The other spelling of ``unify_tone_place``: hòa as hoà; the text is taken to be NFC."""
    return _OLDER_PAIR.sub(lambda found: _NEWER[found.group(1)], text)


def text_key(text: str, *, casefold: bool = False) -> str:
    """The key by which two readings count as the same text: clean, with one placement of tone marks.

    With ``casefold`` the case of letters makes no difference either.
    """
    key = unify_tone_place(clean_text(text))
    return key.casefold() if casefold else key


def bare_key(text: str) -> str:
    """``text_key`` with the case of letters and all punctuation ignored: letters and digits in words."""
    return " ".join(re.sub(r"[^\w\s]|_", " ", text_key(text, casefold=True)).split())


def joined_key(text: str) -> str:
    """``bare_key`` without blanks: Ê-đê, Ê Đê and Êđê are one."""
    return bare_key(text).replace(" ", "")


def without_marks(text: str) -> str:
    """Letters without any diacritic, đ as d: for looking up what lost its marks, never for keeping."""
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


@lru_cache(maxsize=4096)  # the same wordings and runs of words are compared some thousand times a page
def fold(text: str) -> str:
    """Letters and digits without marks or case: what survives a poor reading of print."""
    plain = unicodedata.normalize("NFD", text.casefold().translate(_STROKED))
    return _NOT_LETTERS.sub("", plain)  # the marks too, which the form NFD sets apart
