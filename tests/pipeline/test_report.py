"""The JSON of a page, and truth files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.elements import (
    Box,
    Candidate,
    Case,
    Field,
    FieldKind,
    FieldState,
    PageKind,
    PageReading,
)
from pipeline.report import page_json, read_truth
from pipeline.wording import use_language
from tests.pipeline.conftest import SAMPLE

FIELD = Field(
    "nksHoTen", FieldKind.NAME, "Nguyễn thị Lan", "Nguyễn Thị Lan", 0.97123, FieldState.ACCEPTED, (),
    Box(10, 20, 300, 40), (Candidate("Nguyễn thị Lan", -0.0123456), Candidate("Nguyễn thị Lam", -4.5)),
    {"share": 0.97},
)  # fmt: skip
LOST = Field("so", FieldKind.NUMBER, "", "", 0.0, FieldState.FLAGGED, ("label_not_found",))
PAGE = PageReading(
    PageKind.CASES, "KS", "2010", (Case(0, (FIELD, LOST)),), turned=180, skew_degrees=0.6, width=1654,
    height=2339,
)  # fmt: skip


def test_a_page_is_told_in_the_form_of_the_design() -> None:
    assert json.loads(json.dumps(page_json(PAGE, "p001.jpg", 1))) == {
        "file": "p001.jpg", "page": 1, "type": "KS", "edition": "2010", "kind": "cases", "turned": 180,
        "skew": 0.6, "size": [1654, 2339], "reasons": [],
        "cases": [{"fields": {
            "nksHoTen": {
                "value": "Nguyễn Thị Lan", "verbatim": "Nguyễn thị Lan", "probability": 0.9712,
                "state": "accepted", "reasons": [], "box": [10, 20, 300, 40],
                "candidates": [["Nguyễn thị Lan", -0.012], ["Nguyễn thị Lam", -4.5]],
            },
            "so": {
                "value": "", "verbatim": "", "probability": 0.0, "state": "flagged",
                "reasons": ["label_not_found"], "box": None, "candidates": [],
            },
        }}],
    }  # fmt: skip


def test_a_page_without_cases_says_why() -> None:
    page = page_json(PageReading(PageKind.BLANK, "", "", (), reasons=("page_blank",)), "a.pdf", 3)
    assert (page["kind"], page["reasons"], page["cases"], page["page"]) == ("blank", ["page_blank"], [], 3)


def test_what_is_told_of_a_page_is_a_truth_file_too(tmp_path: Path) -> None:
    told = page_json(PAGE, "p001.jpg", 1)
    told["cases"] = [{"fields": {k: f["verbatim"] for k, f in c["fields"].items()}} for c in told["cases"]]
    path = tmp_path / "p001.json"
    path.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    truth = read_truth(path)
    assert (truth.kind, truth.type, truth.edition) == ("cases", "KS", "2010")
    assert truth.cases == ({"nksHoTen": "Nguyễn thị Lan", "so": ""},)


def test_every_truth_file_of_the_sample_is_one() -> None:
    kinds = {read_truth(p).kind for p in (SAMPLE / "truth").glob("KS*.json")}
    assert kinds == {"cases", "blank", "void"}


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "null", "{", '"KS"', '{"type": "KS"}', '{"type": "KS", "edition": "2010"}',
        '{"type": "KS", "edition": "2010", "cases": [{}]}',
        '{"type": "KS", "edition": "2010", "cases": [{"fields": ["so", "le"]}]}',
        '{"type": "KS", "edition": "2010", "cases": [{"fields": {"so": 5}}]}',
        '{"type": "KS", "edition": 2010, "cases": []}',
        '{"type": "KS", "edition": "2010", "kind": "strange", "cases": []}',
        '{"type": "KS", "edition": "2010", "kind": {}, "cases": []}',
    ],
)  # fmt: skip
def test_another_file_is_told_by_its_name(text: str, tmp_path: Path) -> None:
    path = tmp_path / "đáp án.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"^đáp án\.json không phải là tệp đáp án\.$"):
        read_truth(path)
    with use_language("en"), pytest.raises(ValueError, match=r"^đáp án\.json is not a truth file\.$"):
        read_truth(path)


def test_bytes_that_are_no_text_are_no_truth(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match=r"p\.json"):
        read_truth(path)


def test_a_truth_file_may_tell_how_and_where_each_case_was_written(tmp_path: Path) -> None:
    told = {"type": "KS", "edition": "2010", "cases": [{"fields": {"so": "12"}}]}
    written = [{"boxes": {"so": [[1, 2, 9, 2, 9, 6, 1, 6]]}, "typed": ["so"]}]
    path = tmp_path / "p1.json"
    path.write_text(json.dumps(told | {"written": written}), encoding="utf-8")
    (case,) = read_truth(path).written
    assert case.boxes == {"so": (((1, 2), (9, 2), (9, 6), (1, 6)),)}
    assert case.typed == {"so"}
    path.write_text(json.dumps(told), encoding="utf-8")
    assert read_truth(path).written == ()
    others: list[list[dict[str, object]]] = [
        [{"boxes": {}}], [{"boxes": {"so": [[1, 2]]}, "typed": []}], [{**one} for one in written * 2],
    ]  # fmt: skip
    for wrong in others:
        path.write_text(json.dumps(told | {"written": wrong}), encoding="utf-8")
        with pytest.raises(ValueError, match=r"p1\.json"):
            read_truth(path)
