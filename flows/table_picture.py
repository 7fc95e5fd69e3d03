"""A page with a table form drawn over it: its columns with their names, its rows, and each cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PIL import Image, ImageDraw, ImageFont

from flows.form_picture import EMPTY, FIELD, FONT, LABEL, QUALITY

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.elements import Box
    from pipeline.tables.checking import CheckedTable

GUESSED: Final = (140, 60, 170)
UNKNOWN: Final = (200, 20, 20)
INSET: Final = 5
"""Pixels by which frames stay inside of the printed rules."""


def draw_table(page: CheckedTable, path: Path) -> None:
    """Write the picture as JPEG.

    Heads of columns are blue where the heading was read, violet where the column follows from its number or
    its neighbours, red where the form has no such column. Cells with writing are green, empty ones orange; a
    row that was struck out has a red frame.

    Raises:
        OSError: when the file cannot be written.
    """
    image = Image.fromarray(page.image[:, :, ::-1])
    pen = ImageDraw.Draw(image)
    font = ImageFont.truetype(FONT, max(12, round(image.height / 110)))
    for row in page.rows:
        for cell in row.cells:
            _frame(pen, cell.box, FIELD if cell.written else EMPTY, 3)
        if row.struck:
            pen.rectangle((row.box.x, row.box.y, row.box.right, row.box.bottom), outline=UNKNOWN, width=6)
    for printed in page.columns:
        known = printed.column is not None
        colour = UNKNOWN if not known else GUESSED if printed.guessed else LABEL
        _frame(pen, printed.box, colour, 4)
        if printed.column is not None:
            _name(image, printed.box, printed.column.field or "-", font, colour)
    image.save(path, quality=QUALITY)


def _frame(pen: ImageDraw.ImageDraw, box: Box, colour: tuple[int, int, int], width: int) -> None:
    inset = min(INSET, (box.w - width) // 2, (box.h - width) // 2)
    if inset >= 0:
        pen.rectangle(
            (box.x + inset, box.y + inset, box.right - inset, box.bottom - inset), outline=colour, width=width
        )


def _name(
    image: Image.Image, box: Box, name: str, font: ImageFont.FreeTypeFont, colour: tuple[int, int, int]
) -> None:
    """A field's name upright over its column: columns are narrower than names are long."""
    width, height = round(font.getlength(name)) + 6, round(font.size) + 4
    label = Image.new("RGB", (width, height), (255, 255, 255))
    ImageDraw.Draw(label).text((3, 1), name, font=font, fill=colour)
    turned = label.rotate(90, expand=True)
    left = box.x + (box.w - turned.width) // 2
    image.paste(turned, (max(0, left), max(0, box.y - turned.height - 4)))
