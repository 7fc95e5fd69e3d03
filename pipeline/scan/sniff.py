"""What kind of file it is, by its first bytes: a suffix says nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_HEAD: Final = 1024
_READ: Final = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"II+\x00", "tiff"),
    (b"MM\x00+", "tiff"),
)
# Known kinds that are not read, so that the refusal can name them.
_KNOWN: Final = (
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"AT&TFORM", "DjVu"),
    (b"\x00\x00\x00\x0cjP  \r\n", "JPEG 2000"),
    (b"PK\x03\x04", "ZIP, Word, Excel"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"\xd0\xcf\x11\xe0", "Word, Excel"),
    (b"{\\rtf", "RTF"),
    (b"8BPS", "Photoshop"),
)
_PHONE: Final = {b"heic": "HEIC", b"heix": "HEIC", b"mif1": "HEIC", b"avif": "AVIF"}


def sniff(path: Path) -> tuple[str, str]:
    """Format that is read ("jpeg", "png", "tiff", "webp", "pdf"), and the name of a known other kind; or ""s.

    Raises:
        OSError: where the file cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    for start, name in _READ:
        if head.startswith(start):
            return name, ""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp", ""
    if b"%PDF-" in head:  # some scanners write a line before it
        return "pdf", ""
    if head[4:8] == b"ftyp":
        return "", _PHONE.get(head[8:12], "video")
    return "", next((name for start, name in _KNOWN if head.startswith(start)), "")
