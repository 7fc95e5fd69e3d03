"""Font files: which are there, what they can draw, and how large their letters come out.

A font that lacks a letter draws an empty box for it; such a font is never used for that text.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

FONTS = Path(__file__).parent / "fonts"
HAND = FONTS / "hand"
PRINT = FONTS / "print"

# Faces of the printed form and of the typewriter. The slab is a second, heavier serif.
FACES = {
    "serif": PRINT / "Tinos-Regular.ttf",
    "slab": PRINT / "DejaVuSerif.ttf",
    "slab-bold": PRINT / "DejaVuSerifCondensed-Bold.ttf",
    "sans": PRINT / "DejaVuSansCondensed.ttf",
    "sans-bold": PRINT / "DejaVuSansCondensed-Bold.ttf",
    "typewriter": PRINT / "FreeMono.ttf",
}

LETTERS = (
    "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵ"
    "AÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬBCDĐEÈÉẺẼẸÊỀẾỂỄỆGHIÌÍỈĨỊKLMNOÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢPQRSTUÙÚỦŨỤƯỪỨỬỮỰVXYỲÝỶỸỴ"
)
# Everything that a clerk of the made-up registers writes.
ALPHABET = LETTERS + "fjwzFJWZ0123456789 .,/-'():"


class NoUsableFont(ValueError):
    """None of the font files given can draw Vietnamese."""


@lru_cache(maxsize=512)
def font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    """The font at an em size of ``size`` pixels."""
    return ImageFont.truetype(str(path), max(1, size))


@lru_cache(maxsize=256)
def missing(path: Path, text: str = ALPHABET) -> frozenset[str]:
    """Characters of ``text`` that the font draws as nothing or as its box for unknown characters."""
    face = font(path, 40)
    unknown = bytes(face.getmask("\U0010fffd"))
    found = set()
    for letter in set(text) - {" "}:
        mask = face.getmask(letter)
        if mask.getbbox() is None or bytes(mask) == unknown:
            found.add(letter)
    return frozenset(found)


@lru_cache(maxsize=256)
def letter_height(path: Path) -> float:
    """How large a face looks, as a share of the em size: its x-height where that is half of its capitals."""
    face = font(path, 200)
    small, tall = (-float(face.getbbox(letter, anchor="ls")[1]) / 200 for letter in ("x", "N"))
    return max(0.1, 0.6 * small + 0.4 * tall / 2)


def usable_fonts(
    places: Iterable[Path], alphabet: str = ALPHABET
) -> tuple[list[Path], dict[Path, frozenset[str]]]:
    """Font files among ``places`` (files or folders) that can draw ``alphabet``, and those that cannot.

    Returns:
        The usable files sorted by path, and for each unusable one the characters it lacks.

    Raises:
        NoUsableFont: none is left.
    """
    files: list[Path] = []
    for place in places:
        files += (
            sorted(p for p in place.glob("*") if p.suffix in {".ttf", ".otf"}) if place.is_dir() else [place]
        )
    lacking = {path: missing(path, alphabet) for path in files}
    usable = [path for path in files if not lacking[path]]
    if not usable:
        raise NoUsableFont(
            f"No font can draw all letters that clerks write among: {', '.join(map(str, files)) or 'no file'}"
        )
    return usable, {path: gaps for path, gaps in lacking.items() if gaps}
