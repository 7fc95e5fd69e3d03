"""Pages: the same seed gives the same bytes, and the truth is what was written."""

import json
import random
import subprocess
import sys
import unicodedata
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from training.damage import Damage
from training.faces import HAND, PRINT, NoUsableFont, missing, usable_fonts
from training.fill import Manner, fill_slot, slot_text
from training.ink import Ink, make_writer
from training.layout import layout_names, load_layout
from training.page import render_page
from training.pages import Options, make_page, make_station
from training.registration import make_entry
from training.typewriter import make_typewriter

HANDS = sorted(HAND.glob("*.ttf"))
SMALL = Options(seed=11, fonts=HANDS, dpi=(75,), book_pages=1, turned=0, blank=0, void=0)


@dataclass
class NotingHand:
    """Writes like anybody and notes what it wrote."""

    wrote: list[str] = field(default_factory=list)

    def write(self, text: str, x_height_px: float, rng: random.Random) -> Ink:
        self.wrote.append(text)
        return make_writer(HANDS[0], "noting").write(text, x_height_px, rng)


def test_the_same_seed_gives_the_same_pages() -> None:
    first, again = make_page(SMALL, 3), make_page(SMALL, 3)
    assert first[1] == again[1]
    assert first[0].truth == again[0].truth
    assert make_page(replace(SMALL, seed=12), 3)[1] != first[1]


def test_the_command_writes_pages_with_truth_and_repeats_itself(tmp_path: Path) -> None:
    def run(out: str, hash_seed: str) -> list[bytes]:
        subprocess.run(
            [sys.executable, "-m", "training.pages", "--out", out, "--seed", "4", "--count", "2",
             "--dpi", "75", "--book-pages", "1", "--typed", "0"],
            check=True, cwd=tmp_path, capture_output=True,
            env={"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(Path(__file__).parents[2])},
        )  # fmt: skip
        return [path.read_bytes() for path in sorted((tmp_path / out).iterdir())]

    first = run("one", "1")
    assert [path.name for path in sorted((tmp_path / "one").iterdir())] == [
        "p0001.jpg", "p0001.json", "p0002.jpg", "p0002.json",
    ]  # fmt: skip
    assert first == run("two", "2")
    truth = json.loads((tmp_path / "one" / "p0001.json").read_text(encoding="utf-8"))
    assert truth["type"] == "KS"
    assert truth["kind"] == "cases"
    assert truth["cases"][0]["fields"]["nksHoTen"]


@pytest.mark.parametrize("name", layout_names())
def test_truth_is_what_was_written(name: str) -> None:
    layout = load_layout(name)
    station = make_station(SMALL, layout_names().index(name))
    noting = NotingHand()
    hands = replace(station.hands, clerk=noting)
    entry = make_entry(random.Random(name), station.facts, 5, station.opened)
    page = render_page(layout, station.facts, entry, hands, Damage(), dpi=75, seed=name)
    fields = page.truth["cases"][0]["fields"]
    assert tuple(fields) == layout.asked()
    joints = {slot.key for slot in layout.slots if "&" in slot.key}
    for key, text in fields.items():
        assert text == unicodedata.normalize("NFC", text)
        if key in {"nguoiThucHien", "loaiDangKy"} or not text:
            continue
        if any(key in joint.split("&") for joint in joints):
            assert any(text in wrote for wrote in noting.wrote), key
        elif key == "ngayDangKy" and layout.edition == "2010":
            assert all(part in noting.wrote for part in text.split("/"))
        else:
            assert text in noting.wrote, key


@pytest.mark.parametrize("name", layout_names())
@pytest.mark.parametrize("typed", [False, True])
def test_writing_lies_in_its_slot(name: str, typed: bool) -> None:
    layout = load_layout(name)
    px = 6.0
    station = make_station(SMALL, 0)
    entry = make_entry(random.Random(name), station.facts, 5, station.opened)
    hand = make_typewriter("slot") if typed else make_writer(HANDS[0], "slot")
    manner = Manner.of(random.Random(name), typed=typed)
    for slot in layout.slots:
        text = slot_text(slot, entry.texts, " - ")
        placed = fill_slot(slot, text, hand, manner, px, random.Random(1))
        assert bool(placed) == bool(text)
        assert len(placed) <= len(slot.lines)
        for item, line in zip(placed, slot.lines, strict=False):
            rows, columns = np.nonzero(item.ink.mask > 60)
            x, y = (columns + item.x) / px, (rows + item.y) / px
            inside = (x > line.x0 - 2) & (x < line.x1 + 4) & (y > line.y - 9) & (y < line.y + 6)
            assert inside.mean() > 0.97, slot.key


def test_a_long_text_goes_over_two_lines() -> None:
    layout = load_layout("birth-2010-a")
    slot = next(slot for slot in layout.slots if slot.key == "nksNgaySinhBangChu")
    text = "Ngày hai mươi mốt, tháng mười hai, năm một nghìn chín trăm chín mươi chín"
    manner = replace(Manner.of(random.Random(1), typed=False), x_height=3.4)
    placed = fill_slot(slot, text, make_writer(HANDS[0], "long"), manner, 6.0, random.Random(1))
    assert len(placed) == 2
    assert placed[1].y > placed[0].y + 5 * 6


def test_blank_and_void_pages_have_no_case() -> None:
    for kind, options in (("blank", replace(SMALL, blank=1.0)), ("void", replace(SMALL, void=1.0))):
        page, _ = make_page(options, 0)
        assert page.truth["kind"] == kind
        assert page.truth["cases"] == []


def test_covers_and_closing_notes_take_the_place_of_pages_and_change_no_other() -> None:
    for kind, options in (
        ("cover", replace(SMALL, cover=1.0)),
        ("closing_note", replace(SMALL, closing=1.0)),
    ):
        page, _ = make_page(options, 0)
        assert (page.truth["kind"], page.truth["type"], page.truth["cases"]) == (kind, "KS", [])
        assert page.truth["book"]["quyenSo"]
    some = [make_page(replace(SMALL, cover=0.3, closing=0.3), index) for index in range(5)]
    kinds = {page.truth["kind"] for page, _ in some}
    assert {"cases"} < kinds
    assert all(data == make_page(SMALL, i)[1] for i, (page, data) in enumerate(some) if page.truth["cases"])


def test_a_turned_page_is_the_other_way_up() -> None:
    page, _ = make_page(replace(SMALL, turned=1.0, grey=1.0, photo=0.0), 1)
    upright, _ = make_page(replace(SMALL, turned=0.0, grey=1.0, photo=0.0), 1)
    assert page.picture.ndim == upright.picture.ndim == 2
    assert page.truth == upright.truth


def test_a_font_that_lacks_letters_is_left_out() -> None:
    greek = "Ωλ"
    poor, rich = HANDS[0], PRINT / "FreeMono.ttf"
    usable, refused = usable_fonts([poor, rich], "Đường " + greek)
    assert usable == [rich]
    assert refused == {poor: frozenset(greek)}
    with pytest.raises(NoUsableFont, match=poor.name):
        usable_fonts([poor], greek)


def test_fonts_are_found_in_folders_and_a_folder_without_any_is_refused(tmp_path: Path) -> None:
    assert usable_fonts([HAND])[0] == HANDS
    with pytest.raises(NoUsableFont, match="no file"):
        usable_fonts([tmp_path])


def test_every_vendored_font_draws_vietnamese_and_has_its_licence() -> None:
    licences = {path.stem for path in (HAND.parent / "licences").iterdir()}
    for path in [*HANDS, *PRINT.glob("*.ttf")]:
        assert not missing(path), path.name
        assert path.stem in licences or path.stem.split("-")[0].startswith(("DejaVu", "Tinos", "FreeMono"))


@pytest.mark.parametrize("damage", [{}, {"max_skew": 5.0}, {"photo": 1.0}, {"turned": 1.0, "max_skew": 3.0}])
def test_where_a_field_was_written_is_told_in_pixels_of_the_scan(damage: dict[str, Any]) -> None:
    flat = replace(SMALL, dpi=(100,), grey=1.0, quality=(90, 90), photo=0.0, max_skew=0.0)
    page, _ = make_page(replace(flat, **damage), 2)
    (case,), (written,) = page.truth["cases"], page.written
    filled = {key for key, text in case["fields"].items() if text}
    assert set(written["boxes"]) == filled
    grey = page.picture.astype(np.float32)
    paper = cv2.medianBlur(cv2.dilate(page.picture, np.ones((9, 9), np.uint8)), 25).astype(np.float32)
    ink = grey < 0.72 * paper
    shares = []
    for pieces in written["boxes"].values():
        for corners in pieces:
            area = cv2.fillPoly(np.zeros(grey.shape, np.uint8), [np.array(corners).reshape(4, 2)], 1) > 0
            shares.append(ink[area].mean())
    assert min(shares) > 0.02
    assert float(np.median(shares)) > 0.08


def test_a_typed_book_s_fields_are_told_as_typed_but_what_a_pen_writes() -> None:
    typed, _ = make_page(replace(SMALL, typed=1.0), 0)
    hand, _ = make_page(replace(SMALL, typed=0.0), 0)
    assert set(typed.written[0]["typed"]) == set(typed.truth["cases"][0]["fields"]) - {
        "nguoiThucHien", "loaiDangKy",
    }  # fmt: skip
    assert hand.written[0]["typed"] == []


def test_an_adoption_book_has_covers_too() -> None:
    page, _ = make_page(replace(SMALL, type="CN", cover=1.0), 0)
    assert (page.truth["kind"], page.truth["type"], page.written) == ("cover", "CN", [])
