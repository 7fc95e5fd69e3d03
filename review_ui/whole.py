"""A whole case beside its page, as approvers, checkers and those who look back see it: who said what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.states import ENTERED_BY, Role, Source
from pipeline.wording import say
from review_ui.presenting import said_action

if TYPE_CHECKING:
    from models.views import CaseView


@dataclass(frozen=True, slots=True)
class Decided:
    """Who decided a field last, what they did, and what stood there before where it differs."""

    who: str
    did: str
    before: str


def decided(case: CaseView, names: Mapping[int, str]) -> dict[str, Decided]:
    """By field key, who decided it last; ``names`` says how people are called here, by account."""
    return {
        item.key: Decided(
            names.get(item.user_id, ""),
            said_action(item.action),
            item.before if item.before != item.after else "",
        )
        for item in case.decisions
        if item.key and item.action in ENTERED_BY
    }


def said_role(role: Role | None) -> str:
    """Who it is, by role and never by name; None is the machine."""
    if role is None:
        return say("Máy")
    words = {
        Role.SCANNER: "Trạm quét",
        Role.KEYER: "Người nhập",
        Role.CHECKER_1: "Người kiểm tra 1",
        Role.CHECKER_2: "Người kiểm tra 2",
        Role.ADJUDICATOR: "Người phân xử",
        Role.APPROVER: "Người duyệt",
        Role.INSPECTOR: "Thanh tra",
        Role.ADMINISTRATOR: "Quản trị",
    }
    return say(words[role])


def said_source(source: Source) -> str:
    """Why a field is before an adjudicator, in words."""
    words = {
        Source.SECOND: "Hai người nhập độc lập ghi khác nhau.",
        Source.CHECK_1: "Người kiểm tra 1 đọc khác với điều đã ghi.",
        Source.CHECK_2: "Người kiểm tra 2 đọc khác với điều đã ghi.",
        Source.SENT: "Người soát xin người phân xử quyết định mục này.",
    }
    return say(words[source])


def said_as(source: Source | None) -> str:
    """At which step somebody said a value, in words; "" for what stood there first."""
    words = {
        Source.SECOND: "nhập lần hai",
        Source.CHECK_1: "kiểm tra 1",
        Source.CHECK_2: "kiểm tra 2",
        Source.SENT: "chữ gõ dở khi gửi",
    }
    return "" if source is None else say(words[source])
