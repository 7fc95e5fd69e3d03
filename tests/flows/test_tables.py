"""An opening of an old book goes through a station: several cases, each with its own crop and key."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING

import cv2
import openpyxl
from sqlalchemy import select

from flows.intake import take
from models.approval import approve, cases_ready
from models.decisions import decide
from models.export import export_book
from models.queue import next_task
from models.states import Action, CaseState, PageState, Role
from models.tables import Book, Case, Field, Page
from models.users import add_user
from pipeline.reasons import Reason
from tests.flows.batch_process import read_book
from tests.pipeline.tables.conftest import drawn

if TYPE_CHECKING:
    from pathlib import Path

    from models.store import Store


def drop_opening(inbox: Path) -> tuple[Path, list[dict[str, str]]]:
    """One opening of a birth register of 2001 in an inbox, ready to be taken, and what stands in it."""
    image, truth = drawn("birth-1999-a")
    folder = inbox / "Xã Tân Lợi-KS.2001.02"
    folder.mkdir()
    done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 85])
    assert done
    (folder / "KS.2001.02.011.jpg").write_bytes(data.tobytes())
    (folder / "_READY").touch()
    return folder, [case["fields"] for case in truth["cases"]]


def test_an_opening_ends_as_several_cases_that_are_approved_and_exported(store: Store) -> None:
    folder, truth = drop_opening(store.settings.inbox)
    book_id = take(store, folder).book_id
    assert book_id is not None
    assert read_book(store, book_id).read == 1
    with store.read() as session:
        (page,) = session.scalars(select(Page))
        assert (page.state, page.kind, page.edition) == (PageState.READ, "cases", "1999")
        assert page.reasons == [Reason.ROW_VOID]
        cases = list(session.scalars(select(Case).order_by(Case.index)))
        assert [case.so for case in cases] == [f"{int(row['so']):02d}/2001" for row in truth]
        assert session.get_one(Book, book_id).edition == "1999"
        boxes = [case.box for case in cases]
        assert all(box is not None for box in boxes)
        assert len({box[1] for box in boxes if box}) == len(truth)
        for case in cases:
            fields = session.scalars(select(Field).where(Field.case_id == case.id)).all()
            assert {field.key for field in fields} == set(truth[0])
            for field in fields:
                assert field.box is not None
                assert case.box is not None
                middle = field.box[1] + field.box[3] / 2
                assert case.box[1] - 10 <= middle <= case.box[1] + case.box[3] + 10
    keyer = add_user(store, "go", "Người gõ", "mat-khau-dai-1", Role.KEYER)
    approver = add_user(store, "duyet", "Người duyệt", "mat-khau-dai-2", Role.APPROVER)
    row_of = {case.id: row for case, row in zip(cases, truth, strict=True)}
    while (task := next_task(store, keyer)) is not None:
        text = row_of[task.case.case_id][task.field.key]
        action = Action.CORRECT if text else Action.BLANK
        decide(store, task.task_id, keyer, action, text, 1.0, task.version)
    for ready in cases_ready(store, approver):
        approve(store, ready.case_id, approver, ready.version)
    with store.read() as session:
        assert {case.state for case in session.scalars(select(Case))} <= {CaseState.APPROVED, CaseState.KEYED}
    package = export_book(store, book_id, approver, store.settings.exports)
    with zipfile.ZipFile(package) as whole:
        manifest = json.loads(whole.read("manifest.json"))
        assert manifest["cases"] == len(truth)
        pdfs = [f["name"] for f in manifest["files"] if f["name"].endswith(".pdf")]
        assert len(pdfs) == len(truth)
        sheet = openpyxl.load_workbook(io.BytesIO(whole.read("Xã Tân Lợi-KS.2001.02.xlsx"))).worksheets[0]
    head = [str(cell.value).split()[0] for cell in next(sheet.iter_rows(max_row=1))]
    rows = [dict(zip(head, row, strict=True)) for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert [row["so"] for row in rows] == [f"{int(row['so']):02d}/2001" for row in truth]
    assert {row["quyenSo"] for row in rows} == {"02/2001"}
    assert [row["nksHoTen"] for row in rows] == [row["nksHoTen"] for row in truth]
