"""What the pages of a book say again and again: who signs and with which title, the number of the volume.

A page is read with these texts offered beside what stands there (``pipeline.read.BookPrior``). What people
confirmed counts at once; what the machine read alone counts when several pages read alike, and only until
somebody confirmed anything: a misreading must not confirm itself.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

REPEATED: Final = ("quyenSo", "nguoiKy", "chucVuNguoiKy", "nguoiThucHien")
ALIKE: Final = 3
"""Pages that must have read the same before it is believed unseen."""
OFFERED: Final = 6
"""Texts of a field that are offered: those that most pages have."""


def common_texts(
    read: Mapping[str, Counter[str]], confirmed: Mapping[str, Counter[str]] | None = None
) -> dict[str, tuple[str, ...]]:
    """Texts by field key that pages of a book have in common, the most common first.

    Args:
        read: how many pages the machine read each text on, by field key.
        confirmed: on how many people confirmed or entered it.
    """
    said: dict[str, tuple[str, ...]] = {}
    for key in REPEATED:
        alike = Counter({text: count for text, count in read.get(key, {}).items() if count >= ALIKE})
        told = (confirmed or {}).get(key) or alike
        common = sorted(told.items(), key=lambda item: (-item[1], item[0]))
        if common:
            said[key] = tuple(text for text, _ in common[:OFFERED])
    return said
