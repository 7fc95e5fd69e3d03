"""What clerks write besides filling a form in: words struck out, dittos, margin notes, other scripts."""

from __future__ import annotations

import datetime
import json
import random
import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from bench.score import same_content
from pipeline.cut.struck import level_of, struck_spans
from pipeline.elements import Case, FieldKind, FieldState, Reading
from pipeline.forms import label_of
from pipeline.forms.form import MARGIN_NOTE
from pipeline.illegible import is_illegible
from pipeline.ink import separate
from pipeline.reasons import Reason
from pipeline.report import page_json
from tests.pipeline.drawn import Sheet
from training.damage import Damage, encode
from training.faces import HAND
from training.fill import Manner
from training.ink import make_writer
from training.layout import load_layout
from training.oddities import Oddities
from training.page import Hands, render_page
from training.registration import make_book, make_entry, workday

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.read import PageResult, Reader


@cache
def drawn(oddities: Oddities, seed: str = "odd") -> tuple[bytes, dict[str, Any]]:
    """A page of the later edition at 200 dots an inch, with its truth."""
    rng = random.Random(seed)
    book = make_book(rng, 2017)
    pen = make_writer(HAND / "playwrite-vn.ttf", seed)
    hands = Hands(pen, pen, Manner.of(rng, typed=False), " - ")
    entry = make_entry(rng, book, 7, workday(datetime.date(2017, 3, 6)))
    page = render_page(
        load_layout("birth-2015-b"), book, entry, hands, Damage(), dpi=200, seed=seed, stamped=0.0,
        oddities=oddities,
    )  # fmt: skip
    return encode(page.picture, 85, 200), page.truth


def read(reader: Reader, data: bytes) -> PageResult:
    return reader.read(np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), np.uint8))


@pytest.fixture(scope="module")
def pages(reader: Reader) -> dict[str, tuple[Case, dict[str, str], dict[str, str]]]:
    """A page of each kind, read: its case, its truth, and what is odd on it."""
    kinds = {
        "rewritten": Oddities(rewritten=0.5),
        "others": Oddities(ditto=1.0, script=0.25, note=1.0),
    }
    found = {}
    for name, oddities in kinds.items():
        data, truth = drawn(oddities)
        (case,) = read(reader, data).reading.cases
        found[name] = (case, truth["cases"][0]["fields"], truth["odd"])
    return found


Pages = dict[str, tuple[Case, dict[str, str], dict[str, str]]]


def test_what_is_struck_out_is_not_the_value_and_a_person_is_asked(pages: Pages) -> None:
    case, truth, odd = pages["rewritten"]
    keys = [key for key, kind in odd.items() if kind == "rewritten"]
    assert len(keys) >= 4
    found = [field for key in keys if (field := case.get(key)) and Reason.STRUCK_OUT.value in field.reasons]
    assert len(found) >= 0.7 * len(keys)
    right = [field for field in found if same_content(field.kind, field.verbatim, truth[field.key])]
    assert len(right) >= 0.7 * len(found)
    asked = {field.key for field in case.fields if field.state is FieldState.FLAGGED}
    assert asked >= set(keys)


def test_nothing_else_is_taken_for_struck_out(pages: Pages) -> None:
    for case, _, odd in pages.values():
        wrong = [f.key for f in case.fields if Reason.STRUCK_OUT.value in f.reasons and f.key not in odd]
        assert len(wrong) <= 1


def test_a_ditto_keeps_its_text_and_takes_the_value_of_what_it_means(pages: Pages) -> None:
    case, _, odd = pages["others"]
    keys = [key for key, kind in odd.items() if kind == "ditto"]
    assert keys
    found = [field for key in keys if (field := case.get(key)) and Reason.DITTO.value in field.reasons]
    assert len(found) >= 0.6 * len(keys)
    for field in found:
        assert field.state is FieldState.FLAGGED
        assert field.verbatim != field.value
        assert field.verbatim


def test_signs_of_another_script_are_illegible_and_never_accepted(pages: Pages) -> None:
    case, _, odd = pages["others"]
    fields = [case.get(key) for key, kind in odd.items() if kind == "script"]
    assert fields
    assert all(field and field.state is FieldState.FLAGGED for field in fields)
    told = [field for field in fields if field and Reason.OTHER_SCRIPT.value in field.reasons]
    assert len(told) >= 0.5 * len(fields)
    assert all(not field.verbatim and not field.value for field in told)


def test_a_note_in_the_margin_is_a_box_to_look_at_and_in_no_field(pages: Pages) -> None:
    case, _, odd = pages["others"]
    assert odd["note"]
    note = case.get(MARGIN_NOTE)
    assert note is not None
    assert (note.state, note.reasons) == (FieldState.FLAGGED, (Reason.MARGIN_NOTE.value,))
    assert note.box is not None
    others = [field.box for field in case.fields if field.box and field.key != MARGIN_NOTE]
    assert note.box.right < min(box.x for box in others) + 20
    assert pages["rewritten"][0].get(MARGIN_NOTE) is None
    assert label_of("KS", "2015", MARGIN_NOTE) == "Ghi chú bên lề"


def sheet_with(*lines: tuple[int, int, int, int]) -> list[tuple[int, int]]:
    """Where something is struck out on a line of writing with these lines drawn over it."""
    sheet = Sheet(300, 900)
    sheet.write("Nguyễn Văn Bình, xã Tân Lợi", 60, 150, HAND / "mali.ttf", 40)
    for line in lines:
        sheet.pen.line(line, fill=30, width=4)
    return struck_spans(level_of(separate(sheet.grey)), 150, 40, 880, 70)


def test_a_line_through_letters_strikes_out_and_one_under_or_over_them_does_not() -> None:
    assert sheet_with() == []
    (span,) = sheet_with((55, 138, 210, 136))
    assert abs(span[0] - 55) < 12
    assert abs(span[1] - 210) < 12
    assert sheet_with((55, 153, 210, 153)) == []  # a rule under the writing
    assert sheet_with((55, 95, 210, 95)) == []
    assert sheet_with((640, 138, 850, 138)) == []  # a stroke that fills what is left of the line
    assert sheet_with((100, 138, 120, 138)) == []


def evidence(mean: float, lexicon: float, fits: float = 1.0) -> dict[str, float]:
    return {"mean": mean, "lexicon": lexicon, "fits": fits}


def test_only_what_is_neither_sure_nor_like_any_text_is_illegible() -> None:
    assert is_illegible(FieldKind.NAME, Reading("SE ETET 6B", (), "", evidence(-0.22, -5.5)))
    assert not is_illegible(FieldKind.NAME, Reading("Điểu Krơng", (), "", evidence(-0.22, -2.5)))
    assert not is_illegible(FieldKind.NAME, Reading("Hvzq Xkrt", (), "", evidence(-0.01, -5.5)))
    assert not is_illegible(FieldKind.NAME, Reading("-", (), "", evidence(-0.5, -9.0)))
    assert is_illegible(FieldKind.DATE, Reading("EE Eờ Toệ T", (), "", evidence(-0.12, 0.0, 0.0)))
    assert not is_illegible(FieldKind.DATE, Reading("25/02/2643 15", (), "", evidence(-0.2, 0.0, 0.0)))


def test_another_process_reads_the_same(tmp_path: Path, reader: Reader) -> None:
    data, _ = drawn(Oddities(ditto=1.0, script=0.25, note=1.0))
    (tmp_path / "p.jpg").write_bytes(data)
    code = (
        "import json, sys; from pathlib import Path; from pipeline.read import Reader;"
        "from pipeline.report import page_json; from pipeline.scan import open_page;"
        "page = Reader.load().read(open_page(Path(sys.argv[1]), 1));"
        "print(json.dumps(page_json(page.reading, 'p.jpg', 1)))"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "p.jpg")], check=True, capture_output=True, text=True
    ).stdout
    here = read(reader, data).reading
    assert json.loads(told) == json.loads(json.dumps(page_json(here, "p.jpg", 1)))
    assert page_json(read(reader, data).reading, "p.jpg", 1) == page_json(here, "p.jpg", 1)
