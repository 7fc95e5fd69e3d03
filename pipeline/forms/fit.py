"""Which form a page is, and where each of its labels stands on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipeline.forms.anchors import (
    Anchor,
    first_asked,
    is_behind,
    levelled,
    with_headings_in_line,
    without_headings_in_writing,
    without_lone_minutes,
    without_parts,
)
from pipeline.forms.lines import Sighting, VisualLine, all_sightings, apart, visual_lines
from pipeline.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pipeline.forms.form import Block, Form, Label
    from pipeline.recognise.tesseract import PrintedWord

LEAST_SHARE: Final = 0.45
"""A page on which less of a form's labels are found is not that form."""
STRANGER: Final = 0.12
"""A page is of another register when that one's form shows so much more of itself (rendered pages: 0.4)."""
OWN_EDITION: Final = 0.04
"""What it is worth that the book's other pages are of an edition: two editions of a register that both fit
differ by 0.07 and more where the print is read well."""
SHORT: Final = 4
FAR: Final = 0.2
"""A wording of so few letters that may stand anywhere ("Vợ") is not looked for further than this from its
place."""
NUMBER_SHORT: Final = 5
NUMBER_FAR: Final = 0.12
"""The same where a field follows it: a third of a page down "số" is that of an identity card, and "Quyển" is
Quyên, a name."""
SURE: Final = 0.9
"""A label that may stand anywhere is believed far from its place only where it is read so well: "TĂNG SÔ" a
third of the way down is the beginning of somebody's name, not the number of the page at its foot."""
HINT: Final = 0.25
"""How much a label far from where its form expects it loses."""


@dataclass(frozen=True)
class FormFit:
    """A form laid over a page: its labels that were found, and how much of the form that is, 0 to 1."""

    form: Form
    anchors: tuple[Anchor, ...]
    share: float
    lines: tuple[VisualLine, ...]
    unused: tuple[Sighting, ...]
    """Wordings of the form that stand on the page but belong to no label: printed text all the same."""


def fit_page(
    words: Sequence[PrintedWord],
    height: int,
    forms: Iterable[Form],
    register_type: str = "",
    edition: str = "",
) -> FormFit | None:
    """The form that fits a page best, or None where none does.

    Registers share half of their labels, so that a marriage fits the form of births a little: in a book of a
    known type only that type's forms count, and a page that another type's form fits clearly better is none
    of the book's.

    Args:
        words: printed words of the upright, straightened page.
        height: rows of the page.
        forms: the forms to try.
        register_type: type of the book, "" where it is not known.
        edition: edition of the book's other pages, "" where it is not known. It decides between forms that
            fit about as well; a page that shows another edition clearly is of that edition.
    """
    lines, forms = visual_lines(words), tuple(forms)
    # Forms share most of their wordings, and finding them costs most: once for all forms.
    found = all_sightings(lines, sorted({text for form in forms for text in wordings_of(form)}))
    # Where a form of the book's type shows nearly all of itself, no other can show clearly more.
    first = [form for form in forms if form.type == register_type]
    fits = [fit_form(lines, height, form, found) for form in first]
    if max((fit.share for fit in fits), default=0.0) + STRANGER < 1.0:
        fits += [fit_form(lines, height, form, found) for form in forms if form.type != register_type]

    def worth(fit: FormFit) -> float:
        own = edition and (fit.form.type, fit.form.edition) == (register_type, edition)
        return fit.share + (OWN_EDITION if own else 0.0)

    best = max(fits, key=worth, default=None)
    if register_type and best is not None and best.form.type != register_type:
        stranger = best
        own = [fit for fit in fits if fit.form.type == register_type]
        best = max(own, key=worth, default=None)
        if best is not None and stranger.share > best.share + STRANGER:
            return None
    return best if best is not None and best.share >= LEAST_SHARE else None


def wordings_of(form: Form) -> frozenset[str]:
    """Everything that a form's labels may say."""
    return frozenset(text for label in form.labels for text in label.text)


def fit_form(
    lines: Sequence[VisualLine], height: int, form: Form, seen: Sequence[Sighting] | None = None
) -> FormFit:
    """Lay one form over a page. ``seen`` are all places of its wordings (and others) where they are known.

    Blocks follow each other down the page, so the page's lines are divided among them so that the labels
    found, each once and inside its own block, say the most: a small dynamic programme over lines and blocks.
    """
    wordings = wordings_of(form)
    if seen is None:
        seen = all_sightings(lines, sorted(wordings))
    found = apart([sighting for sighting in seen if sighting.wording in wordings])
    ordered = [block for block in form.blocks if not block.anywhere]
    count = len(lines)
    per_block = [_by_line(block, found, count, height) for block in ordered]
    best = [[0.0] * (count + 1) for _ in range(len(ordered) + 1)]
    cut = [[0] * (count + 1) for _ in range(len(ordered) + 1)]
    for b in range(1, len(ordered) + 1):
        for end in range(count + 1):
            best[b][end], cut[b][end] = best[b - 1][end], end
        for start in range(count):
            so_far: dict[int, float] = {}
            total = 0.0
            opening = _opening_bonus(ordered[b - 1], per_block[b - 1][start])
            for end, line in enumerate(_standing(ordered[b - 1], per_block[b - 1][start:]), start + 1):
                for label, (weight, _) in line.items():
                    if weight > so_far.get(label, 0.0):
                        total += weight - so_far.get(label, 0.0)
                        so_far[label] = weight
                value = best[b - 1][start] + total + opening
                if value > best[b][end] + 1e-9:
                    best[b][end], cut[b][end] = value, start
    anchors: list[Anchor] = []
    end = max(range(count + 1), key=lambda e: best[len(ordered)][e]) if count else 0
    for b in range(len(ordered), 0, -1):
        start = cut[b][end]
        chosen: dict[int, tuple[float, Sighting]] = {}
        block = ordered[b - 1]
        for line in _standing(block, per_block[b - 1][start:end]):
            for label, (weight, sighting) in line.items():
                if weight > chosen.get(label, (0.0, sighting))[0]:
                    chosen[label] = (weight, sighting)
        anchors += [Anchor(block.labels[i], block.name, sighting) for i, (_, sighting) in chosen.items()]
        end = start
    anchors = with_headings_in_line(without_headings_in_writing(anchors))
    taken = {(a.sighting.line, a.sighting.first) for a in anchors}
    asked = first_asked(anchors)
    for block in form.blocks:
        if block.anywhere:
            anchors += _anywhere(block, found, taken, asked, height)
    anchors = levelled(without_lone_minutes(without_headings_in_writing(anchors)))
    anchors.sort(key=lambda anchor: (anchor.sighting.line, anchor.sighting.first))
    anchors = without_parts(anchors)
    taken = {(a.sighting.line, a.sighting.first) for a in anchors}
    # Right behind a label stands what was written: "Nguyễn Quang" is no "Nguyên quán".
    behind = {(a.sighting.line, a.sighting.last + 1) for a in anchors if a.label.asked and not a.label.tick}
    unused = tuple(
        s for s in found if (s.line, s.first) not in taken and (s.closed or (s.line, s.first) not in behind)
    )
    return FormFit(form, tuple(anchors), _share(form, anchors), tuple(lines), unused)


def _by_line(
    block: Block, found: Sequence[Sighting], count: int, height: int
) -> list[dict[int, tuple[float, Sighting]]]:
    """For each line, the labels of a block that may stand on it, with what that says."""
    table: list[dict[int, tuple[float, Sighting]]] = [{} for _ in range(count)]
    for i, label in enumerate(block.labels):
        for sighting in found:
            if sighting.wording in label.text:
                weight = _weight(label, sighting, height)
                if weight > table[sighting.line].get(i, (0.0, sighting))[0]:
                    table[sighting.line][i] = (weight, sighting)
    return table


def _standing(
    block: Block, lines: Sequence[dict[int, tuple[float, Sighting]]]
) -> Iterator[dict[int, tuple[float, Sighting]]]:
    """The labels that may stand on the lines of a block.

    What opens it stands above the rest of it: a "Họ và tên" further down is the father's, its "cha" misread.
    """
    begun = False
    for line in lines:
        if begun and line:
            yield {i: seen for i, seen in line.items() if not block.labels[i].opens}
        else:
            yield line
            begun = begun or any(not (block.labels[i].opens or block.labels[i].heading) for i in line)


def _weight(label: Label, sighting: Sighting, height: int) -> float:
    return sighting.weight * (1.0 - HINT * min(1.0, _away(label, sighting, height) / 0.3))


def _opening_bonus(block: Block, line: dict[int, tuple[float, Sighting]]) -> float:
    """A block begins where its first label stands: what tells the father's "Dân tộc" from the child's."""
    return 0.5 if any(block.labels[i].opens or block.labels[i].heading for i in line) else 0.0


def _anywhere(
    block: Block,
    found: Sequence[Sighting],
    taken: set[tuple[int, int]],
    asked: Mapping[int, int],
    height: int,
) -> list[Anchor]:
    """The labels of a block that may stand anywhere; where people sign, not behind what is asked.

    "Chủ tịch", the title of who signs, was taken for the heading "Cán bộ hộ tịch".
    """
    anchors = []
    for label in block.labels:
        fitting = [
            s
            for s in found
            if s.wording in label.text
            and (s.line, s.first) not in taken
            and not (label.below and is_behind(s, asked))
            and _may_stand(label, s, _away(label, s, height))
        ]
        fitting.sort(key=lambda s: -_weight(label, s, height) * _belief(label, s, height))
        for sighting in fitting if label.several else fitting[:1]:
            taken.add((sighting.line, sighting.first))
            anchors.append(Anchor(label, block.name, sighting))
    return anchors


def _away(label: Label, sighting: Sighting, height: int) -> float:
    """How far from its place a label would stand, in heights of the page."""
    return abs(sighting.box.y / max(1, height) - label.near)


def _belief(label: Label, sighting: Sighting, height: int) -> float:
    """How much a place counts, 0 to 1: "Số" of a case's number is looked for where numbers stand first.

    "sáu" in a date in words was read as "Số/", and the number's own label as "sơ.".
    """
    if len(fold(sighting.wording)) > NUMBER_SHORT or not label.asked:
        return 1.0
    return 1.0 - _away(label, sighting, height) / NUMBER_FAR


def _may_stand(label: Label, sighting: Sighting, away: float) -> bool:
    """Whether a label that may stand anywhere is believed so far, in heights of the page, from its place."""
    letters = len(fold(sighting.wording))
    if letters <= (NUMBER_SHORT if label.asked else SHORT):
        return away < (NUMBER_FAR if label.asked else FAR)
    return away < FAR or sighting.score >= SURE


def _share(form: Form, anchors: Sequence[Anchor]) -> float:
    """How much of what the form must show was found, by the weight of its labels."""
    found = {id(anchor.label) for anchor in anchors}
    asked = [label for label in form.labels if not (label.optional or label.heading or label.several)]
    total = sum(_importance(label) for label in asked)
    return sum(_importance(label) for label in asked if id(label) in found) / total if total else 0.0


def _importance(label: Label) -> float:
    return min(1.0, 0.25 + max(len(fold(text)) for text in label.text) / 16)
