"""Printed words as the engine would tell them, laid out by hand."""

from __future__ import annotations

import random

from pipeline.elements import Box
from pipeline.recognise.tesseract import PrintedWord

HEIGHT = 2339
LETTER = 15


def words_at(text: str, x: int, y: int, high: int = 24, confidence: float = 90.0) -> list[PrintedWord]:
    """The words of a text on one line, letters of one width, ``y`` their top."""
    found = []
    for word in text.split():
        found.append(PrintedWord(word, Box(x, y, LETTER * len(word), high), confidence))
        x += LETTER * (len(word) + 1)
    return found


def page_of(lines: list[list[str]], top: int = 240, pitch: int = 66, column: int = 560) -> list[PrintedWord]:
    """Lines of texts, the texts of one line in columns."""
    return [
        word
        for row, texts in enumerate(lines)
        for place, text in enumerate(texts)
        for word in words_at(text, 150 + place * column, top + row * pitch)
    ]


def misread(words: list[PrintedWord], share: float, seed: int) -> list[PrintedWord]:
    """The same words with some letters read as others, as on a poor scan."""
    rng = random.Random(seed)
    found = []
    for word in words:
        letters = [
            rng.choice("oaeilntr") if letter.isalpha() and rng.random() < share else letter
            for letter in word.text
        ]
        found.append(PrintedWord("".join(letters), word.box, word.confidence))
    return found


# The labels of a birth page of 2010, in the order of domain's print run A.
BIRTH_2010 = [
    ["SỔ ĐĂNG KÝ KHAI SINH"],
    ["Số: 12", "Quyển số: 01/2010"],
    ["Họ và tên: Điểu Thị Lan", "", "Giới tính: Nữ"],
    ["Ngày, tháng, năm sinh: 27/12/2009"],
    ["(bằng chữ): Ngày hai mươi bảy tháng mười hai"],
    ["năm hai nghìn không trăm linh chín"],
    ["Nơi sinh: Trạm y tế xã"],
    ["Dân tộc: S'tiêng", "Quốc tịch: Việt Nam"],
    ["Quê quán: Lộc Ninh"],
    ["Họ và tên cha: Điểu Đơi"],
    ["Dân tộc: S'tiêng", "Quốc tịch: Việt Nam"],
    ["Họ và tên mẹ: Thị Hạnh"],
    ["Dân tộc: Kinh", "Quốc tịch: Việt Nam"],
    ["Họ và tên người đi khai sinh: Thị Hạnh"],
    ["Quan hệ với người được khai sinh: Mẹ"],
    ["Đăng ký ngày 05 tháng 01 năm 2010"],
    ["Người ký giấy khai sinh: Đinh Hữu Khánh", "", "Chức vụ: Chủ tịch"],
    ["Cán bộ tư pháp hộ tịch", "", "Người đi khai sinh"],
    ["(Ký, ghi rõ họ tên)", "", "(Ký, ghi rõ họ tên)"],
    ["Ghi chú:"],
]
# Those of a page of deaths of 2010.
DEATH_2010 = [
    ["SỔ ĐĂNG KÝ KHAI TỬ"],
    ["Số: 12", "Quyển số: 01/2010"],
    ["Họ và tên: Điểu Đơi", "", "Giới tính: Nam"],
    ["Ngày, tháng, năm sinh: 1926"],
    ["Dân tộc: S'tiêng", "Quốc tịch: Việt Nam"],
    ["Nơi thường trú/tạm trú cuối cùng: Lộc Ninh"],
    ["Số Giấy CMND/Hộ chiếu/Giấy tờ hợp lệ thay thế: 285123456"],
    ["Đã chết vào lúc 0", "giờ 20", "phút, ngày 25/9/2010"],
    ["Nơi chết: nhà"],
    ["Nguyên nhân chết: Bệnh"],
    ["Giấy báo tử số: 02/GBT", "cấp ngày 26/9/2010"],
    ["Họ và tên người đi khai tử: Điểu Sơn"],
    ["Quan hệ với người chết: Con"],
    ["Đăng ký ngày 27 tháng 9 năm 2010"],
    ["Người ký giấy chứng tử: Đinh Hữu Khánh", "", "Chức vụ: Chủ tịch"],
    ["Người đi khai tử", "", "Cán bộ tư pháp hộ tịch"],
    ["Ghi chú:"],
]
