"""Lines as the pipeline cuts them: register pages drawn by ``training.page``, cut by ``pipeline.cut``.

Each line of a drawn form is filled with a made-up text of its own; the page is then cleaned, its leaders and
rules are taken out and its fields are cut by the very code that reads registers. Only the search for the
form's labels is spared: where they stand is known, and is told a little wrong, as an engine would tell it.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.clean import PAGE_WIDTH as COLUMNS
from pipeline.clean import CleanPage, clean
from pipeline.cut import cut_fields
from pipeline.elements import Box
from pipeline.forms.anchors import Anchor
from pipeline.forms.fit import FormFit
from pipeline.forms.form import Form, Label
from pipeline.forms.lines import Sighting
from pipeline.ink import separate
from training.damage import draw_damage
from training.faces import font
from training.fill import Hand, Manner
from training.layout import PAGE_WIDTH, Layout, Slot, Words, face_path, layout_names, load_layout
from training.page import Hands, render_page
from training.recogniser.hands import Faces, make_hand, make_pen
from training.recogniser.text import make_text
from training.registration import Entry, make_book

Grey = npt.NDArray[np.uint8]
MM_A_LETTER = 2.3
"""Width of a letter that a text is chosen for; what comes out wider is narrowed by the hand."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the pages are like; see ``training.pages``. ``kinds`` are of ``training.recogniser.text``."""

    faces: Faces
    typed: float = 0.3
    dpi: tuple[int, ...] = (200, 200, 300)
    quality: tuple[int, int] = (40, 90)
    kinds: tuple[str, ...] = ()


def cut_page(recipe: Recipe, rng: random.Random) -> Iterator[tuple[Grey, str]]:
    """Draw one page and cut it.

    Args:
        recipe: fonts and scans.
        rng: source of chance; the same state gives the same lines.

    Yields:
        Lines, uint8 (rows, columns) grey as they go to the network, with what is written on them. Fields of
        which a line could not be told from its neighbours are left out.
    """
    printed = load_layout(rng.choice(layout_names()))
    layout, texts = _fill(printed, rng, recipe.kinds)
    typed = rng.random() < recipe.typed
    if not typed and rng.random() < 0.6:  # a clerk who writes no capitals may have any hand
        texts = {key: text.title() if _in_capitals(text) else text for key, text in texts.items()}
    wanted = " ".join(texts.values())
    hand: Hand = make_hand(recipe.faces, wanted, rng, typed=float(typed), printed=0.0)
    book = make_book(rng, rng.randint(1998, 2020))
    pen = make_pen(recipe.faces, wanted, rng)
    hands = Hands(clerk=hand, pen=pen, manner=Manner.of(rng, typed=typed), joint=", ")
    damage = draw_damage(rng, max_skew=2.0, quality=recipe.quality, grey=0.3, photo=0.0, turned=0.0)
    sheet = render_page(
        layout, book, Entry(texts, datetime.date(book.year, 1, 4)), hands, replace(damage, skew=0.0),
        dpi=rng.choice(recipe.dpi), seed=str(rng.getrandbits(60)), stamped=0.3,
    )  # fmt: skip
    picture = _compressed(sheet.picture, damage.quality)
    page = clean(picture)
    yield from _matched(page, layout, texts, _fit(layout, rng))


def _fill(layout: Layout, rng: random.Random, kinds: tuple[str, ...]) -> tuple[Layout, dict[str, str]]:
    """The form with each of its lines as a slot of its own, and a text for each; some are left blank."""
    slots, texts = [], {}
    for number, slot in enumerate(layout.slots):
        for place, line in enumerate(slot.lines):
            key = f"{number}_{place}"
            slots.append(Slot(key, (line,)))
            room = int((line.x1 - line.x0) / MM_A_LETTER)
            texts[key] = make_text(rng, max(2, room), kinds) if rng.random() < 0.93 else ""
    texts["loaiDangKy"] = rng.choice([tick.label for tick in layout.ticks] or [""])
    return replace(layout, slots=tuple(slots), ticks=layout.ticks), texts


def _in_capitals(text: str) -> bool:
    """Whether a text is a name in capitals, not an abbreviation."""
    return text.isupper() and (" " in text or len(text) > 4) and not any(c.isdigit() for c in text)


def _fit(layout: Layout, rng: random.Random) -> FormFit:
    """The form laid over its own page, labels a pixel or two off."""
    anchors, unused = [], []
    scale = COLUMNS / PAGE_WIDTH
    for words in layout.words:
        box = _box(words, scale, rng)
        sighting = Sighting(words.text, 0, 0, 0, box, 0.95)
        slots = [s for s in layout.slots if s.key.endswith("_0") and _follows(s, words, layout)]
        if not slots:
            unused.append(sighting)
            continue
        number = slots[0].key.split("_")[0]
        lines = sum(s.key.split("_")[0] == number for s in layout.slots)
        anchors.append(Anchor(Label((words.text,), number, lines=lines), "page", sighting))
    empty = Form(layout.type, layout.edition, layout.name, ())
    return FormFit(empty, tuple(anchors), 1.0, (), tuple(unused))


def _follows(slot: Slot, words: Words, layout: Layout) -> bool:
    """Whether the slot begins right after these words, on their line."""
    line, end = slot.lines[0], words.x + words.width
    if abs(line.y - words.y) > 0.5 or line.x0 < end - 0.5:
        return False
    between = [
        w for w in layout.words if w is not words and abs(w.y - words.y) < 0.5 and end <= w.x < line.x0
    ]
    return not between and line.x0 - end < 12


def _box(words: Words, scale: float, rng: random.Random) -> Box:
    """Box of printed words in the page's pixels, as an engine tells it."""
    face = font(face_path(words.face, bold=words.bold), 100)
    left, top, right, bottom = (v * words.size / 100 for v in face.getbbox(words.text, anchor="ls"))
    x0, y0, x1, y1 = ((words.x + left), (words.y + top), (words.x + right), (words.y + bottom))
    x, y = round(x0 * scale + rng.gauss(0, 1)), round(y0 * scale + rng.gauss(0, 0.7))
    return Box(x, y, max(4, round(x1 * scale + rng.gauss(0, 1.5)) - x), max(6, round(y1 * scale) - y))


def _matched(
    page: CleanPage, layout: Layout, texts: dict[str, str], fit: FormFit
) -> Iterator[tuple[Grey, str]]:
    """Crops with their texts: only fields of which every written line was found."""
    for crop in cut_fields(page, separate(page.grey), fit):
        keys = [s.key for s in layout.slots if s.key.split("_")[0] == crop.label.field]
        written = [texts[key] for key in keys if texts[key]]
        if written and len(written) == len(crop.lines):
            yield from zip(crop.lines, written, strict=True)


def _compressed(picture: Grey, quality: int) -> Grey:
    """The page as its JPEG file shows it, uint8 (rows, columns, 3) B G R."""
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError("the page could not be compressed")
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
