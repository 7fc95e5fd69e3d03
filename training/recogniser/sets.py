"""``python -m training.recogniser.sets``: folders of lines with their texts, for judging and for calibrating.

A set is a folder of images and ``labels.tsv``: file name, tab, text. Sets of real handwriting have the same
form, so that one command judges both.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import numpy.typing as npt
import typer

from training.recogniser.crops import Recipe, cut_page
from training.recogniser.hands import Faces
from training.recogniser.line import draw_line
from training.recogniser.text import make_text

Grey = npt.NDArray[np.uint8]
LABELS = "labels.tsv"


class SetKind(StrEnum):
    """What a drawn set holds."""

    LINES = "lines"  # free lines of every kind of text, by pen
    FIGURES = "figures"  # free lines by pen: dates, numbers, single figures and strokes
    CAPITALS = "capitals"  # free lines by pen: names in capitals
    TYPED = "typed"  # free lines by typewriter
    CROPS = "crops"  # lines written by pen on forms, cut by the pipeline
    TYPED_CROPS = "typed-crops"  # lines typed on forms, cut by the pipeline


@dataclass(frozen=True, slots=True)
class LabelledLine:
    """A line, uint8 (rows, columns) grey, its file's name and its text."""

    name: str
    image: Grey
    text: str


def load_set(folder: Path) -> list[LabelledLine]:
    """The lines of a set, in the order of its labels.

    Raises:
        FileNotFoundError: without ``labels.tsv``, or where an image that it names is missing or broken.
    """
    lines = []
    for row in (folder / LABELS).read_text(encoding="utf-8").splitlines():
        name, _, text = row.partition("\t")
        image = cv2.imread(str(folder / name), cv2.IMREAD_GRAYSCALE)
        if image is None:
            raise FileNotFoundError(f"{folder / name} is named in {LABELS} but is no image")
        lines.append(LabelledLine(name, np.asarray(image, np.uint8), text))
    return lines


def save_set(folder: Path, lines: Iterable[tuple[Grey, str]]) -> int:
    """Write lines as a set, losslessly; how many there were."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for count, (image, text) in enumerate(lines):
        name = f"{count:05d}.png"
        cv2.imwrite(str(folder / name), image)
        rows.append(f"{name}\t{text}\n")
    (folder / LABELS).write_text("".join(rows), encoding="utf-8")
    return len(rows)


def draw_set(kind: SetKind, faces: Faces, seed: int) -> Iterator[tuple[Grey, str]]:
    """Lines of a kind without end; the same seed gives the same lines.

    Args:
        kind: what to draw.
        faces: fonts to draw with.
        seed: of all chance.
    """
    rng = random.Random(f"set {kind} {seed}")
    if kind in (SetKind.CROPS, SetKind.TYPED_CROPS):
        recipe = Recipe(faces, typed=1.0 if kind is SetKind.TYPED_CROPS else 0.0)
        while True:
            yield from cut_page(recipe, rng)
    kinds: tuple[str, ...] = ()
    if kind is SetKind.FIGURES:
        kinds = ("date_figures", "number", "alone")
    elif kind is SetKind.CAPITALS:
        kinds = ("person",)
    typed = 1.0 if kind is SetKind.TYPED else 0.0
    while True:
        text = make_text(rng, kinds=kinds)
        if kind is SetKind.CAPITALS:
            text = text.upper()
        yield draw_line(text, faces, rng, typed=typed, printed=0.0)


def main(
    out: Annotated[Path, typer.Option(help="Folder to write to.")],
    kind: Annotated[SetKind, typer.Option(help="What the lines are.")] = SetKind.LINES,
    count: Annotated[int, typer.Option(min=1, help="How many lines.")] = 300,
    seed: Annotated[int, typer.Option(help="The same seed gives the same lines.")] = 1,
    hand: Annotated[
        list[Path] | None, typer.Option(help="Handwriting fonts: files or folders; may be repeated.")
    ] = None,
    typewriter: Annotated[list[Path] | None, typer.Option(help="Typewriter fonts; may be repeated.")] = None,
) -> None:
    """Draw a set of lines with their texts."""
    lines = draw_set(kind, Faces.found(hand or (), typewriter or ()), seed)
    made = save_set(out, (line for line, _ in zip(lines, range(count), strict=False)))
    print(f"{made} lines in {out}")


if __name__ == "__main__":
    typer.run(main)
