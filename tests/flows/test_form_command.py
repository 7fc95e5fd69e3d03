"""``hotich form``: a draft from a page, a form drawn over pages, and broken files told in one sentence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner, Result

from flows.command import build_app
from pipeline.forms import load_form, use_own_forms
from pipeline.forms.checking import check_page
from pipeline.forms.formfile import read_form
from pipeline.forms.table import FOLDER
from pipeline.recognise.tesseract_library import library
from tests.pipeline.tables.conftest import drawn
from training.faces import HAND
from training.pages import Options, make_page, make_station

OPTIONS = Options(
    seed=5, fonts=sorted(HAND.glob("*.ttf")), dpi=(200,), book_pages=1, turned=0, void=0, photo=0,
    max_skew=0.5, type="KT",
)  # fmt: skip
FORM = (
    'type = "KT"\nedition = "1999"\nname = "Sổ khai tử riêng"\n[[block]]\nname = "b"\nanywhere = true\n'
    '[[block.label]]\ntext = ["Họ và tên"]\nfield = "nktHoTen"\nkind = "name"\ntitle = "Họ tên người chết"\n'
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOTICH_HOME", str(tmp_path / "station"))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("blank") / "trang.jpg"
    path.write_bytes(make_page(replace(OPTIONS, blank=1.0), 0)[1])
    return path


def hotich(*arguments: object) -> Result:
    return CliRunner().invoke(build_app(), [str(argument) for argument in arguments])


def test_a_draft_from_a_page_is_a_form_and_finds_its_labels(here: Path, blank: Path) -> None:
    result = hotich("form", "new", blank, "--edition", "rieng")
    assert result.exit_code == 0, result.output
    path = here / "KT-rieng.toml"
    form = read_form(path)
    assert (form.type, form.edition) == ("KT", "rieng")
    texts = [label.text[0] for label in form.labels]
    assert {"Nơi chết", "Nguyên nhân chết", "Dân tộc", "Quốc tịch", "Số"} <= set(texts)
    assert form.fields() == {}
    draft = path.read_text("utf-8")
    assert '# field = "…"  # ví dụ nktNoiChet' in draft
    assert 'kind = "ethnicity"  # đoán theo lời nhãn' in draft
    # A person names two fields, and the form reads pages.
    for text, key in (("Nơi chết", "nktNoiChet"), ("Dân tộc", "nktDanToc")):
        before, _, after = draft.partition(f'text = ["{text}"]')
        after = after.replace('# field = "…"', f'field = "{key}"', 1).replace("# title", "title", 1)
        draft = f'{before}text = ["{text}"]{after}'
    path.write_text(draft, encoding="utf-8")
    assert set(read_form(path).fields()) == {"nktNoiChet", "nktDanToc"}
    data = make_page(replace(OPTIONS, blank=0.0), 0)[1]
    (here / "viết.jpg").write_bytes(data)
    result = hotich("form", "check", path, here / "viết.jpg", "--out", here / "ảnh")
    assert result.exit_code == 0, result.output
    assert "2 mục" in result.output
    assert "nktNoiChet" in result.output
    picture = cv2.imdecode(np.fromfile(here / "ảnh" / "viết-1.jpg", np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None and picture.shape[0] > 1000
    again = hotich("form", "new", blank, "--edition", "rieng")
    assert again.exit_code == 1
    assert "--out" in again.output


def test_what_is_missing_on_a_page_is_told(blank: Path) -> None:
    image = cv2.imread(str(blank))
    assert image is not None
    page = np.asarray(image, np.uint8)
    checked = check_page(page, load_form("KT", make_station(OPTIONS, 0).layout.edition))
    other = check_page(page, load_form("KH", "2015"))
    assert checked.share > other.share
    assert len(other.missing) > len(checked.missing)
    assert [field.key for field in checked.fields if field.written] == []


def test_a_page_without_print_gives_no_draft(here: Path) -> None:
    path = here / "trắng.png"
    path.write_bytes(cv2.imencode(".png", np.full((1400, 1000, 3), 250, np.uint8))[1].tobytes())
    result = hotich("form", "new", path)
    assert result.exit_code == 1
    assert "Không tìm thấy nhãn in" in result.output


def test_a_broken_form_file_is_one_sentence_for_every_command(here: Path) -> None:
    forms = here / "station" / "forms"
    forms.mkdir(parents=True)
    path = forms / "rieng.toml"
    path.write_text(FORM.replace("kind", "kiểu"), encoding="utf-8")
    for arguments in (("form", "check", path), ("read", here / "a.jpg"), ("station",)):
        result = hotich(*arguments)
        assert result.exit_code == 1, arguments
        assert result.output.startswith("Tệp mẫu rieng.toml, dòng 10: ")
        assert len(result.output.splitlines()) == 1
    try:
        path.write_text(FORM, encoding="utf-8")
        assert hotich("form", "check", path).exit_code == 0
        # Now the form is right, and only the picture is not there.
        assert "a.jpg" in hotich("read", here / "a.jpg").output
    finally:
        use_own_forms(None)


def test_a_table_form_is_drawn_over_an_opening(here: Path, blank: Path) -> None:
    scan = here / "sổ cũ.jpg"
    image, _ = drawn("birth-1999-a")
    scan.write_bytes(cv2.imencode(".jpg", image)[1].tobytes())
    form = here / "rieng.toml"
    form.write_text((FOLDER / "birth-1999.toml").read_text("utf-8").replace("Dân tộc", "Tôn giáo"), "utf-8")
    result = hotich("form", "check", form, scan, "--out", here / "ảnh")
    assert result.exit_code == 0, result.output
    assert "KHÔNG CÓ TRONG MẪU" in result.output or "đoán theo cột bên" in result.output
    assert "5 dòng: 3 có chữ, 1 bị gạch hủy, 1 trống." in result.output
    picture = cv2.imdecode(np.fromfile(here / "ảnh" / "sổ cũ-1.jpg", np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    blue, green, red = (picture[..., k].astype(int) for k in range(3))
    assert ((green > red + 60) & (green > blue + 30)).sum() > 5000, "cells with writing have green frames"
    assert ((red > 150) & (blue < 90) & (green > 80)).sum() > 2000, "empty cells have orange frames"
    alone = hotich("form", "check", form, blank, "--out", here / "ảnh")
    assert alone.exit_code == 1
    assert "không tìm thấy bảng kẻ" in " ".join(alone.output.split())


def test_a_page_that_the_engine_gives_up_is_told_with_its_file(
    here: Path, blank: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.recognise.tesseract.SECONDS_A_PAGE", 0.01)
    form = here / "mau.toml"
    form.write_text(FORM, encoding="utf-8")
    for command in (("form", "new", blank), ("form", "check", form, blank)):
        result = hotich(*command)
        assert result.exit_code == 1
        assert f"{blank.name}, trang 1: Tesseract chưa đọc xong ảnh" in result.stderr
        assert "Hãy thử lại" in result.stderr


def test_missing_vietnamese_data_is_told_with_its_package(
    here: Path, blank: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TESSDATA_PREFIX", str(here))
    library.cache_clear()
    try:
        result = hotich("form", "new", blank)
    finally:
        library.cache_clear()
    assert result.exit_code == 1
    assert "tesseract-ocr-vie" in result.stderr
