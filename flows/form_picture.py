"""A page with a form drawn over it: labels that were found, and where each field was cut, with its title."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from pipeline.elements import Box
    from pipeline.forms.checking import CheckedPage

FONT: Final = Path(__file__).parent.parent / "training" / "fonts" / "print" / "DejaVuSansCondensed.ttf"
LABEL: Final = (30, 90, 200)
FIELD: Final = (0, 130, 60)
EMPTY: Final = (200, 120, 0)
QUALITY: Final = 80


def draw(page: CheckedPage, path: Path) -> None:
    """Write the picture as JPEG.

    Labels have a blue frame, fields with writing a green one, empty fields an orange one.

    Raises:
        OSError: when the file cannot be written.
    """
    image = Image.fromarray(page.image[:, :, ::-1])
    pen = ImageDraw.Draw(image)
    font = ImageFont.truetype(FONT, max(14, round(image.width / 90)))
    for label in page.found:
        _frame(pen, label.box, LABEL, 2)
    for field in page.fields:
        colour = FIELD if field.written else EMPTY
        for box in field.boxes:
            _frame(pen, box, colour, 4)
        first = field.boxes[0]
        width = pen.textlength(field.title, font=font)
        left = min(max(0, first.right - round(width) - 4), image.width - round(width) - 4)
        top = max(0, first.y - font.size)
        pen.rectangle((left - 2, top, left + width + 2, top + font.size + 2), fill=(255, 255, 255))
        pen.text((left, top), field.title, font=font, fill=colour)
    image.save(path, quality=QUALITY)


def _frame(pen: ImageDraw.ImageDraw, box: Box, colour: tuple[int, int, int], width: int) -> None:
    pen.rectangle((box.x, box.y, box.right, box.bottom), outline=colour, width=width)
