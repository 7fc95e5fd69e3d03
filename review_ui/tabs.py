"""The pages in the head of every page, and which of them somebody sees: by duty, never by role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from models.duties import Duty, leads, may
from pipeline.wording import say

if TYPE_CHECKING:
    from models.tables import User


@dataclass(frozen=True, slots=True)
class Tab:
    """A page with its name, for whoever has one of the duties."""

    address: str
    name: str
    duties: tuple[Duty, ...]


CHECKING: Final = "/check"
TABS: Final = (
    Tab("/review", "Soát mục", (Duty.KEY,)),
    Tab("/sheet", "Soát theo loại", (Duty.KEY,)),
    Tab(CHECKING, "Kiểm tra", (Duty.CHECK_1, Duty.CHECK_2)),
    Tab("/adjudicate", "Phân xử", (Duty.ADJUDICATE,)),
    Tab("/approve", "Duyệt", (Duty.APPROVE, Duty.INSPECT)),
    Tab("/export", "Xuất dữ liệu", (Duty.EXPORT, Duty.INSPECT)),
    Tab("/scanning", "Trạm quét", (Duty.ATTEND, Duty.INSPECT)),
    Tab("/attention", "Cần chú ý", (Duty.ATTEND, Duty.INSPECT)),
    Tab("/report", "Báo cáo", (Duty.APPROVE, Duty.INSPECT)),
    Tab("/figures", "Số liệu", (Duty.SUPERVISE,)),
    Tab("/people", "Tài khoản", (Duty.ADMINISTER,)),
)


def tabs_of(person: User, checks: int) -> list[tuple[str, str]]:
    """Addresses and names of the pages of a person, at a station that asks for so many checks of a case."""
    return [
        (tab.address, say(tab.name))
        for tab in TABS
        if (checks or tab.address != CHECKING) and _sees(person, tab)
    ]


def _sees(person: User, tab: Tab) -> bool:
    if any(may(person, duty) for duty in tab.duties):
        return True
    return leads(person) and Duty.SUPERVISE in tab.duties
