"""What ``hotich bench pages`` prints: fields by what they have in common, pages by form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from bench.score import BY_HAND, TYPED, FormCount
from pipeline.wording import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.score import Board


def field_table(board: Board) -> Table:
    """Fields by form, kind and manner."""
    table = Table(
        say("Nhóm"),
        say("Mục"),
        say("Đúng"),
        say("Gõ máy"),
        say("Viết tay"),
        say("Đúng từng ký tự"),
        "CER",
        say("Tự chấp nhận"),
        say("Sai trong số đó"),
        "Brier",
    )
    manners = {TYPED: say("Gõ máy"), BY_HAND: say("Viết tay")}
    groups = [name for name in board.names("form ") if not name.endswith((TYPED, BY_HAND))]
    groups += [name for name in board.names("kind ") if not name.endswith((TYPED, BY_HAND))]
    for group in [*groups, *(name for name in manners if name in board.tallies), ""]:
        tally = board.of(group)
        shares = [
            board.tallies[group + manner].share_right if group + manner in board.tallies else None
            for manner in manners
        ]
        table.add_row(
            manners.get(group, group) or say("Tất cả"),
            str(tally.fields),
            f"{tally.share_right:.1%}",
            *("–" if share is None else f"{share:.1%}" for share in shares),
            f"{tally.letter_for_letter / max(1, tally.fields):.1%}",
            f"{tally.character_error:.2%}",
            f"{tally.share_accepted:.1%}",
            f"{tally.accepted_wrong} ({tally.error_among_accepted:.2%})",
            f"{tally.squared / max(1, tally.fields):.3f}",
        )
    return table


def page_table(forms: Mapping[str, FormCount]) -> Table:
    """Pages by form."""
    table = Table(
        say("Mẫu sổ"), say("Số trang"), say("Đúng loại và mẫu"), say("Đủ ca và khung"), say("Ngày số và chữ")
    )
    everything = FormCount()
    for name, count in sorted(forms.items()):
        everything.add(count)
        table.add_row(name, *_page_cells(count))
    table.add_row(say("Tất cả"), *_page_cells(everything))
    return table


def _page_cells(count: FormCount) -> list[str]:
    def share(part: int, whole: int) -> str:
        return f"{part}/{whole} ({part / whole:.1%})" if whole else "–"

    return [
        str(count.pages),
        share(count.known, count.pages),
        share(count.whole, count.boxed),
        share(count.dates_right, count.dates),
    ]
