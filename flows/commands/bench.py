"""``hotich bench``: our figures beside other programs'."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.wording import say


def pages(
    folder: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, help=say("Thư mục trang và tệp đáp án."))
    ],
    book: Annotated[
        int,
        typer.Option(min=0, help=say("Mấy trang liền nhau là một sổ; không ghi thì mỗi trang đọc riêng.")),
    ] = 0,
) -> None:
    """Score a folder of pages with truth files."""
    from bench.pages import main

    main(folder, book)


def lines(
    folder: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, help=say("Thư mục ảnh dòng chữ và labels.tsv."))
    ],
) -> None:
    """Score a folder of line images with labels.tsv."""
    from bench.lines import main

    main(folder)


def confidence(
    place: Annotated[
        Path,
        typer.Argument(
            exists=True,
            help=say("Thư mục trang và tệp đáp án, thư mục dòng chữ, hoặc tệp .jsonl đã giữ lại."),
        ),
    ],
    rows: Annotated[
        Path | None, typer.Option(help=say("Tệp .jsonl giữ lại những gì đã đọc, để khỏi đọc lại."))
    ] = None,
    target: Annotated[
        float, typer.Option(min=0.0001, max=0.5, help=say("Tỉ lệ sai cho phép trong số tự chấp nhận."))
    ] = 0.005,
    pictures: Annotated[
        Path | None, typer.Option(file_okay=False, help=say("Thư mục ghi biểu đồ độ tin cậy."))
    ] = None,
) -> None:
    """Measure what is accepted without a person, and what is wrong among it."""
    from bench.confidence import main

    main(place, rows, target, pictures)


def beside(
    lines: Annotated[
        list[Path] | None,
        typer.Option(exists=True, file_okay=False, help=say("Thư mục dòng chữ; có thể nêu nhiều lần.")),
    ] = None,
    pages: Annotated[
        list[Path] | None,
        typer.Option(exists=True, file_okay=False, help=say("Thư mục trang; có thể nêu nhiều lần.")),
    ] = None,
) -> None:
    """Read the same lines and pages with this program, Tesseract and asterocr, and print tables."""
    from bench.beside import main

    main(lines or [], pages or [])
