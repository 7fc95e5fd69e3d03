"""Made-up Vietnamese syllables: spelt rightly, mostly no words, so that no context helps to read them."""

from __future__ import annotations

import random
import unicodedata

INITIALS = (
    "b", "c", "ch", "d", "đ", "g", "gi", "h", "k", "kh", "l", "m", "n", "ng", "nh", "p", "ph", "qu", "r", "s",
    "t", "th", "tr", "v", "x", "",
)  # fmt: skip
_FRONT = ("e", "ê", "i", "ia", "iê", "y")
_NUCLEI = ("a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "oa", "iê", "uô", "ươ", "uâ", "uyê")
_OPEN = ("a", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "oa", "oe", "uê", "uy", "ia", "ua", "ưa")
_FINALS = ("c", "ch", "m", "n", "ng", "nh", "p", "t")
_GLIDES = (
    "ai",
    "ao",
    "au",
    "ay",
    "âu",
    "ây",
    "eo",
    "êu",
    "iu",
    "oi",
    "ôi",
    "ơi",
    "ui",
    "ưi",
    "iêu",
    "uôi",
    "ươi",
    "oai",
)
_TONES = {"": 4, "\u0301": 4, "\u0300": 4, "\u0309": 2, "\u0303": 2, "\u0323": 3}
_STOPPED = ("\u0301", "\u0323")
_SOFT_BEFORE_FRONT = {"g": "gh", "ng": "ngh", "c": "k"}
# Finals that a nucleus does not take: ch and nh only follow a, ê, i.
_SPECIAL = {"ch": ("a", "ê", "i", "oa"), "nh": ("a", "ê", "i", "oa")}
# A nucleus that is never said with c or ng, and short vowels that need some final of their own.
_HARD = {
    "c": ("ê", "i", "uyê", "e"),
    "ng": ("ê", "i", "uyê", "ơ"),
    "p": ("uyê", "uâ", "uô", "ư"),
    "m": ("uyê", "uâ", "ư"),
}


def with_tone(rime: str, tone: str, *, newer: bool = False) -> str:
    """A rime with its tone mark on the letter that carries it.

    Args:
        rime: vowels and final without a tone mark.
        tone: a combining mark, or "".
        newer: oà, oè, uỳ instead of òa, òe, ùy.
    """
    if not tone:
        return rime
    vowels = [i for i, letter in enumerate(rime) if letter in "aăâeêioôơuưy"]
    shaped = [i for i in vowels if rime[i] in "ăâêôơư"]
    closed = vowels[-1] + 1 < len(rime)
    if shaped:
        place = shaped[-1]
    elif len(vowels) == 1:
        place = vowels[0]
    elif len(vowels) == 3 or closed or (newer and rime in ("oa", "oe", "uy")):
        place = vowels[1]
    else:
        place = vowels[0]
    return unicodedata.normalize("NFC", rime[: place + 1] + tone + rime[place + 1 :])


def make_syllable(rng: random.Random) -> str:
    """One syllable in small letters."""
    shape = rng.random()
    tones, weights = list(_TONES), list(_TONES.values())
    if shape < 0.3:
        rime = rng.choice(_OPEN)
    elif shape < 0.5:
        rime = rng.choice(_GLIDES)
    else:
        nucleus, final = rng.choice(_NUCLEI), rng.choice(_FINALS)
        if nucleus not in _SPECIAL.get(final, (nucleus,)) or nucleus in _HARD.get(final, ()):
            final = rng.choice("nt")
        rime = nucleus + final
        if final in ("c", "ch", "p", "t"):
            tones, weights = list(_STOPPED), [1, 1]
    initial = rng.choice(INITIALS)
    if rime.startswith(_FRONT):
        initial = _SOFT_BEFORE_FRONT.get(initial, initial)
        if initial == "gi" and rime.startswith("i"):
            initial = "d"
    if initial == "qu" and rime[0] in "uưoô":
        initial = "h"
    if not initial and rime.startswith("iê"):
        rime = "y" + rime[1:]
    return initial + with_tone(rime, rng.choices(tones, weights)[0], newer=rng.random() < 0.5)
