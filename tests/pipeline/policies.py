"""Evidence of a reading that nothing speaks against, and policies that accept from some probability on."""

from __future__ import annotations

from pipeline.confidence import SAMPLES
from pipeline.policy import PERSON_FIELDS, FieldPolicy, Policy, family_of
from pipeline.proof import GRID, Curve

SURE = {
    "margin": 8.0, "share": 0.99, "rival": 8.5, "content": 0.9995, "mean": -0.012, "worst": -0.4,
    "letter": -0.001, "unsure": 0.0, "frames": -0.0002, "lexicon": -1.4, "odd": -2.2, "units": 1.0,
    "fits": 1.0, "listed": 1.0, "views": 1.0, "behind": 0.0, "agree": 0.4, "printed": 0.4,
    "contrast": 0.66, "sharp": 0.48, "stroke": 0.09, "height": 4.08, "room": -0.6, "edge": 0.0,
    "lines": 1.0, "length": 8.0, "ink": 2000.0, "beside": 0.0,
}  # fmt: skip
"""As a page that is easily read gives it."""
FAMILIES = [
    family_of(register, edition, typed=typed)
    for register in ("KS", "KH", "KT")
    for edition in ("2010", "2015")
    for typed in (True, False)
]
LENIENT = FieldPolicy(target=0.49)


def accepting(*groups: str, least: float = 0.0) -> Policy:
    """A policy that accepts fields of some groups, of all by default, from a probability on."""
    checked = (100_000,) * len(GRID)
    wrong = tuple(0 if chance >= least else 90_000 for chance in GRID)
    curve = Curve(checked, wrong)
    fields = dict.fromkeys(PERSON_FIELDS, LENIENT)
    return Policy(
        {(group, family): curve for group in groups or SAMPLES for family in FAMILIES},
        fields=fields,
        default=LENIENT,
    )
