"""A form laid over a page -> the image of every line that was written into a field.

Writing is gathered stroke by stroke, not cut out by a ruler: a connected stroke belongs to the line whose
band holds its middle, so that a tail that hangs into the next line or a mark that climbs into the one above
goes with its own word, and the neighbours' tails are painted over in the crop.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.cut.beside import ink_beside
from pipeline.cut.columns import column_blocks, cut_columns
from pipeline.cut.geometry import Geometry
from pipeline.cut.margin import cut_margin
from pipeline.cut.marks import with_own_marks
from pipeline.cut.stamp import without_stamps
from pipeline.cut.strokes import parted, strokes_of
from pipeline.cut.struck import level_of
from pipeline.cut.ticks import cut_ticks
from pipeline.cut.writing import FieldCrop, Views, cut_after, cut_below
from pipeline.faint import without_faint
from pipeline.ink import paint_over, without_upright_rules

if TYPE_CHECKING:
    from pipeline.clean import CleanPage
    from pipeline.forms.fit import FormFit
    from pipeline.ink import Ink

__all__ = ["FieldCrop", "cut_fields"]


def cut_fields(page: CleanPage, ink: Ink, fit: FormFit) -> list[FieldCrop]:
    """Cut every field of a fitted form.

    Args:
        page: the clean page.
        ink: its strokes without leaders and rules.
        fit: the form laid over it.

    Returns:
        A crop for every label that was found and carries a field, in the order of the page; one without
        lines for a note in the margin.
    """
    signed = [anchor.sighting.box for anchor in fit.anchors if anchor.label.below]
    page, ink, stamp = without_stamps(page, ink, signed)
    geometry = Geometry(page, fit)
    in_columns = [anchor for anchor in fit.anchors if anchor.label.columns]
    if in_columns:
        ink, upright = without_upright_rules(ink)
        blocks = column_blocks(fit, upright, geometry)
    # Only now: the rules of a table are often as pale.
    written = without_faint(ink.strokes, page.grey)
    strokes = strokes_of(parted(written, geometry), geometry.printed, geometry.pitch)
    strokes = with_own_marks(strokes, geometry, ink.furniture)
    views = Views(paint_over(page.grey, ink.furniture, ink.strokes), page.grey, level_of(ink))
    used = [anchor.sighting.box for anchor in fit.anchors]
    crops: list[FieldCrop] = []
    for anchor in fit.anchors:
        if not anchor.label.field or anchor.label.tick:
            continue
        if anchor.label.below:
            crops.append(cut_below(anchor, page, views, strokes, geometry, stamp))
            continue
        crop = cut_after(anchor, page, views, strokes, geometry)
        label, line = anchor.sighting.box, (*crop.line_boxes, crop.box)[0]
        beside = ink_beside(ink.strokes, label, line, used, geometry.right)
        crops.append(replace(crop, beside=beside))
    for anchor in in_columns:
        crops += cut_columns(anchor, blocks[anchor.block], page, views, strokes, geometry)
    crops += cut_margin(strokes, geometry)
    return crops + cut_ticks([anchor for anchor in fit.anchors if anchor.label.tick], ink, geometry)
