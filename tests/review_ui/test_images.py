"""Pictures: the right part of the page, no more than a person may see, quick to make."""

from __future__ import annotations

import os
import time
from functools import partial
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from sqlalchemy import select

from models.states import CaseState
from models.tables import Case, Field
from pipeline.cuts import View, crop, cut_ahead, decode, kept_cut, strip, written
from review_ui.images import Pictures, Recent
from tests.review_ui.drawn import BOOK, HEIGHT, WIDTH, draw, entry, reading_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from models.store import Store
    from tests.review_ui.conftest import Browser


def decoded(data: bytes) -> NDArray[np.uint8]:
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return image.astype(np.uint8)


def sheet_with(text_from: int, text_to: int) -> NDArray[np.uint8]:
    """A field with a dotted leader all along and strokes between two columns."""
    field = np.full((100, 1000, 3), 245, np.uint8)
    field[80:83, ::12] = 40
    for column in range(text_from, text_to, 30):
        cv2.rectangle(field, (column, 20), (column + 12, 70), (60, 30, 20), -1)
    return field


@pytest.mark.parametrize(("start", "stop"), [(20, 900), (300, 900)])
def test_writing_is_found_between_its_first_and_last_letter(start: int, stop: int) -> None:
    left, right = written(sheet_with(start, stop))
    assert left == start
    assert stop - 30 < right <= stop + 13


def test_short_writing_keeps_half_of_the_line_and_none_keeps_all() -> None:
    left, right = written(sheet_with(10, 100))
    assert left <= 10
    assert right - left >= 500
    assert written(sheet_with(0, 0)) == (0, 1000)


@pytest.mark.parametrize("box", [(0, 0, 50, 20), (WIDTH - 5, HEIGHT - 5, 50, 50), (-30, -30, 10, 10)])
def test_boxes_at_the_edge_still_give_a_picture(box: tuple[int, int, int, int]) -> None:
    page = np.full((HEIGHT, WIDTH, 3), 250, np.uint8)
    assert crop(page, box).size > 0
    assert strip(page, box).size > 0


def test_crop_and_strip_of_a_field(store: Store, person: Callable[[str], Browser]) -> None:
    one = person("lan")
    with store.read() as session:
        field = session.scalars(select(Field).filter_by(key="nksHoTen").order_by(Field.id)).first()
    assert field is not None
    assert field.box is not None
    answer = one.get(f"/crop/{field.id}")
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "private, max-age=3600"
    image = decoded(answer.content)
    assert image.shape[0] < 2 * field.box[3]
    assert (image < 110).any()  # there is writing on it
    around = decoded(one.get(f"/crop/{field.id}?view=strip").content)
    assert around.shape[1] == 1300
    assert around.shape[0] > image.shape[0]


def test_page_in_three_sizes(store: Store, person: Callable[[str], Browser]) -> None:
    one = person("lan")
    widths = [decoded(one.get(f"/page/1?size={size}").content).shape[1] for size in ("thumb", "fit", "full")]
    assert widths == [160, 1300, WIDTH]


def test_field_without_a_place_has_no_crop(store: Store, person: Callable[[str], Browser]) -> None:
    with store.read() as session:
        field_id = session.scalars(select(Field.id).where(Field.box.is_(None))).first()
    assert person("lan").get(f"/crop/{field_id}").status_code == 404


def test_page_whose_image_is_gone(store: Store, person: Callable[[str], Browser]) -> None:
    store.settings.page_path(1).unlink()
    assert person("lan").get("/page/1").status_code == 404
    store.settings.page_path(1).write_bytes(b"no image")
    assert person("lan").get("/page/1").status_code == 404


def test_who_keys_does_not_see_cases_that_are_approved(
    store: Store, person: Callable[[str], Browser]
) -> None:
    lan, minh = person("lan"), person("minh")
    with store.begin() as session:
        session.scalars(select(Case).filter_by(page_id=1)).one().state = CaseState.APPROVED
        field_id = session.scalars(select(Field.id).filter_by(case_id=1, key="nksHoTen")).one()
    for address in ("/page/1", f"/crop/{field_id}"):
        assert lan.get(address).status_code == 404
        assert minh.get(address).status_code == 200
    assert lan.get("/page/5").status_code == 404  # a page without cases is for the operator


def test_what_was_cut_when_the_page_was_read_is_shown_without_opening_it(
    store: Store, person: Callable[[str], Browser]
) -> None:
    page_id, item, boxes = 1, BOOK[0], draw(BOOK[0], 1)[1]
    image, ahead = store.settings.page_path(page_id), store.settings.cuts_path(page_id)
    assert cut_ahead(decode(image), reading_of(item, boxes), ahead) == len(View)  # one field is doubted
    with store.read() as session:
        field = session.scalars(select(Field).filter_by(key="nksHoTen").order_by(Field.id)).first()
    assert field is not None
    assert field.box is not None
    box = (field.box[0], field.box[1], field.box[2], field.box[3])
    kept, since = ahead.read_bytes(), image.stat().st_mtime_ns
    cuts = {view: kept_cut(ahead, box, view, since) for view in View}
    stamps = image.stat().st_atime_ns, since
    image.write_bytes(b"cannot be opened")
    os.utime(image, ns=stamps)
    lan = person("lan")
    for view in View:
        answer = lan.get(f"/crop/{field.id}?view={view}")
        assert answer.content == cuts[view]
        assert decoded(answer.content).shape[1] > 300
    os.utime(image, ns=(stamps[0], ahead.stat().st_mtime_ns + 1))  # read again since
    assert lan.get(f"/crop/{field.id}?view=crop").status_code == 404
    ahead.write_bytes(kept[: len(kept) // 2])  # a disk that broke
    assert kept_cut(ahead, box, View.CROP, 0) is None


def test_nothing_doubted_leaves_no_file(tmp_path: Path) -> None:
    item = entry(1)
    page, boxes = draw(item, 1)
    page.save(tmp_path / "1.jpg")
    ahead = tmp_path / "1.zip"
    ahead.write_bytes(b"of an earlier reading")
    assert cut_ahead(decode(tmp_path / "1.jpg"), reading_of(item, boxes), ahead) == 0
    assert not ahead.exists()


def test_new_image_of_a_page_is_seen_at_once(tmp_path: Path) -> None:
    pictures = Pictures()
    path = tmp_path / "1.jpg"
    seen = []
    for shade in (40, 200):
        cv2.imwrite(str(path), np.full((400, 300, 3), shade, np.uint8))
        seen.append(
            decoded(pictures.cut(path, (10, 10, 100, 40), View.CROP, tuple, tmp_path / "1.zip")).mean()
        )
        time.sleep(0.01)
    assert seen[0] < 60 < 180 < seen[1]


def test_only_the_values_used_last_are_kept() -> None:
    made: list[int] = []

    def make(key: int) -> int:
        made.append(key)
        return key

    recent: Recent[int, int] = Recent(2)
    for key in (1, 2, 1, 3, 1, 2):
        assert recent.get(key, partial(make, key)) == key
    assert made == [1, 2, 3, 2]


def test_letters_that_touch_a_rule_are_not_cut_off() -> None:
    field = np.full((100, 1000, 3), 240, np.uint8)
    field[80:84] = 20  # the rule
    field[30:82, 40:60] = 20  # a stroke that stands on it, far from the others
    field[30:70, 700:720] = 20
    assert written(field) == (0, 1000)
    field[71:80, 40:60] = 240  # now it stands above the rule, and is seen for itself
    assert written(field) == (40, 720)
