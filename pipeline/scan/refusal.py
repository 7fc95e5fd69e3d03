"""Why a file is not taken, said so that the person at the scanner knows what to do next."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipeline.reasons import Reason
from pipeline.wording import say

if TYPE_CHECKING:
    from pathlib import Path

_LONGEST_NAME: Final = 120

_SENTENCES: Final[dict[Reason, str]] = {
    Reason.EMPTY: "Tệp {name} rỗng (0 byte); hãy quét lại trang này rồi chép vào thư mục.",
    Reason.TRUNCATED: "Tệp {name} bị cụt, phần cuối không có; hãy chép lại từ máy quét hoặc quét lại.",
    Reason.NOT_AN_IMAGE: "Tệp {name} không phải ảnh hoặc PDF; hãy chỉ đưa vào JPEG, PNG, TIFF, WebP, PDF.",
    Reason.UNREADABLE: "Tệp {name} bị hỏng, không mở được; hãy chép lại từ máy quét hoặc quét lại.",
    Reason.UNSUPPORTED: "Tệp {name} thuộc loại chưa hỗ trợ ({detail}); hãy lưu thành JPEG, TIFF hoặc PDF.",
    Reason.ENCRYPTED_PDF: "Tệp {name} là PDF có mật khẩu; hãy lưu lại không đặt mật khẩu rồi đưa vào.",
    Reason.TOO_MANY_PAGES: "Tệp {name} có quá nhiều trang ({detail}); hãy tách thành nhiều tệp nhỏ hơn.",
    Reason.TOO_LARGE: "Tệp {name} quá lớn ({detail}); hãy quét lại ở 300 dpi, mỗi tệp ít trang hơn.",
    Reason.TOO_SMALL: "Ảnh trong tệp {name} quá nhỏ ({detail}) để đọc được chữ; hãy quét lại ở 300 dpi.",
    Reason.SYMLINK: "Tệp {name} là liên kết tượng trưng; hãy chép chính tệp ảnh vào thư mục.",
    Reason.BAD_NAME: "Tên tệp {name} có ký tự không hợp lệ; hãy đổi tên tệp rồi đưa vào lại.",
    Reason.DUPLICATE: "Tệp {name} giống hệt một tệp đã nhận; không cần đưa vào lần nữa.",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may be at most: pages, pixels of one page, bytes; and seconds to draw a page of a PDF."""

    max_pages: int = 400
    max_pixels: int = 200_000_000
    max_bytes: int = 1_000_000_000
    seconds: int = 60


@dataclass(frozen=True, slots=True)
class ScanFacts:
    """What is known of an acceptable file: its pages, its format ("jpeg", "png", "tiff", "webp", "pdf")."""

    page_count: int
    format: str
    size: int


class ScanRefused(Exception):
    """A file that cannot be taken in. ``code`` is a ``Reason``; the text names the file and the remedy.

    It holds nothing of the file's content, and can be passed between processes.
    """

    def __init__(self, code: Reason, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return self.message


def shown_name(path: Path) -> str:
    """The file's name for people: control characters as visible signs, shortened where it is very long."""
    shown = "".join(_visible(letter) for letter in path.name)
    return shown if len(shown) <= _LONGEST_NAME else shown[: _LONGEST_NAME - 1] + "…"


def _visible(letter: str) -> str:
    if ord(letter) < 0x20:
        return chr(0x2400 + ord(letter))
    return letter if is_fair(letter) else f"\\u{ord(letter):04x}"


def is_fair(letter: str) -> bool:
    """Whether a character may stand in a name: no control, no direction marks, no bytes that are not text."""
    return unicodedata.category(letter) not in {"Cc", "Cs", "Cn", "Co"} and letter not in _DIRECTIONS


_DIRECTIONS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029")


def refusal(code: Reason, path: Path, detail: str = "") -> ScanRefused:
    """The exception to raise for a file; ``detail`` fills in a size, a count or a format."""
    return ScanRefused(code, say(_SENTENCES[code], name=shown_name(path), detail=detail))
