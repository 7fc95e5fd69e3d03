"""One field written into several gaps, and two fields written into one gap.

A date may have gaps of its own for day, month and year, an hour one for its minutes. A title follows a name
in one gap ("Nguyễn Văn A - Chủ tịch"), a day of death its hour ("0h20' ngày 25/9/2000"), and a date of issue
an office, where the printed words between them ("cấp ngày") were read with the writing.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pipeline.elements import Candidate, FieldKind, Reading
from pipeline.fields.choice import choose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.read_fields import CropReading

ORDER: Final = {"day": 0, "month": 1, "year": 2, "hour": 0, "minute": 1}
CLOCK: Final = ("hour", "minute")
_TITLE_MARK: Final = re.compile(r"\s*[,;–-]\s+|\s+[–-]\s*|,\s*")
_TIGHT: Final = re.compile(r"[,;](?=\w)")
"""A comma with no blank behind it: "Giang,Phó Chủ tịch" is a name and a title all the same."""
_WORD_BETWEEN: Final = re.compile(r"(?<=\d)\s+(?:\S\s+)?(?:tháng|năm)\s+(?=\d)", re.IGNORECASE)
"""A printed word between two gaps that was read with the writing, perhaps a stray sign before it."""
_MINUTES_AT_END: Final = re.compile(r"\bgiờ \d{1,2}$")
_COMMA: Final = re.compile(r"\s*,\s*")
_HOUR: Final = re.compile(r"^\D*(?P<hour>\d+)\D*(?P<minute>\d*)")
_PRINTED_WORDS: Final = re.compile(r"^[\s,.:]*(?:(?:giờ|phút|ngày)[\s,.:]*)+$", re.IGNORECASE)
LAST_HOUR: Final = 24
LAST_MINUTE: Final = 59
# Between day and month the dot may not have been read; "1206/2016" is a number.
_DAY_AFTER: Final = re.compile(
    r"^(?P<time>.*?)[\s,]*(?:\bc[aâấ]p\b\s*)?(?:\bng[aàá]y\b)?[\s:,]*"
    r"(?P<date>\d{1,2}\s*[/.,\-]\s*\d{1,2}\s*[/.,\-]\s*\d{2,4}"
    r"|(?<!\d)(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])[.\-](?:19|20)\d\d)\W*$",
    re.IGNORECASE,
)


def of_parts(items: Sequence[CropReading]) -> Reading:
    """A field from its gaps; where a gap is missing or empty, what there is.

    Day, month and year are joined by strokes; an hour and its minutes read "4 giờ 05 phút", the words that
    are printed between and after the gaps.
    """
    parts = sorted(items, key=lambda item: ORDER[item.crop.label.part])
    filled = [item for item in parts if item.reading.text]
    written = [item.reading for item in filled]
    names = [item.crop.label.part for item in filled]
    if not written:
        return Reading("", (), "recogniser", parts[0].reading.evidence)
    share = sum(reading.candidates[0].log_probability for reading in written)
    candidates = [Candidate(_joined(names, [reading.text for reading in written]), share)]
    for i, reading in enumerate(written):
        for other in reading.candidates[1:3]:
            whole = _joined(names, [r.text if j != i else other.text for j, r in enumerate(written)])
            worse = other.log_probability - reading.candidates[0].log_probability
            candidates.append(Candidate(whole, share + worse))
    text = candidates[0].text
    candidates.sort(key=lambda c: -c.log_probability)
    candidates = [c for i, c in enumerate(candidates) if c.text not in {d.text for d in candidates[:i]}]
    keys = dict.fromkeys(key for reading in written for key in reading.evidence)  # in one order always
    evidence = {key: min(reading.evidence.get(key, 0.0) for reading in written) for key in keys}
    evidence["lines"] = float(len(written))
    whole_field = len(written) == 3 or "hour" in names
    evidence["fits"] = min(evidence.get("fits", 0.0), 1.0 if whole_field else 0.4)
    return Reading(text, tuple(candidates[:5]), "recogniser", evidence)


def _joined(parts: Sequence[str], texts: Sequence[str]) -> str:
    """The parts as one text. An hour that has letters ("4h20") was written without the printed words."""
    if "hour" not in parts and "minute" not in parts:
        return _WORD_BETWEEN.sub("/", "/".join(texts))
    words = {"hour": "giờ", "minute": "phút"}
    text = " ".join(
        f"{text} {words[part]}" if text.isdigit() else text for part, text in zip(parts, texts, strict=True)
    )
    return _MINUTES_AT_END.sub(r"\g<0> phút", text)  # the printed "giờ" was read with the writing


def name_and_title(reading: Reading) -> tuple[Reading, Reading]:
    """A name and the title after it in one gap: at a comma or dash, or where a known title begins."""
    words = _TIGHT.sub(r"\g<0> ", reading.text).split()
    for i in range(1, len(words)):
        title = " ".join(words[i:]).lstrip(" ,;-–")
        if choose(FieldKind.OFFICE, title).options:
            name = _TITLE_MARK.sub(" ", " ".join(words[:i]) + " ").strip(" ,;-–")
            return _part_of(reading, name), _part_of(reading, title)
    pieces = _TITLE_MARK.split(reading.text, maxsplit=1)
    if len(pieces) == 2 and all(pieces):
        return _part_of(reading, pieces[0]), _part_of(reading, pieces[1])
    return reading, Reading("", (), reading.engine, reading.evidence)


def time_and_date(reading: Reading) -> tuple[Reading, Reading]:
    """An hour and the date after it in one gap; where no date ends the text, all of it is the hour."""
    found = _DAY_AFTER.match(reading.text)
    if found is None:
        return reading, Reading("", (), reading.engine, reading.evidence)
    date = _COMMA.sub(".", found["date"])  # a dot of typed figures is often read as a comma
    return _part_of(reading, found["time"].strip(" ,-")), _part_of(reading, date)


def is_no_hour(text: str) -> bool:
    """Whether a text begins with figures that no clock shows, or is nothing but the words printed there.

    "30 giờ 2012 phút" was a date, and "phút" the print at the end of an empty gap.
    """
    if _PRINTED_WORDS.match(text):
        return True
    found = _HOUR.match(text)
    if found is None:
        return False
    return int(found["hour"]) > LAST_HOUR or int(found["minute"] or 0) > LAST_MINUTE


def _part_of(reading: Reading, text: str) -> Reading:
    share = reading.candidates[0].log_probability if reading.candidates else 0.0
    return replace(reading, text=text, candidates=(Candidate(text, share),))
