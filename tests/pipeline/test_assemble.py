"""Readings become fields with values, states and reasons; nothing doubtful is accepted in silence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.assemble import TICKED, assemble
from pipeline.confidence import FEATURES, feature_row
from pipeline.cut import FieldCrop
from pipeline.elements import Box, Candidate, Case, Field, FieldState, Reading
from pipeline.forms import load_form
from pipeline.forms.fit import FormFit, fit_form
from pipeline.forms.form import Label
from pipeline.forms.lines import visual_lines
from pipeline.policy import Asking, FieldPolicy, Policy
from pipeline.proof import GRID
from pipeline.read_fields import CropReading
from pipeline.reasons import Reason, describe
from tests.pipeline.forms.words import BIRTH_2010, HEIGHT, page_of
from tests.pipeline.policies import SURE, accepting

FORM = load_form("KS", "2010")
FIT = fit_form(visual_lines(page_of(BIRTH_2010)), HEIGHT, FORM)
ALL = accepting()
NOBODY = Policy({})
TEXTS = {
    "so": "12/2010", "quyenSo": "01/2010", "nksHoTen": "Điểu thị Lan", "nksGioiTinh": "nữ",
    "nksNgaySinh": "27/12/2009",
    "nksNgaySinhBangChu": "ngày hai mươi bảy tháng mười hai năm hai nghìn không trăm linh chín",
    "nksNoiSinh": "Trạm y tế xã Tân Lợi", "nksDanToc": "Stiêng", "nksQuocTich": "Việt Nam",
    "nksQueQuan": "Lộc Ninh", "chaHoTen": "Điểu Đơi", "chaDanToc": "Stiêng", "chaQuocTich": "Việt Nam",
    "meHoTen": "Thị Hạnh", "meDanToc": "Kinh", "meQuocTich": "Việt Nam", "nycHoTen": "Thị Hạnh",
    "nycQuanHe": "Mẹ", "ngayDangKy.day": "05", "ngayDangKy.month": "01", "ngayDangKy.year": "2010",
    "nguoiKy": "Đinh Hữu Khánh", "chucVuNguoiKy": "Chủ tịch", "nguoiThucHien": "Ngô Bích Anh", "ghiChu": "",
}  # fmt: skip


def crop(label: Label, text: str, *, box: Box, tick: float = 0.0, **evidence: float) -> CropReading:
    lines = (box,) if text else ()
    cut = FieldCrop(label, box, (), (), lines, 900 if text else 0, tick)
    found = (Candidate(text, -0.01), Candidate(f"{text}x", -5.0)) if text else ()
    return CropReading(cut, Reading(text, found, "recogniser", SURE | evidence if text else {}))


def readings(texts: dict[str, str], **evidence: float) -> list[CropReading]:
    made = []
    for anchor in FIT.anchors:
        label = anchor.label
        name = f"{label.field}.{label.part}" if label.part else label.field
        if label.field and name in texts:
            made.append(crop(label, texts[name], box=anchor.sighting.box, **evidence))
    return made


def case_of(policy: Policy = ALL, changed: dict[str, str] | None = None) -> Case:
    return assemble(readings(TEXTS | (changed or {})), FIT, 2010, policy)


def field(case: Case, key: str) -> Field:
    found = case.get(key)
    assert found is not None
    return found


def test_fields_come_in_the_order_of_the_form_with_value_and_box() -> None:
    case = case_of()
    asked = [key for key, label in FORM.fields().items() if not label.optional]
    assert [f.key for f in case.fields] == asked
    child = field(case, "nksHoTen")
    assert (child.verbatim, child.value) == ("Điểu thị Lan", "Điểu Thị Lan")
    assert field(case, "nksGioiTinh").value == "Nữ"
    assert field(case, "nksDanToc").value == "Xtiêng"
    assert field(case, "nksNgaySinh").value == field(case, "nksNgaySinhBangChu").value == "27.12.2009"
    assert {f.state for f in case.fields} == {FieldState.ACCEPTED, FieldState.BLANK}
    assert field(case, "ghiChu").state is FieldState.BLANK
    assert case.box is not None
    assert all(f.box and case.box.union(f.box) == case.box for f in case.fields)


def test_a_date_in_three_gaps_is_one_field_over_all_of_them() -> None:
    registered = field(case_of(), "ngayDangKy")
    assert (registered.verbatim, registered.value) == ("05/01/2010", "05.01.2010")
    gaps = [a.sighting.box for a in FIT.anchors if a.label.field == "ngayDangKy"]
    assert registered.box == gaps[0].union(gaps[1]).union(gaps[2])


def test_a_title_without_its_label_is_taken_from_behind_the_name() -> None:
    texts = {k: v for k, v in TEXTS.items() if k != "chucVuNguoiKy"} | {
        "nguoiKy": "Đinh Hữu Khánh - Chủ tịch"
    }
    case = assemble(readings(texts), FIT, 2010, ALL)
    assert field(case, "nguoiKy").verbatim == "Đinh Hữu Khánh"
    assert field(case, "chucVuNguoiKy").verbatim == "Chủ tịch"
    assert field(case, "chucVuNguoiKy").box == field(case, "nguoiKy").box


def test_a_label_that_was_not_found_asks_for_its_field() -> None:
    texts = {k: v for k, v in TEXTS.items() if k not in {"meHoTen", "nksQueQuan"}}
    case = assemble(readings(texts), FIT, 2010, ALL)
    for key in ("meHoTen", "nksQueQuan"):
        lost = field(case, key)
        assert (lost.state, lost.verbatim, lost.value, lost.probability) == (FieldState.FLAGGED, "", "", 0.0)
        assert lost.reasons == (Reason.LABEL_NOT_FOUND,)
        assert lost.box is None
    # A field that a print run may lack is absent without a word.
    assert case.get("trangSo") is None


def test_a_broken_rule_is_a_reason_whatever_the_probability() -> None:
    case = case_of(ALL, {"nksNgaySinh": "28/11/2009"})
    for key in ("nksNgaySinh", "nksNgaySinhBangChu"):
        assert field(case, key).state is FieldState.FLAGGED
        assert any(reason.startswith("rule:") for reason in field(case, key).reasons)
    assert field(case, "nksHoTen").state is FieldState.ACCEPTED


def test_the_year_of_the_book_is_held_against_the_dates() -> None:
    later = case_of(ALL, {"ngayDangKy.year": "2031"})
    assert field(later, "ngayDangKy").state is FieldState.FLAGGED
    assert field(later, "ngayDangKy").reasons


@pytest.mark.parametrize(
    ("key", "text", "reason"),
    [
        ("nksNgaySinh", "31/02/2009", "rule:"),
        ("nksGioiTinh", "Trăng", Reason.UNREADABLE_VALUE),
        ("nksDanToc", "Sao Hỏa", Reason.UNREADABLE_VALUE),
        ("so", "mười hai", Reason.UNREADABLE_VALUE),
    ],
)
def test_what_has_no_value_is_asked(key: str, text: str, reason: str) -> None:
    found = field(case_of(ALL, {key: text}), key)
    assert found.state is FieldState.FLAGGED
    assert found.verbatim == text  # what stands in the book is kept
    assert found.value == ""
    assert any(code.startswith(reason) for code in found.reasons)


def test_no_name_found_under_a_signature_is_no_blank_field() -> None:
    found = field(case_of(ALL, {"nguoiThucHien": ""}), "nguoiThucHien")
    assert found.state is FieldState.FLAGGED
    assert found.reasons == (Reason.CROP_DOUBTFUL,)


def test_nothing_is_accepted_under_its_threshold() -> None:
    case = case_of(NOBODY)
    assert {f.state for f in case.fields} == {FieldState.FLAGGED}
    assert {reason for f in case.fields for reason in f.reasons} >= {Reason.NOT_PROVEN}
    chance = field(case, "nksHoTen").probability
    under, above = max(g for g in GRID if g <= chance), min(g for g in GRID if g > chance)
    for threshold, state in ((above, FieldState.FLAGGED), (under, FieldState.ACCEPTED)):
        found = field(case_of(accepting("name", least=threshold)), "nksHoTen")
        assert found.state is state
        assert (Reason.LOW_PROBABILITY in found.reasons) == (state is FieldState.FLAGGED)


def test_what_is_always_asked_and_what_never() -> None:
    always = replace(ALL, fields={"nksHoTen": FieldPolicy(asking=Asking.ALWAYS)})
    found = field(case_of(always), "nksHoTen")
    assert (found.state, found.reasons) == (FieldState.FLAGGED, (Reason.ALWAYS_ASKED,))
    never = replace(NOBODY, fields={"nksHoTen": FieldPolicy(asking=Asking.NEVER)})
    found = field(case_of(never), "nksHoTen")
    assert (found.state, found.reasons) == (FieldState.ACCEPTED, ())


def test_a_title_in_a_name_is_another_field_s() -> None:
    found = field(case_of(ALL, {"nguoiThucHien": "Đinh Hữu Khánh Phó Chủ tịch"}), "nguoiThucHien")
    assert found.reasons == (Reason.CROP_DOUBTFUL,)


def test_engines_that_disagree_are_told_as_such() -> None:
    made = readings(TEXTS, printed=0.95, agree=0.4)
    assert field(assemble(made, FIT, 2010, NOBODY), "nksHoTen").reasons == (Reason.ENGINES_DISAGREE,)


FORM_2015 = load_form("KS", "2015")
TICKS = {label.tick: label for label in FORM_2015.labels if label.tick}


def ticked(**shares: float) -> Field:
    fit = FormFit(FORM_2015, (), 1.0, (), ())
    box = Box(10, 10, 28, 28)
    made = [
        crop(label, "", box=box, tick=shares.get(name.replace(" ", "_"), 0.0))
        for name, label in TICKS.items()
    ]
    return field(assemble(made, fit, 2016, ALL), "loaiDangKy")


def test_the_ticked_box_is_the_kind_of_registration() -> None:
    assert (ticked(Quá_hạn=0.5).value, ticked(Quá_hạn=0.5).state) == ("Quá hạn", FieldState.ACCEPTED)
    nothing = ticked()
    assert (nothing.verbatim, nothing.state) == ("", FieldState.FLAGGED)
    assert nothing.reasons == (Reason.CROP_DOUBTFUL,)
    assert ticked(Đúng_hạn=TICKED - 0.01).verbatim == ""


def test_a_stroke_that_leaves_its_box_is_no_second_tick_but_two_ticks_are_asked() -> None:
    assert ticked(Đúng_hạn=0.6, Quá_hạn=0.12).value == "Đúng hạn"
    two = ticked(Đúng_hạn=0.6, Quá_hạn=0.5)
    assert (two.verbatim, two.value, two.state) == ("Đúng hạn, Quá hạn", "", FieldState.FLAGGED)


EDGES = [
    "",
    "x",
    "-",
    "12/13/2010",
    "31.02.2010",
    "không rõ",
    "Nữ",
    "Kinh",
    "Nguyễn Văn A",
    "01/2010",
    "1/1/1",
]


@given(
    st.dictionaries(st.sampled_from(sorted(TEXTS)), st.sampled_from(EDGES)), st.sampled_from([ALL, NOBODY])
)
@settings(max_examples=60, deadline=None)
def test_whatever_was_read_every_flagged_field_has_a_reason_and_no_other(
    changed: dict[str, str], policy: Policy
) -> None:
    for found in assemble(readings(TEXTS | changed), FIT, 2010, policy).fields:
        assert 0.0 <= found.probability <= 1.0
        assert bool(found.reasons) == (found.state is FieldState.FLAGGED)
        assert len(set(found.reasons)) == len(found.reasons)
        assert all(describe(code) for code in found.reasons)
        assert (found.state is FieldState.BLANK) <= (found.verbatim == found.value == "")
        assert (found.state is FieldState.ACCEPTED) <= bool(found.verbatim and found.value)


def test_the_evidence_of_a_field_makes_its_features() -> None:
    found = field(case_of(), "nksNgaySinh")
    row = dict(zip(FEATURES, feature_row(found.evidence), strict=True))
    assert (row["twin"], row["fits"]) == (1.0, 1.0)
    assert 0.95 <= row["anchor"] <= 1.0
    evidence: dict[str, Any] = dict(found.evidence)
    assert evidence["form"] == 1.0


def test_a_day_read_with_the_minutes_before_it_is_a_field_of_its_own() -> None:
    """The words printed between two gaps ("phút, ngày") are passed over by the engine at times."""
    form = load_form("KT", "2010")
    labels = {label.part: label for label in form.labels if label.field == "nktGioPhutChet"}
    box = Box(300, 800, 90, 40)
    read = [
        crop(labels["hour"], "8", box=box),
        crop(labels["minute"], "20 phút, ngày 2/9/2014", box=replace(box, x=500)),
    ]
    case = assemble(read, FormFit(form, (), 0.9, (), ()), 2014, NOBODY)
    assert field(case, "nktGioPhutChet").verbatim == "8 giờ 20 phút"
    assert field(case, "nktNgayChet").value == "02.09.2014"
    assert field(case, "nktNgayChet").box == field(case, "nktGioPhutChet").box


def test_an_hour_that_no_clock_shows_is_not_accepted() -> None:
    """A date alone where a label was thought to stand in it: "30/10/2012" was read as 30 hours."""
    form = load_form("KT", "2010")
    labels = {label.part: label for label in form.labels if label.field == "nktGioPhutChet"}
    box = Box(300, 800, 90, 40)

    def hour(first: str, second: str) -> Field:
        read = [crop(labels["hour"], first, box=box), crop(labels["minute"], second, box=replace(box, x=500))]
        return field(assemble(read, FormFit(form, (), 0.9, (), ()), 2014, ALL), "nktGioPhutChet")

    assert hour("8", "20").state is FieldState.ACCEPTED
    wrong = hour("30", "2012")
    assert (wrong.state, wrong.reasons) == (FieldState.FLAGGED, (Reason.UNREADABLE_VALUE.value,))
