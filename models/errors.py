"""What this room refuses, and why. No message carries a name or a value of a citizen: ids only.

ModelsError
├── NotFound        no such row
├── Conflict        somebody else was quicker, or what was shown is no longer what stands there
├── NotAllowed      the account may not do this
│   └── SelfCheck   nobody approves a case that they keyed, checked or adjudicated
├── NotReady        the case is not in a state for this
│   └── AlreadyLoaded  the case is in the registry
├── ReverseFirst    later decisions stand on the one that is to be reversed
├── DuplicateScan   the same bytes were accepted before, in another place or under another name
├── ScanChanged     a file was still changing while it was taken; an OSError too: it is tried again
├── NothingToExport no case of the book is approved yet
│   └── NoTemplate  no import sheet is known for the book's register type
├── BadAccount      an account's name is taken, or its name or password will not do
├── BadUnit         a unit's or a team's name or place will not do
├── BadShorthand    an abbreviation or what it stands for will not do
└── SchemaTooNew    a later version of the program made the database
"""

from __future__ import annotations

from typing import Final

from pipeline.wording import say

_KINDS: Final = {
    "book": "quyển sổ",
    "page": "trang",
    "page image": "ảnh của trang",
    "case": "trường hợp",
    "task": "việc soát xét",
    "account": "tài khoản",
    "unit": "đơn vị",
    "team": "tổ",
    "decision": "quyết định",
}


class ModelsError(Exception):
    """Base of everything this room raises on purpose; its text may be shown to the person at the screen."""


class NotFound(ModelsError):
    """No such row."""

    def __init__(self, kind: str, row_id: int) -> None:
        self.kind, self.row_id = kind, row_id
        super().__init__(say("Không tìm thấy {kind} số {row_id}.", kind=say(_KINDS[kind]), row_id=row_id))


class Conflict(ModelsError):
    """What was shown is no longer what stands there; look again and decide again."""

    def __init__(self) -> None:
        super().__init__(say("Mục này vừa được người khác xử lý hoặc đã hết thời gian giữ. Hãy xem lại."))


class NotAllowed(ModelsError):
    """The account may not do this."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or say("Tài khoản này không có quyền làm việc đó."))


class SelfCheck(NotAllowed):
    """Nobody approves a case that they keyed, checked or adjudicated."""

    def __init__(self, case_id: int) -> None:
        self.case_id = case_id
        super().__init__(
            say(
                "Trường hợp {case_id}: người đã nhập không tự duyệt. Cần một người khác duyệt.",
                case_id=case_id,
            )
        )


class NotReady(ModelsError):
    """The case is not in a state for this."""

    def __init__(self, case_id: int) -> None:
        self.case_id = case_id
        super().__init__(
            say("Trường hợp {case_id} chưa ở trạng thái làm được việc này. Hãy xem lại.", case_id=case_id)
        )


class AlreadyLoaded(NotReady):
    """The case is in the registry, where a correction is a registration of its own."""

    def __init__(self, case_id: int) -> None:
        self.case_id = case_id
        ModelsError.__init__(
            self,
            say(
                "Trường hợp {case_id} đã vào sổ điện tử nên không đảo lại ở đây được. "
                "Hãy đính chính trong phần mềm hộ tịch theo sổ giấy.",
                case_id=case_id,
            ),
        )


class ReverseFirst(ModelsError):
    """Later decisions stand on the one that is to be reversed; ``numbers`` are theirs, newest first."""

    def __init__(self, numbers: list[int]) -> None:
        self.numbers = numbers
        shown = ", ".join(str(number) for number in numbers)
        super().__init__(
            say("Hãy đảo trước những quyết định đứng sau, mới nhất trước: {numbers}.", numbers=shown)
        )


class DuplicateScan(ModelsError):
    """The same bytes were accepted before."""

    def __init__(self, existing_scan_id: int) -> None:
        self.existing_scan_id = existing_scan_id
        super().__init__(
            say("Tệp giống hệt bản quét số {scan_id} đã nhận. Không cần quét lại.", scan_id=existing_scan_id)
        )


class SchemaTooNew(ModelsError):
    """A later version of the program made the database."""

    def __init__(self) -> None:
        super().__init__(
            say("Cơ sở dữ liệu do phiên bản mới hơn của chương trình tạo ra. Hãy cập nhật chương trình.")
        )


class ScanChanged(ModelsError, OSError):
    """The bytes of a file are not those that were looked at: it is still being written."""

    def __init__(self) -> None:
        super().__init__(say("Tệp vẫn đang thay đổi trong lúc nhận; chương trình sẽ thử lại sau."))


class NothingToExport(ModelsError):
    """No case of the book is approved yet."""

    def __init__(self, book_id: int) -> None:
        self.book_id = book_id
        super().__init__(say("Quyển sổ này chưa có trường hợp nào được duyệt để xuất."))


class NoTemplate(NothingToExport):
    """No import sheet of the Ministry is known for the register type of the book."""

    def __init__(self, book_id: int, register_type: str) -> None:
        self.book_id = book_id
        ModelsError.__init__(
            self,
            say(
                "Chưa có bảng nhập liệu cho loại sổ {type}, nên chưa xuất được; "
                "các trường hợp đã duyệt vẫn được giữ.",
                type=register_type,
            ),
        )


class BadAccount(ModelsError):
    """An account's name is taken, or its name or password will not do; the text says which."""


class BadUnit(ModelsError):
    """A unit's or a team's name or place will not do; the text says why."""


class BadShorthand(ModelsError):
    """An abbreviation or what it stands for will not do; the text says why."""
