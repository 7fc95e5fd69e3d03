"""Form files: complete, consistent, and told from what is no form file."""

from pathlib import Path

import pytest

from pipeline.elements import FieldKind, RegisterType
from pipeline.fields.choice import LISTS, choose
from pipeline.forms import all_forms, label_of, load_form, use_own_forms
from pipeline.forms.form import Form
from pipeline.forms.formfile import FormError, form_of, read_form
from pipeline.forms.library import FOLDER
from pipeline.forms.lines import LONGEST_LABEL
from pipeline.text import fold
from training.layout import layout_names, load_layout

FORMS = pytest.mark.parametrize("form", all_forms(), ids=lambda form: f"{form.type}-{form.edition}")


def test_every_file_is_a_form_and_each_edition_has_one() -> None:
    assert len(all_forms()) == len(list(FOLDER.glob("*.toml"))) >= 2
    keys = [(form.type, form.edition) for form in all_forms()]
    assert len(set(keys)) == len(keys)
    assert {form.type for form in all_forms()} <= {kind.value for kind in RegisterType}
    assert {("KS", "2010"), ("KS", "2015"), ("CN", "2011")} <= set(keys)


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
        assert all(asked.title for asked in label.asked)
        if not label.field:
            assert not (label.part or label.then or label.tick)
        if label.several:
            assert not label.asked


@FORMS
def test_a_field_is_asked_once_but_for_parts_and_ticks(form: Form) -> None:
    asked: dict[str, list[str]] = {}
    for label in form.labels:
        for one in label.asked:
            asked.setdefault(one.field, []).append(one.part or one.tick)
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


HEAD = 'type = "KS"\nedition = "1"\nname = "n"\n[[block]]\nname = "b"\nanywhere = true\n'
LABEL = f'{HEAD}[[block.label]]\ntext = ["Số"]\n'
FIELD = 'field = "so"\ntitle = "Số"\n'
WRONG = {
    'type = "KS"': (1, "edition"),
    HEAD: (4, "[[block.label]]"),
    HEAD.replace('"KS"', '"XX"'): (1, "KS, KH, KT, CN"),
    HEAD.replace('edition = "1"', 'edition = "mẫu cũ"'): (2, "1999"),
    f'{LABEL}colour = "red"': (9, "colour"),
    f'{LABEL}kind = "colour"': (9, "colour"),
    f'{LABEL}opens = "true"': (9, "true"),
    f"{LABEL}lines = 0": (9, "lines"),
    f"{LABEL}near = 25": (9, "0.25"),
    f'{LABEL}field = "họ tên"\ntitle = "t"': (9, "nksHoTen"),
    f'{LABEL}field = "so"': (9, "title"),
    f'{LABEL}part = "day"': (7, "field"),
    f'{LABEL}{FIELD}part = "week"': (11, "day, month, year"),
    f'{LABEL}{FIELD}then = "chucVu"': (11, "chucVu"),
    f'{LABEL}columns = ["a", "b"]\ntitles = ["A"]': (9, "titles"),
    LABEL.replace('["Số"]', '"Số"'): (8, "text"),
    LABEL.replace('["Số"]', '["…"]'): (8, "…"),
    LABEL.replace('["Số"]', '["Số]'): (8, "dấu ngoặc kép"),
    LABEL.replace("anywhere = true", 'anywhere = "no"'): (6, "true"),
    LABEL.replace("anywhere = true", ""): (7, "opens = true"),
    f"{LABEL}{FIELD}[[block.label]]\ntext = ['Số hai']\n{FIELD}": (13, "so"),
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_form_file_is_told_with_its_line_and_what_to_do(text: str) -> None:
    line, named = WRONG[text]
    with pytest.raises(FormError) as told:
        form_of(text, "mẫu.toml")
    sentence = str(told.value)
    assert sentence.startswith(f"Tệp mẫu mẫu.toml, dòng {line}: ")
    assert named in sentence.partition(": ")[2]
    assert "\n" not in sentence
    assert sentence.endswith(".")


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    with pytest.raises(FormError, match="không mở được"):
        read_form(path)
    path.write_bytes("tên".encode("utf-16"))
    with pytest.raises(FormError, match="UTF-8"):
        read_form(path)


def test_a_form_file_of_one_label() -> None:
    form = form_of(f'{LABEL}field = "so"\nkind = "number"\ntitle = "Số"\n', "a.toml")
    (label,) = form.labels
    assert (label.text, label.kind, label.lines, label.optional) == (("Số",), FieldKind.NUMBER, 1, False)
    assert form.fields() == {"so": label}


def test_a_label_over_columns_asks_for_a_field_in_each() -> None:
    text = (
        f'{LABEL}columns = ["chaNuoiHoTen", "meNuoiHoTen"]\ntitles = ["Cha nuôi", "Mẹ nuôi"]\nkind = "name"\n'
    )
    form = form_of(text, "a.toml")
    assert [(key, label.title, label.kind) for key, label in form.fields().items()] == [
        ("chaNuoiHoTen", "Cha nuôi", FieldKind.NAME),
        ("meNuoiHoTen", "Mẹ nuôi", FieldKind.NAME),
    ]
    assert [label.column for label in form.fields().values()] == [1, 2]


def test_a_station_s_own_forms_stand_beside_the_program_s(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(LABEL.replace('edition = "1"', 'edition = "1999"') + FIELD, encoding="utf-8")
    try:
        (own,) = use_own_forms(tmp_path)
        assert all_forms()[-1] == own == load_form("KS", "1999")
        assert label_of("KS", "1999", "so") == "Số"
        path.write_text(path.read_text("utf-8").replace('"1999"', '"2010"'), encoding="utf-8")
        with pytest.raises(FormError, match=r"own\.toml: loại sổ KS, ấn bản 2010 đã có .*2010a"):
            use_own_forms(tmp_path)
        path.write_text(path.read_text("utf-8").replace('"2010"', '"1999"'), encoding="utf-8")
        path.with_name("z.toml").write_bytes(path.read_bytes())
        with pytest.raises(FormError, match=r"z\.toml: .* đã có ở own\.toml"):
            use_own_forms(tmp_path)
        assert use_own_forms(tmp_path / "none") == ()
    finally:
        use_own_forms(None)
    assert ("KS", "1999") not in {(form.type, form.edition) for form in all_forms()}
