"""The next page of a book, laid out as one before it: its labels are found by how they look, not by reading.

Pages of a book come from one print run. Where a page's labels were all read, their pictures are kept, and on
the next page each is looked for near where it stood: first a few long ones over a wide range, which tells how
the sheet lay, then all of them. That takes a fiftieth of the time of reading the print. A page on which the
pictures do not all turn up, at places that fit together, is none like it and is read as any other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from pipeline.elements import Box

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.forms.anchors import Anchor
    from pipeline.forms.fit import FormFit
    from pipeline.forms.form import Label
    from pipeline.forms.lines import Sighting

    Picture = NDArray[np.uint8]

HALF: Final = 2
"""Labels are looked for at half of the working size."""
MARGIN: Final = 3
"""Rows and columns around a label that belong to its picture, at that size."""
GUIDES: Final = 8
"""Long labels, spread over the page, that tell how the sheet lies."""
WIDE: Final = 60
NEAR: Final = 7
"""How far from the expected place guides and labels are looked for, at that size."""
SCALES: Final = (1.0, 1.04, 0.96, 1.08, 0.92)
"""Sizes of print against the known page's, tried in turn: a sheet that lay askew is cut out wider."""
FAINT: Final = 0.25
"""Correlation that a guide must reach at a scale that may be a few per cent off."""
ALIKE: Final = 0.55
"""Correlation from which on a place looks like the label, at the same scale."""
SAME: Final = 0.75
"""Correlation of a picture and of its end under which it may show writing. On second pages of four books
by hand ends reached 0.78 at least; where 3 mm of what stands behind came along, 72 % of the ends stayed
under 0.6, but only 15 % of the whole pictures under 0.75."""
MOST: Final = 0.9
"""Share of the labels that must turn up; the others' places follow from the rest."""
LEARNT_FROM: Final = 0.9
"""A form must be found this well on the page that others are compared with."""


@dataclass(frozen=True)
class KnownPage:
    """A page whose labels were read: the form laid over it, and each label's picture, uint8, at half size.

    ``confirmed``: a second page showed the same labels, so that what one page's reading joined to a label by
    mistake was noticed. ``typed``: one of the pages was typed. ``whole``: no label was missing on the page.
    """

    fit: FormFit
    pictures: tuple[Picture, ...]
    confirmed: bool = False
    typed: bool = False
    whole: bool = False

    @property
    def tells(self) -> bool:
        """Whether the next page may be laid out by it: by one page alone only where that is all of the form.

        Nor by a typed page alone: what is typed may be the same on both, joined to a label by mistake.
        """
        return self.confirmed or (self.whole and not self.typed)

    @property
    def labels(self) -> tuple[Label, ...]:
        """The labels that the page shows."""
        return tuple(anchor.label for anchor in self.fit.anchors)


def learn(
    strokes: Picture,
    fit: FormFit,
    before: KnownPage | None = None,
    *,
    typed: bool = False,
    whole: bool = False,
) -> KnownPage | None:
    """Keep how a page's labels look, for the pages after it.

    Args:
        strokes: the page's strokes without leaders and rules, uint8 (rows, columns), at the working size.
        fit: the form laid over it by reading its print.
        before: what an earlier page of the book taught.
        typed: whether what is written on the page is typed.
        whole: whether no label is missing on it.

    Returns:
        What the pages teach: confirmed where this one looks like the one before. Of a label that both show
        the box counts in which it was read better. Other printed words of the form count on typed pages where
        both show them, for on one they may have been typed. None where the form was found on neither well
        enough.
    """
    if fit.share < LEARNT_FROM:
        return before
    laid = lay(before, strokes, seen_only=True) if before is not None else None
    if laid is None or before is None:
        return _known(strokes, fit, typed=typed, whole=whole)
    typed = typed or before.typed
    unused = [s for s in fit.unused if not typed or any(_same_words(s, other) for other in laid.unused)]
    rest = list(fit.anchors)
    anchors = []
    for anchor in laid.anchors:
        twin = next((other for other in rest if _same_place(anchor, other)), None)
        if twin is not None:
            rest.remove(twin)
        anchors.append(anchor if twin is None else min(anchor, twin, key=_doubt))
    # A label stands once: what was taken for it elsewhere on this page ("Quyên", a name) is none.
    known = {anchor.label for anchor in anchors if not anchor.label.several}
    anchors += [anchor for anchor in rest if anchor.label not in known]
    together = replace(fit, anchors=tuple(anchors), unused=tuple(unused))
    return _known(strokes, together, confirmed=True, typed=typed, whole=whole)


def _known(
    strokes: Picture, fit: FormFit, *, confirmed: bool = False, typed: bool = False, whole: bool = False
) -> KnownPage | None:
    small = _half(strokes)
    pictures = tuple(_cut(small, anchor.sighting.box) for anchor in fit.anchors)
    if any(picture.size == 0 or picture.max() == picture.min() for picture in pictures):
        return None
    return KnownPage(fit, pictures, confirmed, typed, whole)


def _doubt(anchor: Anchor) -> tuple[float, int]:
    """How little a label's box can be trusted: read badly, or wide because it took in writing."""
    return round(-anchor.sighting.score, 2), anchor.sighting.box.w


def _same_place(anchor: Anchor, other: Anchor) -> bool:
    return anchor.label == other.label and _meet(anchor.sighting.box, other.sighting.box)


def _same_words(sighting: Sighting, other: Sighting) -> bool:
    return sighting.wording == other.wording and _meet(sighting.box, other.box)


def _meet(a: Box, b: Box) -> bool:
    """Whether two boxes stand on one line and overlap."""
    return abs(a.y - b.y) < a.h and a.x < b.right and b.x < a.right


def lay(
    known: KnownPage, strokes: Picture, *, strict: bool = False, seen_only: bool = False
) -> FormFit | None:
    """Lay the form over a page as it lay over the known one; None where that is not how the page looks.

    ``strict``: every label must look the same, up to its end, so that no picture shows any writing.
    ``seen_only``: what not every form prints counts where it is seen.

    A word that not every form prints ("giờ") may have been written or typed at its place on one page, or
    typed on two: on a page of a typed book that does not show it, it is none of its labels in any case.
    """
    small = _half(strokes)
    boxes = [_around(anchor.sighting.box) for anchor in known.fit.anchors]
    for scale in SCALES:
        move = _move(known, boxes, small, scale)
        if move is None:
            continue
        # The page drawn as the known one lay: sheets are cut out a little wider or narrower each time.
        aligned = _seen_from(move, small)
        places = [
            _seek(aligned, picture, box.x, box.y, NEAR)
            for picture, box in zip(known.pictures, boxes, strict=True)
        ]
        if strict:
            fits = all(
                min(place[2], _end_alike(aligned, picture, place)) >= SAME
                for picture, place in zip(known.pictures, places, strict=True)
            )
        else:
            fits = sum(place[2] >= ALIKE for place in places) >= MOST * len(boxes)
        if fits:
            return _laid(known, boxes, move, places, seen_only=seen_only or known.typed)
    return None


def _laid(
    known: KnownPage,
    boxes: Sequence[Box],
    move: NDArray[np.float64],
    places: Sequence[tuple[float, float, float]],
    *,
    seen_only: bool,
) -> FormFit:
    """The known page's fit with its labels where they were seen, those not seen where the rest tells."""
    fit, anchors = known.fit, []
    for anchor, box, (x, y, alike) in zip(fit.anchors, boxes, places, strict=True):
        seen = alike >= ALIKE
        if not seen and seen_only and anchor.label.optional:
            continue
        shift = (x - box.x, y - box.y) if seen else (0.0, 0.0)
        there = replace(anchor.sighting, box=_moved(anchor.sighting.box, move, shift))
        anchors.append(replace(anchor, sighting=there))
    unused = tuple(replace(sighting, box=_moved(sighting.box, move)) for sighting in fit.unused)
    return replace(fit, anchors=tuple(anchors), lines=(), unused=unused)


def _move(known: KnownPage, boxes: Sequence[Box], small: Picture, scale: float) -> NDArray[np.float64] | None:
    """How places of the known page move to one that is about so much larger, by its guides; (2, 3)."""
    rows, columns = small.shape
    there = np.array([[scale, 0.0, (1.0 - scale) * columns / 2], [0.0, scale, (1.0 - scale) * rows / 2]])
    view = small if scale == 1.0 else _seen_from(there, small)
    seen = {
        i: _seek(view, known.pictures[i], boxes[i].x, boxes[i].y, WIDE) for i in _guides(known.fit.anchors)
    }
    move = _affine(boxes, {i: place for i, place in seen.items() if place[2] >= FAINT})
    return None if move is None else there[:, :2] @ move + np.array([[0.0, 0.0, 1.0]]) * there[:, 2:]


def _seen_from(move: NDArray[np.float64], small: Picture) -> Picture:
    """A page drawn so that what ``move`` leads to lies where it came from."""
    size = (small.shape[1], small.shape[0])
    return np.asarray(
        cv2.warpAffine(small, move, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP), np.uint8
    )


def _moved(box: Box, move: NDArray[np.float64], shift: tuple[float, float] = (0.0, 0.0)) -> Box:
    """Where a box of the known page lies on this one; ``move`` and ``shift`` are at half size."""
    corners = np.array([[box.x, box.y], [box.right, box.bottom]], np.float64) / HALF + np.array(shift)
    (left, top), (right, bottom) = np.rint(HALF * (corners @ move[:, :2].T + move[:, 2])).astype(int).tolist()
    return Box(max(0, left), max(0, top), right - left, bottom - top)


def _half(strokes: Picture) -> Picture:
    size = (strokes.shape[1] // HALF, strokes.shape[0] // HALF)
    return np.asarray(cv2.resize(strokes, size, interpolation=cv2.INTER_AREA), np.uint8)


def _around(box: Box) -> Box:
    """A label's box with its margin, at half size."""
    x, y = max(0, box.x // HALF - MARGIN), max(0, box.y // HALF - MARGIN)
    return Box(x, y, box.right // HALF + MARGIN - x, box.bottom // HALF + MARGIN - y)


def _cut(small: Picture, box: Box) -> Picture:
    around = _around(box)
    return small[around.y : around.bottom, around.x : around.right].copy()


def _guides(anchors: Sequence[Anchor]) -> list[int]:
    """The widest labels of as many bands of the page."""
    order = sorted(range(len(anchors)), key=lambda i: anchors[i].sighting.box.y)
    bands = np.array_split(np.array(order), min(GUIDES, len(order)))
    return [int(max(band, key=lambda i: anchors[i].sighting.box.w)) for band in bands]


def _seek(small: Picture, picture: Picture, x: int, y: int, reach: int) -> tuple[float, float, float]:
    """Where a picture is found near a place, and how alike it is there (-1 where it cannot be)."""
    h, w = picture.shape
    left, top = max(0, x - reach), max(0, y - reach)
    window = small[top : y + h + reach, left : x + w + reach]
    if window.shape[0] < h or window.shape[1] < w:
        return float(x), float(y), -1.0
    _, best, _, (dx, dy) = cv2.minMaxLoc(cv2.matchTemplate(window, picture, cv2.TM_CCOEFF_NORMED))
    return float(left + dx), float(top + dy), float(best) if np.isfinite(best) else -1.0


def _end_alike(small: Picture, picture: Picture, place: tuple[float, float, float]) -> float:
    """How alike the end of a picture is where it was found: writing joined to a label changes little else."""
    h, w = picture.shape
    x, y = round(place[0]), round(place[1])
    start = max(0, w - h)
    there = small[y : y + h, x + start : x + w]
    if there.shape != (h, w - start):
        return -1.0
    alike = float(cv2.matchTemplate(there, picture[:, start:], cv2.TM_CCOEFF_NORMED)[0, 0])
    return alike if np.isfinite(alike) else -1.0


def _affine(boxes: Sequence[Box], seen: dict[int, tuple[float, float, float]]) -> NDArray[np.float64] | None:
    """How places of the known page (at half size) move to this one, (2, 3); None where they do not agree."""
    if len(seen) < 3:
        return None
    source = np.array([[boxes[i].x, boxes[i].y] for i in seen], np.float64)
    target = np.array([place[:2] for place in seen.values()], np.float64)
    move, kept = cv2.estimateAffinePartial2D(source, target, ransacReprojThreshold=4.0)
    if move is None or kept.sum() < max(3, 0.75 * len(seen)):
        return None
    return np.asarray(move, np.float64)
