"""Dates and numbers as they stand in registers, whole and in parts."""

from __future__ import annotations

import datetime
import random

from training import dates

_PAPERS = ("", "", "CMND ", "CMND số ", "CMND: ", "CCCD ", "CCCD số ", "Số CMND ", "Hộ chiếu ")


def _day(rng: random.Random) -> datetime.date:
    first = datetime.date(rng.choice((1900, 1950, 1975, 1990, 2005)), 1, 1)
    return first + datetime.timedelta(days=rng.randrange(7300))


def date_figures(rng: random.Random) -> str:
    """A date in figures, or a part of one."""
    day, style = _day(rng), dates.DateStyle.of(rng)
    d, m, y = dates.parts(day, style)
    draw = rng.random()
    if draw < 0.55:
        mark = rng.choice(("/", "/", "-", ".", " / ", " - ", "/ "))
        return mark.join((d, m, y if rng.random() < 0.85 else y[2:]))
    if draw < 0.65:
        return f"{rng.choice(('ngày', 'Ngày'))} {d} tháng {m} năm {y}"
    if draw < 0.72:
        return f"{m}/{y}"
    if draw < 0.8:
        return rng.choice((d, m, d, m, f"{day.day}", f"{day.month}"))
    return rng.choice((y, y, y, f"năm {y}", f"sinh năm {y}", f"SN {y}"))


def date_words(rng: random.Random) -> str:
    """A date in words, whole or broken off as at the end of a form's line."""
    text = dates.words(_day(rng), dates.DateStyle.of(rng))
    words = text.split()
    draw = rng.random()
    if draw < 0.35:
        first = rng.randrange(len(words))
        return " ".join(words[first : first + rng.randint(2, 7)])
    return text.lower() if draw < 0.5 else text.title() if draw < 0.55 else text


def _figures(rng: random.Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


def number(rng: random.Random) -> str:
    """A number of a book, an entry, a paper, a decision; or figures alone."""
    draw, year = rng.random(), rng.randint(1975, 2024)
    if draw < 0.22:
        return rng.choice(_PAPERS) + _figures(rng, rng.choice((9, 9, 9, 12, 12, 8)))
    if draw < 0.32:
        return f"070{rng.randint(0, 3)}{year % 100:02d}{_figures(rng, 6)}"
    if draw < 0.5:
        return f"{rng.randint(1, 400):0{rng.choice((1, 2, 2, 3))}d}/{year}"
    if draw < 0.62:
        book = rng.choice(("KS", "KH", "KT", "CN"))
        volume = f"{rng.randint(1, 9):02d}"
        ways = (f"{volume}-TP/HT-{year}-{book}", f"TP/HT-{year}-{book}", f"{volume}-TP/HT-{book}")
        return rng.choice((*ways, f"{book}/{year}", f"Quyển số {volume}/{year}", f"{volume}/{year}"))
    if draw < 0.68:
        issuer = rng.choice(("UBND", "CT", "STP"))
        return f"{rng.choice(('QĐ số', 'Số', 'số'))} {rng.randint(1, 900)}/QĐ-{issuer}"
    if draw < 0.73:
        return f"{rng.randint(0, 23)} giờ {rng.choice(('', f'{rng.randint(1, 59):02d} phút'))}".strip()
    return str(rng.randint(0, rng.choice((9, 9, 99, 999, 9999))))
