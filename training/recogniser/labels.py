"""Texts as the network spells them: classes of its character set, and how many frames a text needs."""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import pairwise

from pipeline.recognise.handwriting import DATA

COLUMNS_A_FRAME = 4
"""Columns of a line at 48 rows for each frame of the network's output."""


@cache
def charset() -> str:
    """The characters of the pipeline's network: class k is character k - 1, class 0 the blank."""
    return (DATA / "charset.txt").read_text(encoding="utf-8")


@cache
def _classes() -> dict[str, int]:
    return {character: k for k, character in enumerate(charset(), start=1)}


def spelt(text: str) -> str:
    """The text in NFC without characters that the network does not know, blanks collapsed."""
    known = _classes()
    letters = unicodedata.normalize("NFC", text)
    return " ".join("".join(c for c in letters if c in known).split())


def encode(text: str) -> list[int]:
    """Classes of a text.

    Raises:
        KeyError: for a character that the network does not know; see ``spelt``.
    """
    known = _classes()
    return [known[character] for character in text]


def frames_needed(text: str) -> int:
    """Least frames in which CTC can say a text: one a character, one more between two equal ones."""
    return len(text) + sum(a == b for a, b in pairwise(text))


def fits(text: str, columns: int) -> bool:
    """Whether a line of so many columns at 48 rows leaves the text a little more frames than it needs."""
    return bool(text) and columns // COLUMNS_A_FRAME >= 1.1 * frames_needed(text)
