"""Readings of crops -> the fields of a case, each with its value, probability, state and doubts."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from pipeline.confidence import default_policy, group_of, probability
from pipeline.ditto import is_ditto, resolve_fields
from pipeline.elements import Box, Candidate, Case, Field, FieldKind, FieldState, Reading
from pipeline.evidence import is_typed, listed, of_page
from pipeline.fields import normalise
from pipeline.fields.choice import LISTS, OPEN, choose
from pipeline.forms.form import MARGIN_NOTE
from pipeline.gaps import CLOCK, is_no_hour, name_and_title, of_parts, time_and_date
from pipeline.illegible import is_illegible, without_text
from pipeline.policy import Answer, family_of
from pipeline.reasons import Reason
from pipeline.rules import Severity, check_case
from pipeline.text import bare_key
from pipeline.twins import cross_read, names_alone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.forms.fit import FormFit
    from pipeline.forms.form import Label
    from pipeline.policy import Policy
    from pipeline.read_fields import CropReading

NARROW: Final = 60
"""Columns under which the place of a field is too narrow to say that it is blank."""
TICK: Final = "tick"
"""Name of the engine that looks into tick boxes."""
TICKED: Final = 0.10
"""Share of ink inside a tick box from which on it is ticked."""
ALSO_TICKED: Final = 0.45
"""A second box counts only with so much of the first one's ink: less is a stroke that leaves its box."""
LEAST_ROWS: Final = 4
"""Fields that must be found in a column before its emptiness says that there is nobody to write of."""
SURE_FORM: Final = 0.75
"""Share of a form under which all is asked: a wrong form shows up to 0.65 of itself, a right one 0.9."""
LONGEST_NAME: Final = 5
"""Words of the longest name under a signature; more are two people's."""


@dataclass(frozen=True)
class _Draft:
    """A field before it is judged."""

    key: str
    kind: FieldKind
    reading: Reading
    box: Box | None
    found: bool = True
    below: bool = False
    doubts: tuple[str, ...] = ()
    """Reasons that ask a person whatever the probability."""
    means: str | None = None
    """What a ditto refers to."""
    nobody: bool = False


def assemble(
    readings: Sequence[CropReading], fit: FormFit, year: int | None, policy: Policy | None = None
) -> Case:
    """The case that a page's readings make.

    Args:
        readings: every crop with its reading.
        fit: the form they were cut by: its order is the order of the fields, and a required label that it
            could not find becomes a field that a person is asked for.
        year: year of the book where it is known, for rules.
        policy: what is asked, and from which probability on a field is accepted; the fitted one by default.
    """
    drafts = _drafts(readings, fit)
    readings_by_key, twins = cross_read({key: draft.reading for key, draft in drafts.items()})
    nobody = _empty_columns(drafts, fit)
    drafts = {
        key: replace(draft, reading=readings_by_key[key], nobody=key in nobody)
        for key, draft in drafts.items()
    }
    for key, alone in names_alone(readings_by_key).items():  # the crop shows the neighbour's name, too
        drafts[key] = replace(drafts[key], reading=alone, doubts=(Reason.CROP_DOUBTFUL.value,))
    struck = {key for item in readings if item.crop.struck for key in _keys_of(item.crop.label)}
    drafts = {key: _doubted(draft, key in struck) for key, draft in drafts.items()}
    texts = {key: draft.reading.text for key, draft in drafts.items()}
    dittos = resolve_fields(texts, {key: draft.kind for key, draft in drafts.items()})
    texts |= dittos
    doubts: dict[str, list[str]] = {}
    broken: set[str] = set()
    for doubt in check_case(texts, fit.form.type, year):
        for key in doubt.fields:
            doubts.setdefault(key, []).append(doubt.code)
            if doubt.severity is Severity.ERROR:
                broken.add(key)
    found = {key: draft.reading for key, draft in drafts.items()}
    company, typed = of_page(found), is_typed(found)
    fields = []
    for draft in drafts.values():
        evidence = {
            **draft.reading.evidence,
            **company[draft.key],
            "typed": float(typed),
            "led": _ahead(draft.reading),
            "doubts": -float(len(doubts.get(draft.key, []))),
            "anchor": _anchor_score(draft.key, fit),
            "twin": twins.get(draft.key, 0.0),
            "form": fit.share,
        }
        reading = replace(draft.reading, evidence=evidence)
        fields.append(
            _judge(
                replace(draft, reading=reading, means=dittos.get(draft.key)),
                doubts.get(draft.key, []),
                draft.key in broken,
                fit.share < SURE_FORM,
                policy or default_policy(),
                family_of(fit.form.type, fit.form.edition, typed=typed),
            )
        )
    boxes = [field.box for field in fields if field.box]
    return Case(0, tuple(fields), boxes[0].union(*boxes) if boxes else None)


def _drafts(readings: Sequence[CropReading], fit: FormFit) -> dict[str, _Draft]:
    """One draft for each field of the form, in its order."""
    by_key: dict[str, list[CropReading]] = {}
    for item in readings:
        by_key.setdefault(item.crop.label.field, []).append(item)
    kinds = {key: label.kind for key, label in fit.form.fields().items()}
    drafts: dict[str, _Draft] = {}
    for key, label in fit.form.fields().items():
        items = by_key.get(key, [])
        if key in drafts:
            continue
        if not items:
            if not label.optional:
                drafts[key] = _Draft(key, label.kind, Reading(""), None, found=False)
            continue
        box = items[0].crop.box.union(*(item.crop.box for item in items))
        if label.tick:
            drafts[key] = _Draft(key, label.kind, _ticked(items), box)
        elif label.then and label.then not in by_key and len(items) == 1:
            kind = kinds.get(label.then, FieldKind.OFFICE)
            split = time_and_date if kind is FieldKind.DATE else name_and_title
            first, second = split(items[0].reading)
            drafts[key] = _Draft(key, label.kind, first, box, doubts=_clock_doubts(label, first.text))
            if (
                second.text or label.kind is not FieldKind.PLACE
            ):  # print runs without a date of issue have none
                drafts[label.then] = _Draft(label.then, kind, second, box)
        elif label.part:
            whole, rest = of_parts(items), Reading("")
            if label.then and label.then not in by_key:  # what is printed before it was read as writing
                whole, rest = time_and_date(whole)
            drafts[key] = _Draft(key, label.kind, whole, box, doubts=_clock_doubts(label, whole.text))
            if rest.text:
                drafts[label.then] = _Draft(label.then, kinds.get(label.then, FieldKind.DATE), rest, box)
        else:
            drafts[key] = _Draft(key, label.kind, items[0].reading, box, below=label.below)
    for note in by_key.get(MARGIN_NOTE, []):
        reading, doubts = Reading(""), (Reason.MARGIN_NOTE.value,)
        drafts[MARGIN_NOTE] = _Draft(MARGIN_NOTE, FieldKind.TEXT, reading, note.crop.box, doubts=doubts)
    return drafts


def _clock_doubts(label: Label, text: str) -> tuple[str, ...]:
    """What asks a person of an hour that no clock shows."""
    return (Reason.UNREADABLE_VALUE.value,) if label.part in CLOCK and is_no_hour(text) else ()


def _keys_of(label: Label) -> tuple[str, ...]:
    """The fields that a label asks for."""
    return tuple(key for key in (label.field, label.then, *label.columns) if key)


def _doubted(draft: _Draft, struck: bool) -> _Draft:
    """A draft with what asks a person whatever the probability; letters read where none are, taken away."""
    reasons = (*draft.doubts, Reason.STRUCK_OUT.value) if struck else draft.doubts
    if is_ditto(draft.reading.text) or not is_illegible(draft.kind, draft.reading):
        return replace(draft, doubts=reasons)
    return replace(draft, reading=without_text(draft.reading), doubts=(*reasons, Reason.OTHER_SCRIPT.value))


def _empty_columns(drafts: Mapping[str, _Draft], fit: FormFit) -> frozenset[str]:
    """Fields of columns (ÔNG | BÀ) that are empty from top to bottom: there is no such person."""
    columns: dict[tuple[str, int], list[str]] = {}
    for anchor in fit.anchors:
        for number, key in enumerate(anchor.label.columns):
            columns.setdefault((anchor.block, number), []).append(key)
    empty = [
        keys
        for keys in columns.values()
        if len(keys) >= LEAST_ROWS and not any(drafts[key].reading.text for key in keys)
    ]
    return frozenset(key for keys in empty for key in keys)


def _ticked(items: Sequence[CropReading]) -> Reading:
    """The kind of registration whose box is ticked, with how clearly it is the only one."""
    shares = sorted(((item.crop.tick, item.crop.label.tick) for item in items), reverse=True)
    first = shares[0][0]
    text = ", ".join(name for share, name in shares if share >= max(TICKED, ALSO_TICKED * first))
    second = shares[1][0] if len(shares) > 1 else 0.0
    total = sum(share for share, _ in shares) or 1.0
    candidates = tuple(Candidate(name, math.log(max(1e-6, share / total))) for share, name in shares[:5])
    evidence = {
        "margin": min(12.0, 20.0 * (first - second)),
        "share": first / total,
        "fits": 1.0,
        "views": 1.0,
    }
    evidence |= {"lines": float(len(items)), "length": float(len(text)), "ink": 100.0 * first}
    return Reading(text, candidates if text else (), TICK, evidence)


def _ahead(reading: Reading) -> float:
    """How far the text is ahead of the best other candidate, in nats; behind where another writing led it."""
    own = bare_key(reading.text)
    logs = [c.log_probability for c in reading.candidates if bare_key(c.text) == own]
    others = [c.log_probability for c in reading.candidates if bare_key(c.text) != own]
    if not logs:
        return 0.0
    return max(-12.0, min(12.0, max(logs) - max(others, default=-math.inf)))


def _anchor_score(key: str, fit: FormFit) -> float:
    """How well the label of a field was read, the worst of them where it has several; 0 where it was not."""
    scores = [a.sighting.score for a in fit.anchors if key in {a.label.field, a.label.then, *a.label.columns}]
    return min(scores, default=0.0)


def _may_hide_writing(draft: _Draft) -> bool:
    """Whether nothing found may be something: under signatures and stamps, in tick boxes, without room."""
    narrow = draft.box is not None and draft.box.w < NARROW
    return draft.below or narrow or draft.reading.engine == TICK


def _judge(
    draft: _Draft, doubts: list[str], broken: bool, doubtful: bool, policy: Policy, family: str
) -> Field:
    """Probability, state and reasons of a field."""
    reading, kind = draft.reading, draft.kind
    blank = not reading.text
    group = group_of(kind, blank=blank)
    chance = 0.0 if not draft.found else probability(group, reading.evidence)
    value = normalise(kind, reading.text if draft.means is None else draft.means)
    reasons = list(draft.doubts)
    if draft.means is not None:
        reasons.append(Reason.DITTO.value)
    elif reasons:
        pass
    elif not draft.found:
        reasons.append(Reason.LABEL_NOT_FOUND.value)
    elif blank and _may_hide_writing(draft):
        reasons.append(Reason.CROP_DOUBTFUL.value)
    elif kind is FieldKind.NAME and not listed(kind, reading.text) and not blank:
        reasons.append(Reason.CROP_DOUBTFUL.value)  # a title or a number in a name is another field's
    elif draft.below and len(reading.text.split()) > LONGEST_NAME:
        # Where the neighbour's heading was not found, the neighbour's name comes along.
        reasons.append(Reason.CROP_DOUBTFUL.value)
    elif not blank and not value:
        ambiguous = kind in LISTS and len(choose(kind, reading.text).options) > 1
        reasons.append(Reason.AMBIGUOUS_VALUE.value if ambiguous else Reason.UNREADABLE_VALUE.value)
    if kind in LISTS and kind not in OPEN and value and not choose(kind, reading.text).options:
        reasons.append(Reason.NOT_IN_LEXICON.value)
    if doubtful:
        reasons.append(Reason.FORM_DOUBTFUL.value)
    if broken:
        reasons += doubts
    answer = policy.answer(draft.key, group, family, chance)
    if answer is Answer.NEVER_ASKED:
        reasons = []
    elif answer is Answer.ALWAYS_ASKED:
        reasons.append(Reason.ALWAYS_ASKED.value)
    accepted = not reasons and (draft.nobody or answer in {Answer.ACCEPT, Answer.NEVER_ASKED})
    if not accepted and not reasons:
        evidence = reading.evidence
        disagree = evidence.get("printed", 0.0) > 0.8 and evidence.get("agree", 0.0) < 0.6
        unsure = Reason.LOW_PROBABILITY if answer is Answer.UNSURE else Reason.NOT_PROVEN
        reasons.append((Reason.ENGINES_DISAGREE if disagree else unsure).value)
        reasons += doubts
    state = FieldState.FLAGGED if not accepted else FieldState.BLANK if blank else FieldState.ACCEPTED
    evidence = {name: round(number, 4) for name, number in reading.evidence.items() if math.isfinite(number)}
    return Field(
        key=draft.key,
        kind=kind,
        verbatim=reading.text,
        value=value,
        probability=round(chance, 4),
        state=state,
        reasons=tuple(dict.fromkeys(reasons)),
        box=draft.box,
        candidates=reading.candidates,
        evidence=evidence,
    )
