"""The recipe: one page image -> its cases, fields, readings and doubts.

It reads top to bottom: upright and clean, ink apart from the form's furniture, print read, form found, fields
cut, read, put together and judged. ``Reader`` holds what is loaded once a process.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

import numpy as np
import psutil

from pipeline import ink as inks
from pipeline.assemble import assemble
from pipeline.book_pages import BookPage, facts_of, fit_book_page
from pipeline.clean import CleanPage, clean
from pipeline.confidence import default_policy
from pipeline.cut import cut_fields
from pipeline.cut.stamp import without_stamps
from pipeline.elements import PageKind, PageReading
from pipeline.forms import all_forms, all_tables
from pipeline.forms.fit import LEAST_SHARE, fit_form, fit_page
from pipeline.forms.known_page import KnownPage, lay, learn
from pipeline.forms.lines import visual_lines
from pipeline.forms.look_again import beside_missing, is_whole, look_again
from pipeline.forms.look_closely import look_closely
from pipeline.page_kind import (
    is_blank_form,
    is_blank_paper,
    is_dark,
    is_noise,
    is_part_of_a_page,
    is_struck_out,
    is_two_pages,
)
from pipeline.read_fields import read_crops
from pipeline.reasons import Reason
from pipeline.recognise.decode import load_priors
from pipeline.recognise.handwriting import LineRecogniser
from pipeline.recognise.printed import words_of_lines
from pipeline.recognise.tesseract import LANGUAGE, REDUCED, words_of
from pipeline.recognise.tesseract_library import library
from pipeline.rules import rules
from pipeline.swallowed import swallowed_labels
from pipeline.tables import find_opening, is_known_table, is_surely_table, read_opening

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from pipeline.cut import FieldCrop
    from pipeline.forms.fit import FormFit
    from pipeline.ink import Ink
    from pipeline.read_fields import CropReading
    from pipeline.recognise.tesseract import PrintedWord
    from pipeline.tables import Opening

SURE_FIT: Final = 0.70
"""A form found this well needs no look at the page turned around."""

PART_OF_A_FORM: Final = 0.2
"""So much of a form on a sheet that is too short is a page torn in half, not a letter."""


@dataclass(frozen=True, slots=True)
class BookPrior:
    """What is known of a page from its book: type, edition, year, how its other pages lay and what they say.

    ``said`` holds, by field key, texts that other pages have in a field that repeats from page to page: who
    signs, with which title, the number of the volume. They are offered to the decoder, no more.
    ``known`` is what the pages before taught of how the labels look (``PageResult.known``).
    """

    type: str = ""
    edition: str = ""
    year: int | None = None
    turned: int = 0
    said: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    known: KnownPage | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class PageResult:
    """A page's reading, the upright image its boxes refer to ((rows, columns, 3) BGR uint8), and its cost.

    ``known`` is what this page and those before it teach of the book's next ones.
    """

    reading: PageReading
    image: NDArray[np.uint8]
    cpu_seconds: float
    known: KnownPage | None = None


@dataclass(frozen=True)
class _Sheet:
    """A page turned one way, clean, with its ink."""

    page: CleanPage
    ink: Ink


@dataclass(frozen=True)
class _Look:
    """A page turned one way, with what was found on it."""

    page: CleanPage
    ink: Ink
    words: list[PrintedWord]
    fit: FormFit | None
    book: BookPage | None
    nearest: FormFit | None
    """The form that fits best where none fits well."""
    known: KnownPage | None = None
    """What its labels were found by, where they were not read."""


@dataclass(frozen=True)
class Reader:
    """Reads pages. Load one a process."""

    recogniser: LineRecogniser

    @classmethod
    def load(cls, threads: int = 1) -> Reader:
        """Load both engines, the forms, the rules, and what is known of texts: no page waits for that then.

        Args:
            threads: cores that one page may use.
        """
        load_priors()
        all_forms()
        library(LANGUAGE)
        default_policy()
        rules()
        return cls(LineRecogniser.load(threads))

    def read(self, image: NDArray[np.uint8], prior: BookPrior | None = None) -> PageResult:
        """Read one page.

        Args:
            image: the page as scanned, (rows, columns, 3) BGR uint8.
            prior: what its book tells; None for a page alone.

        Returns:
            The reading and the upright image. A page that fits no form, is blank or is struck out comes back
            without cases and with the reason; no page makes this raise for what is on it.

        Raises:
            TesseractMissing: when tesseract or its Vietnamese data is not installed.
            WordsNotRead: when tesseract took far too long over the page or died; it may do better again.
        """
        started = _cpu_seconds()
        first = _sheet(image, _turns(image, prior)[0])
        look = _as_before(first, prior)
        opening = self._opening(image, first, prior) if look is None else None
        if look is None and (opening is None or not is_known_table(opening)):
            look = _upright_look(image, first, prior, self.recogniser)
            if look.fit is None and look.book is None:
                opening = self._wide_opening(image, first, prior) or opening
            # A form of a page a case may have ruled tables too, whose headings no table form knows.
            least = SURE_FIT if opening is not None and is_surely_table(opening) else 0.0
            if look.book is not None or (look.fit is not None and look.fit.share >= least):
                opening = None
        if opening is not None:
            said = prior.said if prior is not None else None
            reading = read_opening(opening, self.recogniser, prior.year if prior else None, said)
            return PageResult(reading, opening.page.colour, _cpu_seconds() - started)
        if look is None:
            raise AssertionError("a page without a table was looked at")
        look, reading = self._reading(look, prior)
        known = _learnt(look, reading, prior.known if prior is not None else None)
        return PageResult(reading, look.page.colour, _cpu_seconds() - started, known)

    def _opening(self, image: NDArray[np.uint8], first: _Sheet, prior: BookPrior | None) -> Opening | None:
        """The ruled table of an older book that the page is, if it is one."""
        wide = image.shape[1] > image.shape[0]
        turns = (0, 180, 90, 270) if wide else (90, 270, 0, 180)
        known = prior if prior is not None else BookPrior()
        if known.type and all(table.type != known.type for table in all_tables()):
            return None
        return find_opening(image, first.page, first.ink, turns, known.type, known.edition, known.year)

    def _wide_opening(
        self, image: NDArray[np.uint8], first: _Sheet, prior: BookPrior | None
    ) -> Opening | None:
        """The known table on a wide scan that was first taken for a page on its side.

        As such a page it is half as large, and pale rules vanish.
        """
        if first.page.turned % 180 == 0:
            return None
        opening = self._opening(image, _sheet(image, 0), prior)
        return opening if opening is not None and is_known_table(opening) else None

    def _reading(self, look: _Look, prior: BookPrior | None) -> tuple[_Look, PageReading]:
        """What was read, and the page with the labels that were found by then."""
        page, fit = look.page, look.fit
        other = self._without_fields(look)
        if fit is None or other is not None:
            return look, other or _without_case(page, None, PageKind.UNKNOWN, _why_unknown(look))
        crops = cut_fields(page, look.ink, fit)
        if is_blank_form(crops):
            return look, _without_case(page, fit, PageKind.BLANK, Reason.PAGE_BLANK)
        readings = self._read_crops(look, crops, prior)
        more = self._with_swallowed(look, fit, readings)
        if more.fit is not None and more.fit is not fit:
            look, fit = more, more.fit
            readings = self._read_crops(look, cut_fields(page, look.ink, fit), prior)
        case = assemble(readings, fit, prior.year if prior else None)
        return look, PageReading(
            kind=PageKind.CASES,
            type=fit.form.type,
            edition=fit.form.edition,
            cases=(case,),
            turned=page.turned,
            skew_degrees=page.skew_degrees,
            width=page.width,
            height=page.height,
            reasons=(Reason.PAGE_TORN.value,) if is_part_of_a_page(page, fit) else (),
            provenance={
                "reader": version("hotich"),
                "form": f"{fit.share:.3f}",
                "labels": "read" if look.known is None else "known",
            },
        )

    def _without_fields(self, look: _Look) -> PageReading | None:
        """The reading of a page on which no case is looked for; None where one is, or nothing is known."""
        page, fit = look.page, look.fit
        if look.book is not None:
            return self._book_page(look, look.book)
        if fit is None and is_dark(page):
            return _without_case(page, None, PageKind.UNKNOWN, Reason.PAGE_DARK)
        if fit is None and is_blank_paper(look.ink):
            return _without_case(page, None, PageKind.BLANK, Reason.PAGE_BLANK)
        if fit is not None and is_two_pages(fit):
            return _without_case(page, fit, PageKind.UNKNOWN, Reason.TWO_PAGES)
        if fit is not None and is_struck_out(look.ink):
            return _without_case(page, fit, PageKind.VOID, Reason.PAGE_VOID)
        return None

    def _read_crops(
        self, look: _Look, crops: Sequence[FieldCrop], prior: BookPrior | None
    ) -> list[CropReading]:
        words = look.words
        if look.known is not None and look.known.typed:
            # Both engines read what is typed: the one for print has seen nothing of this page yet.
            lines = [line for crop in crops for line in crop.lines]
            words = words_of_lines(lines, [box for crop in crops for box in crop.line_boxes])
        return read_crops(crops, words, self.recogniser, prior.said if prior is not None else None)

    def _with_swallowed(self, look: _Look, fit: FormFit, readings: Sequence[CropReading]) -> _Look:
        """The page with the labels that were missed and read as part of a field, where they are found now."""
        told = swallowed_labels(readings, fit) if look.known is None else {}
        if not told:
            return look
        bare = inks.paint_over(look.page.grey, look.ink.furniture, look.ink.strokes)
        words, better = look_closely(bare, look.ink.strokes, look.words, fit, self.recogniser, told=told)
        return replace(look, words=words, fit=better, nearest=better)

    def _book_page(self, look: _Look, book: BookPage) -> PageReading:
        """A cover or a closing note, with what it says of the book."""
        readings = read_crops(cut_fields(look.page, look.ink, book.fit), look.words, self.recogniser)
        reason = Reason.PAGE_COVER if book.kind is PageKind.COVER else Reason.PAGE_CLOSING_NOTE
        facts = facts_of(book, assemble(readings, book.fit, None))
        page = _without_case(look.page, None, book.kind, reason)
        return replace(page, type=book.register_type, book=facts)


def _turns(image: NDArray[np.uint8], prior: BookPrior | None) -> list[int]:
    """The ways to turn a page, the likeliest first."""
    sideways = image.shape[1] > 1.15 * image.shape[0]
    turns = [90, 270, 0, 180] if sideways else [0, 180, 90, 270]
    if prior is not None and prior.turned in turns[:2]:
        turns.remove(prior.turned)
        turns.insert(0, prior.turned)
    return turns


def _sheet(image: NDArray[np.uint8], turned: int) -> _Sheet:
    page = clean(image, turned)
    return _Sheet(page, inks.separate(page.grey))


def _upright_look(
    image: NDArray[np.uint8], first: _Sheet, prior: BookPrior | None, recogniser: LineRecogniser
) -> _Look:
    """The page turned the way in which a form fits it best.

    A page is first taken as its book's pages lay, then upside down; a page that is wider than high is taken
    to lie on its side. A fit that is good enough ends the search, so that most pages are read once, and so
    does a page without any word: none would stand on it the other way up.
    """
    best: _Look | None = None
    for turned in _turns(image, prior):
        look = _look(first if turned == first.page.turned else _sheet(image, turned), prior, recogniser)
        if best is None or _share(look) > _share(best):
            best = look
        if _share(best) >= SURE_FIT or best.book is not None or not look.words:
            break
    if best is None:
        raise AssertionError("four turns were looked at")
    return best


def _learnt(look: _Look, reading: PageReading, before: KnownPage | None) -> KnownPage | None:
    """What the next page of the book may rely on."""
    if look.fit is None or reading.kind is not PageKind.CASES:
        return before
    if look.known is not None:
        return look.known if look.known.confirmed else replace(look.known, confirmed=True)
    typed = any(item.evidence.get("typed") for case in reading.cases for item in case.fields)
    whole = is_whole(look.fit, look.page.height)
    return learn(look.ink.strokes, look.fit, before, typed=typed, whole=whole)


def _as_before(sheet: _Sheet, prior: BookPrior | None) -> _Look | None:
    """The page laid out as the pages before it, if it looks like them."""
    if prior is None or prior.known is None or not prior.known.tells:
        return None
    laid = lay(prior.known, sheet.ink.strokes, strict=not prior.known.confirmed)
    return None if laid is None else _Look(sheet.page, sheet.ink, [], laid, None, laid, prior.known)


def _look(sheet: _Sheet, prior: BookPrior | None, recogniser: LineRecogniser) -> _Look:
    page, ink = sheet.page, sheet.ink
    bare = inks.paint_over(page.grey, ink.furniture, ink.strokes)
    words = [] if is_noise(ink) else words_of(bare, scale=REDUCED)
    book = prior if prior is not None else BookPrior()
    fit = fit_page(words, page.height, all_forms(), book.type, book.edition)
    if fit is not None:
        # What is stamped over is read where the stamp is faded; the page itself stays as it is.
        unstamped, strokes, _ = without_stamps(page, ink, beside_missing(fit), whole=False)
        if unstamped is not page:
            bare = inks.paint_over(unstamped.grey, strokes.furniture, strokes.strokes)
        shown = book.known.labels if book.known is not None else ()
        words, fit = look_closely(bare, strokes.strokes, words, fit, recogniser, shown)
        words, fit = look_again(bare, words, fit, shown)
    if fit is not None:
        return _Look(page, ink, words, fit, None, fit)
    lines = visual_lines(words)
    nearest = max((fit_form(lines, page.height, form) for form in all_forms()), key=lambda fit: fit.share)
    return _Look(page, ink, words, None, fit_book_page(words, ink), nearest)


def _share(look: _Look) -> float:
    if look.book is not None:
        return look.book.fit.share
    if look.fit is not None:
        return look.fit.share
    return min(look.nearest.share, LEAST_SHARE) / 2 if look.nearest is not None else 0.0


def _why_unknown(look: _Look) -> Reason:
    """What a person is told of a page on which no form was found."""
    nearest = look.nearest
    if nearest and nearest.share >= PART_OF_A_FORM and is_part_of_a_page(look.page, nearest):
        return Reason.PAGE_TORN
    if not look.words:
        return Reason.FORM_UNKNOWN
    # Printed letters are next to never their own mirror images: a form that fits now was scanned mirrored.
    mirrored = inks.paint_over(look.page.grey, look.ink.furniture)[:, ::-1]
    for image in (mirrored, mirrored[::-1, ::-1]):
        words = words_of(np.ascontiguousarray(image), scale=REDUCED)
        if fit_page(words, look.page.height, all_forms()) is not None:
            return Reason.PAGE_MIRRORED
    return Reason.FORM_UNKNOWN


def _without_case(page: CleanPage, fit: FormFit | None, kind: PageKind, reason: Reason) -> PageReading:
    return PageReading(
        kind=kind,
        type=fit.form.type if fit else "",
        edition=fit.form.edition if fit else "",
        cases=(),
        turned=page.turned,
        skew_degrees=page.skew_degrees,
        width=page.width,
        height=page.height,
        reasons=(reason.value,),
        provenance={"reader": version("hotich")},
    )


def _cpu_seconds() -> float:
    """CPU time of this process and of the engines it ran that have ended."""
    times = psutil.Process().cpu_times()
    return time.process_time() + float(times.children_user) + float(times.children_system)
