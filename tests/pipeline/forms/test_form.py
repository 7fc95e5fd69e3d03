"""Form files: complete, consistent, and told from what is no form file."""

import tomllib

import pytest

from pipeline.elements import FieldKind, RegisterType
from pipeline.fields.choice import LISTS, choose
from pipeline.forms import all_forms, label_of, load_form
from pipeline.forms.form import FOLDER, Form, parse
from pipeline.forms.lines import LONGEST_LABEL, fold
from training.layout import layout_names, load_layout

FORMS = pytest.mark.parametrize("form", all_forms(), ids=lambda form: f"{form.type}-{form.edition}")


def test_every_file_is_a_form_and_each_edition_has_one() -> None:
    assert len(all_forms()) == len(list(FOLDER.glob("*.toml"))) >= 2
    keys = [(form.type, form.edition) for form in all_forms()]
    assert len(set(keys)) == len(keys)
    assert {form.type for form in all_forms()} <= {kind.value for kind in RegisterType}
    assert {("KS", "2010"), ("KS", "2015")} <= set(keys)


@FORMS
def test_labels_have_wordings_and_fields_have_titles(form: Form) -> None:
    assert form.name
    assert len({block.name for block in form.blocks}) == len(form.blocks)
    for label in form.labels:
        assert label.text
        assert all(fold(text) and text == " ".join(text.split()) for text in label.text)
        assert len(set(label.text)) == len(label.text)
        assert max(len(text.split()) for text in label.text) <= LONGEST_LABEL
        assert 0 < label.near < 1
        assert label.lines >= 1
        if label.field:
            assert label.title
        else:
            assert not (label.part or label.then or label.tick)
        if label.several:
            assert not label.field


@FORMS
def test_a_field_is_asked_once_but_for_parts_and_ticks(form: Form) -> None:
    asked: dict[str, list[str]] = {}
    for label in form.labels:
        if label.field:
            asked.setdefault(label.field, []).append(label.part or label.tick)
    for key, parts in asked.items():
        assert parts == [""] or (all(parts) and len(set(parts)) == len(parts)), key
    assert set(asked) == set(form.fields())
    assert all(
        set(parts) == {"day", "month", "year"}
        for parts in asked.values() if {"day", "month", "year"} & set(parts)
    )  # fmt: skip
    for label in form.labels:
        assert not label.then or label.then in asked


@FORMS
def test_blocks_that_stand_in_order_open_with_a_label_of_their_own(form: Form) -> None:
    """What opens a block tells its "Dân tộc" from that of the block before."""
    for block in form.blocks:
        assert block.labels
        if not block.anywhere:
            assert any(label.opens or label.heading for label in block.labels), block.name


@FORMS
def test_ticked_values_are_of_the_list_or_a_person_s(form: Form) -> None:
    """A box that is no kind of registration (a foundling) has no value: a person is asked."""
    ticks = [label for label in form.labels if label.tick]
    assert all(label.kind in LISTS for label in ticks)
    values = {label.tick: choose(label.kind, label.tick) for label in ticks}
    assert all(choice.value in {tick, ""} for tick, choice in values.items())
    assert not ticks or "Đăng ký lại" in values
    if form.type == "KS" and ticks:
        assert {"Đúng hạn", "Quá hạn", "Đăng ký lại", "Ghi vào sổ"} <= {c.value for c in values.values()}


@FORMS
def test_a_form_holds_what_its_print_runs_ask(form: Form) -> None:
    for name in layout_names(form.edition, form.type):
        layout = load_layout(name)
        if layout.type == form.type:
            known = set(form.fields()) | {label.then for label in form.labels}
            assert set(layout.asked()) <= known, name


def test_titles_for_screens() -> None:
    assert label_of("KS", "2010", "nksHoTen") == "Họ, chữ đệm, tên người được khai sinh"
    assert label_of("KS", "2010", "chucVuNguoiKy") == "Chức vụ người ký"
    assert label_of("KS", "2010", "noSuchField") == "noSuchField"
    assert label_of("KS", "1850", "nksHoTen") == "nksHoTen"


def test_a_form_that_is_not_known_is_told() -> None:
    with pytest.raises(KeyError, match="no form for KT 1850"):
        load_form("KT", "1850")


HEAD = 'type = "KS"\nedition = "1"\nname = "n"\n[[block]]\nname = "b"\n'
LABEL = f'{HEAD}[[block.label]]\ntext = ["Số"]\n'


@pytest.mark.parametrize("text", ['type = "KS"', HEAD, f'{LABEL}colour = "red"', f'{LABEL}kind = "colour"'])
def test_what_is_no_form_file_is_refused(text: str) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        parse(tomllib.loads(text))


def test_a_form_file_of_one_label() -> None:
    form = parse(tomllib.loads(f'{LABEL}field = "so"\nkind = "number"\ntitle = "Số"\n'))
    (label,) = form.labels
    assert (label.text, label.kind, label.lines, label.optional) == (("Số",), FieldKind.NUMBER, 1, False)
    assert form.fields() == {"so": label}
