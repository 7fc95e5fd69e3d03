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


TABS: Final = (
    Tab("/review", "Soát mục", (Duty.KEY,)),
    Tab("/sheet", "Soát theo loại", (Duty.KEY,)),
    Tab("/approve", "Duyệt", (Duty.APPROVE, Duty.INSPECT)),
    Tab("/export", "Xuất dữ liệu", (Duty.EXPORT, Duty.INSPECT)),
    Tab("/scanning", "Trạm quét", (Duty.ATTEND, Duty.INSPECT)),
    Tab("/attention", "Cần chú ý", (Duty.ATTEND, Duty.INSPECT)),
    Tab("/report", "Báo cáo", (Duty.APPROVE, Duty.INSPECT)),
    Tab("/figures", "Số liệu", (Duty.SUPERVISE,)),
    Tab("/people", "Tài khoản", (Duty.ADMINISTER,)),
)


def tabs_of(person: User) -> list[tuple[str, str]]:
    """Addresses and names of the pages of a person."""
    return [
        (tab.address, say(tab.name))
        for tab in TABS
        if any(may(person, duty) for duty in tab.duties) or (leads(person) and Duty.SUPERVISE in tab.duties)
    ]
