"""A proposal as the text of a form file, with a remark at everything that a person has to decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.forms.library import all_forms
from pipeline.forms.proposing import guessed_kind, lines_after, pitch_of
from pipeline.text import fold
from pipeline.wording import say

if TYPE_CHECKING:
    from pipeline.forms.form import Label
    from pipeline.forms.proposing import Proposal, ProposedLabel

MOST_KEYS: Final = 4
FOOT: Final = 0.7
"""Part of the page's height under which labels without a colon are headings of signatures."""


def draft_of(proposal: Proposal, register_type: str, edition: str, name: str) -> str:
    """The text of a form file: what ``form_of`` takes, with field names still to be written.

    Blocks are guessed: one begins where a known heading or opening label stands, or a label comes again.

    Args:
        proposal: the labels of a page.
        register_type: KS, KH, KT or CN.
        edition: the name that the edition is to have.
        name: what the form is called.
    """
    labels = proposal.labels
    pitch = pitch_of(labels)
    head = [
        "# " + say("Bản nháp do máy đề xuất từ một trang sổ. Việc còn lại của người:"),
        "# " + say("1. Xóa nhãn thừa (chữ viết tay bị nhầm là nhãn), sửa lời nhãn cho đúng chữ in."),
        "# " + say("2. Ở nhãn có người viết vào: bỏ dấu # trước field và title, ghi tên mục và tên hiện ra."),
        "# " + say("3. Xem các khối có đúng nhóm nhãn không; nhãn mở đầu mỗi khối có opens = true."),
        "# " + say("4. Kiểm tra bằng “hotich form check”, rồi đặt tệp vào thư mục forms của trạm."),
        f"type = {quoted(register_type)}",
        f"edition = {quoted(edition)}",
        f"name = {quoted(name)}",
    ]  # fmt: skip
    text = "\n".join(head) + "\n"
    anywhere = [label for label in labels if _stands_anywhere(label, proposal)]
    for number, block in enumerate(_blocks([label for label in labels if label not in anywhere]), 1):
        text += f"\n[[block]]\nname = {quoted(say('khối {number}', number=number))}\n"
        columns = any(known.column for label in block for known in label.known)
        for place, label in enumerate(block):
            side_by_side = columns and any(known.columns for known in label.known)
            lines = lines_after(label, labels, pitch)
            text += _entry(label, proposal, lines, opens=place == 0, in_columns=side_by_side)
    if anywhere:
        text += f"\n[[block]]\nname = {quoted(say('chỗ nào cũng được'))}\nanywhere = true\n"
        met: set[str] = set()
        for label in anywhere:
            if fold(label.text) not in met:
                text += _entry(label, proposal, lines_after(label, labels, pitch))
            met.add(fold(label.text))
    return text


def quoted(text: str) -> str:
    """A text as TOML writes it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _stands_anywhere(label: ProposedLabel, proposal: Proposal) -> bool:
    """Numbers, titles, signatures, notes: labels that other forms look for anywhere, or at a page's foot."""
    places = [block.anywhere for form in all_forms() for block in form.blocks for known in block.labels
              if label.text in known.text]  # fmt: skip
    if places:
        return sum(places) * 2 > len(places)
    return not label.ends and label.box.y > FOOT * proposal.height


def _blocks(labels: list[ProposedLabel]) -> list[list[ProposedLabel]]:
    blocks: list[list[ProposedLabel]] = []
    for label in labels:
        opening = any(known.heading or known.opens for known in label.known)
        again = blocks and fold(label.text) in {fold(other.text) for other in blocks[-1]}
        after_heading = blocks and all(any(k.heading for k in other.known) for other in blocks[-1])
        if not blocks or again or (opening and not after_heading):
            blocks.append([])
        blocks[-1].append(label)
    return blocks


def _entry(
    label: ProposedLabel, proposal: Proposal, lines: int, *, opens: bool = False, in_columns: bool = False
) -> str:
    rows = ["[[block.label]]", f"text = [{quoted(label.text)}]"]
    asking = [known for known in label.known if known.asked]
    heading = label.known and not asking and any(known.heading for known in label.known)
    kind = guessed_kind(label)
    if heading:
        rows.append("heading = true")
        columns = {known.column for known in label.known if known.heading}
        if len(columns) == 1 and columns != {0}:
            rows.append(f"column = {columns.pop()}")
    elif opens:
        rows.append("opens = true")
    if not heading and (asking or label.ends):
        keys = dict.fromkeys(key for key in _keys(label.text, proposal))
        remark = say("ví dụ {keys}", keys=", ".join(list(keys)[:MOST_KEYS])) if keys else say("tên mục")
        if in_columns:
            rows.append(f'# columns = ["…", "…"]  # {remark}')
            rows.append(f"# titles = [{quoted(label.text)}, {quoted(label.text)}]")
        else:
            rows.append(f'# field = "…"  # {remark}')
            rows.append(f"# title = {quoted(label.text)}")
        rows += [f"# {row}" for row in _extras(asking)]
        if kind is not None:
            rows.append(f"kind = {quoted(kind)}  # " + say("đoán theo lời nhãn"))
        else:
            rows.append('# kind = "text"  # ' + say("xem các loại mục trong docs/forms.md"))
        if lines > 1:
            rows.append(f"lines = {lines}")
    rows.append(f"near = {label.box.y / max(1, proposal.height):.2f}")
    return "\n".join(rows) + "\n"


def _keys(text: str, proposal: Proposal) -> list[str]:
    """Field keys that forms give a label of this wording, those of the same register first."""
    forms = sorted(all_forms(), key=lambda form: form.type != proposal.register_type)
    return [
        asked.field for form in forms for known in form.labels if text in known.text for asked in known.asked
    ]


def _extras(asking: list[Label]) -> list[str]:
    """Other entries that all known labels of the wording share."""
    rows = []
    if asking and all(known.part == asking[0].part != "" for known in asking):
        rows.append(f"part = {quoted(asking[0].part)}")
    if asking and all(known.tick == asking[0].tick != "" for known in asking):
        rows.append(f"tick = {quoted(asking[0].tick)}")
    if asking and all(known.below for known in asking):
        rows.append("below = true")
    return rows
