"""Names under signatures: what may be the neighbour's is left to a person."""

from __future__ import annotations

import pytest

from pipeline.assemble import assemble
from pipeline.cut import FieldCrop
from pipeline.elements import Box, Candidate, FieldState, Reading
from pipeline.forms import load_form
from pipeline.forms.fit import FormFit
from pipeline.read_fields import CropReading
from pipeline.reasons import Reason
from tests.pipeline.policies import SURE, accepting

FORM = load_form("KH", "2010")
ALL = accepting("name", "blank")


@pytest.mark.parametrize(
    ("text", "doubtful"),
    [
        ("Thái Thị Hồng Thương", False),
        ("Công Tằng Tôn Nữ Hạnh", False),
        ("Hà Thị Thu Thư Thái Thị Hồng Thương", True),
        ("", True),
    ],
)
def test_a_name_that_may_be_two_people_s_is_asked_for(text: str, doubtful: bool) -> None:
    label = FORM.fields()["nguoiThucHien"]
    crop = FieldCrop(label, Box(9, 9, 99, 20), (), (), (), 500)
    candidates = (Candidate(text, -0.01),) if text else ()
    reading = CropReading(crop, Reading(text, candidates, "recogniser", SURE))
    field = assemble([reading], FormFit(FORM, (), 1.0, (), ()), None, ALL).get("nguoiThucHien")
    assert field is not None
    assert (field.state is FieldState.FLAGGED) == doubtful
    assert (Reason.CROP_DOUBTFUL in field.reasons) == doubtful
