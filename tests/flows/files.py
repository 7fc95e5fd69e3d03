"""Real files of every kind that a scanning station might drop."""

from __future__ import annotations

import shutil
import struct
import zlib
from pathlib import Path

import numpy as np
import pikepdf
from PIL import Image


def jpeg(path: Path, seed: int = 0, size: tuple[int, int] = (900, 1200)) -> Path:
    """A picture of smooth noise, another one for every seed."""
    small = np.random.default_rng(seed).integers(0, 255, (12, 9, 3), dtype=np.uint8)
    Image.fromarray(small).resize(size, Image.Resampling.BICUBIC).save(path, "JPEG", quality=70)
    return path


def truncated_jpeg(path: Path) -> Path:
    data = jpeg(path).read_bytes()
    path.write_bytes(data[: len(data) // 2])
    return path


def pdf(path: Path, pages: int, password: str = "") -> Path:
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(595, 842))
    encryption = pikepdf.Encryption(owner=password, user=password) if password else False
    document.save(path, encryption=encryption)
    return path


def bomb_png(path: Path, side: int = 60_000) -> Path:
    """A valid PNG header of side x side pixels whose body is a few bytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1_000_000)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )
    return path


def drop_pages(inbox: Path, sample: Path, pages: int, book: str = "Xã Tân Lợi-KS.2010.01") -> Path:
    """Put the first pages of a book of the sample into an inbox, as a book ready to be taken."""
    source = sample / book
    folder = inbox / source.name
    folder.mkdir()
    for path in sorted(source.glob("*.jpg"))[:pages]:
        shutil.copyfile(path, folder / path.name)
    (folder / "_READY").touch()
    return folder
