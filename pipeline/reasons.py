"""Why something needs a person: the codes that are kept, and the plain sentences that are shown.

A code is stored and counted; its sentence is made when somebody looks, in the language in force. Codes of the
checks between fields carry their rule's name, ``rule:birth_words``, and take their sentence from the rule.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from pipeline.rules import sentence_of
from pipeline.wording import say

RULE_PREFIX: Final = "rule:"


class Reason(StrEnum):
    """Codes of doubts and refusals, apart from those of the rules (``rule:<id>``)."""

    # a field
    LOW_PROBABILITY = "low_probability"
    NOT_PROVEN = "not_proven"
    ENGINES_DISAGREE = "engines_disagree"
    NOT_IN_LEXICON = "not_in_lexicon"
    UNREADABLE_VALUE = "unreadable_value"
    AMBIGUOUS_VALUE = "ambiguous_value"
    CROP_DOUBTFUL = "crop_doubtful"
    LABEL_NOT_FOUND = "label_not_found"
    FORM_DOUBTFUL = "form_doubtful"
    STRUCK_OUT = "struck_out"
    STAMP_OVER_TEXT = "stamp_over_text"
    OTHER_SCRIPT = "other_script"
    ALWAYS_ASKED = "always_asked"
    SECOND_KEYING = "second_keying"
    KEYED_UNSEEN = "keyed_unseen"
    FIRST_OF_HAND = "first_of_hand"
    SAMPLED = "sampled"
    BOOK_FAILED = "book_failed"
    CHECK_DIFFERS = "check_differs"
    RETURNED = "returned"
    SENT = "sent"
    DITTO = "ditto"
    MARGIN_NOTE = "margin_note"
    # a page
    FORM_UNKNOWN = "form_unknown"
    TABLE_UNKNOWN = "table_unknown"
    HALF_SPREAD = "half_spread"
    ROW_VOID = "row_void"
    PAGE_BLANK = "page_blank"
    PAGE_VOID = "page_void"
    PAGE_COVER = "page_cover"
    PAGE_CLOSING_NOTE = "page_closing_note"
    PAGE_MIRRORED = "page_mirrored"
    PAGE_DARK = "page_dark"
    PAGE_BLURRED = "page_blurred"
    PAGE_TORN = "page_torn"
    TWO_PAGES = "two_pages"
    DUPLICATE_PAGE = "duplicate_page"
    PAGE_FAILED = "page_failed"
    PAGE_TOO_SLOW = "page_too_slow"
    READER_DIED = "reader_died"
    # a case
    DUPLICATE_KEY = "duplicate_key"
    NUMBER_MISSING = "number_missing"
    FIELD_UNCERTAIN = "field_uncertain"
    PARKED = "parked"
    # a file that is refused
    EMPTY = "empty"
    TRUNCATED = "truncated"
    NOT_AN_IMAGE = "not_an_image"
    UNREADABLE = "unreadable"
    UNSUPPORTED = "unsupported"
    ENCRYPTED_PDF = "encrypted_pdf"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_LARGE = "too_large"
    TOO_SMALL = "too_small"
    SYMLINK = "symlink"
    BAD_NAME = "bad_name"
    DUPLICATE = "duplicate"
    NESTED_FOLDER = "nested_folder"
    NO_BOOK_FOLDER = "no_book_folder"
    FOLDER_NAME = "folder_name"


_SENTENCES: Final[dict[Reason, str]] = {
    Reason.LOW_PROBABILITY: "Máy chưa đủ chắc chắn về chữ đọc được.",
    Reason.NOT_PROVEN: "Chưa đủ mẫu đã kiểm tra để tự chấp nhận loại mục này.",
    Reason.ENGINES_DISAGREE: "Hai cách đọc cho kết quả khác nhau.",
    Reason.NOT_IN_LEXICON: "Chữ đọc được không có trong danh mục.",
    Reason.UNREADABLE_VALUE: "Không rút ra được giá trị hợp lệ từ chữ đọc được.",
    Reason.AMBIGUOUS_VALUE: "Chữ đọc được có thể hiểu theo nhiều cách.",
    Reason.CROP_DOUBTFUL: "Chữ viết ra ngoài dòng hoặc vùng cắt chưa chắc đúng.",
    Reason.LABEL_NOT_FOUND: "Không tìm thấy nhãn in của mục này trên trang.",
    Reason.FORM_DOUBTFUL: "Chưa chắc trang này theo đúng mẫu sổ đã nhận ra.",
    Reason.STRUCK_OUT: "Có chữ bị gạch bỏ hoặc viết lại; máy chỉ đọc chữ không bị gạch.",
    Reason.STAMP_OVER_TEXT: "Con dấu hoặc chữ ký đè lên chữ.",
    Reason.OTHER_SCRIPT: "Chữ viết không phải chữ quốc ngữ hoặc không đọc được.",
    Reason.DITTO: "Ghi tắt «như trên»: giá trị lấy theo mục đã ghi ở trên, hãy xem có đúng ý không.",
    Reason.ALWAYS_ASKED: "Mục này luôn cần người xem, theo quy định của trạm.",
    Reason.SECOND_KEYING: "Mục này cần hai người nhập độc lập, theo quy định của trạm.",
    Reason.KEYED_UNSEEN: "Hãy nhập theo sổ; chữ máy đọc không hiện ở mục này.",
    Reason.FIRST_OF_HAND: "Sổ mới bắt đầu, chưa quen nét chữ của người ghi.",
    Reason.SAMPLED: "Được rút ngẫu nhiên để kiểm tra chất lượng.",
    Reason.BOOK_FAILED: "Kiểm tra mẫu cho thấy sổ này có quá nhiều lỗi ở loại mục này.",
    Reason.CHECK_DIFFERS: "Người kiểm tra đọc khác với điều đã ghi.",
    Reason.RETURNED: "Mục được trả lại để xem lại.",
    Reason.SENT: "Người soát xin người phân xử quyết định mục này.",
    Reason.MARGIN_NOTE: "Có ghi chú bên lề trang: hãy xem và ghi lại nếu cần.",
    Reason.FORM_UNKNOWN: "Trang không khớp mẫu sổ nào đã biết.",
    Reason.TABLE_UNKNOWN: "Trang là bảng kẻ nhưng không nhận ra đủ tiêu đề cột của một mẫu bảng đã biết.",
    Reason.HALF_SPREAD: "Chỉ có một nửa của hai trang giáp nhau; cần quét cả hai trang vào một ảnh.",
    Reason.ROW_VOID: "Trên trang có dòng đã bị gạch hủy; dòng đó không được nhập.",
    Reason.PAGE_BLANK: "Trang trắng, chưa ghi gì.",
    Reason.PAGE_VOID: "Nội dung trên trang đã bị gạch hủy.",
    Reason.PAGE_COVER: "Đây là trang bìa của sổ.",
    Reason.PAGE_CLOSING_NOTE: "Đây là trang khóa sổ, không phải trang đăng ký.",
    Reason.PAGE_MIRRORED: "Ảnh bị lật ngược trái phải; cần quét lại.",
    Reason.PAGE_DARK: "Ảnh quá tối hoặc quá sáng, không đọc được; cần quét lại.",
    Reason.PAGE_BLURRED: "Ảnh bị mờ nhòe; nên quét lại.",
    Reason.PAGE_TORN: "Trang bị rách hoặc ảnh thiếu một phần; hãy quét lại cả trang hoặc xem sổ giấy.",
    Reason.TWO_PAGES: "Một ảnh chụp hai trang sổ; hãy quét lại, mỗi trang một ảnh.",
    Reason.DUPLICATE_PAGE: "Ảnh trang này trùng với một trang đã nhận của cùng quyển sổ.",
    Reason.PAGE_FAILED: "Đã thử đọc trang nhiều lần mà không xong.",
    Reason.PAGE_TOO_SLOW: "Đọc trang này quá lâu nên đã dừng lại.",
    Reason.READER_DIED: "Chương trình đọc dừng đột ngột khi đang đọc trang này.",
    Reason.DUPLICATE_KEY: "Đã có trường hợp khác cùng nơi đăng ký, quyển số, năm và số.",
    Reason.NUMBER_MISSING: "Chưa có số đăng ký hợp lệ.",
    Reason.FIELD_UNCERTAIN: "Người soát xét chưa chắc về một mục.",
    Reason.PARKED: "Đang chờ xác minh ở nơi khác.",
    Reason.EMPTY: "Tệp rỗng.",
    Reason.TRUNCATED: "Tệp bị cụt, phần cuối không có.",
    Reason.NOT_AN_IMAGE: "Tệp không phải ảnh hoặc PDF.",
    Reason.UNREADABLE: "Tệp bị hỏng, không mở được.",
    Reason.UNSUPPORTED: "Loại tệp này chưa được hỗ trợ.",
    Reason.ENCRYPTED_PDF: "PDF có mật khẩu.",
    Reason.TOO_MANY_PAGES: "Tệp có quá nhiều trang.",
    Reason.TOO_LARGE: "Ảnh hoặc tệp quá lớn.",
    Reason.TOO_SMALL: "Ảnh quá nhỏ để đọc được chữ.",
    Reason.SYMLINK: "Tệp là liên kết tượng trưng, không phải tệp thật.",
    Reason.BAD_NAME: "Tên tệp không hợp lệ.",
    Reason.DUPLICATE: "Tệp giống hệt một tệp đã nhận.",
    Reason.NESTED_FOLDER: "Có thư mục con trong thư mục sổ.",
    Reason.NO_BOOK_FOLDER: "Tệp nằm ngoài thư mục sổ.",
    Reason.FOLDER_NAME: "Tên thư mục không phải tên sổ.",
}


def describe(code: str) -> str:
    """The sentence for people behind a code, in the language in force.

    A code that this version does not know is shown as it is, so that no doubt is lost.
    """
    if code in _SENTENCES:
        return say(_SENTENCES[Reason(code)])
    rule = sentence_of(code.removeprefix(RULE_PREFIX)) if code.startswith(RULE_PREFIX) else None
    return rule or say("Lý do khác: {code}.", code=code)
