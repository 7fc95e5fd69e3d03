"""Administration, what each role is shown, and that who looks on changes nothing."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from models.desk_tables import Effort
from models.people_tables import Unit
from models.quality_tables import FieldCheck
from models.states import CaseState, CheckKind, Level, Role
from models.tables import Base, Case, Decision, Event, Task, User, utc_now
from models.units import add_team, add_unit
from tests.review_ui import elsewhere
from tests.review_ui.station import PASSWORD, account
from tests.review_ui.test_units import ask, kinds, routes_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI

    from models.store import Store
    from tests.review_ui.conftest import Browser


def test_an_administrator_makes_an_account_that_logs_in(
    store: Store, person: Callable[[str], Browser], browser: Callable[[], Browser]
) -> None:
    quan = person("quan")
    unit = add_unit(store, "Xã Thanh An", Level.COMMUNE)
    team = add_team(store, unit, "Tổ 1")
    form = {
        "name": "Thu", "display_name": "Thị Thu", "password": PASSWORD, "role": "checker_1",
        "unit_id": unit, "team_id": team, "shift": 2, "leads_team": "1",
    }  # fmt: skip
    quan.get("/people/new")
    assert quan.post("/people/new", form).url.path == "/people"
    assert "Thị Thu" in quan.get("/people", params={"q": "thu"}).text
    assert "Thị Thu" not in quan.get("/people", params={"q": "khác"}).text
    made = account(store, "thu")
    assert (made.role, made.unit_id, made.team_id, made.shift, made.leads_team) == (
        Role.CHECKER_1, unit, team, 2, True,
    )  # fmt: skip
    thu = browser().log_in("thu")
    assert "Xã Thanh An" in thu.text
    with store.read() as session:
        added = session.scalars(select(Event).filter_by(what="account_added", object_id=made.id)).one()
    assert added.user_id == account(store, "quan").id
    assert "Thu" not in str(added.detail)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "lan"}, {"name": ""}, {"password": "ngắn"}, {"shift": 9}, {"leads_team": "1"},
        {"team_id": 1},  # of another unit
    ],
)  # fmt: skip
def test_an_account_that_will_not_do_is_not_made(
    store: Store, person: Callable[[str], Browser], wrong: dict[str, str | int]
) -> None:
    unit = add_unit(store, "Xã Thanh An", Level.COMMUNE)
    add_team(store, unit, "Tổ 1")
    quan = person("quan")
    form = {"name": "thu", "display_name": "", "password": PASSWORD, "role": "keyer", **wrong}
    with store.read() as session:
        before = session.scalars(select(User.id)).all()
    answer = quan.post("/people/new", form)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    with store.read() as session:
        assert session.scalars(select(User.id)).all() == before


def test_changes_are_in_the_audit_trail_and_take_effect(
    store: Store, person: Callable[[str], Browser]
) -> None:
    quan, lan = person("quan"), person("lan")
    held = lan.task()["task"]
    lan_id = account(store, "lan").id
    assert (
        quan.post(f"/people/{lan_id}", {"role": "scanner", "display_name": "Lan", "shift": 1}).status_code
        == 200
    )
    with store.read() as session:
        changed = session.scalars(select(Event).filter_by(what="account_changed")).one()
        assert session.get_one(Task, held).lease_owner is None
    assert changed.detail == {"role": "scanner", "role_before": "keyer", "shift": 1, "shift_before": None}
    assert changed.user_id == account(store, "quan").id
    assert quan.post(f"/people/{lan_id}/password", {"password": "mật khẩu khác"}).status_code == 200
    assert quan.post(f"/people/{lan_id}/switch", {}).status_code == 200
    assert not account(store, "lan").active
    assert quan.post(f"/people/{lan_id}/switch", {"active": "1"}).status_code == 200
    assert account(store, "lan").active
    with store.read() as session:
        told = session.scalars(
            select(Event.what).where(Event.object_type == "account", Event.object_id == lan_id)
        )
        assert [what for what in told if what != "login"] == [
            "account_added", "account_changed", "password_set", "account_switched", "account_switched",
        ]  # fmt: skip


def test_nobody_locks_themselves_out(store: Store, person: Callable[[str], Browser]) -> None:
    quan, unit = person("quan"), add_unit(store, "Xã Thanh An", Level.COMMUNE)
    own = account(store, "quan").id
    assert quan.post(f"/people/{own}", {"role": "keyer"}).status_code == 422
    assert quan.post(f"/people/{own}", {"role": "administrator", "unit_id": unit}).status_code == 422
    assert quan.post(f"/people/{own}/switch", {}).status_code == 422
    now = account(store, "quan")
    assert (now.role, now.unit_id, now.active) == (Role.ADMINISTRATOR, None, True)
    form = {"role": "administrator", "display_name": "Quân Trần", "shift": 1}
    assert quan.post(f"/people/{own}", form).status_code == 200


def test_an_administrator_of_a_unit_stays_within_it(store: Store, person: Callable[[str], Browser]) -> None:
    other, own = elsewhere.fill(store)
    quan = person("quan")
    form = {"name": "thu", "password": PASSWORD, "role": "administrator"}
    for unit in ({}, {"unit_id": 0}, {"unit_id": other["unit"]}):
        assert quan.post("/people/new", {**form, **unit}).status_code == 404
        assert quan.post(f"/people/{account(store, 'lan').id}", {"role": "keyer", **unit}).status_code == 404
        above = {"name": "Xã lạ", "level": "commune", **unit}
        assert quan.post("/units", above).status_code == 404
    assert account(store, "lan").unit_id == own["unit"]
    html = quan.get("/people").text
    assert "hoa" not in html  # of the whole station
    assert quan.post("/people/new", {**form, "unit_id": own["unit"]}).status_code == 200
    assert account(store, "thu").unit_id == own["unit"]


def test_units_teams_and_books_are_set_up_on_their_pages(
    store: Store, person: Callable[[str], Browser]
) -> None:
    quan = person("quan")
    with store.read() as session:
        top, commune = session.scalars(select(Unit).order_by(Unit.path)).all()
    form = {"name": "Huyện Hớn Quản", "level": "district", "unit_id": top.id}
    assert "Huyện Hớn Quản" in quan.post("/units", form).text
    with store.read() as session:
        district = session.scalars(select(Unit).filter_by(level=Level.DISTRICT)).one()
    assert quan.post(f"/units/{commune.id}/within", {"unit": district.id}).status_code == 200
    assert quan.post(f"/units/{district.id}/within", {"unit": commune.id}).status_code == 422
    assert quan.post(f"/units/{top.id}", {"name": "Tỉnh Bình Phước"}).status_code == 200
    assert "Tổ số 1" in quan.post(f"/units/{commune.id}/team", {"name": "Tổ số 1"}).text
    assert quan.post(f"/units/{commune.id}/team", {"name": "Tổ số 1"}).status_code == 422
    assert quan.post("/units", form).status_code == 422
    moved = quan.post(f"/units/{commune.id}/book", {"book_id": 1, "unit": district.id})
    assert moved.status_code == 200
    assert "KS.2016.01" in quan.get(f"/units/{district.id}").text
    assert "KS.2016.01" not in quan.get(f"/units/{commune.id}").text


READ = (
    "/", "/approve", "/approve/1", "/parked", "/export", "/report", "/report.csv", "/report.xlsx",
    "/attention", "/scanning", "/figures", "/figures.csv", "/crop/1", "/page/1",
)  # fmt: skip


def test_an_inspector_reads_everything_of_the_unit(role: Callable[..., Browser]) -> None:
    one = role(Role.INSPECTOR)
    for address in READ:
        answer = one.get(address)
        assert answer.status_code == 200, address
        if "html" in answer.headers["content-type"]:
            inside = answer.text.split("<main", 1)[1]
            changes = inside.replace('<form method="dialog">', "")
            assert "<form" not in changes, address  # nothing to press that would be refused


def everything(store: Store) -> dict[str, list[object]]:
    """All rows, apart from the audit trail, to which refusals go."""
    with store.read() as session:
        return {
            table.name: list(session.execute(select(table).order_by(*table.primary_key)).tuples())
            for table in Base.metadata.sorted_tables
            if table.name != "event"
        }


def test_an_inspector_changes_nothing(app: FastAPI, store: Store, role: Callable[..., Browser]) -> None:
    _, own = elsewhere.fill(store)
    one = role(Role.INSPECTOR)
    one.get("/")
    before, refused = everything(store), 0
    for path, route in routes_of(app):
        changes = "POST" in (route.methods or ())
        if not changes or path in {"/login", "/logout"}:
            continue
        ids = {name: own.get(name.removesuffix("_id"), 1) for name in {*kinds(route), *own}}
        assert ask(one, path, route, ids).status_code == 403, path
        refused += 1
    assert refused >= 15
    assert everything(store) == before
    for path in (
        "/review",
        "/sheet",
        "/sheet/place",
        "/near/1",
        "/mine",
        "/people",
        "/units",
    ):
        assert one.get(path).status_code == 403, path
    assert everything(store) == before


def test_a_scanner_sees_pages_and_files_and_no_case(store: Store, role: Callable[..., Browser]) -> None:
    elsewhere.fill(store)
    one = role(Role.SCANNER)
    html = one.get("/scanning").text
    assert "KS.2016.01" in html
    assert elsewhere.OFFICE not in html
    assert "rieng.pdf" not in html
    for path in ("/review", "/approve", "/approve/1", "/export", "/report", "/figures", "/people", "/mine"):
        assert one.get(path).status_code == 403, path
    front = one.get("/").text
    assert "/scanning" in front
    assert "/review" not in front


def test_the_head_leads_nowhere_that_is_refused(store: Store, role: Callable[..., Browser]) -> None:
    for each in Role:
        one = role(each)
        for address in set(one.get("/").text.split('href="')[1:]):
            path = address.split('"')[0]
            if path.startswith("/") and not path.startswith("/static"):
                assert one.get(path).status_code == 200, (each, path)


# ---- figures ----


def work(store: Store, user: int, fields: int, at: datetime, checks: int = 0, right: int = 0) -> None:
    """Let somebody have done so much."""
    with store.begin() as session:
        task = session.scalars(select(Task).limit(1)).one()
        for _ in range(fields):
            decision = Decision(
                field_id=task.field_id,
                case_id=task.case_id,
                user_id=user,
                action="accept",
                at=at,
                seconds=4.0,
            )
            session.add(decision)
            session.flush()
            session.add(
                Effort(
                    decision_id=decision.id, user_id=user, case_id=task.case_id, key="so", kind="number",
                    action="accept", way="desk", seconds=4.0, keys=2, at=at,
                )
            )  # fmt: skip
        for number in range(checks):
            session.add(
                FieldCheck(
                    field_id=task.field_id, case_id=task.case_id, book_id=task.book_id, kind=CheckKind.SAMPLE,
                    pool="name", family="", author_id=user, probability=1.0, plain=False, share=1.0,
                    checked_at=at, right=number < right,
                )
            )  # fmt: skip


def test_a_supervisor_sees_everybody_and_a_person_only_themselves(
    store: Store, person: Callable[[str], Browser]
) -> None:
    now = utc_now()
    lan, hoa = account(store, "lan").id, account(store, "hoa").id
    work(store, lan, 3, now, checks=40, right=38)
    work(store, hoa, 5, now, checks=3, right=3)
    html = person("minh").get("/figures?by=week").text
    assert "95,0 % trong 40 lần so" in html
    assert "3 lần so" in html
    assert "100,0 %" not in html  # three comparisons say nothing
    table = person("minh").get("/figures.csv?by=week").text.splitlines()
    assert len(table) == 3
    assert any(",Lan,,,,1,3,4.0,2.0,40,0.95" in line for line in table)
    assert any(",Hoa,,,,1,5,4.0,2.0,3," in line for line in table)
    assert "95,0 % trong 40 lần so" in person("lan").get("/mine").text
    assert "95,0" not in person("hoa").get("/mine").text
    assert person("hoa").get("/figures").status_code == 403
    assert "Lan" not in person("minh").get("/figures?by=week&back=2").text
    assert person("minh").get("/figures?by=kind").status_code == 404


def test_a_team_leader_sees_the_team(
    store: Store, person: Callable[[str], Browser], role: Callable[..., Browser]
) -> None:
    unit = add_unit(store, "Xã Thanh An", Level.COMMUNE)
    team = add_team(store, unit, "Tổ 1")
    for name in ("lan", "hoa"):
        work(store, account(store, name).id, 2, utc_now())
    work(store, account(store, "minh").id, 2, utc_now())
    with store.begin() as session:
        for user in session.scalars(select(User).where(User.name.in_(("lan", "hoa")))):
            user.unit_id, user.team_id = unit, team
    one = role(Role.KEYER, leads_team=True)
    html = one.get("/figures").text.split("<main", 1)[1]
    assert ">Lan<" in html
    assert ">Hoa<" in html
    assert ">Minh<" not in html
    assert person("hoa").get("/figures").status_code == 403


def test_an_approver_of_a_unit_approves_its_book(store: Store, person: Callable[[str], Browser]) -> None:
    """Also where the book's number is not that of a word in an address."""
    _, own = elsewhere.fill(store)
    with store.begin() as session:
        for case in session.scalars(select(Case).where(Case.book_id == own["book"])):
            case.state = CaseState.CHECKED
    minh = person("minh")
    page = f"/approve/book/{own['book']}"
    html = minh.get(page).text
    assert "disabled" in html
    for address in re.findall(r'href="(/approve/\d+\?look=1)"', html):
        assert minh.get(address).status_code == 200
    html = minh.get(page).text
    assert "disabled" not in html
    (token,) = re.findall(r'name="token" value="([^"]+)"', html)
    assert minh.post(page, {"token": "khác"}).status_code == 409
    assert "Đã duyệt" in minh.post(page, {"token": token}).text
    with store.read() as session:
        states = session.scalars(select(Case.state).where(Case.book_id == own["book"])).all()
    assert CaseState.APPROVED in states
