"""Texts of the kinds that stand in civil-status registers, made up, one line each.

What a reader gets from context is taken out of a part of them: rare words as often as frequent ones, words of
several kinds shuffled, syllables that are no words. All comes from lists and habits, nothing from a register.
"""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Callable
from functools import cache
from itertools import accumulate

from pipeline.lexicons import CHOICE_LISTS, choices, places
from pipeline.lexicons.places import bare_name
from pipeline.lexicons.tables import rows
from training.people import any_group, as_written, make_person
from training.recogniser.figures import date_figures, date_words, number
from training.recogniser.labels import spelt
from training.recogniser.syllables import make_syllable

LONGEST = 62
"""Characters of a line at most: a form's widest gap holds no more."""
_FLAT = 0.45
"""Exponent that flattens the counts of a list: rare words are written too."""
_UNIT_SHORT = {
    "Thành phố": ("TP ", "TP. ", "Thành phố ", "thành phố ", "Tp."),
    "Thị xã": ("TX ", "TX. ", "thị xã "),
    "Thị trấn": ("TT ", "TT. ", "thị trấn "),
    "Tỉnh": ("tỉnh ", "Tỉnh ", "", "T. "),
    "Huyện": ("huyện ", "Huyện ", "H. ", "H.", ""),
    "Quận": ("Q. ", "quận ", "Quận "),
    "Phường": ("phường ", "P. ", "P.", "Phường "),
    "Xã": ("xã ", "Xã ", "X. ", ""),
}  # fmt: skip
_HAMLETS = ("Ấp", "ấp", "Thôn", "thôn", "Sóc", "Bon", "KP", "Khu phố", "Khóm", "Bản", "Đội", "Tổ", "tổ")
_REMARKS = (
    "Đã cấp bản sao", "Cấp bản sao lần 2", "Cải chính năm sinh theo QĐ số", "Bổ sung dân tộc",
    "Đã ly hôn theo QĐ số", "Nhận con nuôi", "Đăng ký lại", "Hủy bỏ", "Thay đổi chữ đệm",
    "Ghi chú ly hôn", "Xác định lại dân tộc",
)  # fmt: skip
_ALONE = (
    "/", "-", "//", "x", "Cha", "Mẹ", "Nam", "Nữ", "nam", "nữ", "NAM", "NỮ", "Không", "Cha đẻ", "Mẹ đẻ",
    "Việt Nam", "VN", "Việt nam", "VIỆT NAM", "Kinh", "Đúng hạn", "Quá hạn", "Chủ tịch", "CMND", "UBND",
)  # fmt: skip


@cache
def _list(name: str) -> tuple[list[str], list[float]]:
    """Words of a list and the running sum of their flattened counts."""
    if name in CHOICE_LISTS:
        found = [(choice.value, choice.count) for choice in choices(name)]
        found += [(v, max(1, choice.count // 6)) for choice in choices(name) for v in choice.variants]
    else:
        found = [(word, int(count)) for word, count in rows(name)]
    return [word for word, _ in found], list(accumulate(count**_FLAT for _, count in found))


def listed(name: str, rng: random.Random) -> str:
    """One word or phrase of a lexicon list, frequent ones somewhat oftener."""
    words, sums = _list(name)
    return words[bisect(sums, rng.random() * sums[-1])]


def person(rng: random.Random) -> str:
    """A name: of the lists, of the ethnic groups around, or out of syllables."""
    draw = rng.random()
    if draw < 0.25:
        name = make_person(rng, male=rng.random() < 0.5, group=any_group(rng), born=1980).name
    elif draw < 0.4:
        words = [
            listed("surnames", rng),
            *(make_syllable(rng).capitalize() for _ in range(rng.randint(1, 2))),
        ]
        name = " ".join(words)
    else:
        middles = rng.choices((0, 1, 2), (1, 7, 2))[0]
        words = [listed("surnames", rng), *(listed("middle_names", rng) for _ in range(middles))]
        name = " ".join([*words, listed("given_names", rng)])
    return as_written(name, rng.choices(("plain", "low_middle", "capitals"), (55, 12, 33))[0])


def _unit(text: str, rng: random.Random) -> str:
    name = bare_name(text)
    word = text[: len(text) - len(name)].strip().capitalize()
    return rng.choice(_UNIT_SHORT.get(word, (f"{word} ",))) + name if name != text else text


def address(rng: random.Random) -> str:
    """Units from the hamlet up, as clerks shorten and join them; any level may be missing."""
    province = rng.choice([p for p in places() if p.districts])
    district = rng.choice(province.districts)
    units = [rng.choice(district.communes).text, district.place.text, province.place.text]
    found = [
        _unit(text, rng)
        for text, kept in zip(units, (0.9, 0.85, 0.8), strict=True)
        if text and rng.random() < kept
    ]
    if rng.random() < 0.5:
        name = rng.choice(
            (str(rng.randint(1, 12)), f"{make_syllable(rng).capitalize()} {make_syllable(rng).capitalize()}")
        )
        found.insert(0, f"{rng.choice(_HAMLETS)} {name}")
    if rng.random() < 0.15:
        found.insert(0, f"Số {rng.randint(1, 999)}{rng.choice(('', f'/{rng.randint(1, 99)}', 'A', 'B'))}")
    text = rng.choice((", ", ", ", ", ", " - ", ",", " ")).join(found or [_unit(units[2], rng)])
    return text[0].upper() + text[1:]


def syllables(rng: random.Random) -> str:
    """Words that are mostly none."""
    words = [make_syllable(rng) for _ in range(rng.randint(1, 6))]
    draw = rng.random()
    return " ".join(w.capitalize() if draw < 0.45 else w.upper() if draw < 0.65 else w for w in words)


def shuffled(rng: random.Random) -> str:
    """Words out of several kinds of text in no order: nothing before a word tells what it is."""
    pool = " ".join(rng.choice((person, address, date_words, number, phrase))(rng) for _ in range(3)).split()
    return " ".join(rng.sample(pool, min(len(pool), rng.randint(2, 6))))


def phrase(rng: random.Random) -> str:
    """An ethnic group, a nationality, a relation, an office, an occupation, a cause of death, a hospital."""
    lists = ("ethnicity", "nationality", "relation", "office", "occupations", "death_causes", "institutions")
    return listed(rng.choice((*lists, "ethnicity", "institutions")), rng)


def remark(rng: random.Random) -> str:
    """What the margin of an entry says."""
    return f"{rng.choice(_REMARKS)} {rng.choice((number, date_figures, lambda _: ''))(rng)}".strip()


def alone(rng: random.Random) -> str:
    """A stroke, a single figure or one short word."""
    return rng.choice(_ALONE) if rng.random() < 0.7 else str(rng.randint(0, 12))


KINDS: dict[str, tuple[Callable[[random.Random], str], float]] = {
    "person": (person, 25),
    "date_figures": (date_figures, 13),
    "date_words": (date_words, 7),
    "number": (number, 14),
    "address": (address, 15),
    "syllables": (syllables, 7),
    "shuffled": (shuffled, 6),
    "phrase": (phrase, 6),
    "remark": (remark, 2),
    "alone": (alone, 5),
}
"""Kinds of text: how one is made, and how often."""


def shorten(text: str, longest: int, rng: random.Random) -> str:
    """As many whole words of the text, from some word on, as fit; a first word too long is cut."""
    if len(text) <= longest:
        return text
    words = text.split()
    kept: list[str] = []
    for word in words[rng.randrange(max(1, len(words) - 2)) :]:
        if len(" ".join([*kept, word])) > longest:
            break
        kept.append(word)
    return " ".join(kept) or words[0][:longest]


def make_text(rng: random.Random, longest: int = LONGEST, kinds: tuple[str, ...] = ()) -> str:
    """One line of text that the network can spell.

    Args:
        rng: source of chance.
        longest: characters at most.
        kinds: keys of ``KINDS`` to draw from; all where empty.
    """
    names = kinds or tuple(KINDS)
    make, _ = KINDS[rng.choices(names, [KINDS[name][1] for name in names])[0]]
    text = ""
    while not text:
        text = shorten(spelt(make(rng)), longest, rng).strip()
    draw = rng.random()
    if draw < 0.05 and len(text) > 3:
        text = text.upper()
    elif draw < 0.07 and text[-1].isalnum():
        text += rng.choice(".,;")
    return text
