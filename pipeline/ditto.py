"""Ditto marks: "-nt-", "như trên", two small strokes. What they say stands elsewhere and is looked up there.

The text as written stays the verbatim text; only the value is taken from the text referred to, and a person
is asked, because what "trên" points at is the writer's thought and not the paper's.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz

from pipeline.elements import Candidate, FieldKind
from pipeline.fields.choice import LISTS, choose
from pipeline.recognise import ctc
from pipeline.text import bare_key, clean_text, without_marks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from pipeline.elements import Reading

FORMS: Final = ("-nt-", "nt", "- nt -", "như trên", "Như trên", '"')
"""Dittos as they are spelt, for asking the recogniser."""
KINDS: Final = frozenset(
    {FieldKind.NAME, FieldKind.PLACE, FieldKind.ETHNICITY, FieldKind.NATIONALITY, FieldKind.TEXT}
)
"""Kinds of fields in which one may stand."""
BEHIND: Final = 5.8
"""Nats that a ditto may be behind the text that was read: small letters between dashes are read as "rịt"."""
LONGEST: Final = 10
ABOVE: Final = "nhu tren"
ALIKE: Final = 86.0
"""How like "như trên" a text must be, 0 to 100, marks aside: one letter misread."""
_SHORT: Final = re.compile(r"n\s?t|nhu\s?nt")
_DASHED: Final = re.compile(r"[-_.=~]+\s*[nm][\s.]?[tf]\s*[-_.=~]+")
_MARKS: Final = re.compile(r"""[-–=\s.]*(?:["″〃“”„]|['ʹ′,]\s?['ʹ′,]|/\s?/)[-–=\s."″'ʹ′,]*""")
_PERSONS: Final = ("nks", "nkt", "nyc", "me", "cha", "vo", "chong")
"""What the keys of fields about a person begin with: meDanToc and chaDanToc say the same of two."""


def is_ditto(text: str) -> bool:
    """Whether a text only says that the text above counts here too: ``-nt-``, ``như trên``, ``″``, ``-//-``.

    A single dash or stroke is none: clerks fill what they leave blank with it.
    """
    clean = clean_text(text)
    if not clean:
        return False
    if _MARKS.fullmatch(clean) or _DASHED.fullmatch(clean.casefold()):
        return True
    plain = without_marks(bare_key(clean))
    return bool(_SHORT.fullmatch(plain)) or (len(plain) > 5 and fuzz.ratio(plain, ABOVE) >= ALIKE)


def as_ditto(
    reading: Reading, kind: FieldKind, lines: Sequence[NDArray[np.float32]], charset: str
) -> Reading:
    """The reading of a field, as a ditto where the recogniser nearly saw one and the text means nothing.

    Args:
        reading: what was read.
        kind: of the field.
        lines: log-probabilities (frames, classes) of its lines.
        charset: character of class k at k - 1.
    """
    text = reading.text
    if kind not in KINDS or len(lines) != 1 or not 0 < len(text) <= LONGEST:
        return reading
    if is_ditto(text) or (kind in LISTS and choose(kind, text).options):
        return reading
    own, *others = ctc.log_likelihoods(lines[0], [text, *FORMS], charset).tolist()
    best = max(range(len(FORMS)), key=others.__getitem__)
    if others[best] < own - BEHIND:
        return reading
    first = reading.candidates[0].log_probability if reading.candidates else 0.0
    found = tuple(c for c in reading.candidates if c.text != FORMS[best])
    return replace(reading, text=FORMS[best], candidates=(Candidate(FORMS[best], first), *found))


def resolve_column(texts: Sequence[str]) -> list[str]:
    """The texts of one column of a table, top to bottom, each ditto replaced by what it refers to.

    "" stands for a ditto with nothing above it.
    """
    resolved: list[str] = []
    for text in texts:
        resolved.append((resolved[-1] if resolved else "") if is_ditto(text) else text)
    return resolved


def resolve_fields(texts: Mapping[str, str], kinds: Mapping[str, FieldKind]) -> dict[str, str]:
    """The fields of one case that say ditto, each with the text that it refers to, "" where there is none.

    Meant is the nearest field before it that says the same of another person (``chaDanToc`` of
    ``meDanToc``), or else the nearest of its kind.

    Args:
        texts: verbatim texts by field key, in the order of the page.
        kinds: the kinds of these fields.
    """
    found: dict[str, str] = {}
    before: list[str] = []
    for key, text in texts.items():
        if not is_ditto(text):
            if text:
                before.append(key)
            continue
        alike = [other for other in before if _column(other) == _column(key)]
        alike = alike or [other for other in before if kinds.get(other) == kinds.get(key)]
        found[key] = texts[alike[-1]] if alike else ""
    return found


def _column(key: str) -> str:
    """A key without the person that it is about."""
    person = next((p for p in _PERSONS if key.startswith(p) and key[len(p) : len(p) + 1].isupper()), "")
    return key.removeprefix(person)
