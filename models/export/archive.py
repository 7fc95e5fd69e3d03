"""Zip files that come out the same, byte for byte, whenever the same files go in."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import Final

EARLIEST: Final = (1980, 1, 1, 0, 0, 0)  # zip knows no earlier time
READABLE: Final = 0o644 << 16


def zip_bytes(files: Mapping[str, bytes], *, compress: bool = False) -> bytes:
    """The files by name, in the order given; stored as they are unless there is something to compress."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, EARLIEST)
            entry.external_attr = READABLE
            entry.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
            archive.writestr(entry, content)
    return buffer.getvalue()
