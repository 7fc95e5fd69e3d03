"""What runs in the processes that read pages: the model is loaded once, then page after page.

Nothing here knows of Prefect or of the database: a process gets a path and gives back plain types. It ends by
itself when the process that started it is gone, and when a page takes longer than it may.
"""

from __future__ import annotations

import faulthandler
import hashlib
import logging
import os
import threading
import traceback
from dataclasses import dataclass, replace
from multiprocessing import connection, parent_process
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2

from models.settings import Settings
from pipeline.confidence import use
from pipeline.cuts import cut_ahead
from pipeline.forms import use_own_forms
from pipeline.read import BookPrior, Reader
from pipeline.reasons import Reason
from pipeline.recognise.tesseract import TesseractMissing
from pipeline.scan import ScanRefused, open_page

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pipeline.elements import PageReading
    from pipeline.forms.known_page import KnownPage

log = logging.getLogger("hotich.reader")

BOOKS: Final = 4
"""Books whose look is kept: batches of several may run side by side."""
JPEG_QUALITY: Final = 88  # the page image that people look at; the scan itself is kept as it came


@dataclass(frozen=True, slots=True)
class PageJob:
    """A page to read: page ``number`` (from 1) of a scan, where its images go, what its book tells."""

    page_id: int
    scan_path: Path
    number: int
    image_path: Path
    seconds: float
    prior: BookPrior | None = None
    book_id: int = 0
    cuts_path: Path | None = None


@dataclass(frozen=True, slots=True)
class PageDone:
    """A page that was read. ``sha256`` is of the decoded page; ``peak_bytes`` is the most memory so far."""

    reading: PageReading
    sha256: str
    cpu_seconds: float
    peak_bytes: int


@dataclass(frozen=True, slots=True)
class PageFailure:
    """A page that was not read: the code of the reason, and whether another attempt would change nothing."""

    reason: str
    final: bool = False


_reader: Reader | None = None
_known: dict[int, KnownPage | None] = {}
"""How the labels of books look that this process has read pages of, the latest book last."""


def prepare(forms: Path | None = None) -> None:
    """Load the model and the station's own forms; runs once when a process starts.

    Raises:
        FormError: for a file in ``forms`` that is no form file.
    """
    global _reader
    use_own_forms(forms)
    os.environ["OMP_THREAD_LIMIT"] = "1"  # tesseract's: the pool already uses every core
    cv2.setNumThreads(1)
    threading.Thread(target=_end_with_parent, name="end-with-parent", daemon=True).start()
    use(Settings().confidence)
    _reader = Reader.load(threads=1)


def is_ready() -> bool:
    """Whether the model is there: the first thing that a pool is asked."""
    return _reader is not None


def read_page(job: PageJob) -> PageDone | PageFailure:
    """Read one page and write its upright image.

    Raises:
        TesseractMissing: when a part of the program is missing, which is no page's fault.
        OSError: when the image cannot be written, which is none either.
    """
    if _reader is None:
        raise RuntimeError("the process was not prepared")
    faulthandler.dump_traceback_later(job.seconds, exit=True)  # ends the process, even inside a library
    try:
        image = open_page(job.scan_path, job.number)
        prior = replace(job.prior or BookPrior(), known=_known.get(job.book_id))
        result = _reader.read(image, prior)
        _remember(job.book_id, result.known)
    except ScanRefused as refused:
        return PageFailure(refused.code, final=True)
    except TesseractMissing:
        raise
    except Exception as error:  # noqa: BLE001 - one page must not end the others, whatever is wrong with it
        # Only where it happened: the text of an exception may hold what stands on the page.
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(frame.filename).name}:{frame.lineno}"
        log.warning("page %d: %s at %s", job.page_id, type(error).__name__, place)
        return PageFailure(Reason.PAGE_FAILED)
    finally:
        faulthandler.cancel_dump_traceback_later()
    _write_image(result.image, job.image_path)
    if job.cuts_path is not None:
        cut_ahead(result.image, result.reading, job.cuts_path)
    return PageDone(result.reading, _digest(image), result.cpu_seconds, _peak_bytes())


def _remember(book_id: int, known: KnownPage | None) -> None:
    _known.pop(book_id, None)
    _known[book_id] = known
    if len(_known) > BOOKS:
        del _known[next(iter(_known))]


def _digest(image: NDArray[np.uint8]) -> str:
    """SHA-256 of the decoded page: two files of one image are one page."""
    digest = hashlib.sha256(repr(image.shape).encode())
    digest.update(image.tobytes())
    return digest.hexdigest()


def _write_image(image: NDArray[np.uint8], path: Path) -> None:
    """Write so that ``path`` is either absent or whole."""
    done, encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not done:
        raise ValueError("the page image could not be encoded")
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(encoded.tobytes())
    part.replace(path)


def _peak_bytes() -> int:
    """The most memory that this process has had. Not ``getrusage``, which starts with the parent's figure."""
    status = Path("/proc/self/status").read_text("ascii")
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:"))


def _end_with_parent() -> None:
    # A killed parent closes nothing that a waiting worker would notice: it would keep its memory for ever.
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
