"""Ditto marks are known for what they are, and resolved to what they refer to."""

from __future__ import annotations

import pytest

from pipeline.ditto import is_ditto, resolve_column, resolve_fields
from pipeline.elements import FieldKind


@pytest.mark.parametrize(
    "text",
    ["-nt-", "nt", "Nt", "n.t", "- nt -", "như trên", "Như trên", "nhu tren", "Như trêu", "″", '"', "''",
     "-//-", "//", "- ″ -", "〃", "”", ", ,", '-"-', "-mt-"],
)  # fmt: skip
def test_dittos(text: str) -> None:
    assert is_ditto(text)


@pytest.mark.parametrize(
    "text",
    ["", "-", "/", "Nam", "Kinh", "Tân", "11", "Nhân", "An", "Nghệ An", "xã Trên", "Như", "'", "S'tiêng", "1",
     "Nguyễn Thị Như Trêm", "-----", "Thôn 2, xã Như Trên", "12/2010"],
)  # fmt: skip
def test_what_is_written_out_is_no_ditto(text: str) -> None:
    assert not is_ditto(text)


def test_a_column_is_resolved_downwards() -> None:
    assert resolve_column(["-nt-", "Kinh", "″", "nt", "Tày", "", "//"]) == [
        "", "Kinh", "Kinh", "Kinh", "Tày", "", "",
    ]  # fmt: skip


def test_a_field_refers_to_the_same_field_of_another_person_first() -> None:
    kinds = {
        "nksNoiSinh": FieldKind.PLACE, "nksQueQuan": FieldKind.PLACE, "meHoTen": FieldKind.NAME,
        "meDanToc": FieldKind.ETHNICITY, "meNoiCuTru": FieldKind.PLACE, "chaDanToc": FieldKind.ETHNICITY,
        "chaNoiCuTru": FieldKind.PLACE,
    }  # fmt: skip
    texts = {
        "nksNoiSinh": "Trạm y tế xã Tân Lợi", "nksQueQuan": "như trên", "meHoTen": "-nt-", "meDanToc": "Kinh",
        "meNoiCuTru": "xã Tân Lợi", "chaDanToc": "″", "chaNoiCuTru": "-nt-",
    }  # fmt: skip
    assert resolve_fields(texts, kinds) == {
        "nksQueQuan": "Trạm y tế xã Tân Lợi", "meHoTen": "", "chaDanToc": "Kinh", "chaNoiCuTru": "xã Tân Lợi",
    }  # fmt: skip
